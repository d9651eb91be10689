"""Setting a number of a rule, and what the platform takes of a sale."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.refused import Refused
from everfair.base.roles import OPERATOR
from everfair.markets.fees import MOST_LINES, MOST_RATE, SPAN_WORDS, FeeTerms, lines_document, problem_of
from everfair.markets.models import FeeSchedule, RuleVersion
from everfair.markets.rules import RULES
from everfair.markets.table import MARKETS

_PLACES = 6


def set_rule(name: str, market: str, value: Decimal, valid_from: datetime | None, reason: str, by: Actor) -> RuleVersion:
    """Let a rule's number be `value` (in the rule's unit) in this market from `valid_from` on; from now on without one.

    Contracts signed before keep theirs. Every version stays, with who set it and why.
    Refuses whoever is no operator, a number outside the rule's bounds or finer than its unit, a moment in the
    past (a number never changes behind what was done by it), and a missing reason.
    """
    if not OPERATOR.admits(by):
        raise Refused("markets.operator_only", _("Only an operator sets rules."), status=403)
    rule = RULES.get(name)
    if rule is None:
        raise Refused("markets.rule_unknown", _("There is no such rule."), field="name", status=422)
    if market not in MARKETS:
        raise Refused("markets.market_unknown", _("There is no such market."), field="market", status=422)
    if not reason.strip():
        raise Refused("markets.reason_missing", _("Please say why."), field="reason", status=422)
    if not value.is_finite() or not rule.least <= value <= rule.most:
        message = _("Please give a number between %(least)s and %(most)s.") % {"least": rule.least, "most": rule.most}
        raise Refused("markets.rule_bounds", message, field="value", status=422)
    places = _PLACES if rule.unit == "fraction" else 0
    if value != round(value, places):
        message = _("At most %(decimals)s decimals, please.") % {"decimals": places}
        raise Refused("markets.rule_decimals", message, field="value", status=422)
    with transaction.atomic():
        current = _moment_of_change(valid_from)
        return RuleVersion.objects.create(
            name=name, market=market, value=value, valid_from=valid_from or current, set_by=by.label, reason=reason.strip()
        )


def set_fee_schedule(market: str, plan: str, terms: FeeTerms, valid_from: datetime | None, reason: str, by: Actor) -> FeeSchedule:
    """Let contracts signed in this market from `valid_from` on (from now on without one) cost these fees. Contracts signed before
    keep theirs; every version stays, with who set it and why.

    Refuses whoever is no operator; no line, more than six, one kind twice; rates that together take more than three tenths; a floor
    above its cap; a moment in the past; a missing reason.
    """
    if not OPERATOR.admits(by):
        raise Refused("markets.operator_only", _("Only an operator sets rules."), status=403)
    if market not in MARKETS:
        raise Refused("markets.market_unknown", _("There is no such market."), field="market", status=422)
    if not reason.strip():
        raise Refused("markets.reason_missing", _("Please say why."), field="reason", status=422)
    problem = problem_of(terms.lines) if terms.span in SPAN_WORDS else "lines"
    if problem:
        messages: dict[str, Any] = {
            "lines": _("Please give between one and %(most)s fees.") % {"most": MOST_LINES},
            "twice": _("A kind of fee stands once in a schedule."),
            "rate": _("The rates are above or equal to 0 and together not more than %(most)s, with at most six decimals.")
            % {"most": MOST_RATE},
            "limit": _("A floor is not above its cap, and both are amounts of their currency."),
        }
        raise Refused("markets.fee_lines", messages[problem], field="lines", status=422)
    with transaction.atomic():
        current = _moment_of_change(valid_from)
        return FeeSchedule.objects.create(
            market=market, plan=plan, span=terms.span, lines=lines_document(terms.lines),
            valid_from=valid_from or current, set_by=by.label, reason=reason.strip(),
        )  # fmt: skip


def _moment_of_change(valid_from: datetime | None) -> datetime:
    """Now; a number never changes behind what was done by it, nor so far ahead that nobody remembers."""
    current = now()
    if valid_from is not None and valid_from < current:
        raise Refused("markets.rule_past", _("A rule changes from now on or later."), field="valid_from", status=422)
    if valid_from is not None and valid_from > current + timedelta(days=3660):
        raise Refused("markets.rule_far", _("Please choose a day within ten years."), field="valid_from", status=422)
    return current
