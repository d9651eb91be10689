"""What the clock does with payments: close what nobody paid, send payouts, ask about what we do not know."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from django.db.models import Q

from everfair.base.chores import every
from everfair.base.clock import EfNow, now
from everfair.base.deadlines import Reminder, on_deadline, on_reminder
from everfair.base.formats import plain_day
from everfair.base.rows import find_one
from everfair.companies.actions import forget_former_contacts
from everfair.companies.queries import stopped_companies
from everfair.payments.actions.answers import send_answers
from everfair.payments.actions.bank_returns import collect_returns
from everfair.payments.actions.batches import collect_payouts
from everfair.payments.actions.checkouts import forget_doubt
from everfair.payments.actions.debts import REMINDED_AFTER, let_debt_fall_due, net_all_debts
from everfair.payments.actions.draws import line_of
from everfair.payments.actions.dues import fall_overdue
from everfair.payments.actions.events import learn_checkout, learn_payout
from everfair.payments.actions.exchanging import watch_exposure
from everfair.payments.actions.intents import expire_intent
from everfair.payments.actions.looking import match_lines
from everfair.payments.actions.payouts import send_payout
from everfair.payments.actions.rails import forget_calls, watch_shares
from everfair.payments.actions.rates import fetch_rates_or_say
from everfair.payments.actions.refunds import send_refund
from everfair.payments.actions.reserves import release_reserve
from everfair.payments.actions.settling import read_statement
from everfair.payments.models import CreditDue, Intent, Payout, Refund
from everfair.payments.providers.port import ProviderError
from everfair.payments.queries import days_to_read, settling_rails
from everfair.payments.rails import client
from everfair.payments.reactions import remind_of_what_is_owed, tell_credit
from everfair.payments.values import BANK

log = logging.getLogger(__name__)


@on_deadline("payments.intent")
def intent_runs_out(intent_id: UUID) -> None:
    expire_intent(intent_id)


@on_reminder("payments.credit_due", timedelta(days=7), timedelta(days=1))
def remind_of_debt(reminder: Reminder) -> None:
    due = find_one(CreditDue, "id = %s AND state = 'open'", [reminder.subject])
    if due is not None:
        line = line_of(due)
        cause = f"credit.reminder:{due.pk.hex}:{reminder.n}"
        tell_credit(line.buyer_id, line.seller_id, "credit.reminder", line.pk, cause, until=plain_day(due.due_on))


@on_deadline("payments.credit_due")
def debt_is_late(due_id: UUID) -> None:
    """The day has passed: both sides hear of it."""
    due = fall_overdue(due_id)
    if due is not None:
        line, until = due.line, plain_day(due.due_on)
        tell_credit(line.buyer_id, line.seller_id, "credit.overdue", line.pk, f"credit.overdue:{due.pk}", until=until)
        tell_credit(line.seller_id, line.buyer_id, "credit.late", line.pk, f"credit.late:{due.pk}", until=until)


@on_deadline("payments.credit_hold")
def debt_stops_credit(due_id: UUID) -> None:
    """Whether new credit is drawn is asked when it is drawn; here the buyer hears that it is not."""
    due = find_one(CreditDue, "id = %s AND state = 'open'", [due_id])
    if due is not None:
        line = line_of(due)
        tell_credit(line.buyer_id, line.seller_id, "credit.stopped", line.pk, f"credit.stopped:{due.pk}")


@on_deadline("payments.debt")
def debt_is_overdue(debt_id: UUID) -> None:
    let_debt_fall_due(debt_id)


@on_deadline("payments.reserve")
def reserve_is_let_go(reserve_id: UUID) -> None:
    release_reserve(reserve_id)


@on_reminder("payments.debt", *REMINDED_AFTER)
def remind_company(reminder: Reminder) -> None:
    remind_of_what_is_owed(reminder)


@every(2, "payments.send_payouts")
def send_payouts() -> int:
    """What is approved goes on, and what was let go is handed to its rail."""
    moved = collect_payouts() + collect_returns()
    ready = Payout.objects.filter(state__in=["released", "dispatched"]).exclude(provider=BANK)
    ready = ready.filter(Q(retry_at=None) | Q(retry_at__lte=EfNow())).exclude(company_id__in=stopped_companies("payout"))
    waiting = list(ready.order_by("id").values_list("pk", flat=True)[:20])
    for payout_id in waiting:
        send_payout(payout_id)
    return moved + len(waiting)


@every(10, "payments.net_debts")
def take_what_is_owed() -> int:
    return net_all_debts()


@every(5, "payments.send_refunds")
def send_refunds() -> int:
    waiting = list(
        Refund.objects.filter(state__in=["requested", "indeterminate"]).order_by("id").values_list("pk", flat=True)[:20]
    )
    for refund_id in waiting:
        send_refund(refund_id)
    return len(waiting)


@every(5, "payments.send_answers")
def send_answers_to_chargebacks() -> int:
    return send_answers()


@every(5, "payments.match_lines")
def match_new_lines() -> int:
    """Lines of a large statement, or those whose import ended before they were compared."""
    return match_lines()


@every(60, "payments.watch_shares")
def look_at_shares() -> int:
    return watch_shares()


@every(900, "payments.fetch_rates")
def look_for_rates() -> int:
    return fetch_rates_or_say()


@every(60, "payments.watch_exposure")
def look_at_positions() -> int:
    return watch_exposure()


@every(3600, "payments.forget_calls")
def forget_old_calls() -> int:
    return forget_calls() + forget_former_contacts()


@every(3600, "payments.read_statements")
def read_statements() -> int:
    """What each rail has settled, every hour; a day counts as read once it is over."""
    lines = 0
    for rail in settling_rails():
        try:
            lines += read_statement(rail.code, *days_to_read(rail.code)).lines
        except ProviderError as error:
            log.warning("the statement was not read", extra={"rail": rail.code, "error": type(error).__name__})
    return lines


@every(15, "payments.ask_providers")
def ask_providers() -> int:
    """Ask about every payment whose outcome is unknown, and about open ones whose event may have been lost."""
    stale = now() - timedelta(minutes=2)
    intents = [
        *Intent.objects.filter(state="indeterminate").order_by("id")[:20],
        *Intent.objects.filter(state="open", created_at__lt=stale).order_by("-id")[:20],
        # Opened on a card's page before its payer chose a transfer: it may have been paid there all the same.
        *Intent.objects.filter(state="awaiting", created_at__lt=stale).exclude(provider_ref="").order_by("-id")[:20],
    ]
    for intent in intents:
        try:
            found = client(intent.provider).look_up(str(intent.pk))
        except ProviderError as error:
            log.warning("the provider did not say", extra={"intent": str(intent.pk), "error": type(error).__name__})
            continue
        if found is None and intent.state == "indeterminate" and intent.created_at < stale:
            forget_doubt(intent)
        elif found is not None and found.state != "open" and (intent.state != "awaiting" or found.state == "captured"):
            learn_checkout(intent, found)
    payouts = (
        Payout.objects.select_related("bank_account")
        .filter(state__in=["sent", "indeterminate"], created_at__lt=stale)
        .exclude(provider=BANK)
    )
    asked = list(payouts.order_by("id")[:20])
    for payout in asked:
        try:
            state = client(payout.provider).look_up_payout(str(payout.pk))
        except ProviderError as error:
            log.warning("the provider did not say", extra={"payout": str(payout.pk), "error": type(error).__name__})
            continue
        if state is not None:
            learn_payout(payout, state)
    return len(intents) + len(asked)
