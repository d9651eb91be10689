"""The trouble that only a payment provider makes: events that lie about money, payouts that bounce."""

from collections.abc import Mapping
from typing import Any

from everfair.base.sandbox.faults import Faults, Kind

PAYOUT_FAULTS = {"payout_fails": Kind()}
FAULTS = Faults(
    operations=(
        "checkouts.open",
        "checkouts.read",
        "checkouts.find",
        "checkouts.cancel",
        "refunds.create",
        "refunds.read",
        "refunds.find",
        "payouts.send",
        "payouts.find",
        "statement.read",
    ),
    reference="merchant_reference",
    in_events={
        "wrong_amount": Kind("minor", default=-1, least=-(10**12), most=10**12, never_zero=True),  # added to the true amount
        "wrong_currency": Kind(),
        "wrong_recipient": Kind(),
    },
    elsewhere=PAYOUT_FAULTS,
)


def lie(told: dict[str, Any], struck: Mapping[str, int]) -> None:
    """Make an event tell what these faults want."""
    if "wrong_amount" in struck:
        told["amount_minor"] = max(1, told["amount_minor"] + struck["wrong_amount"])
    if "wrong_currency" in struck:
        told["currency"] = "USD" if told["currency"] != "USD" else "EUR"
    if "wrong_recipient" in struck:
        told["recipient"] = "somebody-else"
