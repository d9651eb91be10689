"""Words for states, and for what notes and entries keep, as the office shows them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from everfair.base.formats import moment
from everfair.base.words import word
from everfair.office.queries.trail import DONE
from everfair.trade.queries import Standing
from everfair.trade.values import AGREEMENT_WORDS, GOODS_WORDS, ISSUE_WORDS

_AGREEMENT_KINDS = {"offered": "wait", "agreed": "plain", "completed": "held"}
_GOODS_KINDS = {"shipped": "plain", "received": "held"}
_ISSUE_KINDS = {"open": "act", "resolved": "calm"}
SIDES = {
    "buyer": _("Buyer"),
    "seller": pgettext_lazy("side of an order", "Seller"),
    "operator": _("Operator"),
    "clock": _("Automatically, on time"),
    "provider": _("Payment provider"),
}
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# What the trail was asked for, as its own form calls it.
_ASKED = {DONE: _("Only acts"), "looked": _("Only looks")}
# A name in a note → the kind of code that stands under it.
_CODES = {
    "check": "trust check",
    "evidence": "evidence",
    "issue": "trade.issue",
    "level": "trust level",
    "link": "trust link",
    "market": "market",
    "markets": "market",
    "outcome": "provider event outcome",
    "proposal": "trust proposal",
    "result": "trust result",
    "rule": "rule",
    "subscriber": "subscriber",
}
# What a payment rail may carry: where nothing is named.
_NO_LIMIT = {"markets": _("all"), "currencies": _("all"), "most": _("any amount")}


def states_of(order: Any) -> list[tuple[str | Promise, str]]:
    """(word, kind of badge) for each axis of an order that says something."""
    found = [(AGREEMENT_WORDS.get(order.agreement, order.agreement), _AGREEMENT_KINDS.get(order.agreement, "calm"))]
    if order.goods in _GOODS_KINDS:
        found.append((GOODS_WORDS[order.goods], _GOODS_KINDS[order.goods]))
    if order.issue in _ISSUE_KINDS:
        found.append((ISSUE_WORDS[order.issue], _ISSUE_KINDS[order.issue]))
    return found


def asked_of(standing: Standing) -> str:
    """Whose turn it is: what is said to a party is shown with that party's name, or the operator would take it as said to them."""
    if standing.turn not in ("buyer", "seller"):
        return str(standing.asks)
    return gettext("%(who)s: %(task)s") % {"who": SIDES[standing.turn], "task": standing.asks}


def actor_in_words(label: str) -> str:
    """«Operator 0192…»: the kind of actor in the reader's language, then the id as it is kept."""
    kind, _colon, ident = label.partition(":")
    return f"{word(kind, 'actor')} {ident}".strip()


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a note keeps: what it was and what it is, None where the note does not say."""

    name: str
    before: Any
    after: Any
    # Nothing stands in its place: a mark that was taken away, not a word that was given a category.
    ended: bool = False

    @property
    def stayed(self) -> bool:
        return bool(self.before == self.after)


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Change]:
    """A note's before and after side by side, in the reader's language."""
    was, now = dict(before or {}), dict(after or {})
    names = [*was, *(name for name in now if name not in was)]
    return [
        Change(
            word(name, "field"),
            _told(name, was[name]) if name in was else None,
            _told(name, now[name]) if name in now else None,
            ended=not now,
        )
        for name in names
    ]


def told(kept: Mapping[str, Any] | None) -> list[tuple[str, Any]]:
    """What a note or an entry keeps, as (name, value) in the reader's language; people's own words stay as they are."""
    return [(word(name, "field"), _told(name, value)) for name, value in (kept or {}).items()]


def _told(name: str, value: Any) -> Any:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if name in _NO_LIMIT and not value:
        return str(_NO_LIMIT[name])
    if isinstance(value, list):
        return ", ".join(str(_told(name, each)) for each in value)
    if isinstance(value, dict):
        return " · ".join(str(_told(name, each)) for each in value.values())
    if not isinstance(value, str):
        return value
    if _ID.fullmatch(value):
        return f"#{value[-8:]}"
    if name == "act":
        return _ASKED.get(value) or word(value, "act")
    if name == "roles":
        return word(value, "staff role")
    if name == "kind":
        return word(value, "deadline")
    if name == "reason":
        return word(value, "provider event note")
    if name == "valid_from":
        return moment(datetime.fromisoformat(value))
    return word(value, _CODES.get(name, ""))
