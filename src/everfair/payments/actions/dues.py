"""What is owed on trade credit, repaid debt by debt: each whole, from the wallet or by any other way of paying."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from everfair.base.actor import CLOCK_ACTOR, RAIL_ACTOR, SYSTEM, Actor
from everfair.base.clock import EfNow, now
from everfair.base.deadlines import clear_deadlines, set_deadline
from everfair.base.events import emit
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, find_one
from everfair.base.states import stepping
from everfair.base.together import part
from everfair.billing.actions import charge
from everfair.billing.values import fees_kept
from everfair.companies.roles import BUYING, MONEY_KEEPING
from everfair.events.payments import CreditRepaid
from everfair.ledger.queries import balance
from everfair.ledger.values import received
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments import postings
from everfair.payments.actions.draws import end_of, line_of
from everfair.payments.actions.intents import open_intent, return_received, spend_received
from everfair.payments.models import CreditDue, Intent
from everfair.payments.queries import intent as find_intent
from everfair.payments.queries.credit import credit_line, overdue_on


def pay_due(due_id: UUID, *, by: Actor) -> Intent:
    """The buyer wishes to repay a debt, whole: returns its payment, whose page shows the ways. The same one again while it is open."""
    with part():
        due = _locked(due_id)
        line = credit_line(due.line_id, by)
        if by.company_id != line.buyer_id or not (BUYING | MONEY_KEEPING).admits(by):
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        if due.state != "open":
            raise Refused("payments.due_paid", _("This is repaid already."))
        return open_intent(
            company_id=line.buyer_id,
            purpose_kind="credit",
            purpose=due.pk,
            amount=due.amount,
            description=(_("Trade credit: %(what)s") % {"what": find_intent(due.draw_id, SYSTEM).description})[:200],
            return_path=f"/{by.language}/credit/{line.pk}/",
            market=DEFAULT_MARKET,
            by=by,
        )


def _locked(due_id: UUID) -> CreditDue:
    due = find_one(CreditDue, "id = %s FOR UPDATE", [due_id])
    if due is None:
        raise NotVisible
    return due


def settle_due(due_id: UUID, intent_id: UUID, *, by: Actor = RAIL_ACTOR) -> None:
    """The money is here: the debt and the seller's receivable vanish together, the seller's wallet gets it less the fee.

    When it was repaid already, by another payment, the money goes to the payer's wallet; so does what the seller has given back of the
    debt since the payment began. Safe to repeat.
    """
    with part():
        due = _locked(due_id)
        line, fees = line_of(due), fees_kept(due.fees)
        key = f"credit:{due.pk}:repaid"
        try:
            with transaction.atomic(), stepping(due, "settle", by=by):
                due.paid_at = EfNow()  # type: ignore[assignment]
                ask("UPDATE payments_creditline SET drawn_minor = drawn_minor - %s WHERE id = %s", [due.amount_minor, line.pk])
                spend_received(
                    intent_id,
                    key,
                    lambda source, paid: [
                        *postings.credit_repaid(source, line.pk, line.seller_id, due.amount, fees),
                        *postings.overpaid(source, line.buyer_id, paid - due.amount),
                    ],
                    kind="credit_repaid",
                    by=by,
                )
                charge(line.seller_id, fees, subject=due.fees_subject, reference=due.fees_reference, entry_key=key)
                clear_deadlines(("payments.credit_due", "payments.credit_hold"), due.pk)
                emit(CreditRepaid(due.pk, line.pk, line.seller_id, line.buyer_id, due.amount), by=by)
        except Refused:
            if balance(received(intent_id), due.currency).posted.minor > 0:
                return_received(intent_id, by=by, why="the debt is repaid")


def fall_overdue(due_id: UUID) -> CreditDue | None:
    """The day has passed unpaid: the days run after which nothing new is drawn. Returns the debt, with its line, if it still stands."""
    due = find_one(CreditDue, "id = %s AND state = 'open'", [due_id])
    if due is None:
        return None
    due.line = credit_line(due.line_id, CLOCK_ACTOR)
    stops_on = due.due_on + (now().date() - overdue_on(now().date()))
    set_deadline("payments.credit_hold", due.pk, max(end_of(stops_on), now() + timedelta(seconds=1)))
    return due
