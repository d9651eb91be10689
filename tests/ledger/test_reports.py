"""Trial balance, journal, movements and any past balance, against a replay of the same transfers in plain Python."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from everfair.base import clock
from everfair.base.actor import SYSTEM
from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.base.sql import ask
from everfair.ledger.actions import post_entry
from everfair.ledger.queries import balance, balance_at, journal, journal_of, movements, trial_balance
from everfair.ledger.values import Transfer, clearing, costs, escrow, fees, received, suspense, wallet
from tests.ledger.books import put, usd

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Said:
    """A transfer as the test remembers it."""

    at: datetime
    on: date
    source: str
    target: str
    amount: Money


def some_books(dice: random.Random, entries: int) -> tuple[list[str], list[Said]]:
    """Entries of several accounts and currencies, over days and moments, some dated back."""
    said: list[Said] = []
    mine = [wallet(new_id(), currency) for currency in ("USD", "USD", "JPY")]
    others = {c: [clearing("sandbox", c), costs("sandbox", c), suspense(c), fees(c)] for c in ("USD", "JPY")}
    for n in range(entries):
        if dice.random() < 0.15:
            clock.advance(timedelta(hours=dice.randint(1, 40), seconds=dice.randint(0, 59)))
        now = clock.now()
        address = dice.choice(mine)
        currency = address[-3:]
        held = balance(address, currency).posted.minor
        other = dice.choice(others[currency])
        away = held > 0 and dice.random() < 0.5
        ends = (address, other) if away else (other, address)
        amount = Money(dice.randint(1, held if away else 500), currency)
        back = dice.choice([None, None, now.date() - timedelta(days=dice.randint(0, 9))])
        post_entry(f"some:{n}", [Transfer(*ends, amount)], kind="pay", by=SYSTEM, booked_on=back)
        said.append(Said(now, back or now.date(), *ends, amount))
    return [*mine, *others["USD"], *others["JPY"]], said


def replayed(said: list[Said], address: str) -> int:
    return sum(s.amount.minor * ((s.target == address) - (s.source == address)) for s in said)


def test_any_past_balance_is_what_a_replay_says():
    """A6: three thousand accounts and moments at random, those of the entries themselves among them."""
    dice = random.Random(6)
    addresses, said = some_books(dice, 150)
    begin, end = said[0].at - timedelta(hours=1), said[-1].at + timedelta(hours=1)
    moments = [s.at for s in said]
    # Within one test transaction the clock stands still between two moves: equal moments belong together, as in the books.
    for _n in range(3_000):
        at = dice.choice(moments) if dice.random() < 0.4 else begin + (end - begin) * dice.random()
        address = dice.choice(addresses)

        assert balance_at(address, at) == replayed([s for s in said if s.at <= at], address), (address, at)


def test_the_trial_balance_sums_to_zero_at_every_moment_and_day_and_says_what_a_replay_says():
    dice = random.Random(7)
    addresses, said = some_books(dice, 80)
    for of in [*({"at": dice.choice(said).at} for _n in range(10)), *({"on": dice.choice(said).on} for _n in range(10)), {}]:
        counted = [s for s in said if ("at" not in of or s.at <= of["at"]) and ("on" not in of or s.on <= of["on"])]

        found = trial_balance(**of)

        assert [b.currency for b in found] == sorted({s.amount.currency for s in counted})
        for balances in found:
            assert balances.debits == balances.credits
            classes = balances.by_class
            assert sum((1 if c in ("asset", "expense") else -1) * m.minor for c, m in classes.items()) == 0
            for row in balances.rows:
                wanted = [
                    a
                    for a in addresses
                    if a == row.address or ("{id}" in row.address and a.startswith("company:") and a.endswith(balances.currency))
                ]
                debits = sum(s.amount.minor for s in counted if s.source in wanted)
                credits = sum(s.amount.minor for s in counted if s.target in wanted)
                assert (row.debits.minor, row.credits.minor) == (debits, credits), row.address


def test_accounts_of_a_kind_are_one_row_and_the_platforms_stand_by_themselves():
    put(new_id(), 100)
    put(new_id(), 250)
    source = put(new_id(), 50)
    stage = escrow(new_id())
    post_entry("fund", [Transfer(source, stage, usd(30), "fund")], kind="pay", by=SYSTEM)

    (found,) = trial_balance()

    assert [(row.address, row.accounts, row.balance.minor) for row in found.rows] == [
        ("company:{id}:wallet:USD", 3, 370),
        ("stage:{id}:escrow", 1, 30),
        ("provider:sandbox:clearing:USD", 1, 400),
    ]
    assert (found.debits, found.credits) == (usd(400), usd(400))
    assert found.by_class == {"liability": usd(400), "asset": usd(400)}


def test_the_journal_goes_by_accounting_day_page_after_page_and_leaves_nothing_out():
    _addresses, said = some_books(random.Random(8), 60)
    for limit in (1, 7, 500):
        lines, after = [], ""
        while page := journal(after=after, limit=limit):
            lines += page
            after = page[-1].place
        assert [line.booked_on for line in lines] == sorted(s.on for s in said)
        assert sorted((line.source, line.target, line.amount) for line in lines) == sorted(
            (s.source, s.target, s.amount) for s in said
        )
    day = said[len(said) // 2].on
    assert sorted(line.amount for line in journal_of(from_on=day, to_on=day)) == sorted(s.amount for s in said if s.on == day)


def test_a_journal_of_some_accounts_has_every_line_that_touches_them_and_no_other():
    addresses, said = some_books(random.Random(9), 60)
    for prefix in (addresses[0], "provider:sandbox:", "platform:fees:USD"):
        found = sorted((line.source, line.target, line.amount) for line in journal_of([prefix]))
        assert found == sorted(
            (s.source, s.target, s.amount) for s in said if s.source.startswith(prefix) or s.target.startswith(prefix)
        )
    assert list(journal_of(["provider:%:"])) == []
    assert [line.id for line in journal(after="not a place")] == [line.id for line in journal(after="2026-99-99.1.1")] != []


def test_what_moved_between_two_days_leads_from_the_opening_to_the_closing_balance():
    addresses, said = some_books(random.Random(10), 90)
    days = sorted({s.on for s in said})
    begin, end = days[len(days) // 3], days[2 * len(days) // 3]

    found = {m.address: m for m in movements(from_on=begin, to_on=end)}

    for address in addresses:
        sign = -1 if address.split(":")[0] == "provider" else 1
        before = sign * replayed([s for s in said if s.on < begin], address)
        after = sign * replayed([s for s in said if s.on <= end], address)
        if address not in found:
            assert (before, after) == (0, 0)
            continue
        row = found[address]
        assert (row.opening.minor, row.closing.minor) == (before, after), address
        between = [s for s in said if begin <= s.on <= end]
        assert row.debits.minor == sum(s.amount.minor for s in between if s.source == address)
        assert row.credits.minor == sum(s.amount.minor for s in between if s.target == address)


def test_many_accounts_are_read_piece_by_piece(monkeypatch):
    monkeypatch.setattr("everfair.ledger.queries.lines._PIECE", 3)
    wallets = sorted(put(new_id(), 10 + n) for n in range(8))

    assert [m.address for m in movements(["company:"])] == wallets
    assert len(list(journal_of())) == 8


def test_platform_wide_accounts_keep_no_balance_and_parties_and_escrow_keep_one():
    """A row that every payment touches would collapse under concurrency; where somebody's money lies, the database keeps the floor."""
    intent, stage = new_id(), new_id()
    source = put(new_id(), 1_000)
    post_entry("come", [Transfer(clearing("sandbox", "USD"), received(intent), usd(5))], kind="pay", by=SYSTEM)
    post_entry(
        "fund", [Transfer(source, escrow(stage), usd(30), "fund"), Transfer(source, fees("USD"), usd(5))], kind="pay", by=SYSTEM
    )
    post_entry("odd", [Transfer(clearing("sandbox", "USD"), suspense("USD"), usd(5))], kind="pay", by=SYSTEM)

    kept = dict(ask("SELECT a.address, b.posted_minor FROM ledger_account a LEFT JOIN ledger_balance b ON b.account_id = a.id"))

    assert kept == {
        source: 965, escrow(stage): 30, received(intent): 5,
        clearing("sandbox", "USD"): None, fees("USD"): None, suspense("USD"): None,
    }  # fmt: skip
    assert balance_at(fees("USD"), clock.now()) == 5
