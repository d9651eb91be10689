"""Where a company is paid."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from everfair.base.actor import Actor
from everfair.base.clock import EfNow
from everfair.base.refused import NotVisible, Refused
from everfair.payments.models import BankAccount


def add_bank_account(
    *, holder: str, account: str, bic: str, bank_name: str, country: str, currency: str, by: Actor
) -> BankAccount:
    """An account money can be paid to. An IBAN is checked whole; other countries' numbers by form (ISO 13616, ISO 9362)."""
    if by.company_id is None:
        raise NotVisible
    account = "".join(account.split()).upper()
    bic = "".join(bic.split()).upper()
    if account[:2].isalpha():
        try:
            IBAN(account)
        except SchwiftyException:
            raise Refused("payments.iban", _("This IBAN is not valid."), field="account", status=422) from None
    elif not (account.isascii() and account.replace("-", "").isalnum() and 4 <= len(account) <= 34):
        raise Refused("payments.account", _("This account number is not valid."), field="account", status=422)
    if bic:
        try:
            BIC(bic)
        except SchwiftyException:
            raise Refused("payments.bic", _("This BIC is not valid."), field="bic", status=422) from None
    return BankAccount.objects.create(
        company_id=by.company_id,
        holder=holder,
        account=account,
        bic=bic,
        bank_name=bank_name,
        country=country,
        currency=currency,
        added_by=by.person_id,
    )


def remove_bank_account(bank_account_id: UUID, *, by: Actor) -> None:
    """No new payouts to it; those under way end as they end."""
    with transaction.atomic():
        found = BankAccount.objects.filter(pk=bank_account_id, company_id=by.company_id, removed_at=None)
        if not found.update(removed_at=EfNow()):
            raise NotVisible
