"""Which payment a transfer is meant for: pure, and explained. It books by itself only what admits no second reading."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from rapidfuzz import fuzz

# A name this alike, for an amount that only one open payment has, is the payer; less is for a person to see.
SURE, WORTH_SHOWING = 92, 45
CLOSE, MARGIN = 88, 12
_FORMS = re.compile(
    r"\b(gmbh|mbh|ag|kg|ohg|ug|co|company|ltd|limited|llc|inc|corp|corporation|plc|sa|sas|sarl|srl|spa|bv|nv|ab|as|oy|oyj|sp|zoo|sro|"
    r"pte|pty|sdn|bhd|and|und|the)\b"
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A payment that waits for a transfer: `due_minor` is what is still missing. `names` and `accounts` are of its payer."""

    intent_id: UUID
    due_minor: int
    names: tuple[str, ...] = ()
    accounts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`score` is 0 to 100; `reasons` are codes: amount, short, name, account."""

    intent_id: UUID
    score: int
    reasons: tuple[str, ...]
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What correspondents may have taken: at most `share` of the amount, and at most `most_minor`."""

    share: Decimal
    most_minor: int

    def covers(self, due_minor: int, came_minor: int, whole_minor: int) -> bool:
        missing = due_minor - came_minor
        return 0 <= missing <= min(int(whole_minor * self.share), self.most_minor)


def plain_name(name: str) -> str:
    """Without accents, legal forms and signs, in small letters."""
    folded = unicodedata.normalize("NFKD", name.casefold().replace("ß", "ss").replace("ø", "o").replace("æ", "ae"))
    spelled = "".join(c for c in folded if not unicodedata.combining(c))
    spelled = re.sub(
        r"\bsp\.?\s*z\.?\s*o\.?\s*o\.?|\bs\.?\s*p\.?\s*a\.?\b|\bs\.?\s*a\.?\s*r\.?\s*l\.?\b|\bb\.?\s*v\.?\s*$", " ", spelled
    )
    words = _FORMS.sub(" ", re.sub(r"[^\w]+", " ", spelled)).split()
    return " ".join(words) or " ".join(spelled.split())


def likeness(said: str, names: Sequence[str]) -> int:
    """How alike, 0 to 100: of the sender's name as the bank wrote it (often cut off) and the best of the payer's."""
    said = plain_name(said)
    if not said:
        return 0
    best = 0.0
    for name in filter(None, map(plain_name, names)):
        alike = fuzz.token_sort_ratio(said, name)
        if len(said) >= 12 and name.startswith(said):  # cut off by a field of 27 or 35 characters
            alike = max(alike, 95)
        joined, glued = said.replace(" ", ""), name.replace(" ", "")
        best = max(best, alike, fuzz.ratio(joined, glued))
    return int(best)


def suggestions(
    amount_minor: int, name: str, account: str, waiting: Sequence[Waiting], tolerance: Tolerance, *, at_most: int = 5
) -> list[Suggestion]:
    """The payments that this transfer could be meant for, the likeliest first. One is `sure` when amount and payer both fit exactly and
    no other payment of this amount has a payer who could be meant."""
    found = []
    for row in waiting:
        exact = amount_minor == row.due_minor
        short = not exact and tolerance.covers(row.due_minor, amount_minor, row.due_minor)
        known = bool(account) and account in row.accounts
        alike = likeness(name, row.names)
        if not (exact or short or known or alike >= SURE):
            continue
        score = (45 if exact else 30 if short else 0) + (45 if known else int(alike * 0.45) if alike >= WORTH_SHOWING else 0)
        reasons = [
            code
            for code, is_so in (("amount", exact), ("short", short), ("account", known), ("name", alike >= WORTH_SHOWING))
            if is_so
        ]
        fits = exact and (known or alike >= SURE)
        found.append(
            (Suggestion(row.intent_id, min(score + 10 * known, 100), tuple(reasons), fits), alike, known, exact or short)
        )
    found.sort(key=lambda each: -each[0].score)
    # Who else could be meant by this amount: a payer whose account is known, or whose name comes near the best one's.
    best = max((alike for _row, alike, _known, fits in found if fits), default=0)
    fitting = [each for each in found if each[3] and (each[2] or each[1] >= CLOSE or each[1] > best - MARGIN)]
    sure = len(fitting) == 1 and fitting[0][0].sure
    only = fitting[0][0].intent_id if sure else None
    return [Suggestion(each.intent_id, each.score, each.reasons, each.intent_id == only) for each, *_more in found[:at_most]]


@dataclass(frozen=True, slots=True)
class Named:
    """A payment whose reference stands in a transfer's text."""

    intent_id: UUID
    due_minor: int


def shared_out(amount_minor: int, named: Sequence[Named]) -> tuple[list[tuple[UUID, int]], int]:
    """What each named payment gets of a transfer, in the order of the text, and what is over. The last of several that are covered gets
    what is there: a part payment."""
    parts, left = [], amount_minor
    for row in named:
        part = min(left, row.due_minor)
        if part > 0:
            parts.append((row.intent_id, part))
            left -= part
    return parts, left
