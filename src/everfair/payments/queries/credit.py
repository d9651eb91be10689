"""Trade credit: who grants it to whom, what is owed, and since when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.money import Money, total
from everfair.base.refused import NotVisible
from everfair.base.rows import ask, find, find_one, seen_as
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments.models import CreditDue, CreditLimit, CreditLine
from everfair.payments.values import AGE_WORDS

# How late a debt is, as accountants part it: not yet, and by so many days.
AGES = ("current", "30", "60", "90", "older")

Knows = Callable[[Actor, UUID], bool]
_knows: Knows | None = None


def know_buyers_with(function: Knows) -> None:
    """The package that trades registers here whether a seller has business with a company: credit is granted to nobody else."""
    global _knows
    _knows = function


def knows_buyer(actor: Actor, buyer_id: UUID) -> bool:
    return _knows is not None and buyer_id != actor.company_id and _knows(actor, buyer_id)


def credit_lines_visible_to(actor: Actor) -> QuerySet[CreditLine]:
    """Both sides of a line see it, and operators all of them."""
    if actor.kind in ("operator", "rail", "clock", "system"):
        return seen_as(CreditLine, CreditLine.objects.all)
    if actor.company_id is None:
        return seen_as(CreditLine, CreditLine.objects.none, "false")
    own = actor.company_id
    return seen_as(
        CreditLine,
        lambda: CreditLine.objects.filter(seller_id=own) | CreditLine.objects.filter(buyer_id=own),
        "(seller_id = %s OR buyer_id = %s)", own, own,
    )  # fmt: skip


def credit_line(line_id: UUID, actor: Actor) -> CreditLine:
    where, params = credit_lines_visible_to(actor).seen_as  # type: ignore[attr-defined]
    found = find_one(CreditLine, f"id = %s AND {where}", [line_id, *params])
    if found is None:
        raise NotVisible
    return found


def open_line(seller_id: UUID, buyer_id: UUID, currency: str) -> CreditLine | None:
    """What stands between the two in this currency, whatever its state, unless it is closed."""
    return find_one(
        CreditLine, "seller_id = %s AND buyer_id = %s AND currency = %s AND state <> 'closed'", [seller_id, buyer_id, currency]
    )


def overdue_on(today: date) -> date:
    """A debt due before this day stops new credit of its pair: an operator's rule says how long after the day that is."""
    return today - timedelta(days=int(rules_at(DEFAULT_MARKET)["payments.credit_hold_days"]))


def is_held_back(seller_id: UUID, buyer_id: UUID) -> bool:
    """Whether the buyer owes this seller something too long past its day, by whichever of their lines."""
    return bool(ask(_HELD_BACK, [seller_id, buyer_id, overdue_on(now().date())]))


_HELD_BACK = """
    SELECT 1 FROM payments_creditdue d JOIN payments_creditline l ON l.id = d.line_id
    WHERE l.seller_id = %s AND l.buyer_id = %s AND d.state = 'open' AND d.due_on < %s LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class LineStanding:
    """A line with what is owed by it: `held` is drawn but not earned by the seller yet, `ages` what is due, by how late it is."""

    line: CreditLine
    held: Money
    ages: dict[str, Money]
    oldest_on: date | None
    held_back: bool

    @property
    def due(self) -> Money:
        return Money(sum(part.minor for part in self.ages.values()), self.line.currency)

    @property
    def overdue(self) -> Money:
        return self.due - self.ages["current"]


def age_of(due_on: date, today: date) -> str:
    """current (the day has not passed), 30 (1 to 30 days late), 60, 90, older."""
    late = (today - due_on).days
    return "current" if late <= 0 else next((age for age in ("30", "60", "90") if late <= int(age)), "older")


_AGES = """
    SELECT d.line_id, d.due_on, sum(d.amount_minor) FROM payments_creditdue d
    WHERE d.line_id = ANY(%s::uuid[]) AND d.state = 'open' GROUP BY d.line_id, d.due_on
"""


def standing_of(lines: Sequence[CreditLine]) -> list[LineStanding]:
    """One query for all of them."""
    today = now().date()
    stops_before = overdue_on(today)
    sums: dict[UUID, dict[str, int]] = {line.pk: dict.fromkeys(AGES, 0) for line in lines}
    oldest: dict[UUID, date] = {}
    for line_id, due_on, minor in ask(_AGES, [[line.pk for line in lines]]) if lines else ():
        sums[line_id][age_of(due_on, today)] += int(minor)
        oldest[line_id] = min(due_on, oldest.get(line_id, due_on))
    late = {(line.seller_id, line.buyer_id) for line in lines if line.pk in oldest and oldest[line.pk] < stops_before}
    return [
        LineStanding(
            line=line,
            held=Money(line.drawn_minor - sum(sums[line.pk].values()), line.currency),
            ages={age: Money(minor, line.currency) for age, minor in sums[line.pk].items()},
            oldest_on=oldest.get(line.pk),
            held_back=(line.seller_id, line.buyer_id) in late,
        )
        for line in lines
    ]


@dataclass(frozen=True, slots=True)
class Ageing:
    """Several lines of one currency together: what is still in escrow, what is due by how late it is, and all of it."""

    currency: str
    held: Money
    ages: dict[str, Money]
    owed: Money


def ageing(rows: Sequence[LineStanding]) -> list[Ageing]:
    """One for each currency, in their order."""
    found = []
    for currency in sorted({row.line.currency for row in rows}):
        of = [row for row in rows if row.line.currency == currency]
        ages = {age: total([row.ages[age] for row in of], currency) for age in AGES}
        found.append(
            Ageing(currency, total([row.held for row in of], currency), ages, total([row.line.drawn for row in of], currency))
        )
    return found


def by_age(rows: Sequence[LineStanding]) -> tuple[list[str], list[tuple[Any, list[Money]]]]:
    """The same as a table: the currencies, and for each age (and for what is still in escrow, and for all of it) the sums in their
    order."""
    sums = ageing(rows)
    table: list[tuple[Any, list[Money]]] = [(_("Still in escrow"), [each.held for each in sums])]
    table += [(AGE_WORDS[age], [each.ages[age] for each in sums]) for age in AGES]
    table.append((_("Owed in all"), [each.owed for each in sums]))
    return [each.currency for each in sums], table


def credit_lines(actor: Actor, *, limit: int = 200) -> list[CreditLine]:
    """Open lines first, then those that are closed; the newest first."""
    where, params = credit_lines_visible_to(actor).seen_as  # type: ignore[attr-defined]
    return find(CreditLine, f"{where} ORDER BY (state = 'closed'), id DESC LIMIT %s", [*params, limit])


def lines_drawn(actor: Actor, side: str) -> list[CreditLine]:
    """Every line by which something is owed to the actor's company (`side` seller) or by it (buyer), the largest debts first."""
    if actor.company_id is None:
        return []
    own = {"seller": "seller_id", "buyer": "buyer_id"}[side]
    return find(CreditLine, f"{own} = %s AND drawn_minor > 0 ORDER BY drawn_minor DESC, id", [actor.company_id])


def limits_of(line: CreditLine) -> list[CreditLimit]:
    return find(CreditLimit, "line_id = %s ORDER BY n DESC", [line.pk])


@dataclass(frozen=True, slots=True)
class DueRow:
    """A debt with what it is for, in the words of the payment that was made on credit."""

    due: CreditDue
    line: CreditLine
    subject: str
    late_days: int


def dues_of(lines: Sequence[CreditLine], *, state: str = "open", limit: int = 200) -> list[DueRow]:
    """What is to be repaid by these lines, the earliest first; or what was repaid, the newest first. One query."""
    by_id = {line.pk: line for line in lines}
    order = "due_on, id" if state == "open" else "id DESC"
    rows = find(
        CreditDue, f"line_id = ANY(%s::uuid[]) AND state = %s ORDER BY {order} LIMIT %s", [list(by_id), state, limit],
        also={"subject": "(SELECT i.description FROM payments_intent i WHERE i.id = payments_creditdue.draw_id)"},
    )  # fmt: skip
    today = now().date()
    return [DueRow(row, by_id[row.line_id], row.subject, max((today - row.due_on).days, 0)) for row in rows]  # type: ignore[attr-defined]


def credit_due(due_id: UUID, actor: Actor) -> CreditDue:
    """A debt both sides see; its line is at hand."""
    due = find_one(CreditDue, "id = %s", [due_id])
    if due is None:
        raise NotVisible
    due.line = credit_line(due.line_id, actor)
    return due


def owed_for(purposes: Sequence[UUID], currency: str) -> Money:
    """What is still to be repaid of what was paid on credit for these purposes."""
    [[minor]] = ask(_OWED_FOR, [list(purposes), currency])
    return Money(int(minor), currency)


_OWED_FOR = """
    SELECT coalesce(sum(d.amount_minor), 0) FROM payments_creditdue d JOIN payments_intent i ON i.id = d.draw_id
    WHERE d.state = 'open' AND i.purpose = ANY(%s::uuid[]) AND d.currency = %s
"""


@dataclass(frozen=True, slots=True)
class DrawRow:
    """A payment made on credit: `held` of it is neither due nor did it come back."""

    intent_id: UUID
    subject: str
    drawn_at: datetime
    amount: Money
    held: Money
    came_back: Money
    return_path: str


def draws_of(line: CreditLine, *, before: UUID | None = None, limit: int = 50) -> list[DrawRow]:
    """Newest first; `before` is the payment of the last one seen."""
    rows = ask(_DRAWS, [line.pk, before, before, limit])
    return [
        DrawRow(
            intent_id, subject, drawn_at, Money(amount, line.currency), Money(amount - due - back, line.currency),
            Money(back, line.currency), path,
        )
        for intent_id, subject, drawn_at, amount, due, back, path in rows
    ]  # fmt: skip


_DRAWS = """
    SELECT d.intent_id, i.description, d.created_at, d.amount_minor, d.due_minor, d.came_back_minor, i.return_path
    FROM payments_creditdraw d JOIN payments_intent i ON i.id = d.intent_id
    WHERE d.line_id = %s AND (%s::uuid IS NULL OR d.intent_id < %s) ORDER BY d.intent_id DESC LIMIT %s
"""


def exposure() -> list[LineStanding]:
    """Every line by which something is owed, the largest debts of each currency first: for the operator."""
    return standing_of(find(CreditLine, "drawn_minor > 0 ORDER BY currency, drawn_minor DESC LIMIT 500", []))
