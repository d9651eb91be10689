"""The overview: what waits, since when, and which part of the installation is silent."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from everfair.base import clock
from everfair.base.actor import SYSTEM
from everfair.base.chores import beat
from everfair.base.models import Deadline, History
from everfair.base.money import Money
from everfair.companies.actions import place_stop
from everfair.payments.actions import import_statement, request_payout
from everfair.payments.models import Intent, Payout
from everfair.trade.actions import open_issue, pay_stage
from tests import make
from tests.office.desk import asked, notes, operator, send, signed_in, text
from tests.payments.statements import Bank

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Any:
    return signed_in(operator(name="Olga Operator"))


def waiting(office: Any) -> dict[str, int]:
    return {queue.name: queue.count for queue in office.get("/en/office/").context["waiting"]}


def an_issue() -> make.Trade:
    trade = make.trade("shipped")
    open_issue(trade.order.pk, "Nothing came.", by=trade.buyer)
    return trade


def a_payout() -> tuple[Any, Payout]:
    trade = make.trade("completed")
    account = make.bank_account(trade.seller)
    return trade, request_payout(account.pk, Money(500, "USD"), by=trade.seller)


def test_an_issue_waits_since_it_was_opened(office: Any) -> None:
    first, _second = an_issue(), an_issue()

    queue = office.get("/en/office/").context["queues"]["issues"]

    said = History.objects.get(subject=first.order.pk, axis="issue", verb="report")
    assert (queue.count, queue.since) == (2, said.at)


def test_issues_are_decided_in_the_order_in_which_they_wait(office: Any) -> None:
    older, newer = make.trade("shipped"), make.trade("shipped")
    for trade in (newer, older):
        open_issue(trade.order.pk, "Nothing came.", by=trade.buyer)

    shown = office.get("/en/office/issues/").context["issues"]

    assert [row.order.pk for row in shown] == [newer.order.pk, older.order.pk]
    assert [str(row.held) for row in shown] == ["420.00 USD", "420.00 USD"]
    following = office.get(f"/en/office/issues/?after={shown[0].place}").context["issues"]
    assert [row.order.pk for row in following] == [older.order.pk]


def test_a_payout_that_a_stop_holds_back_waits_with_a_link(office: Any) -> None:
    trade, payout = a_payout()
    place_stop(trade.order.seller_id, "payout", "Whose account is it?", by=make.operator())

    assert waiting(office)["stopped_payouts"] == 1
    assert [row.pk for row in office.get("/en/office/payouts/?which=stopped").context["payouts"]] == [payout.pk]
    assert office.get("/en/office/payouts/").context["payouts"] == []


def test_a_payment_in_doubt_leads_to_its_trade(office: Any) -> None:
    trade = make.trade("agreed")
    pay_stage(trade.stage(1).pk, by=trade.buyer)
    Intent.objects.update(state="indeterminate")

    assert waiting(office)["intents"] == 1
    ((intent, order),) = office.get("/en/office/payments/").context["intents"]
    assert (intent.state, order.pk) == ("indeterminate", trade.order.pk)


def test_a_deadline_is_overdue_after_five_minutes_and_not_before(office: Any) -> None:
    now = clock.now()
    for n, minutes in enumerate((4, 6)):
        Deadline.objects.create(
            kind="trade.pay", subject=make.company().pk, generation=n + 1, due_at=now - timedelta(minutes=minutes)
        )

    assert waiting(office)["overdue"] == 1
    (late,) = office.get("/en/office/deadlines/").context["overdue"]
    assert late.due_at == now - timedelta(minutes=6)


def test_a_mark_that_ends_in_a_month_is_renewed_in_time(office: Any) -> None:
    today = clock.now().date()
    soon = make.company()
    for firm, days in ((soon, 29), (make.company(), 30), (make.company(), -1)):
        make.verified(firm, today + timedelta(days=days))

    assert (waiting(office)["expiring"], waiting(office)["unverified"]) == (1, 1)
    assert [row.pk for row in office.get("/en/office/companies/?queue=expiring").context["companies"]] == [soon.pk]


def test_a_queue_in_which_nothing_waits_is_not_shown(office: Any) -> None:
    an_issue()

    page = text(office.get("/en/office/"))

    assert "Open issues" in page
    assert "Dead reactions" not in page


def test_a_silent_part_is_told_and_a_living_one_is_not(office: Any) -> None:
    for part in ("worker", "clock"):
        beat(part)

    page = text(office.get("/en/office/"))
    assert "Search index has never given a sign of life." in page
    assert "Worker has never" not in page

    beat("index")
    assert "A part of the installation does not do its work" not in text(office.get("/en/office/"))


def a_letter(folder: Path, seconds_ago: float, to: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{int((time.time() - seconds_ago) * 1e6):016d}-abcdef01.letter"
    envelope = json.dumps({"from": "fair@example.com", "to": [to]})
    file.write_bytes(envelope.encode() + b"\nSubject: =?utf-8?b?5oKo55qE6KiC5Zau?=\n\nText")
    return file


def test_letters_that_did_not_leave_are_shown_and_sent_again(office: Any, settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    given_up = a_letter(tmp_path / "mail" / "undelivered", 4 * 86400, "ann@fair.example")
    a_letter(tmp_path / "mail" / "waiting", 3600, "bea@fair.example")
    a_letter(tmp_path / "mail" / "waiting", 5, "cem@fair.example")

    assert waiting(office)["letters"] == 2
    shown = office.get("/en/office/letters/").context["letters"]
    assert [(letter.to, letter.subject, letter.next_try_at is None) for letter in shown] == [
        (("ann@fair.example",), "您的訂單", True),
        (("bea@fair.example",), "您的訂單", False),
        (("cem@fair.example",), "您的訂單", False),
    ]

    send(office, "/en/office/letters/repeat/", letter=given_up.name)

    assert (tmp_path / "mail" / "waiting" / given_up.name).exists()
    assert not given_up.exists()
    assert [note.after for note in notes("letter sent again")] == [{"letter": "您的訂單"}]


def test_no_name_leads_out_of_the_folders(office: Any, settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    secret = tmp_path / "secrets.letter"
    secret.write_text("{}")

    assert send(office, "/en/office/letters/repeat/", letter="../../secrets.letter").status_code in (302, 409)

    assert secret.exists()
    assert notes("letter sent again") == []


def test_the_overview_asks_as_much_on_a_busy_day_as_on_a_quiet_one(office: Any) -> None:
    office.get("/en/office/rules/")
    quiet = asked(office, "/en/office/")
    for _ in range(3):
        an_issue()
        make.offer(make.company(), category="unsorted/unsorted", source_category=f"Things {make.next_number()}")

    # The session, the person, the queues and their day, signs of life, the slowest reader, the balances, the time, unread notices.
    assert asked(office, "/en/office/") == quiet == 10


def test_what_the_bank_brought_waits_for_those_who_may_decide_it(office: Any) -> None:
    import_statement("one.sta", Bank().credit(4200, "WHO AM I").mt940(), by=SYSTEM)
    import_statement("two.sta", Bank(number=7, opening=1).mt940(), by=SYSTEM)

    seen = waiting(office)
    reviewer = waiting(signed_in(make.person(is_staff_member=True, staff_roles=["reviewer"])))

    bank = ("bank_lines", "bank_breaks", "bank_decisions")
    assert [seen.get(name) for name in bank] == [1, 1, None]
    assert [reviewer.get(name) for name in bank] == [None, None, None]
