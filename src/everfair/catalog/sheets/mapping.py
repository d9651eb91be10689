"""Which column of a file is which field of an offer: guessed with a reason, printed, and changeable by a person."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field

from everfair.catalog.sheets import column_names, limits, scripts
from everfair.catalog.sheets.column_names import LIKELY, SURE, WEAK
from everfair.catalog.sheets.json_lines import Cell
from everfair.catalog.sheets.neutralising import MARK
from everfair.catalog.sheets.numbers import PLAIN, NumberStyle, StyleEvidence
from everfair.catalog.sheets.refusals import Note, SheetRefused
from everfair.catalog.sheets.sheet import Row, Sheet

FIELDS = (
    "sku", "title", "title.en", "title.zh-hant", "title.zh-hans",
    "description", "description.en", "description.zh-hant", "description.zh-hans",
    "bullets", "brand", "category", "price", "price_per",
    "currency", "tiers", "moq", "multiple", "unit", "lead_time", "sample_price", "hs_code",
    "origin", "variant_group", "pictures",
)  # fmt: skip
# Fields that one file may spread over several columns.
_REPEATED = ("bullets", "pictures")
_NUMBERED = re.compile(
    r"tier_(quantity|price):[0-9]{1,2}|tier_range:[0-9]{1,9}-[0-9]{0,9}|attribute(\.(en|zh-hant|zh-hans))?:.+", re.DOTALL
)
# `attribute_zh_hant:顏色`, as our own export names it.
_ATTRIBUTE = re.compile(r"attribute_(en|zh_hant|zh_hans)(:.+)", re.DOTALL)
_NUMERIC = ("price", "moq", "multiple", "sample_price", "price_per", "tier_quantity", "tier_price", "tier_range")
_FLAG = re.compile(r"^(is|has|can|was)[ _]", re.IGNORECASE)
_SAMPLE_ROWS = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """One column and the field it is read as; `confidence` from 0 to 1, `reason` in a few words for people."""

    field: str
    column: str
    reason: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a file is read. `currency` is the one its price column names; `number_style` holds for the whole file."""

    choices: tuple[Choice, ...]
    ignored: tuple[tuple[str, str], ...] = ()
    currency: str | None = None
    number_style: NumberStyle = PLAIN
    own_export: bool = False
    notes: tuple[Note, ...] = ()
    columns_of: MappingType[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found: dict[str, tuple[str, ...]] = {}
        for choice in self.choices:
            if choice.field not in FIELDS and not _NUMBERED.fullmatch(choice.field):
                raise SheetRefused("mapping_unknown_field", field=choice.field)
            if choice.field in found and choice.field not in _REPEATED:
                raise SheetRefused("mapping_field_twice", field=choice.field)
            found[choice.field] = (*found.get(choice.field, ()), choice.column)
        object.__setattr__(self, "columns_of", found)

    @property
    def missing(self) -> tuple[str, ...]:
        """Fields without which nothing can be imported."""
        title = any(name == "title" or name.startswith("title.") for name in self.columns_of)
        return (*(() if "sku" in self.columns_of else ("sku",)), *(() if title else ("title",)))

    def require_complete(self, columns: Iterable[str] | None = None) -> None:
        """Refuses a mapping without SKU or title, or one that names columns the file does not have."""
        for name in self.missing:
            raise SheetRefused(f"{name}_column_missing")
        if columns is not None:
            known = set(columns)
            for choice in self.choices:
                if choice.column not in known:
                    raise SheetRefused("mapping_unknown_column", column=choice.column)

    def choose(self, column: str, name: str | None) -> Mapping:
        """The same mapping with a person's choice for one column; None ignores it. The field's earlier column becomes ignored."""
        kept = [c for c in self.choices if c.column != column and (name is None or c.field != name or name in _REPEATED)]
        dropped = [c.column for c in self.choices if c not in kept and c.column != column]
        ignored = [(c, why) for c, why in self.ignored if c != column] + [(c, "replaced") for c in dropped]
        if name is None:
            ignored.append((column, "chosen"))
        else:
            kept.append(Choice(name, column, "chosen", SURE))
        return dataclasses.replace(self, choices=tuple(kept), ignored=tuple(ignored))

    def __str__(self) -> str:
        """A table for a terminal: field, column, why."""
        rows = [(c.field, c.column, f"{c.reason} ({c.confidence:.0%})") for c in self.choices]
        rows += [("(ignored)", column, why) for column, why in self.ignored]
        rows += [(name, "MISSING", "") for name in self.missing]
        if self.currency:
            rows.append(("currency", "—", f"{self.currency}, named by the price column"))
        if self.number_style != PLAIN:
            rows.append(("numbers", "—", f"written like {self.number_style} throughout"))
        wide = max((len(row[0]) for row in rows), default=0)
        middle = min(40, max((len(row[1]) for row in rows), default=0))
        return "\n".join(f"{first:<{wide}}  {second:<{middle}}  {third}".rstrip() for first, second, third in rows)


def map_sheet(sheet: Sheet) -> Mapping:
    """The mapping guessed from the names and the first rows, with the number style of the whole file settled."""
    sample = [row.cells for row in itertools.islice(sheet.rows(), _SAMPLE_ROWS) if isinstance(row, Row)]
    mapping = dataclasses.replace(guess_mapping(sheet.columns, sample), own_export=sheet.own_export)
    return settle_numbers(sheet, mapping)


def settle_numbers(sheet: Sheet, mapping: Mapping) -> Mapping:
    """Reads every number of the file once: grouped numbers are understood only where the whole file agrees on one style.

    JSON Lines and our own exports have one way to write a number, so they are not asked.
    """
    if sheet.kind == "jsonl" or sheet.own_export:
        return mapping
    columns = [c.column for c in mapping.choices if c.field.partition(":")[0] in _NUMERIC]
    evidence = StyleEvidence()
    for row in sheet.rows():
        if isinstance(row, Row):
            for column in columns:
                cell = row.cells[column]
                if isinstance(cell, str) and cell:
                    evidence.see(cell)
    style = evidence.style()
    if style == PLAIN:
        return mapping
    return dataclasses.replace(
        mapping, number_style=style, notes=(*mapping.notes, Note("number_style", {"style": style}, confirm=True))
    )


def guess_mapping(columns: Sequence[str], sample_rows: Sequence[MappingType[str, Cell]]) -> Mapping:
    """Field for each column by its name, then by what its cells hold. Every column ends as a field, an attribute or ignored."""
    found: list[Choice] = []
    ignored: list[tuple[str, str]] = []
    rest: list[str] = []
    for column in columns:
        choice = _by_name(column)
        if choice is None:
            rest.append(column)
        elif choice.field == "ignored":
            ignored.append((column, choice.reason))
        else:
            found.append(choice)
    found, losers = _one_each(_told_apart(_languages(found, sample_rows), sample_rows))
    found, unpaired = _tiers(found)
    attributes = sum(c.field.startswith("attribute:") for c in found)
    taken = {c.field for c in found}
    for column in sorted([*rest, *losers, *unpaired], key=list(columns).index):
        why = _not_an_attribute(column, sample_rows)
        name = "attribute:" + column.strip()[: limits.ATTRIBUTE_NAME_CHARACTERS]
        if why is None and (attributes >= limits.ATTRIBUTES or name in taken):
            why = "no room for another attribute" if attributes >= limits.ATTRIBUTES else "another column has this name"
        if why is not None:
            ignored.append((column, why))
            continue
        attributes += 1
        taken.add(name)
        found.append(Choice(name, column, "other column", WEAK))
    order = {column: index for index, column in enumerate(columns)}
    price = next((c.column for c in found if c.field == "price" or c.field.startswith("tier_")), None)
    currency = None if "currency" in taken or price is None else column_names.currency_in(price)
    return Mapping(tuple(sorted(found, key=lambda c: order[c.column])), tuple(ignored), currency)


def _by_name(column: str) -> Choice | None:
    if column == MARK:
        return Choice("ignored", column, "mark of our own export", SURE)
    if column.startswith("attribute:") and len(column) > len("attribute:"):
        return Choice(column, column, "name", SURE)
    if translated := _ATTRIBUTE.fullmatch(column):
        return Choice(f"attribute.{translated[1].replace('_', '-')}{translated[2]}", column, "name", SURE)
    if tier := column_names.tier_field_of(column):
        return Choice(tier, column, "name of a price tier", LIKELY)
    if known := column_names.field_of(column):
        name, sure = known
        own = column in FIELDS or column in ("sku", "title_en", "title_zh_hant", "title_zh_hans")
        reason = "not part of an offer" if name == "ignored" else "name" if sure >= LIKELY else "possible name"
        return Choice(name, column, reason, SURE if own and sure >= LIKELY else sure)
    for name in _REPEATED:
        if column_names.is_numbered(column, name):
            return Choice(name, column, "numbered name", LIKELY)
    return None


def _values(column: str, rows: Sequence[MappingType[str, Cell]]) -> list[str]:
    return [cell if isinstance(cell, str) else " ".join(cell) for row in rows if (cell := row.get(column, ""))]


def _languages(found: list[Choice], rows: Sequence[MappingType[str, Cell]]) -> list[Choice]:
    """`title.zh` becomes Traditional or Simplified by the characters that are there."""
    result = []
    for choice in found:
        if choice.field.endswith(".zh"):
            language = scripts.language_of(" ".join([choice.column, *_values(choice.column, rows)]))
            base = choice.field.removesuffix(".zh")
            name = f"{base}.{language if language != 'en' else 'zh-hans'}"
            choice = Choice(name, choice.column, f"{choice.reason} and script", choice.confidence)
        result.append(choice)
    return result


def _told_apart(found: list[Choice], rows: Sequence[MappingType[str, Cell]]) -> list[Choice]:
    """Two title columns without a language are told apart by their script, when it differs."""
    for base in ("title", "description"):
        bare = [c for c in found if c.field == base and c.confidence >= LIKELY]
        if len(bare) < 2 and not (bare and any(c.field.startswith(base + ".") for c in found)):
            continue
        languages = [scripts.language_of(" ".join(_values(c.column, rows))) for c in bare]
        if len(set(languages)) == len(bare):
            named = {c.column: f"{base}.{language}" for c, language in zip(bare, languages, strict=True)}
            found = [
                Choice(named[c.column], c.column, "name and script", c.confidence) if c.column in named else c for c in found
            ]
    return found


def _one_each(found: list[Choice]) -> tuple[list[Choice], list[str]]:
    """The surest column of each field; the others are handed back."""
    kept: dict[str, Choice] = {}
    repeated: list[Choice] = []
    losers: list[str] = []
    for choice in found:
        if choice.field in _REPEATED:
            repeated.append(choice)
        elif choice.field not in kept:
            kept[choice.field] = choice
        elif choice.confidence > kept[choice.field].confidence:
            losers.append(kept[choice.field].column)
            kept[choice.field] = choice
        else:
            losers.append(choice.column)
    return [*kept.values(), *repeated], losers


def _tiers(found: list[Choice]) -> tuple[list[Choice], list[str]]:
    """`qty1` needs `price1`; a price without its quantity is not guessed but left aside."""
    fields = {c.field for c in found}
    kept: list[Choice] = []
    unpaired: list[str] = []
    for choice in found:
        kind, _, number = choice.field.partition(":")
        partner = {"tier_quantity": "tier_price", "tier_price": "tier_quantity"}.get(kind)
        (unpaired.append(choice.column) if partner and f"{partner}:{number}" not in fields else kept.append(choice))
    return kept, unpaired


def _not_an_attribute(column: str, rows: Sequence[MappingType[str, Cell]]) -> str | None:
    """Why a column without a known name is no attribute either."""
    values = _values(column, rows)
    if _FLAG.match(column) and all(value.lower() in ("true", "false", "0", "1", "yes", "no") for value in values):
        return "a yes/no flag"
    if column.startswith("column ") and not values:
        return "no name and no content"
    return None
