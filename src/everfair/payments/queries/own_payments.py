"""Our own payments as a bank's statement may name them: payouts and transfers that go back, one by one or as the order they left in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from everfair.base.money import Money, total
from everfair.base.rows import ask, find, find_one
from everfair.payments.models import BankLine, BankReturn, Payout, PayoutFile
from everfair.payments.pain001 import parted, within_sepa
from everfair.payments.queries.bank import tolerance_of
from everfair.payments.references import id_range, ids_in, orders_in
from everfair.payments.values import BANK, payout_reference, return_reference

Sent = Payout | BankReturn
# What may stand in a statement as paid: handed to the bank, or said by hand to have left.
_PAID = ("dispatched", "sent", "paid", "returned")


def own_reference(row: Sent) -> str:
    return payout_reference(row.pk) if isinstance(row, Payout) else return_reference(row.pk)


def named_in(line: BankLine) -> list[Sent]:
    """The payouts by our bank and the returns whose ids a line quotes; by its beginning alone only where a single one can be meant."""
    ids = ids_in(f"{line.their_ref} {line.text}")
    found: list[Sent] = [*_payouts(ids), *_returns(ids)] if ids else []
    cut = id_range(line.their_ref) if not found else None
    if cut is not None:
        found = [
            *find(Payout, "id BETWEEN %s AND %s AND provider = %s LIMIT 2", [*cut, BANK]),
            *find(BankReturn, "id BETWEEN %s AND %s LIMIT 2", list(cut)),
        ]
        found = found if len(found) == 1 else []
    return found


def _payouts(ids: Sequence[UUID], *, lock: bool = False) -> list[Payout]:
    return find(Payout, f"id = ANY(%s::uuid[]) AND provider = %s ORDER BY id{_LOCK if lock else ''}", [list(ids), BANK])


def _returns(ids: Sequence[UUID], *, lock: bool = False) -> list[BankReturn]:
    return find(BankReturn, f"id = ANY(%s::uuid[]) ORDER BY id{_LOCK if lock else ''}", [list(ids)])


_LOCK = " FOR UPDATE"


def own_payments(ids: Sequence[UUID], *, lock: bool = False) -> list[Sent]:
    """Payouts by our bank and returns, each in the order of their ids; the caller holds the companies when it locks."""
    return [*_payouts(ids, lock=lock), *_returns(ids, lock=lock)]


def shown_in_statements(rows: Iterable[Sent], target: str = "") -> set[UUID]:
    """Which of them a statement has shown already: as left, or with `target` returned as come back."""
    ids = [row.pk for row in rows]
    found = ask(_SHOWN_BACK if target == "returned" else _SHOWN, [ids] if target == "returned" else [ids, ids])
    return {row[0] for row in found}


_SHOWN = """
    SELECT payout_id FROM payments_match WHERE payout_id = ANY(%s::uuid[]) AND target = 'payout'
    UNION SELECT bank_return_id FROM payments_match WHERE bank_return_id = ANY(%s::uuid[])
"""
_SHOWN_BACK = "SELECT payout_id FROM payments_match WHERE payout_id = ANY(%s::uuid[]) AND target = 'returned'"


@dataclass(frozen=True, slots=True)
class Order:
    """What one file told our bank to pay: all of it (`block` 0) or one of its blocks. `rows` without what is known not to have left."""

    file_id: UUID
    block: int
    reference: str
    rows: tuple[Sent, ...]

    @property
    def total(self) -> Money:
        return total([row.amount for row in self.rows], self.rows[0].currency)


def order_named_in(line: BankLine) -> Order | None:
    """The order whose id a line quotes, whole or one block of it."""
    for start, block in orders_in(f"{line.batch_ref} {line.their_ref} {line.text}"):
        file = find_one(PayoutFile, "message_id LIKE %s", [f"{start}%"])
        found = next((order for order in _orders(file) if order.block == block), None) if file else None
        if found is not None and found.rows:
            return found
    return None


def orders_on_their_way(currency: str, *, limit: int = 50) -> list[Order]:
    """What has been handed to our bank in this currency and no statement has shown yet, the oldest file first."""
    found = []
    for file in find(PayoutFile, _OPEN_FILES, [currency, BANK, limit]):
        orders = [order for order in _orders(file) if order.rows]
        shown = shown_in_statements(row for order in orders for row in order.rows)
        # A file of one block is one order.
        found += [order for order in (orders[:1] if len(orders) == 2 else orders) if not {row.pk for row in order.rows} & shown]
    return found


_OPEN_FILES = """
    batch_id IN (SELECT b.id FROM payments_batch b WHERE b.currency = %s AND b.rail = %s AND b.state IN ('filed', 'sent')
        AND (EXISTS (SELECT FROM payments_payout p WHERE p.batch_id = b.id AND p.state IN ('dispatched', 'sent'))
             OR EXISTS (SELECT FROM payments_bankreturn r WHERE r.batch_id = b.id AND r.state IN ('dispatched', 'sent'))))
    ORDER BY id LIMIT %s
"""


def _orders(file: PayoutFile) -> list[Order]:
    """The whole file and each of its blocks, as `pain001` parted them."""
    inside: list[Sent] = [
        *find(
            Payout, "batch_id = %s AND state IN ('dispatched', 'sent', 'paid', 'failed', 'returned') ORDER BY id", [file.batch_id],
            also={"to": "(SELECT a.account FROM payments_bankaccount a WHERE a.id = payments_payout.bank_account_id)"},
        ),
        *find(BankReturn, "batch_id = %s ORDER BY id", [file.batch_id], also={"to": "to_account"}),
    ]  # fmt: skip
    blocks = parted([within_sepa(row.currency, row.to) for row in inside])  # type: ignore[union-attr]
    whole = range(len(inside))

    def left(places: Iterable[int]) -> tuple[Sent, ...]:
        return tuple(inside[n] for n in places if inside[n].state not in ("failed", "held"))

    found = [Order(file.pk, 0, file.message_id, left(whole))]
    found += [Order(file.pk, n, f"{file.message_id[:32]}-{n}", left(block)) for n, block in enumerate(blocks, 1)]
    return found


def may_be_shown(row: Sent) -> bool:
    """Whether a statement may show that it left; a return settled by hand has its line already."""
    return row.state in _PAID if isinstance(row, Payout) else row.state in ("dispatched", "sent", "held")


@dataclass(frozen=True, slots=True)
class Paid:
    """What a line could have paid, for the desk: `ids` of payouts and returns."""

    ids: tuple[UUID, ...]
    reference: str
    amount: Money
    count: int


def could_be_paid_by(line: BankLine, *, limit: int = 20) -> list[Paid]:
    """Orders and single payments on their way whose sum is the line's, but for what banks take; exact ones first."""
    covers, size = tolerance_of(line.currency).covers, -line.amount_minor
    orders = orders_on_their_way(line.currency)
    single = {row.pk: row for order in orders for row in order.rows}
    found = [
        Paid(tuple(row.pk for row in one.rows), one.reference, one.total, len(one.rows)) for one in orders if len(one.rows) > 1
    ]
    found += [
        Paid((row.pk,), own_reference(row), row.amount, 1)
        for row in [*single.values(), *_unshown(line.currency, size, list(single))]
    ]
    found = [one for one in found if covers(size, one.amount.minor, one.amount.minor)]
    return sorted(found, key=lambda one: size - one.amount.minor)[:limit]


def _unshown(currency: str, near_minor: int, but: list[UUID]) -> list[Payout]:
    """Payouts that somebody said by hand to have left, or whose order is shown in parts."""
    return find(Payout, _UNSHOWN, [currency, BANK, near_minor, but])


_UNSHOWN = """
    currency = %s AND provider = %s AND state IN ('dispatched', 'sent', 'paid', 'returned') AND amount_minor <= %s AND NOT id = ANY(%s::uuid[])
    AND NOT EXISTS (SELECT FROM payments_match m WHERE m.payout_id = payments_payout.id AND m.target = 'payout')
    ORDER BY amount_minor DESC, id LIMIT 20
"""


def could_come_back_by(line: BankLine) -> list[Payout]:
    """Payouts that had left and of which this line could be the return, but for what banks keep; exact ones first."""
    covers, size = tolerance_of(line.currency).covers, line.amount_minor
    rows = find(Payout, _COULD_COME_BACK, [line.currency, BANK, size])
    return [row for row in rows if covers(row.amount_minor, size, row.amount_minor)]


_COULD_COME_BACK = """
    currency = %s AND provider = %s AND state IN ('paid', 'returned') AND amount_minor >= %s
    AND NOT EXISTS (SELECT FROM payments_match m WHERE m.payout_id = payments_payout.id AND m.target = 'returned')
    ORDER BY amount_minor, id DESC LIMIT 20
"""
