"""One consignment: its panel, and what the reader may say or do about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.refused import Refused
from everfair.base.roles import MEMBER, OPERATOR
from everfair.base.states import allowed_moves
from everfair.base.writes import once
from everfair.companies.roles import TRADING
from everfair.files.actions import keep_attachment
from everfair.logistics import actions, queries
from everfair.logistics.forms import LegForm, PaperForm, ProofForm, ReceiptForm, TrackingForm
from everfair.logistics.models import Consignment
from everfair.logistics.roles import consignee, shipper
from everfair.logistics.states import OVER
from everfair.logistics.values import CONDITIONS


@require_safe
@allow(MEMBER | OPERATOR)
def consignment(request: HttpRequest, consignment_id: UUID) -> HttpResponse:
    """Legs, packages, proof and everything seen of the goods."""
    return _shown(request, queries.consignment(consignment_id, request.actor))  # type: ignore[attr-defined]


def _shown(request: HttpRequest, row: Consignment, *, status: int = 200, **typed: Any) -> HttpResponse:
    """`typed` are forms that came back with something to mend, by the name they have on the page."""
    actor = request.actor  # type: ignore[attr-defined]
    (face,) = queries.faces([row], actor)
    codes = queries.sayable(actor, row)
    is_over = row.state in OVER
    may_prove = (consignee | OPERATOR).admits(actor, row) and (face.proof is None or face.proof.source != "manual")
    forms: dict[str, Any] = {
        "leg_form": LegForm() if (shipper | OPERATOR).admits(actor, row) and not is_over else None,
        "tracking_form": TrackingForm(codes=codes) if codes and not is_over else None,
        "receipt_form": ReceiptForm() if consignee.admits(actor, row) else None,
        "paper_form": PaperForm() if (shipper | consignee).admits(actor, row) else None,
        "proof_form": ProofForm(for_operator=actor.kind == "operator") if may_prove and row.state != "delivered" else None,
    }
    moves = allowed_moves(row, actor)
    return page(
        request,
        "logistics/consignment.html",
        status=status,
        face=face,
        conditions=CONDITIONS,
        may_book="ask_booking" in moves and row.booking == "refused",
        may_cancel="ask_cancel" in moves and row.state == "handed_over",
        **(forms | typed),
    )


@require_POST
@allow(TRADING)
@once
def book(request: HttpRequest, consignment_id: UUID) -> HttpResponse:
    """Ask the carrier once more; the worker does it, and the page says what came of it."""
    actions.book_consignment(consignment_id, by=request.actor)  # type: ignore[attr-defined]
    return redirect("logistics:consignment", consignment_id)


@require_POST
@allow(TRADING | OPERATOR)
@once
def cancel_booking(request: HttpRequest, consignment_id: UUID) -> HttpResponse:
    actions.cancel_booking(consignment_id, by=request.actor)  # type: ignore[attr-defined]
    return redirect("logistics:consignment", consignment_id)


@require_POST
@allow(TRADING | OPERATOR)
@once
def plan_leg(request: HttpRequest, consignment_id: UUID) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    row = queries.consignment(consignment_id, actor)
    form = LegForm(request.POST)
    if form.is_valid():
        try:
            actions.add_leg(row.pk, **form.cleaned_data, by=actor)
            return redirect("logistics:consignment", row.pk)
        except Refused as refusal:
            _add(form, refusal)
    return _shown(request, row, status=422, leg_form=form)


@require_POST
@allow(TRADING | OPERATOR)
@once
def say_where(request: HttpRequest, consignment_id: UUID) -> HttpResponse:
    """The shipper of a carrier that reports nothing, or the operator, says where the goods are."""
    actor = request.actor  # type: ignore[attr-defined]
    row = queries.consignment(consignment_id, actor)
    form = TrackingForm(request.POST, codes=queries.sayable(actor, row))
    if form.is_valid():
        try:
            actions.record_tracking(row.pk, by=actor, **form.cleaned_data)
            return redirect("logistics:consignment", row.pk)
        except Refused as refusal:
            _add(form, refusal)
    return _shown(request, row, status=422, tracking_form=form)


@require_POST
@allow(TRADING)
@once
def receive_package(request: HttpRequest, consignment_id: UUID, n: int) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    row = queries.consignment(consignment_id, actor)
    form = ReceiptForm(request.POST)
    if form.is_valid():
        try:
            actions.confirm_package_receipt(row.pk, n, by=actor, **form.cleaned_data)
            messages.success(request, _("Package %(n)s is received.") % {"n": n})
            return _back(request, row)
        except Refused as refusal:
            _add(form, refusal)
    return _shown(request, row, status=422, receipt_form=form, receipt_of=n)


@require_POST
@allow(TRADING)
@once
def add_papers(request: HttpRequest, consignment_id: UUID) -> HttpResponse:
    """A document that goes with the goods, for the other side to see."""
    actor = request.actor  # type: ignore[attr-defined]
    row = queries.consignment(consignment_id, actor)
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            kept = [keep_attachment(file, actor.company_id, actor).pk for file in form.cleaned_data["attachments"]]
            actions.add_papers(row.pk, {form.cleaned_data["code"]: kept}, by=actor)
            messages.success(request, _("Both sides can see the document now."))
            return _back(request, row)
        except Refused as refusal:
            refusal.field = "attachments" if refusal.field in ("file", "files") else refusal.field
            _add(form, refusal)
    return _shown(request, row, status=422, paper_form=form)


def _back(request: HttpRequest, row: Consignment) -> HttpResponse:
    """To the page of ours where the button was pressed (an order shows its consignments), or to the consignment's own."""
    wanted = request.POST.get("back", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return redirect(wanted)
    return redirect("logistics:consignment", row.pk)


@require_POST
@allow(TRADING | OPERATOR)
@once
def prove(request: HttpRequest, consignment_id: UUID) -> HttpResponse:
    """The consignee or the operator says that the goods arrived, and shows it."""
    actor = request.actor  # type: ignore[attr-defined]
    row = queries.consignment(consignment_id, actor)
    form = ProofForm(request.POST, request.FILES, for_operator=actor.kind == "operator")
    if form.is_valid():
        said = {name: value for name, value in form.cleaned_data.items() if name != "pictures"}
        try:
            kept = [keep_attachment(file, actor.company_id or row.consignee_id, actor) for file in form.cleaned_data["pictures"]]
            actions.record_proof(row.pk, file_ids=[file.pk for file in kept], by=actor, **said)
            messages.success(request, _("The delivery is proven."))
            return redirect("logistics:consignment", row.pk)
        except Refused as refusal:
            _add(form, refusal)
    return _shown(request, row, status=422, proof_form=form)


def _add(form: Any, refusal: Refused) -> None:
    """A refusal of what was typed stands beside its field; anything else is the page's own refusal."""
    if refusal.status != 422:
        raise refusal
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
