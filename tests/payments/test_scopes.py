"""What a rail may carry: what it may not goes by another, whoever changes it meanwhile waits, and the choice says why."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction

from everfair.base import clock
from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.sql import ask
from everfair.companies.actions import lift_stop, place_stop
from everfair.payments.actions import limit_rail, order_rail, start_checkout
from everfair.payments.actions.checkouts import _choose
from everfair.payments.models import Chargeback, Intent, RailOrder, Route
from everfair.payments.queries import rail_order, rails_for, ways_of
from everfair.payments.queries.rails import reason_in_words, weighings
from everfair.payments.queries.watching import is_under_watch
from everfair.payments.values import Scope
from tests import make
from tests.base.together import together
from tests.companies.signing_in import browser
from tests.office.desk import asked
from tests.payments.test_pages import text_of
from tests.payments.test_rails import go, two, unpaid  # noqa: F401 – a fixture
from tests.trade.programs import program

EURO_ONLY = Scope(currencies=frozenset({"EUR"}))


def limit(code: str, scope: Scope, reason: str = "their contract says so") -> None:
    limit_rail(code, scope, reason=reason, by=make.operator())


def bars(intent: Intent) -> dict[str, tuple[str, ...]]:
    return {rail.code: why for rail, why in rails_for("card", intent)}


def card(intent: Intent, trade: make.Trade) -> tuple[bool, str]:
    (row,) = [row for row in ways_of(intent, trade.buyer) if row.way.code == "card"]
    return row.opening.open, row.opening.note


# ── what it says ──


@pytest.mark.parametrize(
    ("scope", "why"),
    [
        (Scope(), ()),
        (Scope(markets=frozenset({"export"})), ()),
        (Scope(markets=frozenset({"villages"})), ("market",)),
        (Scope(currencies=frozenset({"USD", "EUR"})), ()),
        (EURO_ONLY, ("currency",)),
        (Scope(most={"USD": 12_600}), ()),
        (Scope(most={"USD": 12_599}), ("above:12599:USD",)),
        (Scope(most={"EUR": 1}), ()),
        (Scope(watched=False), ()),
        (Scope(frozenset({"villages"}), frozenset({"EUR"}), {"USD": 1}), ("market", "currency", "above:1:USD")),
    ],
)
def test_a_scope_says_why_it_bars_a_payment(scope: Scope, why: tuple[str, ...]) -> None:
    assert scope.bars("export", Money(12_600, "USD"), watched=False) == why


def test_only_a_scope_without_watched_payments_bars_one() -> None:
    assert Scope(watched=False).bars("export", Money(1, "USD"), watched=True) == ("watched",)
    assert Scope().bars("export", Money(1, "USD"), watched=True) == ()


def test_reasons_are_read_in_words() -> None:
    said = [reason_in_words(code).replace("\xa0", " ") for code in ("market", "above:500000:USD", "unable", "a-later-code")]
    assert said == ["not for this market", "above USD 5,000.00", "its provider does not take it", "a-later-code"]


# ── what an operator orders ──


@pytest.mark.django_db
def test_a_rail_of_which_nothing_was_said_carries_all() -> None:
    _trade, intent = unpaid()
    assert intent.market == "export"
    assert bars(intent) == {"sandbox": (), "sandbox2": ()}
    assert rail_order("sandbox").scope == Scope()


@pytest.mark.django_db
def test_closing_a_rail_keeps_its_scope_and_limiting_it_leaves_it_closed() -> None:
    scope = Scope(frozenset({"export"}), frozenset({"USD", "EUR"}), {"USD": 500_000}, watched=False)
    limit("sandbox", scope)
    order_rail("sandbox", open_=False, ends_on=None, reason="they pause", by=make.operator())
    assert (rail_order("sandbox").open, rail_order("sandbox").scope) == (False, scope)
    limit("sandbox", EURO_ONLY)
    assert (rail_order("sandbox").open, rail_order("sandbox").scope) == (False, EURO_ONLY)
    assert RailOrder.objects.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scope", "reason", "field"),
    [
        (EURO_ONLY, " ", "reason"),
        (Scope(markets=frozenset({"moon"})), "x", "markets"),
        (Scope(currencies=frozenset({"XXX"})), "x", "currencies"),
        (Scope(most={"XXX": 1}), "x", "most"),
        (Scope(most={"USD": 0}), "x", "most"),
        (Scope(most={"USD": 10**16}), "x", "most"),
        (Scope(currencies=frozenset({"EUR"}), most={"USD": 1}), "x", "most"),
    ],
)
def test_a_wrong_scope_is_refused_at_its_field_and_changes_nothing(scope: Scope, reason: str, field: str) -> None:
    with pytest.raises(Refused) as no:
        limit("sandbox", scope, reason)
    assert (no.value.field, no.value.status, RailOrder.objects.count()) == (field, 422, 0)


@pytest.mark.django_db
def test_only_an_operator_says_it() -> None:
    with pytest.raises(Refused) as no:
        limit_rail("sandbox", EURO_ONLY, reason="x", by=make.actor(make.company()))
    assert (no.value.status, RailOrder.objects.count()) == (403, 0)


# ── who is under watch ──


def charged_back(payer: Any, payee: Any, minor: int, state: str = "open") -> Chargeback:
    """A captured card payment, of which the payer's bank took back so much."""
    intent = Intent.objects.create(
        company=payer, payee=payee, purpose_kind="stage", purpose=new_id(), description="x", amount_minor=10_000, currency="USD",
        provider="sandbox", return_path="/", state="captured", captured_at=clock.now(),
    )  # fmt: skip
    return Chargeback.objects.create(
        intent=intent, company=payer, payee=payee, rail="sandbox", ref=str(new_id()), checkout_ref=str(new_id()),
        amount_minor=minor, fee_minor=0, currency="USD", state=state,
    )  # fmt: skip


@pytest.mark.django_db
def test_a_payer_is_under_watch_while_a_stop_stands_or_a_chargeback_is_open() -> None:
    trade, intent = unpaid()
    buyer, stranger = trade.order.buyer, make.company()
    assert not is_under_watch(intent)
    place_stop(stranger.pk, "listing", "fakes", by=make.operator())
    charged_back(stranger, stranger, 1)
    assert not is_under_watch(intent)

    stop = place_stop(buyer.pk, "listing", "fakes", by=make.operator())
    assert is_under_watch(intent)
    lift_stop(stop.pk, "they were real", by=make.operator())
    place_stop(buyer.pk, "payout", "a day to look", until=clock.now() + timedelta(days=1), by=make.operator())
    assert is_under_watch(intent)
    clock.advance(timedelta(days=2))
    assert not is_under_watch(intent)

    taken = charged_back(buyer, stranger, 10_000)
    assert is_under_watch(intent)
    Chargeback.objects.filter(pk=taken.pk).update(state="won")
    assert not is_under_watch(intent)


@pytest.mark.django_db
def test_a_payment_to_a_seller_of_whom_too_much_comes_back_is_under_watch() -> None:
    trade, intent = unpaid()
    charged_back(make.company(), trade.order.seller, 10_000, "lost")
    assert is_under_watch(intent)
    assert Scope(watched=False).bars(intent.market, intent.amount, watched=is_under_watch(intent)) == ("watched",)


# ── the payer ──


def test_what_one_rail_may_not_carry_goes_by_the_next_and_the_choice_says_why(two: Any) -> None:  # noqa: F811
    limit("sandbox", Scope(most={"USD": 12_599}))
    trade, intent = unpaid()

    url = go(trade, intent)

    assert url.startswith(two["sandbox2"].url.replace("127.0.0.1", "localhost"))
    route = Route.objects.get()
    assert (route.rail, route.outcome) == ("sandbox2", "opened")
    assert route.ranking == [["sandbox2", []], ["sandbox", ["above:12599:USD"]]]
    (seen,) = weighings("sandbox")
    assert [reason.replace("\xa0", " ") for reason in seen.reasons] == ["above USD 125.99"]


def test_a_rail_that_may_not_carry_it_is_not_asked_when_the_other_is_dead(two: Any) -> None:  # noqa: F811
    limit("sandbox", EURO_ONLY)
    two["sandbox2"].kill()
    trade, intent = unpaid()
    with pytest.raises(Refused) as no:
        go(trade, intent)
    assert no.value.code == "payments.provider_down"
    assert list(Route.objects.values_list("rail", "outcome")) == [("sandbox2", "down")]


@pytest.mark.django_db
def test_who_may_be_carried_by_no_rail_is_shown_the_bank_transfer_and_asks_no_provider() -> None:
    cache.clear()
    limit("sandbox", EURO_ONLY)
    limit("sandbox2", Scope(watched=False))
    trade, intent = unpaid()
    assert card(intent, trade)[0] is True
    place_stop(trade.order.buyer_id, "listing", "fakes", by=make.operator())

    assert card(intent, trade) == (False, "No card provider takes this payment.")
    with pytest.raises(Refused) as no:
        start_checkout(intent.pk, by=trade.buyer)
    assert (no.value.code, str(no.value.message)) == (
        "payments.no_card_rail", "No card provider takes this payment. Choose another way to pay.",
    )  # fmt: skip
    assert Route.objects.count() == 0
    first, *_others = program(trade.order.buyer).get(f"/api/v1/payments/{intent.pk}/ways").json()
    assert (first["method"], first["open"], first["proposed"]) == ("bank", True, True)
    shown = text_of(browser(make.member(trade.order.buyer, "owner")).get(f"/en/payments/{intent.pk}/"))
    assert "No card provider takes this payment. Not open for this payment." in shown
    assert "watch" not in shown
    assert "Go to the payment page" not in shown


@pytest.mark.django_db
def test_the_payer_hears_of_amount_and_currency_in_plain_words() -> None:
    limit("sandbox", EURO_ONLY)
    limit("sandbox2", Scope(most={"USD": 1}))
    trade, intent = unpaid()
    assert card(intent, trade) == (False, "No card provider takes this amount in this currency.")


@pytest.mark.django_db
def test_the_page_of_a_payment_asks_as_often_however_much_was_ordered() -> None:
    trade, intent = unpaid()
    payer, page = browser(make.member(trade.order.buyer, "owner")), f"/en/payments/{intent.pk}/"
    asked(payer, page)
    before = asked(payer, page)
    for _n in range(5):
        limit("sandbox", Scope(most={"USD": 1}))
        limit("sandbox2", Scope(most={"USD": 5_000_000}))
    assert asked(payer, page) == before
    limit("sandbox2", Scope(watched=False))
    assert asked(payer, page) == before + 4  # the payer's stops and chargebacks, the rules, the seller's share


# ── in the same moment ──


def until_somebody_waits() -> None:
    """Another session waits for a lock, or the test fails."""
    for _n in range(200):
        waiting = ask("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        if waiting[0][0]:
            return
        time.sleep(0.05)
    raise AssertionError("nobody waits")


def while_held(first: Callable[[], Any], then: Callable[[], Any]) -> list[Any]:
    """`first` in a transaction that stays open until `then`, begun after it in another session, waits for it."""
    done = Event()

    def holding() -> Any:
        with transaction.atomic():
            made = first()
            done.set()
            until_somebody_waits()
        return made

    def following() -> Any:
        assert done.wait(timeout=30)
        return then()

    return together([holding, following])


def test_a_payment_that_is_routed_while_a_scope_changes_heeds_it(two: Any) -> None:  # noqa: F811
    trade, intent = unpaid()

    _held, url = while_held(lambda: limit("sandbox", EURO_ONLY), lambda: start_checkout(intent.pk, by=trade.buyer))

    assert url.startswith(two["sandbox2"].url.replace("127.0.0.1", "localhost"))
    assert Route.objects.get().ranking == [["sandbox2", []], ["sandbox", ["currency"]]]


def test_a_rail_that_is_closed_while_a_payment_is_routed_does_not_carry_it(two: Any) -> None:  # noqa: F811
    trade, intent = unpaid()

    while_held(
        lambda: order_rail("sandbox", open_=False, ends_on=None, reason="they left", by=make.operator()),
        lambda: start_checkout(intent.pk, by=trade.buyer),
    )

    assert Route.objects.get().rail == "sandbox2"


def test_a_scope_waits_for_the_payment_that_is_being_routed(committed: None) -> None:
    _trade, intent = unpaid()

    route, nothing = while_held(lambda: _choose(intent, 1, frozenset(), set()), lambda: limit("sandbox", EURO_ONLY))

    assert (route.rail, nothing, bars(intent)["sandbox"]) == ("sandbox", None, ("currency",))


def test_a_stop_waits_for_the_payment_that_goes_by_its_absence(committed: None) -> None:
    for code in ("sandbox", "sandbox2"):
        limit(code, Scope(watched=False))
    trade, intent = unpaid()

    route, stop = while_held(
        lambda: _choose(intent, 1, frozenset(), set()),
        lambda: place_stop(trade.order.buyer_id, "listing", "fakes", by=make.operator()),
    )

    assert (route.rail, stop.kind) == ("sandbox", "listing")
    assert bars(intent) == {"sandbox": ("watched",), "sandbox2": ("watched",)}


def test_two_operators_in_one_moment_lose_nothing_of_each_other(committed: None) -> None:
    close = {"open_": False, "ends_on": None, "reason": "they left", "by": make.operator()}

    _limited, (before, _said) = while_held(lambda: limit("sandbox", EURO_ONLY), lambda: order_rail("sandbox", **close))

    assert before.scope == EURO_ONLY
    assert (rail_order("sandbox").open, rail_order("sandbox").scope) == (False, EURO_ONLY)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "said", [{"markets": ["villages"]}, {"currencies": ["EUR"]}, {"most": {"USD": 12_599}}], ids=["market", "currency", "amount"]
)
def test_the_database_refuses_a_route_that_its_scope_forbids(said: dict[str, Any]) -> None:
    _trade, intent = unpaid()
    RailOrder.objects.create(rail="sandbox", open=True, reason="x", by="x", **said)
    with pytest.raises(IntegrityError, match="may not carry"), transaction.atomic():
        Route.objects.create(intent=intent, n=1, rail="sandbox")
    Route.objects.create(intent=intent, n=1, rail="sandbox2")
    RailOrder.objects.create(rail="sandbox", open=True, reason="x", by="x")  # the newest word counts
    with connection.cursor() as cursor:
        cursor.execute("UPDATE payments_route SET outcome = 'none' WHERE rail = 'sandbox2'")
    Route.objects.create(intent=intent, n=2, rail="sandbox")
