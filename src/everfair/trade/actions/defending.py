"""The seller hands in what speaks for it when a payment of its order is charged back; the operator answers the provider with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import SYSTEM, Actor
from everfair.base.deadlines import clear_deadline, set_deadline
from everfair.base.events import emit
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.rows import ask, insert
from everfair.base.together import part
from everfair.events.trade import ChargebackDefended
from everfair.files.queries import files_by_id
from everfair.messaging.actions import notify
from everfair.payments.actions import lock_chargeback, refuse_unanswerable
from everfair.payments.queries import chargeback_of_payee
from everfair.trade.models import Defence, reference_of
from everfair.trade.models.defences import MOST_DEFENCES
from everfair.trade.queries.defences import charged, defences_of
from everfair.trade.roles import DEFENDING

MOST_FILES = 10
LONGEST = 5_000


def defend_chargeback(
    chargeback_id: UUID, statement: str, relies_on: Sequence[str] = (), file_ids: Sequence[UUID] = (), *, by: Actor
) -> Defence:
    """Words, papers that the platform holds (`relies_on`: codes of `Charged.papers`) and files, for good. The first needs words; later
    ones add to it.

    Refuses whoever is not the seller's owner, seller or finance clerk (404 for strangers), papers that are not there, files of others, and
    what comes after the answer, the decision or the day.
    """
    seen = charged(chargeback_id, by)
    if by.company_id != seen.order.seller_id:
        raise NotVisible
    if not DEFENDING.admits(by):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    statement = statement.strip()
    if len(statement) > LONGEST:
        raise Refused("trade.words_long", _("At most 5,000 characters, please."), field="statement", status=422)
    papers = _papers(seen.papers, relies_on)
    with part():
        locked = lock_chargeback(chargeback_id)
        known = defences_of(chargeback_id)
        files = _files(file_ids, by)
        if known and (known[-1].statement, known[-1].papers, known[-1].files) == (statement, papers, files):
            raise AlreadyDone("base.already_done", _("This has been done already."))
        refuse_unanswerable(locked)
        if not known and not statement:
            raise Refused("trade.statement", _("Please say what happened."), field="statement", status=422)
        if not (statement or papers or files):
            raise Refused("trade.defence_empty", _("Please add something."), field="statement", status=422)
        if len(known) >= MOST_DEFENCES:
            raise Refused("trade.defence_full", _("No more can be added."))
        made = Defence(
            chargeback_id=chargeback_id, company_id=locked.payee_id, n=len(known) + 1, by=by.label, statement=statement, papers=papers,
            files=files,
        )  # fmt: skip
        insert(made)
        clear_deadline("trade.defend", chargeback_id)
        emit(ChargebackDefended(seen.order.pk, chargeback_id, made.n), by=by)
    return made


def await_defence(chargeback_id: UUID, *, by: Actor) -> None:
    """From now until the provider's day the seller is reminded; not where it has spoken already, or nothing can be said any more."""
    found: Any = chargeback_of_payee(chargeback_id, by)
    open_still = found.state == "open" and not found.answer and found.evidence_due_at is not None
    if open_still and found.purpose_kind == "stage" and found.payee_id is not None and not defences_of(chargeback_id):
        set_deadline("trade.defend", chargeback_id, found.evidence_due_at)


def tell_charged_seller(chargeback_id: UUID, cause: str, kind: str = "order.charge_evidence") -> None:
    """To everybody of the seller who may hand something in; nobody where it is about no order. The same `cause` tells once."""
    found: Any = chargeback_of_payee(chargeback_id, SYSTEM)
    if found.purpose_kind != "stage" or found.payee_id is None:
        return
    [(number,)] = ask(
        "SELECT o.number FROM trade_order o JOIN trade_stage s ON s.order_id = o.id WHERE s.id = %s", [found.purpose]
    )
    told = {"number": reference_of(number)}
    if found.evidence_due_at is None:
        kind = "order.charged_back"
    else:
        told["until"] = found.evidence_due_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    notify(found.payee_id, ("owner", "seller", "finance"), kind, f"/chargebacks/{chargeback_id}/", cause, **told)


def _papers(there: dict[str, str], relies_on: Sequence[str]) -> dict[str, str]:
    if not set(relies_on) <= set(there):
        raise Refused("trade.paper_missing", _("This is not there."), field="relies_on", status=422)
    return {code: text for code, text in there.items() if code in relies_on}


def _files(file_ids: Sequence[UUID], by: Actor) -> list[dict[str, Any]]:
    wanted = list(dict.fromkeys(file_ids))
    if len(wanted) > MOST_FILES:
        raise Refused("trade.files", _("At most 10 files at a time, please."), field="files", status=422)
    found = files_by_id(wanted, by) if wanted else {}
    if any(pk not in found or found[pk].owner_id != by.company_id for pk in wanted):
        raise Refused("trade.files", _("This file is not there."), field="files", status=422)
    return [{"id": str(pk), "sha256": found[pk].blob_id, "name": found[pk].name, "size": found[pk].blob.size} for pk in wanted]
