"""What an operator types is read strictly: a mistake is one sentence, never a half-working installation."""

from __future__ import annotations

import pytest

from everfair.site.addresses import AddressError, MailServer, last_hop, mail_server, payout_accounts, site_address


@pytest.mark.parametrize("typed", ["https://fair.example", "https://fair.example/", "http://localhost:8000", "http://[::1]:8000"])
def test_an_address_loses_only_its_last_slash(typed: str) -> None:
    assert site_address(typed) == typed.rstrip("/")


@pytest.mark.parametrize(
    "typed",
    [
        "fair.example",
        "https://",
        "https://fair.example/shop",
        "ftp://fair.example",
        "https://a@fair.example",
        "http://x:99999",
        "",
    ],
)
def test_an_address_that_cannot_work_is_refused_by_its_variable(typed: str) -> None:
    with pytest.raises(AddressError, match="EVERFAIR_ADDRESS"):
        site_address(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("smtp://ann%40x:p%2Fw@mail.example", MailServer("mail.example", 587, "ann@x", "p/w", True, False)),
        ("smtps://mail.example", MailServer("mail.example", 465, "", "", False, True)),
        ("smtp+plain://localhost:2525", MailServer("localhost", 2525, "", "", False, False)),
        ("", None),
    ],
)
def test_the_scheme_of_the_mail_server_says_how_it_is_spoken_to(typed: str, meant: MailServer | None) -> None:
    assert mail_server(typed) == meant


@pytest.mark.parametrize(
    "typed", ["mail.example", "smtp://", "http://mail.example", "smtp://a/b@mail.example", "smtp://mail:port"]
)
def test_a_mail_server_that_cannot_be_read_is_refused(typed: str) -> None:
    with pytest.raises(AddressError, match="EVERFAIR_SMTP_URL"):
        mail_server(typed)


@pytest.mark.parametrize(
    ("header", "caller"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("10.0.0.1, 203.0.113.7", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("203.0.113.7:5000", "203.0.113.7"),
        ("203.0.113.7, unknown", None),
        ("", None),
    ],
)
def test_only_the_last_address_of_the_header_counts(header: str, caller: str | None) -> None:
    assert last_hop(header) == caller


BANK = """[{"code": "eur", "holder": "Us", "account": "DE02 1203 0000 0000 2020 51", "bic": "BYLADEM1001", "bank": "B", "country": "DE",
            "currency": "EUR", "also": ["202051"]}]"""


def payout(currency: str = "EUR", account: str = "DE02120300000000202051") -> str:
    return f'{{"{currency}": {{"name": "Us", "account": "{account}", "bic": "BYLADEM1001", "country": "DE"}}}}'


def test_payouts_leave_only_an_account_whose_statements_are_booked():
    assert payout_accounts("", "") == {}
    assert payout_accounts(payout(), BANK)["EUR"]["account"] == "DE02120300000000202051"
    for given, accounts in ((payout(account="DE89370400440532013000"), BANK), (payout("USD"), BANK), (payout(), "")):
        with pytest.raises(AddressError, match="none of EVERFAIR_BANK_ACCOUNTS"):
            payout_accounts(given, accounts)
    with pytest.raises(AddressError, match="EVERFAIR_BANK_ACCOUNTS cannot be read"):
        payout_accounts(payout(), "[{")
