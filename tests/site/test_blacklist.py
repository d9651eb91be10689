"""The invented world of 2009 and 2010, and three ways through it: with detectors that see nothing, everything, and the wrong ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

import pytest

from everfair.risk.facts import Supplier
from everfair.site.drill.blacklist import report
from everfair.site.drill.blacklist.arms import Arm, Ran
from everfair.site.drill.blacklist.lives import Life, build
from everfair.site.drill.blacklist.play import play

SUPPLIERS = 1500


@dataclass
class Score:
    points: float


@dataclass
class Proposal:
    id: str
    action: str
    score: Score


@dataclass
class Named:
    salesperson: str


class Stub:
    """Detectors that hold whom they are told to hold, from the first listing on."""

    def __init__(self, held: Iterable[str] = (), named: Iterable[str] = ()) -> None:
        self.held, self.named, self.known_bad = set(held), list(named), set[str]()
        self.seen: dict[str, Supplier] = {}

    def update(self, supplier: Supplier) -> None:
        self.seen[supplier.id] = supplier

    def score(self, id: str, at: date) -> Score:
        return Score(10.0 if id in self.held else 0.0)

    def proposals(self, at: date, ids: Iterable[str]) -> list[Proposal]:
        return [Proposal(id, "hold", self.score(id, at)) for id in ids if id in self.held and self.seen[id].listings]

    def staff(self, at: date) -> list[Named]:
        return [Named(name) for name in self.named]


def everything(stub: Stub, suppliers: int = SUPPLIERS) -> tuple[Ran, dict[str, object]]:
    world = build(5, suppliers)
    ran = Arm(world, "everything", stub).run()
    return ran, report.figures_of(ran, world)


def test_the_same_seed_gives_the_same_world_and_another_seed_another():
    def known(seed: int) -> list[object]:
        return [(life.id, life.joins, life.traits, life.listings[:2], len(life.deals)) for life in build(seed, 600).lives]

    assert known(3) == known(3)
    assert known(3) != known(4)


def test_without_protection_about_a_hundredth_defrauds_and_buyers_lose():
    """1.1 % and 0.8 % of the accounts, claims mostly under 1,200 US dollars (rules.md §2)."""
    world = build(1, 8000)
    ran = Arm(world, "2009", None).run()
    figures = report.figures_of(ran, world)
    first, second = figures["frauds_by_year"]
    claims = [plan.value for life in world.lives if life.fraud for plan in life.deals if plan.ships_after is None]

    assert 0.008 <= first <= 0.014
    assert 0.006 <= second <= 0.011
    assert figures["lost"] > 300_000
    assert figures["stopped_before_second_victim"] == 0
    assert sum(value < 1200 for value in claims) > 0.8 * len(claims)
    assert figures["colluding"] >= 0.8 * len(world.staff.colluding)


def test_escrow_returns_what_was_paid_inside_and_nothing_else():
    lost = {}
    for arm in ("2009", "escrow"):
        world = build(2, SUPPLIERS)
        ran = Arm(world, arm, None).run()
        lost[arm] = report.figures_of(ran, world)

    assert lost["2009"]["returned_by_escrow"] == 0
    assert lost["escrow"]["returned_by_escrow"] > 0
    assert 0.4 * lost["2009"]["lost"] < lost["escrow"]["lost"] < 0.9 * lost["2009"]["lost"]


def test_detectors_are_handed_facts_and_nothing_that_says_who_is_a_fraud():
    stub = Stub()
    everything(stub)
    world = build(5, SUPPLIERS)
    frauds = {life.id for life in world.lives if life.fraud}
    words = {name for life in world.lives if life.ring for name in (life.ring.name, *life.ring.friends)}
    kinds = {tuple(sorted(field.name for field in fields(supplier))) for supplier in stub.seen.values()}

    assert kinds == {tuple(sorted(field.name for field in fields(Supplier)))}
    assert {type(supplier) for supplier in stub.seen.values()} == {Supplier}
    assert not any(word in repr(supplier) for supplier in stub.seen.values() for word in words if word.startswith("ring"))
    # An account's name says neither when it came nor that it was opened again.
    assert {len(id) for id in stub.seen} == {12}
    middle = sum(int(id, 16) / 16**12 for id in frauds) / len(frauds)
    assert 0.2 < middle < 0.8


def test_who_knows_everything_stops_nearly_all_before_a_victim_and_who_sees_nothing_does_not():
    world = build(5, 5000)
    _, blind = everything(Stub(), 5000)
    told = Stub((), world.staff.colluding)

    class Told(Arm):
        def expect(self, life: Life) -> None:
            if life.fraud:
                told.held.add(life.id)
            super().expect(life)

    knowing = report.figures_of(Told(world, "everything", told).run(), world)

    assert knowing["stopped_before_second_victim"] > 0.85  # type: ignore[operator]
    assert blind["stopped_before_second_victim"] < 0.7  # type: ignore[operator]
    assert knowing["lost"] < blind["lost"] / 2  # type: ignore[operator]
    assert (knowing["colluding_named"], blind["colluding_named"]) == (1.0, 0.0)
    assert knowing["honest_staff_named"] == 0


def test_the_wrongly_held_are_counted_and_let_go_by_people():
    world = build(5, SUPPLIERS)
    wrong = frozenset([life.id for life in world.lives if not life.fraud and life.joins == 0][:300])
    ran, figures = everything(
        Stub(wrong, [world.staff.names[0]] if world.staff.names[0] not in world.staff.colluding else [world.staff.names[1]])
    )
    held = [account for account in ran.accounts.values() if account.life.id in wrong and account.holds]

    assert len(held) == len(wrong)
    assert figures["honest_held"] == pytest.approx(len(wrong) / (figures["accounts"] - figures["frauds"]), abs=0.003)  # type: ignore[operator]
    assert 1 <= figures["honest_held_days"] <= 2  # type: ignore[operator]
    assert figures["honest_staff_named"] == 1
    assert not any(account.state in ("held", "ended") for account in held)


def test_a_clearing_lasts_until_much_more_is_known():
    world = build(5, SUPPLIERS)
    one = next(life.id for life in world.lives if not life.fraud and life.joins == 0 and len(life.messages) > 5)
    ran, _ = everything(Stub({one}))

    assert len(ran.accounts[one].holds) == 1


def test_the_curve_is_precision_and_recall_of_ranked_accounts():
    world = build(5, SUPPLIERS)
    accounts = list(Arm(world, "2009", None).run().accounts.values())
    frauds = [account for account in accounts if account.life.fraud]
    honest = [account for account in accounts if not account.life.fraud]
    scores = {account.life.id: 9.0 for account in frauds[:4]} | {honest[0].life.id: 9.0, honest[1].life.id: 5.0}

    points = report.curve(accounts, scores)

    assert points == [(9.0, 0.8, round(4 / len(frauds), 4)), (5.0, round(4 / 6, 4), round(4 / len(frauds), 4))]
    assert report.picture(points).count("<polyline") == 1


def test_the_whole_report_says_of_each_target_whether_it_was_met():
    played = play(7, 600, Stub)

    assert set(played["targets"]) == set(report.TARGETS)
    assert played["met"] == all(one["met"] for one in played["targets"].values())
    table = report.written(played)
    assert "stopped before second victim" in table
    assert table.count("missed") == sum(not one["met"] for one in played["targets"].values())
    assert played["met"] is False, "detectors that see nothing meet every target"
