"""Providers side by side. A new one is a folder next to this and a row here."""

from collections.abc import Mapping

from everfair.payments.providers.port import Provider
from everfair.payments.providers.sandbox.client import SandboxProvider, SecondSandboxProvider
from everfair.payments.providers.stripe.client import StripeProvider

PROVIDERS: dict[str, type[Provider]] = {
    "sandbox": SandboxProvider,
    "sandbox2": SecondSandboxProvider,
    "stripe": StripeProvider,
}


def open_provider(name: str, config: Mapping[str, str]) -> Provider:
    """The client of that name, made from `config` (environment or settings). KeyError for a name that is not in the table;
    ValueError when a setting it needs is missing or unusable."""
    return PROVIDERS[name].from_config(config)
