"""What people type is read exactly or not at all."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from everfair.base.forms import FilesField, NumberField, TextField, clean_text, read_money, read_number, read_unit_price
from everfair.base.money import MAX_MINOR, Money, UnitPrice

BAD_NUMBERS = [
    "1e3", "1E400", "Infinity", "-Infinity", "NaN", "0x10", "1_000", "+5", "5.", ".5", "007", "1,00", "1,234.56", "1.234,56",
    "1 000",
    "１００", "١٠٠", "一百", "½", "1²", "five", "1.2.3", "--1", "1/2", "$5", "5 USD", "9" * 41,
]  # fmt: skip


def code_of(call: Any) -> str:
    with pytest.raises(ValidationError) as refusal:
        call()
    return str(refusal.value.error_list[0].code)


@pytest.mark.parametrize("text", BAD_NUMBERS)
def test_only_plain_numbers_are_numbers(text: str):
    """B23, B24, B25."""
    assert code_of(lambda: read_number(text, decimals=2)) == "number.plain"


@pytest.mark.parametrize("text", ["-1", "0", "-0.00", "0.00", "-0"])
def test_a_number_is_above_zero(text: str):
    """B21."""
    assert code_of(lambda: read_number(text, decimals=2)) == "number.positive"


def test_zero_where_it_is_allowed_is_zero_but_minus_zero_is_not():
    assert read_number("0", decimals=2, zero=True) == 0
    assert code_of(lambda: read_number("-0", decimals=2, zero=True)) == "number.positive"


@pytest.mark.parametrize(("text", "currency"), [("0.001", "USD"), ("1.5", "JPY"), ("0.0001", "KWD"), ("1.0", "KRW")])
def test_more_decimals_than_the_currency_has_are_refused_not_rounded(text: str, currency: str):
    """B22."""
    assert code_of(lambda: read_money(text, currency)) == "number.decimals"


@pytest.mark.parametrize(
    ("text", "currency"), [(str(2**63), "JPY"), ("10000000000000.01", "USD"), ("9" * 20, "USD"), ("9" * 17, "JPY")]
)
def test_an_amount_has_a_bound_and_says_so(text: str, currency: str):
    """B26."""
    assert code_of(lambda: read_money(text, currency)) == "number.large"


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("12.50", "USD", 1250), ("1500", "JPY", 1500), ("0.001", "KWD", 1), ("1000000000000000", "JPY", MAX_MINOR)],
)
def test_an_amount_is_read_exactly(text: str, currency: str, minor: int):
    assert read_money(text, currency) == Money(minor, currency)


def test_a_unit_price_may_be_finer_than_a_cent():
    assert read_unit_price("0.012345", "USD", per=Decimal(1000)) == UnitPrice(Decimal("0.012345"), "USD", Decimal(1000))
    assert code_of(lambda: read_unit_price("0.0123456", "USD")) == "number.decimals"


class Sheet(forms.Form):
    name = TextField()
    note = TextField(many_lines=True, required=False)
    price = NumberField(decimals=2, required=False)
    pieces = NumberField(required=False)


def errors(**typed: str) -> dict[str, list[str]]:
    form = Sheet({"name": "Tea", **typed})
    return {name: [str(error.code) for error in found.as_data()] for name, found in form.errors.items()}


def test_a_form_gives_clean_values():
    form = Sheet({"name": "  Tea  ", "note": "green\r\nand black ", "price": "1.50", "pieces": "12"})

    assert form.is_valid()
    assert form.cleaned_data == {"name": "Tea", "note": "green\nand black", "price": Decimal("1.50"), "pieces": Decimal(12)}


def test_what_was_not_typed_is_nothing():
    form = Sheet({"name": "Tea"})

    assert form.is_valid()
    assert (form.cleaned_data["note"], form.cleaned_data["price"]) == ("", None)


@pytest.mark.parametrize(
    ("text", "code"),
    [("1,00", "number.plain"), ("1.234", "number.decimals"), ("0", "number.positive"), ("9999999999", "number.large")],
)
def test_a_number_field_says_what_is_wrong(text: str, code: str):
    assert errors(price=text) == {"price": [code]}


def test_pieces_are_not_divided():
    assert errors(pieces="0.3333") == {"pieces": ["number.decimals"]}


HIDDEN = {
    "B39 NUL": "Te\x00a",
    "B39 escape": "Te\x1ba",
    "B39 C1 control": "Te\x85a",
    "B40 lone surrogate": "Te\ud800a",
    "B41 right-to-left override": "Te\u202ea",
    "B41 right-to-left mark": "Te\u200fa",
    "B41 isolate": "Te\u2066a",
    "B41 zero width space": "Te\u200ba",
    "B41 word joiner": "Te\u2060a",
    "B41 byte order mark": "Te\ufeffa",
    "B41 Arabic letter mark": "Te\u061ca",
    "B41 line separator": "Te\u2028a",
    "B43 piled-up marks": "Te" + "\u0301" * 10 + "a",
    "B43 piled-up enclosing marks": "Te" + "\u20dd" * 9 + "a",
    "a lone carriage return": "Te\ra",
}


@pytest.mark.parametrize("text", HIDDEN.values(), ids=HIDDEN.keys())
@pytest.mark.parametrize("field", ["name", "note"])
def test_hidden_and_control_characters_are_refused(field: str, text: str):
    assert errors(**{field: text}) == {field: ["text.hidden"]}


def test_lines_and_tabs_belong_into_notes_only():
    assert errors(note="one\ntwo\tthree") == {}
    assert errors(name="one\ntwo") == {"name": ["text.hidden"]}


@pytest.mark.parametrize(
    "text",
    [
        "𠮷野家",
        "བོད་ཡིག",
        "ئۇيغۇرچە",
        "ภาษาไทย",
        "Rindfleischetikettierungsüberwachung",
        "क्षेत्र",
        "می‌خواهم",
        "👩‍🔧",
        "Ø ≥ 5 µm",
        "<script>{{7*7}}",
    ],
)
def test_every_script_is_welcome(text: str):
    """B44, B45: what could be code elsewhere is text here."""
    assert clean_text(text) == unicodedata.normalize("NFC", text)


def test_composed_and_decomposed_are_the_same_text():
    """B42."""
    assert clean_text("Café") == clean_text("Cafe\u0301") == "Café"


def test_text_that_grows_when_it_is_composed_still_fits_its_column():
    """U+0958 becomes two characters: two hundred of them are four hundred in the database."""
    assert errors(name="\u0958" * 100) == {}
    assert errors(name="\u0958" * 200) == {"name": ["max_length"]}


def test_a_megabyte_is_too_long():
    """B43."""
    assert errors(note="x" * 2**20) == {"note": ["max_length"]}


def test_blanks_alone_are_no_name():
    assert errors(name=" \t\u3000 ") == {"name": ["required"]}


@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing(text: str):
    try:
        once = clean_text(text, many_lines=True)
    except ValueError:
        return

    assert clean_text(once, many_lines=True) == once
    assert "\x00" not in once


def test_several_files_come_as_a_list_in_order() -> None:
    files = [SimpleUploadedFile(f"{name}.txt", b"lines", "text/plain") for name in ("a", "b")]

    assert FilesField(required=False).clean(files) == files
    assert FilesField(required=False).clean(files[0]) == [files[0]]
    assert FilesField(required=False).clean(None) == []


def test_no_file_where_one_is_needed_and_an_empty_one_are_refused() -> None:
    empty = SimpleUploadedFile("a.txt", b"", "text/plain")

    assert code_of(lambda: FilesField().clean([])) == "required"
    assert code_of(lambda: FilesField(required=False).clean([empty])) == "empty"
