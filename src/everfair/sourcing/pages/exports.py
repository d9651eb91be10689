"""A comparison of quotes to take away: a worksheet to reckon with, a paper to pass round."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.html import strip_tags
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from everfair.base import papers
from everfair.base.allow import allow
from everfair.base.clock import now
from everfair.base.formats import day, quantity
from everfair.base.roles import MEMBER, OPERATOR
from everfair.base.typesetting import settable
from everfair.sourcing import queries
from everfair.sourcing.pages.quotes import grid_heads, grid_rows
from everfair.sourcing.queries import Comparison
from everfair.sourcing.words import CHARGES

TEMPLATE = Path(__file__).resolve().parents[1] / "documents" / "comparison.typ"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Value = str | int | Decimal


@require_safe
@allow(MEMBER | OPERATOR)
def export_comparison(request: HttpRequest, rfq_id: UUID, kind: str) -> HttpResponse:
    """The grid as XLSX with figures that can be reckoned with, or as PDF with the best of each row marked."""
    actor = request.actor  # type: ignore[attr-defined]
    table = queries.comparison(queries.rfq_by_id(rfq_id, actor), actor)
    made, content_type = (_worksheet(table), XLSX) if kind == "xlsx" else (_paper(table), "application/pdf")
    answer = HttpResponse(made, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="rfq-{table.rfq.number}-quotes.{kind}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _worksheet(table: Comparison) -> bytes:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Everfair")
    sheet.freeze_panes = "B2"
    sheet.column_dimensions["A"].width = 48
    rows = figures(table)
    for n, row in enumerate(rows):
        sheet.append([_cell(sheet, value, bold=n == 0) for value in row])
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def _cell(sheet: Any, value: Value, *, bold: bool) -> Any:
    if isinstance(value, (int, Decimal)):
        return WriteOnlyCell(sheet, value)  # type: ignore[arg-type]  # it takes Decimal too
    written: Any = WriteOnlyCell(sheet, "")
    # Set apart from the constructor, which would take a leading «=» for a formula (B49).
    written._value, written.data_type = ILLEGAL_CHARACTERS_RE.sub("", value), "s"
    if bold:
        written.font = Font(bold=True)
    return written


def figures(table: Comparison) -> list[Sequence[Value]]:
    """Rows of the worksheet: the suppliers, then one row for each line, charge and condition; amounts in the request's currency."""
    views, currency = table.quotes, table.rfq.currency
    rows: list[Sequence[Value]] = [[table.rfq.title, *(head["title"] for head in grid_heads(table))]]
    rows.append([_("Quote"), *(view.quote.number for view in views)])
    for place, line in enumerate(table.lines):
        label = f"{line.n}. {line.description}, {quantity(line.quantity.normalize(), line.unit)}"
        rows.append([f"{label} ({currency}, {_('Unit price')})", *(view.lines[place].unit_price.normalize() for view in views)])
    rows.append([f"{_('Goods')} ({currency})", *(view.goods.amount for view in views)])
    for kind in table.charge_kinds:
        amounts = [
            sum((amount.amount for charged, _label, amount in view.charges if charged == kind), Decimal(0)) for view in views
        ]
        rows.append([f"{CHARGES[kind]} ({currency})", *amounts])
    rows.append([f"{_('Total')} ({currency})", *(view.total.amount for view in views)])
    rows.append([f"{_('Lead time')} ({_('days')})", *(view.quote.lead_time_days for view in views)])
    rows.append([_("Incoterm"), *(f"{view.quote.incoterm} {view.quote.named_place}" for view in views)])
    rows.append([f"{_('Deposit')} (%)", *((view.quote.deposit_rate * 100).normalize() for view in views)])
    rows.append([_("Valid until"), *(view.quote.valid_until.date().isoformat() for view in views)])
    rows.append([_("Remarks"), *(view.quote.remarks for view in views)])
    return rows


def _paper(table: Comparison) -> bytes:
    moment = now()
    content = {
        "title": _("Quotes side by side"),
        "subtitle": f"{_('RFQ %(number)s') % {'number': table.rfq.number}} · {table.rfq.title}",
        "footer": day(moment),
        "page": _("Page {page} of {pages}"),
        "language": get_language() or "en",
        "heads": [{"title": head["title"], "note": str(head["note"])} for head in grid_heads(table)],
        "rows": [
            {
                "label": str(row["label"]),
                "total": row["total"],
                "cells": [
                    {"value": strip_tags(str(c["value"])), "note": strip_tags(str(c["note"])), "best": c["best"]}
                    for c in row["cells"]
                ],
            }
            for row in grid_rows(table)
        ],
    }
    made, _archival = papers.pdf(TEMPLATE, json.dumps(_set(content), ensure_ascii=False), moment.replace(microsecond=0))
    return made


def _set(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _set(part) for name, part in value.items()}
    return [_set(part) for part in value] if isinstance(value, list) else settable(value)
