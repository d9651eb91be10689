"""Requests for quotation: post, close, cancel."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.deadlines import clear_deadline, set_deadline
from everfair.base.events import emit
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import find, insert
from everfair.base.states import moving, step, stepping
from everfair.base.together import part
from everfair.catalog.queries import offers_visible_to
from everfair.companies.roles import BUYING
from everfair.events.sourcing import QuoteDeclined, RfqClosed, RfqPosted
from everfair.files.queries import files_by_id
from everfair.markets.queries import rule
from everfair.sourcing.actions.allowances import use_allowance
from everfair.sourcing.actions.reading import read_rfq, refused
from everfair.sourcing.models import Quote, Rfq, RfqLine
from everfair.sourcing.values import RfqDraft


def post_rfq(draft: RfqDraft, *, by: Actor) -> Rfq:
    """Ask suppliers for quotes; it closes by itself at `closes_at`, and matching suppliers are told.

    Refuses whoever does not buy, unclear input (422 with its field, see `reading`), offers that the buyer cannot see, files that
    are not the buyer's own (NotVisible) and more requests a day than the rule allows (429).
    """
    if by.company_id is None or not BUYING.admits(by):
        raise Refused("base.not_allowed", _("Your role does not allow this."), status=403)
    with part():
        moment = now()
        clean = read_rfq(draft, moment)
        _refuse_foreign(clean, by)
        limit = int(rule("sourcing.rfqs_per_day", clean.market))
        if not use_allowance(by.company_id, "rfqs", moment.date(), limit):
            message = _("A company may post %(limit)s requests a day. Please come back tomorrow.") % {"limit": limit}
            raise Refused("sourcing.rfqs_per_day", message, status=429)
        rfq = Rfq(
            market=clean.market,
            buyer_id=by.company_id,
            title=clean.title,
            details=clean.details,
            category=clean.category,
            currency=clean.currency,
            incoterm=clean.incoterm,
            named_place=clean.named_place,
            destination=clean.destination,
            ship_by=clean.ship_by,
            closes_at=clean.closes_at,
            file_ids=list(clean.file_ids),
            made_by=by.person_id,
        )
        step(rfq, "post", by=by)()
        insert(rfq)
        insert(
            *(
                RfqLine(
                    rfq=rfq,
                    n=n,
                    description=line.description,
                    quantity=line.quantity,
                    unit=line.unit,
                    target_price=line.target_price,
                    offer_id=line.offer_id,
                )
                for n, line in enumerate(clean.lines, 1)
            )
        )
        set_deadline("sourcing.close", rfq.pk, rfq.closes_at)
        emit(RfqPosted(rfq.pk, by.company_id), by=by)
    return rfq


def _refuse_foreign(draft: RfqDraft, by: Actor) -> None:
    wanted = {line.offer_id for line in draft.lines if line.offer_id}
    if wanted:
        seen = set(offers_visible_to(by).filter(pk__in=wanted, market=draft.market).values_list("pk", flat=True))
        for n, line in enumerate(draft.lines):
            if line.offer_id and line.offer_id not in seen:
                raise refused("offer_unknown", f"lines.{n}.offer_id", _("There is no such offer."))
    if draft.file_ids:
        known = files_by_id(draft.file_ids, by)
        if any(file_id not in known or known[file_id].owner_id != by.company_id for file_id in draft.file_ids):
            raise NotVisible


def close_rfq(rfq_id: UUID, *, by: Actor) -> Rfq:
    """No more quotes; those that came can still be awarded. NotVisible for anybody but its buyer and the clock."""
    with moving(_rfqs_to_end(by), rfq_id, "close", by=by) as rfq:
        clear_deadline("sourcing.close", rfq.pk)
        emit(RfqClosed(rfq.pk, rfq.buyer_id), by=by)
    return rfq


def cancel_rfq(rfq_id: UUID, *, by: Actor, reason: str = "") -> Rfq:
    """The request is taken back; quotes that stood are declined. NotVisible for anybody but its buyer and operators."""
    with moving(_rfqs_to_end(by), rfq_id, "cancel", by=by, reason=reason) as rfq:
        clear_deadline("sourcing.close", rfq.pk)
        decline_standing(rfq, by=by, reason=reason)
        emit(RfqClosed(rfq.pk, rfq.buyer_id), by=by)
    return rfq


def decline_standing(rfq: Rfq, *, by: Actor, but: UUID | None = None, reason: str = "") -> None:
    """Decline every quote that still stands, except one, and tell its supplier. The request's row is locked by the caller."""
    verb = "lapse" if by.kind == "operator" else "decline"
    for quote in find(Quote, "rfq_id = %s AND state = 'sent' ORDER BY id FOR UPDATE", [rfq.pk]):
        if quote.pk == but:
            continue
        quote.rfq = rfq
        with stepping(quote, verb, by=by, reason=reason):
            emit(QuoteDeclined(quote.pk, rfq.pk, quote.seller_id, rfq.buyer_id), by=by)
    rfq.quote_count = 0 if but is None else 1


def _rfqs_to_end(by: Actor) -> QuerySet[Rfq]:
    if by.kind in ("operator", "clock"):
        return Rfq.objects.all()
    return Rfq.objects.filter(buyer_id=by.company_id)
