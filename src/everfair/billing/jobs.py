"""What the clock does: when a month is over, its charges are invoiced."""

from __future__ import annotations

from datetime import timedelta

from everfair.base.actor import CLOCK_ACTOR
from everfair.base.chores import every
from everfair.base.clock import now
from everfair.billing.actions import issue_invoices
from everfair.billing.queries import issuer_now, to_be_invoiced


@every(300, "billing.issue_invoices")
def invoice_last_month() -> int:
    """One transaction for each company and currency: a fault of one holds nobody else up, and gives its number back."""
    until = now().replace(day=1, hour=0, minute=0, second=0, microsecond=0) - timedelta(microseconds=1)
    if issuer_now() is None:
        return 0
    return sum(len(issue_invoices(company_id, currency, until, by=CLOCK_ACTOR)) for company_id, currency in to_be_invoiced(until))
