"""Setting a number of a rule."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.refused import Refused
from everfair.base.roles import OPERATOR
from everfair.markets.models import RuleVersion
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
        current = now()
        if valid_from is not None and valid_from < current:
            raise Refused("markets.rule_past", _("A rule changes from now on or later."), field="valid_from", status=422)
        if valid_from is not None and valid_from > current + timedelta(days=3660):
            raise Refused("markets.rule_far", _("Please choose a day within ten years."), field="valid_from", status=422)
        return RuleVersion.objects.create(
            name=name, market=market, value=value, valid_from=valid_from or current, set_by=by.label, reason=reason.strip()
        )
