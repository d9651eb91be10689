"""Values as pages write them: money, quantities, moments, figures, in the reader's language."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from babel import Locale, numbers
from django.utils import timezone, translation

from everfair.base import formats
from everfair.base.money import Money, UnitPrice

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Money(120000, "USD"), "USD\u00a01,200.00"),
        (Money(-5, "USD"), "USD\u00a0-0.05"),
        (Money(1200, "JPY"), "JPY\u00a01,200"),
        (Money(1234567, "KWD"), "KWD\u00a01,234.567"),
        (UnitPrice.of("0.0125", "USD"), "USD\u00a00.0125"),
        (UnitPrice.of("7", "USD"), "USD\u00a07.00"),
        (None, "—"),
    ],
)
def test_money_is_written_with_its_currency_and_exactly_its_decimals(value, shown):
    assert formats.plain_money(value) == shown


def test_a_price_for_a_thousand_says_so():
    assert formats.plain_money(UnitPrice.of("4.20", "USD", per="1000")) == "USD\u00a04.20\u00a0/\u00a01,000"


def test_quantities_follow_the_reader_s_language():
    assert formats.quantity(1, "C62") == "1\u00a0piece"
    assert formats.quantity(Decimal(6000), "C62") == "6,000\u00a0pieces"
    assert formats.quantity(Decimal("1840.5"), "KGM") == "1,840.5\u00a0kg"
    assert formats.quantity(Decimal("0.12345"), "KGM") == "0.12345\u00a0kg"
    assert formats.unit_name("KGM") == "kg"
    with translation.override("zh-hant"):
        assert formats.quantity(2, "KGM") == "2\u00a0公斤"


def test_an_unknown_unit_shows_its_code_and_never_nothing():
    assert formats.quantity(3, "ZZ9") == "3\u00a0ZZ9"


def test_a_moment_names_its_zone():
    assert formats.plain_moment(NOON) == "22 Nov 2026 12:00\u00a0UTC"
    with timezone.override("Asia/Hong_Kong"):
        assert formats.plain_moment(NOON) == "22 Nov 2026 20:00\u00a0HKT"
    with timezone.override("America/Sao_Paulo"):
        assert formats.plain_moment(NOON) == "22 Nov 2026 09:00\u00a0UTC-03"


def test_only_a_moment_in_utc_is_left_to_the_browser_s_zone():
    assert "data-moment" in str(formats.moment(NOON))
    with timezone.override("Asia/Hong_Kong"):
        assert "data-moment" not in str(formats.moment(NOON))


def test_ago_counts_from_the_moment_it_is_given():
    assert ">3 days ago<" in str(formats.ago(NOON - timedelta(days=3), NOON))
    assert ">just now<" in str(formats.ago(NOON - timedelta(seconds=5), NOON))


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_figures_are_written_as_babel_writes_them(language):
    locale = formats.locale_for(language)
    for value in (
        0,
        7,
        999,
        1_000,
        1_234_567,
        Decimal("0.005"),
        Decimal("1234.565"),
        Decimal("12E+3"),
        Decimal("2.50"),
        -1_234,
        1234.5,
    ):
        assert formats._number(value, None, locale) == numbers.format_decimal(value, locale=locale, decimal_quantization=False)
        for decimals in (0, 2, 4):
            pattern = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
            assert formats._number(value, decimals, locale) == numbers.format_decimal(value, format=pattern, locale=locale)


def test_another_way_of_grouping_is_followed():
    assert formats._number(1_234_567, None, Locale.parse("hi")) == "12,34,567"
    assert formats._number(Decimal("1234.5"), 2, Locale.parse("de")) == "1.234,50"
