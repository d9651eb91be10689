"""The port: what Everfair asks of any payment provider, and the values that cross it. No Django, no provider's own words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, Self

from everfair.base.money import Money
from everfair.base.signature import BadSignature, StaleSignature

__all__ = [
    "BadEvent",
    "BadSignature",
    "BankAccount",
    "CheckoutOpened",
    "CheckoutState",
    "EventKind",
    "NothingYet",
    "OtherMerchant",
    "OutcomeUnknown",
    "PayoutSent",
    "PayoutState",
    "Provider",
    "ProviderDown",
    "ProviderError",
    "ProviderEvent",
    "ProviderRefused",
    "RefundSent",
    "RefundState",
    "StaleSignature",
    "StatementLine",
]


class ProviderError(Exception):
    """Something about a provider; the three kinds below decide what may be done next."""


class ProviderDown(ProviderError):
    """It did nothing: never reached, or it asked us to come later. Safe to try again, or to choose another provider."""

    def __init__(self, message: str, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class OutcomeUnknown(ProviderError):
    """It may have done it. Look up by our own id before anything else; never route to another provider meanwhile."""


class ProviderRefused(ProviderError):
    """It understood and said no; nothing moved."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class BadEvent(ProviderError):
    """Signed by the provider, yet not an event we understand: keep the raw body and tell a person; book nothing."""


class OtherMerchant(BadEvent):
    """Truly signed by the provider, and about somebody else's account there: nothing of ours."""


class NothingYet(ProviderError):
    """Truly signed and ours, and nothing has happened to the money by it: answer that it came, and forget it."""


class EventKind(StrEnum):
    CHECKOUT_CAPTURED = "checkout.captured"
    CHECKOUT_FAILED = "checkout.failed"
    REFUND_SUCCEEDED = "refund.succeeded"
    PAYOUT_PAID = "payout.paid"
    PAYOUT_FAILED = "payout.failed"
    DISPUTE_OPENED = "dispute.opened"  # the payer's bank took money back; it has left our settlement
    DISPUTE_WON = "dispute.won"  # it is ours again
    DISPUTE_LOST = "dispute.lost"  # it stays with the payer
    DISPUTE_REVERSED = "dispute.reversed"  # decided otherwise after the fact: `state` says how it is now


@dataclass(frozen=True)
class BankAccount:
    holder: str
    account: str  # IBAN or local number, without spaces
    bic: str = ""


@dataclass(frozen=True)
class CheckoutOpened:
    ref: str  # the provider's id
    url: str  # where the payer goes


@dataclass(frozen=True)
class CheckoutState:
    intent_id: str
    ref: str
    state: str  # open | captured | failed | cancelled
    amount: Money
    recipient: str
    refunded: Money
    version: int  # grows with every change; an older one never overrides a newer


@dataclass(frozen=True)
class RefundSent:
    ref: str
    state: str  # succeeded


@dataclass(frozen=True)
class RefundState:
    refund_id: str
    ref: str
    checkout_ref: str
    state: str
    amount: Money
    version: int


@dataclass(frozen=True)
class PayoutSent:
    ref: str
    state: str  # pending, and later paid | failed by event


@dataclass(frozen=True)
class PayoutState:
    payout_id: str
    ref: str
    state: str  # pending | paid | failed
    amount: Money
    recipient: str  # the bank account it went to
    failure_code: str  # empty unless failed
    version: int


@dataclass(frozen=True)
class StatementLine:
    """One settled transaction as the provider books it: `gross` − `fee` = `net`; money leaving us is negative.

    The `reference` of a chargeback, and of one that came back, is the dispute's id there; of a withdrawal to our own bank, and of one that
    our bank did not take, the withdrawal's.
    """

    ref: str
    kind: str  # checkout | refund | payout | chargeback | chargeback_returned | withdrawal | withdrawal_returned
    reference: str  # our intent, refund or payout id
    gross: Money
    fee: Money
    net: Money
    settled_at: datetime


@dataclass(frozen=True)
class ProviderEvent:
    """What the provider says happened, proven by its signature; amount, currency and recipient must still match (I12)."""

    account: str
    event_id: str
    kind: EventKind
    intent_id: str  # our intent id; for payout.* our payout id
    provider_ref: str  # the checkout's, refund's, payout's or dispute's id there
    amount: Money
    currency: str
    recipient: str
    version: int
    occurred_at: datetime
    state: str
    reference: str  # our refund id for refund.*, else the same as intent_id
    failure_code: str = ""
    # Of dispute.*: `provider_ref` is the dispute's id there, `amount` what it is about, whole or a part of the checkout.
    checkout_ref: str = ""
    fee: Money | None = None
    reason_code: str = ""
    evidence_due_at: datetime | None = None


class Provider(Protocol):
    """Every method that writes takes our own id, which is also its idempotency key: asking twice does it once.

    Writes raise ProviderDown (nothing happened), OutcomeUnknown (look up by our id), ProviderRefused (code, message).
    Reads raise ProviderDown or ProviderRefused only: they can always be asked again.
    """

    name: str
    account: str
    test_mode: bool  # no real money moves there

    @classmethod
    def from_config(cls, config: Mapping[str, str]) -> Self: ...

    def carries(self, amount: Money) -> bool:
        """Whether a checkout of this amount can be opened there at all: its currency, its size, its decimals. Asks nobody."""
        ...

    def pays_out(self, amount: Money, bank_account: BankAccount) -> bool:
        """Whether a payout of this amount can go there to this account at all. Asks nobody; what it says no to, it refuses."""
        ...

    def open_checkout(
        self, intent_id: str, amount: Money, recipient: str, description: str, return_url: str, language: str
    ) -> CheckoutOpened: ...

    def look_up(self, intent_id: str) -> CheckoutState | None: ...

    def cancel_checkout(self, ref: str) -> CheckoutState: ...

    def refund(self, refund_id: str, checkout_ref: str, amount: Money) -> RefundSent: ...

    def look_up_refund(self, refund_id: str) -> RefundState | None: ...

    def send_payout(self, payout_id: str, amount: Money, bank_account: BankAccount) -> PayoutSent: ...

    def look_up_payout(self, payout_id: str) -> PayoutState | None: ...

    def answer_dispute(self, dispute_ref: str, answer: str, evidence: str) -> None:
        """«accept» or «contest» with what speaks for us; what comes of it is told by event. The dispute's id is the key."""
        ...

    def statement(self, from_on: date, to_on: date) -> Iterator[StatementLine]: ...

    def verify_event(self, headers: Mapping[str, str], raw_body: bytes, now: datetime) -> ProviderEvent: ...
