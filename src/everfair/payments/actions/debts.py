"""What a company owes us. Its wallet never holds less than nothing: what is missing stands as a debt beside it, is taken from
whatever comes in before anything goes out, and is asked for until it is nothing."""

from __future__ import annotations

import logging
from datetime import timedelta
from fractions import Fraction
from uuid import UUID

from django.db import transaction

from everfair.base.actor import CLOCK_ACTOR, SYSTEM, Actor
from everfair.base.deadlines import clear_deadline, set_deadline
from everfair.base.events import emit
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.rows import ask, find, find_one, insert
from everfair.base.states import moving, stepping
from everfair.base.together import part
from everfair.companies.queries import lock_companies
from everfair.events.payments import DebtOverdue, DebtOwed, DebtSettled
from everfair.ledger.actions import post_entry
from everfair.ledger.queries import balance
from everfair.ledger.values import wallet
from everfair.markets.queries import rule
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments import postings
from everfair.payments.actions.calling_off import cancel_waiting
from everfair.payments.models import Debt

log = logging.getLogger(__name__)
# When the company is asked again, as parts of the time it has.
REMINDED_AFTER = (Fraction(1, 2), Fraction(6, 7))


def owe_company(company_id: UUID, amount: Money, target: str, *, cause: str, reason: str, by: Actor) -> Debt:
    """The company owes us `amount`, because `target` (a ledger address) got it already: a clawback, a chargeback.

    It is taken at once from what is free in its wallet, then from payouts that nobody has handed over (they are called off, newest
    first); the rest stands as a debt with a deadline. `cause` names the event: said twice, it is owed once. ValueError for nothing.
    """
    if amount.minor <= 0:
        raise ValueError("a debt is above zero")
    with part():
        lock_companies([company_id], alone=True)
        known = find_one(Debt, "cause = %s", [cause])
        if known is not None:
            return known
        debt = Debt(
            company_id=company_id,
            cause=cause,
            reason=reason[:300],
            amount_minor=amount.minor,
            left_minor=amount.minor,
            currency=amount.currency,
        )
        insert(debt)
        post_entry(
            f"debt:{debt.pk}:owed", postings.owe(company_id, target, amount), kind="owed", by=by, why={"debt": str(debt.pk)}
        )
        emit(DebtOwed(debt.pk, company_id, amount), by=by)
        days = int(rule("payments.debt_days", DEFAULT_MARKET))
        set_deadline("payments.debt", debt.pk, timedelta(days=days))
        free = balance(wallet(company_id, amount.currency), amount.currency).free.minor
        if free < amount.minor:
            cancel_waiting(company_id, reason="netted", currency=amount.currency, least_minor=amount.minor - free, by=SYSTEM)
        net_debts(company_id, amount.currency)
    debt.refresh_from_db()
    return debt


def net_debts(company_id: UUID, currency: str) -> Money:
    """Take what the company owes in this currency, oldest first, from what is free in its wallet; returns how much."""
    taken = 0
    with part():
        debts = find(Debt, _OPEN, [company_id, currency])
        free = balance(wallet(company_id, currency), currency).free.minor if debts else 0
        for debt in debts:
            part_of_it = Money(min(free - taken, debt.left_minor), currency)
            if part_of_it.minor <= 0:
                break
            _take(debt, part_of_it)
            taken += part_of_it.minor
    return Money(taken, currency)


_OPEN = "company_id = %s AND currency = %s AND state <> 'settled' ORDER BY id FOR UPDATE"


def _take(debt: Debt, amount: Money) -> None:
    key = f"debt:{debt.pk}:netted:{debt.taken + 1}"
    post_entry(key, postings.net(debt.company_id, amount), kind="netted", by=SYSTEM, why={"debt": str(debt.pk)})
    _shrink(debt, amount)


def _shrink(debt: Debt, amount: Money) -> None:
    if debt.left_minor == amount.minor:
        with stepping(debt, "settle", by=SYSTEM):
            debt.left_minor, debt.taken = 0, debt.taken + 1
        clear_deadline("payments.debt", debt.pk)
        emit(DebtSettled(debt.pk, debt.company_id), by=SYSTEM)
    else:
        ask("UPDATE payments_debt SET left_minor = left_minor - %s, taken = taken + 1 WHERE id = %s", [amount.minor, debt.pk])


def repay_debt(debt_id: UUID, amount: Money, source: str, *, key: str, by: Actor) -> Money:
    """What a company owes is settled from elsewhere (a chargeback that was won): up to `amount`, out of the account `source`. Returns how
    much that was: what the company has paid of it itself already is not."""
    with part():
        debt = find_one(Debt, "id = %s AND state <> 'settled' FOR UPDATE", [debt_id])
        if debt is None:
            return Money.zero(amount.currency)
        settled = Money(min(amount.minor, debt.left_minor), amount.currency)
        transfers = postings.not_owed(source, debt.company_id, settled)
        post_entry(key, transfers, kind="chargeback_given_back", by=by, why={"debt": str(debt.pk)})
        _shrink(debt, settled)
    return settled


def net_all_debts() -> int:
    """What came into the wallets of companies that owe us something, whichever way it came."""
    found = 0
    for company_id, currency in ask(_OWING, []):
        try:
            with transaction.atomic():
                lock_companies([company_id])
                found += bool(net_debts(company_id, currency).minor)
        except Refused as no:  # somebody spent it in this very moment
            log.info("nothing was left to take", extra={"company": str(company_id), "code": no.code})
    return found


_OWING = """
    SELECT DISTINCT d.company_id, d.currency FROM payments_debt d
    JOIN ledger_account a ON a.address = 'company:' || d.company_id || ':wallet:' || d.currency
    JOIN ledger_balance b ON b.account_id = a.id AND b.posted_minor > b.reserved_minor
    WHERE d.state <> 'settled' LIMIT 100
"""


def let_debt_fall_due(debt_id: UUID) -> None:
    """The time to settle it is over: the operator's queue shows it."""
    with moving(Debt.objects.all(), debt_id, "fall_due", by=CLOCK_ACTOR) as debt:
        emit(DebtOverdue(debt.pk, debt.company_id), by=CLOCK_ACTOR)
