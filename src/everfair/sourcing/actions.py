"""Requests, quotes and inquiries: everything that writes."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.events import emit
from everfair.base.refused import NotVisible, Refused
from everfair.base.states import moving
from everfair.events.sourcing import QuoteAccepted
from everfair.sourcing.models import Quote, Rfq
from everfair.sourcing.queries import quotes_visible_to


def accept_quote(quote_id: UUID, *, by: Actor) -> Quote:
    """The buyer takes this quote; the request is awarded and the other quotes are declined.

    Refuses an expired quote (`sourcing.quote_expired`), one that was replaced or withdrawn, a request that is over. Lock order:
    the request first, then its quotes, so that two awards meet at the request.
    """
    with transaction.atomic():
        quote = quotes_visible_to(by).filter(pk=quote_id).first()
        if quote is None:
            raise NotVisible
        with moving(Rfq.objects.filter(buyer_id=by.company_id), quote.rfq_id, "award", by=by) as rfq:
            with moving(Quote.objects.select_related("rfq"), quote_id, "accept", by=by) as accepted:
                if accepted.valid_until < now():
                    raise Refused("sourcing.quote_expired", _("This quote is no longer valid. Ask the supplier for a new one."))
            for other in Quote.objects.filter(rfq=rfq, state="sent").exclude(pk=quote_id).order_by("id"):
                with moving(Quote.objects.select_related("rfq"), other.pk, "decline", by=by):
                    pass
            emit(QuoteAccepted(accepted.pk, rfq.pk, accepted.seller_id, rfq.buyer_id), by=by)
    return accepted
