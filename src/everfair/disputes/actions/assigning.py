"""Who judges a case: drawn, never chosen."""

from __future__ import annotations

from datetime import UTC, datetime, time

from everfair.base.clock import now
from everfair.base.deadlines import set_deadline
from everfair.base.rows import insert
from everfair.disputes.models import Assignment, Claim
from everfair.disputes.queries.desk import drawn_arbitrator, former_arbitrators
from everfair.disputes.queries.rules import number
from everfair.reference.queries import add_business_days


def assign(claim: Claim) -> None:
    """Give a locked claim to somebody, with the time to rule. Without anybody who may, it waits on the desk for the operator."""
    claim.arbitrator_id = drawn_arbitrator(claim, but=former_arbitrators(claim))
    if claim.arbitrator_id is not None:
        insert(Assignment(claim=claim, instance=claim.instance, person_id=claim.arbitrator_id))
    set_deadline("disputes.rule", claim.pk, ruling_due(claim))


def ruling_due(claim: Claim) -> datetime:
    """The end of the n-th business day of both sides' countries, and never before the report of its first inspection is due."""
    due = _end_of_business_day(claim, "disputes.ruling_days")
    return due if claim.report_by is None else max(due, claim.report_by)


def inspection_due(claim: Claim) -> datetime:
    """Until when an inspection ordered now reports."""
    return _end_of_business_day(claim, "disputes.inspection_days")


def _end_of_business_day(claim: Claim, rule: str) -> datetime:
    countries = {claim.buyer.country, claim.seller.country}
    day = add_business_days(now().date(), int(number(claim.order, rule)), countries)
    return datetime.combine(day, time(23, 59, 59), tzinfo=UTC)
