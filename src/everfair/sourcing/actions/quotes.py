"""Quotes: send, revise, withdraw, decline, accept. The request's row is locked before its quotes, everywhere."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.deadlines import clear_deadline
from everfair.base.events import emit
from everfair.base.money import MAX_MINOR, total
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, find, find_one, insert, seen_as, tell
from everfair.base.states import lock, moving, step, stepping
from everfair.base.together import part
from everfair.catalog.queries import own_offers
from everfair.companies.queries import companies_by_id
from everfair.companies.roles import SELLING
from everfair.events.sourcing import QuoteAccepted, QuoteDeclined, QuoteSent, QuoteWithdrawn
from everfair.markets.queries import rules_at
from everfair.sourcing.actions.allowances import use_allowance
from everfair.sourcing.actions.reading import read_quote, refuse_excess, refused
from everfair.sourcing.actions.rfqs import decline_standing
from everfair.sourcing.models import Quote, QuoteLine, Rfq, RfqLine
from everfair.sourcing.queries import quotes_visible_to, rfqs_visible_to
from everfair.sourcing.values import QuoteDraft, line_amount, quote_total, signed_charge


def send_quote(rfq_id: UUID, draft: QuoteDraft, *, by: Actor) -> Quote:
    """Answer a request. Amounts and the total are derived here; the currency is the request's.

    Refuses one's own request, companies that sell nothing, a closed request, a second standing quote (revise the first), more
    suppliers than the request has seats, more quotes a month than the rule allows (429), and unclear input (422 with its field).
    """
    if by.company_id is None or not SELLING.admits(by):
        raise Refused("base.not_allowed", _("Your role does not allow this."), status=403)
    with part():
        rfq, moment = _locked(rfq_id, by), now()
        _refuse_closed(rfq, by, moment)
        if not companies_by_id([by.company_id])[by.company_id].is_seller:
            raise Refused(
                "sourcing.not_a_supplier", _("Only companies that sell can quote: see your company's profile."), status=403
            )
        [(last, stands)] = ask(_FORMER, [rfq.pk, by.company_id])
        if stands:
            raise Refused("sourcing.quote_stands", _("Your company has quoted already. Revise that quote instead."))
        rules = rules_at(rfq.market)
        if rfq.quote_count >= rules["sourcing.quotes_per_rfq"]:
            raise Refused("sourcing.seats_taken", _("This request has all the quotes it can take."))
        quote = _write(rfq, draft, last + 1, moment, by)
        limit = int(rules["sourcing.quotes_per_month"])
        if not use_allowance(by.company_id, "quotes", moment.date().replace(day=1), limit):
            message = _("A company may send %(limit)s quotes a month, and yours are used.") % {"limit": limit}
            raise Refused("sourcing.quotes_per_month", message, status=429)
        tell("UPDATE sourcing_rfq SET quote_count = quote_count + 1 WHERE id = %s", [rfq.pk])
    return quote


_FORMER = """
    SELECT coalesce(max(revision), 0), coalesce(bool_or(state IN ('sent', 'accepted')), false)
    FROM sourcing_quote WHERE rfq_id = %s AND seller_id = %s
"""


def revise_quote(quote_id: UUID, draft: QuoteDraft, *, by: Actor) -> Quote:
    """Put a new revision in the place of one's standing quote; the former is kept. Returns the new one.

    Refuses what `send_quote` refuses; it costs no seat and nothing of the month's quotes.
    """
    with part():
        rfq, moment = _locked_of(quote_id, by), now()
        with moving(_own(by), quote_id, "revise", by=by) as former:
            _refuse_closed(rfq, by, moment)
        return _write(rfq, draft, former.revision + 1, moment, by)


def withdraw_quote(quote_id: UUID, *, by: Actor) -> Quote:
    """Take one's standing quote back. Refuses one that was accepted meanwhile."""
    with part():
        rfq = _locked_of(quote_id, by)
        with moving(_own(by), quote_id, "withdraw", by=by) as quote:
            emit(QuoteWithdrawn(quote.pk, rfq.pk, quote.seller_id, rfq.buyer_id), by=by)
        Rfq.objects.filter(pk=rfq.pk).update(quote_count=rfq.quote_count - 1)
    return quote


def decline_quote(quote_id: UUID, *, by: Actor) -> Quote:
    """The buyer does not want this quote. Its supplier may send another while the request is open."""
    with part():
        rfq = _locked_of(quote_id, by)
        with moving(quotes_visible_to(by), quote_id, "decline", by=by) as quote:
            emit(QuoteDeclined(quote.pk, rfq.pk, quote.seller_id, rfq.buyer_id), by=by)
        Rfq.objects.filter(pk=rfq.pk).update(quote_count=rfq.quote_count - 1)
    return quote


def accept_quote(quote_id: UUID, *, by: Actor) -> Quote:
    """The buyer takes this quote; the request is awarded and the other quotes are declined.

    Refuses an expired quote (`sourcing.quote_expired`), one that was replaced or withdrawn, a request that is over. Lock order:
    the request first, then its quotes, so that two awards meet at the request.
    """
    with part():
        rfq_id = _rfq_of(quote_id, by)
        own = seen_as(Rfq, lambda: Rfq.objects.filter(buyer_id=by.company_id), "buyer_id = %s", by.company_id)
        with moving(own, rfq_id, "award", by=by) as rfq:
            quote = find_one(Quote, "id = %s AND rfq_id = %s FOR UPDATE", [quote_id, rfq.pk])
            if quote is None:
                raise NotVisible
            quote.rfq = rfq
            with stepping(quote, "accept", by=by):
                if quote.valid_until < now():
                    raise Refused("sourcing.quote_expired", _("This quote is no longer valid. Ask the supplier for a new one."))
            decline_standing(rfq, by=by, but=quote_id)
            clear_deadline("sourcing.close", rfq.pk)
            emit(QuoteAccepted(quote.pk, rfq.pk, quote.seller_id, rfq.buyer_id), by=by)
    return quote


def _own(by: Actor):  # type: ignore[no-untyped-def]
    return Quote.objects.select_related("rfq").filter(seller_id=by.company_id)


def _locked(rfq_id: UUID, by: Actor) -> Rfq:
    """The request, locked until the transaction ends; NotVisible for whom it is not."""
    return lock(rfqs_visible_to(by), rfq_id)


def _locked_of(quote_id: UUID, by: Actor) -> Rfq:
    """The request of a quote that the actor may see, locked."""
    return lock(seen_as(Rfq, Rfq.objects.all), _rfq_of(quote_id, by))


_RFQ_OF = "SELECT rfq_id FROM sourcing_quote WHERE id = %s AND "


def _rfq_of(quote_id: UUID, by: Actor) -> UUID:
    where, params = quotes_visible_to(by).seen_as  # type: ignore[attr-defined]
    found = ask(_RFQ_OF + where, [quote_id, *params])
    if not found:
        raise NotVisible
    rfq_id: UUID = found[0][0]
    return rfq_id


def _refuse_closed(rfq: Rfq, by: Actor, moment: datetime) -> None:
    if rfq.buyer_id == by.company_id:
        raise Refused("sourcing.own_rfq", _("This is your own request."), status=403)
    if rfq.state != "open" or rfq.closes_at <= moment:
        raise Refused("sourcing.rfq_closed", _("This request takes no more quotes."))


def _write(rfq: Rfq, draft: QuoteDraft, revision: int, moment: datetime, by: Actor) -> Quote:
    rows = {line.n: line for line in find(RfqLine, "rfq_id = %s", [rfq.pk])}
    clean = read_quote(draft, {n: (line.quantity.normalize(), line.unit) for n, line in rows.items()}, rfq.currency, moment)
    _refuse_foreign_offers(clean, by)
    try:
        amounts = [line_amount(line.unit_price, rows[line.n].quantity, rfq.currency) for line in clean.lines]
        goods = total(amounts, rfq.currency)
        refuse_excess(goods, clean.charges)
        whole = quote_total(amounts, clean.charges, rfq.currency)
    except ValueError:
        raise refused("amount_large", "lines", _("The total is too large.")) from None
    if not 0 < whole.minor <= MAX_MINOR:
        raise refused("amount_small", "lines", _("The total must be above zero."))
    quote = Quote(
        rfq=rfq,
        seller_id=by.company_id,
        revision=revision,
        currency=rfq.currency,
        incoterm=clean.incoterm or rfq.incoterm,
        named_place=clean.named_place or rfq.named_place,
        lead_time_days=clean.lead_time_days,
        valid_until=clean.valid_until,
        charges=[{"kind": c.kind, "label": c.label, "amount_minor": signed_charge(c).minor} for c in clean.charges],
        payment_plan=clean.payment_plan,
        deposit_rate=clean.deposit_rate,
        remarks=clean.remarks,
        total_minor=whole.minor,
        made_by=by.person_id,
    )
    step(quote, "send", by=by)()
    insert(quote)
    insert(
        *(
            QuoteLine(
                quote=quote,
                rfq_line=rows[line.n],
                tiers=[[f"{start.normalize():f}", f"{price.normalize():f}"] for start, price in line.tiers],
                unit_price=line.unit_price,
                amount_minor=amount.minor,
                offer_id=line.offer_id,
                note=line.note,
            )
            for line, amount in zip(clean.lines, amounts, strict=True)
        )
    )
    emit(QuoteSent(quote.pk, rfq.pk, quote.seller_id, rfq.buyer_id, quote.revision), by=by)
    return quote


def _refuse_foreign_offers(draft: QuoteDraft, by: Actor) -> None:
    """B67: a quote names offers of its own supplier only."""
    wanted = {line.offer_id for line in draft.lines if line.offer_id}
    if wanted and own_offers(by).filter(pk__in=wanted).count() != len(wanted):
        raise refused("offer_unknown", "lines", _("There is no such offer of your company."))
