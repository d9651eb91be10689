"""Carriers side by side. A new one is a folder next to this and a row here."""

from collections.abc import Mapping

from everfair.logistics.carriers.manual.client import ManualCarrier
from everfair.logistics.carriers.port import Carrier
from everfair.logistics.carriers.sandbox.client import SandboxCarrier

CARRIERS: dict[str, type[Carrier]] = {
    "manual": ManualCarrier,
    "sandbox": SandboxCarrier,
}


def open_carrier(code: str, config: Mapping[str, str]) -> Carrier:
    """The client of that code, made from `config`. KeyError for a code that is not in the table; ValueError when a setting it needs
    is missing or unusable."""
    return CARRIERS[code].from_config(config)
