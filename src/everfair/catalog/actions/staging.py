"""A file on its way into the catalogue: put aside, looked at by a person, then imported at once or by the worker."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping as MappingType
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import SYSTEM, Actor
from everfair.base.clock import EfNow, now
from everfair.base.ids import new_id
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask
from everfair.catalog.actions.imports import MODES, import_offers
from everfair.catalog.models import ImportRun, KnownColumns
from everfair.catalog.queries import import_runs, known_columns
from everfair.catalog.roles import may_sell_for
from everfair.catalog.sheets.mapping import Mapping, map_sheet
from everfair.catalog.sheets.refusals import SheetRefused
from everfair.catalog.sheets.sheet import Sheet, open_sheet
from everfair.catalog.values import AT_ONCE_ROWS, STAGED_BYTES
from everfair.files.values import display_name
from everfair.markets.queries import market as market_row

# A run whose worker has not written for so long has lost it.
_LOST = timedelta(minutes=2)
_KEPT = timedelta(days=1)


def stage_import(upload: Any, market: str, *, by: Actor) -> ImportRun:
    """Put a sheet aside until its columns are chosen. Refuses (field `file`) what is no sheet, and more than 50 MB."""
    if by.company_id is None or not may_sell_for(by, by.company_id):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    market_row(market)
    if (upload.size or 0) > STAGED_BYTES:
        raise SheetRefused("too_large", limit=STAGED_BYTES // 1024 // 1024)
    run_id = new_id()
    path = _folder() / run_id.hex
    with open(path, "xb") as file:
        os.fchmod(file.fileno(), 0o600)
        for chunk in upload.chunks():
            file.write(chunk)
    try:
        with open_sheet(path, upload.name or "") as sheet:
            mapping = map_sheet(sheet)
            return ImportRun.objects.create(
                pk=run_id,
                company_id=by.company_id,
                market=market,
                file_hash=sheet.sha256,
                file_name=_shown_name(upload.name or ""),
                mode="good",
                made_by=by.label,
                stored_as=path.name,
                mapping=[[choice.field, choice.column] for choice in mapping.choices],
                rows_count=sum(1 for _row in sheet.rows()),
            )
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def open_staged(run: ImportRun) -> Sheet:
    """The sheet that waits; NotVisible when its time is over."""
    path = _folder() / run.stored_as
    if not run.stored_as or not path.is_file():
        raise NotVisible
    return open_sheet(path, run.file_name)


def mapping_of(sheet: Sheet, choices: MappingType[str, str] | None) -> Mapping:
    """The guessed mapping, changed by what a person chose: column → field, «» to leave it out."""
    mapping = map_sheet(sheet)
    if choices is None:
        return mapping
    guessed = {choice.column: choice.field for choice in mapping.choices}
    wanted = {column: choices.get(column, guessed.get(column, "")) for column in sheet.columns}
    # Emptied first: two columns may change places.
    for column, field in wanted.items():
        if guessed.get(column, "") != field:
            mapping = mapping.choose(column, None)
    for column, field in wanted.items():
        if field and guessed.get(column, "") != field:
            mapping = mapping.choose(column, field)
    return mapping


def known_choices(run: ImportRun, sheet: Sheet) -> KnownColumns | None:
    """How the company last read a file with the same column names; None for a file that we wrote ourselves."""
    return None if sheet.own_export else known_columns(run.company_id, _names_hash(sheet))


def _names_hash(sheet: Sheet) -> str:
    return hashlib.sha256("\n".join(sorted(sheet.columns)).encode()).hexdigest()


def _remember(run: ImportRun, sheet: Sheet, mapping: Mapping) -> None:
    """The next file with these columns, in whatever order, begins with this choice."""
    if sheet.own_export:
        return
    chosen = {choice.column: choice.field for choice in mapping.choices}
    KnownColumns.objects.update_or_create(
        company_id=run.company_id,
        names_hash=_names_hash(sheet),
        defaults={"fields": {column: chosen.get(column, "") for column in sheet.columns}, "used_at": EfNow()},
    )


def start_import(run_id: UUID, mode: str, choices: MappingType[str, str] | None, *, by: Actor) -> ImportRun:
    """Import the staged file with these columns: a short one at once, a long one by the worker. Without `choices` as the company
    last read such a file, else as guessed. What was chosen is remembered.

    Refuses (SheetRefused) a mapping without SKU or title; Refused 409 when it was started already.
    """
    if mode not in MODES:
        raise Refused("catalog.import_mode", _("Import all rows or the good ones."), field="mode", status=422)
    with transaction.atomic():
        run = import_runs(by).select_for_update().filter(pk=run_id).first()
        if run is None:
            raise NotVisible
        if not may_sell_for(by, run.company_id):
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        if run.state != "staged":
            raise Refused("catalog.import_started", _("This file is being imported already."))
        with open_staged(run) as sheet:
            known = known_choices(run, sheet) if choices is None else None
            mapping = mapping_of(sheet, known.fields if known else choices)
            mapping.require_complete(sheet.columns)
            _remember(run, sheet, mapping)
        run.mode, run.state = mode, "waiting"
        run.mapping = [[choice.field, choice.column] for choice in mapping.choices]
        run.save(update_fields=["mode", "state", "mapping"])
    if run.rows_count <= AT_ONCE_ROWS:
        run_import(run.pk)
        run.refresh_from_db()
    return run


def run_import(run_id: UUID) -> bool:
    """Do a waiting import, or one whose worker was lost; False when another has it."""
    lost = Q(state="running", touched_at__lt=EfNow() - _LOST)
    mine = ImportRun.objects.filter(Q(state="waiting") | lost, pk=run_id)
    if not mine.update(state="running", touched_at=EfNow()):
        return False
    run = ImportRun.objects.get(pk=run_id)
    try:
        with open_staged(run) as sheet:
            chosen = {column: field for field, column in run.mapping}
            mapping = mapping_of(sheet, {column: chosen.get(column, "") for column in sheet.columns})
            import_offers(run.company_id, run.market, sheet, run.mode, by=SYSTEM, mapping=mapping, run=run)
    except SheetRefused as refusal:
        _give_up(run, [refusal.reason, refusal.params])
    except Refused as refusal:
        _give_up(run, ["stopped", {"message": str(refusal.message)}])
    except NotVisible:
        _give_up(run, ["file_gone", {}])
    if run.stored_as:
        (_folder() / run.stored_as).unlink(missing_ok=True)
    return True


def run_waiting_import() -> int:
    """The next import that waits; 0 when none does."""
    waiting = ask(_WAITING, [_LOST])
    return int(bool(waiting) and run_import(waiting[0][0]))


_WAITING = """
    SELECT id FROM catalog_importrun WHERE state = 'waiting' OR (state = 'running' AND touched_at < ef_now() - %s::interval)
    ORDER BY id LIMIT 1
"""


def forget_staged() -> int:
    """Delete files that nobody came back for in a day."""
    old = list(ImportRun.objects.filter(state="staged", created_at__lt=now() - _KEPT))
    for run in old:
        (_folder() / run.stored_as).unlink(missing_ok=True)
        run.delete()
    return len(old)


def _give_up(run: ImportRun, refusal: list[Any]) -> None:
    ImportRun.objects.filter(pk=run.pk).update(state="refused", refusal=refusal, stored_as="", finished_at=EfNow())


def _folder() -> Path:
    folder = Path(settings.DATA) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _shown_name(name: str) -> str:
    """Without folders and hidden characters; the ending stays as it came, for the sheet is judged by its content."""
    stem, dot, ending = name.rpartition(".")
    clean = display_name(name, "text/plain").removesuffix(".txt")
    return clean if dot and stem and clean.endswith(ending) else clean or "sheet"
