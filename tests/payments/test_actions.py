"""Payments in and payouts out: what is believed, what is refused, what happens twice."""

from __future__ import annotations

from typing import Any

import pytest

from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.companies.models import Stop
from everfair.events.payments import PayoutFailed, PayoutSettled
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance
from everfair.ledger.values import wallet
from everfair.messaging.models import Notice
from everfair.payments import reactions
from everfair.payments.actions import add_bank_account, remove_bank_account, request_payout, start_checkout, take_event
from everfair.payments.actions.events import end_payout
from everfair.payments.models import BankAccount, Intent, Payout, ProviderEvent, Refund
from everfair.trade.actions import fund_stage, pay_stage, reopen_stage
from tests import make
from tests.base.together import together

IBAN = "DE89370400440532013000"
ACCOUNT = {"holder": "Aster GmbH", "account": IBAN, "bic": "", "bank_name": "Commerzbank", "country": "DE", "currency": "USD"}


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def held(company_id: Any) -> tuple[int, int]:
    found = balance(wallet(company_id, "USD"), "USD")
    return found.posted.minor, found.reserved.minor


def nothing_is_wrong() -> bool:
    return [proof for proof in prove() if proof.breach] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("account", "DE89370400440532013001"), ("account", "DE00"), ("account", "XX89370400440532013000"), ("account", "12"),
        ("account", "12 34<script>"), ("account", "１２３４５６"), ("bic", "NOTABIC"), ("bic", "COBADEFFXXXX"),
    ],
)  # fmt: skip
def test_an_account_number_is_checked(field, value):
    with pytest.raises(Refused) as refusal:
        add_bank_account(by=make.actor(make.company()), **ACCOUNT | {field: value})

    assert (refusal.value.field, refusal.value.status, BankAccount.objects.count()) == (field, 422, 0)


@pytest.mark.django_db
def test_an_iban_is_kept_without_blanks():
    account = add_bank_account(
        by=make.actor(make.company()), **ACCOUNT | {"account": "de89 3704 0044 0532 0130 00", "bic": "cobadeff"}
    )

    assert (account.account, account.bic) == (IBAN, "COBADEFF")


@pytest.mark.django_db
def test_another_companys_account_is_not_there():
    """B67."""
    trade = make.trade("completed")
    foreign = add_bank_account(by=make.actor(make.company()), **ACCOUNT)

    with pytest.raises(NotVisible):
        request_payout(foreign.pk, usd(100), by=trade.seller)
    with pytest.raises(NotVisible):
        remove_bank_account(foreign.pk, by=trade.seller)

    foreign.refresh_from_db()
    assert foreign.removed_at is None
    assert held(trade.order.seller_id) == (41160, 0)


@pytest.mark.django_db
def test_a_payout_is_set_aside_then_leaves():
    trade = make.trade("completed")

    payout = make.payout(trade.seller, usd(40000))
    waiting = held(trade.order.seller_id)
    end_payout(payout.pk, paid=True)
    again = end_payout(payout.pk, paid=True)

    assert waiting == (41160, 40000)
    assert held(trade.order.seller_id) == (1160, 0)
    assert again[0] == "ignored"
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_a_payout_the_bank_refuses_is_free_again():
    trade = make.trade("completed")
    payout = make.payout(trade.seller, usd(41160))

    end_payout(payout.pk, paid=False, failure="account_closed")

    payout.refresh_from_db()
    assert (payout.state, payout.failure, held(trade.order.seller_id)) == ("failed", "account_closed", (41160, 0))
    assert nothing_is_wrong()


@pytest.mark.django_db
@pytest.mark.parametrize(("minor", "currency", "code"), [(41161, "USD", "ledger.short"), (100, "EUR", "payments.other_currency")])
def test_more_than_is_free_and_another_currency_are_refused(minor, currency, code):
    trade = make.trade("completed")
    account = make.bank_account(trade.seller)

    with pytest.raises(Refused) as refusal:
        request_payout(account.pk, Money(minor, currency), by=trade.seller)

    assert refusal.value.code == code
    assert (Payout.objects.count(), held(trade.order.seller_id)) == (0, (41160, 0))


@pytest.mark.django_db
def test_a_stop_and_a_removed_account_hold_payouts():
    trade = make.trade("completed")
    account = make.bank_account(trade.seller)
    other = make.bank_account(trade.seller)
    remove_bank_account(other.pk, by=trade.seller)

    with pytest.raises(NotVisible):
        request_payout(other.pk, usd(100), by=trade.seller)
    Stop.objects.create(company_id=trade.order.seller_id, kind="payout", reason="name mismatch", placed_by="operator")
    with pytest.raises(Refused) as refusal:
        request_payout(account.pk, usd(100), by=trade.seller)

    assert (refusal.value.code, Payout.objects.count()) == ("companies.stopped", 0)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["buyer", "seller", "viewer"])
def test_only_those_who_keep_the_money_pay_it_out(role):
    trade = make.trade("completed")
    account = make.bank_account(trade.seller)

    with pytest.raises(Refused) as refusal:
        request_payout(account.pk, usd(100), by=make.actor(trade.order.seller, role))

    assert (refusal.value.status, Payout.objects.count()) == (403, 0)


def test_the_whole_wallet_is_paid_out_once(committed):
    """The payout race: two of the whole wallet at once."""
    trade = make.trade("completed")
    account = make.bank_account(trade.seller)

    results = together([lambda: request_payout(account.pk, usd(41160), by=trade.seller)] * 8)

    assert sum(isinstance(result, Payout) for result in results) == 1
    assert {result.code for result in results if isinstance(result, Refused)} == {"ledger.short"}
    assert (Payout.objects.count(), held(trade.order.seller_id)) == (1, (41160, 41160))
    assert nothing_is_wrong()


def test_the_banks_two_words_at_once_end_a_payout_once(committed):
    trade = make.trade("completed")
    payout = make.payout(trade.seller, usd(41160))

    together([lambda: end_payout(payout.pk, paid=True), lambda: end_payout(payout.pk, paid=False)])

    payout.refresh_from_db()
    assert held(trade.order.seller_id) == {"paid": (0, 0), "failed": (41160, 0)}[payout.state]
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_a_captured_event_beats_a_later_failure():
    """I13: what is captured stays captured."""
    trade = make.trade("agreed")
    intent = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))

    first = take_event("sandbox", *make.told(intent, version=3))
    late = take_event("sandbox", *make.told(intent, "checkout.failed", version=9, failure_code="declined"))
    stale = take_event("sandbox", *make.told(intent, version=1))

    intent.refresh_from_db()
    assert (first, late, stale, intent.state) == ("applied", "ignored", "ignored", "captured")
    assert ProviderEvent.objects.count() == 3
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_a_failed_payment_can_be_tried_again_and_the_late_money_goes_back():
    trade = make.trade("agreed")
    first = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
    take_event("sandbox", *make.told(first, "checkout.failed", failure_code="declined"))
    reopen_stage(trade.stage(1).pk)
    second = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
    take_event("sandbox", *make.told(second, version=9))
    fund_stage(trade.stage(1).pk, second.pk)
    take_event("sandbox", *make.told(first, version=9))

    assert first.pk != second.pk
    assert trade.stage(1).state == "funded"
    assert held(trade.order.buyer_id) == (0, 0)
    owed = Refund.objects.get()  # the second capture of the same stage goes back the way it came
    assert (owed.intent_id, owed.amount_minor, owed.state) == (first.pk, 12600, "requested")
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_an_unreachable_provider_leaves_everything_as_it_was():
    trade = make.trade("agreed")
    intent = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))

    with pytest.raises(Refused) as refusal:
        start_checkout(intent.pk, by=trade.buyer)

    intent.refresh_from_db()
    assert (refusal.value.code, refusal.value.status, intent.state) == ("payments.provider_down", 503, "created")


@pytest.mark.django_db
def test_the_end_of_a_payout_is_told_once():
    trade = make.trade("completed")
    account = make.bank_account(trade.seller)
    payout = request_payout(account.pk, usd(100), by=trade.seller)
    for _n in range(2):
        reactions.tell_of_arrival(PayoutSettled(payout.pk, payout.company_id, payout.amount))
    reactions.tell_of_failure(PayoutFailed(payout.pk, payout.company_id, payout.amount))

    assert list(Notice.objects.order_by("id").values_list("kind", flat=True)) == ["payout.settled", "payout.failed"]
