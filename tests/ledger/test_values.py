"""A transfer that cannot be written down wrongly."""

from __future__ import annotations

from uuid import UUID

import pytest

from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.ledger.values import Transfer, account_kind, clearing, escrow, fees, received, suspense, wallet
from tests.ledger.books import usd

ONE = UUID("0190c0de-0000-7000-8000-000000000001")


@pytest.mark.parametrize(
    ("address", "account_class", "kept", "is_escrow"),
    [
        (wallet(ONE, "USD"), "liability", True, False),
        (escrow(ONE), "liability", True, True),
        (received(ONE), "liability", True, False),
        (suspense("USD"), "liability", False, False),
        (fees("KWD"), "income", False, False),
        ("platform:losses:EUR", "expense", False, False),
        (clearing("sandbox", "JPY"), "asset", False, False),
        ("provider:sandbox:costs:JPY", "expense", False, False),
    ],
)
def test_the_chart_of_accounts_says_what_an_address_is(address: str, account_class: str, kept: bool, is_escrow: bool):
    kind = account_kind(address)

    assert (kind.account_class, kind.kept, kind.escrow) == (account_class, kept, is_escrow)


@pytest.mark.parametrize(
    "address",
    ["", "slush:fund", f"company:{ONE}:wallet:usd", f"company:{ONE}:wallet:USD\n", f"company:{ONE}:wallet:USDT", "stage:1:escrow",
     f"company:{str(ONE).upper()}:wallet:USD", "provider:Bad Name:clearing:USD"],
)  # fmt: skip
def test_an_address_outside_the_chart_is_refused(address: str):
    with pytest.raises(ValueError, match="chart"):
        account_kind(address)


@pytest.mark.parametrize("minor", [0, -1])
def test_a_transfer_moves_an_amount_above_zero(minor: int):
    with pytest.raises(ValueError, match="above zero"):
        Transfer(wallet(ONE, "USD"), wallet(new_id(), "USD"), usd(minor))


def test_a_transfer_has_two_ends():
    with pytest.raises(ValueError, match="two different ends"):
        Transfer(wallet(ONE, "USD"), wallet(ONE, "USD"), usd(1))


def test_a_transfer_has_a_purpose_the_books_know():
    with pytest.raises(ValueError, match="purpose"):
        Transfer(wallet(ONE, "USD"), escrow(ONE), usd(1), "gift")


@pytest.mark.parametrize(
    "ends", [(wallet(ONE, "EUR"), escrow(ONE)), (escrow(ONE), wallet(ONE, "EUR")), (fees("EUR"), escrow(ONE))]
)
def test_an_address_that_names_its_currency_takes_no_other(ends: tuple[str, str]):
    """Else the first transfer by mistake would open a euro wallet that holds dollars."""
    with pytest.raises(ValueError, match="holds no USD"):
        Transfer(*ends, Money(1, "USD"))
