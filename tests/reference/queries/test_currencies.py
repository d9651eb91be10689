from xml.etree import ElementTree

import pytest

from everfair.reference.queries import CURRENCIES, currency, currency_name, exponent
from tests.data import shared_data

# Listed with minor units, and yet nobody pays in them: an accounting unit of banks and an index of Uruguay.
UNITS_OF_ACCOUNT = {"XAD", "UYW"}


def test_the_currencies_are_those_of_iso_4217_with_their_exponents():
    expected = {}
    for entry in ElementTree.parse(shared_data("reference") / "iso4217-table.xml").getroot().iter("CcyNtry"):
        minor = entry.findtext("CcyMnrUnts")
        if minor and minor.isdigit() and not entry.find("CcyNm").get("IsFund"):
            expected[entry.findtext("Ccy")] = int(minor)

    assert {code: each.exponent for code, each in CURRENCIES.items()} == {
        code: minor for code, minor in expected.items() if code not in UNITS_OF_ACCOUNT
    }


@pytest.mark.parametrize(
    "code", ["usd", "USDT", "XXX", "XTS", "XAU", "XDR", "CLF", "USN", "UYW", "DEM", "HRK", "BGN", "", "U" * 10_000]
)
def test_what_is_no_money_is_refused(code):
    with pytest.raises(ValueError, match="not an active ISO 4217 currency"):
        currency(code)


def test_exponents_differ():
    assert [exponent(code) for code in ("USD", "CNY", "JPY", "KWD")] == [2, 2, 0, 3]


def test_currencies_have_names_in_three_languages():
    assert [currency_name("CNY", language) for language in ("en", "zh-hant", "zh-hans")] == ["Chinese Yuan", "人民幣", "人民币"]
    for code in CURRENCIES:
        assert currency_name(code, "en") != code
