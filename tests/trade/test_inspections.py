"""Inspection before shipping: booked, reported, what a verdict lets go on."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, transaction

from everfair.base.clock import advance, now
from everfair.base.deadlines import deadlines_of, fire_due
from everfair.base.models import History
from everfair.base.money import Money
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.rows import find
from everfair.files.queries import file_visible_to
from everfair.trade.actions import (
    accept_inspection,
    ask_inspection,
    call_off_order,
    cancel_inspection,
    cancel_order,
    declare_packed,
    decline_inspection,
    pay_inspection,
    pay_stage,
    receive_order,
    report_inspection,
    waive_inspection,
)
from everfair.trade.models import Inspection, InspectionDebt, InspectionReport
from everfair.trade.queries import stages_of, standing_of
from everfair.trade.queries.inspecting import earliest_day, inspection_moves, inspections_visible_to
from tests import make
from tests.trade.inspected import in_wallet, may, nothing_is_wrong, ship, states
from tests.trade.inspecting import BAD, FEE, GOOD, book, inspector, paid_by, pay_fee, photo, report

pytestmark = pytest.mark.django_db


def code(trade, side="buyer"):
    found = trade.fresh()
    return standing_of(found, stages_of(found), getattr(trade, side)).code


def test_the_plan_is_computed_from_the_lot_and_frozen():
    visit = book(paid_by())

    [lot] = visit.inspection.lots
    assert (lot["lot_size"], lot["code_letter"], lot["sample_size"]) == (1000, "J", 80)
    assert {name: (limit["aql"], limit["accept"]) for name, limit in lot["limits"].items()} == {
        "critical": ("0", 0), "major": ("2.5", 5), "minor": ("4", 7),
    }  # fmt: skip
    assert (visit.inspection.state, visit.inspection.fee, visit.trade.fresh().inspection) == ("asked", "due", "open")
    with pytest.raises(DatabaseError, match="what was booked stays"), transaction.atomic():
        Inspection.objects.filter(pk=visit.inspection.pk).update(lots=[])


def test_an_inspector_who_trades_with_a_side_or_shares_people_is_refused():
    trade = paid_by()
    linked = inspector()
    make.member(make.Company.objects.get(pk=linked.company_id), who=make.Person.objects.get(pk=trade.seller.person_id))
    for company_id in (linked.company_id, make.company().pk, trade.order.seller_id):
        with pytest.raises(Refused) as refused:
            ask_inspection(
                trade.order.pk, company_id, fee=FEE, wanted_on=earliest_day(trade.order), place="Yongkang", by=trade.buyer
            )
        assert (refused.value.field, refused.value.status) == ("inspector", 422)

    other = paid_by()
    make.Company.objects.filter(pk=other.order.buyer_id).update(is_inspector=True)
    goods = make.offer(make.Company.objects.get(pk=trade.order.seller_id))
    terms = make.draft_order([(goods.pk, make.Decimal(1000))], incoterm="FOB", named_place="Ningbo", by=other.buyer)
    make.place_order(terms, by=other.buyer)
    with pytest.raises(Refused, match=r"trade\.inspector_linked"):
        ask_inspection(
            trade.order.pk, other.order.buyer_id, fee=FEE, wanted_on=earliest_day(trade.order), place="Y", by=trade.buyer
        )
    assert trade.fresh().inspection == "none"


def test_the_database_itself_knows_no_inspector_who_is_a_side():
    visit = book(paid_by())
    cancel_inspection(visit.inspection.pk, "another day", by=visit.trade.buyer)
    make.Company.objects.filter(pk=visit.trade.order.seller_id).update(is_inspector=True)
    row = Inspection.objects.get()
    row.pk, row.n, row.inspector_id, row._state.adding = uuid4(), 2, visit.trade.order.seller_id, True

    with pytest.raises(DatabaseError, match="an inspector is neither side"), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"days": -1}, "wanted_on"),
        ({"days": 90}, "wanted_on"),
        ({"days": 400}, "wanted_on"),
        ({"fee": Money(0, "USD")}, "fee"),
        ({"fee": Money(100, "EUR")}, "fee"),
        ({"level": "IV"}, "level"),
        ({"lines": {1: make.Decimal(1001)}}, "lines"),
        ({"lines": {2: make.Decimal(1)}}, "lines"),
    ],
)
def test_what_cannot_be_booked_is_refused_beside_its_field(changes, field):
    trade = paid_by()
    days = changes.pop("days", 0)
    asked = {"fee": FEE, "wanted_on": earliest_day(trade.order) + timedelta(days=days), "place": "Yongkang"} | changes

    with pytest.raises(Refused) as refused:
        ask_inspection(trade.order.pk, inspector().company_id, by=trade.buyer, **asked)

    assert (refused.value.field, refused.value.status) == (field, 422)
    assert Inspection.objects.count() == 0


def test_the_seller_books_only_where_a_payment_waits_for_it_or_after_a_fail():
    assert "inspect" in may(paid_by("inspected"), "seller")
    plain = paid_by("deposit_balance")
    assert "inspect" not in may(plain, "seller")
    assert "inspect" in may(plain, "buyer")
    with pytest.raises(Refused, match=r"trade\.inspection_not_now"):
        book(plain, "seller")
    report(book(plain, "buyer", "ready"), BAD)
    assert "inspect" in may(plain, "seller")


def test_one_inspection_is_open_at_a_time():
    visit = book(paid_by())

    with pytest.raises(Refused, match=r"trade\.inspection_not_now"):
        book(visit.trade)

    assert Inspection.objects.count() == 1


def test_a_stranger_sees_and_does_nothing():
    visit = book(paid_by())
    stranger = inspector()

    for verb in (accept_inspection, pay_inspection):
        with pytest.raises(NotVisible):
            verb(visit.inspection.pk, by=stranger)
    assert inspections_visible_to(stranger).count() == 0
    with pytest.raises(Refused, match=r"base\.not_your_move"):
        accept_inspection(visit.inspection.pk, by=visit.trade.seller)
    assert visit.fresh().state == "asked"


@pytest.mark.parametrize("side", ["buyer", "seller", "inspector", "operator", "nobody"])
def test_the_scope_says_the_same_in_both_ways(side):
    visit = book(paid_by())
    book(paid_by())
    actor = {"buyer": visit.trade.buyer, "seller": visit.trade.seller, "inspector": visit.by, "operator": make.operator()}.get(
        side, make.Actor()
    )
    scope = inspections_visible_to(actor)
    where, params = scope.seen_as

    assert {row.pk for row in find(Inspection, where, params)} == set(scope.values_list("pk", flat=True))
    assert scope.count() == {"operator": 2, "nobody": 0}.get(side, 1)


def test_a_report_waits_for_the_fee_the_packing_and_the_day():
    visit = book(paid_by(), reached="accepted")
    with pytest.raises(Refused, match=r"trade\.inspection_not_ready"):
        report(visit)
    with pytest.raises(Refused) as refused:
        declare_packed(visit.inspection.pk, 79, by=visit.trade.seller)
    assert refused.value.field == "percent"
    declare_packed(visit.inspection.pk, 80, by=visit.trade.seller)
    pay_fee(visit.inspection.pk, visit.trade.buyer)
    with pytest.raises(Refused, match=r"trade\.inspection_not_yet"):
        report(visit)
    assert "report" not in inspection_moves(_with_order(visit), visit.by)

    advance(timedelta(days=(visit.inspection.wanted_on - now().date()).days))
    assert "report" in inspection_moves(_with_order(visit), visit.by)
    assert report(visit).passed


def _with_order(visit):
    found = visit.fresh()
    found.order = visit.trade.fresh()
    return found


@pytest.mark.parametrize(
    "defects",
    [
        {},
        {"1": {"critical": 0, "major": 0}},
        {"1": {"critical": 0, "major": 0, "minor": 81}},
        {"1": {"critical": 0, "major": -1, "minor": 0}},
        {"1": {"critical": 0, "major": True, "minor": 0}},
        GOOD | {"2": GOOD["1"]},
        {"1": GOOD["1"] | {"ugly": 1}},
    ],
)
def test_counts_that_do_not_fit_the_plan_are_refused(defects):
    visit = book(paid_by(), reached="ready")

    with pytest.raises(Refused) as refused:
        report_inspection(visit.inspection.pk, defects, photo(visit.by), by=visit.by)

    assert refused.value.field == "defects"
    assert (visit.fresh().state, InspectionReport.objects.count(), in_wallet(visit.by)) == ("accepted", 0, 0)


def test_a_report_needs_photos_of_its_own():
    visit = book(paid_by(), reached="ready")

    with pytest.raises(Refused) as refused:
        report_inspection(visit.inspection.pk, GOOD, [], by=visit.by)
    assert refused.value.field == "files"
    with pytest.raises(NotVisible):
        report_inspection(visit.inspection.pk, GOOD, photo(visit.trade.seller), by=visit.by)


def test_both_sides_see_the_photos_and_a_report_never_changes():
    visit = book(paid_by(), reached="ready")
    made = report(visit)

    for actor in (visit.trade.buyer, visit.trade.seller):
        assert file_visible_to(actor, UUID(made.file_ids[0])).kind == "attachment"
    with pytest.raises(DatabaseError), transaction.atomic():
        InspectionReport.objects.update(passed=False)
    with pytest.raises(AlreadyDone):
        report(visit)


def test_a_verdict_without_its_report_is_refused_by_the_database():
    visit = book(paid_by(), reached="ready")

    with pytest.raises(DatabaseError, match="a verdict is its report's"), transaction.atomic():
        Inspection.objects.filter(pk=visit.inspection.pk).update(state="passed")


def test_a_pass_makes_the_balance_due_and_goods_may_leave():
    trade = paid_by("inspected")
    assert (states(trade), code(trade)) == (["funded", "planned"], "inspect")
    visit = book(trade, "buyer", "ready")
    assert code(trade) == "inspecting"
    assert "ship" not in may(trade, "seller")
    report(visit)

    assert (states(trade), code(trade)) == (["funded", "due"], "inspected")
    make.pay(trade.stage(2), trade.buyer)
    ship(trade)
    receive_order(trade.order.pk, by=trade.buyer)
    assert (trade.fresh().agreement, states(trade)) == ("completed", ["released", "released"])
    assert (in_wallet(trade.seller), in_wallet(visit.by), in_wallet(trade.buyer)) == (42000 - 840, 30000, 0)
    assert nothing_is_wrong()


def test_an_open_inspection_keeps_the_goods():
    trade = paid_by("deposit_balance", 2)
    visit = book(trade)

    with pytest.raises(Refused, match=r"trade\.inspection_open"):
        ship(trade)
    assert "ship" not in may(trade, "seller")
    cancel_inspection(visit.inspection.pk, "we trust you", by=trade.buyer)

    ship(trade)
    assert trade.fresh().goods == "shipped"


def test_a_fail_blocks_the_balance_and_the_goods_until_a_second_look_passes():
    trade = paid_by("deposit_balance")
    assert states(trade) == ["funded", "due"]
    visit = book(trade, "buyer", "ready")
    report(visit, BAD)

    assert (visit.fresh().state, trade.fresh().inspection, code(trade)) == ("failed", "failed", "failed")
    assert "pay" not in may(trade, "buyer")
    with pytest.raises(Refused, match=r"trade\.inspection_failed"):
        pay_stage(trade.stage(2).pk, by=trade.buyer)
    with pytest.raises(Refused, match=r"trade\.inspection_failed"):
        ship(trade)
    running = {kind for _subject, kind in deadlines_of([trade.order.pk])}
    assert "trade.recheck" in running
    assert "trade.balance" not in running

    second = book(trade, "seller", "ready")
    assert (second.inspection.former_id, second.inspection.lots) == (visit.inspection.pk, visit.inspection.lots)
    assert (trade.fresh().inspection, code(trade)) == ("again", "inspecting")
    report(second)

    assert (visit.fresh().state, second.fresh().state, trade.fresh().inspection) == ("replaced", "passed", "passed")
    assert code(trade) == "balance"
    make.pay(trade.stage(2), trade.buyer)
    ship(trade)
    assert nothing_is_wrong()


def test_a_second_look_that_does_not_take_place_leaves_the_fail():
    trade = paid_by("inspected")
    visit = book(trade, "buyer", "ready")
    report(visit, BAD)
    second = book(trade, "seller", "paid")
    decline_inspection(second.inspection.pk, "flood", by=second.by)

    assert (visit.fresh().state, second.fresh().state, second.inspection.fee) == ("failed", "declined", "returned")
    assert (trade.fresh().inspection, states(trade)) == ("failed", ["funded", "planned"])
    assert "trade.recheck" in {kind for _subject, kind in deadlines_of([trade.order.pk])}


def test_the_buyer_may_waive_a_fail_in_writing():
    trade = paid_by("inspected")
    visit = book(trade, "buyer", "ready")
    report(visit, BAD)
    with pytest.raises(Refused, match=r"base\.not_your_move"):
        waive_inspection(visit.inspection.pk, "it is fine", by=trade.seller)

    waive_inspection(visit.inspection.pk, "scratches do not matter", by=trade.buyer)

    assert (visit.fresh().state, trade.fresh().inspection, states(trade)) == ("waived", "waived", ["funded", "due"])
    assert History.objects.get(subject=visit.inspection.pk, verb="waive").reason == "scratches do not matter"
    assert InspectionDebt.objects.get().amount_minor == 30000


def test_nobody_acts_on_a_fail_and_the_operator_hears_of_it():
    trade = paid_by("inspected")
    report(book(trade, "buyer", "ready"), BAD)
    advance(timedelta(days=15))
    fire_due()

    assert (trade.fresh().issue, trade.order.issue_reason) == ("open", "nobody acted on the failed inspection in time")
    assert states(trade) == ["frozen", "planned"]


def test_an_inspector_who_does_not_answer_is_not_waited_for():
    trade = paid_by("deposit_balance", 2)
    visit = book(trade)
    advance(timedelta(days=4))
    fire_due()

    assert (visit.fresh().state, visit.inspection.fee, trade.fresh().inspection) == ("lapsed", "void", "none")
    assert "ship" in may(trade, "seller")


def test_a_visit_that_never_happens_gives_the_fee_back():
    trade = paid_by("inspected")
    visit = book(trade, "buyer", "packed")
    advance(timedelta(days=20))
    fire_due()

    assert (visit.fresh().state, visit.inspection.fee) == ("lapsed", "returned")
    assert in_wallet(trade.buyer) == 30000
    assert nothing_is_wrong()


def test_an_inspection_ends_with_its_order():
    trade = paid_by("inspected")
    visit = book(trade, "seller", "paid")
    call_off_order(trade.order.pk, "no steel", by=trade.seller)

    assert (visit.fresh().state, visit.inspection.fee, trade.fresh().inspection) == ("lapsed", "returned", "none")
    assert (in_wallet(trade.seller), in_wallet(trade.buyer)) == (30000, 12600)
    assert nothing_is_wrong()


def test_an_unpaid_order_that_is_cancelled_ends_its_inspection():
    trade = paid_by("inspected", 0)
    visit = book(trade)
    cancel_order(trade.order.pk, "no need", by=trade.buyer)

    assert visit.fresh().state == "lapsed"
