"""New lines of statements, each compared once with what we know: with our own payments first, then with what payers owe."""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import transaction

from everfair.base.refused import Refused
from everfair.base.rows import ask, find_one
from everfair.payments.actions.breaks import break_line
from everfair.payments.actions.lines import find_owner
from everfair.payments.actions.own_payments import show_comeback, show_payment
from everfair.payments.models import BankLine

log = logging.getLogger(__name__)


def match_lines(*, limit: int = 100) -> int:
    """Compare new lines with what waits, each in its own transaction; returns how many were looked at."""
    new = [row[0] for row in ask(f"SELECT id FROM payments_bankline WHERE {_NEW} ORDER BY id LIMIT %s", [limit])]  # noqa: S608
    for line_id in new:
        try:
            with transaction.atomic():
                look_at_line(line_id)
        except Refused as no:
            log.warning("a line could not be matched", extra={"line": str(line_id), "code": no.code})
            ask("UPDATE payments_bankline SET looked_at = ef_now() WHERE id = %s", [line_id])
    return len(new)


# What takes back a receipt is looked at when it is booked.
_NEW = "state = 'open' AND kind IN ('credit', 'debit', 'reversed_debit') AND looked_at IS NULL"


def look_at_line(line_id: UUID) -> None:
    line = find_one(BankLine, f"id = %s AND {_NEW} FOR UPDATE", [line_id])
    if line is None:
        return
    ask("UPDATE payments_bankline SET looked_at = ef_now() WHERE id = %s", [line.pk])
    if line.amount_minor < 0:
        show_payment(line)
    elif not show_comeback(line):
        if line.kind == "credit":
            find_owner(line)
        else:
            break_line(line, "reversed", "given_back")
