"""Chargebacks: what a payer's bank takes back, from whom we take it, and how it goes back when it is won.

In this order: escrow still held for the order, the seller's reserve, the seller's wallet, a debt of the seller. What had gone back to
the buyer already is taken from the buyer. The provider tells every step by a signed event; whatever order they come in, each is booked
once, and a later word carries the earlier ones with it (I13).
"""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from everfair.base.actor import RAIL_ACTOR
from everfair.base.clock import EfNow
from everfair.base.events import emit
from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.base.rows import ask, find, find_one, insert
from everfair.base.states import stepping
from everfair.companies.queries import lock_companies
from everfair.events.payments import ChargebackMoved, PaymentMismatched
from everfair.ledger.actions import post_entry
from everfair.ledger.values import taken_back
from everfair.payments import postings
from everfair.payments.actions.covers import Cover, cover_of
from everfair.payments.actions.debts import owe_company, repay_debt
from everfair.payments.actions.refunds import charge_back_refund
from everfair.payments.actions.reserves import restore_reserve, use_reserve
from everfair.payments.models import Chargeback, ChargebackTake, Intent, Refund
from everfair.payments.providers.port import EventKind
from everfair.payments.providers.port import ProviderEvent as Said
from everfair.payments.rails import RECIPIENT, client

log = logging.getLogger(__name__)
BY = RAIL_ACTOR
# What happened to a chargeback by the time of each word.
_PATHS = {
    (EventKind.DISPUTE_OPENED, "open"): (),
    (EventKind.DISPUTE_WON, "won"): ("win",),
    (EventKind.DISPUTE_LOST, "lost"): ("lose",),
    (EventKind.DISPUTE_REVERSED, "lost"): ("win", "retake"),
    (EventKind.DISPUTE_REVERSED, "won"): ("lose", "reinstate"),
}
_STATES = {(): "open", ("win",): "won", ("lose",): "lost", ("win", "retake"): "retaken", ("lose", "reinstate"): "reinstated"}
_DONE = {state: path for path, state in _STATES.items()}


class EventTooEarly(Exception):
    """It is about a payment of which the capture itself has not been told yet: the provider tells it again."""


def take_dispute(provider: str, said: Said, event_row: UUID) -> tuple[str, str]:
    """One word about a chargeback; returns what was made of it and why. Raises EventTooEarly before the capture is known."""
    intent = _intent(provider, said)
    if intent is None:
        return _misfit(provider, said, event_row, "unknown", "no such intent")
    refund = find_one(Refund, "rail = %s AND checkout_ref = %s", [provider, said.checkout_ref])
    cover = cover_of(intent.purpose_kind) if refund is None else None
    # Companies, then what the payment was for, then the chargeback: as everywhere.
    lock_companies([*({intent.company_id} | set(cover.companies(intent.purpose) if cover else ()))], alone=True)
    held = cover.hold(intent.purpose, intent.pk, BY) if cover else None
    found = find_one(Chargeback, "rail = %s AND ref = %s FOR UPDATE", [provider, said.provider_ref])
    if wrong := _wrong(intent, refund, found, provider, said):
        return _misfit(provider, said, event_row, "mismatch", wrong)
    path = _PATHS[(said.kind, said.state)]
    if found is None:
        found = _open(intent, refund, provider, said, cover, held)
    elif said.version <= found.version:
        return "ignored", "older than what we know"
    done = _DONE[found.state]
    if (found.state, said.kind) == ("lost", EventKind.DISPUTE_WON):
        path = _PATHS[EventKind.DISPUTE_REVERSED, "won"]  # some providers say only that the money is here again
    if path[: len(done)] != done:
        emit(PaymentMismatched(event_row, "chargeback"), by=BY)
        return "mismatch", "contradicts what was said of the chargeback"
    for verb in path[len(done) :]:
        _step(found, verb, cover, held)
    ask("UPDATE payments_chargeback SET version = %s WHERE id = %s", [said.version, found.pk])
    return "applied", ""


def _intent(provider: str, said: Said) -> Intent | None:
    try:
        intent_id = UUID(said.intent_id)
    except ValueError:
        return None
    asked = "EXISTS (SELECT FROM payments_route r WHERE r.intent_id = payments_intent.id AND r.rail = %s)"
    return find_one(Intent, f"id = %s AND (provider = %s OR {asked})", [intent_id, provider, provider])


def _wrong(intent: Intent, refund: Refund | None, found: Chargeback | None, provider: str, said: Said) -> str:
    """Why the word does not fit; empty when it does."""
    if said.account != client(provider).account:
        return "another account"
    if said.recipient != RECIPIENT:
        return "another recipient"
    if found is not None:
        same = (found.intent_id, found.amount, found.checkout_ref) == (intent.pk, said.amount, said.checkout_ref)
        return "" if same else "amount, currency or checkout of the chargeback"
    if refund is None and (intent.state != "captured" or intent.provider != provider):
        raise EventTooEarly
    if refund is None and intent.provider_ref and intent.provider_ref != said.checkout_ref:
        return "another checkout"
    if said.amount.currency != intent.currency:
        return "another amount or currency"
    back = refund is not None and refund.state in ("sent", "indeterminate", "done")
    [(standing,)] = ask(_STANDING, [provider, said.checkout_ref])
    if back or said.amount.minor > intent.amount_minor - int(standing):
        return "more than was captured and not returned"
    return ""


_STANDING = """
    SELECT coalesce(sum(amount_minor), 0) FROM payments_chargeback
    WHERE rail = %s AND checkout_ref = %s AND state IN ('open', 'lost', 'retaken')
"""


def _misfit(provider: str, said: Said, event_row: UUID, outcome: str, note: str) -> tuple[str, str]:
    """Whatever it is, the provider says that this money moved: it is booked where a person will look."""
    ours = said.account == client(provider).account
    taken = said.kind is EventKind.DISPUTE_OPENED or (said.kind is EventKind.DISPUTE_REVERSED and said.state == "lost")
    if ours and said.kind is not EventKind.DISPUTE_LOST:
        amount = said.amount
        post_entry(
            f"event:{provider}:{said.account}:{said.event_id}:suspense",
            postings.charged_unexpectedly(provider, amount) if taken else postings.captured_unexpectedly(provider, amount),
            kind="chargeback_mismatch",
            by=BY,
            why={"event": said.event_id, "reason": note, "provider_ref": said.provider_ref},
        )
    emit(PaymentMismatched(event_row, "chargeback"), by=BY)
    log.error("a chargeback fits nothing", extra={"event": said.event_id, "reason": note})
    return outcome, note


def _open(intent: Intent, refund: Refund | None, provider: str, said: Said, cover: Cover | None, held: Any) -> Chargeback:
    fee = said.fee or Money.zero(said.amount.currency)
    found = Chargeback(
        id=new_id(), intent=intent, refund=refund, company_id=intent.company_id, payee_id=None if refund else intent.payee_id,
        rail=provider, ref=said.provider_ref, checkout_ref=said.checkout_ref, amount_minor=said.amount.minor, fee_minor=fee.minor,
        currency=said.amount.currency, reason_code=said.reason_code, evidence_due_at=said.evidence_due_at,
    )  # fmt: skip
    insert(found)
    _withdraw(found, cover, held)
    emit(ChargebackMoved(found.pk, found.company_id, found.amount, "open"), by=BY)
    return found


def _step(found: Chargeback, verb: str, cover: Cover | None, held: Any) -> None:
    with stepping(found, verb, by=BY):
        found.ended_at = EfNow()  # type: ignore[assignment]
        if verb in ("win", "reinstate"):
            _give_back(found, cover, held)
        elif verb == "retake":
            _withdraw(found, cover, held)
        emit(ChargebackMoved(found.pk, found.company_id, found.amount, verb), by=BY)
    if cover is not None:
        cover.ended(held, verb, _lost_by_payee(found), f"chargeback:{found.pk}:{verb}", BY)


def _lost_by_payee(found: Chargeback) -> Money:
    """What the payee paid of it out of what it had been paid: by its reserve, its wallet, its debt. Given back or not."""
    [(minor,)] = ask(_PAID_BY, [found.pk, found.payee_id, found.moved])
    return Money(int(minor), found.currency)


# Takes of the last time that its money went out.
_PAID_BY = """
    SELECT coalesce(sum(amount_minor), 0) FROM payments_chargebacktake
    WHERE chargeback_id = %s AND company_id = %s AND n / 1000 = (%s + 1) / 2
"""


def _withdraw(found: Chargeback, cover: Cover | None, held: Any) -> None:
    """The provider has the money: it is taken from those who have it, until nothing is left."""
    _count(found)
    post_entry(
        f"chargeback:{found.pk}:{found.moved}",
        postings.charged_back(found.rail, found.pk, found.amount),
        kind="chargeback",
        by=BY,
        why=_why(found),
    )
    takes = _Takes(found)
    if found.refund_id is not None and found.moved == 1:
        takes.from_refund(found.refund_id)
    if cover is not None:
        for stage_id, amount in cover.take(held, takes.left, BY):
            takes.from_escrow(stage_id, amount)
        for company_id, amount in cover.owing(held, takes.left):
            takes.from_company(company_id, amount)
    if takes.left:
        takes.from_company(found.company_id, takes.left)


class _Takes:
    """From whom it is taken, one after the other: each a row and an entry."""

    def __init__(self, found: Chargeback) -> None:
        self.found, self.left = found, found.amount
        self.n = 1000 * ((found.moved + 1) // 2)

    def _keep(self, source: str, holder: UUID, amount: Money, company_id: UUID | None = None) -> str:
        self.n += 1
        self.left = self.left - amount
        found = self.found
        insert(
            ChargebackTake(
                chargeback=found, n=self.n, source=source, holder=holder, company_id=company_id, amount_minor=amount.minor,
                currency=amount.currency,
            )
        )  # fmt: skip
        return f"chargeback:{found.pk}:taken:{self.n}"

    def from_escrow(self, stage_id: UUID, amount: Money) -> None:
        transfers = postings.charge_from_escrow(self.found.pk, stage_id, amount)
        why = _why(self.found) | {"stage": str(stage_id)}
        post_entry(self._keep("escrow", stage_id, amount), transfers, kind="chargeback_covered", by=BY, why=why)

    def from_refund(self, refund_id: UUID) -> None:
        amount = charge_back_refund(refund_id, self.left)
        if amount:
            transfers = postings.charge_from_refund(self.found.pk, refund_id, amount)
            key = self._keep("refund", refund_id, amount)
            post_entry(key, transfers, kind="chargeback_covered", by=BY, why=_why(self.found))

    def from_company(self, company_id: UUID, amount: Money) -> None:
        """Its reserve, then its wallet, then a debt."""
        found, before = self.found, self.left
        if company_id == found.payee_id:
            for reserve_id, part in use_reserve(company_id, amount, found.intent.purpose):
                transfers = postings.charge_from_reserve(found.pk, company_id, part)
                key = self._keep("reserve", reserve_id, part, company_id)
                post_entry(key, transfers, kind="chargeback_covered", by=BY, why=_why(found))
        rest = amount - (before - self.left)
        if rest:
            cause = f"chargeback:{found.pk}:{found.moved}:{company_id.hex[-12:]}"
            reason = _("Chargeback: %(what)s") % {"what": found.intent.description}
            debt = owe_company(company_id, rest, taken_back(found.pk), cause=cause, reason=reason, by=BY)
            self._keep("debt", debt.pk, rest, company_id)


def _give_back(found: Chargeback, cover: Cover | None, held: Any) -> None:
    """The provider gave it back: it goes where it was taken from."""
    _count(found)
    post_entry(
        f"chargeback:{found.pk}:{found.moved}",
        postings.charge_returned(found.rail, found.pk, found.amount),
        kind="chargeback_returned",
        by=BY,
        why=_why(found),
    )
    for take in find(ChargebackTake, "chargeback_id = %s AND returned_minor = 0 ORDER BY n", [found.pk]):
        ask("UPDATE payments_chargebacktake SET returned_minor = amount_minor WHERE id = %s", [take.pk])
        key = f"chargeback:{found.pk}:back:{take.n}"
        if take.source == "escrow" and cover is not None:
            transfers = postings.charge_to_escrow(found.pk, take.holder, take.amount)
            why = _why(found) | {"stage": str(take.holder)}
            post_entry(key, transfers, kind="chargeback_given_back", by=BY, why=why)
            cover.regain(held, take.holder, take.amount, key, BY)
        else:
            _to_company(found, take, key)


def _to_company(found: Chargeback, take: ChargebackTake, key: str) -> None:
    """Back into the reserve while it still runs; what is still owed is owed no more; the rest is in the wallet."""
    left = take.amount
    company_id = take.company_id or found.company_id
    if take.source == "reserve" and restore_reserve(take.holder, take.amount):
        transfers = postings.charge_to_reserve(found.pk, company_id, take.amount)
        post_entry(key, transfers, kind="chargeback_given_back", by=BY, why=_why(found))
        return
    if take.source == "debt":
        left = left - repay_debt(take.holder, left, taken_back(found.pk), key=f"{key}:owed", by=BY)
    if left:
        transfers = postings.charge_to_wallet(found.pk, company_id, left)
        post_entry(key, transfers, kind="chargeback_given_back", by=BY, why=_why(found))


def _count(found: Chargeback) -> None:
    found.moved += 1
    ask("UPDATE payments_chargeback SET moved = %s WHERE id = %s", [found.moved, found.pk])


def _why(found: Chargeback) -> dict[str, str]:
    return {"chargeback": str(found.pk), "intent": str(found.intent_id), "provider_ref": f"{found.ref}:{found.moved}"}
