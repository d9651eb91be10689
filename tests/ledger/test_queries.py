"""Statements and balances against a replay of the same entries in plain Python."""

from __future__ import annotations

import random
from datetime import date, timedelta
from threading import Event
from time import sleep

import pytest
from django.db import transaction

from everfair.base import clock
from everfair.base.actor import SYSTEM
from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.ledger.actions import post_entry, reserve
from everfair.ledger.queries import Line, balance, balance_at, escrows, hold_of, statement, wallets
from everfair.ledger.values import Transfer, clearing, escrow, fees, wallet
from tests.base.together import together
from tests.ledger.books import put, usd


def whole_statement(address: str, *, limit: int) -> list[Line]:
    """Page after page, oldest first."""
    lines: list[Line] = []
    before = None
    while page := statement(address, before=before, limit=limit):
        lines += page
        before = page[-1].id
    return lines[::-1]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_a_statement_is_the_replay_of_random_entries_whatever_the_page_size(seed: int):
    dice = random.Random(seed)
    addresses = [put(new_id(), 10_000) for _ in range(3)]
    expected: dict[str, list[tuple[str, int, str, int]]] = {
        a: [("seed", 10_000, clearing("sandbox", "USD"), 10_000)] for a in addresses
    }
    fee_lines: list[tuple[str, int, str, int]] = []
    for n in range(30):
        source, target = dice.sample(addresses, 2)
        amount, fee = dice.randint(1, 50), dice.randint(1, 5)
        moves = [Transfer(source, target, usd(amount)), Transfer(source, fees("USD"), usd(fee))]
        post_entry(f"random:{seed}:{n}", moves, kind=f"pay{n}", by=SYSTEM, why={"n": n})
        for address, signed, other in ((source, -amount, target), (target, amount, source), (source, -fee, fees("USD"))):
            expected[address].append((f"pay{n}", signed, other, expected[address][-1][3] + signed))
        fee_lines.append((f"pay{n}", fee, source, (fee_lines[-1][3] if fee_lines else 0) + fee))

    for limit in (1, 7, 50):
        for address in addresses:
            found = [
                (line.kind, line.amount.minor, line.other, line.balance.minor) for line in whole_statement(address, limit=limit)
            ]
            assert found == expected[address]
    kept_by_nobody = [
        (line.kind, line.amount.minor, line.other, line.balance.minor) for line in whole_statement(fees("USD"), limit=7)
    ]
    assert kept_by_nobody == fee_lines
    assert statement(addresses[0])[0].why["n"] >= 0


@pytest.mark.django_db
def test_an_account_nobody_used_has_an_empty_statement_and_nothing_in_it():
    address = wallet(new_id(), "USD")

    assert statement(address) == []
    assert balance(address, "USD").free == usd(0)


@pytest.mark.django_db
def test_a_balance_is_asked_for_in_the_currency_of_its_account():
    stage = new_id()
    source = put(new_id(), 100)
    post_entry("fund", [Transfer(source, escrow(stage), usd(40), "fund")], kind="fund", by=SYSTEM)

    assert balance(escrow(stage), "USD").posted == usd(40)
    assert balance(escrow(stage), "EUR").posted == Money(0, "EUR")


@pytest.mark.django_db
def test_wallets_are_those_of_the_one_company():
    company, other = new_id(), new_id()
    put(company, 100)
    put(company, 200, "EUR")
    put(other, 300)
    reserve("h", wallet(company, "USD"), usd(30), by=SYSTEM)

    held = wallets(company)

    assert list(held) == ["EUR", "USD"]
    assert (held["USD"].posted, held["USD"].reserved, held["USD"].free) == (usd(100), usd(30), usd(70))
    assert held["EUR"].free == Money(200, "EUR")


@pytest.mark.django_db
def test_an_unfunded_stage_has_no_escrow_and_an_unknown_key_no_hold():
    assert escrows([new_id()]) == {}
    assert hold_of("never") is None


def test_the_balance_of_a_moment_counts_what_was_posted_up_to_it(committed: None):
    company = new_id()
    source = put(company, 1000)
    replay = [(clock.now(), 1000)]
    for n, amount in enumerate((100, 250, 1)):
        clock.advance(timedelta(days=1))
        post_entry(f"pay:{n}", [Transfer(source, wallet(new_id(), "USD"), usd(amount))], kind="pay", by=SYSTEM)
        replay.append((clock.now(), replay[-1][1] - amount))

    assert [balance_at(source, at) for at, _ in replay] == [minor for _, minor in replay]
    assert balance_at(source, replay[0][0] - timedelta(hours=1)) == 0
    assert balance_at(source, replay[1][0] - timedelta(hours=1)) == 1000


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [1, 2, 50])
def test_a_statement_of_some_days_has_the_balances_of_the_whole(limit: int):
    address, days = put(new_id(), 1000), [clock.now().date()]
    for n in range(1, 5):
        clock.advance(timedelta(days=1))
        days.append(clock.now().date())
        for part in (1, 2):
            post_entry(f"day:{n}:{part}", [Transfer(address, wallet(new_id(), "USD"), usd(n))], kind=f"day{n}", by=SYSTEM)
    whole = [(line.id, line.balance.minor) for line in statement(address, limit=50)]

    def asked(**between: date) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        before = None
        while page := statement(address, before=before, limit=limit, **between):
            found += [(line.id, line.balance.minor) for line in page]
            before = page[-1].id
        return found

    assert asked(from_on=days[1], to_on=days[2]) == whole[4:8]
    assert asked(from_on=days[3]) == whole[:4]
    assert asked(to_on=days[0]) == whole[8:]
    assert asked(from_on=days[4] + timedelta(days=1)) == []


def test_a_line_of_the_evening_that_was_written_after_one_of_the_morning_counts_in_its_balance(committed: None):
    """Whoever began before midnight may write after somebody who began later."""
    address = put(new_id(), 1000)
    tomorrow = (clock.now() + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    clock.advance(tomorrow - clock.now() - timedelta(seconds=1))
    begun, other = Event(), Event()

    def evening() -> None:
        with transaction.atomic():
            assert clock.now() < tomorrow
            begun.set()
            assert other.wait(20)
            post_entry("evening", [Transfer(address, wallet(new_id(), "USD"), usd(100))], kind="evening", by=SYSTEM)

    def morning() -> None:
        assert begun.wait(20)
        while clock.now() < tomorrow:
            sleep(0.05)
        post_entry("morning", [Transfer(address, wallet(new_id(), "USD"), usd(10))], kind="morning", by=SYSTEM)
        other.set()

    assert together([evening, morning]) == [None, None]

    assert [(line.kind, line.balance.minor) for line in statement(address)][:2] == [("evening", 890), ("morning", 990)]
    of_the_morning = statement(address, from_on=tomorrow.date())
    assert [(line.kind, line.balance.minor) for line in of_the_morning] == [("morning", 990)]
    until_then = statement(address, to_on=tomorrow.date() - timedelta(days=1))
    assert [(line.kind, line.balance.minor) for line in until_then] == [("evening", 890), ("seed", 1000)]
