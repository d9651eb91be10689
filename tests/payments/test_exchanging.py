"""One currency of the wallet becomes another: by a price that is fresh, holds for minutes and is taken once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from everfair.base import clock
from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.ledger.proofs import prove
from everfair.payments.actions import owe_company, pay_by_quote, quote_exchange, quote_payment, take_quote, watch_exposure
from everfair.payments.models import FxAlarm, FxDeal, FxQuote, Intent
from everfair.payments.queries.fx import currency_exposure, fx_quote, standing_of_quote
from everfair.trade.actions import pay_stage
from everfair.trade.reactions import money_arrived
from tests import make
from tests.base.together import together
from tests.payments.on_credit import in_wallet, nothing_is_wrong
from tests.payments.rates import earned, keeper, position, publication_day, published, quoted, rule_is

DOLLARS = Money.of("1000.00", "USD")


@pytest.fixture
def by(db):
    published()
    return keeper(DOLLARS)


def code_of(call) -> str:
    with pytest.raises(Refused) as no:
        call()
    return no.value.code


def test_an_exchange_is_two_transfers_and_the_spread_apart(by):
    quote = take_quote(quoted(by).pk, by=by)

    assert standing_of_quote(quote) == "taken"
    assert (quote.give, quote.spread, quote.get) == (Money(10_000, "USD"), Money(50, "USD"), Money(7_960, "EUR"))
    assert (in_wallet(by.company_id), in_wallet(by.company_id, "EUR")) == (90_000, 7_960)
    assert (position("USD"), position("EUR"), earned("USD")) == (9_950, -7_960, 50)
    assert [proof.name for proof in prove() if proof.breach] == []


def test_what_must_come_out_can_be_asked_for(by):
    quote = quote_exchange(new_id(), get=Money.of("16000", "JPY"), into="USD", by=by)
    take_quote(quote.pk, by=by)
    assert in_wallet(by.company_id, "JPY") == 16_000
    assert in_wallet(by.company_id) == 100_000 - quote.give_minor == 100_000 - 12_563  # 125.00 USD and 0.5 % of what leaves


def test_pairs_off_the_main_roads_have_the_other_spread(by):
    assert (quoted(by).spread_bps, quoted(by, into="KWD").spread_bps) == (50, 120)


def test_a_quote_taken_twice_happens_once_and_the_same_id_asks_once(by):
    quote_id = new_id()
    first = quote_exchange(quote_id, give=Money.of("10.00", "USD"), into="EUR", by=by)
    assert quote_exchange(quote_id, give=Money.of("10.00", "USD"), into="EUR", by=by).expires_at == first.expires_at
    assert code_of(lambda: quote_exchange(quote_id, give=Money.of("11.00", "USD"), into="EUR", by=by)) == "payments.fx_key_taken"

    take_quote(quote_id, by=by)
    take_quote(quote_id, by=by)

    assert (FxQuote.objects.count(), FxDeal.objects.count(), in_wallet(by.company_id)) == (1, 1, 99_000)


def test_a_price_that_is_over_changes_nothing(by):
    quote = quoted(by)
    clock.advance(timedelta(seconds=301))

    assert code_of(lambda: take_quote(quote.pk, by=by)) == "payments.fx_expired"
    assert standing_of_quote(fx_quote(quote.pk, by)) == "expired"
    assert (in_wallet(by.company_id), FxDeal.objects.count(), position("USD")) == (100_000, 0, 0)
    with pytest.raises(DatabaseError, match="this price is over"), transaction.atomic():
        FxDeal.objects.create(quote_id=quote.pk, by="x")


def test_a_newer_price_takes_the_place_of_the_older(by):
    older, newer = quoted(by), quoted(by, "50.00")
    assert code_of(lambda: take_quote(older.pk, by=by)) == "payments.fx_replaced"
    assert take_quote(newer.pk, by=by).taken_at is not None


@pytest.mark.parametrize(("days_later", "stale"), [(0, False), (7, True)])
def test_no_price_is_made_of_a_stale_rate(by, days_later, stale):
    clock.advance(timedelta(days=days_later))
    if stale:
        assert code_of(lambda: quoted(by)) == "payments.fx_stale"
        assert not FxQuote.objects.exists()
    else:
        assert quoted(by).rated_on == publication_day()


def test_a_rate_is_stale_once_the_next_publication_is_missing(by):
    """Today's holds until the end of the next day on which there is one."""
    seen = []
    for _n in range(7):
        clock.advance(timedelta(days=1))
        try:
            quoted(by)
            seen.append("fresh")
        except Refused as no:
            seen.append(no.code)
    assert "fresh" in seen[:4]
    assert seen[-1] == "payments.fx_stale"
    assert seen == sorted(seen, key=lambda word: word != "fresh")  # once stale it stays so


def test_without_any_rate_or_with_one_of_nobody_there_is_no_price(db):
    by = keeper(DOLLARS)
    assert code_of(lambda: quoted(by)) == "payments.fx_stale"
    published({"USD": "1.25"})
    assert code_of(lambda: quoted(by, into="JPY")) == "payments.fx_no_rate"


def test_a_price_beside_what_was_published_is_refused_by_the_database(by):
    row = FxQuote.objects.get(pk=quoted(by).pk)
    row.pk, row.give_rate = new_id(), row.give_rate * 2
    with pytest.raises(DatabaseError, match="published"), transaction.atomic():
        row.save(force_insert=True)
    row.give_rate, row.expires_at = row.give_rate / 2, clock.now() + timedelta(minutes=20)
    with pytest.raises(DatabaseError, match="minutes"), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.parametrize(
    ("give", "currency", "into", "code"),
    [
        ("0.00", "USD", "EUR", "payments.amount"), ("1.00", "USD", "USD", "payments.fx_same"), ("0.01", "USD", "EUR", "payments.fx_too_small"),
        ("1000.01", "USD", "EUR", "payments.fx_short"), ("1.00", "EUR", "USD", "payments.fx_short"),
    ],
)  # fmt: skip
def test_what_cannot_be_exchanged_gets_no_price(by, give, currency, into, code):
    assert code_of(lambda: quoted(by, give, currency, into)) == code
    assert not FxQuote.objects.exists()


def test_money_that_left_meanwhile_is_not_exchanged(by):
    quote = quoted(by, "900.00")
    make.payout(by, Money.of("500.00", "USD"), state="requested", account=make.bank_account(by, currency="USD"))
    assert code_of(lambda: take_quote(quote.pk, by=by)) == "ledger.short"
    assert (FxDeal.objects.count(), position("USD")) == (0, 0)


def test_an_exchange_is_no_way_around_a_debt(by):
    quote = quoted(by, "900.00")
    owe_company(
        by.company_id, Money.of("300.00", "USD"), "platform:suspense:USD", cause="t:1", reason="Chargeback", by=make.staff()
    )
    assert code_of(lambda: take_quote(quote.pk, by=by)) == "ledger.short"


def test_nobody_else_sees_or_takes_a_quote_and_not_every_role_of_the_company(by):
    quote = quoted(by)
    with pytest.raises(NotVisible):
        take_quote(quote.pk, by=keeper())
    buyer = make.actor(make.company(), "buyer")
    assert code_of(lambda: quoted(buyer)) == "base.not_your_move"


# ── the platform's own position ──


def test_a_position_beyond_its_limit_gets_no_more_prices_but_its_way_back_does(by):
    rule_is("payments.fx_limit", "100")
    assert code_of(lambda: quoted(by, "126.00")) == "payments.fx_limit"
    take_quote(quoted(by, "125.00").pk, by=by)  # 124.37 USD are 99.49 EUR
    assert code_of(lambda: quoted(by, "10.00")) == "payments.fx_limit"
    assert quoted(by, "50.00", "EUR", "USD").get.currency == "USD"


def test_open_quotes_count_and_those_replaced_or_over_do_not(by):
    rule_is("payments.fx_limit", "100")
    other = keeper(DOLLARS)
    quoted(by, "100.00")
    assert code_of(lambda: quoted(other, "100.00")) == "payments.fx_limit"
    quoted(by, "20.00")
    assert quoted(other, "100.00").pk
    clock.advance(timedelta(seconds=301))
    assert quoted(by, "120.00").pk


def test_the_desk_sees_what_positions_are_worth_today(by):
    take_quote(quoted(by).pk, by=by)
    seen = {row.position.currency: row for row in currency_exposure().rows}
    assert (seen["USD"].position.minor, seen["USD"].value, seen["USD"].gain) == (9_950, Money(7_960, "EUR"), Money(0, "EUR"))
    assert currency_exposure().gain == Money(0, "EUR")

    clock.advance(timedelta(days=7))
    published({"USD": "1.2000"})

    seen = {row.position.currency: row for row in currency_exposure().rows}
    assert (seen["USD"].value, seen["USD"].gain) == (Money(8_291, "EUR"), Money(331, "EUR"))
    assert (seen["EUR"].value, seen["EUR"].gain) == (Money(-7_960, "EUR"), Money(0, "EUR"))
    assert currency_exposure().gain == Money(331, "EUR")


def test_the_desk_is_warned_once_a_day_near_the_limit(by):
    rule_is("payments.fx_limit", "100")
    take_quote(quoted(by, "50.00").pk, by=by)
    assert watch_exposure() == 0
    take_quote(quoted(by, "60.00").pk, by=by)
    assert (watch_exposure(), watch_exposure()) == (1, 0)
    assert (FxAlarm.objects.get().currency, FxAlarm.objects.get().position_minor) == ("USD", 4_975 + 5_970)


# ── a payment from a wallet of another currency ──


def test_a_payment_is_made_from_the_wallet_of_another_currency_by_a_price_of_its_own(db):
    published()
    trade = make.trade("agreed")
    make.fill(trade.order.buyer_id, Money.of("500.00", "EUR"))
    intent = pay_stage(trade.stage(1).pk, by=trade.buyer)

    quote = quote_payment(new_id(), intent, "EUR", by=trade.buyer)
    assert quote.get == Money.of("126.00", "USD")
    with pytest.raises(NotVisible):
        take_quote(quote.pk, by=trade.buyer)  # it pays this payment and nothing else
    pay_by_quote(quote.pk, by=trade.buyer)
    paid = pay_by_quote(quote.pk, by=trade.buyer)

    assert (paid.state, paid.provider) == ("captured", "wallet")
    assert in_wallet(trade.order.buyer_id, "EUR") == 50_000 - quote.give_minor
    assert (position("EUR"), position("USD"), earned("EUR")) == (quote.exchanged.minor, -12_600, quote.spread_minor)
    money_arrived(make.captured(Intent.objects.get(pk=intent)))
    assert trade.stage(1).state == "funded"
    assert nothing_is_wrong()


def test_a_payment_whose_price_is_over_is_as_it_was_and_gets_a_new_one(db):
    published()
    trade = make.trade("agreed")
    make.fill(trade.order.buyer_id, Money.of("500.00", "EUR"))
    intent = pay_stage(trade.stage(1).pk, by=trade.buyer)
    quote = quote_payment(new_id(), intent, "EUR", by=trade.buyer)
    clock.advance(timedelta(seconds=301))

    assert code_of(lambda: pay_by_quote(quote.pk, by=trade.buyer)) == "payments.fx_expired"
    assert (Intent.objects.get(pk=intent).state, in_wallet(trade.order.buyer_id, "EUR")) == ("created", 50_000)
    again = quote_payment(new_id(), intent, "EUR", by=trade.buyer)
    assert pay_by_quote(again.pk, by=trade.buyer).state == "captured"


# ── many at once ──


@pytest.mark.usefixtures("committed")
class TestAtOnce:
    def test_one_quote_taken_twenty_times_at_once_is_one_exchange(self):
        published()
        by = keeper(DOLLARS)
        quote = quoted(by)

        answers = together([lambda: take_quote(quote.pk, by=by) for _n in range(20)])

        assert [answer for answer in answers if isinstance(answer, Exception)] == []
        assert (FxDeal.objects.count(), in_wallet(by.company_id), in_wallet(by.company_id, "EUR")) == (1, 90_000, 7_960)
        assert nothing_is_wrong()

    def test_quotes_of_many_companies_at_once_stay_within_the_limit(self):
        published()
        rule_is("payments.fx_limit", "100")
        keepers = [keeper(DOLLARS) for _n in range(8)]

        answers = together([lambda by=by: quoted(by, "30.00") for by in keepers])

        made = [answer for answer in answers if isinstance(answer, FxQuote)]
        assert len(made) == 4  # 29.85 USD are 23.88 EUR
        assert {answer.code for answer in answers if isinstance(answer, Refused)} == {"payments.fx_limit"}

    def test_one_payment_paid_by_two_quotes_and_from_the_wallet_at_once_is_paid_once(self):
        published()
        trade = make.trade("agreed")
        make.fill(trade.order.buyer_id, Money.of("500.00", "EUR"))
        intent = pay_stage(trade.stage(1).pk, by=trade.buyer)
        quote = quote_payment(new_id(), intent, "EUR", by=trade.buyer)

        together([lambda: pay_by_quote(quote.pk, by=trade.buyer) for _n in range(10)])

        assert FxDeal.objects.count() == 1
        assert in_wallet(trade.order.buyer_id, "EUR") == 50_000 - quote.give_minor
        assert nothing_is_wrong()
