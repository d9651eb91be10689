"""Plain values of payments. No Django here."""

from uuid import UUID


def payout_reference(payout_id: UUID) -> str:
    """What people call a payout: the end of its id."""
    return f"P-{payout_id.hex[-8:].upper()}"
