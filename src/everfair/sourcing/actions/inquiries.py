"""Inquiries: a question on an offer opens a thread between two companies."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.events import emit
from everfair.base.refused import NotVisible, Refused
from everfair.catalog.queries import published_offers
from everfair.companies.roles import BUYING
from everfair.events.sourcing import InquirySent
from everfair.messaging.actions import open_thread, post_message
from everfair.sourcing.actions.reading import read_quantity
from everfair.sourcing.models import Inquiry


def send_inquiry(
    offer_id: UUID, text: str, *, by: Actor, quantity: Decimal | None = None, file_ids: Iterable[UUID] = ()
) -> Inquiry:
    """Ask the supplier of a published offer. A second question on the same offer goes on in the same thread.

    Refuses whoever does not buy, one's own offer, an empty or bad text, a quantity that the offer's unit does not bear.
    """
    if by.company_id is None or not BUYING.admits(by):
        raise Refused("base.not_allowed", _("Your role does not allow this."), status=403)
    offer = published_offers().filter(pk=offer_id).first()
    if offer is None:
        raise NotVisible
    if offer.company_id == by.company_id:
        raise Refused("sourcing.own_offer", _("This is your own offer."), status=403)
    if quantity is not None:
        read_quantity(quantity, offer.unit, "")
    title = offer.titles.get("en") or next(iter(offer.titles.values()), "")
    with transaction.atomic():
        thread = open_thread("offer", offer.pk, title, [by.company_id, offer.company_id], by=by)
        post_message(thread.pk, text, by=by, file_ids=file_ids)
        inquiry, is_new = Inquiry.objects.get_or_create(
            offer_id=offer.pk,
            buyer_id=by.company_id,
            defaults={"seller_id": offer.company_id, "thread": thread, "quantity": quantity},
        )
        if is_new:
            emit(InquirySent(inquiry.pk, offer.pk, by.company_id, offer.company_id, thread.pk, offer.market), by=by)
    return inquiry
