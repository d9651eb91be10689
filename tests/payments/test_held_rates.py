"""A contract holds an exchange rate for a buyer who pays in another currency: signed, counted, paid by, and over on its day."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from everfair.base import clock
from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.rows import ask
from everfair.ledger.proofs import prove
from everfair.payments.actions import hold_rate, pay_by_quote, quote_payment
from everfair.payments.models import FxLock, FxLockEnd, Intent
from everfair.payments.queries.fx import currency_exposure, held_by_contracts, positions, promised
from everfair.payments.queries.fx_locks import offered_rate, pay_in_choices
from everfair.trade.actions import cancel_order, decline_order, draft_order, pay_stage, place_order, sign_order
from everfair.trade.reactions import money_arrived
from everfair.trade.values import terms_hash
from tests import make
from tests.base.together import together
from tests.payments.on_credit import in_wallet, nothing_is_wrong
from tests.payments.rates import position, publication_day, published, rule_is

pytestmark = pytest.mark.django_db
WALLET = Money.of("5000.00", "EUR")


def ordered(pay_in: str = "EUR", quantity: int = 1000, *, signed: bool = True):
    """An order of 420.00 USD with the deposit of 126.00, whose buyer pays in euro; (order, buyer, seller)."""
    seller, buyer = make.company(), make.company()
    offer = make.offer(seller)
    by = make.actor(buyer, "owner")
    make.fill(buyer.pk, WALLET)
    order = place_order(
        draft_order([(offer.pk, Decimal(quantity))], incoterm="FOB", named_place="Ningbo", pay_in=pay_in, by=by), by=by
    )
    other = make.actor(seller, "owner")
    if signed:
        sign_order(order.pk, order.terms_hash, by=other)
        order.refresh_from_db()
    return order, by, other


def first_stage(order):
    return ask("SELECT id FROM trade_stage WHERE order_id = %s ORDER BY n LIMIT 1", [order.pk])[0][0]


def code_of(call) -> str:
    with pytest.raises(Refused) as no:
        call()
    return no.value.code


def test_the_clause_is_part_of_the_terms_and_their_fingerprint():
    published()
    order, _by, _other = ordered()

    clause = order.terms["exchange"]
    assert (clause["pay_in"], clause["pay_rate"], clause["rate"], clause["source"]) == ("EUR", "1", "1.25", "sandbox")
    assert clause["rated_on"] == publication_day().isoformat()
    assert clause["until"] == (clock.now().date() + timedelta(days=7)).isoformat()
    assert clause["spread_bps"] == 100
    # 126.00 and 294.00 USD at 1.25, and one per cent of what leaves.
    assert (clause["held_minor"], clause["costs_minor"]) == (42_000, 10_182 + 23_758)
    assert clause["bears"] == {"until": "platform", "after": "buyer"}
    assert order.terms_hash == terms_hash(order.terms)
    without = {name: value for name, value in order.terms.items() if name != "exchange"}
    assert terms_hash(without) != order.terms_hash


def test_no_clause_for_a_buyer_who_pays_in_the_orders_own_currency():
    published()
    order, _by, _other = ordered("USD")
    assert "exchange" not in order.terms
    assert not FxLock.objects.exists()
    assert "exchange" not in ordered("")[0].terms


def test_a_payment_within_its_days_takes_the_held_rate_though_the_rate_moved_and_is_old():
    published()
    order, by, _other = ordered()
    clock.advance(timedelta(days=6))  # whatever was published is stale by now
    intent = pay_stage(first_stage(order), by=by)

    quote = quote_payment(new_id(), intent, "EUR", by=by)
    assert (quote.lock_id is not None, quote.give, quote.get) == (True, Money(10_182, "EUR"), Money(12_600, "USD"))
    pay_by_quote(quote.pk, by=by)

    assert in_wallet(by.company_id, "EUR") == WALLET.minor - 10_182
    assert (position("USD"), position("EUR")) == (-12_600, 10_080)
    money_arrived(make.captured(Intent.objects.get(pk=intent)))
    assert held_by_contracts() == {"EUR": 23_758 - 238, "USD": -29_400}
    assert nothing_is_wrong()


def test_after_its_days_a_payment_gets_a_price_of_that_day_and_none_of_a_stale_rate():
    published()
    order, by, _other = ordered()
    intent = pay_stage(first_stage(order), by=by)
    clock.advance(timedelta(days=8))
    assert held_by_contracts() == {}
    assert code_of(lambda: quote_payment(new_id(), intent, "EUR", by=by)) == "payments.fx_stale"

    published({"USD": "1.2000"})
    quote = quote_payment(new_id(), intent, "EUR", by=by)
    assert (quote.lock_id, quote.give_minor) == (None, 10_553)  # 126.00 / 1.20 and half a per cent


def test_a_price_by_the_held_rate_never_outlives_it():
    published()
    order, by, _other = ordered()
    intent = pay_stage(first_stage(order), by=by)
    lock = FxLock.objects.get(purpose=first_stage(order))
    clock.advance(lock.expires_at - clock.now() - timedelta(seconds=20))
    quote = quote_payment(new_id(), intent, "EUR", by=by)
    assert quote.expires_at == lock.expires_at
    clock.advance(timedelta(seconds=25))
    assert code_of(lambda: pay_by_quote(quote.pk, by=by)) == "payments.fx_expired"


def test_another_wallet_pays_at_the_price_of_the_day():
    published()
    order, by, _other = ordered()
    make.fill(by.company_id, Money.of("50000", "JPY"))
    assert quote_payment(new_id(), pay_stage(first_stage(order), by=by), "JPY", by=by).lock_id is None


def test_what_contracts_hold_stands_in_the_exposure_and_counts_against_the_limit():
    published()
    ordered()
    assert promised() == {"EUR": 10_182 - 102 + 23_758 - 238, "USD": -42_000}
    row = next(row for row in currency_exposure().rows if row.position.currency == "USD")
    assert (row.position.minor, row.promised.minor, row.held.minor) == (0, -42_000, -42_000)

    rule_is("payments.fx_limit", "500")
    assert code_of(ordered) == "payments.fx_limit"
    assert FxLock.objects.count() == 2
    assert promised()["USD"] == -42_000


@pytest.mark.parametrize("end", ["decline", "cancel"])
def test_an_order_that_is_over_holds_no_rate(end):
    published()
    order, by, other = ordered(signed=False)
    if end == "decline":
        decline_order(order.pk, "no", by=other)
    else:
        cancel_order(order.pk, "no", by=by)
    assert (held_by_contracts(), FxLockEnd.objects.count()) == ({}, 2)


def test_a_stage_paid_in_the_orders_own_currency_lets_its_rate_go():
    published()
    order, by, _other = ordered()
    make.fill(by.company_id, Money.of("126.00", "USD"))
    intent = pay_stage(first_stage(order), method="wallet", by=by)
    money_arrived(make.captured(Intent.objects.get(pk=intent)))
    assert held_by_contracts()["USD"] == -29_400
    assert positions() == {}


def test_never_of_a_stale_rate_nor_of_one_that_is_no_more_the_newest():
    published({"USD": "1.2400"}, days_ago=1)
    by = make.actor(make.company(), "owner")
    offer = make.offer(make.company())
    where = {"incoterm": "FOB", "named_place": "Ningbo", "by": by}
    terms = draft_order([(offer.pk, Decimal(1000))], pay_in="EUR", **where)
    published()
    assert code_of(lambda: place_order(terms, by=by)) == "payments.fx_rate_moved"

    clock.advance(timedelta(days=10))
    assert pay_in_choices() == []
    assert code_of(lambda: draft_order([(offer.pk, Decimal(1000))], pay_in="EUR", **where)) == "payments.fx_stale"
    assert not FxLock.objects.exists()


def test_whoever_signs_signs_the_rate_that_was_shown():
    published({"USD": "1.2400"}, days_ago=1)
    by = make.actor(make.company(), "owner")
    offer = make.offer(make.company())
    where = {"incoterm": "FOB", "named_place": "Ningbo", "pay_in": "EUR", "by": by}
    seen = draft_order([(offer.pk, Decimal(1000))], **where).draft_hash
    published()
    again = draft_order([(offer.pk, Decimal(1000))], **where)
    assert code_of(lambda: place_order(again, by=by, seen_hash=seen)) == "trade.other_terms"


@pytest.mark.parametrize(("pay_in", "code"), [("XXX", "payments.fx_no_rate"), ("CHF", "payments.fx_no_rate")])
def test_a_currency_without_a_rate_is_refused_beside_its_field(pay_in, code):
    published()
    with pytest.raises(Refused) as no:
        ordered(pay_in)
    assert (no.value.code, no.value.field, no.value.status) == (code, "pay_in", 422)


def test_a_rule_of_no_days_offers_nothing():
    published()
    rule_is("payments.fx_lock_days", "0")
    assert pay_in_choices() == []
    assert code_of(ordered) == "payments.fx_no_lock"


def test_the_database_refuses_a_rate_nobody_published_one_for_a_month_and_a_price_beside_it():
    published()
    order, by, _other = ordered()
    lock = FxLock.objects.get(purpose=first_stage(order))
    copy = {f.attname: getattr(lock, f.attname) for f in FxLock._meta.concrete_fields} | {"purpose": new_id()}
    for change in ({"get_rate": Decimal("1.3")}, {"expires_at": clock.now() + timedelta(days=32)}):
        with pytest.raises(DatabaseError), transaction.atomic():
            FxLock.objects.create(**copy | change | {"id": new_id()})
    with pytest.raises(DatabaseError), transaction.atomic():
        FxLock.objects.filter(pk=lock.pk).update(give_minor=1)
    intent = pay_stage(first_stage(order), by=by)
    quote = quote_payment(new_id(), intent, "EUR", by=by)
    values = {f.attname: getattr(quote, f.attname) for f in quote._meta.concrete_fields} | {"id": new_id()}
    with pytest.raises(DatabaseError), transaction.atomic():
        type(quote).objects.create(**values | {"give_minor": quote.give_minor - 1})
    assert [proof.name for proof in prove() if proof.breach] == []


@pytest.mark.usefixtures("committed")
class TestAtOnce:
    def test_contracts_signed_at_once_never_hold_more_than_the_limit(self):
        published()
        rule_is("payments.fx_limit", "700")  # 420.00 USD are 336.00 EUR: two of them
        company = make.company()
        terms = offered_rate("USD", "EUR")
        by = make.actor(company, "owner")

        def hold():
            hold_rate(company.pk, [(new_id(), Money.of("420.00", "USD"))], terms, by=by)

        done = together([hold] * 8)
        assert sum(1 for each in done if not isinstance(each, Exception)) == 2
        assert FxLock.objects.count() == 2

    def test_a_held_rate_is_paid_by_once(self):
        published()
        order, by, _other = ordered()
        intent = pay_stage(first_stage(order), by=by)
        quote = quote_payment(new_id(), intent, "EUR", by=by)
        together([lambda: pay_by_quote(quote.pk, by=by)] * 10)
        assert in_wallet(by.company_id, "EUR") == WALLET.minor - 10_182
        assert position("USD") == -12_600
