"""The chart of accounts: what any package posts stands in exactly one row of it, and the database says the same."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from everfair.base.sql import ask
from everfair.ledger.chart import ASSET, CHART, EXPENSE
from everfair.ledger.values import account_kind
from everfair.site.guide_accounts import addresses_of, posting_functions, sample_address

FUNCTIONS = posting_functions()


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f"{f.__module__.split('.')[1]}.{f.__name__}")
def test_every_address_that_anything_posts_to_stands_in_exactly_one_row(function):
    addresses = addresses_of(function)

    assert addresses
    for address in addresses:
        assert [row.pattern for row in CHART if row.matches.fullmatch(address)] == [account_kind(address).pattern]


@pytest.mark.django_db
@pytest.mark.parametrize("row", CHART, ids=lambda row: row.pattern)
def test_the_database_agrees_with_every_row(row):
    address = sample_address(row)
    insert = "INSERT INTO ledger_account (address, currency, account_class, kept, escrow) VALUES (%s, 'USD', %s, %s, %s)"

    with pytest.raises(IntegrityError), transaction.atomic():
        ask(insert, [address, row.account_class, not row.kept, row.escrow])
    ask(insert, [address, row.account_class, row.kept, row.escrow])

    assert ask(
        "SELECT count(*) FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id WHERE a.address = %s", [address]
    ) == [(int(row.kept),)]


def test_what_is_ours_grows_by_debits_and_what_we_owe_by_credits():
    assert {row.side for row in CHART if row.account_class in (ASSET, EXPENSE)} == {"debit"}
    assert {row.side for row in CHART if row.account_class not in (ASSET, EXPENSE)} == {"credit"}


def test_parties_and_escrow_keep_a_balance_and_the_platforms_accounts_do_not():
    # What a party owes us has no floor: its debt or its credit keeps count instead.
    parties = (
        "company:{id}:wallet",
        "company:{id}:reserve",
        "stage:",
        "intent:",
        "refund:",
        "line:",
        "return:",
        "credit:{id}:receivable",
        "credit:{id}:fees",
    )
    assert {row.pattern for row in CHART if row.kept} == {row.pattern for row in CHART if row.pattern.startswith(parties)}
