"""Words for stored codes: the database keeps a short code, a page shows what the reader calls it.

A package names the codes it owns in its `values.py`, under the kind of thing they are; `{{ line.act|word("act") }}` shows one.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
_kinds: dict[str, dict[str, Words]] = {}


def name_codes(kind: str, words: Mapping[str, Words]) -> Mapping[str, Words]:
    """Declare the words of some codes and return them. ValueError when a code of this kind has a word already."""
    known = _kinds.setdefault(kind, {})
    if twice := known.keys() & words.keys():
        raise ValueError(f"{kind}: named twice: {sorted(twice)}")
    known.update(words)
    return words


def words_of(kind: str) -> Mapping[str, Words]:
    """Every code of this kind with its word, in the order of declaration."""
    return dict(_kinds.get(kind, {}))


def word(code: str, kind: str) -> str:
    """The code's word in the active language. One that a newer or older release wrote stands as it is: a bare code says more
    than a page that fails."""
    return str(_kinds.get(kind, {}).get(code, code))


# `Actor.kind`, as history and audit trail name it before the colon.
name_codes(
    "actor",
    {
        "nobody": _("Nobody signed in"),
        "person": _("A person"),
        "key": _("A program with a key"),
        "operator": _("Operator"),
        "sales": _("Sales"),
        "rail": _("Payment provider"),
        "carrier": _("Carrier"),
        "clock": _("Automatically, on time"),
        "system": _("The software itself"),
    },
)
