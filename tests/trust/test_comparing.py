"""What was declared beside what was found."""

from __future__ import annotations

import pytest

from everfair.trust.comparing import compare, normal


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Trading Co., Ltd.", "ACME TRADING CO LTD"),
        ("No. 91-3302 00", "no913 30200"),
        ("上海织造有限公司", "上海织造有限公司 "),
        ("Ａｃｍｅ", "acme"),
    ],
)
def test_signs_spaces_width_and_case_do_not_count(one, other):
    assert normal(one) == normal(other)
    assert compare(["name"], {"name": one}, {"name": other})[0].verdict == "same"


def test_what_differs_is_marked_and_nothing_else():
    [found] = compare(["number"], {"number": "91330200"}, {"number": "91339200"})

    assert found.verdict == "differs"
    assert found.parts == (("9133", False), ("9", True), ("200", False))


def test_nothing_found_is_neither_right_nor_wrong():
    [found] = compare(["name"], {"name": "Acme"}, {"name": " - "})

    assert (found.verdict, found.parts) == ("unread", ())


def test_every_field_of_the_checklist_in_its_order():
    found = compare(["name", "number"], {}, {"number": "7", "colour": "red"})

    assert [(row.field, row.declared, row.verdict) for row in found] == [("name", "", "unread"), ("number", "", "differs")]


def test_a_letter_that_folds_into_two_is_marked_whole():
    [found] = compare(["name"], {"name": "Groß"}, {"name": "Großer"})

    assert "".join(text for text, _differs in found.parts) == "Großer"
    assert any(differs for _text, differs in found.parts)
