"""Chargebacks with the sandbox as a process of its own, against releases in the same moment (B85), and in any sequence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from everfair.base import clock
from everfair.base.deadlines import fire_due
from everfair.base.refused import Refused
from everfair.base.sql import ask
from everfair.companies.models import Person
from everfair.ledger.queries import balance, balance_at
from everfair.ledger.values import clearing, reserve_of, suspense
from everfair.markets.actions import set_rule
from everfair.payments.actions import read_statement, take_event
from everfair.payments.actions.reserves import release_reserve
from everfair.payments.models import Chargeback, Debt, Intent, RailBreak, Reserve
from everfair.payments.queries import reserve_terms
from everfair.payments.rails import client
from everfair.trade.actions import receive_order, return_money
from tests import make
from tests.base.together import together
from tests.office.desk import asked, signed_in, text
from tests.payments.running_sandbox import API_KEY, SECRET, Receiver, RunningSandbox, running_receiver, running_sandbox
from tests.payments.test_chargebacks import free, hear, sound, takes, told, usd
from tests.payments.test_settling import paid_through, standing, today


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with running_receiver() as receiver:
        yield receiver


@pytest.fixture
def rail(committed: None, hook: Receiver, tmp_path: Path, settings: Any) -> Iterator[RunningSandbox]:
    settings.PROVIDERS = {}
    with running_sandbox(tmp_path / "sandbox", hook.url, "--payout-seconds", "0.1") as running:
        prefix = "EVERFAIR_SANDBOX_"
        settings.PROVIDERS = {
            "sandbox": {f"{prefix}URL": running.url, f"{prefix}API_KEY": API_KEY, f"{prefix}WEBHOOK_SECRET": SECRET}
        }
        client.cache_clear()
        cache.clear()
        yield running
    client.cache_clear()


def heard(hook: Receiver, count: int) -> list[str]:
    """Every word of the sandbox so far, taken as the hook would."""
    hook.wait_for(count)
    return [take_event("sandbox", headers, body) for headers, body in list(hook.got)]


def dispute(rail: RunningSandbox, intent: Intent, **asked: Any) -> dict[str, Any]:
    reply = rail.call("POST", "/v1/disputes", {"checkout": intent.provider_ref} | asked)
    assert reply.status in (200, 201), reply.text
    return reply.json


def decide(rail: RunningSandbox, found: dict[str, Any], verb: str) -> None:
    reply = rail.call("POST", f"/v1/disputes/{found['id']}/decide", {"verb": verb})
    assert reply.status in (200, 201), reply.text


def test_clearing_is_empty_after_each_settlement_with_chargeback_and_fee(rail: RunningSandbox, hook: Receiver):
    """Opened in part, won, and taken back after all; another lost: three lines of one, one of the other."""
    first, second = paid_through(rail, 2)
    fees = sum((intent.amount_minor * 140 + 5_000) // 10_000 + 25 for intent in (first, second))
    gross = first.amount_minor + second.amount_minor

    part = dispute(rail, first, amount_minor=700, reason="product_unacceptable")
    whole = dispute(rail, second)
    heard(hook, 4)
    read_statement("sandbox", today(), today())
    assert standing() == {
        "clearing": 0, "settled": gross - fees - 700 - 1500 - second.amount_minor - 700, "costs": fees + 1500 + 700, "suspense": 0,
    }  # fmt: skip

    decide(rail, part, "win")
    decide(rail, whole, "lose")
    decide(rail, part, "retake")
    assert set(heard(hook, 7)) <= {"applied", "ignored"}
    read_statement("sandbox", today(), today())

    assert standing()["clearing"] == 0
    assert sorted(Chargeback.objects.values_list("state", "moved")) == [("lost", 1), ("retaken", 3)]
    assert RailBreak.objects.filter(state="open").count() == 0
    assert sound()


def test_the_sandbox_never_gives_back_more_than_was_captured(rail: RunningSandbox):
    """I10: refunds and disputes of one checkout share what was captured."""
    [intent] = paid_through(rail, 1)
    dispute(rail, intent, amount_minor=intent.amount_minor - 100)

    for path, wanted in (
        ("/v1/disputes", {"checkout": intent.provider_ref, "amount_minor": 101}),
        ("/v1/refunds", {"checkout": intent.provider_ref, "amount_minor": 101, "currency": "USD", "reference": "r1"}),
    ):
        assert rail.call("POST", path, wanted, key=f"k{len(path)}").status == 409
    assert rail.call(
        "POST", "/v1/refunds", {"checkout": intent.provider_ref, "amount_minor": 100, "reference": "r2"}, key="k2"
    ).status in (200, 201)  # fmt: skip


def test_an_accepted_dispute_is_lost_and_a_contested_one_waits(rail: RunningSandbox, hook: Receiver):
    first, second = paid_through(rail, 2)
    one, two = dispute(rail, first), dispute(rail, second)

    client("sandbox").answer_dispute(one["id"], "accept", "")
    client("sandbox").answer_dispute(two["id"], "contest", "signed bill of lading")
    client("sandbox").answer_dispute(two["id"], "contest", "signed bill of lading")  # asking twice does it once

    heard(hook, 5)
    assert dict(Chargeback.objects.values_list("ref", "state")) == {one["id"]: "lost", two["id"]: "open"}


@pytest.mark.parametrize("_round", range(8))
def test_a_release_and_the_notice_of_a_chargeback_at_once(committed: None, _round: int):
    """B85: frozen, or released and taken back from the seller. Never both, never neither."""
    trade = make.trade("shipped")
    intent = Intent.objects.get(purpose=trade.stage(1).pk)
    words = told(intent, ref=f"dsp_{_round}")

    results = together([lambda: receive_order(trade.order.pk, by=trade.buyer), lambda: take_event("sandbox", *words)])

    order, stage = trade.fresh(), trade.stage(1)
    assert results[1] == "applied"
    if isinstance(results[0], Refused):
        assert (results[0].code, order.goods, stage.state, stage.charged_minor) == (
            "trade.charged_back", "shipped", "frozen", intent.amount_minor,
        )  # fmt: skip
    else:
        assert (order.agreement, stage.state, stage.charged_minor) == ("completed", "released", 0)
        assert Debt.objects.get().amount_minor == intent.amount_minor
    assert sound()


@pytest.mark.parametrize("_round", range(4))
def test_two_words_of_one_chargeback_at_once_count_once(committed: None, _round: int):
    trade = make.trade("completed")
    intent = Intent.objects.get(purpose=trade.stage(1).pk)
    before = free(trade.seller.company_id)
    words = [told(intent), told(intent, "won", version=2), told(intent), told(intent, "won", version=2)]

    results = together([lambda said=said: take_event("sandbox", *said) for said in words])

    assert all(result in ("applied", "ignored") for result in results), results
    assert (Chargeback.objects.get().state, free(trade.seller.company_id)) == ("won", before)
    assert sound()


def rule(name: str, value: str) -> None:
    set_rule(name, "export", Decimal(value), None, "for this test", make.operator())


def reserve(trade: make.Trade) -> int:
    return balance(reserve_of(trade.seller.company_id, "USD"), "USD").posted.minor


@pytest.mark.django_db
class TestReserve:
    def test_nothing_is_kept_back_of_an_ordinary_seller(self):
        trade = make.trade("completed")

        assert (reserve(trade), Reserve.objects.count()) == (0, 0)

    def test_a_part_of_a_card_paid_sale_is_kept_back_and_let_go_by_the_clock(self):
        plain = free(make.trade("completed").seller.company_id)
        rule("payments.reserve_bps", "1000")
        rule("payments.reserve_days", "30")

        trade = make.trade("completed")

        rows = list(Reserve.objects.order_by("id"))
        assert [row.amount_minor for row in rows] == [1234, 2881]  # a tenth of 12,348 and 28,812, less than half a cent each
        assert (reserve(trade), free(trade.seller.company_id)) == (4115, plain - 4115)
        assert sound()
        clock.advance(timedelta(days=29))
        fire_due(limit=500)
        assert reserve(trade) == 4115

        clock.advance(timedelta(days=1, minutes=1))
        fire_due(limit=500)

        assert (reserve(trade), free(trade.seller.company_id)) == (0, plain)
        assert {row.state for row in Reserve.objects.all()} == {"released"}
        assert sound()

    def test_its_seller_sees_it_in_the_wallet_with_its_dates(self):
        rule("payments.reserve_bps", "1000")
        trade = make.trade("completed")
        browser = signed_in(Person.objects.get(pk=trade.seller.person_id))

        shown = text(browser.get("/en/wallet/?currency=USD"))

        assert f"{trade.order.reference}, 2" in shown
        assert "41.15" in shown
        assert "Kept back in reserve for a while" in shown
        assert min(asked(browser, "/en/wallet/?currency=USD") for _n in range(3)) <= 22

    def test_a_chargeback_takes_the_reserve_before_the_wallet_and_gives_it_back(self):
        rule("payments.reserve_bps", "1000")
        trade = make.trade("completed")
        before = free(trade.seller.company_id)
        intent = Intent.objects.get(purpose=trade.stage(2).pk)

        hear(intent, amount_minor=3000)

        assert (reserve(trade), free(trade.seller.company_id)) == (1115, before)
        assert takes() == [("reserve", 2881, 0), ("reserve", 119, 0)]
        assert {row.subject: (row.state, row.left_minor) for row in Reserve.objects.all()} == {
            trade.stage(2).pk: ("used", 0),
            trade.stage(1).pk: ("held", 1115),
        }
        assert sound()

        hear(intent, "won", version=2, amount_minor=3000)

        assert (reserve(trade), free(trade.seller.company_id)) == (4115, before)
        assert sound()

    def test_what_comes_back_after_its_time_is_the_sellers_at_once(self):
        rule("payments.reserve_bps", "1000")
        trade = make.trade("completed")
        before = free(trade.seller.company_id)
        intent = Intent.objects.get(purpose=trade.stage(2).pk)
        hear(intent, amount_minor=3000)
        clock.advance(timedelta(days=91))
        fire_due(limit=500)

        hear(intent, "won", version=2, amount_minor=3000)

        assert (reserve(trade), free(trade.seller.company_id)) == (0, before + 4115)
        assert sound()

    def test_a_seller_with_too_many_chargebacks_is_treated_apart(self):
        """By the rules of today: a tenth is kept back once more than a hundredth came back."""
        trade = make.trade("completed")
        hear(Intent.objects.get(purpose=trade.stage(1).pk))

        terms = reserve_terms(trade.seller.company_id, "export")

        assert (terms.bps, terms.watched) == (1000, True)
        assert reserve_terms(make.company().pk, "export").bps == 0


@pytest.mark.parametrize("_round", range(4))
def test_the_clock_and_a_chargeback_take_a_reserve_once(committed: None, _round: int):
    rule("payments.reserve_bps", "5000")
    trade = make.trade("completed")
    intent = Intent.objects.get(purpose=trade.stage(2).pk)
    words = told(intent)
    clock.advance(timedelta(days=91))
    kept = list(Reserve.objects.all())

    results = together([lambda: take_event("sandbox", *words), *(lambda row=row: release_reserve(row.pk) for row in kept)])

    assert results[0] == "applied"
    assert reserve(trade) == 0
    assert {row.state for row in Reserve.objects.all()} <= {"released", "used"}
    assert sound()


# Any sequence of what may happen to two payments of one order.
REFS = ("dsp_a", "dsp_b", "dsp_c")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("open"), st.sampled_from(REFS), st.integers(1, 2), st.sampled_from([100, 599, 12_600, 29_400])),
        st.tuples(st.sampled_from(["won", "lost", "reversed"]), st.sampled_from(REFS)),
        st.tuples(st.just("receive")),
        st.tuples(st.just("return"), st.sampled_from([1, 2_500, 12_600])),
        st.tuples(st.just("payout")),
        st.tuples(st.just("wait")),
    ),
    min_size=2,
    max_size=9,
)


class _Back(Exception):
    pass


@pytest.mark.django_db
@settings(max_examples=40)
@given(steps=STEPS)
def test_money_is_conserved_over_any_sequence(steps: list[tuple[Any, ...]]):
    try:
        with transaction.atomic():
            rule("payments.reserve_bps", "700")
            trade = make.trade("shipped")
            intents = {n: Intent.objects.get(purpose=trade.stage(n).pk) for n in (1, 2)}
            known: dict[str, tuple[Intent, int, list[str]]] = {}
            for step in steps:
                _do(step, trade, intents, known)
            _conserved(trade)
            raise _Back
    except _Back:
        pass


def _do(
    step: tuple[Any, ...], trade: make.Trade, intents: dict[int, Intent], known: dict[str, tuple[Intent, int, list[str]]]
) -> None:
    match step:
        case ("open", ref, n, amount) if ref not in known:
            amount = min(amount, intents[n].amount_minor)
            if hear(intents[n], ref=ref, amount_minor=amount) == "applied":
                known[ref] = intents[n], amount, ["open"]
        case ("won" | "lost" | "reversed" as kind, ref) if ref in known:
            intent, amount, said = known[ref]
            if (kind == "reversed" and len(said) != 2) or (kind != "reversed" and len(said) != 1):
                return
            now = {"won": "lost", "lost": "won"}[said[-1]] if kind == "reversed" else kind
            hear(intent, kind, ref=ref, amount_minor=amount, version=len(said) + 1, state=now)
            said.append(now)
        case ("receive",):
            _perhaps(lambda: receive_order(trade.order.pk, by=trade.buyer))
        case ("return", amount):
            _perhaps(lambda: return_money(trade.order.pk, usd(amount), "peace", by=trade.seller))
        case ("payout",):
            have = free(trade.seller.company_id)
            if have > 1_000:
                make.payout(trade.seller, usd(have - 500), state="paid")
        case ("wait",):
            fire_due(limit=100)


def _perhaps(call: Callable[[], object]) -> None:
    try:
        with transaction.atomic():
            call()
    except Refused:
        pass


def _conserved(trade: make.Trade) -> None:
    """What the provider has is what companies, escrows, reserves and the platform have, less what companies owe; and I10."""
    assert sound()
    [(has,)] = ask("""
        SELECT coalesce(sum(CASE WHEN t.source_id = a.id THEN t.amount_minor ELSE -t.amount_minor END), 0)
        FROM ledger_account a JOIN ledger_transfer t ON a.id IN (t.source_id, t.target_id)
        WHERE a.address ~ '^(provider:sandbox:clearing|company:[^:]+:owed|chargeback):?'
    """)  # fmt: skip
    [(owes,)] = ask("""
        SELECT coalesce(sum(CASE WHEN t.target_id = a.id THEN t.amount_minor ELSE -t.amount_minor END), 0)
        FROM ledger_account a JOIN ledger_transfer t ON a.id IN (t.source_id, t.target_id)
        WHERE a.address !~ '^(provider:sandbox:clearing|company:[^:]+:owed|chargeback):?'
    """)  # fmt: skip
    assert has == owes
    captured = sum(intent.amount_minor for intent in Intent.objects.filter(payee_id=trade.seller.company_id, state="captured"))
    back = sum(row.amount_minor for row in Chargeback.objects.all() if row.stands)
    [(out,)] = ask("SELECT coalesce(sum(amount_minor), 0) FROM payments_payout WHERE state = 'paid'")
    assert -balance_at(clearing("sandbox", "USD"), clock.now()) == captured - back - out + balance_at(
        suspense("USD"), clock.now()
    )
    stage_money = ask("SELECT coalesce(sum(charged_minor), 0) FROM trade_stage WHERE order_id = %s", [trade.order.pk])[0][0]
    assert stage_money <= back
