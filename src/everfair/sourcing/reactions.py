"""Who is told what happens before a contract. Every notice names its cause, so that a repetition tells nobody twice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse

from everfair.base.events import on
from everfair.base.rows import ask, find
from everfair.companies.queries import companies_by_id
from everfair.events.sourcing import InquirySent, QuoteAccepted, QuoteDeclined, QuoteSent, QuoteWithdrawn, RfqClosed, RfqPosted
from everfair.messaging.actions import notify
from everfair.sourcing.models import Inquiry, Quote, Rfq
from everfair.sourcing.queries import matching_suppliers

BUYERS, SELLERS = ("owner", "buyer"), ("owner", "seller")


def _name(company_id: UUID) -> str:
    company = companies_by_id([company_id]).get(company_id)
    return company.name if company else ""


@on(InquirySent, subscriber="sourcing")
def inquiry_arrived(fact: InquirySent) -> None:
    inquiry = Inquiry.objects.select_related("thread").get(pk=fact.inquiry_id)
    link = reverse("messaging:thread", args=[fact.thread_id])
    cause = f"inquiry:{fact.inquiry_id}"
    notify(fact.seller_id, SELLERS, "inquiry.received", link, cause, company=_name(fact.buyer_id), title=inquiry.thread.title)


@on(RfqPosted, subscriber="sourcing")
def rfq_arrived(fact: RfqPosted) -> None:
    """Tell the suppliers it suits best, fifty at most."""
    [rfq] = find(Rfq, "id = %s", [fact.rfq_id])
    if rfq.state != "open":
        return
    link = reverse("sourcing:rfq", args=[rfq.pk])
    for company_id in matching_suppliers(rfq):
        notify(company_id, SELLERS, "rfq.matching", link, f"rfq:{rfq.pk}", title=rfq.title)


@on(RfqClosed, subscriber="sourcing")
def rfq_ended(fact: RfqClosed) -> None:
    rfq = Rfq.objects.get(pk=fact.rfq_id)
    if rfq.state == "cancelled":
        return  # its suppliers hear that their quotes were declined
    link = reverse("sourcing:rfq", args=[rfq.pk])
    notify(rfq.buyer_id, BUYERS, "rfq.closed", link, f"rfq-closed:{rfq.pk}", title=rfq.title, quotes=rfq.quote_count)


def _tell(fact: Any, company_id: UUID, roles: tuple[str, ...], kind: str, about: UUID) -> None:
    [(title, name)] = ask(_OF_WHAT_AND_WHOM, [about, fact.rfq_id])
    link = reverse("sourcing:quote", args=[fact.quote_id])
    notify(company_id, roles, kind, link, f"{kind}:{fact.quote_id}", company=name, title=title)


_OF_WHAT_AND_WHOM = "SELECT r.title, c.name FROM sourcing_rfq r JOIN companies_company c ON c.id = %s WHERE r.id = %s"


@on(QuoteSent, subscriber="sourcing")
def quote_arrived(fact: QuoteSent) -> None:
    replaced = fact.revision > 1 and Quote.objects.filter(
        rfq_id=fact.rfq_id, seller_id=fact.seller_id, revision=fact.revision - 1, state="replaced"
    )
    kind = "quote.revised" if replaced and replaced.exists() else "quote.received"
    _tell(fact, fact.buyer_id, BUYERS, kind, fact.seller_id)


@on(QuoteWithdrawn, subscriber="sourcing")
def quote_was_withdrawn(fact: QuoteWithdrawn) -> None:
    _tell(fact, fact.buyer_id, BUYERS, "quote.withdrawn", fact.seller_id)


@on(QuoteAccepted, subscriber="sourcing")
def quote_was_accepted(fact: QuoteAccepted) -> None:
    _tell(fact, fact.seller_id, SELLERS, "quote.accepted", fact.buyer_id)


@on(QuoteDeclined, subscriber="sourcing")
def quote_was_declined(fact: QuoteDeclined) -> None:
    _tell(fact, fact.seller_id, SELLERS, "quote.declined", fact.buyer_id)
