"""What of card-paid sales is kept back from a seller for a while, because the payer's bank may take it back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from everfair.base.actor import CLOCK_ACTOR, RAIL_ACTOR, Actor
from everfair.base.clock import now
from everfair.base.deadlines import set_deadline
from everfair.base.events import emit
from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.base.rows import ask, find, find_one, insert
from everfair.base.states import lock, stepping
from everfair.companies.queries import lock_companies
from everfair.events.payments import ReserveReleased
from everfair.ledger.actions import post_entry
from everfair.payments import postings
from everfair.payments.models import Reserve
from everfair.payments.queries.reserves import paid_by_card, reserve_terms


def keep_reserve(company_id: UUID, paid: Money, *, subject: UUID, description: str, cause: str, market: str, by: Actor) -> Money:
    """Of what a seller was just paid for a card-paid sale, keep a part back, as the rules of today say; returns it (zero where they say so).

    In the transaction that paid it, after the wallet has it. `cause` names that payment: said twice, it is kept once.
    """
    terms = reserve_terms(company_id, market)
    amount = Money(paid.minor * terms.bps // 10_000, paid.currency)
    if not amount.minor or not paid_by_card(subject) or find_one(Reserve, "cause = %s", [cause]) is not None:
        return Money.zero(paid.currency)
    kept = Reserve(
        id=new_id(), company_id=company_id, subject=subject, cause=cause, description=description[:200], amount_minor=amount.minor,
        left_minor=amount.minor, currency=amount.currency, release_at=now() + timedelta(days=terms.days),
    )  # fmt: skip
    insert(kept)
    why = {"reserve": str(kept.pk), "stage": str(subject)}
    post_entry(f"reserve:{kept.pk}:kept", postings.kept_back(company_id, amount), kind="reserve_kept", by=by, why=why)
    set_deadline("payments.reserve", kept.pk, kept.release_at)
    return amount


def release_reserve(reserve_id: UUID) -> None:
    """Its time is over: what is left of it is the seller's. A chargeback in the same moment waits, or was first."""
    seen = find_one(Reserve, "id = %s", [reserve_id])
    if seen is None:
        return
    with transaction.atomic():
        lock_companies([seen.company_id], alone=True)  # whoever pays it has the wallet already, and wants the reserve next
        kept = lock(Reserve.objects.all(), reserve_id)
        amount = kept.left
        with stepping(kept, "release", by=CLOCK_ACTOR):
            kept.left_minor = 0
            why = {"reserve": str(kept.pk), "stage": str(kept.subject)}
            post_entry(
                f"reserve:{kept.pk}:released",
                postings.let_go(kept.company_id, amount),
                kind="reserve_released",
                by=CLOCK_ACTOR,
                why=why,
            )
            emit(ReserveReleased(kept.pk, kept.company_id, amount), by=CLOCK_ACTOR)


def use_reserve(company_id: UUID, amount: Money, subject: UUID) -> Iterator[tuple[UUID, Money]]:
    """Take up to `amount` out of what is kept back from the company: of this sale first, then what would be let go soonest. The caller
    posts it; the company is locked."""
    left = amount
    for kept in find(Reserve, _HELD, [company_id, amount.currency, subject]):
        if not left:
            break
        part = Money(min(left.minor, kept.left_minor), left.currency)
        left = left - part
        if part.minor == kept.left_minor:
            with stepping(kept, "use", by=RAIL_ACTOR):
                kept.left_minor = 0
        else:
            ask("UPDATE payments_reserve SET left_minor = left_minor - %s WHERE id = %s", [part.minor, kept.pk])
        yield kept.pk, part


_HELD = "company_id = %s AND currency = %s AND state = 'held' ORDER BY subject <> %s, release_at, id FOR UPDATE"


def restore_reserve(reserve_id: UUID, amount: Money) -> bool:
    """What was taken out of it comes back, while its time still runs; False when it is over."""
    kept = find_one(Reserve, "id = %s FOR UPDATE", [reserve_id])
    if kept is None or kept.state == "released" or kept.release_at <= now():
        return False
    if kept.state == "used":
        with stepping(kept, "restore", by=RAIL_ACTOR):
            kept.left_minor = amount.minor
        set_deadline("payments.reserve", kept.pk, kept.release_at)
    else:
        ask("UPDATE payments_reserve SET left_minor = left_minor + %s WHERE id = %s", [amount.minor, kept.pk])
    return True
