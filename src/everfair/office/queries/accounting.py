"""Which accounts a statement is of: a company's, an order's, a provider's, any by its address, or all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from everfair.base.refused import NotVisible
from everfair.ledger.queries import PeriodRow, period_of
from everfair.office.queries.companies import whole_number
from everfair.office.queries.sql import rows


@dataclass(frozen=True, slots=True)
class Statement:
    """`prefixes` of addresses, None for the whole journal; `subject` is whose money it is, when it is somebody's."""

    title: str
    prefixes: list[str] | None
    from_on: date | None
    to_on: date | None
    subject: UUID | None = None


def period_in(month: str) -> PeriodRow:
    """The month «2026-11»; NotVisible for what is none, one to come, and one without an entry."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", month):
        raise NotVisible
    try:
        return period_of(date.fromisoformat(f"{month}-01"))
    except ValueError:
        raise NotVisible from None


def statement_of(of: str, what: str, from_on: date | None, to_on: date | None) -> Statement | None:
    """`of`: «» for everything, else company, order, provider or account; `what` names it. None when there is nothing like this."""
    match of:
        case "company":
            return _company(what, from_on, to_on)
        case "order":
            return _order(what, from_on, to_on)
        case "provider":
            found = re.fullmatch(r"[a-z0-9_]{1,20}", what)
            return Statement(what, [f"provider:{what}:"], from_on, to_on) if found and _exists(f"provider:{what}:") else None
        case "account":
            return Statement(what, [what], from_on, to_on, _whose(what)) if what and _exists(what) else None
        case _:
            return Statement("", None, from_on, to_on)


def _exists(prefix: str) -> bool:
    return bool(rows("SELECT 1 AS one FROM ledger_account WHERE starts_with(address, %(prefix)s) LIMIT 1", {"prefix": prefix}))


def _whose(address: str) -> UUID | None:
    found = re.match(r"(?:company|stage|intent|refund):([0-9a-f]{8}-[0-9a-f-]{27}):", address)
    return UUID(found[1]) if found else None


def _company(what: str, from_on: date | None, to_on: date | None) -> Statement | None:
    number = whole_number(what)
    found = (
        rows("SELECT id, name FROM companies_company WHERE number = %(number)s", {"number": number}) if number is not None else []
    )
    if not found:
        return None
    return Statement(found[0]["name"], [f"company:{found[0]['id']}:"], from_on, to_on, found[0]["id"])


def _order(what: str, from_on: date | None, to_on: date | None) -> Statement | None:
    """By its number, with or without the letters before it."""
    number = whole_number(what.rpartition("-")[2])
    found = rows("SELECT id FROM trade_order WHERE number = %(number)s", {"number": number}) if number is not None else []
    if not found:
        return None
    order_id = found[0]["id"]
    prefixes = [row["prefix"] for row in rows(_OF_ORDER, {"order": order_id})]
    return Statement(what, prefixes, from_on, to_on, order_id)


# Its stages and inspections, the payments for them, and what of those goes back.
_OF_ORDER = """
    WITH paid AS (
        SELECT id FROM trade_stage WHERE order_id = %(order)s UNION ALL SELECT id FROM trade_inspection WHERE order_id = %(order)s
    ), intents AS (SELECT i.id FROM payments_intent i JOIN paid ON paid.id = i.purpose)
    SELECT 'stage:' || id || ':' AS prefix FROM paid UNION ALL SELECT 'intent:' || id || ':' FROM intents
    UNION ALL SELECT 'refund:' || r.id || ':' FROM payments_refund r JOIN intents ON intents.id = r.intent_id
"""
