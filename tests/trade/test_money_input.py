"""What people type about money and quantities, and where the edges of prices lie (reliability.md, B21 to B38)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from everfair.base.forms import read_money
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.markets.plans import PLANS
from everfair.trade.actions import draft_order
from everfair.trade.forms import LineForm, ReasonForm, ShipForm, read_seen_total
from everfair.trade.values import stages_for
from tests import make

NOT_NUMBERS = ["-1", "0", "-0.00", "1e3", "1E400", "Infinity", "NaN", "0x10", "1_000", "1 000", "1,234.56", "1.234,56", "１００", "١٠٠", "一百", "+1", ".5", "5.", "00100", "1" * 41]  # fmt: skip


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_a_quantity_is_digits_and_one_point(text):
    assert not LineForm({"offer": 1, "quantity": text}).is_valid()


@pytest.mark.parametrize("offer", ["", "-1", "abc", "1.5", "9" * 30, "[1]", "true", "１"])
def test_an_offer_is_named_by_its_number(offer):
    """B65."""
    form = LineForm({"offer": offer, "quantity": "1"})

    assert not form.is_valid() or form.cleaned_data["offer"] == 1


@pytest.mark.parametrize("text", [*NOT_NUMBERS, "0.001", "1000000000000000000"])
def test_an_amount_has_its_currencys_decimals_and_a_bound(text):
    """B22, B26."""
    with pytest.raises(ValidationError):
        read_money(text, "USD")


@pytest.mark.parametrize(("text", "currency"), [("1.5", "JPY"), ("0.0001", "KWD"), ("0.001", "EUR")])
def test_no_decimals_beyond_those_of_the_currency(text, currency):
    """B22."""
    with pytest.raises(ValidationError):
        read_money(text, currency)


@pytest.mark.parametrize(
    "text", ["420", "420.00", "420.00 usd", "420.00 USDT", "420.001 USD", "4e2 USD", "-1.00 USD 1", "x USD", "420,00 USD"]
)
def test_what_was_seen_is_read_exactly(text):
    """B28."""
    with pytest.raises(ValidationError):
        read_seen_total(text)


def test_what_was_seen_reads_back():
    assert read_seen_total(str(Money(42000, "USD"))) == Money(42000, "USD")
    assert read_seen_total(str(Money(420, "JPY"))) == Money(420, "JPY")


@pytest.mark.parametrize("day", ["2026-02-30", "0000-01-01", "31/12/2026", "26-01-01", "2026-1-1x", "tomorrow"])
def test_a_day_is_a_day_of_the_calendar(day):
    """B48."""
    typed = {"mode": "sea", "carrier": "C", "tracking_number": "T", "handed_over_on": day, "package_count": "1"}

    class _Clockless(ShipForm):
        def __init__(self, *args, **kwargs):
            super(ShipForm, self).__init__(*args, **kwargs)
            self.lines = []

    assert "handed_over_on" in _Clockless(typed).errors


@pytest.mark.parametrize("text", ["a\x00b", "a\u202eb", "a\u200bb", "\ud800", "a" + "\u0301" * 20])
def test_reasons_hold_no_hidden_characters(text):
    """B39 to B43."""
    assert not ReasonForm({"reason": text}).is_valid()


@pytest.mark.parametrize("text", ["𠮷野家", "ئۇيغۇرچە", "བོད་ཡིག", "ภาษาไทย", "Donaudampfschifffahrtsgesellschaft"])
def test_reasons_are_written_in_any_script(text):
    """B44."""
    assert ReasonForm({"reason": text}).is_valid()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [("100", "0.50", 5000), ("101", "0.50", 5050), ("999", "0.50", 49950), ("1000", "0.42", 42000), ("1001", "0.42", 42042)],
)
def test_the_tier_table_is_the_oracle(quantity, price, amount):
    """B34."""
    goods = make.offer(make.company())

    terms = draft_order([(goods.pk, Decimal(quantity))], incoterm="FOB", named_place="Ningbo", by=make.actor(make.company()))

    assert (terms.lines[0].unit_price.amount, terms.total.minor) == (Decimal(price), amount)


@pytest.mark.django_db
@pytest.mark.parametrize("quantity", ["99", "99.999", "100.5", "-100", "0", "1000000001", "NaN", "Infinity"])
def test_below_and_between_nothing_is_sold(quantity):
    """B21, B23, B26, B30, B34."""
    goods = make.offer(make.company())

    with pytest.raises(Refused) as refusal:
        draft_order([(goods.pk, Decimal(quantity))], incoterm="FOB", named_place="Ningbo", by=make.actor(make.company()))

    assert refusal.value.field == "lines"


@pytest.mark.django_db
def test_a_price_for_a_thousand_is_for_a_thousand():
    """B31."""
    goods = make.offer(make.company(), tiers=[["1000", "4.20"]], price_per=1000)

    terms = draft_order([(goods.pk, Decimal(2500))], incoterm="FOB", named_place="Ningbo", by=make.actor(make.company()))

    assert terms.total == Money(1050, "USD")


@pytest.mark.parametrize("plan", list(PLANS))
@pytest.mark.parametrize("whole", [1, 2, 3, 99, 100, 101, 42000, 10**15])
@pytest.mark.parametrize("rate", ["0", "0.0001", "0.3", "0.3333", "0.5", "0.9999", "1"])
def test_stages_always_sum_to_the_whole(plan, whole, rate):
    """B38, I26."""
    stages = stages_for(PLANS[plan], Money(whole, "USD"), Decimal(rate), date(2026, 12, 31))

    assert sum(stage.amount.minor for stage in stages) == whole
    assert sum(stage.percent for stage in stages) == 100
    assert all(stage.amount.minor > 0 for stage in stages)


@pytest.mark.parametrize("rate", ["0", "1"])
def test_no_deposit_and_nothing_but_deposit_is_one_stage(rate):
    """B38."""
    assert [
        stage.name for stage in stages_for(PLANS["deposit_balance"], Money(42000, "USD"), Decimal(rate), date(2026, 12, 31))
    ] == ["full"]
