"""Files for our own bank: one for each batch that two operators let go, made once, taken with a record, handed over by people."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import RAIL_ACTOR, Actor
from everfair.base.clock import now
from everfair.base.events import emit
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, find, find_one, insert
from everfair.base.states import moving, stepping
from everfair.base.together import part
from everfair.companies.queries import companies_by_id, lock_companies
from everfair.events.payments import PayoutReturned
from everfair.ledger.actions import post_entry, refuse_frozen
from everfair.payments import postings
from everfair.payments.actions.bank_accounts import doubt_bank_account
from everfair.payments.actions.bank_returns import transfer_of
from everfair.payments.actions.batches import lock_batch, returns_in
from everfair.payments.actions.calling_off import take_out
from everfair.payments.actions.events import end_payout
from everfair.payments.actions.payouts import dispatch_payout
from everfair.payments.models import BankAccount, BankReturn, Batch, FileTaking, Payout, PayoutFile
from everfair.payments.pain001 import Payer, Transfer, UnwritableName, write_file, written
from everfair.payments.values import BANK, payout_reference


def take_file(batch_id: UUID, *, by: Actor) -> PayoutFile:
    """Make the file of a released batch and take it: the first and only time without a reason.

    Every payout gets its last look here; what a stop, its account, a debt or its holder's letters keep back is taken out and not in the
    file. Refuses while payouts are frozen, a batch of another rail, and one whose file is made (`take_file_again`).
    """
    with part():
        lock_batch(batch_id, by)
        refuse_frozen()
        with moving(Batch.objects.all(), batch_id, "take_file", by=by) as batch:
            if batch.rail != BANK:
                raise Refused("payments.no_file", _("Only payouts by our own bank leave as a file."))
            for payout_id in _released(batch_id):
                _last_look(payout_id, by)
            payouts = find(Payout, "batch_id = %s AND state = 'dispatched' ORDER BY id FOR UPDATE", [batch_id])
            returns = returns_in(batch_id, "released")
            for found in returns:
                with stepping(found, "dispatch", by=by):
                    pass
            if not payouts and not returns:
                raise Refused("payments.batch_empty", _("Nothing in this batch may go: take its payouts out, with reasons."))
            made = _make(batch, payouts, returns, by)
        _record(made, 1, "", by)
    return made


def _released(batch_id: UUID) -> list[UUID]:
    return [
        row[0] for row in ask("SELECT id FROM payments_payout WHERE batch_id = %s AND state = 'released' ORDER BY id", [batch_id])
    ]


def _last_look(payout_id: UUID, by: Actor) -> None:
    payout = Payout.objects.select_related("bank_account").get(pk=payout_id)
    try:
        written(payout.bank_account.holder)
    except UnwritableName:
        take_out(payout_id, "letters", by=by)
        return
    if dispatch_payout(payout_id, by=by) == "stop":
        take_out(payout_id, "stop", by=by)


def _make(batch: Batch, payouts: list[Payout], returns: list[BankReturn], by: Actor) -> PayoutFile:
    accounts = BankAccount.objects.in_bulk([row.bank_account_id for row in payouts])
    companies = companies_by_id(row.company_id for row in payouts)
    own = settings.PAYOUT_ACCOUNTS[batch.currency]
    transfers = []
    for payout in payouts:
        account, company = accounts[payout.bank_account_id], companies[payout.company_id]
        transfers.append(
            Transfer(
                reference=payout.pk.hex,
                amount=payout.amount,
                name=account.holder,
                account=account.account,
                bic=account.bic,
                bank_name=account.bank_name,
                country=account.country,
                town=company.address.get("city", ""),
                text=f"Everfair {payout_reference(payout.pk)}",
            )
        )
    transfers += map(transfer_of, returns)
    moment = now()
    message_id = f"EF{batch.pk.hex}"
    payer = Payer(own["name"], own["account"], own.get("bic", ""), own["country"])
    body = write_file(message_id, payer, transfers, at=moment, pay_on=moment.date())
    made = PayoutFile(
        batch=batch,
        message_id=message_id,
        body=body,
        sha256=hashlib.sha256(body).hexdigest(),
        count=len(transfers),
        total_minor=sum(transfer.amount.minor for transfer in transfers),
        made_by=by.person_id,
    )
    insert(made)
    return made


def take_file_again(batch_id: UUID, reason: str, *, by: Actor) -> PayoutFile:
    """The same bytes once more, because the first were lost before the bank had them. The reason and who stay for ever."""
    if not reason.strip():
        raise Refused("payments.reason", _("Please say why."), field="reason", status=422)
    with part():
        lock_batch(batch_id, by)
        made = find_one(PayoutFile, "batch_id = %s", [batch_id])
        if made is None:
            raise Refused("payments.no_file_yet", _("This batch has no file yet."))
        taken = ask("SELECT count(*) FROM payments_filetaking WHERE file_id = %s", [made.pk])[0][0]
        _record(made, taken + 1, reason.strip()[:500], by)
    return made


def _record(made: PayoutFile, n: int, reason: str, by: Actor) -> None:
    insert(FileTaking(file=made, n=n, by=by.person_id, sha256=made.sha256, reason=reason))


def hand_over_batch(batch_id: UUID, *, by: Actor) -> Batch:
    """The file is with the bank: its payouts are on their way. What the bank's statement says ends each of them."""
    with part():
        lock_batch(batch_id, by)
        with moving(Batch.objects.all(), batch_id, "hand_over", by=by) as batch:
            for payout in find(Payout, "batch_id = %s AND state = 'dispatched' ORDER BY id FOR UPDATE", [batch_id]):
                with stepping(payout, "send", by=by):
                    pass
            for found in returns_in(batch_id, "dispatched"):
                with stepping(found, "send", by=by):
                    pass
    return batch


def settle_bank_payout(payout_id: UUID, bank_ref: str, *, by: Actor = RAIL_ACTOR) -> tuple[str, str]:
    """The bank's statement shows the debit: the money has left the wallet. Returns («applied» or «ignored», why), like an event.

    NotVisible for a payout of another rail.
    """
    _of_the_bank(payout_id)
    return end_payout(payout_id, paid=True, by=by, ref=bank_ref)


def bounce_bank_payout(payout_id: UUID, reason: str, *, by: Actor = RAIL_ACTOR) -> tuple[str, str]:
    """The bank did not pay it, or sent it back after it had: the money is in the wallet again, and the company is told why (`reason` is a
    code of RETURN_WORDS or an operator's words). What came back puts its bank account in doubt."""
    if _of_the_bank(payout_id) != "paid":
        return end_payout(payout_id, paid=False, failure=reason, by=by)
    try:
        with transaction.atomic():
            company_id = Payout.objects.values_list("company_id", flat=True).get(pk=payout_id)
            lock_companies([company_id])
            with moving(Payout.objects.all(), payout_id, "give_back", by=by, reason=reason[:300]) as payout:
                payout.failure = reason[:80]
                transfers = postings.paid_back(payout.provider, payout.company_id, payout.amount)
                post_entry(
                    f"payout:{payout.pk}:returned", transfers, kind="payout_returned", by=by, why={"payout": str(payout.pk)}
                )
                doubt_bank_account(payout.bank_account_id, by=by)
                emit(PayoutReturned(payout.pk, payout.company_id, payout.amount), by=by)
    except Refused as no:
        return "ignored", no.code
    return "applied", ""


def _of_the_bank(payout_id: UUID) -> str:
    found: str | None = Payout.objects.filter(pk=payout_id, provider=BANK).values_list("state", flat=True).first()
    if found is None:
        raise NotVisible
    return found
