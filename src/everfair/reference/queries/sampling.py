"""Acceptance sampling by attributes: how many pieces to inspect of a lot, and how many defects it may have.

Source: ISO 2859-1:1999, tables 1, 2-A, 2-B and 2-C (the same text as GB/T 2828.1-2012 and IS 2500-1:2000). ANSI/ASQ Z1.4 has the
same tables but for reduced inspection, where it leaves a gap between acceptance and rejection that ISO closed in 1999.
"""

from bisect import bisect_left
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import get_args

from ..values import Excess, InspectionLevel, Limit, Names, SamplingPlan, Severity, Verdict

LETTERS = "ABCDEFGHJKLMNPQR"
# Table 1. The greatest lot of each row; beyond the last one stands the row «500 001 and over».
_LOTS = (8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000)
_LETTER_OF_LOT: dict[str, str] = {
    "S-1": "AAAABBBBCCCCDDD",
    "S-2": "AAABBBCCCDDDEEE",
    "S-3": "AABBCCDDEEFFGGH",
    "S-4": "AABCCDEEFGGHJJK",
    "I": "AABCCDEFGHJKLMN",
    "II": "ABCDEFGHJKLMNPQ",
    "III": "BCDEFGHJKLMNPQR",
}
_SIZES: dict[str, tuple[int, ...]] = {
    "normal": (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000),
    "tightened": (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000),
    "reduced": (2, 2, 2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800),
}
_PERCENT = ("0.065", "0.10", "0.15", "0.25", "0.40", "0.65", "1.0", "1.5", "2.5", "4.0", "6.5", "10", "15")
AQLS = tuple(Decimal(each) for each in _PERCENT)
ZERO = Decimal(0)

# The acceptance number of each code letter (a row) and AQL (a column, as in AQLS). v: use the first plan below; ^: the first above.
# fmt: off
_ACCEPT: dict[str, str] = {
    "normal": """
    A  v  v  v  v  v  v  v  v  v  v  0  v  v
    B  v  v  v  v  v  v  v  v  v  0  ^  v  1
    C  v  v  v  v  v  v  v  v  0  ^  v  1  2
    D  v  v  v  v  v  v  v  0  ^  v  1  2  3
    E  v  v  v  v  v  v  0  ^  v  1  2  3  5
    F  v  v  v  v  v  0  ^  v  1  2  3  5  7
    G  v  v  v  v  0  ^  v  1  2  3  5  7 10
    H  v  v  v  0  ^  v  1  2  3  5  7 10 14
    J  v  v  0  ^  v  1  2  3  5  7 10 14 21
    K  v  0  ^  v  1  2  3  5  7 10 14 21  ^
    L  0  ^  v  1  2  3  5  7 10 14 21  ^  ^
    M  ^  v  1  2  3  5  7 10 14 21  ^  ^  ^
    N  v  1  2  3  5  7 10 14 21  ^  ^  ^  ^
    P  1  2  3  5  7 10 14 21  ^  ^  ^  ^  ^
    Q  2  3  5  7 10 14 21  ^  ^  ^  ^  ^  ^
    R  3  5  7 10 14 21  ^  ^  ^  ^  ^  ^  ^
    """,
    "tightened": """
    A  v  v  v  v  v  v  v  v  v  v  v  0  v
    B  v  v  v  v  v  v  v  v  v  v  0  v  v
    C  v  v  v  v  v  v  v  v  v  0  v  v  1
    D  v  v  v  v  v  v  v  v  0  v  v  1  2
    E  v  v  v  v  v  v  v  0  v  v  1  2  3
    F  v  v  v  v  v  v  0  v  v  1  2  3  5
    G  v  v  v  v  v  0  v  v  1  2  3  5  8
    H  v  v  v  v  0  v  v  1  2  3  5  8 12
    J  v  v  v  0  v  v  1  2  3  5  8 12 18
    K  v  v  0  v  v  1  2  3  5  8 12 18  ^
    L  v  0  v  v  1  2  3  5  8 12 18  ^  ^
    M  0  v  v  1  2  3  5  8 12 18  ^  ^  ^
    N  v  v  1  2  3  5  8 12 18  ^  ^  ^  ^
    P  v  1  2  3  5  8 12 18  ^  ^  ^  ^  ^
    Q  1  2  3  5  8 12 18  ^  ^  ^  ^  ^  ^
    R  2  3  5  8 12 18  ^  ^  ^  ^  ^  ^  ^
    """,
    "reduced": """
    A  v  v  v  v  v  v  v  v  v  v  0  v  v
    B  v  v  v  v  v  v  v  v  v  0  ^  v  v
    C  v  v  v  v  v  v  v  v  0  ^  v  v  1
    D  v  v  v  v  v  v  v  0  ^  v  v  1  2
    E  v  v  v  v  v  v  0  ^  v  v  1  2  3
    F  v  v  v  v  v  0  ^  v  v  1  2  3  5
    G  v  v  v  v  0  ^  v  v  1  2  3  5  6
    H  v  v  v  0  ^  v  v  1  2  3  5  6  8
    J  v  v  0  ^  v  v  1  2  3  5  6  8 10
    K  v  0  ^  v  v  1  2  3  5  6  8 10  ^
    L  0  ^  v  v  1  2  3  5  6  8 10  ^  ^
    M  ^  v  v  1  2  3  5  6  8 10  ^  ^  ^
    N  v  v  1  2  3  5  6  8 10  ^  ^  ^  ^
    P  v  1  2  3  5  6  8 10  ^  ^  ^  ^  ^
    Q  1  2  3  5  6  8 10  ^  ^  ^  ^  ^  ^
    R  2  3  5  6  8 10  ^  ^  ^  ^  ^  ^  ^
    """,
}
# fmt: on

# What the trade inspects by when nobody says otherwise (the card that inspection companies hand out).
USUAL_AQL: Mapping[str, Decimal] = {"critical": ZERO, "major": Decimal("2.5"), "minor": Decimal("4.0")}
DEFECT_CLASSES: dict[str, Names] = {
    "critical": Names("critical defects", "致命缺陷", "致命缺陷"),
    "major": Names("major defects", "主要缺陷", "主要缺陷"),
    "minor": Names("minor defects", "次要缺陷", "次要缺陷"),
}
INSPECTION_LEVELS: dict[str, Names] = {
    "I": Names("General level I", "一般檢驗水準 I", "一般检验水平 I"),
    "II": Names("General level II", "一般檢驗水準 II", "一般检验水平 II"),
    "III": Names("General level III", "一般檢驗水準 III", "一般检验水平 III"),
    "S-1": Names("Special level S-1", "特殊檢驗水準 S-1", "特殊检验水平 S-1"),
    "S-2": Names("Special level S-2", "特殊檢驗水準 S-2", "特殊检验水平 S-2"),
    "S-3": Names("Special level S-3", "特殊檢驗水準 S-3", "特殊检验水平 S-3"),
    "S-4": Names("Special level S-4", "特殊檢驗水準 S-4", "特殊检验水平 S-4"),
}
INSPECTION_SEVERITIES: dict[str, Names] = {
    "normal": Names("Normal inspection", "正常檢驗", "正常检验"),
    "tightened": Names("Tightened inspection", "加嚴檢驗", "加严检验"),
    "reduced": Names("Reduced inspection", "放寬檢驗", "放宽检验"),
}


def code_letter(lot_size: int, level: InspectionLevel = "II") -> str:
    """The code letter of a lot (table 1). A lot of one piece, below the table, is inspected whole like the smallest lots."""
    if lot_size < 1:
        raise ValueError(f"a lot has at least one piece, not {lot_size}")
    if level not in get_args(InspectionLevel):
        raise ValueError(f"not an inspection level: {str(level)[:12]!r}")
    return _LETTER_OF_LOT[level][bisect_left(_LOTS, lot_size)]


def sampling_plan(
    lot_size: int, *, aql: Mapping[str, Decimal] = USUAL_AQL, level: InspectionLevel = "II", severity: Severity = "normal"
) -> SamplingPlan:
    """The single sampling plan of a lot, with the limit of each class of defects in `aql` (AQL in percent; 0: none is allowed).

    An arrow of the table can lead one class to a larger sample than another. Then the largest is drawn, and each class is
    counted on the first pieces of its own sample size; a class with AQL 0 is counted on all that is drawn. Where the sample would
    be as large as the lot, every piece is inspected. ValueError for an AQL, level or severity that the standard does not have.
    """
    if not aql:
        raise ValueError("name at least one class of defects")
    if severity not in get_args(Severity):
        raise ValueError(f"not a severity of inspection: {str(severity)[:12]!r}")
    letter = code_letter(lot_size, level)
    cells = {name: _cell(severity, letter, percent) for name, percent in aql.items() if percent != ZERO}
    own_size = _SIZES[severity][LETTERS.index(letter)]
    sample_size = min(lot_size, max((size for size, _ in cells.values()), default=own_size))
    limits = {}
    for name, percent in aql.items():
        size, accept = cells.get(name, (sample_size, 0))
        limits[name] = Limit(percent, accept, accept + 1, min(size, sample_size))
    return SamplingPlan(lot_size, letter, sample_size, limits)


def judged(plan: SamplingPlan, defects: Mapping[str, int]) -> Verdict:
    """Whether the lot passes with these defects found. A count that was not given is not zero.

    ValueError when a class of the plan has no count, when a class is not in the plan, or when a count is negative.
    """
    if missing := plan.limits.keys() - defects.keys():
        raise ValueError(f"no count was given for: {', '.join(sorted(missing))}")
    if unknown := defects.keys() - plan.limits.keys():
        raise ValueError(f"not in the plan: {', '.join(sorted(unknown))}")
    if negative := sorted(name for name, found in defects.items() if found < 0):
        raise ValueError(f"fewer than none cannot be found: {', '.join(negative)}")
    reasons = tuple(
        Excess(name, defects[name], limit.accept, _excess_text(name, defects[name], limit.accept))
        for name, limit in plan.limits.items()
        if defects[name] >= limit.reject
    )
    return Verdict(not reasons, reasons)


@cache
def _rows(severity: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split()[1:]) for line in _ACCEPT[severity].strip().splitlines())


@cache
def _cell(severity: str, letter: str, aql: Decimal) -> tuple[int, int]:
    """Sample size and acceptance number, with the arrows followed to the plan they point to."""
    if aql not in AQLS:
        raise ValueError(f"not an AQL of the table (0, {AQLS[0]} to {AQLS[-1]}): {aql}")
    rows, row, column = _rows(severity), LETTERS.index(letter), AQLS.index(aql)
    while (accept := rows[row][column]) in "v^":
        row += 1 if accept == "v" else -1
    return _SIZES[severity][row], int(accept)


def _excess_text(name: str, found: int, accept: int) -> Names:
    words = DEFECT_CLASSES.get(name, Names(name, name, name))
    return Names(
        f"{found} {words.en} found, {accept} allowed",
        f"發現 {found} 個{words.zh_hant}，最多允許 {accept} 個",
        f"发现 {found} 个{words.zh_hans}，最多允许 {accept} 个",
    )
