"""Money for programs: payments, the wallet, bank accounts, payouts."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router

from everfair.base.actor import Actor
from everfair.base.allow import allow
from everfair.base.api import MoneyOut, open_cursor, seal_cursor, write
from everfair.base.forms import clean_text
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.companies.roles import BUYING, MONEY_IN_PERSON, MONEY_KEEPING
from everfair.ledger.queries import wallets
from everfair.payments import actions, queries
from everfair.payments.credit import api as credit
from everfair.payments.credit.api import shown_payment
from everfair.payments.fx import api as exchanging
from everfair.payments.models import BankAccount, Payout
from everfair.payments.pages.wallet import statement_answer
from everfair.payments.queries.chargebacks import ChargebackSeen
from everfair.payments.queries.standing import moves_of
from everfair.payments.schemas import (
    BankAccountIn,
    BankAccountOut,
    ChargebackOut,
    ChargebackPage,
    CheckoutOut,
    DebtOut,
    PaymentOut,
    PayoutIn,
    PayoutOut,
    PayoutPage,
    ReserveOut,
    StatementPage,
    TransferOut,
    WalletOut,
)
from everfair.reference.queries import COUNTRIES, CURRENCIES

router = Router(tags=["Money"])
router.add_router("", credit.router)
router.add_router("", exchanging.router)
CSV = {
    "responses": {200: {"description": "The file", "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}}
}


@router.get("/payments/{uuid:payment_id}", response=PaymentOut)
@allow(BUYING | MONEY_KEEPING, scope="money:read")
def get_payment(request: HttpRequest, payment_id: UUID) -> Any:
    return shown_payment(queries.intent(payment_id, request.actor))  # type: ignore[attr-defined]


@router.post("/payments/{uuid:payment_id}/checkout", response=CheckoutOut)
@allow(BUYING | MONEY_KEEPING, scope="money:write")
def start_checkout(request: HttpRequest, payment_id: UUID) -> Any:
    """The provider's page for this payment; the same one again when it is asked for again. No `Idempotency-Key` is needed: the
    payment's own id is the key under which the provider knows it."""
    # The provider is called here, so no transaction may be open: the payment's id makes the repetition harmless instead of `@write`.
    return {"url": actions.start_checkout(payment_id, by=request.actor)}  # type: ignore[attr-defined]


@router.post("/payments/{uuid:payment_id}/bank", response=TransferOut)
@allow(BUYING | MONEY_KEEPING, scope="money:write")
@write
def choose_bank(request: HttpRequest, payment_id: UUID) -> Any:
    """Pay by bank transfer: where to send it and under which reference. Choosing it again gives the same."""
    actions.choose_bank(payment_id, by=request.actor)  # type: ignore[attr-defined]
    return _transfer(request, payment_id)


@router.post("/payments/{uuid:payment_id}/card", response=PaymentOut)
@allow(BUYING | MONEY_KEEPING, scope="money:write")
@write
def choose_card(request: HttpRequest, payment_id: UUID) -> Any:
    """Pay in another way after all."""
    return PaymentOut(**shown_payment(actions.choose_card(payment_id, by=request.actor)))  # type: ignore[attr-defined]


@router.get("/payments/{uuid:payment_id}/transfer", response=TransferOut)
@allow(BUYING | MONEY_KEEPING, scope="money:read")
def get_transfer(request: HttpRequest, payment_id: UUID) -> Any:
    """404 for a payment whose payer did not choose a transfer."""
    return _transfer(request, payment_id)


def _transfer(request: HttpRequest, payment_id: UUID) -> TransferOut:
    face = queries.transfer_face(payment_id, request.actor)  # type: ignore[attr-defined]
    return TransferOut(
        reference=face.intent.reference, amount=MoneyOut.of(face.missing), arrived=MoneyOut.of(face.came),
        beneficiary=face.account.holder, account=face.account.account, bic=face.account.bic, bank=face.account.bank,
        expected_on=face.expected_on, until=face.until,
    )  # fmt: skip


@router.post("/payments/{uuid:payment_id}/give-up", response=PaymentOut)
@allow(BUYING | MONEY_KEEPING, scope="money:write")
def give_up(request: HttpRequest, payment_id: UUID) -> Any:
    """Not to be paid here after all; what it was for can be paid in another way at once. 409 when it is paid or over, 503 while the
    provider does not say. No `Idempotency-Key` is needed: a payment ends once."""
    actions.give_up(payment_id, by=request.actor)  # type: ignore[attr-defined]
    return shown_payment(queries.intent(payment_id, request.actor))  # type: ignore[attr-defined]


@router.get("/wallet", response=list[WalletOut])
@allow(MONEY_KEEPING, scope="money:read")
def get_wallet(request: HttpRequest) -> Any:
    """What the company holds, per currency; `free` may be paid out."""
    held = wallets(request.actor.company_id)  # type: ignore[attr-defined]
    return [
        {
            "currency": currency,
            "posted": MoneyOut.of(row.posted),
            "reserved": MoneyOut.of(row.reserved),
            "free": MoneyOut.of(row.free),
        }
        for currency, row in held.items()
    ]


@router.get("/wallet/{str:currency}/statement", response=StatementPage)
@allow(MONEY_KEEPING, scope="money:read")
def get_statement(
    request: HttpRequest,
    currency: str,
    from_on: date | None = Query(None),  # noqa: B008
    to_on: date | None = Query(None),  # noqa: B008
    cursor: str = Query("", max_length=400),
    limit: int = Query(50, ge=1, le=100),
) -> Any:
    """The wallet's lines, newest first; `from_on` and `to_on` are the first and the last day (UTC) that are asked for."""
    days = _days(currency, from_on, to_on)
    before = open_cursor(cursor, int)[0] if cursor else None
    found = queries.wallet_statement(request.actor, currency, before=before, limit=limit + 1, **days)  # type: ignore[attr-defined]
    shown = found[:limit]
    items = [
        {
            "id": row.line.id,
            "posted_at": row.line.posted_at,
            "kind": row.line.kind,
            "words": row.words,
            "subject": row.subject,
            "amount": MoneyOut.of(row.line.amount),
            "balance": MoneyOut.of(row.line.balance),
        }
        for row in shown
    ]
    return {"items": items, "next_cursor": seal_cursor([shown[-1].line.id]) if len(found) > limit else None}


@router.get("/wallet/{str:currency}/statement.csv", response={200: None}, openapi_extra=CSV)
@allow(MONEY_KEEPING, scope="money:read")
def get_statement_file(
    request: HttpRequest,
    currency: str,
    from_on: date | None = Query(None),  # noqa: B008
    to_on: date | None = Query(None),  # noqa: B008
) -> Any:
    """The same lines as a table, at most 100,000 of them: moment, what it was, what for, amount, balance, currency, number of the line."""
    return statement_answer(request.actor, currency, **_days(currency, from_on, to_on))  # type: ignore[attr-defined]


def _days(currency: str, from_on: date | None, to_on: date | None) -> dict[str, date | None]:
    if currency not in CURRENCIES:
        raise NotVisible
    if from_on and to_on and to_on < from_on:
        raise Refused("base.days", _("This day is before the first."), field="to_on", status=422)
    return {"from_on": from_on, "to_on": to_on}


@router.get("/reserves", response=list[ReserveOut])
@allow(MONEY_KEEPING, scope="money:read")
def list_reserves(request: HttpRequest) -> Any:
    """What of sales paid by card is kept back for a while, the next to be let go first. At most 200."""
    return [
        {
            "id": row.pk,
            "description": row.description,
            "amount": MoneyOut.of(row.amount),
            "left": MoneyOut.of(row.left),
            "release_at": row.release_at,
        }
        for row in queries.reserves_of(request.actor.company_id, limit=200)  # type: ignore[attr-defined]
    ]


@router.get("/chargebacks", response=ChargebackPage)
@allow(MONEY_KEEPING, scope="money:read")
def list_chargebacks(request: HttpRequest, cursor: str = Query("", max_length=400), limit: int = Query(25, ge=1, le=100)) -> Any:
    """Card payments of your company, or to it, that their payers' banks took back; newest first."""
    actor = request.actor  # type: ignore[attr-defined]
    before = open_cursor(cursor, UUID)[0] if cursor else None
    found = queries.chargebacks_seen_by(actor, before=before, limit=limit + 1)
    shown = found[:limit]
    return {
        "items": [_chargeback(row, actor) for row in shown],
        "next_cursor": seal_cursor([str(shown[-1].chargeback.pk)]) if len(found) > limit else None,
    }


@router.get("/chargebacks/{uuid:chargeback_id}", response=ChargebackOut)
@allow(MONEY_KEEPING, scope="money:read")
def get_chargeback(request: HttpRequest, chargeback_id: UUID) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    return _chargeback(queries.chargeback_seen_by(chargeback_id, actor), actor)


@router.get("/bank-accounts", response=list[BankAccountOut])
@allow(MONEY_KEEPING, scope="money:read")
def list_bank_accounts(request: HttpRequest) -> Any:
    return [_account(row) for row in queries.bank_accounts_of(request.actor)]  # type: ignore[attr-defined]


@router.post("/bank-accounts", response={201: BankAccountOut})
@allow(MONEY_KEEPING, scope="money:write", proof="fresh")
@write
def add_bank_account(request: HttpRequest, payload: BankAccountIn) -> Any:
    """An IBAN is checked whole, other numbers by form. A holder that is your company by its name is verified at once, another one is
    looked at by people; nothing is paid to it before `usable_at`."""
    if payload.country not in COUNTRIES:
        raise Refused("payments.country", _("This is no country we know."), field="country", status=422)
    if payload.currency not in CURRENCIES:
        raise Refused("payments.currency", _("This is no currency we know."), field="currency", status=422)
    typed = payload.model_dump()
    for name in ("holder", "bank_name"):
        try:
            typed[name] = clean_text(typed[name])
        except ValueError:
            raise Refused(
                "base.hidden_characters", _("Please remove hidden or control characters."), field=name, status=422
            ) from None
    return 201, BankAccountOut(**_account(actions.add_bank_account(by=request.actor, **typed)))  # type: ignore[attr-defined]


@router.delete("/bank-accounts/{uuid:account_id}", response=BankAccountOut)
@allow(MONEY_KEEPING, scope="money:write", proof="fresh")
@write
def remove_bank_account(request: HttpRequest, account_id: UUID) -> Any:
    """No new payouts to it; those that had not left are called off."""
    found = queries.bank_account(account_id, request.actor)  # type: ignore[attr-defined]
    actions.remove_bank_account(account_id, by=request.actor)  # type: ignore[attr-defined]
    found.refresh_from_db()
    return BankAccountOut(**_account(found))


@router.get("/payouts", response=PayoutPage)
@allow(MONEY_KEEPING, scope="money:read")
def list_payouts(request: HttpRequest, cursor: str = Query("", max_length=400), limit: int = Query(25, ge=1, le=100)) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    before = open_cursor(cursor, UUID)[0] if cursor else None
    found = queries.payouts_page(actor, before=before, limit=limit + 1)
    shown = found[:limit]
    keepers = queries.keepers_count(actor.company_id)
    return {
        "items": [_payout(row, actor, keepers) for row in shown],
        "next_cursor": seal_cursor([str(shown[-1].pk)]) if len(found) > limit else None,
    }


@router.get("/payouts/{uuid:payout_id}", response=PayoutOut)
@allow(MONEY_KEEPING, scope="money:read")
def get_payout(request: HttpRequest, payout_id: UUID) -> Any:
    return _shown(payout_id, request.actor)  # type: ignore[attr-defined]


@router.post("/payouts/{uuid:payout_id}/approve", response=PayoutOut)
@allow(MONEY_IN_PERSON, proof="fresh")
@write
def approve_payout(request: HttpRequest, payout_id: UUID) -> Any:
    """The second person of the company; no key does this."""
    actions.approve_payout(payout_id, by=request.actor)  # type: ignore[attr-defined]
    return PayoutOut(**_shown(payout_id, request.actor))  # type: ignore[attr-defined]


@router.post("/payouts/{uuid:payout_id}/cancel", response=PayoutOut)
@allow(MONEY_KEEPING, scope="money:write")
@write
def cancel_payout(request: HttpRequest, payout_id: UUID) -> Any:
    """Before its batch is put forward; the money is free again."""
    actions.cancel_payout(payout_id, by=request.actor)  # type: ignore[attr-defined]
    return PayoutOut(**_shown(payout_id, request.actor))  # type: ignore[attr-defined]


@router.get("/debts", response=list[DebtOut])
@allow(MONEY_KEEPING, scope="money:read")
def list_debts(request: HttpRequest) -> Any:
    """What your company owes and has not settled, oldest first."""
    return [
        {
            "id": debt.pk,
            "reason": debt.reason,
            "amount": MoneyOut.of(debt.amount),
            "left": MoneyOut.of(debt.left),
            "state": debt.state,
            "owed_at": debt.created_at,
            "due_at": due_at,
        }
        for debt, due_at in queries.debts_due(queries.open_debts(request.actor.company_id))  # type: ignore[attr-defined]
    ]


@router.post("/payouts", response={201: PayoutOut})
@allow(MONEY_KEEPING, scope="money:write", proof="fresh")
@write
def request_payout(request: HttpRequest, payload: PayoutIn) -> Any:
    """Set the amount aside in the wallet and have it sent to one's own bank account. A large one waits for a second person."""
    actor = request.actor  # type: ignore[attr-defined]
    account = queries.bank_account(payload.bank_account, actor)
    try:
        amount = Money.of(payload.amount, account.currency)
    except ValueError:
        raise Refused("base.amount", _("This is no amount of this currency."), field="amount", status=422) from None
    made = actions.request_payout(account.pk, amount, by=actor)
    return 201, PayoutOut(**_payout(made, actor, queries.keepers_count(made.company_id)))


def _account(row: BankAccount) -> dict[str, Any]:
    plain = ("id", "holder", "bic", "bank_name", "country", "currency")
    more = {"ending": row.account[-4:], "state": row.state, "usable_at": row.usable_at}
    return {name: getattr(row, name) for name in plain} | more


def _chargeback(row: ChargebackSeen, actor: Actor) -> dict[str, Any]:
    found = row.chargeback
    own = found.company_id == actor.company_id
    plain = ("id", "state", "reason_code", "answer", "evidence_due_at", "answered_at", "ended_at")
    return {name: getattr(found, name) for name in plain} | {
        "side": "payer" if own else "payee",
        "payment": found.intent_id if own else None,
        "description": row.description,
        "amount": MoneyOut.of(found.amount),
        "taken": MoneyOut.of(row.taken),
        "opened_at": found.created_at,
    }


def _shown(payout_id: UUID, actor: Actor) -> dict[str, Any]:
    found = queries.payout(payout_id, actor)
    return _payout(found, actor, queries.keepers_count(found.company_id))


def _payout(row: Payout, actor: Actor, keepers: int) -> dict[str, Any]:
    return {
        "id": row.pk,
        "bank_account": row.bank_account_id,
        "amount": MoneyOut.of(row.amount),
        "state": row.state,
        "requested_at": row.created_at,
        "settled_at": row.settled_at,
        "needs_second": row.needs_second,
        "exception": row.exception,
        "moves": moves_of(row, actor, keepers=keepers),
    }
