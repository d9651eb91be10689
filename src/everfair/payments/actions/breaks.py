"""What a bank said that does not fit: kept once, in a code and its values, for a person to look into (`desk.settle_break`)."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

from everfair.base.events import emit
from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.base.rows import ask
from everfair.events.payments import StatementBroken
from everfair.payments.models import BankLine


def kept(facts: dict[str, Any]) -> dict[str, Any]:
    """Values as they are stored: money as [minor units, currency], days as ISO 8601, everything else as text."""
    return {name: _stored(value) for name, value in facts.items()}


def _stored(value: Any) -> Any:
    if isinstance(value, Money):
        return [value.minor, value.currency]
    return value.isoformat() if isinstance(value, date) else str(value)[:200]


def break_statement(file_id: UUID, n: int, account: str, number: str, kind: str, facts: dict[str, Any]) -> None:
    """Said once for each file and statement, however often it is tried."""
    made = ask(_OF_A_STATEMENT, [new_id(), file_id, n, account, number, kind, json.dumps(facts)])
    if made:
        emit(StatementBroken(made[0][0], kind))


_OF_A_STATEMENT = """
    INSERT INTO payments_bankbreak (id, file_id, n, account, number, kind, note, facts, settled_by, settled_note)
    VALUES (%s, %s, %s, %s, %s, %s, '', %s::jsonb, '', '')
    ON CONFLICT (file_id, n, kind) WHERE line_id IS NULL DO NOTHING RETURNING id
"""


def break_line(line: BankLine, kind: str, note: str = "", **values: Any) -> None:
    """Of one line, once for each kind: its money stands in suspense, and nothing else is booked."""
    facts = kept({"note": note or kind, **values})
    made = ask(_OF_A_LINE, [new_id(), kind, json.dumps(facts), line.pk])
    if made:
        emit(StatementBroken(made[0][0], kind))


_OF_A_LINE = """
    INSERT INTO payments_bankbreak (id, file_id, line_id, n, account, number, kind, note, facts, settled_by, settled_note)
    SELECT %s, s.file_id, l.id, l.n, l.account, s.number, %s, '', %s::jsonb, '', ''
    FROM payments_bankline l JOIN payments_bankstatement s ON s.id = l.statement_id WHERE l.id = %s
    ON CONFLICT (line_id, kind) WHERE line_id IS NOT NULL DO NOTHING RETURNING id
"""
