"""What we write: harmless in a spreadsheet, and the same again when it comes back (B49)."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everfair.base.money import Money, UnitPrice
from everfair.catalog.sheets.draft import OfferDraft
from everfair.catalog.sheets.export import (
    Column,
    attribute_columns_of,
    write_csv,
    write_jsonl,
    write_table_csv,
    write_table_xlsx,
    write_xlsx,
)
from everfair.catalog.sheets.neutralising import neutralised, restored
from everfair.catalog.sheets.refusals import SheetRefused
from everfair.catalog.sheets.texts import clean, clean_line
from tests.catalog.sheets_files import imported

DANGEROUS = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x", "'=1", "''=1"]


def exported(kind: str, drafts: list[OfferDraft]) -> bytes:
    target = io.BytesIO()
    names = attribute_columns_of(drafts)
    if kind == "csv":
        write_csv(drafts, target, names)
    elif kind == "xlsx":
        write_xlsx(drafts, target, names)
    else:
        write_jsonl(drafts, target)
    return target.getvalue()


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    target = io.BytesIO()
    write_table_csv([Column("note"), Column("change", "number")], [[text, -5]], target)
    written = list(csv.reader(io.StringIO(target.getvalue().decode("utf-8-sig"), newline="")))
    assert written == [["note", "change"], ["'" + text, "-5"]]

    target = io.BytesIO()
    write_table_xlsx([Column("note"), Column("change", "number")], [[text.strip(), Decimal("-5.25")]], target)
    row = next(openpyxl.load_workbook(target).active.iter_rows(min_row=2))
    assert (row[0].data_type, row[0].value) == ("s", neutralised(text.strip()))
    assert (row[1].data_type, row[1].value) == ("n", -5.25)


def test_harmless_text_is_left_alone() -> None:
    assert [neutralised(text) for text in ("Kettle", "a=b", "'quoted'", "", "5 -3")] == ["Kettle", "a=b", "'quoted'", "", "5 -3"]


@given(st.text(alphabet="'=+-@\t\r\n＝＋－＠a1 ", max_size=8))
def test_protection_can_always_be_undone_exactly(text: str) -> None:
    assert restored(neutralised(text)) == text
    assert not neutralised(text).startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))


def test_the_protection_of_others_is_not_undone() -> None:
    assert imported("sku,title\nA1,'=1\n")[0][0].titles == {"en": "'=1"}


def test_a_text_too_long_for_a_worksheet_cell_is_refused() -> None:
    with pytest.raises(SheetRefused, match="cell_too_large_to_write"):
        write_table_xlsx([Column("note")], [["x" * 32_768]], io.BytesIO())


def settled(line: bool, limit: int, empty: bool = True) -> st.SearchStrategy[str]:
    """Texts as they look after a first import."""
    alphabet = st.one_of(
        st.sampled_from("=+-@＝＋－＠'\"\\>;:,|/ _x000D_é水壺壶\n"), st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])
    )

    def kept(text: str) -> str | None:
        try:
            return (clean_line if line else clean)(text, limit)
        except ValueError:
            return None

    # Line separators other than LF have become LF already, so one pass settles a text.
    found = st.text(alphabet, max_size=20).map(kept).filter(lambda text: text is not None and clean(text, limit) == text)
    return found if empty else found.filter(bool)  # type: ignore[return-value]


one_line = settled(True, 60, empty=False)
quantities = st.integers(1, 10**6).map(Decimal)
prices = st.decimals("0.000001", "999999", places=6)

attributes = st.dictionaries(st.sampled_from(["color", "size", "=evil", "Größe", "材質"]), settled(False, 100, empty=False))


@st.composite
def drafts(draw: Any) -> OfferDraft:
    tier_starts = sorted(draw(st.sets(quantities, max_size=4)))
    currency = draw(st.sampled_from(["USD", "JPY", "KWD"]))
    per = draw(st.sampled_from([Decimal(1), Decimal(1000)]))
    tiers = tuple((start, UnitPrice(draw(prices), currency, per)) for start in tier_starts)
    languages = st.sampled_from(["en", "zh-hant", "zh-hans"])
    return OfferDraft(
        sku=draw(one_line.filter(lambda text: "E" not in text.upper())),
        titles=draw(st.dictionaries(languages, one_line, min_size=1)),
        descriptions=draw(st.dictionaries(languages, settled(False, 200, empty=False))),
        bullets=tuple(draw(st.lists(one_line.filter(lambda text: len(text.splitlines()) == 1), max_size=3))),
        brand=draw(settled(True, 60)),
        category_path=tuple(draw(st.lists(one_line, max_size=3))),
        attributes=draw(attributes),
        attributes_by_language=draw(st.dictionaries(languages, attributes.filter(bool))),
        tiers=tiers,
        moq=(tier_starts[0] if tier_starts else Decimal(0)) + draw(quantities),
        multiple=draw(st.none() | quantities),
        unit_code=draw(st.sampled_from(["H87", "KGM", "SET"])),
        lead_times=tuple((start, draw(st.integers(0, 700))) for start in sorted(draw(st.sets(quantities, max_size=3)))),
        sample_price=draw(st.none() | st.integers(0, 10**9).map(lambda minor: Money(minor, currency))),
        hs_code=draw(st.sampled_from(["", "851610", "0901210000"])),
        origin=draw(st.sampled_from(["", "CN", "DE"])),
        variant_group=draw(settled(True, 100)),
        picture_urls=tuple(
            draw(st.lists(st.sampled_from(["https://a.example/1.jpg?x=1;2|3", "http://b.example/%20"]), max_size=2))
        ),
    )


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
@settings(max_examples=60)
@given(st.lists(drafts(), min_size=1, max_size=4, unique_by=lambda draft: draft.sku))
def test_what_is_exported_comes_back_the_same(kind: str, given_drafts: list[OfferDraft]) -> None:
    found, errors = imported(exported(kind, given_drafts))

    assert errors == []
    # The category guess is ours and made anew.
    assert [draft.content_hash() for draft in found] == [draft.content_hash() for draft in given_drafts]
