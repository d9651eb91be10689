"""Exchanging for programs: rates, a price, the exchange by it, and a payment from a wallet of another currency."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from everfair.base.allow import allow
from everfair.base.api import MoneyOut, write
from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.base.roles import MEMBER
from everfair.companies.roles import MONEY_KEEPING
from everfair.payments import actions
from everfair.payments.credit.api import shown_payment
from everfair.payments.fx.schemas import FxQuoteIn, FxQuoteOut, PaymentQuoteIn, RatesOut
from everfair.payments.models import FxQuote
from everfair.payments.queries.fx import fx_quote, newest_rates, standing_of_quote
from everfair.payments.schemas import PaymentOut
from everfair.reference.queries import CURRENCIES

router = Router(tags=["Money"])


def shown_quote(quote: FxQuote) -> FxQuoteOut:
    return FxQuoteOut(
        id=quote.pk, payment=quote.intent_id, give=MoneyOut.of(quote.give), spread=MoneyOut.of(quote.spread), get=MoneyOut.of(quote.get),
        give_rate=f"{quote.give_rate.normalize():f}", get_rate=f"{quote.get_rate.normalize():f}", rated_on=quote.rated_on,
        source=quote.source, held=quote.lock_id is not None, expires_at=quote.expires_at, taken_at=quote.taken_at, state=standing_of_quote(quote),
    )  # fmt: skip


@router.get("/fx/rates", response=RatesOut)
@allow(MEMBER, scope="money:read")
def get_rates(request: HttpRequest) -> Any:
    """The newest publication; 404 before the first."""
    found = newest_rates()
    if found is None:
        raise NotVisible
    rates = {currency: f"{rate.normalize():f}" for currency, rate in found.rates.items()}
    return {"source": found.source, "published_on": found.published_on, "stale": found.stale, "rates": rates}


@router.post("/fx/quotes", response={201: FxQuoteOut})
@allow(MONEY_KEEPING, scope="money:write")
@write
def quote_exchange(request: HttpRequest, payload: FxQuoteIn) -> Any:
    """A price that holds for minutes. 409 without a fresh rate, and beyond what can be exchanged at the moment."""
    for field in ("give", "get"):
        if getattr(payload, field) not in CURRENCIES:
            raise Refused("payments.currency", _("There is no such currency."), field=field, status=422)
    said, other = (payload.give, payload.get) if payload.side == "give" else (payload.get, payload.give)
    try:
        amount = Money.of(payload.amount, said)
    except ValueError:
        raise Refused("base.amount", _("This is no amount of this currency."), field="amount", status=422) from None
    give, get = (amount, None) if payload.side == "give" else (None, amount)
    made = actions.quote_exchange(new_id(), give=give, get=get, into=other, by=request.actor)  # type: ignore[attr-defined]
    return 201, shown_quote(made)


@router.post("/payments/{uuid:payment_id}/fx-quote", response={201: FxQuoteOut})
@allow(MONEY_KEEPING, scope="money:write")
@write
def quote_payment(request: HttpRequest, payment_id: UUID, payload: PaymentQuoteIn) -> Any:
    """A price for paying this payment whole from the wallet of another currency; it pays nothing else."""
    if payload.give not in CURRENCIES:
        raise Refused("payments.currency", _("There is no such currency."), field="give", status=422)
    return 201, shown_quote(actions.quote_payment(new_id(), payment_id, payload.give, by=request.actor))  # type: ignore[attr-defined]


@router.get("/fx/quotes/{uuid:quote_id}", response=FxQuoteOut)
@allow(MONEY_KEEPING, scope="money:read")
def get_fx_quote(request: HttpRequest, quote_id: UUID) -> Any:
    return shown_quote(fx_quote(quote_id, request.actor))  # type: ignore[attr-defined]


@router.post("/fx/quotes/{uuid:quote_id}/take", response=FxQuoteOut)
@allow(MONEY_KEEPING, scope="money:write")
@write
def take_quote(request: HttpRequest, quote_id: UUID) -> Any:
    """Exchange by it, once. 409 after it expired or a newer one took its place; nothing changes then."""
    return shown_quote(actions.take_quote(quote_id, by=request.actor))  # type: ignore[attr-defined]


@router.post("/fx/quotes/{uuid:quote_id}/pay", response=PaymentOut)
@allow(MONEY_KEEPING, scope="money:write")
@write
def pay_by_quote(request: HttpRequest, quote_id: UUID) -> Any:
    """Pay the payment it is locked to, once."""
    return PaymentOut(**shown_payment(actions.pay_by_quote(quote_id, by=request.actor)))  # type: ignore[attr-defined]
