"""The rails: the ways money reaches us, each with the client of its provider, made once per process."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from django.conf import settings

from everfair.base.money import Money
from everfair.payments.providers.port import Provider, ProviderDown
from everfair.payments.providers.table import open_provider

# Whom a payer pays: the platform's escrow, never the seller (I12 compares it).
RECIPIENT = "everfair-escrow"


@dataclass(frozen=True, slots=True)
class Rail:
    """`counterparty`: who could cut us off. Rails of one `method` can stand in for one another. What it costs us: `fixed` in major
    units of the currency, and `rate` of the amount."""

    code: str
    method: str
    counterparty: str
    fixed: Decimal
    rate: Decimal

    def cost(self, amount: Money) -> Decimal:
        return self.fixed + amount.amount * self.rate


# In the order of preference where nothing else tells them apart.
RAILS = {
    rail.code: rail
    for rail in (
        Rail("sandbox", "card", "Everfair sandbox", Decimal("0.30"), Decimal("0.029")),
        Rail("sandbox2", "card", "Harbour sandbox", Decimal("0.35"), Decimal("0.031")),
        Rail("stripe", "card", "Stripe", Decimal("0.30"), Decimal("0.029")),
    )
}


@cache
def client(code: str) -> Provider:
    """The client of that rail's provider; ValueError where a setting is unusable. ProviderDown where this installation has it no more:
    what is under way there waits until it is back."""
    if code not in settings.PROVIDERS:
        raise ProviderDown(f"{code} is not set up here")
    return open_provider(code, settings.PROVIDERS[code])


def configured(method: str) -> list[Rail]:
    """The rails of this method that this installation has."""
    return [rail for rail in RAILS.values() if rail.method == method and rail.code in settings.PROVIDERS]


def carrying(method: str, amount: Money | None = None) -> list[Rail]:
    """Those of them by which new money may move, this amount if given: where one moves real money, none that plays stands in for it."""
    found = configured(method)
    real = [rail for rail in found if not client(rail.code).test_mode]
    return [rail for rail in real or found if amount is None or client(rail.code).carries(amount)]


def plays(code: str) -> bool:
    """Whether no real money moves by this rail; also for one that this installation has no more."""
    return code in settings.PROVIDERS and code in RAILS and client(code).test_mode
