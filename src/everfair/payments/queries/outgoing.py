"""Money that leaves: payouts, bank accounts, batches, files and debts an actor may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from everfair.base.actor import Actor
from everfair.base.deadlines import deadlines_of
from everfair.base.money import Money
from everfair.base.refused import NotVisible
from everfair.base.rows import ask
from everfair.base.sight import EVERYTHING, seeing
from everfair.companies.queries import people_ids, stopped_companies
from everfair.payments.models import BankAccount, BankReturn, Batch, Debt, FileTaking, Payout, PayoutFile
from everfair.payments.values import BANK

KEEPERS = ("owner", "finance")
ENDED = ("paid", "failed", "returned")


def payouts_visible_to(actor: Actor) -> QuerySet[Payout]:
    rows = Payout.objects.select_related("bank_account")
    if actor.kind == "operator":
        return rows
    return rows.filter(company_id=actor.company_id) if actor.company_id else rows.none()


def payouts_page(actor: Actor, *, before: UUID | None = None, limit: int = 25) -> list[Payout]:
    """Newest first; `before` is the last one seen."""
    rows = payouts_visible_to(actor).select_related("batch")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-id")[:limit])


def payout(payout_id: UUID, actor: Actor) -> Payout:
    found = payouts_visible_to(actor).select_related("batch").filter(pk=payout_id).first()
    if found is None:
        raise NotVisible
    return found


def bank_accounts_visible_to(actor: Actor) -> QuerySet[BankAccount]:
    """Also what was removed or not accepted; an operator sees every company's."""
    if actor.kind == "operator":
        return BankAccount.objects.all()
    return BankAccount.objects.filter(company_id=actor.company_id) if actor.company_id else BankAccount.objects.none()


def bank_accounts_of(actor: Actor) -> QuerySet[BankAccount]:
    """The company's own that are not removed, oldest first."""
    rows = BankAccount.objects.exclude(state="removed").order_by("id")
    return rows.filter(company_id=actor.company_id) if actor.company_id else rows.none()


def bank_account(account_id: UUID, actor: Actor) -> BankAccount:
    found = bank_accounts_of(actor).filter(pk=account_id).first()
    if found is None:
        raise NotVisible
    return found


def ready_accounts(accounts: Iterable[BankAccount], now: datetime) -> list[BankAccount]:
    """Those that money may go to at this moment."""
    return [row for row in accounts if row.state == "verified" and row.usable_at <= now]


def number_is_known_elsewhere(number: str, company_id: UUID) -> bool:
    """Whether another company has or had an account of this number."""
    with seeing(EVERYTHING):
        return BankAccount.objects.filter(account=number).exclude(company_id=company_id).exists()


def keepers_count(company_id: UUID) -> int:
    """How many people of the company may keep its money: who approves a payout depends on it."""
    return len(people_ids(company_id, *KEEPERS))


def open_debts(company_id: UUID, currency: str = "") -> list[Debt]:
    """What the company owes and has not settled, oldest first."""
    rows = Debt.objects.filter(company_id=company_id).exclude(state="settled").order_by("id")
    return list(rows.filter(currency=currency) if currency else rows)


def debts_due(debts: Iterable[Debt]) -> list[tuple[Debt, datetime | None]]:
    """Each with the moment until which it is asked for; none once it is overdue."""
    rows = list(debts)
    due = deadlines_of([row.pk for row in rows]) if rows else {}
    return [(row, due.get((row.pk, "payments.debt"))) for row in rows]


# ── the operator's desk ──


def accounts_to_look_at(*, after: UUID | None = None, limit: int = 100) -> list[BankAccount]:
    """Bank accounts that wait for an operator or a second one, oldest first; `after` is the last one seen."""
    rows = BankAccount.objects.filter(state__in=["added", "looked"]).select_related("company")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    return list(rows.order_by("id")[:limit])


def account_file(account_id: UUID, actor: Actor) -> BankAccount:
    """One account as an operator looks at it; NotVisible for others."""
    found = bank_accounts_visible_to(actor).select_related("company").filter(pk=account_id).first()
    if found is None or actor.kind != "operator":
        raise NotVisible
    return found


def same_number(account: BankAccount) -> list[BankAccount]:
    """Other companies' accounts of this number, oldest first."""
    others = BankAccount.objects.filter(account=account.account).exclude(company_id=account.company_id)
    return list(others.select_related("company").order_by("id")[:20])


def payouts_waiting(which: str, *, after: UUID | None = None, limit: int = 100) -> list[Payout]:
    """What an operator looks at, oldest first; `after` is the last one seen. `doubt`: the rail has not said; `stopped`: a stop keeps them where they are; `held`: taken
    out of a batch; `approve`: the company has nobody else for the second look."""
    rows = Payout.objects.select_related("company", "bank_account")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    match which:
        case "doubt":
            rows = rows.filter(state="indeterminate")
        case "held":
            rows = rows.filter(state="held")
        case "stopped":
            rows = rows.filter(state__in=["requested", "approved", "released"], company_id__in=stopped_companies("payout"))
        case _:
            rows = rows.filter(pk__in=[row[0] for row in ask(_FOR_THE_OPERATOR, [after, after, list(KEEPERS), limit])])
    return list(rows.order_by("id")[:limit])


_FOR_THE_OPERATOR = """
    SELECT p.id FROM payments_payout p WHERE p.state = 'requested' AND (%s::uuid IS NULL OR p.id > %s) AND 2 > (
        SELECT count(*) FROM companies_membership m JOIN companies_person w ON w.id = m.person_id
        WHERE m.company_id = p.company_id AND m.ended_at IS NULL AND w.is_active AND m.roles && %s::varchar[])
    ORDER BY p.id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch with what is in it: `count` and `total` of what would leave or has left with it; `ended` of them have their last word."""

    batch: Batch
    count: int
    total: Money
    ended: int


def batches_page(*, limit: int = 50) -> tuple[list[BatchRow], list[BatchRow]]:
    """Those that wait for a person, oldest first, and the last that do not any more, newest first."""
    waiting = Batch.objects.filter(Q(state__in=["open", "prepared"]) | Q(state__in=["released", "filed"], rail=BANK)).order_by(
        "id"
    )
    gone = Batch.objects.filter(Q(state__in=["sent", "dropped"]) | (Q(state="released") & ~Q(rail=BANK))).order_by("-id")
    found = [list(waiting[:limit]), list(gone[:20])]
    sums = _sums([batch.pk for rows in found for batch in rows])
    # An open one with nothing in it waits for nobody.
    return [row for row in _told(found[0], sums) if row.count], _told(found[1], sums)


def batches_after(*, state: str = "", before: UUID | None = None, limit: int = 50) -> list[BatchRow]:
    """Batches of a state, or all, newest first; `before` is the last one seen. Two queries."""
    rows = Batch.objects.order_by("-id")
    if state:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[:limit])
    return _told(found, _sums([batch.pk for batch in found]))


def _told(batches: Iterable[Batch], sums: dict[UUID, tuple[int, int, int]]) -> list[BatchRow]:
    said = [(batch, sums.get(batch.pk, (0, 0, 0))) for batch in batches]
    return [BatchRow(batch, n, Money(minor, batch.currency), ended) for batch, (n, minor, ended) in said]


_SUMS = """
    SELECT batch_id, count(*), sum(amount_minor), count(*) FILTER (WHERE ended) FROM (
        SELECT batch_id, amount_minor, state = ANY(%s::varchar[]) AS ended FROM payments_payout WHERE batch_id = ANY(%s::uuid[])
        UNION ALL
        SELECT batch_id, amount_minor, state IN ('done', 'held') FROM payments_bankreturn WHERE batch_id = ANY(%s::uuid[])) inside
    GROUP BY batch_id
"""


def _sums(batch_ids: list[UUID]) -> dict[UUID, tuple[int, int, int]]:
    """Batch → how many payments, their sum in minor units, how many of them have their last word."""
    return {pk: (int(n), int(minor), int(ended)) for pk, n, minor, ended in ask(_SUMS, [list(ENDED), batch_ids, batch_ids])}


@dataclass(frozen=True, slots=True)
class BatchFile:
    """Everything about one batch."""

    batch: Batch
    payouts: list[Payout]
    returns: list[BankReturn]
    total: Money
    file: PayoutFile | None
    takings: list[FileTaking]

    @property
    def count(self) -> int:
        return len(self.payouts)

    @property
    def ended(self) -> int:
        """How many have their last word."""
        return sum(row.state in ENDED for row in self.payouts)


def batch_file(batch_id: UUID) -> BatchFile:
    """NotVisible when there is none; operators only come here."""
    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is None:
        raise NotVisible
    payouts = list(Payout.objects.filter(batch=batch).select_related("company", "bank_account").order_by("id"))
    made = PayoutFile.objects.defer("body").filter(batch=batch).first()
    takings = list(FileTaking.objects.filter(file=made).order_by("n")) if made else []
    returns = list(BankReturn.objects.filter(batch=batch).order_by("id"))
    total = Money(sum(row.amount_minor for row in payouts) + sum(row.amount_minor for row in returns), batch.currency)
    return BatchFile(batch, payouts, returns, total, made, takings)


def debts_page(*, after: UUID | None = None, limit: int = 100) -> list[tuple[Debt, datetime | None]]:
    """What companies owe, the oldest first, with until when they are asked; `after` is the last one seen."""
    rows = Debt.objects.exclude(state="settled").select_related("company").order_by("id")
    return debts_due((rows if after is None else rows.filter(pk__gt=after))[:limit])
