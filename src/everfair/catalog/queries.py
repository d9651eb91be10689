"""What offers there are, for whom, and what one costs in which quantity."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum, TextField
from django.db.models.functions import Cast
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from everfair.base import clock
from everfair.base.actor import NOBODY, Actor
from everfair.base.formats import quantity as shown_quantity
from everfair.base.formats import unit_name
from everfair.base.money import UnitPrice
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import find, find_with
from everfair.catalog.models import ImportRun, KnownColumns, Offer, OfferView, UnsavedOffer
from everfair.catalog.values import LARGEST_QUANTITY, QUANTITY_DECIMALS, VARIANTS_SHOWN, plain
from everfair.companies.queries import stopped_companies
from everfair.reference import queries as reference
from everfair.reference.values import UNSORTED


def published_offers() -> QuerySet[Offer]:
    """What everybody may see: published, of companies that are not stopped from listing."""
    return Offer.objects.filter(state="published").exclude(company_id__in=stopped_companies("listing"))


def offers_visible_to(actor: Actor) -> QuerySet[Offer]:
    """Published offers for everyone, a company's own in every state, all of them for operators and commands."""
    if actor.kind in ("operator", "system"):
        return Offer.objects.all()
    public = Q(state="published") & ~Q(company_id__in=stopped_companies("listing"))
    return Offer.objects.filter(public | Q(company_id=actor.company_id) if actor.company_id else public)


def own_offers(actor: Actor) -> QuerySet[Offer]:
    """The offers of the company the actor acts for; operators and commands reach all, others none."""
    if actor.kind in ("operator", "system"):
        return Offer.objects.all()
    return Offer.objects.filter(company_id=actor.company_id) if actor.company_id else Offer.objects.none()


def offer_by_id(offer_id: UUID, actor: Actor = NOBODY) -> Offer:
    """The offer with its company; NotVisible when this actor may not see it."""
    return _one(offers_visible_to(actor).filter(pk=offer_id))


def offer_by_number(number: int, actor: Actor = NOBODY) -> Offer:
    return _one(offers_visible_to(actor).filter(number=number))


# What `published_offers` says, once more in plain SQL for the page that is asked for most (decision 0007); a test compares the two.
_PUBLISHED = """
    catalog_offer.state = 'published' AND NOT EXISTS (
        SELECT FROM companies_stop s WHERE s.company_id = catalog_offer.company_id AND s.kind = 'listing'
        AND s.lifted_at IS NULL AND (s.until IS NULL OR s.until > ef_now()))
"""


def published_offer(number: int) -> Offer:
    """What everybody may see of this number, with its company: one query. NotVisible where there is nothing."""
    found = find_with(Offer, "company", f"catalog_offer.number = %s AND {_PUBLISHED}", [number])
    if not found:
        raise NotVisible
    return found[0]


def _one(rows: QuerySet[Offer]) -> Offer:
    offer = rows.select_related("company").first()
    if offer is None:
        raise NotVisible
    return offer


def offers_by_id(ids: Iterable[UUID]) -> dict[UUID, Offer]:
    """For rows of other packages, which name offers that their reader may see: one query, none for no ids."""
    wanted = list(ids)
    return {offer.pk: offer for offer in find(Offer, "id = ANY(%s::uuid[])", [wanted])} if wanted else {}


def offers_for_order(ids: Iterable[UUID]) -> dict[UUID, Offer]:
    """The published offers among these ids, of any market; an offer that may not be sold now is missing. One query."""
    return {offer.pk: offer for offer in find(Offer, f"id = ANY(%s::uuid[]) AND {_PUBLISHED}", [list(ids)])}


def refuse_withdrawn(ids: Iterable[UUID] = (), numbers: Iterable[int] = ()) -> None:
    """Say so where the supplier has withdrawn one of these offers, which the buyer has seen before: Refused 409 with its title.
    Drafts, removed offers and those of a stopped company stay unknown to who asks. One query."""
    named = Q(pk__in=list(ids)) | Q(number__in=list(numbers))
    offer = Offer.objects.filter(named, state="withdrawn").exclude(company_id__in=stopped_companies("listing")).first()
    if offer is not None:
        language = get_language() or "en"
        title = offer.titles.get(language) or offer.titles.get("en") or next(iter(offer.titles.values()))
        message = _("The supplier has taken «%(title)s» off the market for now. Orders and questions that are there go on.")
        raise Refused("catalog.withdrawn", message % {"title": title}, status=409)


def smallest_step(unit_code: str) -> Decimal:
    """The finest quantity of this unit: 1 for what is counted, 0.001 for kilograms. An offer without a multiple has this one."""
    return Decimal(1).scaleb(-min(reference.unit(unit_code).decimals, QUANTITY_DECIMALS))


def least_quantity(offer: Offer) -> Decimal:
    """The smallest quantity that can be ordered: the MOQ, raised to the next multiple."""
    multiple = Decimal(offer.multiple)
    steps = (Decimal(offer.moq) / multiple).to_integral_value(rounding=ROUND_CEILING)
    return plain(steps * multiple)


def quantity_problem(offer: Offer, quantity: Decimal) -> str | None:
    """Why this quantity cannot be ordered, in the active language; None when it can."""
    if not quantity.is_finite() or quantity <= 0:
        return _("Please give a quantity above zero.")
    if quantity > LARGEST_QUANTITY:
        return _("This quantity is too large.")
    unit = reference.unit(offer.unit)
    if not unit.allows(quantity):
        if unit.fractions_allowed:
            return _("A quantity in %(unit)s has at most %(decimals)s decimals.") % {
                "unit": unit_name(offer.unit),
                "decimals": unit.decimals,
            }
        return _("This is sold in whole units only: please give a whole number.")
    if quantity < offer.moq:
        return _("The minimum order is %(quantity)s.") % {"quantity": shown_quantity(least_quantity(offer), offer.unit)}
    if quantity % offer.multiple:
        multiple = shown_quantity(plain(Decimal(offer.multiple)), offer.unit)
        return _("This is sold in multiples of %(multiple)s.") % {"multiple": multiple}
    return None


def price_tiers(offer: Offer) -> list[tuple[Decimal, UnitPrice]]:
    """(from this quantity, price), ascending; empty when the price is on request."""
    return [(Decimal(start), UnitPrice(Decimal(price), offer.currency, Decimal(offer.price_per))) for start, price in offer.tiers]


def tier_price(offer: Offer, quantity: Decimal) -> UnitPrice | None:
    """The price of the tier this quantity falls in; None when the price is on request or the quantity lies below every tier."""
    found = None
    for start, price in price_tiers(offer):
        if quantity < start:
            break
        found = price
    return found


def lead_time_days(offer: Offer, quantity: Decimal | None = None) -> int | None:
    """Days until it ships, for this quantity (for the smallest order without one); None where the supplier said nothing."""
    wanted = least_quantity(offer) if quantity is None else quantity
    for up_to, days in offer.lead_times:
        if up_to == "" or wanted <= Decimal(up_to):
            return int(days)
    return int(offer.lead_times[-1][1]) if offer.lead_times else None


def variants_of(offer: Offer) -> list[Offer]:
    """The published offers that the supplier calls variants of this one, and this one among them, by number; none where it says
    nothing. One query where it does."""
    if not offer.variant_group:
        return []
    where = "company_id = %s AND variant_group = %s AND market = %s AND state = 'published' ORDER BY number LIMIT %s"
    found = find(Offer, where, [offer.company_id, offer.variant_group, offer.market, VARIANTS_SHOWN])
    return found if any(each.pk != offer.pk for each in found) else []


def newest_offers(company_id: UUID, limit: int = 6) -> list[Offer]:
    """What a supplier published last, for its public page."""
    return list(published_offers().filter(company_id=company_id).order_by("-number")[:limit])


def is_verified(company: Any) -> bool:
    """Whether the operator's mark on a company holds today."""
    return company.verified_until is not None and company.verified_until >= clock.now().date()


def list_own(actor: Actor, *, state: str = "", q: str = "", before: int | None = None, limit: int = 25) -> list[Offer]:
    """A company's own offers, newest first; `q` is looked for in SKUs and titles, `before` is the last number seen."""
    rows = own_offers(actor).select_related("company").order_by("-number")
    if state:
        rows = rows.filter(state=state)
    if q:
        rows = rows.annotate(words=Cast("titles", TextField())).filter(Q(sku__icontains=q) | Q(words__icontains=q))
    if before is not None:
        rows = rows.filter(number__lt=before)
    return list(rows[:limit])


def count_own(actor: Actor) -> dict[str, int]:
    """How many offers the company has in each state."""
    return dict(own_offers(actor).values_list("state").annotate(Count("pk")))


def views_of(offers: Iterable[Offer], *, days: int = 30) -> dict[UUID, int]:
    """How often the pages of these offers were shown in the last `days` days, today included; what nobody looked at is missing."""
    since = clock.now().date() - timedelta(days=days - 1)
    rows = OfferView.objects.filter(offer_id__in=[offer.pk for offer in offers], day__gte=since)
    return dict(rows.values_list("offer_id").annotate(Sum("count")))


def unmapped_categories() -> list[dict[str, Any]]:
    """What suppliers call categories that nobody has mapped: `source_category` and `offers_count`, the most frequent first."""
    rows = Offer.objects.filter(category=UNSORTED).exclude(source_category="").exclude(state="removed")
    counted = rows.values_list("source_category").annotate(offers=Count("pk")).order_by("-offers", "source_category")
    return [{"source_category": source, "offers_count": count} for source, count in counted]


def unsaved_offers(actor: Actor) -> QuerySet[UnsavedOffer]:
    """What the actor has typed for the company it acts for, closed ones among them; never a colleague's."""
    if actor.person_id is None or actor.company_id is None:
        return UnsavedOffer.objects.none()
    return UnsavedOffer.objects.filter(person_id=actor.person_id, company_id=actor.company_id)


def unsaved_offer(offer_id: UUID | None, actor: Actor) -> UnsavedOffer | None:
    """What the actor has typed for this offer, or for a new one (None)."""
    return unsaved_offers(actor).filter(offer_id=offer_id).first()


def unsaved_since(actor: Actor) -> dict[UUID | None, datetime]:
    """Offer (None: a new one) → when something was last typed for it that is not saved."""
    return dict(unsaved_offers(actor).filter(closed_at__isnull=True).values_list("offer_id", "touched_at"))


def known_columns(company_id: UUID, names_hash: str) -> KnownColumns | None:
    """How the company last read files with these column names."""
    return KnownColumns.objects.filter(company_id=company_id, names_hash=names_hash).first()


def import_runs(actor: Actor) -> QuerySet[ImportRun]:
    """The imports of the actor's own company, the newest first, among them files that wait for a choice."""
    rows = ImportRun.objects.order_by("-id")
    if actor.kind in ("operator", "system"):
        return rows
    return rows.filter(company_id=actor.company_id) if actor.company_id else rows.none()
