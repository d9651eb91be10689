"""One offer: drafted, changed, published, withdrawn, removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import EfNow
from everfair.base.events import emit
from everfair.base.forms import clean_text
from everfair.base.refused import NotVisible, Refused
from everfair.base.states import moving
from everfair.catalog.drafts import draft_of
from everfair.catalog.models import Offer
from everfair.catalog.queries import offers_visible_to, own_offers
from everfair.catalog.reading import read_offer, values_of, version_of
from everfair.catalog.refusals import OfferRefused, Wrong, refused
from everfair.catalog.roles import may_sell_for
from everfair.catalog.values import OFFER_REMOVED
from everfair.companies.actions import note_act
from everfair.companies.queries import companies_by_id
from everfair.events.catalog import OfferChanged, OfferPublished, OfferWithdrawn
from everfair.markets.queries import market as market_row
from everfair.markets.table import DEFAULT_MARKET


def draft_offer(values: Mapping[str, Any], *, by: Actor, market: str = DEFAULT_MARKET, company_id: UUID | None = None) -> Offer:
    """Write down a new offer of the actor's company (a command names the company); nobody else sees it yet.

    `values` as in `reading.read_offer`. Raises OfferRefused (422) with everything wrong, among it a SKU in use; Refused 403 for
    who does not sell.
    """
    owner = company_id or by.company_id
    if owner is None or not may_sell_for(by, owner):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    company = companies_by_id([owner]).get(owner)
    if company is None or not company.is_seller:
        raise Refused("catalog.not_a_seller", _("Your company is registered as a buyer. Say in its profile that it sells, too."))
    columns = read_offer(values, market_row(market), owner)
    offer = Offer(company_id=owner, market=market, **columns)
    offer.content_hash = draft_of(offer).content_hash()
    try:
        with transaction.atomic():
            offer.save(force_insert=True)
    except IntegrityError as clash:
        raise _taken(clash) from None
    return offer


def change_offer(offer_id: UUID, values: Mapping[str, Any], *, by: Actor, seen: str = "") -> Offer:
    """Say something else in the named values; what is not named stays. Orders that were signed keep their own snapshot.

    `seen` is the `reading.version_of` the offer from which the change was written. Raises NotVisible for another company's,
    OfferRefused with everything wrong, Refused 409 for an offer the platform removed and for one that says something else now.
    """
    with transaction.atomic():
        offer = own_offers(by).select_for_update().filter(pk=offer_id).first()
        if offer is None:
            raise NotVisible
        if not may_sell_for(by, offer.company_id):
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        if offer.state == "removed":
            raise refused("offer_removed", status=409)
        if seen and seen != version_of(offer):
            raise refused("changed_meanwhile", status=409)
        columns = read_offer({**values_of(offer), **values}, market_row(offer.market), offer.company_id)
        for name, value in columns.items():
            setattr(offer, name, value)
        offer.content_hash = draft_of(offer).content_hash()
        offer.updated_at = EfNow()
        try:
            with transaction.atomic():
                offer.save(update_fields=[*columns, "content_hash", "updated_at"])
        except IntegrityError as clash:
            raise _taken(clash) from None
        if offer.state == "published":
            emit(OfferChanged(offer.pk, offer.company_id), by=by)
        offer.refresh_from_db(fields=["updated_at"])
    return offer


def publish_offer(offer_id: UUID, *, by: Actor) -> Offer:
    """Show the offer to everybody. Refuses while the company is stopped from listing."""
    with moving(own_offers(by), offer_id, "publish", by=by) as offer:
        offer.updated_at = EfNow()
        emit(OfferPublished(offer.pk, offer.company_id), by=by)
    return offer  # type: ignore[no-any-return]


def withdraw_offer(offer_id: UUID, *, by: Actor) -> Offer:
    """Take the offer off the shelves; it stays with its company and can be published again."""
    with moving(own_offers(by), offer_id, "withdraw", by=by) as offer:
        emit(OfferWithdrawn(offer.pk, offer.company_id), by=by)
    return offer  # type: ignore[no-any-return]


def remove_offer(offer_id: UUID, reason: str, *, by: Actor) -> Offer:
    """The operator takes an offer away for good; the reason stands in its history, in the audit trail, and is shown to the
    supplier."""
    try:
        why = clean_text(reason, many_lines=True)
    except ValueError:
        raise refused("text_hidden", "reason") from None
    if not why:
        raise refused("missing", "reason")
    with moving(offers_visible_to(by), offer_id, "remove", by=by, reason=why) as offer:
        emit(OfferWithdrawn(offer.pk, offer.company_id), by=by)
        title = offer.titles.get("en") or next(iter(offer.titles.values()), "")
        note_act(OFFER_REMOVED, offer.pk, why, by, before={"number": offer.number, "name": title})
    return offer  # type: ignore[no-any-return]


def _taken(clash: IntegrityError) -> Exception:
    """Two offers of one company with one SKU; any other clash is a fault of ours."""
    if "catalog_offer_sku_once" in str(clash):
        return OfferRefused([Wrong("sku", "sku_taken", {})])
    return clash
