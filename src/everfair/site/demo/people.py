"""Who may sign in to the demo world, and with what."""

from __future__ import annotations

DOMAIN = "demo.everfair.example"
PASSWORD = "trade-fair-2026"  # noqa: S105  printed at every start; a demo world holds nothing of worth
OPERATOR = f"operator@{DOMAIN}"
# Two people let large payouts go; nobody of them looked at the papers of whom they pay.
TREASURER = f"treasurer@{DOMAIN}"
# Two people decide who carries a level; who they are is drawn. A third one judges what two of them decided.
REVIEWER = f"reviewer@{DOMAIN}"
SECOND_REVIEWER = f"second.reviewer@{DOMAIN}"
THIRD_REVIEWER = f"third.reviewer@{DOMAIN}"
BUYER = f"hamburg@{DOMAIN}"
SUPPLIER = f"yongkang@{DOMAIN}"
FINANCE = f"finance.hamburg@{DOMAIN}"


def sign_ins() -> str:
    """One line for whoever started the demo."""
    return f"password {PASSWORD}: buyer {BUYER} · supplier {SUPPLIER} · operator {OPERATOR}"
