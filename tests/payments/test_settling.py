"""What a rail has settled, by its own statement: its fee is a cost, clearing is empty afterwards, and whatever differs is exactly one
break and no posting (I6)."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, transaction

from everfair.base import clock
from everfair.base.actor import RAIL_ACTOR, SYSTEM, Actor
from everfair.base.ids import new_id
from everfair.base.models import Event
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.sql import ask
from everfair.ledger.actions import post_entry
from everfair.ledger.models import Entry
from everfair.ledger.proofs import prove, ready_to_close
from everfair.ledger.queries import balance_at
from everfair.ledger.values import clearing, costs, losses, settled, suspense
from everfair.payments import postings
from everfair.payments.actions import book_break, dismiss_break, read_statement, start_checkout, take_event, take_statement
from everfair.payments.actions.settling import StatementRead, note_missing
from everfair.payments.jobs import read_statements, send_refunds
from everfair.payments.models import Intent, RailBreak, SettledLine
from everfair.payments.providers.port import ProviderDown, StatementLine
from everfair.payments.queries import days_to_read, open_breaks, rail_accounts, rail_breaks, settled_lines
from everfair.payments.rails import client
from everfair.trade.actions import pay_stage
from tests import make
from tests.base.together import together
from tests.payments.running_sandbox import API_KEY, SECRET, RunningSandbox, running_sandbox

FINANCE = Actor(kind="operator", person_id=new_id(), staff_roles=frozenset({"finance"}))
REVIEWER = Actor(kind="operator", person_id=new_id(), staff_roles=frozenset({"reviewer"}))


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def held(address: str) -> int:
    """An asset or expense grows by debits."""
    return -balance_at(address, clock.now())


def standing() -> dict[str, int]:
    """What the first rail's accounts hold, in US cents; suspense in credits."""
    return {
        "clearing": held(clearing("sandbox", "USD")),
        "settled": held(settled("sandbox", "USD")),
        "costs": held(costs("sandbox", "USD")),
        "suspense": -held(suspense("USD")),
    }


def captured(minor: int = 10_000, **when: Any) -> StatementLine:
    """A payment in the books, and the line that settles it: 2.5 % fee."""
    intent, ref = new_id(), f"chk_{new_id().hex}"
    why = {"intent": str(intent), "provider_ref": ref}
    transfers = postings.captured("sandbox", intent, usd(minor))
    post_entry(f"intent:{intent}:capture", transfers, kind="payment_captured", by=RAIL_ACTOR, why=why, **when)
    return line(minor, ref, str(intent), minor // 40)


def line(minor: int, ref: str = "", reference: str = "", fee: int = 0, kind: str = "checkout") -> StatementLine:
    return StatementLine(
        ref or f"chk_{new_id().hex}", kind, reference or str(new_id()), usd(minor), usd(fee), usd(minor - fee), clock.now().astimezone(UTC),
    )  # fmt: skip


def take(*lines: StatementLine) -> StatementRead:
    return take_statement("sandbox", lines)


def breaks() -> list[tuple[str, str, str]]:
    return [(b.kind, b.about, b.state) for b in RailBreak.objects.order_by("id")]


def sound() -> bool:
    return [proof for proof in prove() if proof.breach] == []


def a_break(*lines: StatementLine) -> RailBreak:
    take(*lines)
    return RailBreak.objects.get(state="open")


@pytest.mark.django_db
class TestSettling:
    def test_a_settled_payment_leaves_clearing_empty_and_its_fee_is_a_cost(self):
        told = captured(10_000)
        assert standing() == {"clearing": 10_000, "settled": 0, "costs": 0, "suspense": 0}

        read = take(told)

        assert (read.lines, read.settled, read.breaks) == (1, 1, 0)
        assert standing() == {"clearing": 0, "settled": 9_750, "costs": 250, "suspense": 0}
        kept = SettledLine.objects.get()
        assert (kept.ref, kept.entry.kind, kept.booking.kind) == (told.ref, "payment_captured", "rail_settled")
        assert kept.booking.why["settles"] == kept.entry.key
        assert breaks() == []
        assert sound()

    def test_reading_the_same_again_changes_nothing(self):
        told = [captured() for _n in range(3)]
        take(*told)
        before, entries = standing(), Entry.objects.count()

        for _n in range(3):
            assert take(*told).settled == 0

        assert (standing(), Entry.objects.count(), SettledLine.objects.count(), breaks()) == (before, entries, 3, [])

    def test_money_that_went_out_is_settled_too(self):
        """A refund and a payout by the rail: it paid them out of what it had of ours."""
        refund, payout, intent = new_id(), new_id(), new_id()
        post_entry("in", postings.captured_late("sandbox", refund, usd(300)), kind="refund_owed", by=RAIL_ACTOR)
        post_entry(f"refund:{refund}:done", postings.refunded("sandbox", refund, usd(300)), kind="refund", by=RAIL_ACTOR)
        company = make.company().pk
        post_entry("come", postings.captured("sandbox", intent, usd(700)), kind="payment_captured", by=RAIL_ACTOR)
        post_entry("back", postings.returned(intent, company, usd(700)), kind="payment_returned", by=RAIL_ACTOR)
        post_entry(f"payout:{payout}:paid", postings.paid_out("sandbox", company, usd(500)), kind="payout", by=RAIL_ACTOR)
        before = standing()["clearing"]

        read = take(line(-300, "rfd_1", str(refund), kind="refund"), line(-500, "pay_1", str(payout), 20, kind="payout"))

        assert (read.settled, breaks()) == (2, [])
        assert before == 200
        assert standing() == {"clearing": 1_000, "settled": -820, "costs": 20, "suspense": 0}
        assert sound()

    def test_it_is_booked_on_the_day_it_was_settled(self):
        yesterday = clock.now() - timedelta(days=1)
        told = replace(captured(), settled_at=yesterday)
        take(told)
        assert Entry.objects.get(kind="rail_settled").booked_on == yesterday.astimezone(UTC).date()

    def test_the_late_payment_that_goes_back_is_settled_by_its_own_checkout(self):
        trade = make.trade("agreed")
        intent = make.pay(trade.stage(1), trade.buyer)
        headers, body = make.told(intent, id="chk_second", version=9)
        assert take_event("sandbox", headers, body) == "mismatch"  # the same rail, another checkout: into suspense
        intent.refresh_from_db()

        read = take(line(intent.amount_minor, intent.provider_ref, str(intent.pk), 100))

        assert (read.settled, read.breaks) == (1, 0)
        assert standing()["clearing"] == intent.amount_minor
        again = take(line(intent.amount_minor, "chk_second", str(intent.pk), 100))
        assert (again.settled, again.breaks) == (1, 0)
        assert standing()["clearing"] == 0
        assert sound()

    def test_money_that_fitted_nothing_is_settled_against_what_stands_in_suspense(self):
        trade = make.trade("agreed")
        intent = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
        headers, body = make.told(intent, amount_minor=5)
        assert take_event("sandbox", headers, body) == "mismatch"

        read = take(line(5, f"chk_{intent.pk.hex[:12]}", str(intent.pk)))

        assert (read.settled, standing()) == (1, {"clearing": 0, "settled": 5, "costs": 0, "suspense": 5})


@pytest.mark.django_db
class TestBreaks:
    """One of many lines is dropped, doubled, altered or invented: exactly that break, and no other."""

    @pytest.mark.parametrize("count", [150, pytest.param(10_000, marks=pytest.mark.long)])
    @pytest.mark.parametrize("trouble", ["drop", "duplicate", "double", "amount", "sum", "unknown", "currency"])
    def test_one_wrong_line_of_many_is_exactly_one_break(self, trouble, count):
        dice = random.Random(f"{trouble}{count}")
        back = clock.now().date() - timedelta(days=20)
        lines = [captured(dice.randint(100, 9_999), booked_on=back) for _n in range(count)]
        at = dice.randrange(count)
        wrong = lines[at]
        told, kind, about = {
            "drop": ([*lines[:at], *lines[at + 1 :]], "missing", f"entry:{entry_of(wrong)}"),
            "duplicate": ([*lines[: at + 1], *lines[at:]], "twice", wrong.ref),
            "double": ([*lines, replace(wrong, ref="chk_again")], "twice", "chk_again"),
            "amount": (changed(lines, at, gross=usd(wrong.gross.minor + 1), net=usd(wrong.net.minor + 1)), "amount", wrong.ref),
            "sum": (changed(lines, at, net=usd(wrong.net.minor - 1)), "sum", wrong.ref),
            "unknown": ([*lines[:at], line(77, "chk_who"), *lines[at:]], "unknown", "chk_who"),
            "currency": (
                changed(lines, at, **{n: Money(getattr(wrong, n).minor, "EUR") for n in ("gross", "fee", "net")}), "amount", wrong.ref,
            ),
        }[trouble]  # fmt: skip
        whole_days_read(back)

        read = take(*told)
        missed = note_missing("sandbox")

        expected = [(kind, about, "open")]
        if trouble == "currency":  # what it should have been is not told either
            expected.append(("missing", f"entry:{entry_of(wrong)}", "open"))
        assert breaks() == expected
        assert (read.breaks + missed, open_breaks()) == (len(expected), len(expected))
        assert read.settled == count - (trouble not in ("duplicate", "double", "unknown"))
        left = wrong.gross.minor if trouble in ("drop", "amount", "sum", "currency") else 0
        assert standing()["clearing"] == left
        assert standing()["suspense"] == 0  # nothing was booked for it by itself
        assert sound()

    def test_a_line_told_differently_later_is_a_break_and_the_first_word_stays(self):
        told = captured(1_000)
        take(told)
        before = standing()

        take(replace(told, fee=usd(30), net=usd(970)))
        take(replace(told, fee=usd(30), net=usd(970)))

        assert [kind for kind, *_rest in breaks()] == ["changed"]
        assert standing() == before
        found = RailBreak.objects.get()
        assert (found.told, found.fee) == (usd(0), usd(5))

    def test_what_is_found_twice_is_said_once(self):
        unknown = line(50)
        for _n in range(3):
            take(unknown)
        assert len(breaks()) == 1
        assert Event.objects.filter(name="RailBreakFound").count() == 1

    def test_a_payments_own_word_that_comes_after_its_line_ends_the_break(self):
        trade = make.trade("agreed")
        intent = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
        take(line(intent.amount_minor, f"chk_{intent.pk.hex[:12]}", str(intent.pk), 90))
        assert [kind for kind, *_rest in breaks()] == ["unknown"]
        headers, body = make.told(intent)
        assert take_event("sandbox", headers, body) == "applied"

        read = take()

        assert (read.settled, breaks()[0][2]) == (1, "explained")
        assert standing()["clearing"] == 0
        assert sound()

    def test_a_missing_line_that_comes_after_all_ends_its_break(self):
        back = clock.now().date() - timedelta(days=9)
        told = captured(500, booked_on=back)
        whole_days_read(back)
        note_missing("sandbox")
        assert breaks() == [("missing", f"entry:{entry_of(told)}", "open")]

        take(told)

        assert breaks() == [("missing", f"entry:{entry_of(told)}", "explained")]
        assert standing()["clearing"] == 0

    def test_nothing_is_missing_before_enough_days_were_read(self):
        today = clock.now().date()
        captured(500, booked_on=today - timedelta(days=9))
        assert note_missing("sandbox") == 0
        ask(_READ, [new_id(), today - timedelta(days=7)])
        assert note_missing("sandbox") == 0
        ask(_READ, [new_id(), today - timedelta(days=6)])
        assert note_missing("sandbox") == 1
        assert note_missing("sandbox") == 0


_READ = """INSERT INTO payments_statementday (id, rail, "on", lines) VALUES (%s, 'sandbox', %s, 0)"""


def whole_days_read(since: date) -> None:
    day = since
    while day < clock.now().date():
        ask(_READ, [new_id(), day])
        day += timedelta(days=1)


def entry_of(told: StatementLine) -> int:
    return Entry.objects.get(key=f"intent:{told.reference}:capture").pk


def changed(lines: list[StatementLine], at: int, **values: Any) -> list[StatementLine]:
    return [*lines[:at], replace(lines[at], **values), *lines[at + 1 :]]


@pytest.mark.django_db
class TestEndingABreak:
    def test_an_unknown_line_is_booked_into_suspense(self):
        found = a_break(line(800, fee=20))

        book_break(found.pk, "They paid by phone.", by=FINANCE)

        assert standing() == {"clearing": 0, "settled": 780, "costs": 20, "suspense": 800}
        entry = Entry.objects.get(kind="rail_break_booked")
        assert (entry.actor, entry.why["reason"]) == (FINANCE.label, "They paid by phone.")
        assert breaks()[0][2] == "booked"
        assert Event.objects.get(name="RailBreakEnded").body["state"] == "booked"
        assert sound()

    @pytest.mark.parametrize("told_minor", [9_000, 11_000])
    def test_another_amount_empties_clearing_and_what_differs_waits_in_suspense(self, told_minor):
        told = captured(10_000)
        found = a_break(replace(told, gross=usd(told_minor), net=usd(told_minor - 250)))

        book_break(found.pk, "Agreed with them.", by=FINANCE)

        assert standing() == {"clearing": 0, "settled": told_minor - 250, "costs": 250, "suspense": told_minor - 10_000}
        assert sound()
        assert take(replace(told, gross=usd(told_minor), net=usd(told_minor - 250))).breaks == 0

    def test_what_never_comes_is_a_loss(self):
        back = clock.now().date() - timedelta(days=9)
        told = captured(500, booked_on=back)
        whole_days_read(back)
        note_missing("sandbox")

        book_break(RailBreak.objects.get().pk, "They are bankrupt.", by=FINANCE)

        assert (standing()["clearing"], held(losses("USD"))) == (0, 500)
        assert take(told).breaks == 1  # and if it does come, that is told
        assert breaks()[1][:2] == ("unknown", told.ref)
        assert sound()

    def test_a_dismissed_break_books_nothing_and_does_not_come_back(self):
        unknown = line(800)
        found = a_break(unknown)

        dismiss_break(found.pk, "It is of our test account.", by=FINANCE)

        assert take(unknown).breaks == 0
        assert standing() == {"clearing": 0, "settled": 0, "costs": 0, "suspense": 0}
        assert open_breaks() == 0

    def test_only_finance_people_end_it_and_never_without_a_reason(self):
        found = a_break(line(800))
        for by in (REVIEWER, SYSTEM, make.actor(make.company())):
            with pytest.raises(Refused) as role:
                book_break(found.pk, "x", by=by)
            assert role.value.status == 403
        with pytest.raises(Refused) as reason:
            dismiss_break(found.pk, "  ", by=FINANCE)
        assert (reason.value.code, reason.value.field) == ("payments.reason", "reason")
        assert (open_breaks(), standing()["suspense"]) == (1, 0)

    def test_it_ends_once(self):
        found = a_break(line(800))
        dismiss_break(found.pk, "x", by=FINANCE)
        with pytest.raises(Refused) as again:
            book_break(found.pk, "x", by=FINANCE)
        assert again.value.code == "base.wrong_state"

    def test_where_nothing_differs_there_is_nothing_to_book(self):
        told = captured(1_000)
        take(told)
        found = a_break(replace(told, reference=str(new_id())))
        with pytest.raises(Refused) as nothing:
            book_break(found.pk, "x", by=FINANCE)
        assert nothing.value.code == "payments.nothing_to_book"
        assert RailBreak.objects.get().state == "open"


@pytest.mark.django_db
class TestTheMonth:
    def test_it_is_ready_when_everything_is_settled_and_every_day_read(self):
        day = clock.now().date() - timedelta(days=9)
        month = day.replace(day=1)
        told = [captured(booked_on=day) for _n in range(2)]
        findings = lambda: [check.name for check in ready_to_close(month) if check.breach]  # noqa: E731
        assert findings() == [
            "every payment of the month is settled or explained", "every day of the month has been read from each provider",
        ]  # fmt: skip

        take(replace(told[0], settled_at=clock.now() - timedelta(days=8)), line(5, "chk_who"))
        whole_days_read(day)
        ask(_READ, [new_id(), clock.now().date()])
        for later in range(1, 31):
            ask(_READ, [new_id(), clock.now().date() + timedelta(days=later)])
        assert findings()[0] == "every payment of the month is settled or explained"

        note_missing("sandbox")
        for found in rail_breaks(state="open"):
            dismiss_break(found.pk, "known", by=FINANCE)
        assert findings() == []


@pytest.mark.django_db
class TestReading:
    def test_the_accounts_of_every_rail_are_seen_at_once(self):
        take(captured(10_000))
        captured(300)
        (row,) = rail_accounts()
        assert (row.rail, row.clearing, row.settled, row.costs, row.read_until, row.breaks) == (
            "sandbox",
            usd(300),
            usd(9_750),
            usd(250),
            None,
            0,
        )

    def test_lists_go_on_where_they_stopped(self):
        take(*(line(10 + n) for n in range(5)))
        first = rail_breaks(limit=3)
        assert len({b.pk for b in [*first, *rail_breaks(before=first[-1].pk, limit=9)]}) == 5
        lines = settled_lines("sandbox", limit=3)
        assert len({row.pk for row in [*lines, *settled_lines("sandbox", before=lines[-1].pk, limit=9)]}) == 5

    def test_what_a_provider_told_and_what_was_found_stay(self):
        take(line(10))
        for attack in (
            "UPDATE payments_settledline SET gross_minor = 11", "DELETE FROM payments_settledline",
            "UPDATE payments_railbreak SET gross_minor = 11", "DELETE FROM payments_railbreak",
        ):  # fmt: skip
            with pytest.raises(DatabaseError), transaction.atomic():
                ask(attack)


# With the sandbox itself, as a process of its own.


@pytest.fixture
def rail(committed: None, tmp_path: Path, settings: Any) -> Iterator[RunningSandbox]:
    settings.PROVIDERS = {}
    with running_sandbox(tmp_path / "sandbox", "", "--payout-seconds", "0.1") as running:
        prefix = "EVERFAIR_SANDBOX_"
        settings.PROVIDERS = {
            "sandbox": {f"{prefix}URL": running.url, f"{prefix}API_KEY": API_KEY, f"{prefix}WEBHOOK_SECRET": SECRET}
        }
        client.cache_clear()
        cache.clear()
        yield running
    client.cache_clear()


def paid_through(rail: RunningSandbox, count: int) -> list[Intent]:
    """Payments made on the sandbox's own page, and its word taken."""
    found = []
    for _n in range(count):
        trade = make.trade("agreed")
        intent = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
        rail.pay(start_checkout(intent.pk, by=trade.buyer))
        intent.refresh_from_db()
        headers, body = make.told(intent)
        assert take_event("sandbox", headers, body) == "applied"
        found.append(intent)
    return found


def today() -> date:
    return datetime.now(UTC).date()


def test_what_the_sandbox_settles_is_booked_by_the_hourly_reading(rail):
    intents = paid_through(rail, 3)
    gross = sum(intent.amount_minor for intent in intents)
    fee = sum((intent.amount_minor * 140 + 5_000) // 10_000 + 25 for intent in intents)

    assert read_statements() == 3
    assert read_statements() == 3

    assert standing() == {"clearing": 0, "settled": gross - fee, "costs": fee, "suspense": 0}
    assert breaks() == []
    assert ask("SELECT count(*) FROM payments_statementday") == [(0,)]  # the day is not over
    clock.advance(timedelta(days=1))
    read_statements()
    assert ask("SELECT rail, lines FROM payments_statementday") == [("sandbox", 3)]
    assert days_to_read("sandbox") == (today() - timedelta(days=1), today() + timedelta(days=1))
    assert sound()


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("statement_drops_line", "missing"), ("statement_repeats_line", "twice"), ("statement_alters_line", "amount")],
)
def test_a_statement_with_one_mistake_gives_that_break(rail, fault, kind):
    intents = paid_through(rail, 3)
    rail.fault(fault, merchant_reference=str(intents[1].pk))

    read_statement("sandbox", today(), today())
    clock.advance(timedelta(days=5))
    read_statements()

    assert [found[::2] for found in breaks()] == [(kind, "open")]
    assert sound()


def test_a_line_that_is_gone_later_is_a_break_that_ends_when_it_is_back(rail):
    intents = paid_through(rail, 2)
    read_statement("sandbox", today(), today())
    fault = rail.fault("statement_drops_line", merchant_reference=str(intents[0].pk))
    read_statement("sandbox", today(), today())
    read_statement("sandbox", today(), today())
    assert [found[::2] for found in breaks()] == [("gone", "open")]

    rail.call("DELETE", f"/v1/faults/{fault}")
    read_statement("sandbox", today(), today())

    assert [found[::2] for found in breaks()] == [("gone", "explained")]


def test_two_readings_at_once_book_everything_once(rail):
    intents = paid_through(rail, 4)

    results = together([partial(read_statement, "sandbox", today(), today())] * 4)

    assert [type(result) for result in results] == [StatementRead] * 4
    assert sum(result.settled for result in results) == 4
    assert Entry.objects.filter(kind="rail_settled").count() == SettledLine.objects.count() == len(intents)
    assert (standing()["clearing"], breaks()) == (0, [])
    assert sound()


@pytest.mark.usefixtures("committed")
def test_without_the_lock_the_same_lines_at_once_are_still_booked_once():
    """The lock spares work; that a line counts once is the database's word."""
    lines = [captured(1_000 + n) for n in range(20)]

    results = together([partial(take_statement, "sandbox", lines) for _n in range(5)])

    assert [r for r in results if isinstance(r, Exception)] == []
    assert sum(result.settled for result in results) == 20
    assert (standing()["clearing"], Entry.objects.filter(kind="rail_settled").count(), breaks()) == (0, 20, [])
    assert sound()


@pytest.mark.usefixtures("committed")
def test_a_break_that_two_end_at_once_ends_once():
    found = a_break(line(800))
    other = Actor(kind="operator", person_id=new_id(), staff_roles=frozenset({"finance"}))

    results = together([partial(book_break, found.pk, "mine", by=FINANCE), partial(dismiss_break, found.pk, "mine", by=other)])

    assert sorted(type(result).__name__ for result in results) == ["RailBreak", "Refused"]
    assert standing()["suspense"] in (0, 800)
    assert (standing()["suspense"] == 800) == (RailBreak.objects.get().state == "booked")


def test_a_provider_that_is_down_leaves_everything_as_it_was(rail):
    paid_through(rail, 1)
    before = standing()
    rail.kill()
    with pytest.raises(ProviderDown):
        read_statement("sandbox", today(), today())
    assert read_statements() == 0
    assert (standing(), breaks()) == (before, [])


def test_a_refund_by_the_sandbox_comes_out_even(rail):
    """What came twice and went back: two lines, and nothing is left in clearing but the first payment's fee."""
    trade = make.trade("agreed")
    first = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
    rail.pay(start_checkout(first.pk, by=trade.buyer))
    first.refresh_from_db()
    headers, body = make.told(first, "checkout.failed", failure_code="declined")
    take_event("sandbox", headers, body)
    second = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
    rail.pay(start_checkout(second.pk, by=trade.buyer))
    second.refresh_from_db()
    for intent, version in ((second, 2), (first, 9)):
        headers, body = make.told(intent, version=version)
        assert take_event("sandbox", headers, body) == "applied"
    send_refunds()

    read = read_statement("sandbox", today(), today())

    assert (read.lines, read.settled, breaks()) == (3, 3, [])
    assert standing()["clearing"] == 0
    assert sound()


@pytest.mark.usefixtures("committed")
def test_no_transaction_is_open_while_the_provider_is_asked_for_more():
    open_ones: list[bool] = []

    def told() -> Iterable[StatementLine]:
        for _n in range(450):
            open_ones.append(transaction.get_connection().in_atomic_block)
            yield line(5)

    assert take_statement("sandbox", told()).breaks == 450
    assert set(open_ones) == {False}
