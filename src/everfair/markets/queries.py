"""Which market, and which number counts when."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.http import Http404

from everfair.base.clock import EfNow
from everfair.markets.models import RuleVersion
from everfair.markets.rules import RULES
from everfair.markets.table import MARKETS
from everfair.markets.values import Market


def market(code: str) -> Market:
    """The market's row; Http404 for an unknown one."""
    try:
        return MARKETS[code]
    except KeyError:
        raise Http404(f"no market {code}") from None


def rules_at(market: str, at: datetime | None = None) -> dict[str, Decimal]:
    """Every rule's number in this market at a moment (now when none is given): one query.

    A contract keeps this whole dictionary, so that later changes never touch it.
    """
    values = {name: rule.default for name, rule in RULES.items()}
    versions = RuleVersion.objects.filter(market=market, valid_from__lte=at or EfNow()).order_by("name", "-valid_from", "-id")
    values.update({v.name: _short(v.value) for v in versions.distinct("name")})
    return values


def _short(value: Decimal) -> Decimal:
    """Without idle zeros; `normalize` alone would write 20 as 2E+1."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def rule(name: str, market: str, at: datetime | None = None) -> Decimal:
    return rules_at(market, at)[name]
