"""The ways to pay one payment: which are open and proposed, and that only one of them ever pays."""

from __future__ import annotations

import pytest
from django.db import transaction

from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.ledger.queries import escrows
from everfair.markets.models import RuleVersion
from everfair.payments.actions import agree_to_credit, change_credit_limit, pay_by, start_checkout, take_event
from everfair.payments.models import Intent, Refund, Route
from everfair.payments.queries import ways_of
from everfair.payments.queries.ways import WAYS
from everfair.trade.actions import pay_stage
from everfair.trade.reactions import money_arrived
from tests import make
from tests.payments.on_credit import fresh, granted, in_wallet, nothing_is_wrong

pytestmark = pytest.mark.django_db


def paying(trade: make.Trade, n: int = 1) -> Intent:
    return Intent.objects.get(pk=pay_stage(trade.stage(n).pk, by=trade.buyer))


def seen(intent: Intent, by: object) -> list[tuple[str, bool, bool]]:
    return [(row.way.code, row.opening.open, row.proposed) for row in ways_of(intent, by)]  # type: ignore[arg-type]


def test_the_card_is_always_there_and_the_wallet_only_with_enough_in_it():
    trade = make.trade("agreed")
    intent = paying(trade)
    assert seen(intent, trade.buyer) == [("card", True, True), ("bank", True, False), ("wallet", False, False)]
    make.fill(trade.order.buyer_id, Money.of("126.00", "USD"))
    assert seen(intent, trade.buyer) == [("card", True, True), ("bank", True, False), ("wallet", True, False)]


def test_who_does_not_keep_money_is_not_shown_the_wallet():
    trade = make.trade("agreed")
    intent = paying(trade)
    assert seen(intent, make.actor(trade.order.buyer, "buyer")) == [("card", True, True), ("bank", True, False)]


def test_credit_is_shown_where_this_seller_grants_some():
    trade = make.trade("agreed")
    intent = paying(trade)
    line = granted(trade, "125.99", agreed=False)
    [row] = [row for row in ways_of(intent, trade.buyer) if row.way.code == "credit"]
    assert (row.opening.open, row.opening.note) == (False, "The seller offers you credit: agree to its terms first.")
    assert row.opening.link == f"/en/credit/{line.pk}/"
    agree_to_credit(line.pk, by=trade.buyer)
    assert ("credit", False, False) in seen(intent, trade.buyer)
    change_credit_limit(line.pk, Money.of("126.00", "USD"), by=trade.seller)
    assert ("credit", True, False) in seen(intent, trade.buyer)


def test_a_large_payment_is_proposed_by_bank_where_that_is_there(monkeypatch):
    trade = make.trade("agreed")
    intent = paying(trade)
    RuleVersion.objects.create(market="export", name="payments.bank_from", value=126, set_by="operator", reason="test")
    assert seen(intent, trade.buyer)[0] == ("bank", True, True)
    with monkeypatch.context() as without:
        without.delitem(WAYS, "bank")
        assert seen(intent, trade.buyer)[0] == ("card", True, True)  # where there is no bank, the card stays first
    intent.amount_minor = 12599
    assert seen(intent, trade.buyer)[0] == ("card", True, True)


def test_a_large_payment_says_why_and_only_a_rule_refuses_the_card():
    trade = make.trade("agreed")
    intent = paying(trade)
    RuleVersion.objects.create(market="export", name="payments.bank_from", value=126, set_by="operator", reason="test")
    first, *others = ways_of(intent, trade.buyer)
    assert "no bank can take it back later" in first.why
    assert [row.why for row in others] == [""] * len(others)
    assert ("card", True, False) in seen(intent, trade.buyer)

    RuleVersion.objects.create(market="export", name="payments.card_most", value=125, set_by="operator", reason="test")

    assert ("card", False, False) in seen(intent, trade.buyer)
    with pytest.raises(Refused) as no:
        start_checkout(intent.pk, by=trade.buyer)
    assert no.value.code == "payments.too_large_for_card"


def test_the_wallet_pays_at_once_into_escrow():
    trade = make.trade("agreed")
    make.fill(trade.order.buyer_id, Money.of("200.00", "USD"))

    intent = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, method="wallet", by=trade.buyer))
    money_arrived(make.captured(intent))

    assert (intent.state, intent.provider, trade.stage(1).state) == ("captured", "wallet", "funded")
    assert in_wallet(trade.order.buyer_id) == 7400
    assert escrows([trade.stage(1).pk])[trade.stage(1).pk].held_minor == 12600
    assert trade.stage(1).draw_id is None
    assert nothing_is_wrong()


def test_an_empty_wallet_pays_nothing():
    trade = make.trade("agreed")
    intent = paying(trade)
    make.fill(trade.order.buyer_id, Money.of("125.99", "USD"))

    with pytest.raises(Refused) as no, transaction.atomic():
        pay_by(intent.pk, "wallet", by=trade.buyer)

    intent.refresh_from_db()
    assert (no.value.code, intent.state, in_wallet(trade.order.buyer_id)) == ("ledger.short", "created", 12599)


def test_only_who_keeps_money_pays_from_the_wallet():
    trade = make.trade("agreed")
    intent = paying(trade)
    make.fill(trade.order.buyer_id, Money.of("200.00", "USD"))
    for who, wrong in (
        (make.actor(trade.order.buyer, "buyer"), Refused),
        (make.actor(trade.order.buyer, "viewer"), Refused),
        (trade.seller, NotVisible),
        (make.actor(make.company(), "owner"), NotVisible),
    ):
        with pytest.raises(wrong), transaction.atomic():
            pay_by(intent.pk, "wallet", by=who)
    assert in_wallet(trade.order.buyer_id) == 20000


def test_a_way_that_leads_on_pays_nothing_here_and_an_unknown_one_is_refused():
    trade = make.trade("agreed")
    intent = paying(trade)
    assert pay_by(intent.pk, "card", by=trade.buyer).state == "created"
    with pytest.raises(Refused) as no:
        pay_by(intent.pk, "barter", by=trade.buyer)
    assert (no.value.code, no.value.field) == ("payments.unknown_way", "method")


def test_what_the_card_brings_after_the_wallet_has_paid_goes_back():
    """The provider's page was left open in another tab."""
    trade = make.trade("agreed")
    make.fill(trade.order.buyer_id, Money.of("200.00", "USD"))
    intent = paying(trade)
    headers, body = make.told(intent)
    Route.objects.create(intent=intent, n=1, rail="sandbox", outcome="opened")
    Intent.objects.filter(pk=intent.pk).update(state="open", provider_ref="chk_1", checkout_url="https://pay.example/1")
    paid = pay_by(intent.pk, "wallet", by=trade.buyer)
    money_arrived(make.captured(paid))
    intent.refresh_from_db()
    assert (intent.provider, intent.provider_ref, intent.checkout_url) == ("wallet", "", "")

    assert take_event("sandbox", headers, body) == "applied"

    assert (Refund.objects.get().amount_minor, trade.stage(1).state, in_wallet(trade.order.buyer_id)) == (12600, "funded", 7400)
    assert nothing_is_wrong()


@pytest.mark.parametrize(
    ("state", "code"), [("indeterminate", "payments.outcome_unknown"), ("failed", "payments.over"), ("expired", "payments.over")]
)
def test_a_payment_that_another_may_have_is_not_made_again(state, code):
    """I14."""
    trade = make.trade("agreed")
    line = granted(trade)
    intent = paying(trade)
    Intent.objects.filter(pk=intent.pk).update(state=state)
    with pytest.raises(Refused) as no, transaction.atomic():
        pay_by(intent.pk, "credit", by=trade.buyer)
    assert (no.value.code, fresh(line).drawn_minor) == (code, 0)


def test_while_a_provider_is_being_asked_nothing_else_pays():
    trade = make.trade("agreed")
    make.fill(trade.order.buyer_id, Money.of("200.00", "USD"))
    intent = paying(trade)
    route = Route.objects.create(intent=intent, n=1, rail="sandbox")
    with pytest.raises(Refused) as no, transaction.atomic():
        pay_by(intent.pk, "wallet", by=trade.buyer)
    assert (no.value.code, in_wallet(trade.order.buyer_id)) == ("payments.outcome_unknown", 20000)
    Route.objects.filter(pk=route.pk).update(outcome="down")
    pay_by(intent.pk, "wallet", by=trade.buyer)
    assert in_wallet(trade.order.buyer_id) == 7400


def test_what_was_paid_already_is_not_paid_again():
    trade = make.trade("agreed")
    line = granted(trade)
    first = paying(trade)
    Intent.objects.filter(pk=first.pk).update(state="failed")
    second = paying(trade)
    headers, body = make.told(first)
    take_event("sandbox", headers, body)  # the failed one had the money after all
    with pytest.raises(Refused) as no, transaction.atomic():
        pay_by(second.pk, "credit", by=trade.buyer)
    assert (no.value.code, fresh(line).drawn_minor) == ("payments.over", 0)


def test_what_has_been_paid_and_was_not_heard_of_yet_is_not_asked_for_again():
    """A reaction may be late: the payer who asks once more is led to the payment that has come."""
    trade = make.trade("agreed")
    first = paying(trade)
    take_event("sandbox", *make.told(first))

    assert pay_stage(trade.stage(1).pk, by=trade.buyer) == first.pk
    assert Intent.objects.count() == 1
