"""What the sandbox's answers say. A field that is missing or of another kind is a ValueError, LookupError or TypeError: never a guess."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from everfair.base.money import MAX_MINOR, Money
from everfair.payments.providers.port import (
    CheckoutOpened,
    CheckoutState,
    PayoutSent,
    PayoutState,
    RefundSent,
    RefundState,
    StatementLine,
)


def opened_of(found: dict[str, Any]) -> CheckoutOpened:
    return CheckoutOpened(text_of(found, "id"), text_of(found, "url"))


def checkout_of(found: dict[str, Any]) -> CheckoutState:
    return CheckoutState(
        intent_id=text_of(found, "merchant_reference"),
        ref=text_of(found, "id"),
        state=text_of(found, "state"),
        amount=money_of(found, "amount_minor"),
        recipient=text_of(found, "recipient"),
        refunded=money_of(found, "refunded_minor"),
        version=whole_of(found, "version"),
    )


def refund_sent_of(found: dict[str, Any]) -> RefundSent:
    return RefundSent(text_of(found, "id"), text_of(found, "state"))


def refund_of(found: dict[str, Any]) -> RefundState:
    return RefundState(
        refund_id=text_of(found, "reference"),
        ref=text_of(found, "id"),
        checkout_ref=text_of(found, "checkout"),
        state=text_of(found, "state"),
        amount=money_of(found, "amount_minor"),
        version=whole_of(found, "version"),
    )


def payout_sent_of(found: dict[str, Any]) -> PayoutSent:
    return PayoutSent(text_of(found, "id"), text_of(found, "state"))


def payout_of(found: dict[str, Any]) -> PayoutState:
    return PayoutState(
        payout_id=text_of(found, "reference"),
        ref=text_of(found, "id"),
        state=text_of(found, "state"),
        amount=money_of(found, "amount_minor"),
        recipient=text_of(found, "recipient"),
        failure_code=text_of(found, "failure_code"),
        version=whole_of(found, "version"),
    )


def disputed_of(inside: Mapping[str, Any]) -> dict[str, Any]:
    """What an event of a dispute says beyond any other's."""
    fee = money_of(inside, "fee_minor")
    if fee.minor < 0:
        raise ValueError("a fee is not below zero")
    return {
        "checkout_ref": text_of(inside, "checkout"),
        "fee": fee,
        "reason_code": text_of(inside, "reason")[:80],
        "evidence_due_at": moment_of(inside, "evidence_due_at"),
    }


def statement_page_of(found: dict[str, Any]) -> tuple[list[StatementLine], int | None]:
    return [_statement_line(line) for line in found["lines"]], None if found["next"] is None else whole_of(found, "next")


def _statement_line(found: dict[str, Any]) -> StatementLine:
    return StatementLine(
        ref=text_of(found, "ref"),
        kind=text_of(found, "kind"),
        reference=text_of(found, "reference"),
        gross=money_of(found, "gross_minor"),
        fee=money_of(found, "fee_minor"),
        net=money_of(found, "net_minor"),
        settled_at=moment_of(found, "settled_at"),
    )


def text_of(found: Mapping[str, Any], name: str) -> str:
    value = found[name]
    if not isinstance(value, str) or len(value) > 2048:
        raise ValueError(f"{name} is not a text")
    return value


def whole_of(found: Mapping[str, Any], name: str) -> int:
    value = found[name]
    if type(value) is not int or not -MAX_MINOR <= value <= MAX_MINOR:  # bool is an int in Python; not here
        raise ValueError(f"{name} is not a whole number in range")
    return value


def money_of(found: Mapping[str, Any], name: str) -> Money:
    return Money(whole_of(found, name), text_of(found, "currency"))


def moment_of(found: Mapping[str, Any], name: str) -> datetime:
    value = datetime.fromisoformat(text_of(found, name))
    if value.tzinfo is None:
        raise ValueError(f"{name} has no time zone")
    return value.astimezone(UTC)
