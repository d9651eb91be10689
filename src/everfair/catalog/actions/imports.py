"""Whole price lists: read from a sheet, written in pieces of a second or less, safe to run again."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import EfNow
from everfair.base.events import emit
from everfair.base.ids import new_id
from everfair.base.refused import NotVisible, Refused
from everfair.catalog.drafts import as_offered, columns_of
from everfair.catalog.models import CategoryMapping, ImportRun
from everfair.catalog.refusals import OfferRowError
from everfair.catalog.roles import may_sell_for
from everfair.catalog.sheets.batches import Batch, read_all
from everfair.catalog.sheets.draft import OfferDraft
from everfair.catalog.sheets.mapping import Mapping, map_sheet
from everfair.catalog.sheets.parsing import Defaults
from everfair.catalog.sheets.refusals import RowError
from everfair.catalog.sheets.sheet import Sheet
from everfair.catalog.values import BATCH_ROWS
from everfair.companies.queries import companies_by_id, refuse_stopped
from everfair.events.catalog import OffersImported
from everfair.markets.queries import market as market_row
from everfair.markets.values import Market
from everfair.reference.values import UNSORTED

MODES = ("all", "good")
KEPT_ERRORS = 1_000
# So many drafts are remembered between the look and the writing; a longer file is read twice instead.
_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. `errors` are the first thousand; `refused` counts rows; nothing was written when `taken` is False."""

    import_id: UUID
    created: int
    changed: int
    unchanged: int
    refused: int
    errors: tuple[RowError, ...]
    taken: bool = True


@dataclass(slots=True)
class _Count:
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    errors: list[RowError] = field(default_factory=list)

    def wrong(self, errors: Iterable[RowError]) -> None:
        found = list(errors)
        self.refused += len({error.line for error in found})
        self.errors += found[: max(0, KEPT_ERRORS - len(self.errors))]


def import_offers(
    company_id: UUID,
    market: str,
    source: Sheet | Iterable[OfferDraft],
    mode: str,
    *,
    by: Actor,
    mapping: Mapping | None = None,
    defaults: Defaults = Defaults(),  # noqa: B008
    file_name: str = "",
    run: ImportRun | None = None,
) -> Imported:
    """Write the offers of a sheet (or drafts) into the company's catalogue, published; what is there is brought up to date.

    A row whose content is unchanged is passed over, so the same file twice changes nothing. Withdrawn offers stay withdrawn. A
    category is the operator's mapping of the file's word, else our guess, else unsorted; what a person chose stays. Addresses
    of pictures are kept and never fetched. Mode `all`: nothing is written while a single row has errors; `good`: those rows
    are left out. Written in transactions of BATCH_ROWS rows. Refuses (SheetRefused, 422) a file that cannot be read.
    """
    if mode not in MODES:
        raise Refused("catalog.import_mode", _("Import all rows or the good ones."), field="mode", status=422)
    if not may_sell_for(by, company_id):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    company = companies_by_id([company_id]).get(company_id)
    if company is None:
        raise NotVisible
    if not company.is_seller:
        raise Refused("catalog.not_a_seller", _("Your company is registered as a buyer. Say in its profile that it sells, too."))
    shelf = market_row(market)
    if isinstance(source, Sheet):
        mapping = mapping or map_sheet(source)
        file_hash, file_name = source.sha256, file_name or source.name
    else:
        source = list(source)
        file_hash = ""
    if run is None:
        run = ImportRun.objects.create(
            company_id=company_id,
            market=market,
            file_hash=file_hash,
            file_name=file_name[:200],
            mode=mode,
            made_by=by.label,
            state="running",
            mapping=[[c.field, c.column] for c in mapping.choices] if mapping else [],
        )

    def pieces() -> Iterator[_Judged]:
        found = read_all(source, mapping, defaults, BATCH_ROWS) if isinstance(source, Sheet) and mapping else _parts(source)
        return (_judge(batch, company_id, shelf) for batch in found)

    count = _Count()
    judged: Iterable[_Judged] = pieces()
    if mode == "all":
        judged, wrong = _looked_through(judged, pieces)
        if wrong.refused:
            _finish(run, wrong, taken=False)
            return _imported(run, wrong, taken=False)
    for piece in judged:
        _write(piece, company_id, market, count, run)
    _finish(run, count, taken=True, by=by)
    return _imported(run, count, taken=True)


def _parts(drafts: Any) -> Iterator[Batch]:
    rest = iter(drafts)
    while part := tuple(itertools.islice(rest, BATCH_ROWS)):
        yield Batch(part, (), part[-1].line)


@dataclass(frozen=True, slots=True)
class _Judged:
    """Rows ready to be written as columns, how many of them are new, and the others."""

    rows: list[dict[str, Any]]
    created: int
    unchanged: int
    errors: list[RowError]


def _looked_through(judged: Iterable[_Judged], again: Callable[[], Iterable[_Judged]]) -> tuple[Iterable[_Judged], _Count]:
    """Every error of the file, and what to write: remembered from this look, or to be read once more."""
    wrong = _Count()
    kept: list[_Judged] = []
    remembered = 0
    for piece in judged:
        wrong.wrong(piece.errors)
        remembered += len(piece.rows)
        if remembered <= _REMEMBERED:
            kept.append(piece)
    return (kept if remembered <= _REMEMBERED else again()), wrong


def _judge(batch: Batch, company_id: UUID, market: Market) -> _Judged:
    """What is new, what has changed, what is wrong; nothing is written."""
    errors = list(batch.errors)
    known = _known([draft.sku for draft in batch.drafts], company_id)
    rows: list[dict[str, Any]] = []
    created = unchanged = 0
    for draft in batch.drafts:
        state, old_hash, old_category, old_source = known.get(draft.sku, ("", "", "", ""))
        if state == "removed":
            errors.append(OfferRowError(draft.line, "", "offer_removed", draft.sku))
            continue
        fingerprint = as_offered(draft).content_hash()
        if fingerprint == old_hash:
            unchanged += 1
            continue
        columns = columns_of(draft, market)
        if isinstance(columns, list):
            errors += [OfferRowError(draft.line, each.field, each.code, "", each.params) for each in columns]
            continue
        is_sorted = state and old_category != UNSORTED and old_source == columns["source_category"]
        created += not state
        rows.append(
            {
                **columns,
                "id": new_id(),
                "category": old_category if is_sorted else draft.category_code,
                "is_sorted": bool(is_sorted),
                "content_hash": fingerprint,
            }
        )
    return _Judged(rows, created, unchanged, errors)


def _known(skus: list[str], company_id: UUID) -> dict[str, tuple[str, str, str, str]]:
    """What of these is there: SKU → state, content hash, category, source category."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sku, state, content_hash, category, source_category FROM catalog_offer"
            " WHERE company_id = %s AND sku = ANY(%s)",
            [company_id, skus],
        )
        return {row[0]: row[1:] for row in cursor.fetchall()}


_COLUMNS = {
    "id": "uuid", "sku": "text", "titles": "jsonb", "descriptions": "jsonb", "bullets": "jsonb", "brand": "text",
    "category": "text", "source_category": "text", "attributes": "jsonb",
    "attributes_by_language": "jsonb", "currency": "text", "tiers": "jsonb",
    "price_per": "numeric",
    "price_from": "bigint", "moq": "numeric", "multiple": "numeric", "unit": "text", "lead_times": "jsonb",
    "sample_price_minor": "bigint", "hs_code": "text", "origin": "text", "variant_group": "text", "picture_addresses": "jsonb", "content_hash": "text",
}  # fmt: skip
_UPDATED = [name for name in _COLUMNS if name not in ("id", "sku")]
# By hand: one parameter for the whole piece. As 15,000 parameters of a bulk_create the same rows cost four times as much.
_UPSERT = f"""
    INSERT INTO catalog_offer ({", ".join(_COLUMNS)}, company_id, market, state, pictures, picture_alts, updated_at)
    SELECT {", ".join(f"r.{name}" for name in _COLUMNS)}, %s, %s, 'published', '{{}}', '{{}}', ef_now()
    FROM jsonb_to_recordset(%s::jsonb) AS r({", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())})
    ON CONFLICT (company_id, sku) DO UPDATE
    SET {", ".join(f"{name} = excluded.{name}" for name in _UPDATED)}, updated_at = excluded.updated_at
    WHERE catalog_offer.state <> 'removed'
"""  # noqa: S608  names of our own columns


def _write(piece: _Judged, company_id: UUID, market: str, count: _Count, run: ImportRun) -> None:
    """One piece in a transaction of its own, in the order of the file; two imports of one company wait for each other."""
    with transaction.atomic():
        if piece.rows:
            _alone(company_id)
            refuse_stopped([company_id], "listing")
            mapped = _mapped({row["source_category"] for row in piece.rows})
            for row in piece.rows:
                if not row["is_sorted"]:
                    row["category"] = mapped.get(row["source_category"], row["category"])
            with connection.cursor() as cursor:
                cursor.execute(_UPSERT, [company_id, market, msgspec.json.encode(piece.rows).decode()])
        count.created += piece.created
        count.changed += len(piece.rows) - piece.created
        count.unchanged += piece.unchanged
        count.wrong(piece.errors)
        _note(run, count)


def _alone(company_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"catalog.import:{company_id}"])


def _mapped(sources: set[str]) -> dict[str, str]:
    wanted = CategoryMapping.objects.filter(source_category__in=sources - {""})
    return dict(wanted.values_list("source_category", "category"))


def _note(run: ImportRun, count: _Count, **more: Any) -> None:
    ImportRun.objects.filter(pk=run.pk).update(
        created_count=count.created,
        changed_count=count.changed,
        unchanged_count=count.unchanged,
        refused_count=count.refused,
        touched_at=EfNow(),
        **more,
    )


def _finish(run: ImportRun, count: _Count, *, taken: bool, by: Actor | None = None) -> None:
    errors = [[error.line, error.column, error.code, error.value, error.params] for error in count.errors]
    refusal = None if taken else ["rows_refused", {"count": count.refused}]
    with transaction.atomic():
        _note(run, count, state="done" if taken else "refused", errors=errors, refusal=refusal, stored_as="", finished_at=EfNow())
        if count.created or count.changed:
            emit(OffersImported(run.pk, run.company_id), by=by)


def _imported(run: ImportRun, count: _Count, *, taken: bool) -> Imported:
    return Imported(run.pk, count.created, count.changed, count.unchanged, count.refused, tuple(count.errors), taken)
