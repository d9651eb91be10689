"""The verbs of a trade, and what each refuses."""

from datetime import timedelta
from decimal import Decimal

import pytest

from everfair.base import clock
from everfair.base.deadlines import fire_due
from everfair.base.money import Money
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance, escrows
from everfair.ledger.values import wallet
from everfair.markets.actions import set_rule
from everfair.payments.actions import take_event
from everfair.payments.models import Intent
from everfair.trade.actions import (
    call_off_order,
    cancel_order,
    close_issue,
    decline_order,
    draft_order,
    open_issue,
    pay_stage,
    place_order,
    receive_order,
    resolve_issue,
    ship_order,
    sign_order,
)
from everfair.trade.reactions import money_arrived
from tests import make

pytestmark = pytest.mark.django_db


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def in_wallet(company_id) -> Money:
    return balance(wallet(company_id, "USD"), "USD").posted


def nothing_is_wrong() -> bool:
    return [proof for proof in prove() if proof.breach] == []


def test_an_order_takes_its_prices_from_the_tiers_and_splits_thirty_seventy():
    trade = make.trade(quantity="1000")

    order = trade.order

    assert (order.agreement, order.total) == ("offered", usd(42000))
    assert [(s["name"], s["amount_minor"]) for s in order.terms["stages"]] == [("deposit", 12600), ("balance", 29400)]
    assert order.buyer_signed_at is not None
    assert order.seller_signed_at is None


@pytest.mark.parametrize(("quantity", "code"), [("99", "trade.quantity"), ("100.5", "trade.quantity"), ("-1", "trade.quantity")])
def test_a_quantity_the_offer_does_not_allow_is_refused(quantity, code):
    seller, buyer = make.company(), make.company()
    goods = make.offer(seller)

    with pytest.raises(Refused) as refusal:
        draft_order([(goods.pk, Decimal(quantity))], incoterm="FOB", named_place="Ningbo", by=make.actor(buyer))

    assert (refusal.value.code, refusal.value.field) == (code, "lines")


def test_a_price_on_request_cannot_be_ordered():
    goods = make.offer(make.company(), tiers=[])

    with pytest.raises(Refused) as refusal:
        draft_order([(goods.pk, Decimal(5))], incoterm="FOB", named_place="Ningbo", by=make.actor(make.company()))

    assert refusal.value.code == "trade.on_request"


def test_nobody_orders_from_themselves():
    seller = make.company()
    goods = make.offer(seller)

    with pytest.raises(Refused) as refusal:
        draft_order([(goods.pk, Decimal(100))], incoterm="FOB", named_place="Ningbo", by=make.actor(seller))

    assert refusal.value.code == "trade.own_offer"


def test_a_price_that_changed_after_it_was_shown_is_refused():
    goods = make.offer(make.company())
    buyer = make.actor(make.company())
    terms = draft_order([(goods.pk, Decimal(100))], incoterm="FOB", named_place="Ningbo", by=buyer)

    with pytest.raises(Refused) as refusal:
        place_order(terms, by=buyer, seen_total=terms.total - usd(1))

    assert refusal.value.code == "trade.price_changed"


def test_the_seller_signs_only_the_terms_that_were_read():
    trade = make.trade()

    with pytest.raises(Refused) as refusal:
        sign_order(trade.order.pk, "0" * 64, by=trade.seller)

    assert refusal.value.code == "trade.other_terms"
    assert trade.fresh().agreement == "offered"


def test_the_buyer_cannot_sign_for_the_seller():
    trade = make.trade()

    with pytest.raises(Refused) as refusal:
        sign_order(trade.order.pk, trade.order.terms_hash, by=trade.buyer)

    assert refusal.value.code == "base.not_your_move"


def test_strangers_see_no_order():
    trade = make.trade()
    stranger = make.actor(make.company())

    with pytest.raises(NotVisible):
        sign_order(trade.order.pk, trade.order.terms_hash, by=stranger)
    with pytest.raises(NotVisible):
        pay_stage(trade.stage(1).pk, by=stranger)


def test_a_whole_trade_pays_the_seller_less_the_fee():
    trade = make.trade("completed")

    order = trade.order

    assert (order.agreement, order.goods, order.issue) == ("completed", "received", "none")
    assert [trade.stage(n).state for n in (1, 2)] == ["released", "released"]
    assert in_wallet(order.seller_id) == usd(41160)  # 420.00 less 2 %
    assert in_wallet(order.buyer_id) == usd(0)
    assert nothing_is_wrong()


def test_the_balance_falls_due_when_the_deposit_is_held():
    trade = make.trade("deposit")

    assert (trade.stage(1).state, trade.stage(2).state) == ("funded", "due")
    assert escrows([trade.stage(1).pk])[trade.stage(1).pk].held_minor == 12600


def test_nothing_is_shipped_before_the_whole_amount_is_held():
    trade = make.trade("deposit")

    with pytest.raises(Refused) as refusal:
        ship_order(trade.order.pk, make.CONSIGNMENT | {"handed_over_on": clock.now().date()}, by=trade.seller)

    assert refusal.value.code == "trade.not_funded"


def test_paying_twice_returns_the_same_payment():
    trade = make.trade("agreed")

    first = pay_stage(trade.stage(1).pk, by=trade.buyer)
    second = pay_stage(trade.stage(1).pk, by=trade.buyer)

    assert first == second


def test_a_repeated_capture_funds_once():
    trade = make.trade("agreed")
    intent = make.pay(trade.stage(1), trade.buyer)

    outcome = take_event("sandbox", *make.told(intent))
    money_arrived(make.PaymentCaptured(intent.pk, "stage", intent.purpose, intent.company_id, intent.amount))

    assert outcome == "ignored"
    assert escrows([trade.stage(1).pk])[trade.stage(1).pk].funded_minor == 12600
    assert in_wallet(trade.order.buyer_id) == usd(0)


def test_a_payment_that_comes_after_the_cancellation_goes_to_the_buyers_wallet():
    trade = make.trade("agreed")
    intent = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
    cancel_order(trade.order.pk, "changed my mind", by=trade.buyer)

    take_event("sandbox", *make.told(intent))
    money_arrived(make.PaymentCaptured(intent.pk, "stage", intent.purpose, intent.company_id, intent.amount))

    assert trade.stage(1).state == "void"
    assert in_wallet(trade.order.buyer_id) == usd(12600)
    assert nothing_is_wrong()


def test_once_money_is_held_the_order_is_not_simply_cancelled():
    trade = make.trade("deposit")

    with pytest.raises(Refused) as refusal:
        cancel_order(trade.order.pk, "no longer needed", by=trade.buyer)

    assert refusal.value.code == "trade.money_held"
    assert trade.fresh().agreement == "agreed"


def test_a_declined_order_is_over():
    trade = make.trade()

    decline_order(trade.order.pk, "out of stock", by=trade.seller)

    order = trade.fresh()
    assert (order.agreement, order.closed_by, order.closed_reason) == ("declined", "seller", "out of stock")
    with pytest.raises(AlreadyDone):
        decline_order(trade.order.pk, "again", by=trade.seller)


def test_an_unsigned_order_lapses_by_itself():
    trade = make.trade()
    make.pass_deadline(trade, "trade.sign")

    fired = fire_due()

    assert fired == 1
    assert trade.fresh().agreement == "lapsed"


def test_an_unpaid_order_lapses_by_itself():
    trade = make.trade("agreed")
    make.pass_deadline(trade, "trade.pay")

    fire_due()

    assert trade.fresh().agreement == "lapsed"
    assert trade.stage(1).state == "void"


def test_a_late_seller_lets_the_buyer_take_everything_back():
    trade = make.trade("funded")
    with pytest.raises(Refused) as early:
        call_off_order(trade.order.pk, "too slow", by=trade.buyer)
    clock.advance(timedelta(days=60))

    call_off_order(trade.order.pk, "too slow", by=trade.buyer)

    assert early.value.code == "trade.not_late"
    assert trade.fresh().agreement == "called_off"
    assert in_wallet(trade.order.buyer_id) == usd(42000)
    assert nothing_is_wrong()


def test_a_seller_who_gives_up_returns_everything():
    trade = make.trade("deposit")

    call_off_order(trade.order.pk, "the mould broke", by=trade.seller)

    assert in_wallet(trade.order.buyer_id) == usd(12600)
    assert [trade.stage(n).state for n in (1, 2)] == ["refunded", "void"]


def test_silence_after_shipping_opens_a_case_and_pays_nobody():
    trade = make.trade("shipped")
    clock.advance(timedelta(days=45, minutes=1))

    fire_due()

    order = trade.fresh()
    assert (order.issue, order.agreement, order.goods) == ("open", "agreed", "shipped")
    assert [trade.stage(n).state for n in (1, 2)] == ["frozen", "frozen"]
    assert in_wallet(order.seller_id) == usd(0)


def test_a_reported_issue_freezes_until_it_is_withdrawn():
    trade = make.trade("shipped")
    open_issue(trade.order.pk, "nothing came", by=trade.buyer)
    with pytest.raises(Refused) as refusal:
        receive_order(trade.order.pk, by=trade.buyer)

    close_issue(trade.order.pk, by=trade.buyer)
    receive_order(trade.order.pk, by=trade.buyer)

    assert refusal.value.code == "trade.issue_open"
    assert trade.fresh().agreement == "completed"


def test_a_buyer_reports_and_withdraws_twice_and_then_the_time_to_confirm_runs_out():
    trade = make.trade("shipped")
    for _ in range(2):
        open_issue(trade.order.pk, "nothing came", by=trade.buyer)
        close_issue(trade.order.pk, by=trade.buyer)

    with pytest.raises(Refused) as again:
        open_issue(trade.order.pk, "nothing came", by=trade.buyer)
    untouched = (trade.fresh().issue, [trade.stage(n).state for n in (1, 2)])
    clock.advance(timedelta(days=45, minutes=1))
    fire_due()
    opened = trade.fresh().issue
    with pytest.raises(Refused) as at_last:
        close_issue(trade.order.pk, by=trade.buyer)

    assert (again.value.code, again.value.status) == ("trade.issue_withdrawn_too_often", 409)
    assert "ask the operator" in str(again.value.message)
    assert untouched == ("none", ["funded", "funded"])
    # The clock still opens a case, and now only the operator ends it.
    assert (opened, at_last.value.code) == ("open", "trade.issue_withdrawn_too_often")
    resolve_issue(trade.order.pk, Decimal(1), "nothing was ever shipped", by=make.operator())
    assert in_wallet(trade.order.buyer_id) == usd(42000)


def test_a_contract_keeps_the_number_of_withdrawals_it_was_signed_under():
    before = make.trade("shipped")
    set_rule("trade.issue_withdrawals", "export", Decimal(1), None, "agreed on Monday", make.operator())
    after = make.trade("shipped")

    for trade in (before, after):
        open_issue(trade.order.pk, "nothing came", by=trade.buyer)
        close_issue(trade.order.pk, by=trade.buyer)

    open_issue(before.order.pk, "nothing came", by=before.buyer)
    with pytest.raises(Refused) as refusal:
        open_issue(after.order.pk, "nothing came", by=after.buyer)
    assert refusal.value.code == "trade.issue_withdrawn_too_often"


@pytest.mark.parametrize(
    ("share", "buyer_gets", "seller_gets", "state"),
    [("1", 42000, 0, "refunded"), ("0", 0, 41160, "released"), ("0.25", 10500, 30870, "released")],
)
def test_an_operator_divides_what_is_held(share, buyer_gets, seller_gets, state):
    trade = make.trade("shipped")
    open_issue(trade.order.pk, "half is broken", by=trade.buyer)

    resolve_issue(trade.order.pk, Decimal(share), "photographs show it", by=make.operator())

    assert trade.fresh().agreement == "completed"
    assert (in_wallet(trade.order.buyer_id), in_wallet(trade.order.seller_id)) == (usd(buyer_gets), usd(seller_gets))
    assert [trade.stage(n).state for n in (1, 2)] == [state, state]
    assert nothing_is_wrong()


def test_only_an_operator_decides_and_only_with_a_reason():
    trade = make.trade("shipped")
    open_issue(trade.order.pk, "nothing came", by=trade.buyer)

    with pytest.raises(Refused) as party:
        resolve_issue(trade.order.pk, Decimal(1), "mine", by=trade.buyer)
    with pytest.raises(Refused) as silent:
        resolve_issue(trade.order.pk, Decimal(1), "  ", by=make.operator())

    assert (party.value.code, silent.value.code) == ("base.not_your_move", "trade.reason")


def test_a_stop_on_release_keeps_the_money_where_it_is():
    from everfair.companies.models import Stop

    trade = make.trade("shipped")
    Stop.objects.create(company_id=trade.order.seller_id, kind="release", reason="licence expired", placed_by="operator")

    with pytest.raises(Refused) as refusal:
        receive_order(trade.order.pk, by=trade.buyer)

    assert refusal.value.code == "companies.stopped"
    assert in_wallet(trade.order.seller_id) == usd(0)


@pytest.mark.parametrize(
    "lie", [{"amount_minor": 1}, {"currency": "EUR"}, {"recipient": "somebody-else"}, {"merchant_reference": "0" * 32}]
)
def test_a_true_event_that_lies_about_the_payment_funds_nothing(lie):
    trade = make.trade("agreed")
    intent = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))

    outcome = take_event("sandbox", *make.told(intent, **lie))

    intent.refresh_from_db()
    assert outcome in ("mismatch", "unknown")
    assert intent.state == "created"
    assert escrows([trade.stage(1).pk]) == {}
    assert nothing_is_wrong()


def test_signed_terms_cannot_be_changed_in_the_database(superuser):
    from django.db import DatabaseError, transaction

    from everfair.trade.models import Order

    trade = make.trade("agreed")

    with pytest.raises(DatabaseError), transaction.atomic():
        Order.objects.filter(pk=trade.order.pk).update(named_place="Shanghai")
    with pytest.raises(DatabaseError), transaction.atomic():
        Order.objects.filter(pk=trade.order.pk).update(total_minor=1)
