"""The published tables cell by cell, and what holds between cells.

Sources: table 1 and master tables 2-A, 2-B, 2-C of ISO 2859-1:1999, as in GB/T 2828.1-2012, pages 15 to 17, with every arrow
followed to the plan it points to; checked for normal and tightened inspection against MIL-STD-105E, tables II-A and II-B.
"""

import itertools
from decimal import Decimal
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everfair.reference.queries import (
    AQLS,
    DEFECT_CLASSES,
    INSPECTION_LEVELS,
    INSPECTION_SEVERITIES,
    USUAL_AQL,
    code_letter,
    judged,
    sampling_plan,
)

# One row per AQL; one column per code letter, as "sample size/acceptance number".
# fmt: off
LETTERS = ["A", "B", "C", "D", "E", "F", "G", "H", "J", "K", "L", "M", "N", "P", "Q", "R"]
TRUTH = {
    "normal": """
    0.065  200/0  200/0  200/0  200/0  200/0  200/0  200/0  200/0  200/0  200/0  200/0  200/0  800/1  800/1 1250/2 2000/3
    0.10   125/0  125/0  125/0  125/0  125/0  125/0  125/0  125/0  125/0  125/0  125/0  500/1  500/1  800/2 1250/3 2000/5
    0.15    80/0   80/0   80/0   80/0   80/0   80/0   80/0   80/0   80/0   80/0  315/1  315/1  500/2  800/3 1250/5 2000/7
    0.25    50/0   50/0   50/0   50/0   50/0   50/0   50/0   50/0   50/0  200/1  200/1  315/2  500/3  800/5 1250/7 2000/10
    0.40    32/0   32/0   32/0   32/0   32/0   32/0   32/0   32/0  125/1  125/1  200/2  315/3  500/5  800/7 1250/10 2000/14
    0.65    20/0   20/0   20/0   20/0   20/0   20/0   20/0   80/1   80/1  125/2  200/3  315/5  500/7 800/10 1250/14 2000/21
    1.0     13/0   13/0   13/0   13/0   13/0   13/0   50/1   50/1   80/2  125/3  200/5  315/7 500/10 800/14 1250/21 1250/21
    1.5      8/0    8/0    8/0    8/0    8/0   32/1   32/1   50/2   80/3  125/5  200/7 315/10 500/14 800/21 800/21 800/21
    2.5      5/0    5/0    5/0    5/0   20/1   20/1   32/2   50/3   80/5  125/7 200/10 315/14 500/21 500/21 500/21 500/21
    4.0      3/0    3/0    3/0   13/1   13/1   20/2   32/3   50/5   80/7 125/10 200/14 315/21 315/21 315/21 315/21 315/21
    6.5      2/0    2/0    8/1    8/1   13/2   20/3   32/5   50/7  80/10 125/14 200/21 200/21 200/21 200/21 200/21 200/21
    10       5/1    5/1    5/1    8/2   13/3   20/5   32/7  50/10  80/14 125/21 125/21 125/21 125/21 125/21 125/21 125/21
    15       3/1    3/1    5/2    8/3   13/5   20/7  32/10  50/14  80/21  80/21  80/21  80/21  80/21  80/21  80/21  80/21
    """,
    "tightened": """
    0.065  315/0  315/0  315/0  315/0  315/0  315/0  315/0  315/0  315/0  315/0  315/0  315/0 1250/1 1250/1 1250/1 2000/2
    0.10   200/0  200/0  200/0  200/0  200/0  200/0  200/0  200/0  200/0  200/0  200/0  800/1  800/1  800/1 1250/2 2000/3
    0.15   125/0  125/0  125/0  125/0  125/0  125/0  125/0  125/0  125/0  125/0  500/1  500/1  500/1  800/2 1250/3 2000/5
    0.25    80/0   80/0   80/0   80/0   80/0   80/0   80/0   80/0   80/0  315/1  315/1  315/1  500/2  800/3 1250/5 2000/8
    0.40    50/0   50/0   50/0   50/0   50/0   50/0   50/0   50/0  200/1  200/1  200/1  315/2  500/3  800/5 1250/8 2000/12
    0.65    32/0   32/0   32/0   32/0   32/0   32/0   32/0  125/1  125/1  125/1  200/2  315/3  500/5  800/8 1250/12 2000/18
    1.0     20/0   20/0   20/0   20/0   20/0   20/0   80/1   80/1   80/1  125/2  200/3  315/5  500/8 800/12 1250/18 1250/18
    1.5     13/0   13/0   13/0   13/0   13/0   50/1   50/1   50/1   80/2  125/3  200/5  315/8 500/12 800/18 800/18 800/18
    2.5      8/0    8/0    8/0    8/0   32/1   32/1   32/1   50/2   80/3  125/5  200/8 315/12 500/18 500/18 500/18 500/18
    4.0      5/0    5/0    5/0   20/1   20/1   20/1   32/2   50/3   80/5  125/8 200/12 315/18 315/18 315/18 315/18 315/18
    6.5      3/0    3/0   13/1   13/1   13/1   20/2   32/3   50/5   80/8 125/12 200/18 200/18 200/18 200/18 200/18 200/18
    10       2/0    8/1    8/1    8/1   13/2   20/3   32/5   50/8  80/12 125/18 125/18 125/18 125/18 125/18 125/18 125/18
    15       5/1    5/1    5/1    8/2   13/3   20/5   32/8  50/12  80/18  80/18  80/18  80/18  80/18  80/18  80/18  80/18
    """,
    "reduced": """
    0.065   80/0   80/0   80/0   80/0   80/0   80/0   80/0   80/0   80/0   80/0   80/0   80/0  500/1  500/1  500/1  800/2
    0.10    50/0   50/0   50/0   50/0   50/0   50/0   50/0   50/0   50/0   50/0   50/0  315/1  315/1  315/1  500/2  800/3
    0.15    32/0   32/0   32/0   32/0   32/0   32/0   32/0   32/0   32/0   32/0  200/1  200/1  200/1  315/2  500/3  800/5
    0.25    20/0   20/0   20/0   20/0   20/0   20/0   20/0   20/0   20/0  125/1  125/1  125/1  200/2  315/3  500/5  800/6
    0.40    13/0   13/0   13/0   13/0   13/0   13/0   13/0   13/0   80/1   80/1   80/1  125/2  200/3  315/5  500/6  800/8
    0.65     8/0    8/0    8/0    8/0    8/0    8/0    8/0   50/1   50/1   50/1   80/2  125/3  200/5  315/6  500/8 800/10
    1.0      5/0    5/0    5/0    5/0    5/0    5/0   32/1   32/1   32/1   50/2   80/3  125/5  200/6  315/8 500/10 500/10
    1.5      3/0    3/0    3/0    3/0    3/0   20/1   20/1   20/1   32/2   50/3   80/5  125/6  200/8 315/10 315/10 315/10
    2.5      2/0    2/0    2/0    2/0   13/1   13/1   13/1   20/2   32/3   50/5   80/6  125/8 200/10 200/10 200/10 200/10
    4.0      2/0    2/0    2/0    8/1    8/1    8/1   13/2   20/3   32/5   50/6   80/8 125/10 125/10 125/10 125/10 125/10
    6.5      2/0    2/0    5/1    5/1    5/1    8/2   13/3   20/5   32/6   50/8  80/10  80/10  80/10  80/10  80/10  80/10
    10       3/1    3/1    3/1    3/1    5/2    8/3   13/5   20/6   32/8  50/10  50/10  50/10  50/10  50/10  50/10  50/10
    15       2/1    2/1    2/1    3/2    5/3    8/5   13/6   20/8  32/10  32/10  32/10  32/10  32/10  32/10  32/10  32/10
    """,
}
# Lot sizes from…to, then the letters of S-1, S-2, S-3, S-4, I, II, III.
TABLE_1 = """
    2       8       A A A A A A B
    9       15      A A A A A B C
    16      25      A A B B B C D
    26      50      A B B C C D E
    51      90      B B C C C E F
    91      150     B B C D D F G
    151     280     B C D E E G H
    281     500     B C D E F H J
    501     1200    C C E F G J K
    1201    3200    C D E G H K L
    3201    10000   C D F G J L M
    10001   35000   C D F H K M N
    35001   150000  D E G J L N P
    150001  500000  D E G J M P Q
    500001  9000000 D E H K N Q R
"""
# fmt: on
LEVEL_COLUMNS = ("S-1", "S-2", "S-3", "S-4", "I", "II", "III")

# Levels I and III reach every code letter between them.
LOT_OF_LETTER = {"A": ("I", 8), "R": ("III", 600_000)} | {
    letter: ("II", lot)
    for letter, lot in zip(
        "BCDEFGHJKLMNPQ", (12, 20, 40, 70, 120, 200, 400, 900, 2000, 6000, 20_000, 90_000, 300_000, 700_000), strict=True
    )
}
CELLS = [
    (severity, Decimal(aql), letter, *(int(number) for number in cell.split("/")))
    for severity, table in TRUTH.items()
    for aql, *cells in (line.split() for line in table.strip().splitlines())
    for letter, cell in zip(LETTERS, cells, strict=True)
]
LOTS = st.integers(1, 2_000_000)
LEVELS = st.sampled_from(LEVEL_COLUMNS)
SEVERITIES = st.sampled_from(("normal", "tightened", "reduced"))
PERCENTS = st.sampled_from(AQLS)


def one(lot: int, aql: Decimal | str, level: str = "II", severity: str = "normal"):
    plan = sampling_plan(lot, aql={"major": Decimal(aql)}, level=level, severity=severity)
    return plan, plan.limits["major"]


def test_every_lot_size_and_level_has_its_published_letter():
    for line in TABLE_1.strip().splitlines():
        low, high, *letters = line.split()
        for level, letter in zip(LEVEL_COLUMNS, letters, strict=True):
            assert code_letter(int(low), level) == letter, (low, level)
            assert code_letter(int(high), level) == letter, (high, level)


def test_all_624_published_cells_are_met():
    assert len(CELLS) == 3 * 13 * 16
    wrong = []
    for severity, aql, letter, size, accept in CELLS:
        level, lot = LOT_OF_LETTER[letter]
        plan, limit = one(lot, aql, level, severity)
        assert plan.code_letter == letter
        wanted = (aql, accept, accept + 1, min(size, lot))
        if limit != wanted:
            wrong.append((severity, letter, limit, wanted))
    assert wrong == []


@pytest.mark.parametrize(
    ("lots", "letter", "size"),
    [
        ((281, 500), "H", 50),
        ((501, 1200), "J", 80),
        ((1201, 3200), "K", 125),
        ((3201, 10_000), "L", 200),
        ((10_001, 35_000), "M", 315),
    ],
)
def test_the_inspectors_card(lots, letter, size):
    for lot in lots:
        plan = sampling_plan(lot)

        assert (plan.code_letter, plan.sample_size, plan.inspects_all) == (letter, size, False)
        assert list(plan.limits) == ["critical", "major", "minor"]


def test_a_lot_of_2000_is_judged_by_7_major_and_10_minor_defects():
    plan = sampling_plan(2000)

    assert plan.limits == {
        "critical": (Decimal(0), 0, 1, 125),
        "major": (Decimal("2.5"), 7, 8, 125),
        "minor": (Decimal("4.0"), 10, 11, 125),
    }


def test_an_arrow_gives_one_class_its_own_sample_and_the_largest_is_drawn():
    plan = sampling_plan(70)  # E: 2.5 points down to F, 4.0 stands in its own row

    assert plan.sample_size == 20
    assert plan.limits["major"] == (Decimal("2.5"), 1, 2, 20)
    assert plan.limits["minor"] == (Decimal("4.0"), 1, 2, 13)
    assert plan.limits["critical"] == (Decimal(0), 0, 1, 20)


def test_no_defect_at_all_is_asked_of_the_letters_own_sample():
    plan = sampling_plan(2000, aql={"critical": Decimal(0)}, severity="reduced")

    assert (plan.sample_size, plan.limits) == (50, {"critical": (Decimal(0), 0, 1, 50)})


def test_a_sample_as_large_as_the_lot_means_every_piece():
    for lot, sample in ((1, 1), (3, 3), (5, 5), (6, 5)):
        plan, limit = one(lot, "2.5")
        assert (plan.sample_size, limit.sample_size, plan.inspects_all) == (sample, sample, lot < 6)

    strict = sampling_plan(150, aql={"critical": Decimal("0.065"), "minor": Decimal("4.0")})

    assert strict.inspects_all
    assert strict.limits == {"critical": (Decimal("0.065"), 0, 1, 150), "minor": (Decimal("4.0"), 2, 3, 20)}


@given(LOTS, LOTS, PERCENTS, LEVELS, SEVERITIES)
def test_a_larger_lot_never_has_a_smaller_sample_or_limit(lot, other, aql, level, severity):
    lot, other = sorted((lot, other))
    (small, small_limit), (large, large_limit) = one(lot, aql, level, severity), one(other, aql, level, severity)

    assert small.sample_size <= large.sample_size
    assert small_limit.accept <= large_limit.accept


@given(LOTS, PERCENTS, PERCENTS, LEVELS, SEVERITIES)
def test_a_milder_aql_never_allows_fewer_defects(lot, aql, other, level, severity):
    strict, mild = (one(lot, each, level, severity)[1] for each in sorted((aql, other)))

    assert strict.accept <= mild.accept


@given(LOTS, PERCENTS, LEVELS, SEVERITIES)
def test_every_plan_is_possible(lot, aql, level, severity):
    plan, limit = one(lot, aql, level, severity)

    assert 1 <= limit.sample_size == plan.sample_size <= lot
    assert limit.reject == limit.accept + 1 >= 1
    assert one(lot, aql, level, "reduced")[0].sample_size <= one(lot, aql, level, "normal")[0].sample_size


def passing(size: int, accept: int, percent: Decimal) -> float:
    """How likely a lot with so many defects of a hundred passes (Poisson)."""
    mean = size * float(percent) / 100
    chance = total = exp(-mean)
    for found in range(1, accept + 1):
        chance *= mean / found
        total += chance
    return total


def test_normal_inspection_passes_a_lot_as_good_as_its_aql_and_tightened_is_stricter():
    chances = {
        severity: {(aql, letter): passing(size, accept, aql) for kind, aql, letter, size, accept in CELLS if kind == severity}
        for severity in TRUTH
    }

    assert min(chances["normal"].values()) > 0.87
    assert min(chances["reduced"].values()) > 0.87
    assert all(chances["tightened"][cell] < chances["normal"][cell] for cell in chances["normal"])


def test_a_lot_passes_up_to_each_limit_and_fails_beyond_any():
    plan = sampling_plan(2000)

    for critical, major, minor in itertools.product((0, 1), (0, 7, 8), (0, 10, 11, 500)):
        verdict = judged(plan, {"critical": critical, "major": major, "minor": minor})
        failing = [name for name, bad in (("critical", critical > 0), ("major", major > 7), ("minor", minor > 10)) if bad]
        assert verdict.passed is (not failing)
        assert [reason.defect_class for reason in verdict.reasons] == failing


def test_a_reason_says_what_was_found_and_what_was_allowed():
    (reason,) = judged(sampling_plan(2000), {"critical": 0, "major": 9, "minor": 10}).reasons

    assert (reason.defect_class, reason.found, reason.accept) == ("major", 9, 7)
    assert reason.text.en == "9 major defects found, 7 allowed"
    assert reason.text.zh_hant == "發現 9 個主要缺陷，最多允許 7 個"
    assert reason.text.zh_hans == "发现 9 个主要缺陷，最多允许 7 个"


@pytest.mark.parametrize(
    ("defects", "why"),
    [
        ({"critical": 0, "major": 0}, "no count was given for: minor"),
        ({}, "no count was given for: critical, major, minor"),
        ({"critical": 0, "major": 0, "minor": 0, "cosmetic": 1}, "not in the plan: cosmetic"),
        ({"critical": 0, "major": -1, "minor": 0}, "fewer than none cannot be found: major"),
    ],
)
def test_a_report_that_does_not_fit_the_plan_is_refused(defects, why):
    with pytest.raises(ValueError, match=why):
        judged(sampling_plan(2000), defects)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"lot_size": 0}, "at least one piece"),
        ({"lot_size": -5}, "at least one piece"),
        ({"aql": {}}, "at least one class"),
        ({"aql": {"major": Decimal("3.0")}}, "not an AQL"),
        ({"aql": {"major": Decimal("-1")}}, "not an AQL"),
        ({"aql": {"major": Decimal("NaN")}}, "not an AQL"),
        ({"level": "IV"}, "not an inspection level"),
        ({"severity": "strict"}, "not a severity"),
    ],
)
def test_what_the_standard_does_not_have_is_refused(changed, why):
    with pytest.raises(ValueError, match=why):
        sampling_plan(**{"lot_size": 2000, **changed})


def test_everything_that_can_be_chosen_has_a_word_in_three_languages():
    assert set(INSPECTION_LEVELS) == set(LEVEL_COLUMNS)
    assert set(INSPECTION_SEVERITIES) == set(TRUTH)
    assert set(DEFECT_CLASSES) == set(USUAL_AQL)
    for words in (*INSPECTION_LEVELS.values(), *INSPECTION_SEVERITIES.values(), *DEFECT_CLASSES.values()):
        assert all(words)
