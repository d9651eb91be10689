"""Whether two names could be of the same, told by what people and firms really write."""

from __future__ import annotations

import pytest
from bench.names import best_f1, pairs_of, score

from everfair.trust.screening.names import KINDS, NOTHING, analysed, likeness
from tests.data import shared_data

# From here on a reviewer looks.
LOOK = 0.65


def like(kind: str, one: str, other: str) -> float:
    return likeness(analysed([one], kind), analysed([other], kind)).score


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("firm", "Acme Trading Limited", "ACME TRADING LTD."),
        ("firm", "OAO Gazprom", "Open Joint Stock Company Gazprom"),
        ("person", "Vladimir Putin", "Владимир Путин"),
        ("person", "PUTIN, Vladimir Vladimirovich", "Vladimir Putin"),
        ("person", "A. Khamenei", "Ali Khamenei"),
        ("person", "Hans Joachim Friedrich", "Hans J Friedrich"),
        ("ship", "M/V Blue Star", "Blue Star"),
        ("", "Siemens", "SIEMENS"),
    ],
)
def test_the_same_name_written_otherwise_is_looked_at(kind: str, one: str, other: str) -> None:
    assert like(kind, one, other) >= LOOK
    assert like(kind, other, one) == pytest.approx(like(kind, one, other), abs=0.05)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("person", "Ibrahim Hassan Tali al-Otaibi", "Ibrahim Hassan Tali al-Asiri"),
        ("firm", "Banco Santander México S.A.", "Banco Santander Chile S.A."),
        ("person", "Lucien Habimana", "Lucien Nzambamwita"),
        ("firm", "Volkswagen Aktiengesellschaft", "Siemens Aktiengesellschaft"),
    ],
)
def test_a_part_that_says_otherwise_makes_another_name(kind: str, one: str, other: str) -> None:
    assert like(kind, one, other) < LOOK


def test_the_best_of_all_their_names_counts_and_says_which_parts_it_took() -> None:
    found = likeness(
        analysed(["北京进出口公司", "Beijing Import Ltd"], "firm"), analysed(["BEIJING IMPORT LIMITED", "B.I.L."], "firm")
    )

    assert found.score > 0.9
    assert ("beijing", "beijing") in found.pairs or ("beijing import ltd", "beijing import ltd") in found.pairs


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_name_is_like_nothing(kind: str) -> None:
    assert likeness(analysed(["", "  ", "…"], kind), analysed(["Acme"], kind)) == NOTHING


def test_names_of_real_lists_are_told_apart_better_than_by_letters_alone() -> None:
    rows = pairs_of(shared_data("sanctions") / "name_pairs.csv")

    f1, _threshold = best_f1([(score(row), row["is_match"] == "true") for row in rows])

    assert f1 > 0.78
