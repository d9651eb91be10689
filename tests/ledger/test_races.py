"""Many at once: the same money is spent once, whoever comes first."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import psycopg
import pytest

from everfair.base.actor import CLOCK_ACTOR, SYSTEM
from everfair.base.ids import new_id
from everfair.base.refused import Refused
from everfair.ledger.actions import expire_hold, post_entry, post_hold, reserve, void_hold
from everfair.ledger.models import HoldEnd
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance, hold_of
from everfair.ledger.values import Transfer, clearing, wallet
from tests import cluster
from tests.base.together import together
from tests.ledger.books import put, usd

pytestmark = [pytest.mark.pg15, pytest.mark.usefixtures("committed")]


def pay(key: str, source: str, target: str, minor: int) -> int | None:
    return post_entry(key, [Transfer(source, target, usd(minor))], kind="pay", by=SYSTEM)


def codes(results: list[object]) -> list[str]:
    unexpected = [r for r in results if isinstance(r, Exception) and not isinstance(r, Refused)]
    assert unexpected == []
    return [r.code for r in results if isinstance(r, Refused)]


def sound() -> bool:
    return all(proof.breach is None for proof in prove())


def test_two_hundred_spend_the_same_hundred_and_exactly_so_many_succeed():
    """I4: 25 sessions, eight payments of 7 each, of 100 there are: 14 succeed, 186 do not."""
    source, target = put(new_id(), 100), wallet(new_id(), "USD")
    reasons: set[str] = set()

    def spend(worker: int) -> list[bool]:
        outcome = []
        for n in range(8):
            try:
                pay(f"race:{worker}:{n}", source, target, 7)
                outcome.append(True)
            except Refused as refusal:
                outcome.append(False)
                reasons.add(refusal.code)
        return outcome

    results = together([partial(spend, worker) for worker in range(25)])

    assert codes(results) == []
    assert (sum(sum(r) for r in results), reasons) == (14, {"ledger.short"})
    assert (balance(source, "USD").posted, balance(target, "USD").posted) == (usd(2), usd(98))
    assert sound()


def test_the_same_key_from_sixteen_sessions_posts_once():
    """I11."""
    source, target = put(new_id(), 100), wallet(new_id(), "USD")

    results = together([partial(pay, "one", source, target, 30)] * 16)

    assert codes(results) == []
    assert len([r for r in results if r is not None]) == 1
    assert balance(target, "USD").posted == usd(30)


def test_the_same_key_for_different_payments_lets_one_through():
    source = put(new_id(), 100)

    results = together([partial(pay, "one", source, wallet(new_id(), "USD"), 10 + n) for n in range(8)])

    assert codes(results) == ["ledger.key_taken"] * 7
    assert len([r for r in results if isinstance(r, int)]) == 1


def test_payments_in_opposite_directions_never_wait_for_each_other_in_a_ring():
    one, two = put(new_id(), 10_000), put(new_id(), 10_000)

    def swing(worker: int) -> None:
        for n in range(15):
            ends = (one, two) if (worker + n) % 2 else (two, one)
            pay(f"swing:{worker}:{n}", *ends, 1)

    results = together([partial(swing, worker) for worker in range(8)])

    assert results == [None] * 8
    assert (balance(one, "USD").posted + balance(two, "USD").posted) == usd(20_000)
    assert sound()


def test_entries_that_touch_many_accounts_in_any_order_never_deadlock():
    addresses = [put(new_id(), 1_000) for _ in range(6)]

    def round_trip(worker: int) -> None:
        ring = addresses[worker % 6 :] + addresses[: worker % 6]
        ring = ring if worker % 2 else ring[::-1]
        for n in range(10):
            transfers = [Transfer(a, b, usd(3)) for a, b in pairwise(ring)]
            post_entry(f"ring:{worker}:{n}", transfers, kind="pay", by=SYSTEM)

    results = together([partial(round_trip, worker) for worker in range(6)])

    assert results == [None] * 6
    assert sound()


def test_two_accounts_cannot_be_emptied_by_two_who_each_saw_the_other_full():
    """Write skew: each entry takes from both wallets, and together there is enough for one."""
    left, right = put(new_id(), 100), put(new_id(), 100)

    def take(n: int) -> int | None:
        mine = wallet(new_id(), "USD")
        return post_entry(f"skew:{n}", [Transfer(left, mine, usd(60)), Transfer(right, mine, usd(60))], kind="pay", by=SYSTEM)

    results = together([partial(take, n) for n in range(2)])

    assert codes(results) == ["ledger.short"]
    assert (balance(left, "USD").posted, balance(right, "USD").posted) == (usd(40), usd(40))


def test_holds_from_many_sessions_never_reserve_more_than_there_is():
    source = put(new_id(), 100)

    results = together([partial(reserve, f"hold:{n}", source, usd(30), by=SYSTEM) for n in range(10)])

    assert codes(results) == ["ledger.short"] * 7
    assert balance(source, "USD").reserved == usd(90)


def test_the_same_hold_asked_for_at_once_is_one_hold():
    source = put(new_id(), 100)

    results = together([partial(reserve, "hold", source, usd(60), by=SYSTEM)] * 8)

    assert set(results) == {hold_of("hold")}
    assert balance(source, "USD").reserved == usd(60)


def test_a_hold_ends_exactly_once_when_two_expire_it_and_one_posts():
    """I9, several times over, for the order of the three is theirs to choose."""
    for n in range(6):
        source = put(new_id(), 100)
        hold = reserve(f"end:{n}", source, usd(80), by=SYSTEM)
        spend = [Transfer(source, clearing("sandbox", "USD"), usd(50))]

        results = together(
            [
                partial(expire_hold, hold, by=CLOCK_ACTOR),
                partial(post_hold, hold, f"post:{n}", spend, kind="payout", by=SYSTEM),
                partial(expire_hold, hold, by=CLOCK_ACTOR),
            ]
        )

        refused = codes(results)
        how = HoldEnd.objects.get(pk=hold).how
        held = balance(source, "USD")
        assert refused == (["ledger.hold_ended"] * 2 if how == "posted" else ["ledger.hold_ended"])
        assert (held.posted, held.reserved) == (usd(50 if how == "posted" else 100), usd(0))
    assert sound()


def test_void_and_post_at_once_let_one_win():
    for n in range(6):
        source = put(new_id(), 100)
        hold = reserve(f"end:{n}", source, usd(80), by=SYSTEM)
        spend = [Transfer(source, clearing("sandbox", "USD"), usd(80))]

        results = together(
            [partial(void_hold, hold, by=SYSTEM), partial(post_hold, hold, f"post:{n}", spend, kind="payout", by=SYSTEM)]
        )

        assert codes(results) == ["ledger.hold_ended"]
        assert balance(source, "USD").free in (usd(20), usd(100))


def test_a_hold_posted_with_the_same_key_at_once_is_paid_once():
    source = put(new_id(), 100)
    hold = reserve("hold", source, usd(80), by=SYSTEM)
    spend = [Transfer(source, clearing("sandbox", "USD"), usd(40))]

    results = together([partial(post_hold, hold, "post", spend, kind="payout", by=SYSTEM)] * 8)

    assert results == [None] * 8
    assert balance(source, "USD").free == usd(60)


def test_without_the_lock_in_address_order_opposite_payments_deadlock(
    test_database: cluster.TestDatabase,
):
    """Guard removal: two sessions that move the same two balances without `ledger_lock`, in opposite order, block each other."""
    one, two = put(new_id(), 100), put(new_id(), 100)
    pay("known:1", one, two, 1)
    take = (
        "SELECT posted_minor FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id"
        " WHERE a.address = %s FOR UPDATE OF b"
    )
    quick = {"options": "-c deadlock_timeout=100ms"}
    with (
        psycopg.connect(test_database.superuser_url, **quick) as first,
        psycopg.connect(test_database.superuser_url, **quick) as second,
    ):
        first.execute(take, (one,))
        second.execute(take, (two,))
        results = together([lambda: first.execute(take, (two,)), lambda: second.execute(take, (one,))])
        first.rollback()
        second.rollback()

    assert [type(r) for r in results if isinstance(r, Exception)] == [psycopg.errors.DeadlockDetected]
