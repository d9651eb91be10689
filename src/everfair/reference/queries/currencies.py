"""ISO 4217 currencies in which people pay each other: no funds, metals, test codes, units of account or withdrawn codes."""

from ..values import LANGUAGES, Currency, closest_language

# Source: ISO 4217 list one, published 2026-01-01. Left out: bonds, metals, XDR, XSU, XUA, XAD (a unit of account), XTS,
# XXX, and the funds BOV CHE CHW CLF COU MXV USN UYI UYW.
_EXPONENTS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    2: """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE
          CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR
          KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB
          PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY
          TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG""",
    3: "BHD IQD JOD KWD LYD OMR TND",
}

CURRENCIES: dict[str, Currency] = {
    code: Currency(code, exponent) for exponent, codes in _EXPONENTS.items() for code in codes.split()
}


def currency(code: str) -> Currency:
    """The currency of exactly this code; ValueError for anything else ("usd", "USDT", "XXX", withdrawn codes)."""
    found = CURRENCIES.get(code)
    if found is None:
        raise ValueError(f"not an active ISO 4217 currency: {code[:12]!r}")
    return found


def exponent(code: str) -> int:
    """How many decimal places the currency has."""
    return currency(code).exponent


def currency_name(code: str, language: str) -> str:
    """The currency's name as CLDR gives it."""
    from babel import Locale  # heavy: only when a name is shown

    locale = LANGUAGES[closest_language(language)].locale
    return str(Locale.parse(locale).currencies.get(currency(code).code, code))
