"""Offers for programs: read one, write one's own, import many."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

import msgspec
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from ninja import File, Form, Query, Router, UploadedFile

from everfair.base.allow import allow
from everfair.base.api import open_cursor, seal_cursor, write
from everfair.base.money import Money
from everfair.base.refused import NotVisible
from everfair.base.roles import EVERYONE, MEMBER
from everfair.base.states import allowed_moves
from everfair.catalog import actions, queries
from everfair.catalog.models import ImportRun, Offer
from everfair.catalog.refusals import row_message, sheet_message
from everfair.catalog.schemas import (
    AttributeIn,
    ImportOut,
    ImportRows,
    LeadTimeOut,
    OfferChanges,
    OfferIn,
    OfferOut,
    OffersOut,
    PictureOut,
    RowErrorOut,
    SupplierOut,
    TierOut,
)
from everfair.catalog.sheets.numbers import tidy
from everfair.companies.roles import SELLING
from everfair.files.queries import picture_urls

router = Router(tags=["offers"])


def offer_out(offer: Offer, pictures: dict[UUID, dict[str, Any]], actor: Any) -> OfferOut:
    sample = offer.sample_price_minor
    own = actor.company_id == offer.company_id
    return OfferOut(
        id=offer.pk,
        number=offer.number,
        market=offer.market,
        state=offer.state,
        sku=offer.sku,
        titles=offer.titles,
        descriptions=offer.descriptions,
        bullets=offer.bullets,
        brand=offer.brand,
        category=offer.category,
        attributes=_named(offer.attributes),
        attributes_by_language={language: _named(said) for language, said in offer.attributes_by_language.items()},
        currency=offer.currency,
        price_on_request=not offer.tiers,
        tiers=[TierOut(from_quantity=start, price=price) for start, price in offer.tiers],
        price_per=tidy(offer.price_per),
        moq=tidy(offer.moq),
        multiple=tidy(offer.multiple),
        unit=offer.unit,
        lead_times=[LeadTimeOut(up_to=up_to or None, days=days) for up_to, days in offer.lead_times],
        sample_price=None if sample is None else str(Money(sample, offer.currency).amount),
        hs_code=offer.hs_code,
        origin=offer.origin,
        variant_group=offer.variant_group,
        pictures=[
            PictureOut(id=pk, url=p["960"], width=p["w"], height=p["h"], alt=offer.picture_alts.get(str(pk), {}))
            for pk in offer.pictures
            if (p := pictures.get(pk))
        ],
        supplier=SupplierOut(
            number=offer.company.number,
            name=offer.company.name,
            country=offer.company.country,
            verified=queries.is_verified(offer.company),
        ),
        updated_at=offer.updated_at,
        allowed_moves=allowed_moves(offer, actor) if own else [],
    )


def _named(pairs: list[list[str]]) -> list[AttributeIn]:
    return [AttributeIn(name=name, value=value) for name, value in pairs]


def _one(offer: Offer, actor: Any) -> OfferOut:
    return offer_out(offer, picture_urls(offer.pictures), actor)


@router.get("/company/offers", response=OffersOut)
@allow(MEMBER, scope="offers:read")
def list_own_offers(
    request: HttpRequest,
    state: Literal["", "draft", "published", "withdrawn", "removed"] = "",
    q: str = Query("", max_length=100),
    cursor: str = Query("", max_length=500),
    limit: int = Query(25, ge=1, le=100),
) -> OffersOut:
    """The company's own offers in every state, newest first; `q` looks into SKU and titles."""
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.list_own(actor, state=state, q=q, before=_number(cursor), limit=limit + 1)
    shown = found[:limit]
    pictures = picture_urls(picture for offer in shown for picture in offer.pictures)
    return OffersOut(
        offers=[offer_out(offer, pictures, actor) for offer in shown],
        cursor=seal_cursor([shown[-1].number]) if len(found) > limit else None,
    )


def _number(cursor: str) -> int | None:
    values = open_cursor(cursor) if cursor else [None]
    return values[0] if len(values) == 1 and isinstance(values[0], int) else None


@router.post("/company/offers", response={201: OfferOut})
@allow(SELLING, scope="offers:write")
@write
def draft_offer(request: HttpRequest, payload: OfferIn) -> tuple[int, OfferOut]:
    """Write down an offer; it is a draft until it is published."""
    actor = request.actor  # type: ignore[attr-defined]
    offer = actions.draft_offer(_values(payload), by=actor, market=payload.market)
    return 201, _one(queries.offer_by_id(offer.pk, actor), actor)


@router.patch("/company/offers/{uuid:offer_id}", response=OfferOut)
@allow(SELLING, scope="offers:write")
@write
def change_offer(request: HttpRequest, offer_id: UUID, payload: OfferChanges) -> OfferOut:
    actor = request.actor  # type: ignore[attr-defined]
    actions.change_offer(offer_id, _values(payload), by=actor)
    return _one(queries.offer_by_id(offer_id, actor), actor)


@router.post("/company/offers/{uuid:offer_id}/publish", response=OfferOut)
@allow(SELLING, scope="offers:write")
@write
def publish_offer(request: HttpRequest, offer_id: UUID) -> OfferOut:
    actor = request.actor  # type: ignore[attr-defined]
    actions.publish_offer(offer_id, by=actor)
    return _one(queries.offer_by_id(offer_id, actor), actor)


@router.post("/company/offers/{uuid:offer_id}/withdraw", response=OfferOut)
@allow(SELLING, scope="offers:write")
@write
def withdraw_offer(request: HttpRequest, offer_id: UUID) -> OfferOut:
    actor = request.actor  # type: ignore[attr-defined]
    actions.withdraw_offer(offer_id, by=actor)
    return _one(queries.offer_by_id(offer_id, actor), actor)


def _pairs(rows: list[dict[str, str]]) -> list[list[str]]:
    return [[row["name"], row["value"]] for row in rows]


def _values(payload: OfferChanges) -> dict[str, Any]:
    """The names and shapes of `reading.BLANK`; null means «nothing of it»."""
    said = payload.model_dump(exclude_unset=True, exclude={"market"})
    shapes: dict[str, Any] = {
        "attributes": _pairs,
        "attributes_by_language": lambda said: {language: _pairs(rows) for language, rows in said.items()},
        "tiers": lambda rows: [[row["from_quantity"], row["price"]] for row in rows],
        "lead_times": lambda rows: [[row.get("up_to") or "", str(row["days"])] for row in rows],
    }
    empty: dict[str, Any] = {
        "titles": {},
        "descriptions": {},
        "bullets": [],
        "attributes": [],
        "attributes_by_language": {},
        "tiers": [],
        "lead_times": [],
        "pictures": [],
    }
    return {
        name: empty.get(name, "") if value is None else shapes[name](value) if name in shapes else value
        for name, value in said.items()
    }


@router.post("/company/imports", response={200: ImportOut, 202: ImportOut})
@allow(SELLING, scope="offers:write")
@write
def import_file(
    request: HttpRequest,
    file: UploadedFile = File(...),  # noqa: B008
    mode: Literal["all", "good"] = Form("all"),
    market: str = Form("export", max_length=20),
) -> tuple[int, ImportOut]:
    """Import a CSV, XLSX or JSON Lines file (also as .gz), its columns guessed. 202: it is long, and the worker does it."""
    return _import(request, file, mode, market)


@router.post("/company/imports/rows", response={200: ImportOut})
@allow(SELLING, scope="offers:write")
@write
def import_rows(request: HttpRequest, payload: ImportRows) -> tuple[int, ImportOut]:
    """Import at most 1,000 rows sent as JSON."""
    lines = b"\n".join(msgspec.json.encode(row) for row in payload.rows)
    file = SimpleUploadedFile("rows.jsonl", lines)
    return _import(request, file, payload.mode, payload.market)


def _import(request: HttpRequest, file: Any, mode: str, market: str) -> tuple[int, ImportOut]:
    actor = request.actor  # type: ignore[attr-defined]
    staged = actions.stage_import(file, market, by=actor)
    run = actions.start_import(staged.pk, mode, None, by=actor)
    return 202 if run.state == "waiting" else 200, _import_out(run)


@router.get("/company/imports/{uuid:import_id}", response=ImportOut)
@allow(MEMBER, scope="offers:read")
def get_import(request: HttpRequest, import_id: UUID) -> ImportOut:
    run = queries.import_runs(request.actor).filter(pk=import_id).first()  # type: ignore[attr-defined]
    if run is None:
        raise NotVisible
    return _import_out(run)


def _import_out(run: ImportRun) -> ImportOut:
    return ImportOut(
        id=run.pk,
        state=run.state,
        mode=run.mode,
        file_name=run.file_name,
        created=run.created_count,
        changed=run.changed_count,
        unchanged=run.unchanged_count,
        refused=run.refused_count,
        reason=sheet_message(*run.refusal) if run.refusal else "",
        mapping=run.mapping,
        errors=[
            RowErrorOut(line=line, column=column, code=code, message=row_message(code, value, params))
            for line, column, code, value, params in run.errors
        ],
    )


@router.get("/offers/{offer}", response=OfferOut)
@allow(EVERYONE)
def get_offer(request: HttpRequest, offer: str) -> OfferOut:
    """One published offer (of one's own company also others) by its number or id."""
    actor = request.actor  # type: ignore[attr-defined]
    if offer.isascii() and offer.isdigit() and len(offer) < 19:
        return _one(queries.offer_by_number(int(offer), actor), actor)
    try:
        return _one(queries.offer_by_id(UUID(offer), actor), actor)
    except ValueError:
        raise NotVisible from None
