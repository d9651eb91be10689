"""Batches: payouts of one rail and currency that leave together. One operator puts a batch forward, another lets it go (I16)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import CLOCK_ACTOR, Actor
from everfair.base.clock import EfNow, now
from everfair.base.events import emit
from everfair.base.refused import NotVisible, Refused
from everfair.base.roles import OPERATOR
from everfair.base.rows import ask, find, find_one, insert
from everfair.base.states import moving, stepping
from everfair.base.together import part
from everfair.companies.queries import lock_companies, stopped_companies
from everfair.events.payments import BatchReleased
from everfair.ledger.actions import refuse_frozen
from everfair.markets.queries import rule
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments.actions.calling_off import take_out
from everfair.payments.actions.payouts import refuse_linked
from everfair.payments.models import BankAccount, BankReturn, Batch, Payout


def next_cut_off(at: datetime, hour: int) -> datetime:
    """The next time it is `hour` o'clock UTC after `at`."""
    today = at.replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today > at else today + timedelta(days=1)


def collect_payouts(*, limit: int = 50) -> int:
    """What is approved goes on: small ones straight to their rail, the others into the open batch of their rail and currency.
    A stop on the company keeps its payouts where they are."""
    free = Payout.objects.filter(state="approved").exclude(company_id__in=stopped_companies("payout")).order_by("id")
    moved = 0
    for payout_id, needs_batch in list(free.values_list("pk", "needs_batch")[:limit]):
        try:
            moved += _put(payout_id) if needs_batch else _let_go(payout_id)
        except Refused:
            continue  # called off or stopped in this very moment
    return moved


def _let_go(payout_id: UUID) -> int:
    with moving(Payout.objects.all(), payout_id, "release", by=CLOCK_ACTOR):
        return 1


def _put(payout_id: UUID) -> int:
    with part():
        found = Payout.objects.filter(pk=payout_id).values_list("company_id", "provider", "currency").first()
        if found is None:
            return 0
        company_id, rail, currency = found
        lock_companies([company_id])
        batch = open_batch(rail, currency)
        with moving(Payout.objects.all(), payout_id, "put", by=CLOCK_ACTOR) as payout:
            payout.batch = batch
    return 1


def open_batch(rail: str, currency: str) -> Batch:
    """The one that still takes payouts, locked. One past its cut-off waits for an operator; what comes later goes into the next."""
    ask("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"payout-batch:{rail}:{currency}"])
    found = find_one(
        Batch, "rail = %s AND currency = %s AND state = 'open' AND cut_off_at > ef_now() FOR UPDATE", [rail, currency]
    )
    if found is not None:
        return found
    made = Batch(rail=rail, currency=currency, cut_off_at=next_cut_off(now(), int(rule("payments.cutoff_hour", DEFAULT_MARKET))))
    insert(made)
    return made


def prepare_batch(batch_id: UUID, *, by: Actor) -> Batch:
    """Put it forward: from now on nothing is put in and nobody calls one of its payouts off; another operator lets it go.

    Refuses an empty one.
    """
    with part():
        lock_batch(batch_id, by)
        with moving(Batch.objects.all(), batch_id, "prepare", by=by) as batch:
            if not payouts_in(batch_id) and not returns_in(batch_id):
                raise Refused("payments.batch_empty", _("Nothing is in this batch."))
            batch.prepared_by = _person(by)
    return batch


def reopen_batch(batch_id: UUID, *, by: Actor) -> Batch:
    """Back to where payouts can be called off; whoever puts it forward next is its maker."""
    with part():
        lock_batch(batch_id, by)
        with moving(Batch.objects.all(), batch_id, "reopen", by=by) as batch:
            batch.prepared_by = None
    return batch


def except_payout(payout_id: UUID, reason: str, *, by: Actor) -> None:
    """An operator takes one payout out of a batch, with a reason; the money stays held until somebody readmits it or calls it off."""
    if not reason.strip():
        raise Refused("payments.reason", _("Please say why."), field="reason", status=422)
    if not OPERATOR.admits(by, None):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    with part():
        found = Payout.objects.filter(pk=payout_id).values_list("company_id", "batch_id").first()
        if found is None:
            raise NotVisible
        lock_companies([found[0]])
        if found[1]:
            find_one(Batch, "id = %s FOR UPDATE", [found[1]])
        if not take_out(payout_id, reason.strip(), by=by):
            raise Refused("base.wrong_state", _("This is not possible in the present state."))
        drop_when_empty(found[1], by)


def drop_when_empty(batch_id: UUID | None, by: Actor) -> None:
    batch = find_one(Batch, "id = %s AND state IN ('open', 'prepared')", [batch_id]) if batch_id else None
    if batch is not None and not payouts_in(batch.pk) and not returns_in(batch.pk):
        with stepping(batch, "drop", by=by):
            batch.prepared_by = None


def release_batch(batch_id: UUID, seen_minor: int, *, by: Actor) -> Batch:
    """The second operator lets go what they saw: `seen_minor` is the total that was shown to them.

    Refuses who put it forward, who has to do with one of its companies, stood for one of its accounts or decided where a transfer goes
    back to (I16), and a total that has changed since, and while payouts are frozen. Payouts that a stop or their account keeps back are taken out; they are shown as exceptions.
    """
    with part():
        lock_batch(batch_id, by)
        refuse_frozen()
        with moving(Batch.objects.all(), batch_id, "release", by=by) as batch:
            payouts = payouts_in(batch_id)
            returns = returns_in(batch_id)
            _refuse_checker(batch, payouts, returns, by)
            if sum(row.amount_minor for row in payouts) + sum(row.amount_minor for row in returns) != seen_minor:
                raise Refused("payments.batch_changed", _("The batch has changed since you looked. Please look again."))
            going = [row.pk for row in payouts if not _kept_back(row, by)]
            if not going and not returns:
                raise Refused("payments.batch_empty", _("Nothing in this batch may go: take its payouts out, with reasons."))
            batch.released_by, batch.released_at = _person(by), EfNow()  # type: ignore[assignment]
        for payout_id in going:
            with moving(Payout.objects.all(), payout_id, "release", by=by):
                pass
        for found in returns:
            with stepping(found, "release", by=by):
                pass
        emit(BatchReleased(batch.pk, len(going) + len(returns)), by=by)
    return batch


def returns_in(batch_id: UUID, state: str = "batched") -> list[BankReturn]:
    """Transfers that go back with it, locked, in the order of their ids."""
    return find(BankReturn, "batch_id = %s AND state = %s ORDER BY id FOR UPDATE", [batch_id, state])


def _refuse_checker(batch: Batch, payouts: list[Payout], returns: list[BankReturn], by: Actor) -> None:
    if batch.prepared_by == _person(by):
        raise Refused("payments.same_person", _("Another operator than the one before you does this."), status=403)
    stood = BankAccount.objects.filter(pk__in=[row.bank_account_id for row in payouts]).values_list("looked_by", "confirmed_by")
    payers = ask(
        "SELECT company_id FROM payments_intent WHERE id = ANY(%s::uuid[])", [[row.intent_id for row in returns if row.intent_id]]
    )
    refuse_linked(
        {*(row.company_id for row in payouts), *(row[0] for row in payers)}, by, also={who for pair in stood for who in pair}
    )
    if ask(_DECIDED_BY, [[row.line_id for row in returns], by.label]):
        raise Refused("payments.same_person", _("Another operator than the one before you does this."), status=403)


_DECIDED_BY = (
    "SELECT 1 FROM payments_linedecision WHERE line_id = ANY(%s::uuid[]) AND verb = 'return' AND %s IN (by, second) LIMIT 1"
)


def _kept_back(payout: Payout, by: Actor) -> bool:
    """Whether it does not go with the others; then it is an exception."""
    why = ask(_KEPT_BACK, [payout.company_id, payout.bank_account_id])[0][0]
    return bool(why) and take_out(payout.pk, why, by=by)


_KEPT_BACK = """
    SELECT CASE WHEN EXISTS (SELECT FROM companies_stop WHERE company_id = %s AND kind = 'payout' AND lifted_at IS NULL
                             AND (until IS NULL OR until > ef_now())) THEN 'stop'
        WHEN a.state <> 'verified' OR a.changed_at + make_interval(hours => a.wait_hours) > ef_now() THEN 'account' ELSE '' END
    FROM payments_bankaccount a WHERE a.id = %s
"""


def payouts_in(batch_id: UUID) -> list[Payout]:
    """What would leave with it, locked, in the order of their ids. The caller's transaction holds the companies and the batch."""
    return find(Payout, "batch_id = %s AND state = 'batched' ORDER BY id FOR UPDATE", [batch_id])


def lock_batch(batch_id: UUID, by: Actor) -> None:
    """The companies it pays, then the batch itself: the lock order everywhere. Refuses whoever is no operator in person."""
    if not OPERATOR.admits(by, None) or by.person_id is None:
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    companies = [row[0] for row in ask("SELECT DISTINCT company_id FROM payments_payout WHERE batch_id = %s", [batch_id])]
    lock_companies(companies)
    if find_one(Batch, "id = %s FOR UPDATE", [batch_id]) is None:
        raise NotVisible


def _person(by: Actor) -> UUID:
    if by.person_id is None:
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    return by.person_id
