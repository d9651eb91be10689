"""The books against sixty lines of Python that say the same: after every step both must agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from everfair.base.actor import SYSTEM
from everfair.base.ids import new_id
from everfair.base.refused import Refused
from everfair.ledger.actions import post_entry, post_hold, reserve, void_hold
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance, escrows
from everfair.ledger.values import Transfer, clearing, escrow, wallet
from tests.ledger.books import EARNED, usd

pytestmark = [pytest.mark.django_db, pytest.mark.pg15]
AMOUNTS = st.one_of(st.integers(1, 12), st.sampled_from([100, 10**15]))
PURPOSES = ("release", "refund", "fee", "loss")


class Model:
    """What the books should say, in plain numbers: kept accounts, escrows, holds, keys."""

    def __init__(self) -> None:
        self.posted: defaultdict[str, int] = defaultdict(int)
        self.escrow: defaultdict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(("fund", *PURPOSES), 0))
        self.holds: dict[str, tuple[str, int]] = {}
        self.ended: dict[str, tuple[str, object]] = {}
        self.keys: dict[str, object] = {}

    def reserved(self, address: str) -> int:
        return sum(amount for key, (where, amount) in self.holds.items() if where == address and key not in self.ended)

    def post(self, key: str, moves: tuple[tuple[str, str, int, str], ...], *, freed: tuple[str, int] = ("", 0)) -> str:
        if key in self.keys:
            return "again" if self.keys[key] == moves else "ledger.key_taken"
        after = dict(self.posted)
        for source, target, amount, _ in moves:
            for address, change in ((source, -amount), (target, amount)):
                if address.startswith(("company:", "stage:")):
                    after[address] = after.get(address, 0) + change
                    floor = self.reserved(address) - (freed[1] if address == freed[0] else 0)
                    if after[address] < floor:  # at every step, for the database looks at every step
                        return "ledger.short"
        self.posted.update(after)
        for source, target, amount, purpose in moves:
            if target.startswith("stage:"):
                self.escrow[target]["fund"] += amount
            if source.startswith("stage:"):
                self.escrow[source][purpose] += amount
        self.keys[key] = moves
        return "posted"


class Books(RuleBasedStateMachine):
    holds = Bundle("holds")

    @initialize()
    def open(self) -> None:
        self.model = Model()
        self.companies = [new_id() for _ in range(3)]
        self.stages = [new_id() for _ in range(2)]
        self.wallets = [wallet(c, "USD") for c in self.companies]
        self.escrows = [escrow(s) for s in self.stages]
        self.hold_ids: dict[str, UUID] = {}
        self.run = new_id()

    def _do(self, key: str, moves: tuple[tuple[str, str, int, str], ...]) -> None:
        expected = self.model.post(key, moves)
        with said() as outcome:
            made = post_entry(f"{self.run}:{key}", _transfers(moves), kind="test", by=SYSTEM)
            outcome.append("posted" if made else "again")
        assert outcome == [expected]

    @rule(to=st.integers(0, 2), amount=AMOUNTS, key=st.integers(0, 40))
    def pay_in(self, to: int, amount: int, key: int) -> None:
        if self.model.posted[self.wallets[to]] + amount <= 10**15:
            self._do(f"k{key}", ((clearing("sandbox", "USD"), self.wallets[to], amount, ""),))

    @rule(a=st.integers(0, 2), b=st.integers(0, 2), amount=AMOUNTS, key=st.integers(0, 40))
    def pay(self, a: int, b: int, amount: int, key: int) -> None:
        if a != b and self.model.posted[self.wallets[b]] + amount <= 10**15:
            self._do(f"k{key}", ((self.wallets[a], self.wallets[b], amount, ""),))

    @rule(a=st.integers(0, 2), s=st.integers(0, 1), amount=AMOUNTS, key=st.integers(0, 40))
    def fund(self, a: int, s: int, amount: int, key: int) -> None:
        if self.model.posted[self.escrows[s]] + amount <= 10**15:
            self._do(f"k{key}", ((self.wallets[a], self.escrows[s], amount, "fund"),))

    @rule(
        s=st.integers(0, 1),
        b=st.integers(0, 2),
        parts=st.lists(st.integers(1, 9), min_size=2, max_size=2),
        key=st.integers(0, 40),
    )
    def release(self, s: int, b: int, parts: list[int], key: int) -> None:
        moves = ((self.escrows[s], self.wallets[b], parts[0], "release"), (self.escrows[s], EARNED, parts[1], "fee"))
        if self.model.posted[self.wallets[b]] + parts[0] <= 10**15:
            self._do(f"k{key}", moves)

    @rule(s=st.integers(0, 1), b=st.integers(0, 2), amount=AMOUNTS, key=st.integers(0, 40))
    def refund(self, s: int, b: int, amount: int, key: int) -> None:
        if self.model.posted[self.wallets[b]] + amount <= 10**15:
            self._do(f"k{key}", ((self.escrows[s], self.wallets[b], amount, "refund"),))

    @rule(target=holds, a=st.integers(0, 2), amount=AMOUNTS, n=st.integers(0, 12))
    def hold(self, a: int, amount: int, n: int) -> str:
        key, address = f"h{n}", self.wallets[a]
        if key in self.model.holds:
            expected = "held" if self.model.holds[key] == (address, amount) else "ledger.key_taken"
        else:
            free = self.model.posted[address] - self.model.reserved(address)
            expected = "held" if free >= amount else "ledger.short"
        # The books look at the account first: one that nobody ever used is short, whatever the key.
        if not any(address in (move[0], move[1]) for moves in self.model.keys.values() for move in moves):  # type: ignore[attr-defined]
            expected = "ledger.short"
        with said() as outcome:
            self.hold_ids[key] = reserve(f"{self.run}:{key}", address, usd(amount), by=SYSTEM)
            outcome.append("held")
        assert outcome == [expected]
        if expected == "held":
            self.model.holds[key] = (address, amount)
        return key

    @rule(key=holds, part=st.integers(1, 12), post_key=st.integers(0, 20))
    def post_a_hold(self, key: str, part: int, post_key: int) -> None:
        if key not in self.model.holds:
            return
        address, amount = self.model.holds[key]
        part = min(part, amount)
        moves = ((address, clearing("sandbox", "USD"), part, ""),)
        name = f"p{post_key}"
        if key in self.model.ended:
            same = self.model.ended[key] == ("posted", part) and name in self.model.keys
            expected = self.model.post(name, moves) if same else "ledger.hold_ended"
        elif name in self.model.keys:
            expected = "ledger.key_taken"
        else:
            expected = self.model.post(name, moves, freed=(address, amount))
            assert expected == "posted"  # what is held can always be spent
            self.model.ended[key] = ("posted", part)
        with said() as outcome:
            post_hold(self.hold_ids[key], f"{self.run}:{name}", _transfers(moves), kind="test", by=SYSTEM)
            outcome.append("posted" if expected == "posted" else "again")
        assert outcome == [expected]

    @rule(key=holds)
    def void_a_hold(self, key: str) -> None:
        if key not in self.model.holds:
            return
        posted = self.model.ended.get(key, ("", 0))[0] == "posted"
        with said() as outcome:
            void_hold(self.hold_ids[key], by=SYSTEM)
            outcome.append("voided")
        assert outcome == ["ledger.hold_ended" if posted else "voided"]
        self.model.ended.setdefault(key, ("voided", 0))

    @invariant()
    def both_agree(self) -> None:
        if not hasattr(self, "model"):
            return
        for address in (*self.wallets, *self.escrows):
            held = balance(address, "USD")
            assert (held.posted.minor, held.reserved.minor) == (self.model.posted[address], self.model.reserved(address))
        for stage, row in escrows(self.stages).items():
            said_by_model = self.model.escrow[escrow(stage)]
            parts = (row.released_minor, row.refunded_minor, row.fees_minor, row.lost_minor)
            assert parts == tuple(said_by_model[purpose] for purpose in PURPOSES)
            assert row.funded_minor == said_by_model["fund"] == row.held_minor + sum(parts)

    def teardown(self) -> None:
        assert [proof for proof in prove() if proof.breach] == []


def _transfers(moves: tuple[tuple[str, str, int, str], ...]) -> list[Transfer]:
    return [Transfer(source, target, usd(amount), purpose) for source, target, amount, purpose in moves]


@contextmanager
def said() -> Iterator[list[str]]:
    outcome: list[str] = []
    try:
        with transaction.atomic():
            yield outcome
    except Refused as refusal:
        outcome.append(refusal.code)


class Undone(Books):
    """Each example begins with empty books: proving those of all former ones again would cost more with every example."""

    def __init__(self) -> None:
        self.mark = transaction.savepoint()
        super().__init__()

    def teardown(self) -> None:
        try:
            connection.check_constraints()  # what a commit would look at
            super().teardown()
        finally:
            transaction.savepoint_rollback(self.mark)


def check(examples: int, steps: int) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Undone,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_books_say_what_plain_python_says():
    check(200, 12)


@pytest.mark.long
def test_the_books_say_what_plain_python_says_for_longer():
    check(2000, 40)
