"""Who pays for an inspection, and when a buyer's silence after a pass pays the seller."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from everfair.base.actor import SYSTEM
from everfair.base.clock import advance
from everfair.base.refused import Refused
from everfair.companies.actions import place_stop
from everfair.messaging.actions import open_thread, post_message
from everfair.payments.queries import wallet_statement
from everfair.trade.actions import (
    call_off_order,
    cancel_inspection,
    open_issue,
    pay_inspection,
    receive_order,
    resolve_issue,
    waive_inspection,
)
from everfair.trade.models import Inspection, InspectionDebt, Release, Stage
from everfair.trade.queries.inspecting import inspection, inspection_moves
from everfair.trade.queries.reminding import reminded_enough
from everfair.trade.queries.silence import open_question
from tests import make
from tests.trade.inspected import in_wallet, may, nothing_is_wrong, ship, states
from tests.trade.inspecting import BAD, GOOD, book, paid_by, report
from tests.trade.test_silence import pass_time

pytestmark = pytest.mark.django_db


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_buyer_cannot_make_the_supplier_late_by_an_inspection():
    trade = paid_by("deposit_balance", 2)
    book(trade, "buyer", "paid")
    execute("UPDATE base_deadline SET state = 'cleared' WHERE kind = 'trade.inspection'")
    advance(timedelta(days=61))

    with pytest.raises(Refused, match=r"trade\.inspection_open"):
        call_off_order(trade.order.pk, "late", by=trade.buyer)
    assert "call_off" not in may(trade, "buyer")


def test_a_fail_that_the_buyer_paid_for_is_taken_from_the_seller():
    trade = paid_by("inspected")
    report(book(trade, "buyer", "ready"), BAD)
    second = book(trade, "seller", "ready")
    report(second)
    make.pay(trade.stage(2), trade.buyer)
    ship(trade)
    receive_order(trade.order.pk, by=trade.buyer)

    assert in_wallet(trade.seller) == 42000 - 840 - 30000
    assert in_wallet(trade.buyer) == 30000
    debt = InspectionDebt.objects.get()
    assert (debt.amount_minor, debt.taken_minor) == (30000, 30000)
    assert nothing_is_wrong()


def test_the_statements_call_every_line_by_its_name_to_whoever_reads_it():
    trade = paid_by("inspected")
    visit = book(trade, "buyer", "ready")
    report(visit, BAD)
    report(book(trade, "seller", "ready"))
    make.pay(trade.stage(2), trade.buyer)
    ship(trade)
    receive_order(trade.order.pk, by=trade.buyer)

    def said(actor):
        return [(line.words, line.subject, line.link) for line in wallet_statement(actor, "USD")]

    order = (trade.order.reference, f"/orders/{trade.order.pk}/")
    debt = ("Fee of a failed inspection, from the seller to the buyer", *order)
    assert said(trade.buyer) == [debt] * 2
    assert sorted(said(trade.seller)) == sorted([debt, debt] + [("Paid for goods the buyer accepted", *order)] * 2)
    first = ("Fee for an inspection", trade.order.reference, f"/inspections/{visit.inspection.pk}/")
    assert said(visit.by) == [first]


def test_a_debt_larger_than_the_first_stage_is_taken_from_the_next():
    trade = paid_by("inspected")
    report(book(trade, "buyer", "ready"), BAD)
    waive_inspection(Inspection.objects.get().pk, "fine", by=trade.buyer)
    make.pay(trade.stage(2), trade.buyer)
    ship(trade)
    receive_order(trade.order.pk, by=trade.buyer)

    from everfair.ledger.models import Transfer

    taken = Transfer.objects.filter(
        source__address=f"company:{trade.order.seller_id}:wallet:USD",
        target__address=f"company:{trade.order.buyer_id}:wallet:USD",
    ).order_by("pk")
    assert [row.amount_minor for row in taken] == [12600 - 252, 30000 - 12600 + 252]
    assert nothing_is_wrong()


def test_a_ruling_takes_the_debt_from_what_it_gives_the_seller():
    trade = paid_by("deposit_balance", 2)
    report(book(trade, "buyer", "ready"), BAD)
    waive_inspection(Inspection.objects.get().pk, "fine", by=trade.buyer)
    ship(trade)
    open_issue(trade.order.pk, "never came", by=trade.buyer)
    resolve_issue(trade.order.pk, make.Decimal(1), "nothing came", by=make.operator())

    assert (in_wallet(trade.buyer), in_wallet(trade.seller)) == (42000, 0)
    assert InspectionDebt.objects.get().taken_minor == 0
    assert nothing_is_wrong()


def test_the_seller_who_asked_bears_a_pass_and_a_fail():
    for defects in (GOOD, BAD):
        trade = paid_by("inspected")
        report(book(trade, "seller", "ready"), defects)

        assert InspectionDebt.objects.count() == 0
        assert in_wallet(trade.seller) == 0


def test_a_fee_paid_twice_or_too_late_goes_to_the_payers_wallet():
    trade = paid_by("inspected")
    visit = book(trade, "buyer", "accepted")
    intent = make.Intent.objects.get(pk=pay_inspection(visit.inspection.pk, by=trade.buyer))
    assert pay_inspection(visit.inspection.pk, by=trade.buyer) == intent.pk
    cancel_inspection(visit.inspection.pk, "no need", by=trade.buyer)
    headers, body = make.told(intent)
    assert make.take_event("sandbox", headers, body) == "applied"
    for _n in range(2):
        make.money_arrived(make.captured(intent))

    assert (visit.fresh().fee, in_wallet(trade.buyer)) == ("void", 30000)
    assert nothing_is_wrong()


def shipped_after_a_pass(lines=None):
    trade = paid_by("inspected")
    visit = book(trade, "buyer", "ready", lines=lines)
    report(visit)
    make.pay(trade.stage(2), trade.buyer)
    ship(trade)
    return trade, visit


def test_a_pass_and_a_reminded_buyers_silence_pay():
    trade, visit = shipped_after_a_pass()
    pass_time(trade)

    assert (trade.fresh().agreement, trade.order.closed_by, states(trade)) == ("completed", "clock", ["released", "released"])
    assert {row.inspection_id for row in Release.objects.filter(stage__order=trade.order)} == {visit.inspection.pk}
    assert in_wallet(trade.seller) == 42000 - 840
    assert nothing_is_wrong()


@pytest.mark.parametrize("missing", ["reminders", "question", "part of the goods", "inspection"])
def test_silence_without_all_of_it_never_pays(missing):
    if missing == "inspection":
        trade = paid_by("deposit_balance", 2)
        ship(trade)
    else:
        trade, _visit = shipped_after_a_pass({1: make.Decimal(999)} if missing == "part of the goods" else None)
    if missing == "question":
        thread = open_thread(
            "order", trade.order.pk, trade.order.reference, [trade.order.buyer_id, trade.order.seller_id], by=trade.buyer
        )
        post_message(thread.pk, "Where is it?", by=trade.buyer)
    pass_time(trade, letters=missing != "reminders")

    assert (trade.fresh().issue, states(trade)) == ("open", ["frozen", "frozen"])
    assert Release.objects.count() == 0
    assert in_wallet(trade.seller) == 0


def test_an_answered_question_is_no_open_one():
    trade, _visit = shipped_after_a_pass()
    thread = open_thread(
        "order", trade.order.pk, trade.order.reference, [trade.order.buyer_id, trade.order.seller_id], by=trade.buyer
    )
    post_message(thread.pk, "Where is it?", by=trade.buyer)
    assert open_question(trade.fresh())
    post_message(thread.pk, "On the sea.", by=trade.seller)

    assert not open_question(trade.fresh())
    assert not reminded_enough(trade.fresh())


def test_a_stop_keeps_silence_from_paying():
    trade, _visit = shipped_after_a_pass()
    place_stop(trade.order.seller_id, "release", "licence", by=SYSTEM)
    pass_time(trade)

    assert (trade.fresh().issue, states(trade)) == ("open", ["frozen", "frozen"])


def test_a_failed_inspection_is_no_evidence_for_the_database():
    trade = paid_by("inspected")
    visit = book(trade, "buyer", "ready")
    report(visit, BAD)
    stage = trade.stage(1)

    Release.objects.create(stage=stage, inspection=visit.inspection)

    with pytest.raises(DatabaseError, match="a stage is paid out on evidence"), transaction.atomic():
        Stage.objects.filter(pk=stage.pk).update(state="released")


def test_nobody_is_offered_to_waive_while_the_repetition_is_booked():
    trade = paid_by()
    failed = book(trade, reached="ready")
    report(failed, BAD)
    assert "waive" in inspection_moves(inspection(failed.inspection.pk, trade.buyer), trade.buyer)

    book(trade)

    assert "waive" not in inspection_moves(inspection(failed.inspection.pk, trade.buyer), trade.buyer)
