"""The trouble that only a payment provider makes: events that lie about money, payouts that bounce, statements with mistakes."""

from collections.abc import Mapping
from typing import Any

from everfair.base.sandbox.faults import Faults, Kind

PAYOUT_FAULTS = {"payout_fails": Kind()}
STATEMENT_FAULTS = {
    "statement_drops_line": Kind(),
    "statement_repeats_line": Kind(),
    "statement_alters_line": Kind("minor", default=-1, least=-(10**12), most=10**12, never_zero=True),  # added to gross and net
}
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
        "disputes.open",
        "disputes.answer",
        "disputes.find",
        "statement.read",
    ),
    reference="merchant_reference",
    in_events={
        "wrong_amount": Kind("minor", default=-1, least=-(10**12), most=10**12, never_zero=True),  # added to the true amount
        "wrong_currency": Kind(),
        "wrong_recipient": Kind(),
    },
    elsewhere=PAYOUT_FAULTS | STATEMENT_FAULTS,
)


def lie(told: dict[str, Any], struck: Mapping[str, int]) -> None:
    """Make an event tell what these faults want."""
    if "wrong_amount" in struck:
        told["amount_minor"] = max(1, told["amount_minor"] + struck["wrong_amount"])
    if "wrong_currency" in struck:
        told["currency"] = "USD" if told["currency"] != "USD" else "EUR"
    if "wrong_recipient" in struck:
        told["recipient"] = "somebody-else"


def misprinted(line: dict[str, Any], struck: Mapping[str, int]) -> list[dict[str, Any]]:
    """A line of the statement as these faults want it told: not at all, twice, or with another amount."""
    if "statement_drops_line" in struck:
        return []
    if "statement_alters_line" in struck:
        by = struck["statement_alters_line"]
        line = line | {"gross_minor": line["gross_minor"] + by, "net_minor": line["net_minor"] + by}
    return [line, line] if "statement_repeats_line" in struck else [line]
