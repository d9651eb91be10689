"""Payouts: asked for by the company, approved by a second person, let go by the operator's side, and handed to their rail.

The money is held in the wallet from the first step; the rail's or the bank's word ends it. What happens between approval and
handing over is `batches.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import SYSTEM, Actor
from everfair.base.clock import now
from everfair.base.events import emit
from everfair.base.failpoints import failpoint
from everfair.base.ids import new_id
from everfair.base.money import Money, exponent
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import find_one, insert
from everfair.base.states import moving, stepping
from everfair.base.together import part
from everfair.companies.queries import key_makers, linked_people, lock_companies, people_ids, refuse_stopped
from everfair.events.payments import PayoutApproved, PayoutRequested
from everfair.ledger.actions import paying_out, refuse_frozen, reserve
from everfair.ledger.values import wallet
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments.actions.calling_off import free_payout, take_out
from everfair.payments.actions.debts import net_debts
from everfair.payments.actions.events import end_payout
from everfair.payments.models import BankAccount, Batch, Payout
from everfair.payments.providers.port import BankAccount as Destination
from everfair.payments.providers.port import OutcomeUnknown, ProviderDown, ProviderRefused
from everfair.payments.queries import open_debts, payouts_visible_to
from everfair.payments.rails import carrying, client
from everfair.payments.roles import keeper
from everfair.payments.values import BANK

KEEPERS = ("owner", "finance")
_LONGEST_REST = timedelta(minutes=10)


def request_payout(bank_account_id: UUID, amount: Money, *, by: Actor) -> Payout:
    """Hold `amount` in the wallet and ask for its transfer to one of the company's own bank accounts.

    What the company owes is taken from the wallet first. Refuses another company's account (NotVisible), another currency, an account
    that is not verified or has not waited long enough, a stop, and more than is free. From `payments.second_amount` on a second person
    approves; otherwise it is approved at once.
    """
    with part():
        account = BankAccount.objects.filter(pk=bank_account_id, company_id=by.company_id).exclude(state="removed").first()
        if account is None or by.company_id is None:
            raise NotVisible
        if not keeper.admits(by, account):
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        if account.currency != amount.currency:
            raise Refused(
                "payments.other_currency", _("This bank account is kept in another currency."), field="amount", status=422
            )
        if amount.minor <= 0:
            raise Refused("payments.amount", _("Please give an amount above zero."), field="amount", status=422)
        refuse_frozen()
        refuse_stopped([by.company_id], "payout")
        account.refresh_from_db(fields=["state"])  # as it stands now that nobody changes it any more
        _refuse_unready(account)
        net_debts(by.company_id, amount.currency)
        payout = _ask(account, amount, by)
        emit(PayoutRequested(payout.pk, payout.company_id, amount), by=by)
        if not payout.needs_second:
            with stepping(payout, "approve", by=SYSTEM):
                emit(PayoutApproved(payout.pk, payout.company_id), by=SYSTEM)
    return payout


def _ask(account: BankAccount, amount: Money, by: Actor) -> Payout:
    pk, way = new_id(), payout_way(amount, account)
    hold = reserve(f"payout:{pk}", wallet(account.company_id, amount.currency), amount, by=by)
    failpoint("payments.payout_reserved")
    payout = Payout(
        id=pk,
        company_id=account.company_id,
        bank_account=account,
        amount_minor=amount.minor,
        currency=amount.currency,
        provider=way.rail,
        hold_id=hold,
        requested_by=by.person_id,
        needs_second=way.needs_second,
        needs_batch=way.needs_batch,
    )
    insert(payout)
    return payout


@dataclass(frozen=True, slots=True)
class Way:
    """How a payout of some amount leaves, by the rules of the day."""

    rail: str
    needs_second: bool
    needs_batch: bool


def payout_way(amount: Money, account: BankAccount) -> Way:
    """By our own bank from `payments.bank_amount` on where we have an account in this currency, else by the first card-like rail that
    can pay to this account, and by our bank where none can. Refuses what nobody could pay there."""
    rules = rules_at(DEFAULT_MARKET)

    def from_on(name: str) -> bool:
        return amount.minor >= _minor(rules[name], amount.currency)

    destination = Destination(account.holder, account.account, account.bic)
    rails = [rail.code for rail in carrying("card") if client(rail.code).pays_out(amount, destination)]
    by_bank = amount.currency in settings.PAYOUT_ACCOUNTS and (from_on("payments.bank_amount") or not rails)
    if not by_bank and not rails:
        raise Refused(
            "payments.no_payout_rail", _("We have no way yet to pay out in this currency to this account. Ask the operator.")
        )
    # A file is always let go by two.
    batch = by_bank or from_on("payments.batch_amount")
    return Way(BANK if by_bank else rails[0], from_on("payments.second_amount"), batch)


def _minor(whole_units: Decimal, currency: str) -> int:
    return int(whole_units.scaleb(exponent(currency)))


def _refuse_unready(account: BankAccount) -> None:
    if account.state != "verified":
        message = _("This bank account is not verified yet. Nothing is paid to it before that.")
        raise Refused("payments.account_unverified", message, field="bank_account", status=422)
    if account.usable_at > now():
        message = _("This bank account is new: it can be paid to from the moment on that stands beside it.")
        raise Refused("payments.account_new", message, field="bank_account", status=422)


def approve_payout(payout_id: UUID, *, by: Actor) -> Payout:
    """The second pair of eyes: another person who keeps the company's money, or the operator when the company has only one such person.

    Refuses whoever asked for it, a key, who made the key that asked, an operator who has to do with the company (I16), and a stop.
    """
    with moving(payouts_visible_to(by), payout_id, "approve", by=by) as payout:
        if by.person_id is None:
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        if by.kind == "operator":
            if len(people_ids(payout.company_id, *KEEPERS)) > 1:
                raise Refused("payments.company_approves", _("Another person of the company approves this payout."), status=403)
            refuse_linked([payout.company_id], by)
        elif payout.requested_by is None and by.person_id in key_makers(payout.company_id, "money:write"):
            raise Refused("payments.same_person", _("Another person than the one before you does this."), status=403)
        payout.approved_by = by.person_id
        emit(PayoutApproved(payout.pk, payout.company_id), by=by)
    return payout


def refuse_linked(company_ids: Iterable[UUID], by: Actor, *, also: Iterable[UUID | None] = ()) -> None:
    """I16: whoever has or had something to do with a company, or is one of `also`, does not let its money go."""
    if by.person_id is None or by.person_id in {*linked_people(company_ids), *also}:
        message = _(
            "You have to do with one of the companies (its mark, a stop, an account, or you work there): a colleague does this."
        )
        raise Refused("payments.linked", message, status=403)


def cancel_payout(payout_id: UUID, reason: str = "", *, by: Actor) -> Payout:
    """Called off before it leaves; the money is free again. The operator says why. Refuses one whose batch is put forward already:
    what a person has put together does not change under the eyes of the next."""
    if by.kind == "operator" and not reason.strip():
        raise Refused("payments.reason", _("Please say why."), field="reason", status=422)
    with part():
        found = payouts_visible_to(by).filter(pk=payout_id).values_list("company_id", "batch_id").first()
        if found is None:
            raise NotVisible
        lock_companies([found[0]])
        batch = find_one(Batch, "id = %s FOR UPDATE", [found[1]]) if found[1] else None
        with moving(payouts_visible_to(by), payout_id, "cancel", by=by, reason=reason.strip()[:300]) as payout:
            if payout.batch_id is not None and (batch is None or batch.pk != payout.batch_id or batch.state != "open"):
                raise Refused("payments.in_batch", _("It is put forward for release already."))
            free_payout(payout, reason.strip(), by)
    return payout


def readmit_payout(payout_id: UUID, *, by: Actor) -> Payout:
    """An operator has looked at the exception: it may go on, and takes its way through a batch again."""
    with moving(payouts_visible_to(by), payout_id, "readmit", by=by) as payout:
        payout.exception = ""
    return payout


# ── handing over ──


def dispatch_payout(payout_id: UUID, *, by: Actor) -> str:
    """The last look before nothing calls it back: a stop (it stays where it is), the account and what the company owes (it is taken
    out). Returns «», or why it does not go."""
    try:
        with transaction.atomic(), moving(Payout.objects.all(), payout_id, "dispatch", by=by) as payout:
            refuse_frozen()
            if open_debts(payout.company_id, payout.currency):
                raise _Exception("debt")
    except _Exception as why:
        take_out(payout_id, why.code, by=by)
        return why.code
    except Refused as no:
        return "stop" if no.code == "companies.stopped" else no.code
    except DatabaseError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) != "payments_payout_destination":
            raise
        take_out(payout_id, "account", by=by)
        return "account"
    return ""


class _Exception(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def send_payout(payout_id: UUID) -> None:
    """Hand it to its rail, by the payout's own id. Not inside a transaction. What the rail answers later ends the payout.

    While payouts are frozen it stays where it is; a freeze waits for the call that has begun.
    """
    payout = Payout.objects.select_related("bank_account").get(pk=payout_id)
    if payout.provider == BANK or payout.state not in ("released", "dispatched"):
        return
    if payout.state == "released" and dispatch_payout(payout_id, by=SYSTEM):
        return
    destination = Destination(payout.bank_account.holder, payout.bank_account.account, payout.bank_account.bic)
    try:
        with paying_out():
            failpoint("payments.payout_before_provider")
            sent = client(payout.provider).send_payout(str(payout.pk), payout.amount, destination)
            failpoint("payments.payout_answered")
    except Refused:
        return  # payouts are frozen; the chore comes back
    except ProviderDown:
        _after_the_call(payout_id, "step_back")  # nothing happened: it is looked at anew before the next try
    except OutcomeUnknown:
        _after_the_call(payout_id, "doubt")
    except ProviderRefused as no:
        end_payout(payout_id, paid=False, failure=no.code)
    else:
        _after_the_call(payout_id, "send", sent.ref)


def _after_the_call(payout_id: UUID, verb: str, ref: str = "") -> None:
    try:
        with moving(Payout.objects.all(), payout_id, verb, by=SYSTEM) as payout:
            payout.provider_ref = ref or payout.provider_ref
            if verb == "step_back":
                payout.tries += 1
                payout.retry_at = now() + min(timedelta(seconds=2 ** min(payout.tries, 10)), _LONGEST_REST)
    except Refused:
        pass  # the rail's word came first
