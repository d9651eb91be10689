"""What the operator answers to a chargeback: written down once, handed to the provider, whose word on it comes by event."""

from __future__ import annotations

import logging
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import EfNow, now
from everfair.base.events import emit
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.roles import OPERATOR
from everfair.base.rows import as_it_is, ask, find, find_one, save_changes
from everfair.base.together import part
from everfair.events.payments import ChargebackAnswered
from everfair.payments.models import Chargeback
from everfair.payments.providers.port import OutcomeUnknown, ProviderDown, ProviderRefused
from everfair.payments.queries.chargebacks import EVIDENCE_MOST
from everfair.payments.rails import client

log = logging.getLogger(__name__)


def answer_chargeback(chargeback_id: UUID, answer: str, evidence: str, *, by: Actor) -> Chargeback:
    """Accept it, or contest it with what speaks for the seller. Once; the provider has it a moment later.

    Refuses whoever is no operator, a contest without evidence, one that is decided or answered, and after its day.
    """
    if not OPERATOR.admits(by):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    if answer not in ("accept", "contest"):
        raise Refused("payments.answer", _("Please choose."), field="answer", status=422)
    evidence = evidence.strip()
    if answer == "contest" and not evidence:
        raise Refused("payments.evidence", _("A contest needs its evidence."), field="evidence", status=422)
    if len(evidence) > EVIDENCE_MOST:
        raise Refused("payments.evidence", _("Please write less."), field="evidence", status=422)
    with part():
        found = lock_chargeback(chargeback_id)
        if found.answer == answer and found.evidence == evidence:
            raise AlreadyDone("base.already_done", _("This has been done already."))
        refuse_unanswerable(found)
        before = as_it_is(found)
        found.answer, found.evidence, found.answered_by = answer, evidence, by.person_id
        found.answered_at = EfNow()  # type: ignore[assignment]
        save_changes(found, before)
        emit(ChargebackAnswered(found.pk, answer), by=by)
    return found


def lock_chargeback(chargeback_id: UUID) -> Chargeback:
    """The row, locked; after the companies, the order and its stages where these are locked too."""
    found = find_one(Chargeback, "id = %s FOR UPDATE", [chargeback_id])
    if found is None:
        raise NotVisible
    return found


def refuse_unanswerable(found: Chargeback) -> None:
    """Nothing can be said to the provider any more: it is decided, was answered, or its day is over."""
    if found.state != "open" or found.answer:
        raise Refused("payments.chargeback_over", _("This chargeback has been answered or decided already."))
    if found.evidence_due_at is not None and found.evidence_due_at <= now():
        raise Refused("payments.chargeback_late", _("The time to answer it is over."))


def send_answers() -> int:
    """Hand what was answered to its provider, by the chargeback's own id: asking twice does it once. Not inside a transaction."""
    waiting = find(
        Chargeback, "answer <> '' AND sent_at IS NULL AND failure = '' AND state = 'open' ORDER BY answered_at LIMIT 20", []
    )
    for found in waiting:
        try:
            client(found.rail).answer_dispute(found.ref, found.answer, found.evidence)
        except (ProviderDown, OutcomeUnknown) as error:
            log.warning("the provider did not take an answer", extra={"chargeback": str(found.pk), "error": type(error).__name__})
            continue
        except ProviderRefused as no:
            ask("UPDATE payments_chargeback SET failure = %s WHERE id = %s", [str(no)[:200], found.pk])
            continue
        ask("UPDATE payments_chargeback SET sent_at = ef_now() WHERE id = %s", [found.pk])
    return len(waiting)
