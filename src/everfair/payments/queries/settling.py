"""What we booked for a line of a rail's statement, what a rail has not settled, and the breaks between the two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol
from uuid import UUID

from everfair.base.clock import now
from everfair.base.money import Money
from everfair.base.refused import NotVisible
from everfair.base.rows import ask, find
from everfair.payments.models import RailBreak, SettledLine
from everfair.payments.rails import Rail, configured

# How many days before the last that was read are read once more: what a provider tells late or changes is found.
_ONCE_MORE = 2


class Told(Protocol):
    """A line of a statement, as a provider told it or as we keep it."""

    @property
    def ref(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def reference(self) -> str: ...
    @property
    def gross(self) -> Money: ...


@dataclass(frozen=True, slots=True)
class Booked:
    """What stands in clearing for a line: above zero what the rail owes us. `settled`: another line has settled it already."""

    entry: int
    key: str
    amount: Money
    settled: bool
    written_off: bool


def booked_for(rail: str, lines: Sequence[Told]) -> dict[str, Booked]:
    """Line → what we booked for it; a line of which we know nothing is absent. Three queries, however many lines."""
    keys = _keys(rail, lines)
    wanted = [key for of_line in keys.values() for key in of_line]
    found: dict[str, tuple[str, Booked]] = {}
    for key, entry, provider_ref, currency, amount, settled, written_off in ask(
        _BOOKED, {"keys": wanted, "clearing": f"provider:{rail}:clearing:%"}
    ):
        found[key] = provider_ref or "", Booked(entry, key, Money(int(amount), currency), settled, written_off)
    return {line.ref: booked for line in lines if (booked := _best(line, keys[line.ref], found))}


def _best(line: Told, keys: list[str], found: dict[str, tuple[str, Booked]]) -> Booked | None:
    """Of this very checkout first (some providers number a line otherwise), then what no checkout is known of; what has the amount and is
    not settled before the rest."""

    def weight(one: tuple[str, Booked]) -> tuple[bool, bool, bool]:
        ref, booked = one
        return ref != line.ref, booked.settled or booked.amount != line.gross, bool(ref)

    fits = sorted((found[key] for key in keys if key in found), key=weight)
    return fits[0][1] if fits else None


def _keys(rail: str, lines: Sequence[Told]) -> dict[str, list[str]]:
    """Line → the keys under which we may have booked it, the likeliest first."""
    checkouts = [line for line in lines if line.kind == "checkout"]
    late: dict[Any, Any] = dict(ask(_LATE, [rail, [line.ref for line in checkouts]])) if checkouts else {}
    misfits: dict[str, list[str]] = {}
    for subject, account, event_id in ask(_MISFITS, [rail, [line.reference for line in checkouts]]) if checkouts else []:
        misfits.setdefault(subject, []).append(f"event:{rail}:{account}:{event_id}:suspense")
    disputes = sorted({line.reference for line in lines if line.kind.startswith("chargeback")})
    charged: dict[tuple[str, str], list[str]] = {}
    for ref, pk, moved in ask(_CHARGED, [rail, disputes]) if disputes else []:
        for n in range(1, moved + 1):
            kind = "chargeback" if n % 2 else "chargeback_returned"
            charged.setdefault((ref, kind), []).append(f"chargeback:{pk}:{n}")
    disputed: dict[str, list[str]] = {}
    for ref, account, event_id in ask(_DISPUTED, [rail, disputes]) if disputes else []:
        disputed.setdefault(ref, []).append(f"event:{rail}:{account}:{event_id}:suspense")
    keys: dict[str, list[str]] = {}
    for line in lines:
        match line.kind:
            case "checkout":
                returned = [f"refund:{late[line.ref]}:owed"] if line.ref in late else []
                keys[line.ref] = [f"intent:{line.reference}:capture", *returned, *misfits.get(line.reference, [])]
            case "refund":
                keys[line.ref] = [f"refund:{line.reference}:done"]
            case "payout":
                keys[line.ref] = [f"payout:{line.reference}:paid"]
            case "chargeback" | "chargeback_returned":
                keys[line.ref] = [*charged.get((line.reference, line.kind), []), *disputed.get(line.reference, [])]
            case _:
                keys[line.ref] = []
    return keys


_CHARGED = "SELECT ref, id, moved FROM payments_chargeback WHERE rail = %s AND ref = ANY(%s)"
# Chargebacks that fitted nothing: booked under the event that told them.
_DISPUTED = """
    SELECT e.why->>'provider_ref', p.account, p.event_id FROM payments_providerevent p
    JOIN ledger_entry e ON e.key = 'event:' || p.provider || ':' || p.account || ':' || p.event_id || ':suspense'
    WHERE p.provider = %s AND p.kind LIKE 'dispute.%%' AND p.outcome IN ('mismatch', 'unknown') AND e.why->>'provider_ref' = ANY(%s)
    ORDER BY p.id
"""
_LATE = "SELECT checkout_ref, id FROM payments_refund WHERE rail = %s AND checkout_ref = ANY(%s)"
_MISFITS = """
    SELECT subject::text, account, event_id FROM payments_providerevent
    WHERE provider = %s AND kind = 'checkout.captured' AND outcome IN ('mismatch', 'unknown') AND subject::text = ANY(%s) ORDER BY id
"""
_BOOKED = """
    SELECT e.key, e.id, e.why->>'provider_ref', a.currency, sum(CASE WHEN t.source_id = a.id THEN t.amount_minor ELSE -t.amount_minor END),
        EXISTS (SELECT FROM payments_settledline l WHERE l.entry_id = e.id),
        EXISTS (SELECT FROM payments_railbreak b WHERE b.entry_id = e.id AND b.kind = 'missing' AND b.state = 'booked')
    FROM ledger_entry e JOIN ledger_transfer t ON t.entry_id = e.id
    JOIN ledger_account a ON a.id IN (t.source_id, t.target_id) AND a.address LIKE %(clearing)s
    WHERE e.key = ANY(%(keys)s) GROUP BY e.id, a.currency
"""


def settling_rails() -> list[Rail]:
    """The rails of this installation that settle by a statement of their own."""
    return configured("card")


def days_to_read(rail: str) -> tuple[date, date]:
    """From a little before the last day that was read whole (or the first on which it carried anything) until today."""
    today = now().date()
    last, first = ask(_READ_UNTIL, {"rail": rail, "clearing": f"provider:{rail}:clearing:%"})[0]
    since = last - timedelta(days=_ONCE_MORE - 1) if last else first or today
    return min(max(since, today - timedelta(days=90)), today), today


_READ_UNTIL = """
    SELECT (SELECT max("on") FROM payments_statementday WHERE rail = %(rail)s),
        (SELECT min(e.booked_on) FROM ledger_account a JOIN ledger_transfer t ON t.source_id = a.id JOIN ledger_entry e ON e.id = t.entry_id
         WHERE a.address LIKE %(clearing)s)
"""


def withdrawal_fits(line: SettledLine) -> bool:
    """Whether a withdrawal takes money away from the rail; and one that came back, whether it is one that left and no bank has shown."""
    if line.kind == "withdrawal":
        return line.gross_minor < 0
    lock_withdrawals()
    sent = withdrawals_on_their_way(line.currency, -line.gross_minor)
    return any((row.rail, row.reference) == (line.rail, line.reference) for row in sent)


def lock_withdrawals() -> None:
    """Two statements never take one withdrawal: what is on its way stays so until this transaction ends."""
    ask("SELECT pg_advisory_xact_lock(hashtextextended('payments.withdrawal', 0))")


def withdrawals_on_their_way(currency: str, minor: int | None = None) -> list[SettledLine]:
    """What rails have sent to our bank, in this currency and of this amount (below zero) if given, and no statement of it shows yet."""
    return find(SettledLine, _ON_THEIR_WAY, [currency, minor, minor])


_ON_THEIR_WAY = """kind = 'withdrawal' AND booking_id IS NOT NULL AND currency = %s AND (%s::bigint IS NULL OR gross_minor = %s)
    AND NOT EXISTS (SELECT FROM payments_match m WHERE m.settled_line_id = payments_settledline.id)
    AND NOT EXISTS (SELECT FROM payments_settledline b WHERE b.kind = 'withdrawal_returned' AND b.rail = payments_settledline.rail
        AND b.reference = payments_settledline.reference AND b.booking_id IS NOT NULL)
    ORDER BY settled_at, id LIMIT 50"""


@dataclass(frozen=True, slots=True)
class RailAccounts:
    """One rail in one currency. `clearing` is what it has not settled, `settled` what it has less its fees, `transit` what is on its way to
    our bank, `costs` its fees so far."""

    rail: str
    clearing: Money
    settled: Money
    transit: Money
    costs: Money
    read_until: date | None
    breaks: int


def rail_accounts() -> list[RailAccounts]:
    """Every rail that settles by its statement, per currency."""
    codes = [rail.code for rail in settling_rails()]
    read_until: dict[Any, Any] = dict(ask('SELECT rail, max("on") FROM payments_statementday GROUP BY rail'))
    breaks: dict[Any, Any] = dict(ask("SELECT rail, count(*) FROM payments_railbreak WHERE state = 'open' GROUP BY rail"))
    sums: dict[tuple[str, str], dict[str, int]] = {}
    for rail, what, currency, debit in ask(_SUMS, [codes]):
        sums.setdefault((rail, currency), {})[what] = int(debit)
    found = []
    for (rail, currency), of in sorted(sums.items(), key=lambda pair: (codes.index(pair[0][0]), pair[0][1])):
        clearing, settled, transit, costs = (
            Money(of.get(what, 0), currency) for what in ("clearing", "settled", "transit", "costs")
        )
        found.append(RailAccounts(rail, clearing, settled, transit, costs, read_until.get(rail), breaks.get(rail, 0)))
    return found


_SUMS = """
    SELECT split_part(a.address, ':', 2), split_part(a.address, ':', 3), a.currency,
        (SELECT coalesce(sum(t.amount_minor), 0) FROM ledger_transfer t WHERE t.source_id = a.id)
        - (SELECT coalesce(sum(t.amount_minor), 0) FROM ledger_transfer t WHERE t.target_id = a.id)
    FROM ledger_account a WHERE a.address LIKE 'provider:%%' AND split_part(a.address, ':', 2) = ANY(%s)
"""


def rail_breaks(*, state: str = "", rail: str = "", before: UUID | None = None, limit: int = 50) -> list[RailBreak]:
    """Newest first; `before` is the last one seen."""
    found = RailBreak.objects.select_related("line").order_by("-id")
    if state:
        found = found.filter(state=state)
    if rail:
        found = found.filter(rail=rail)
    if before:
        found = found.filter(pk__lt=before)
    return list(found[:limit])


def rail_break(break_id: UUID) -> RailBreak:
    found = RailBreak.objects.select_related("line", "entry", "booking").filter(pk=break_id).first()
    if found is None:
        raise NotVisible
    return found


def open_breaks() -> int:
    return RailBreak.objects.filter(state="open").count()


def settled_lines(rail: str, *, before: UUID | None = None, limit: int = 50) -> list[SettledLine]:
    """What a rail told, newest first."""
    found = SettledLine.objects.filter(rail=rail).order_by("-id")
    return list((found.filter(pk__lt=before) if before else found)[:limit])
