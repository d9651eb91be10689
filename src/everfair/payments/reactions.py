"""What payments do with money that repays a debt, and who is told how payouts, bank accounts, debts, credit and money that came twice go on.
Safe to repeat: the fact is the cause.

The warnings that a bank account was added or removed are no reactions: they are written with the change itself.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from everfair.base.deadlines import Reminder
from everfair.base.events import event_seq, on
from everfair.base.formats import plain_day, plain_moment
from everfair.base.rows import find_one
from everfair.companies.queries import companies_by_id
from everfair.events.payments import (
    BankAccountRefused,
    BankAccountVerified,
    CreditFellDue,
    CreditMoved,
    CreditRepaid,
    DebtOverdue,
    DebtOwed,
    DebtSettled,
    PaymentCaptured,
    PaymentPartReceived,
    PayoutApproved,
    PayoutCancelled,
    PayoutFailed,
    PayoutRequested,
    PayoutReturned,
    PayoutSettled,
    PayoutTakenOut,
    RefundFailed,
    RefundOwed,
    RefundSettled,
)
from everfair.messaging.actions import notify
from everfair.payments.actions import settle_due
from everfair.payments.models import BankAccount, CreditDue, Debt, Payout
from everfair.payments.queries import reference_of, refund
from everfair.payments.values import payout_reference

KEEPERS = ("owner", "finance")
PAYERS = ("owner", "buyer", "finance")


@on(PayoutRequested, subscriber="payments")
def ask_for_second(fact: PayoutRequested) -> None:
    if Payout.objects.filter(pk=fact.payout_id, needs_second=True).exists():
        _tell(fact, "payout.to_approve")


@on(PayoutApproved, subscriber="payments")
def tell_of_approval(fact: PayoutApproved) -> None:
    if Payout.objects.filter(Q(needs_second=True), pk=fact.payout_id).exists():
        _tell(fact, "payout.approved")


@on(PayoutTakenOut, subscriber="payments")
def tell_of_exception(fact: PayoutTakenOut) -> None:
    _tell(fact, "payout.held")


@on(PayoutCancelled, subscriber="payments")
def tell_of_calling_off(fact: PayoutCancelled) -> None:
    _tell(fact, "payout.cancelled")


@on(PayoutSettled, subscriber="payments")
def tell_of_arrival(fact: PayoutSettled) -> None:
    _tell(fact, "payout.settled")


@on(PayoutFailed, subscriber="payments")
def tell_of_failure(fact: PayoutFailed) -> None:
    _tell(fact, "payout.failed")


@on(PaymentPartReceived, subscriber="payments")
def tell_of_part(fact: PaymentPartReceived) -> None:
    link = f"/payments/{fact.intent_id}/transfer/"
    cause = f"payment.part:{fact.intent_id}:{fact.rest.minor}"
    notify(fact.company_id, PAYERS, "payment.part", link, cause, number=reference_of(fact.intent_id))


@on(PayoutReturned, subscriber="payments")
def tell_of_returned_payout(fact: PayoutReturned) -> None:
    returned_for = Payout.objects.values_list("failure", flat=True).get(pk=fact.payout_id)
    _tell(fact, "payout.came_back", returned_for=returned_for)


_OfPayout = PayoutRequested | PayoutApproved | PayoutTakenOut | PayoutCancelled | PayoutSettled | PayoutFailed | PayoutReturned


def _tell(fact: _OfPayout, kind: str, **more: str) -> None:
    number = payout_reference(fact.payout_id)
    notify(
        fact.company_id, KEEPERS, kind, f"/wallet/payouts/{fact.payout_id}/", f"{kind}:{fact.payout_id}", number=number, **more
    )


@on(RefundOwed, subscriber="payments")
def tell_of_second_payment(fact: RefundOwed) -> None:
    _tell_payer(fact, "refund.owed")


@on(RefundSettled, subscriber="payments")
def tell_of_return(fact: RefundSettled) -> None:
    _tell_payer(fact, "refund.settled")


@on(RefundFailed, subscriber="payments")
def tell_of_failed_return(fact: RefundFailed) -> None:
    _tell_payer(fact, "refund.failed")


def _tell_payer(fact: RefundOwed | RefundSettled | RefundFailed, kind: str) -> None:
    """Whoever pays and whoever keeps the money: either may wonder at their bank statement."""
    of = refund(fact.refund_id).intent
    notify(fact.company_id, (*KEEPERS, "buyer"), kind, f"/payments/{of.pk}/", f"{kind}:{fact.refund_id}", title=of.description)


# ── trade credit ──


@on(PaymentCaptured, subscriber="payments.credit")
def money_for_a_debt(fact: PaymentCaptured) -> None:
    """A cursor of its own: a letter that cannot be written must never hold up money."""
    if fact.purpose_kind == "credit":
        settle_due(fact.purpose, fact.intent_id)


@on(CreditMoved, subscriber="payments")
def tell_of_credit(fact: CreditMoved) -> None:
    if fact.how in ("offer", "agree"):
        to, other, kind = (
            (fact.buyer_id, fact.seller_id, "credit.offered")
            if fact.how == "offer"
            else (fact.seller_id, fact.buyer_id, "credit.agreed")
        )
        tell_credit(to, other, kind, fact.line_id, f"event:{event_seq()}")
        return
    tell_credit(fact.buyer_id, fact.seller_id, "credit.changed", fact.line_id, f"event:{event_seq()}:buyer")
    if fact.how == "close":
        tell_credit(fact.seller_id, fact.buyer_id, "credit.changed", fact.line_id, f"event:{event_seq()}:seller")


@on(CreditFellDue, subscriber="payments")
def tell_of_debt(fact: CreditFellDue) -> None:
    due = find_one(CreditDue, "id = %s", [fact.due_id])
    if due is not None:
        until = plain_day(due.due_on)
        tell_credit(fact.buyer_id, fact.seller_id, "credit.due", fact.line_id, f"credit.due:{fact.due_id}", until=until)


@on(CreditRepaid, subscriber="payments")
def tell_of_repayment(fact: CreditRepaid) -> None:
    tell_credit(fact.seller_id, fact.buyer_id, "credit.repaid", fact.line_id, f"credit.repaid:{fact.due_id}")


def tell_credit(company_id: UUID, other_id: UUID, kind: str, line_id: UUID, cause: str, **more: str) -> None:
    """One line for those who keep the money of one side; the other side's name stands in it."""
    other = companies_by_id([other_id])[other_id]
    notify(company_id, KEEPERS, kind, f"/credit/{line_id}/", cause, company=other.name, **more)


# ── bank accounts and what companies owe us ──


@on(BankAccountVerified, subscriber="payments")
def tell_of_verified_account(fact: BankAccountVerified) -> None:
    _tell_of_account(fact, "account.verified")


@on(BankAccountRefused, subscriber="payments")
def tell_of_refused_account(fact: BankAccountRefused) -> None:
    _tell_of_account(fact, "account.refused")


def _tell_of_account(fact: BankAccountVerified | BankAccountRefused, kind: str) -> None:
    account = BankAccount.objects.filter(pk=fact.account_id).first()
    if account is not None:
        cause = f"{kind}:{fact.account_id}"
        notify(fact.company_id, KEEPERS, kind, "/wallet/bank-accounts/", cause, ending=account.account[-4:])


@on(DebtOwed, subscriber="payments")
def tell_of_new_debt(fact: DebtOwed) -> None:
    if Debt.objects.filter(pk=fact.debt_id).exclude(state="settled").exists():
        _tell_debt(fact, "debt.owed")


@on(DebtOverdue, subscriber="payments")
def tell_of_overdue_debt(fact: DebtOverdue) -> None:
    _tell_debt(fact, "debt.overdue")


@on(DebtSettled, subscriber="payments")
def tell_of_settled_debt(fact: DebtSettled) -> None:
    _tell_debt(fact, "debt.settled")


def _tell_debt(fact: DebtOwed | DebtOverdue | DebtSettled, kind: str) -> None:
    notify(fact.company_id, KEEPERS, kind, "/wallet/", f"{kind}:{fact.debt_id}")


def remind_of_what_is_owed(reminder: Reminder) -> None:
    """On the way to the end of its time."""
    debt = Debt.objects.filter(pk=reminder.subject).exclude(state="settled").first()
    if debt is not None:
        cause = f"debt.reminder:{debt.pk}:{reminder.n}"
        notify(debt.company_id, KEEPERS, "debt.reminder", "/wallet/", cause, until=plain_moment(reminder.zero_at))
