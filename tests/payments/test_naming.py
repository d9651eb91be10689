"""Whether a bank account's holder is the company: scripts, forms of firms, names turned round, and letters that only look alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everfair.payments.naming import match_holder


@pytest.mark.parametrize(
    ("holder", "name"),
    [
        ("Aster GmbH", "Aster GmbH"),
        ("ASTER GESELLSCHAFT MIT BESCHRÄNKTER HAFTUNG", "Aster GmbH"),
        ("Ningbo Hui & Sons Limited", "Ningbo Hui and Sons Ltd."),
        ("Wujin Yongkang Co Ltd", "Yongkang Wujin Co., Ltd."),
        ("永康市五金制品厂有限公司", "永康市五金製品廠有限公司"),
        ("SOCIETE GENERALE SA", "Société Générale S.A."),
        ("Hamburg Handel", "Hamburg Handel GmbH"),
    ],
)
def test_a_bank_writes_the_same_name_in_its_own_way(holder, name):
    found = match_holder(holder, ["Something Else Ltd", name])

    assert (found.score, found.doubts, found.name) == (100, (), name)


@pytest.mark.parametrize(
    ("holder", "name", "doubt"),
    [
        ("\u0410ster GmbH", "Aster GmbH", "mixed"),  # a Cyrillic A
        ("\u0410ster GmbH", "Aster GmbH", "imitates"),
        ("Rnodern Tools Ltd", "Modern Tools Ltd", "imitates"),
        ("\u0430\u0441\u043e\u0440", "acop", "imitates"),  # all Cyrillic
        ("Aster AG", "Aster GmbH", "form"),
        ("深圳华为有限公司", "深圳华为股份有限公司", "form"),
        ("Trade\u200bCo Ltd", "TradeCo Ltd", "hidden"),
        ("T\u03bfols Ltd", "Tools Ltd", "mixed"),  # a Greek omicron
    ],
)
def test_what_only_looks_like_the_name_is_doubted(holder, name, doubt):
    assert doubt in match_holder(holder, [name]).doubts


@pytest.mark.parametrize(
    ("holder", "name", "most"),
    [
        ("Jonas Brandt", "Hamburg Handel GmbH", 60),
        ("Yongkang Wujin Co., Ltd.", "Yongkang Wujin Hardware Co., Ltd", 80),
        ("Apex Tradings Ltd", "Apex Trading Ltd", 96),
        ("义乌五金有限公司", "永康五金有限公司", 60),
        ("", "Aster GmbH", 0),
        ("GmbH", "Aster GmbH", 60),
    ],
)
def test_another_name_stays_below_what_is_believed(holder, name, most):
    assert match_holder(holder, [name]).score <= most


def test_a_company_without_a_name_matches_nobody():
    assert match_holder("Aster GmbH", []).score == 0


@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=3))
def test_no_name_breaks_it(holder, names):
    assert 0 <= match_holder(holder, names).score <= 100
