"""The journal as plain text: beancount, a program that is not ours, reads it without an error and comes to the same balances.

Beancount is under the GPL: it runs as a process of its own, here and nowhere else.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from everfair.base import clock
from everfair.base.actor import SYSTEM
from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.ledger.actions import post_entry
from everfair.ledger.chart import CHART
from everfair.ledger.queries import account_in_text, journal_in_text, movements
from everfair.ledger.values import Transfer, costs, settled
from tests.ledger.books import put, usd
from tests.ledger.test_reports import some_books

pytestmark = pytest.mark.django_db

READ = """
import json, sys
from collections import defaultdict
from beancount import loader
from beancount.core import data
entries, errors, options = loader.load_file(sys.argv[1])
balances = defaultdict(dict)
for entry in entries:
    if isinstance(entry, data.Transaction):
        for leg in entry.postings:
            of = balances[leg.account]
            of[leg.units.currency] = str(data.D(of.get(leg.units.currency, "0")) + leg.units.number)
print(json.dumps({"errors": [error.message for error in errors], "balances": balances,
    "transactions": sum(isinstance(e, data.Transaction) for e in entries), "checked": sum(isinstance(e, data.Balance) for e in entries)}))
"""


def read(text: str, folder: Path) -> dict:
    file = folder / "journal.beancount"
    file.write_text(text, encoding="utf-8")
    told = subprocess.run([sys.executable, "-W", "ignore", "-c", READ, str(file)], capture_output=True, text=True, timeout=120)
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


def ours(to_on: date) -> dict[str, dict[str, Decimal]]:
    """What every account holds at the end of the day, as beancount counts: debits above zero."""
    found = {}
    for row in movements(to_on=to_on):
        debit = row.closing if row.row.side == "debit" else -row.closing
        found[account_in_text(row.address)] = {debit.currency: debit.amount}
    return found


def theirs(told: dict) -> dict[str, dict[str, Decimal]]:
    return {
        account: {currency: Decimal(number) for currency, number in of.items()}
        for account, of in told["balances"].items()
        if not account.startswith("Equity:")
    }


def test_beancount_comes_to_every_balance_of_ours(tmp_path):
    _addresses, said = some_books(random.Random(11), 120)
    post_entry(
        "dinar", [Transfer(costs("sandbox", "KWD"), settled("sandbox", "KWD"), Money(1_234, "KWD"))], kind="pay", by=SYSTEM
    )
    put(new_id(), 5)
    begin, end = min(s.on for s in said), clock.now().date()

    told = read("".join(journal_in_text(begin, end)), tmp_path)

    assert told["errors"] == []
    assert told["transactions"] == 122
    assert theirs(told) == ours(end)
    assert told["checked"] == len(ours(end)) > 10


def test_a_part_of_the_journal_opens_with_what_stood_before(tmp_path):
    _addresses, said = some_books(random.Random(12), 120)
    days = sorted({s.on for s in said})
    begin, end = days[len(days) // 3], days[2 * len(days) // 3]

    told = read("".join(journal_in_text(begin, end)), tmp_path)

    assert told["errors"] == []
    assert {a: of for a, of in theirs(told).items() if any(of.values())} == {
        a: of for a, of in ours(end).items() if any(of.values())
    }
    assert sum(Decimal(of.get("USD", "0")) for of in told["balances"].values()) == 0


def test_a_line_that_is_lost_or_changed_on_the_way_is_an_error_there(tmp_path):
    some_books(random.Random(13), 30)
    lines = list(journal_in_text(clock.now().date() - timedelta(days=400), clock.now().date()))
    legs = [n for n, line in enumerate(lines) if line.startswith("  ") and " USD" in line]

    lost = read("".join(lines[: legs[4] - 2] + lines[legs[4] + 2 :]), tmp_path)
    altered = [*lines]
    altered[legs[6]] = altered[legs[6]].replace(".", "1.", 1)

    assert lost["errors"]
    assert read("".join(altered), tmp_path)["errors"]


def test_words_that_somebody_wrote_stay_words(tmp_path):
    key = 'a "quoted"\n2020-01-01 open Assets:Evil \\ end'
    post_entry(key, [Transfer(costs("sandbox", "USD"), settled("sandbox", "USD"), usd(1))], kind="pay", by=SYSTEM)

    told = read("".join(journal_in_text(clock.now().date(), clock.now().date())), tmp_path)

    assert (told["errors"], told["transactions"]) == ([], 1)


def test_each_kind_of_account_has_a_name_that_no_other_has():
    from everfair.site.guide_accounts import sample_address

    names = {account_in_text(sample_address(row)) for row in CHART}

    assert len(names) == len(CHART)
    assert account_in_text("provider:card_x:clearing:EUR") == "Assets:Provider:Card-x:Clearing:EUR"
