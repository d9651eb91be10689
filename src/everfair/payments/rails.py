"""The provider clients of this installation, made once per process."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from everfair.payments.providers.port import Provider
from everfair.payments.providers.table import open_provider

# Whom a payer pays: the platform's escrow, never the seller (I12 compares it).
RECIPIENT = "everfair-escrow"


@cache
def rail(name: str) -> Provider:
    """The client of that name; ValueError where a setting is missing."""
    return open_provider(name, settings.PROVIDERS[name])


def provider_for(currency: str) -> str:
    """Which rail carries a payment. One today; a table of shares and health when there are several."""
    return "sandbox"
