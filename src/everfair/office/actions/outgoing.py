"""What an operator does about money that leaves: batches, payouts, bank accounts, each with its note."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from everfair.base.actor import Actor
from everfair.office import values
from everfair.office.actions.desk import noted
from everfair.payments import actions as payments


def prepare_batch(batch_id: UUID, *, by: Actor) -> None:
    noted(values.BATCH_PREPARED, batch_id, "", lambda: payments.prepare_batch(batch_id, by=by), by=by)


def reopen_batch(batch_id: UUID, *, by: Actor) -> None:
    noted(values.BATCH_REOPENED, batch_id, "", lambda: payments.reopen_batch(batch_id, by=by), by=by)


def release_batch(batch_id: UUID, seen_minor: int, *, by: Actor) -> None:
    """`seen_minor`: the total that the second operator was shown."""
    noted(values.BATCH_RELEASED, batch_id, str(seen_minor), lambda: payments.release_batch(batch_id, seen_minor, by=by), by=by)


def take_file(batch_id: UUID, *, by: Actor) -> Any:
    """The file that was made: `body`, `message_id`."""
    return noted(values.FILE_TAKEN, batch_id, "", lambda: payments.take_file(batch_id, by=by), by=by)


def take_file_again(batch_id: UUID, reason: str, *, by: Actor) -> Any:
    return noted(values.FILE_TAKEN, batch_id, reason, lambda: payments.take_file_again(batch_id, reason, by=by), by=by)


def hand_over_batch(batch_id: UUID, *, by: Actor) -> None:
    noted(values.BATCH_HANDED_OVER, batch_id, "", lambda: payments.hand_over_batch(batch_id, by=by), by=by)


def approve_payout(payout_id: UUID, *, by: Actor) -> None:
    noted(values.PAYOUT_APPROVED, payout_id, "", lambda: payments.approve_payout(payout_id, by=by), by=by)


def readmit_payout(payout_id: UUID, *, by: Actor) -> None:
    noted(values.PAYOUT_READMITTED, payout_id, "", lambda: payments.readmit_payout(payout_id, by=by), by=by)


def take_out_payout(payout_id: UUID, reason: str, *, by: Actor) -> None:
    noted(values.PAYOUT_TAKEN_OUT, payout_id, reason, lambda: payments.except_payout(payout_id, reason, by=by), by=by)


def cancel_payout(payout_id: UUID, reason: str, *, by: Actor) -> None:
    noted(values.PAYOUT_CANCELLED, payout_id, reason, lambda: payments.cancel_payout(payout_id, reason, by=by), by=by)


def settle_payout(payout_id: UUID, bank_ref: str, *, by: Actor) -> bool:
    """The bank's statement shows the debit, and nobody imported it. Whether anything changed."""
    said = noted(
        values.PAYOUT_SETTLED, payout_id, bank_ref, lambda: payments.settle_bank_payout(payout_id, bank_ref, by=by), by=by
    )
    return said[0] == "applied"


def bounce_payout(payout_id: UUID, reason: str, *, by: Actor) -> bool:
    """The bank did not pay it, or sent it back. Whether anything changed."""
    said = noted(values.PAYOUT_BOUNCED, payout_id, reason, lambda: payments.bounce_bank_payout(payout_id, reason, by=by), by=by)
    return said[0] == "applied"


def look_at_bank_account(account_id: UUID, evidence: str, *, by: Actor) -> None:
    noted(values.ACCOUNT_LOOKED, account_id, evidence, lambda: payments.look_at_bank_account(account_id, evidence, by=by), by=by)


def confirm_bank_account(account_id: UUID, *, by: Actor) -> None:
    noted(values.ACCOUNT_CONFIRMED, account_id, "", lambda: payments.confirm_bank_account(account_id, by=by), by=by)


def refuse_bank_account(account_id: UUID, reason: str, *, by: Actor) -> None:
    noted(values.ACCOUNT_REFUSED, account_id, reason, lambda: payments.refuse_bank_account(account_id, reason, by=by), by=by)
