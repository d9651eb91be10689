"""Inspections for programs: the same verbs, permissions and refusals as the pages. An inspector sees no price of the order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Field, Query, Router
from pydantic import ConfigDict

from everfair.base.allow import allow
from everfair.base.api import MoneyOut, Schema, Words, open_cursor, seal_cursor, write
from everfair.base.forms import clean_text
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.roles import EVERYONE, MEMBER, OPERATOR
from everfair.companies.queries import inspectors
from everfair.companies.roles import BUYING, MONEY_KEEPING, SELLING, TRADING
from everfair.trade import actions
from everfair.trade.models import Inspection
from everfair.trade.queries import order as order_of
from everfair.trade.queries.inspecting import inspection, inspection_moves, inspections_page, report_of
from everfair.trade.queries.inspection_papers import inspection_paper
from everfair.trade.schemas.orders import AmountText, PartyOut, PayOut, Quantity, ReasonIn

router = Router(tags=["Inspections"])
PDF = {
    "responses": {
        200: {"description": "The paper", "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
    }
}
Count = Annotated[int, Field(ge=0, le=1_000_000, strict=True)]


class _In(Schema):
    model_config = ConfigDict(extra="forbid")


class LotIn(_In):
    line: int = Field(ge=1, le=100, strict=True)
    quantity: Quantity


class InspectionIn(_In):
    """`fee` in the order's currency. Without `lines`, every line whole; after a fail the lots are those of the failed inspection."""

    inspector: UUID
    fee: AmountText
    wanted_on: date
    place: Words = Field(min_length=1, max_length=200)
    lines: list[LotIn] | None = Field(None, max_length=100)
    level: Literal["I", "II", "III"] = "II"
    note: Words = Field("", max_length=1000)


class PackedIn(_In):
    percent: int = Field(ge=0, le=100, strict=True)


class DefectsIn(_In):
    critical: Count
    major: Count
    minor: Count


class LineDefectsIn(_In):
    line: int = Field(ge=1, le=100, strict=True)
    defects: DefectsIn


class InspectionReportIn(_In):
    """What was counted on the sample of each line; the verdict follows. `files` are ids of photos the company has uploaded."""

    lines: list[LineDefectsIn] = Field(min_length=1, max_length=100)
    files: list[UUID] = Field(min_length=1, max_length=20)
    remarks: Words = Field("", max_length=5000)


class InspectorOut(Schema):
    id: UUID
    number: int
    name: str
    country: str


class InspectorList(Schema):
    items: list[InspectorOut]


class LimitOut(Schema):
    aql: str
    accept: int
    reject: int
    sample_size: int


class LotOut(Schema):
    line: int
    quantity: str
    lot_size: int
    code_letter: str
    sample_size: int
    limits: dict[str, LimitOut]


class ReportOut(Schema):
    passed: bool
    defects: dict[str, dict[str, int]]
    remarks: str
    files: list[UUID]


class InspectionOut(Schema):
    """`purpose` is shipment or claim: inside a claim nothing is packed, and `booked_by` is the side that pays the fee. `fee_state` is
    due, paying, held, paid, returned or void; `packing` says whether the goods are declared packed."""

    id: UUID
    order: UUID
    order_number: str
    n: int
    purpose: str
    buyer: PartyOut
    seller: PartyOut
    inspector: PartyOut
    booked_by: str
    state: str
    fee: MoneyOut
    fee_state: str
    packing: str
    packed_percent: int | None
    level: str
    wanted_on: date
    place: str
    note: str
    lots: list[LotOut]
    report: ReportOut | None
    moves: list[str]


class InspectionPage(Schema):
    items: list[InspectionOut]
    next_cursor: str | None = None


@router.get("/inspectors", response=InspectorList)
@allow(EVERYONE)
def list_inspectors(request: HttpRequest) -> Any:
    """The companies that may be booked."""
    return {"items": [{"id": c.pk, "number": c.number, "name": c.name, "country": c.country} for c in inspectors()]}


@router.get("/inspections", response=InspectionPage)
@allow(MEMBER | OPERATOR, scope="orders:read")
def list_inspections(request: HttpRequest, cursor: str = Query("", max_length=400), limit: int = Query(25, ge=1, le=100)) -> Any:
    """What the company inspects, and what is inspected for its orders, newest first; without the reports."""
    actor = request.actor  # type: ignore[attr-defined]
    before = open_cursor(cursor, UUID)[0] if cursor else None
    found = inspections_page(actor, before=before, limit=limit + 1)
    rest = seal_cursor([str(found[limit - 1].pk)]) if len(found) > limit else None
    return {"items": [_row(each, None, actor) for each in found[:limit]], "next_cursor": rest}


@router.get("/inspections/{uuid:inspection_id}", response=InspectionOut)
@allow(MEMBER | OPERATOR, scope="orders:read")
def get_inspection(request: HttpRequest, inspection_id: UUID) -> Any:
    return _out(request, inspection_id)


@router.get("/inspections/{uuid:inspection_id}/report.pdf", response={200: None}, openapi_extra=PDF)
@allow(MEMBER | OPERATOR, scope="orders:read")
def get_inspection_report(request: HttpRequest, inspection_id: UUID) -> Any:
    """The report as PDF, in the language of the request and that of the other side."""
    found = inspection(inspection_id, request.actor)  # type: ignore[attr-defined]
    answer = HttpResponse(inspection_paper(found, get_language() or "en"), content_type="application/pdf")
    answer["Cache-Control"] = "private, no-store"
    return answer


@router.post("/orders/{uuid:order_id}/inspections", response={201: InspectionOut})
@allow(TRADING, scope="orders:write")
@write
def ask_inspection(request: HttpRequest, order_id: UUID, payload: InspectionIn) -> Any:
    """Ask an inspector to look at the goods before they are shipped."""
    currency = order_of(order_id, request.actor, sides=False).currency  # type: ignore[attr-defined]
    made = actions.ask_inspection(
        order_id,
        payload.inspector,
        fee=_money(payload.fee, currency),
        wanted_on=payload.wanted_on,
        place=payload.place,
        lines={lot.line: Decimal(lot.quantity) for lot in payload.lines} if payload.lines else None,
        level=payload.level,
        note=payload.note,
        by=request.actor,  # type: ignore[attr-defined]
    )
    return 201, _out(request, made.pk)


@router.post("/inspections/{uuid:inspection_id}/accept", response=InspectionOut)
@allow(SELLING, scope="orders:write")
@write
def accept_inspection(request: HttpRequest, inspection_id: UUID) -> Any:
    actions.accept_inspection(inspection_id, by=request.actor)  # type: ignore[attr-defined]
    return _out(request, inspection_id)


@router.post("/inspections/{uuid:inspection_id}/decline", response=InspectionOut)
@allow(SELLING, scope="orders:write")
@write
def decline_inspection(request: HttpRequest, inspection_id: UUID, payload: ReasonIn) -> Any:
    actions.decline_inspection(inspection_id, _plain(payload.reason), by=request.actor)  # type: ignore[attr-defined]
    return _out(request, inspection_id)


@router.post("/inspections/{uuid:inspection_id}/cancel", response=InspectionOut)
@allow(TRADING, scope="orders:write")
@write
def cancel_inspection(request: HttpRequest, inspection_id: UUID, payload: ReasonIn) -> Any:
    """Whoever booked it steps back; the fee goes back."""
    actions.cancel_inspection(inspection_id, _plain(payload.reason), by=request.actor)  # type: ignore[attr-defined]
    return _out(request, inspection_id)


@router.post("/inspections/{uuid:inspection_id}/waive", response=InspectionOut)
@allow(BUYING, scope="orders:write")
@write
def waive_inspection(request: HttpRequest, inspection_id: UUID, payload: ReasonIn) -> Any:
    """The buyer takes the goods although they failed."""
    actions.waive_inspection(inspection_id, _plain(payload.reason), by=request.actor)  # type: ignore[attr-defined]
    return _out(request, inspection_id)


@router.post("/inspections/{uuid:inspection_id}/packed", response=InspectionOut)
@allow(SELLING, scope="orders:write")
@write
def declare_packed(request: HttpRequest, inspection_id: UUID, payload: PackedIn) -> Any:
    """The seller declares how much of the goods is packed."""
    actions.declare_packed(inspection_id, payload.percent, by=request.actor)  # type: ignore[attr-defined]
    return _out(request, inspection_id)


@router.post("/inspections/{uuid:inspection_id}/pay", response={201: PayOut})
@allow(TRADING | MONEY_KEEPING, scope="money:write")
@write
def pay_inspection(request: HttpRequest, inspection_id: UUID) -> Any:
    """Open the payment of the fee; the same one again while it is under way."""
    return 201, PayOut(payment=actions.pay_inspection(inspection_id, by=request.actor))  # type: ignore[attr-defined]


@router.post("/inspections/{uuid:inspection_id}/report", response=InspectionOut)
@allow(SELLING, scope="orders:write")
@write
def report_inspection(request: HttpRequest, inspection_id: UUID, payload: InspectionReportIn) -> Any:
    """The inspector's count. The verdict follows from it and from the frozen plan; it is final."""
    defects = {str(line.line): line.defects.model_dump() for line in payload.lines}
    actions.report_inspection(inspection_id, defects, payload.files, payload.remarks, by=request.actor)  # type: ignore[attr-defined]
    return _out(request, inspection_id)


def _plain(text: str) -> str:
    try:
        return clean_text(text, many_lines=True)
    except ValueError:
        raise Refused(
            "base.hidden_characters", _("Please remove hidden or control characters."), field="reason", status=422
        ) from None


def _money(amount: str, currency: str) -> Money:
    try:
        return Money.of(amount, currency)
    except ValueError:
        raise Refused("base.amount", _("This is no amount of this currency."), field="fee", status=422) from None


def _out(request: HttpRequest, inspection_id: UUID) -> InspectionOut:
    actor = request.actor  # type: ignore[attr-defined]
    found = inspection(inspection_id, actor)
    return InspectionOut(**_row(found, report_of(found), actor))


def _row(found: Inspection, report: Any, actor: Any) -> dict[str, Any]:
    order = found.order
    return {
        "id": found.pk,
        "order": order.pk,
        "order_number": order.reference,
        "n": found.n,
        "purpose": "shipment" if found.claim_id is None else "claim",
        "buyer": {"id": order.buyer_id, "name": order.buyer.name},
        "seller": {"id": order.seller_id, "name": order.seller.name},
        "inspector": {"id": found.inspector_id, "name": found.inspector.name},
        "booked_by": "buyer" if found.booked_by_id == order.buyer_id else "seller",
        "fee": MoneyOut.of(found.fee_amount),
        "fee_state": found.fee,
        **{name: getattr(found, name) for name in _PLAIN},
        "report": {
            "passed": report.passed, "defects": report.defects, "remarks": report.remarks, "files": report.file_ids,
        } if report else None,
        "moves": inspection_moves(found, actor),
    }  # fmt: skip


_PLAIN = ("state", "packing", "packed_percent", "level", "wanted_on", "place", "note", "lots")
