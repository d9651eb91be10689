"""Random trades from beginning to end: nothing is lost and nobody waits for ever, whatever people do."""

from __future__ import annotations

import json
import threading
from threading import BrokenBarrierError
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import override_settings

from everfair.base.actor import SYSTEM
from everfair.base.deadlines import clear_deadline
from everfair.base.events import run_all_reactions
from everfair.base.refused import Refused
from everfair.companies.models import Company
from everfair.payments.actions import take_event
from everfair.payments.actions.refunds import settle_refund
from everfair.payments.models import Intent, Refund
from everfair.site.cli.table import everfair
from everfair.site.simulate import trades
from everfair.site.simulate.cast import gather
from everfair.site.simulate.figures import money, waiting
from everfair.site.simulate.run import Meetings
from everfair.site.simulate.share import Share
from everfair.trade.actions import open_silent_case, pay_stage
from tests import make

# What so many trades are sure to have seen, whatever the seed.
VERBS = {
    "order.agreement": {"place", "sign", "cancel", "lapse", "complete"},
    "order.goods": {"ship", "receive"},
    "stage.state": {"call", "pay", "fund", "release", "void"},
}

# What only some of many do, so that thousands must have done it.
RARE = {
    "order.issue.settle", "claim.state.appeal", "inspection.state.replace", "groupbuy.state.reach", "stage.work.send_back",
    "order.goods.presume", "amendment.state.sign", "extension.state.grant", "claim.state.take_back",
}  # fmt: skip


def play(count: int, seed: int, processes: int | None = None) -> dict[str, Any]:
    figures = trades(count, seed, processes=processes)
    wrong = {name: figures[name] for name in ("faults", "stuck", "breaches", "failed in the background", "money", "unfinished")}
    assert figures["clean"], json.dumps(wrong, indent=1)
    assert figures["unfinished"] == {}
    assert sum(figures["endings"].values()) == figures["trades"]
    for currency, parts in figures["money"].items():
        assert parts["unaccounted"] == 0, currency
        assert parts["captured"] >= 0
        assert parts.get("escrow", 0) == 0, "every order has ended, so nothing is held any more"
    return figures


def test_random_trades_end_and_every_cent_is_found(committed):
    """Alone: the same again at every run."""
    figures = play(60, 1, processes=1)

    for axis, verbs in VERBS.items():
        assert verbs <= set(figures["verbs"][axis]), axis


def test_what_is_given_back_is_counted_while_it_is_owed_and_after(committed):
    """Two payments for the same: the second was under way when the first came."""
    trade = make.trade("agreed")
    first = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
    take_event("sandbox", *make.told(first, "checkout.failed", failure_code="declined"))
    second = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
    take_event("sandbox", *make.told(second))
    take_event("sandbox", *make.told(first, version=9))
    run_all_reactions()
    [refund] = Refund.objects.all()
    parts = {"captured": 25200, "escrow": 12600}
    companies = [trade.order.buyer_id, trade.order.seller_id]

    assert parts_of(companies) == parts | {"to give back": 12600}
    settle_refund(refund.pk, by=SYSTEM)
    assert parts_of(companies) == parts | {"given back": 12600}


def parts_of(companies: list[Any]) -> dict[str, int]:
    """What there is at all."""
    return {name: minor for name, minor in money(companies)["USD"].items() if minor}


def test_nobody_pays_twice_while_somebodys_open_transaction_hides_what_was_paid(committed, superuser):
    """It hides what happens after it from every reaction on the server: time stands still meanwhile."""
    superuser.execute("SELECT pg_current_xact_id()")
    waiter = threading.Timer(4, superuser.rollback)
    waiter.start()
    play(12, 3, processes=1)
    waiter.join()

    assert Refund.objects.count() == 0


def every_verb(figures: dict[str, Any]) -> set[str]:
    return {f"{axis}.{verb}" for axis, verbs in figures["verbs"].items() for verb in verbs}


def test_two_thousand_trades_by_two_processes_do_what_the_tables_know(committed):
    figures = play(2000, 1, processes=2)

    assert every_verb(figures) >= RARE
    assert figures["trades"] > 1900
    assert figures["processes"] == 2
    assert figures["trades_per_s"] > 0


@pytest.mark.long
def test_a_hundred_thousand_trades(committed):
    figures = play(100_000, 2)

    assert every_verb(figures) >= RARE
    assert figures["trades"] > 95_000


def test_an_order_nobody_would_ever_move_again_is_named(committed):
    """A case of the operator's without its deadline is stuck, whoever ought to look at it."""
    trade = make.trade("shipped")
    open_silent_case(trade.order.pk, "Nobody said anything")
    assert waiting([trade.order.pk]) == {trade.order.pk: "deadline"}
    clear_deadline("trade.case", trade.order.pk)

    assert waiting([trade.order.pk]) == {trade.order.pk: "nobody"}


def test_a_process_that_falls_ends_the_play(committed):
    cast = gather(1, size=2)
    shares = [Share(4, 1, cast, first=first, apart=2, room=2) for first in (1, 2)]
    shares[1].numbers = iter(())  # it counts on trades that are not there

    with pytest.raises(BrokenBarrierError):
        Meetings(1, shares, None).play_all()


@pytest.mark.django_db
def test_a_live_installation_is_no_playground():
    with override_settings(KIND="live"), pytest.raises(Refused) as refusal:
        trades(1, 1)

    assert refusal.value.code == "site.live"
    assert Company.objects.count() == 0


def test_the_command_says_what_it_does():
    said = CliRunner().invoke(everfair, ["simulate", "trades", "--help"])

    assert said.exit_code == 0
    assert "--seed" in said.output
