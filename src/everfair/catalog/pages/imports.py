"""A price list in three steps: send it, look at what it would become, let it in."""

from __future__ import annotations

import io
import itertools
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.refused import NotVisible, Refused
from everfair.base.writes import once
from everfair.catalog import actions, queries
from everfair.catalog.drafts import columns_of
from everfair.catalog.forms import ImportForm
from everfair.catalog.models import ImportRun
from everfair.catalog.pages.public import in_language
from everfair.catalog.refusals import row_message, sheet_message
from everfair.catalog.sheets.batches import preview
from everfair.catalog.sheets.export import Column, write_table_csv
from everfair.catalog.sheets.mapping import FIELDS, Mapping
from everfair.catalog.sheets.refusals import SheetRefused
from everfair.catalog.sheets.sheet import Row, Sheet
from everfair.companies.roles import SELLING
from everfair.markets.queries import market as market_row
from everfair.markets.table import DEFAULT_MARKET
from everfair.reference import queries as reference
from everfair.reference.values import name_in

PREVIEW_ROWS = 20
SHOWN_ERRORS = 100
_HISTORY = 20
_SAMPLES, _SAMPLED_ROWS, _SAMPLE_CHARACTERS = 3, 50, 80
FIELD_NAMES = {
    "sku": _("Item number (SKU)"),
    "title": _("Title"),
    "title.en": _("Title, English"),
    "title.zh-hant": _("Title, traditional Chinese"),
    "title.zh-hans": _("Title, simplified Chinese"),
    "description": _("Description"),
    "description.en": _("Description, English"),
    "description.zh-hant": _("Description, traditional Chinese"),
    "description.zh-hans": _("Description, simplified Chinese"),
    "bullets": _("Selling points"),
    "brand": _("Brand"),
    "category": _("Category"),
    "price": _("Price"),
    "price_per": _("Price is for this many"),
    "currency": _("Currency"),
    "tiers": _("Price tiers"),
    "moq": _("Minimum order (MOQ)"),
    "multiple": _("Multiple"),
    "unit": _("Unit"),
    "lead_time": _("Lead time"),
    "sample_price": _("Price of a sample"),
    "hs_code": _("HS code"),
    "origin": _("Country of origin"),
    "variant_group": _("Variant group"),
    "pictures": _("Pictures (addresses)"),
}
ATTRIBUTE_NAMES = {
    "en": _("As an attribute, English"),
    "zh-hant": _("As an attribute, traditional Chinese"),
    "zh-hans": _("As an attribute, simplified Chinese"),
}
STATE_NAMES = {
    "staged": _("Waiting for your choice"),
    "waiting": _("Waiting for the worker"),
    "running": _("Being imported"),
    "done": _("Done"),
    "refused": _("Refused"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@allow(SELLING)
@once
def imports(request: HttpRequest) -> HttpResponse:
    """Send a file; below it, what was imported before."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            run = actions.stage_import(form.cleaned_data["file"], DEFAULT_MARKET, by=request.actor)  # type: ignore[attr-defined]
            return redirect("catalog:import_run", run.pk)
        except SheetRefused as refusal:
            form.add_error("file", str(refusal.message))
    runs = queries.import_runs(request.actor)[:_HISTORY]  # type: ignore[attr-defined]
    status = 422 if request.method == "POST" else 200
    return page(request, "catalog/imports.html", status=status, form=form, runs=runs, state_names=STATE_NAMES)


@require_safe
@allow(SELLING)
def import_run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """A staged file with its columns and first rows; a started one with what became of it."""
    run = queries.import_runs(request.actor).filter(pk=run_id).first()  # type: ignore[attr-defined]
    if run is None:
        raise NotVisible
    if run.state == "staged":
        return _look(request, run, _choices(request.GET), is_guess="guess" in request.GET)
    return page(
        request,
        "catalog/import_result.html",
        run=run,
        state_names=STATE_NAMES,
        reason=sheet_message(*run.refusal) if run.refusal else "",
        errors=[
            {"line": line, "column": column, "message": row_message(code, value, params)}
            for line, column, code, value, params in run.errors[:SHOWN_ERRORS]
        ],
        errors_count=len(run.errors),
        done_count=run.created_count + run.changed_count + run.unchanged_count + run.refused_count,
    )


@require_safe
@allow(SELLING)
def import_errors(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Every error that was kept, as a table to work through beside the file: line, column, what stood there, what is wrong."""
    run = queries.import_runs(request.actor).filter(pk=run_id).first()  # type: ignore[attr-defined]
    if run is None:
        raise NotVisible
    head = [Column(str(_("Line")), "number"), Column(str(_("Column"))), Column(str(_("Value"))), Column(str(_("What is wrong")))]
    rows = [(line, column, value, row_message(code, value, params)) for line, column, code, value, params in run.errors]
    file = io.BytesIO()
    write_table_csv(head, rows, file)
    response = HttpResponse(file.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="errors-{run.pk}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _choices(sent: Any) -> dict[str, str] | None:
    """Column → field, from the selects; None before somebody chose."""
    columns = sent.getlist("column")
    return dict(zip(columns, sent.getlist("field"), strict=False)) if columns else None


def _look(
    request: HttpRequest, run: ImportRun, choices: dict[str, str] | None, problem: str = "", *, is_guess: bool = False
) -> HttpResponse:
    """The file as it would be imported: columns with their meaning, the first rows, their errors. Before somebody chose, the
    columns are read as the company last read such a file, unless it asks for a guess."""
    language = get_language() or "en"
    drafts: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    notes: list[str] = []
    with actions.open_staged(run) as sheet:
        known = actions.known_choices(run, sheet) if choices is None and not is_guess else None
        mapping = actions.mapping_of(sheet, None)
        try:
            mapping = actions.mapping_of(sheet, known.fields if known else choices)
            seen = preview(sheet, mapping, limit=PREVIEW_ROWS)
            notes = [note.message for note in seen.notes]
            errors = [{"line": e.line, "column": e.column, "message": e.message} for e in seen.errors]
            for draft in seen.drafts:
                columns = columns_of(draft, market_row(run.market))
                if isinstance(columns, list):
                    errors += [{"line": draft.line, "column": wrong.field, "message": wrong.message} for wrong in columns]
                    continue
                drafts.append(
                    {
                        "line": draft.line,
                        "sku": draft.sku,
                        "title": in_language(draft.titles, language)[0],
                        "tiers": draft.tiers,
                        "moq": draft.moq,
                        "unit": draft.unit_code,
                        "category": name_in(reference.category(draft.category_code).names, language),
                    }
                )
        except SheetRefused as refusal:
            problem = problem or str(refusal.message)
        columns_shown = _columns(sheet.columns, mapping, _samples(sheet))
    return page(
        request,
        "catalog/import_look.html",
        status=422 if problem else 200,
        run=run,
        known=known,
        columns=columns_shown,
        drafts=drafts,
        errors=sorted(errors, key=lambda error: error["line"]),
        notes=notes,
        problem=problem,
    )


def _samples(sheet: Sheet) -> dict[str, list[str]]:
    """The first three different values of each column, from its first rows."""
    found: dict[str, dict[str, None]] = {name: {} for name in sheet.columns}
    for row in itertools.islice(sheet.rows(), _SAMPLED_ROWS):
        for name, cell in row.cells.items() if isinstance(row, Row) else ():
            text = cell if isinstance(cell, str) else " · ".join(cell)
            if text.strip() and len(found[name]) < _SAMPLES:
                found[name][text.strip()[:_SAMPLE_CHARACTERS]] = None
    return {name: list(values) for name, values in found.items()}


def _columns(names: tuple[str, ...], mapping: Mapping, samples: dict[str, list[str]]) -> list[dict[str, Any]]:
    by_column = {choice.column: choice for choice in mapping.choices}
    ignored = dict(mapping.ignored)
    rows = []
    for name in names:
        choice = by_column.get(name)
        field = choice.field if choice else ""
        known: list[tuple[str, Any]] = [("", _("Leave it out")), *((f, FIELD_NAMES[f]) for f in FIELDS)]
        attribute = f"attribute:{name.strip()[:100]}"
        if field not in FIELD_NAMES and field:
            known.append((field, field.removeprefix("attribute:") if field.startswith("attribute:") else field))
        elif attribute != field:
            known.append((attribute, _("As an attribute")))
        translated = [(f"attribute.{code}:{name.strip()[:100]}", words) for code, words in ATTRIBUTE_NAMES.items()]
        known += [each for each in translated if each[0] != field]
        rows.append(
            {
                "name": name,
                "samples": samples[name],
                "field": field,
                "known": known,
                "sure": choice.confidence if choice else None,
                "why": ignored.get(name),
            }
        )
    return rows


@require_POST
@allow(SELLING)
@once
def start_import(request: HttpRequest, run_id: UUID) -> HttpResponse:
    choices = _choices(request.POST)
    try:
        run = actions.start_import(run_id, request.POST.get("mode", ""), choices, by=request.actor)  # type: ignore[attr-defined]
    except Refused as refusal:
        staged = queries.import_runs(request.actor).filter(pk=run_id, state="staged").first()  # type: ignore[attr-defined]
        if refusal.status != 422 or staged is None:
            raise
        return _look(request, staged, choices, str(refusal.message))
    return redirect("catalog:import_run", run.pk)
