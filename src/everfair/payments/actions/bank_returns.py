"""Transfers that go back to their senders: they leave as payouts by our bank do, in a batch of two operators and by a file."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import CLOCK_ACTOR, Actor
from everfair.base.refused import NotVisible, Refused
from everfair.base.roles import OPERATOR
from everfair.base.rows import ask, find_one
from everfair.base.states import stepping
from everfair.base.together import part
from everfair.payments.actions.bank_accounts import read_bic, read_number
from everfair.payments.actions.batches import drop_when_empty, open_batch
from everfair.payments.models import BankReturn, Batch
from everfair.payments.pain001 import Transfer, UnwritableName, written
from everfair.payments.values import BANK, return_reference


def collect_returns(*, limit: int = 50) -> int:
    """What is owed back goes into the open batch of our bank and its currency; what a file cannot say is taken out, for a person."""
    currencies = sorted(settings.PAYOUT_ACCOUNTS)
    waiting = ask(
        "SELECT id FROM payments_bankreturn WHERE state = 'requested' AND currency = ANY(%s) ORDER BY id LIMIT %s",
        [currencies, limit],
    )
    moved = 0
    for (return_id,) in waiting:
        with transaction.atomic():
            moved += _put(return_id)
    return moved


def _put(return_id: UUID) -> int:
    seen = find_one(BankReturn, "id = %s", [return_id])
    if seen is None:
        return 0
    why = unpayable(seen)
    batch = None if why else open_batch(BANK, seen.currency)
    found = find_one(BankReturn, "id = %s AND state = 'requested' FOR UPDATE", [return_id])
    if found is None:
        return 0  # sent by hand in this very moment
    with stepping(found, "take_out" if why else "put", by=CLOCK_ACTOR, reason=why):
        found.exception, found.batch = why, batch
    return 1


def unpayable(found: BankReturn) -> str:
    """Why a file cannot say this: a code of EXCEPTION_WORDS; empty when it can."""
    try:
        read_number(found.to_account)
        read_bic(found.to_bic)
    except Refused:
        return "number"
    if not _country(found):
        return "number"
    try:
        written(found.to_name)
    except UnwritableName:
        return "letters"
    return ""


def _country(found: BankReturn) -> str:
    """Where the account is kept, by its IBAN or its bank's BIC: a file for a bank has to say it."""
    account = "".join(found.to_account.split()).upper()
    bic = "".join(found.to_bic.split()).upper()
    return account[:2] if account[:2].isalpha() else bic[4:6]


def transfer_of(found: BankReturn) -> Transfer:
    """What the file says of it; its reference comes back in the statement that shows it."""
    return Transfer(
        reference=found.pk.hex, amount=found.amount, name=found.to_name, account=read_number(found.to_account), bic=read_bic(found.to_bic),
        bank_name="", country=_country(found), town="", text=f"Everfair {return_reference(found.pk)}",
    )  # fmt: skip


def except_return(return_id: UUID, reason: str, *, by: Actor) -> BankReturn:
    """An operator takes it out of its batch, with a reason: it is owed as before, and waits for somebody to send it."""
    why = _said(reason)
    if not OPERATOR.admits(by, None):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    with part():
        seen = find_one(BankReturn, "id = %s", [return_id])
        if seen is None:
            raise NotVisible
        if seen.batch_id:
            find_one(Batch, "id = %s FOR UPDATE", [seen.batch_id])
        found = _locked(return_id)
        with stepping(found, "take_out", by=by, reason=why[:300]):
            found.exception, found.batch = why, None
        drop_when_empty(seen.batch_id, by)
    return found


def readmit_return(return_id: UUID, *, by: Actor) -> BankReturn:
    """It goes on, through a batch again. Refuses one that was in a file: our bank may still do it."""
    with part():
        found = _locked(return_id)
        if found.batch_id is not None:
            raise Refused("payments.return_filed", _("It was in a file for the bank: send it by hand, and say so at its line."))
        with stepping(found, "readmit", by=by):
            found.exception = ""
    return found


def bounce_return(return_id: UUID, reason: str, *, by: Actor) -> BankReturn:
    """Our bank did not do it: it is owed as before, and somebody sends it by hand."""
    why = _said(reason)
    with part():
        found = _locked(return_id)
        with stepping(found, "bounce", by=by, reason=why[:300]):
            found.exception = why
    return found


def _locked(return_id: UUID) -> BankReturn:
    found = find_one(BankReturn, "id = %s FOR UPDATE", [return_id])
    if found is None:
        raise NotVisible
    return found


def _said(text: str) -> str:
    if not text.strip():
        raise Refused("payments.reason", _("Please say why."), field="reason", status=422)
    return text.strip()[:500]
