"""Where a company is paid: added, believed by its holder's name or by two operators, removed. Nothing of it is ever changed."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from everfair.base.actor import SYSTEM, Actor
from everfair.base.clock import EfNow
from everfair.base.events import emit
from everfair.base.formats import plain_moment
from everfair.base.refused import NotVisible, Refused
from everfair.base.roles import OPERATOR
from everfair.base.rows import insert
from everfair.base.states import moving, stepping
from everfair.base.together import part
from everfair.companies.queries import company_of, contacts_lately, lock_companies
from everfair.events.payments import BankAccountAdded, BankAccountRefused, BankAccountRemoved, BankAccountVerified
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET
from everfair.messaging.actions import warn
from everfair.payments.actions.calling_off import cancel_waiting
from everfair.payments.models import BankAccount
from everfair.payments.naming import match_holder
from everfair.payments.queries import bank_accounts_visible_to, number_is_known_elsewhere

KEEPERS = ("owner", "finance")
# A live installation never waits less, whatever the rule says; the database holds the same.
LEAST_WAIT_HOURS = 72


def add_bank_account(
    *, holder: str, account: str, bic: str, bank_name: str, country: str, currency: str, by: Actor
) -> BankAccount:
    """An account money can be paid to, once its holder is believed to be the company and it has waited (I15).

    An IBAN is checked whole; other countries' numbers by form (ISO 13616, ISO 9362). A holder whose name is the company's own by
    `payments.name_match`, without a doubt, is believed at once; else two operators look. Whoever kept the company's money before is
    written to, at the address they had before.
    """
    if by.company_id is None:
        raise NotVisible
    account, bic = read_number(account), read_bic(bic)
    with part():
        lock_companies([by.company_id])
        company = company_of(by)
        rules = rules_at(DEFAULT_MARKET)
        wait_hours = int(rules["payments.payout_wait_hours"])
        found = match_holder(holder, [company.name, *company.names.values()])
        doubts = list(found.doubts)
        if found.score < rules["payments.name_match"]:
            doubts.insert(0, "name")
        if company.renamed_at is not None and (company.verified_at is None or company.verified_at < company.renamed_at):
            doubts.append("renamed")
        if number_is_known_elsewhere(account, by.company_id):
            doubts.append("shared")
        made = BankAccount(
            company_id=by.company_id,
            holder=holder,
            account=account,
            bic=bic,
            bank_name=bank_name,
            country=country,
            currency=currency,
            added_by=by.person_id,
            changed_at=EfNow(),
            wait_hours=max(wait_hours, LEAST_WAIT_HOURS) if settings.KIND == "live" else wait_hours,
            name_score=found.score,
            doubts=doubts,
        )
        insert(made)
        emit(BankAccountAdded(made.pk, made.company_id), by=by)
        _warn(made, "account.added", company.name, until=plain_moment(made.usable_at))
        if not doubts:
            with stepping(made, "match", by=SYSTEM, reason=f"{found.score} %"):
                made.matched = True
            emit(BankAccountVerified(made.pk, made.company_id), by=SYSTEM)
    return made


def read_number(typed: str) -> str:
    account = "".join(typed.split()).upper()
    if account[:2].isalpha():
        try:
            IBAN(account)
        except SchwiftyException:
            raise Refused("payments.iban", _("This IBAN is not valid."), field="account", status=422) from None
    elif not (account.isascii() and account.replace("-", "").isalnum() and 4 <= len(account) <= 34):
        raise Refused("payments.account", _("This account number is not valid."), field="account", status=422)
    return account


def read_bic(typed: str) -> str:
    bic = "".join(typed.split()).upper()
    if bic:
        try:
            BIC(bic)
        except SchwiftyException:
            raise Refused("payments.bic", _("This BIC is not valid."), field="bic", status=422) from None
    return bic


def remove_bank_account(bank_account_id: UUID, *, by: Actor) -> None:
    """Payouts to it that nobody has handed over yet are called off; those under way end as they end."""
    with part():
        own = bank_accounts_visible_to(by).exclude(state="removed").filter(pk=bank_account_id)
        company_id = own.values_list("company_id", flat=True).first()
        if company_id is None or company_id != by.company_id:
            raise NotVisible
        # Alone with the company: nobody hands a payout over between our look and the removal.
        lock_companies([company_id], alone=True)
        with moving(own, bank_account_id, "remove", by=by) as account:
            account.removed_at = EfNow()
            cancel_waiting(company_id, reason="removed", bank_account_id=account.pk, by=by)
            emit(BankAccountRemoved(account.pk, company_id), by=by)
            _warn(account, "account.removed", company_of(by).name)


def look_at_bank_account(account_id: UUID, evidence: str, *, by: Actor) -> BankAccount:
    """An operator says what shows that the account is the company's (a bank's letter, a call back); another confirms it.

    Refuses without a note, and somebody of the company itself.
    """
    note = _reason(evidence, "evidence")
    with part():
        lock_companies([_company_of(account_id, by)])
        with moving(bank_accounts_visible_to(by), account_id, "look", by=by) as account:
            account.evidence, account.looked_by = note, _person(by)
    return account


def confirm_bank_account(account_id: UUID, *, by: Actor) -> BankAccount:
    """A second operator has read the first one's note: the account is verified. Refuses the first one."""
    with part():
        lock_companies([_company_of(account_id, by)])
        with moving(bank_accounts_visible_to(by), account_id, "confirm", by=by) as account:
            if account.looked_by == _person(by):
                raise Refused("payments.same_person", _("Another operator than the one before you does this."), status=403)
            account.confirmed_by = by.person_id
            emit(BankAccountVerified(account.pk, account.company_id), by=by)
    return account


def refuse_bank_account(account_id: UUID, reason: str, *, by: Actor) -> BankAccount:
    """Nothing is paid to it, also when it was verified before; waiting payouts to it are called off."""
    why = _reason(reason, "reason")
    with part():
        company_id = _company_of(account_id, by)
        lock_companies([company_id], alone=True)
        with moving(bank_accounts_visible_to(by), account_id, "refuse", by=by, reason=why[:300]) as account:
            account.evidence = f"{account.evidence}\n{why}".strip()
            cancel_waiting(company_id, reason="account", bank_account_id=account.pk, by=by)
            emit(BankAccountRefused(account.pk, company_id), by=by)
    return account


def doubt_bank_account(account_id: UUID, *, by: Actor) -> None:
    """A payout to it came back: nobody stands for it any more. Two operators look at it anew before anything is paid to it; payouts that
    wait for it stay behind until then. Nothing happens to one that is not verified. The caller holds the company."""
    account = BankAccount.objects.select_for_update().get(pk=account_id)
    if account.state == "verified":
        with stepping(account, "doubt", by=by, reason="returned"):
            account.matched, account.looked_by, account.confirmed_by = False, None, None
            account.doubts = [*(code for code in account.doubts if code != "returned"), "returned"]


def _company_of(account_id: UUID, by: Actor) -> UUID:
    if not OPERATOR.admits(by, None):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    found: UUID | None = bank_accounts_visible_to(by).filter(pk=account_id).values_list("company_id", flat=True).first()
    if found is None:
        raise NotVisible
    return found


def _person(by: Actor) -> UUID:
    if by.person_id is None:
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    return by.person_id


def _reason(text: str, field: str) -> str:
    if not text.strip():
        raise Refused("payments.reason", _("Please say why."), field=field, status=422)
    return text.strip()[:2000]


def _warn(account: BankAccount, kind: str, company: str, **params: str) -> None:
    # Whoever was there within the time that a new account waits.
    contacts = contacts_lately(account.company_id, KEEPERS, max(account.wait_hours, LEAST_WAIT_HOURS))
    cause = f"{kind}:{account.pk}"
    warn(
        contacts,
        account.company_id,
        kind,
        "/wallet/bank-accounts/",
        cause,
        ending=account.account[-4:],
        company=company,
        **params,
    )
