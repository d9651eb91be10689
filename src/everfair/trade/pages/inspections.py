"""Inspections as pages: booking one, its own page for buyer, seller and inspector, and the inspector's list."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.formats import plain_money
from everfair.base.pages import page
from everfair.base.roles import MEMBER, OPERATOR
from everfair.base.writes import once
from everfair.catalog.values import plain
from everfair.companies.queries import inspectors
from everfair.companies.roles import BUYING, MONEY_KEEPING, SELLING, TRADING
from everfair.files.actions import keep_attachment
from everfair.files.queries import file_links
from everfair.reference.queries import INSPECTION_LEVELS
from everfair.reference.values import name_in
from everfair.trade import actions
from everfair.trade.forms import ReasonForm
from everfair.trade.inspection_forms import BookForm, PackedForm, ReportForm
from everfair.trade.models import Inspection
from everfair.trade.pages.moves import done_or_errors, found_order
from everfair.trade.pages.reading import company_name
from everfair.trade.queries.inspecting import (
    earliest_day,
    inspection,
    inspection_moves,
    inspections_page,
    limits_of,
    lines_of,
    may_ask,
    report_of,
    rule_of,
    verdicts,
)
from everfair.trade.queries.inspection_papers import inspection_paper
from everfair.trade.queries.inspection_words import TURNS, WHO_PAYS, WHO_PAYS_IN_CLAIM, defect_name, inspection_standing

PER_PAGE = 25


@require_http_methods(["GET", "POST"])
@allow(TRADING)
@once
def inspect(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Book an inspector; who will bear the fee stands on the page before anybody books."""
    actor = request.actor  # type: ignore[attr-defined]
    found, parts = found_order(request, order_id)
    form = BookForm(request.POST or None, order=found, lines=parts.lines, inspectors=inspectors())

    def work() -> HttpResponse:
        made = actions.ask_inspection(order_id, by=actor, **form.booking())
        messages.success(request, _("The inspector is asked."))
        return redirect("trade:inspection", made.pk)

    def show(status: int) -> HttpResponse:
        return page(
            request, "trade/inspect.html", status=status, order=found, form=form, who_pays=WHO_PAYS, earliest=earliest_day(found),
            least_packed=int(rule_of(found, "trade.inspection_packed_share") * 100), again=found.inspection == "failed",
        )  # fmt: skip

    if request.method == "POST":
        return done_or_errors(form, work, show, {"lines": "inspector"})
    if may_ask(found, actor):
        return show(200)
    messages.info(request, _("This is not possible in the present state."))
    return redirect("trade:order", found.pk)


@require_safe
@allow(MEMBER | OPERATOR)
def inspections(request: HttpRequest) -> HttpResponse:
    """What the company inspects, and what is inspected for its orders, newest first."""
    actor = request.actor  # type: ignore[attr-defined]
    after = request.GET.get("after", "")
    try:
        before = UUID(after) if after else None
    except ValueError:
        before = None
    found = inspections_page(actor, before=before, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    return page(
        request, "trade/inspections.html", inspections=shown, company_name=company_name,
        after=shown[-1].pk if len(found) > PER_PAGE else None,
    )  # fmt: skip


@require_safe
@allow(MEMBER | OPERATOR)
def inspection_page(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    return page(request, "trade/inspection.html", **_face(request, inspection(inspection_id, request.actor)))  # type: ignore[attr-defined]


def _face(request: HttpRequest, found: Inspection) -> dict[str, Any]:
    """What the page shows. An inspector reads no price of the order, and its fee only."""
    actor, language = request.actor, get_language() or "en"  # type: ignore[attr-defined]
    report = report_of(found)
    links = file_links([UUID(file_id) for file_id in report.file_ids], actor) if report else {}
    standing = inspection_standing(found, actor.company_id)
    side = {found.order.buyer_id: "buyer", found.order.seller_id: "seller"}.get(actor.company_id, "")
    return {
        "inspection": found,
        "order": found.order,
        "is_party": bool(side) or actor.kind == "operator",
        "standing": standing,
        "look": "wait" if standing.yours else "held" if found.state == "passed" else "calm",
        "turn": standing.asks if standing.yours or not standing.asks else _waits(standing, found),
        "moves": _buttons(found, inspection_moves(found, actor)),
        "buyer": company_name(found.order.buyer),
        "seller": company_name(found.order.seller),
        "inspector": company_name(found.inspector),
        "booked_by": company_name(found.order.buyer if found.booked_by_id == found.order.buyer_id else found.order.seller),
        "level": name_in(INSPECTION_LEVELS[found.level], language),
        "lots": _lots(found, report, language),
        "report": report,
        "photos": list(links.values()),
        "who_pays": WHO_PAYS if found.claim_id is None else WHO_PAYS_IN_CLAIM,
    }


def _waits(standing: Any, found: Inspection) -> str:
    company = {"buyer": found.order.buyer, "seller": found.order.seller, "inspector": found.inspector}[standing.turn]
    return _("Waiting for %(company)s (%(side)s).") % {"company": company_name(company), "side": TURNS[standing.turn]}


def _lots(found: Inspection, report: Any, language: str) -> list[dict[str, Any]]:
    lines = lines_of(found)
    judged = verdicts(found, report.defects) if report else {}
    return [
        {
            "line": lines[lot["line"]],
            "lot": lot,
            "quantity": plain(Decimal(lot["quantity"])),
            "passed": judged[lot["line"]].passed if report else None,
            "classes": [
                {
                    "name": defect_name(name, language),
                    "limit": limit,
                    "found": report.defects[str(lot["line"])][name] if report else None,
                }
                for name, limit in limits_of(lot).items()
            ],
        }
        for lot in found.lots
    ]


def _buttons(found: Inspection, moves: list[str]) -> list[dict[str, Any]]:
    def at(name: str) -> str:
        return reverse(f"trade:{name}", args=[found.pk])

    shown = {
        "report": {
            "text": _("Write the report"),
            "confirm": at("report_inspection"),
            "icon": "clipboard-list",
            "kind": "primary",
        },
        "accept": {"text": _("Accept the inspection"), "url": at("accept_inspection"), "icon": "check"},
        "pay": {
            "text": _("Pay %(amount)s into escrow") % {"amount": plain_money(found.fee_amount)},
            "url": at("pay_inspection"),
            "icon": "lock-keyhole",
        },
        "declare": {
            "text": _("Declare the goods packed"),
            "confirm": at("declare_packed"),
            "icon": "package-check",
            "kind": "primary",
        },
        "waive": {"text": _("Take the goods all the same"), "confirm": at("waive_inspection"), "kind": "plain"},
        "decline": {"text": _("Decline"), "confirm": at("decline_inspection"), "kind": "quiet"},
        "cancel": {"text": _("Cancel the inspection"), "confirm": at("cancel_inspection"), "kind": "quiet"},
    }
    return [button for verb, button in shown.items() if verb in moves]


@require_POST
@allow(SELLING)
@once
def accept_inspection(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    actions.accept_inspection(inspection_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("You have accepted. The fee is asked for now."))
    return redirect("trade:inspection", inspection_id)


@require_POST
@allow(TRADING | MONEY_KEEPING)
@once
def pay_inspection(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """Opens the payment of the fee and leads to its page."""
    return redirect("payments:payment", actions.pay_inspection(inspection_id, by=request.actor))  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@allow(SELLING)
@once
def decline_inspection(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    return _move(
        request, inspection_id, "decline", form, lambda: actions.decline_inspection(inspection_id, _reason(form), by=_by(request)),
        _("Decline this inspection?"), _("A fee that is held goes back to whoever paid it."), _("Decline"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allow(TRADING)
@once
def cancel_inspection(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    return _move(
        request, inspection_id, "cancel", form, lambda: actions.cancel_inspection(inspection_id, _reason(form), by=_by(request)),
        _("Cancel this inspection?"), _("A fee that is held goes back to whoever paid it."), _("Cancel the inspection"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allow(BUYING)
@once
def waive_inspection(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    return _move(
        request, inspection_id, "waive", form, lambda: actions.waive_inspection(inspection_id, _reason(form), by=_by(request)),
        _("Take the goods although they failed?"),
        _("The order goes on as if they had passed: the balance falls due and the goods may be shipped. Your words are kept."),
        _("Take the goods"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allow(SELLING)
@once
def declare_packed(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    form = PackedForm(request.POST or None)
    return _move(
        request, inspection_id, "declare", form,
        lambda: actions.declare_packed(inspection_id, int(form.cleaned_data["percent"]), by=_by(request)),
        _("Declare the goods packed"), _("The inspector comes on the day that was booked and opens cartons of their own choice."),
        _("Declare it"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allow(SELLING)
@once
def report_inspection(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """What was counted, with photos. The verdict is computed from it and shown after."""
    actor = _by(request)
    found = inspection(inspection_id, actor)
    lots = _lots(found, None, get_language() or "en")
    form = ReportForm(request.POST or None, request.FILES or None, lots=lots)

    def work() -> HttpResponse:
        kept = [keep_attachment(upload, actor.company_id, by=actor).pk for upload in form.cleaned_data["attachments"]]
        report = actions.report_inspection(inspection_id, form.defects(), kept, form.cleaned_data["remarks"], by=actor)
        messages.success(
            request, _("The report is in: the goods passed.") if report.passed else _("The report is in: the goods failed.")
        )
        return redirect("trade:inspection", inspection_id)

    def show(status: int) -> HttpResponse:
        return page(
            request, "trade/inspection_report.html", status=status, inspection=found, order=found.order, form=form,
            seller=company_name(found.order.seller),
        )  # fmt: skip

    if request.method == "POST":
        return done_or_errors(form, work, show, {"file": "attachments", "files": "attachments", "defects": "remarks"})
    return show(200) if "report" in inspection_moves(found, actor) else _not_now(request, found)


@require_safe
@allow(MEMBER | OPERATOR)
def inspection_pdf(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """The report as PDF; not there before it is written."""
    found = inspection(inspection_id, _by(request))
    answer = HttpResponse(inspection_paper(found, get_language() or "en"), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{found.order.reference}-inspection-{found.n}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _by(request: HttpRequest) -> Any:
    return request.actor  # type: ignore[attr-defined]


def _reason(form: django_forms.Form) -> str:
    return str(form.cleaned_data["reason"])


def _move(
    request: HttpRequest, inspection_id: UUID, verb: str, form: django_forms.Form, act: Callable[[], Any], title: str, text: str, submit: str
) -> HttpResponse:  # fmt: skip
    """A small form of one question, then the verb."""
    found = inspection(inspection_id, _by(request))

    def work() -> HttpResponse:
        act()
        return redirect("trade:inspection", inspection_id)

    def show(status: int) -> HttpResponse:
        return page(
            request, "trade/inspection_move.html", status=status, inspection=found, order=found.order, form=form, title=title, text=text,
            submit=submit,
        )  # fmt: skip

    if request.method == "POST":
        return done_or_errors(form, work, show)
    return show(200) if verb in inspection_moves(found, _by(request)) else _not_now(request, found)


def _not_now(request: HttpRequest, found: Inspection) -> HttpResponse:
    messages.info(request, _("This is not possible in the present state."))
    return redirect("trade:inspection", found.pk)
