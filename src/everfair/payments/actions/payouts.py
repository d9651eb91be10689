"""Payments out: the money is held in the wallet first, then the provider is asked, then its word ends it."""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import SYSTEM, Actor
from everfair.base.events import emit
from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.base.states import moving
from everfair.companies.queries import refuse_stopped
from everfair.events.payments import PayoutRequested
from everfair.ledger.actions import reserve
from everfair.ledger.values import wallet
from everfair.payments.actions.events import end_payout
from everfair.payments.models import BankAccount, Payout
from everfair.payments.providers.port import BankAccount as Destination
from everfair.payments.providers.port import OutcomeUnknown, ProviderDown, ProviderRefused
from everfair.payments.rails import client, configured
from everfair.payments.roles import keeper

log = logging.getLogger(__name__)


def request_payout(bank_account_id: UUID, amount: Money, *, by: Actor) -> Payout:
    """Hold `amount` in the wallet and ask for its transfer to one of the company's own bank accounts.

    Refuses another company's account (NotVisible), another currency, a removed account, a stop, and more than is free.
    The provider is asked by the worker, outside this transaction.
    """
    with transaction.atomic():
        account = BankAccount.objects.filter(pk=bank_account_id, company_id=by.company_id, removed_at=None).first()
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
        refuse_stopped([by.company_id], "payout")
        pk = new_id()
        hold = reserve(f"payout:{pk}", wallet(by.company_id, amount.currency), amount, by=by)
        payout = Payout.objects.create(
            id=pk,
            company_id=by.company_id,
            bank_account=account,
            amount_minor=amount.minor,
            currency=amount.currency,
            provider=configured("card")[0].code,
            hold_id=hold,
            requested_by=by.person_id,
        )
        emit(PayoutRequested(payout.pk, payout.company_id, amount), by=by)
        return payout


def send_payout(payout_id: UUID) -> None:
    """Ask the provider, by the payout's own id. Not inside a transaction. What it answers later ends the payout."""
    payout = Payout.objects.select_related("bank_account").get(pk=payout_id)
    if payout.state != "requested":
        return
    destination = Destination(payout.bank_account.holder, payout.bank_account.account, payout.bank_account.bic)
    try:
        sent = client(payout.provider).send_payout(str(payout.pk), payout.amount, destination)
    except ProviderDown:
        return  # nothing happened; the chore comes back
    except OutcomeUnknown:
        with moving(Payout.objects.all(), payout_id, "doubt", by=SYSTEM):
            return
    except ProviderRefused as no:
        end_payout(payout_id, paid=False, failure=no.code)
        return
    try:
        with moving(Payout.objects.all(), payout_id, "send", by=SYSTEM) as row:
            row.provider_ref = sent.ref
    except Refused as no:
        log.info("the payout had moved on", extra={"payout": str(payout_id), "code": no.code})
