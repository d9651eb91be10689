"""More time: asked by one side, granted by the other, within the contract's limits and no further."""

from __future__ import annotations

from datetime import UTC, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from everfair.base import clock
from everfair.base.deadlines import deadlines_of, fire_due, reminders_of
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.markets.actions import set_rule
from everfair.messaging.models import Notice
from everfair.trade.actions import (
    ask_extension,
    call_off_order,
    grant_extension,
    open_issue,
    receive_order,
    refuse_extension,
    ship_order,
    take_back_extension,
)
from everfair.trade.models import Extension, Order
from everfair.trade.queries.calendars import late_from, ship_day
from everfair.trade.queries.extensions import extension_moves, extensions_of, granted_days, most_days
from tests import make
from tests.base.together import together

DAY = timedelta(days=1)
in_one_transaction = pytest.mark.django_db


def running(trade: make.Trade, kind: str) -> Any:
    return deadlines_of([trade.order.pk]).get((trade.order.pk, kind))


def original_days(order: Order) -> int:
    return (order.ship_by - order.seller_signed_at.astimezone(UTC).date()).days


def refusal(call: Any) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code, refused.value.field


@in_one_transaction
def test_a_granted_extension_moves_the_day_to_ship_by_and_leaves_the_terms():
    trade = make.trade("funded")
    signed, terms = trade.order.ship_by, dict(trade.order.terms)
    before = running(trade, "trade.ship")

    asked = ask_extension(trade.order.pk, "shipping", 10, "the mould broke", by=trade.seller)
    grant_extension(asked.pk, by=trade.buyer)

    order = trade.fresh()
    assert (ship_day(order), order.ship_by, order.terms) == (signed + 10 * DAY, signed, terms)
    assert running(trade, "trade.ship") == before + 10 * DAY == late_from(order)
    assert refusal(partial(call_off_order, order.pk, "late", by=trade.buyer))[0] == "trade.not_late"
    clock.advance(before - clock.now() + timedelta(hours=1))
    fire_due()
    assert refusal(partial(call_off_order, order.pk, "late", by=trade.buyer))[0] == "trade.not_late"
    clock.advance(10 * DAY)
    call_off_order(order.pk, "late", by=trade.buyer)


@in_one_transaction
def test_shipping_extensions_end_exactly_at_the_limit():
    """Original and extensions together: 90 days."""
    trade = make.trade("funded")
    left = 90 - original_days(trade.order)
    assert left > 1

    too_long = refusal(partial(ask_extension, trade.order.pk, "shipping", left + 1, "r", by=trade.seller))
    asked = ask_extension(trade.order.pk, "shipping", left, "r", by=trade.seller)
    grant_extension(asked.pk, by=trade.buyer)
    more = refusal(partial(ask_extension, trade.order.pk, "shipping", 1, "r", by=trade.seller))

    assert too_long == ("trade.extension_days", "days")
    assert more[0] == "trade.extension_closed"
    assert original_days(trade.order) + trade.fresh().ship_extended_days == 90


@in_one_transaction
def test_receipt_is_extended_once_for_each_side_by_fifteen_days_and_thirty_in_all():
    trade = make.trade("shipped")
    zero = running(trade, "trade.receive")

    too_long = refusal(partial(ask_extension, trade.order.pk, "receipt", 16, "lab", by=trade.buyer))
    grant_extension(ask_extension(trade.order.pk, "receipt", 15, "lab", by=trade.buyer).pk, by=trade.seller)
    twice = refusal(partial(ask_extension, trade.order.pk, "receipt", 1, "lab", by=trade.buyer))
    grant_extension(ask_extension(trade.order.pk, "receipt", 15, "customs", by=trade.seller).pk, by=trade.buyer)

    assert too_long == ("trade.extension_days", "days")
    assert twice[0] == "trade.extension_closed"
    assert running(trade, "trade.receive") == zero + 30 * DAY
    assert granted_days(extensions_of(trade.order), "receipt") == 30
    assert extension_moves(trade.fresh(), extensions_of(trade.order), trade.seller) == []


@in_one_transaction
def test_the_sum_of_both_sides_stays_within_the_limit():
    operator = make.operator(make.person())
    set_rule("trade.receipt_extension_most_days", "export", make.Decimal(20), None, "shorter", operator)
    trade = make.trade("shipped")

    grant_extension(ask_extension(trade.order.pk, "receipt", 15, "lab", by=trade.buyer).pk, by=trade.seller)

    assert most_days(trade.fresh(), extensions_of(trade.order), "receipt", "seller") == 5


@in_one_transaction
def test_silence_refuses_and_the_clock_runs_on():
    trade = make.trade("funded")
    before = running(trade, "trade.ship")
    asked = ask_extension(trade.order.pk, "shipping", 10, "the mould broke", by=trade.seller)

    clock.advance(asked.answer_by - clock.now() + timedelta(seconds=1))
    fire_due()

    asked.refresh_from_db()
    assert (asked.state, running(trade, "trade.ship")) == ("lapsed", before)
    assert refusal(partial(grant_extension, asked.pk, by=trade.buyer))[0] == "base.wrong_state"


@in_one_transaction
def test_refused_or_taken_back_the_former_time_holds_and_three_times_are_enough():
    trade = make.trade("funded")
    before = running(trade, "trade.ship")

    refuse_extension(ask_extension(trade.order.pk, "shipping", 1, "r", by=trade.seller).pk, "no", by=trade.buyer)
    take_back_extension(ask_extension(trade.order.pk, "shipping", 1, "r", by=trade.seller).pk, by=trade.seller)
    third = ask_extension(trade.order.pk, "shipping", 1, "r", by=trade.seller)
    second_open = refusal(partial(ask_extension, trade.order.pk, "shipping", 1, "r", by=trade.seller))
    refuse_extension(third.pk, by=trade.buyer)
    fourth = refusal(partial(ask_extension, trade.order.pk, "shipping", 1, "r", by=trade.seller))

    assert [row.state for row in extensions_of(trade.order)] == ["refused", "withdrawn", "refused"]
    assert (second_open[0], fourth[0]) == ("trade.extension_open", "trade.extension_closed")
    assert running(trade, "trade.ship") == before


@in_one_transaction
def test_nobody_answers_their_own_request_and_strangers_see_nothing():
    trade, stranger = make.trade("funded"), make.actor(make.company())
    asked = ask_extension(trade.order.pk, "shipping", 3, "r", by=trade.seller)

    assert refusal(partial(grant_extension, asked.pk, by=trade.seller))[0] == "base.not_your_move"
    assert refusal(partial(take_back_extension, asked.pk, by=trade.buyer))[0] == "base.not_your_move"
    assert refusal(partial(ask_extension, trade.order.pk, "shipping", 3, "r", by=trade.buyer))[0] == "base.not_your_move"
    for call in (grant_extension, refuse_extension, take_back_extension):
        with pytest.raises(NotVisible):
            call(asked.pk, by=stranger)


@in_one_transaction
@pytest.mark.parametrize("ends", ["ship", "report", "receive"])
def test_what_is_over_lapses_its_open_request(ends):
    trade = make.trade("funded" if ends == "ship" else "shipped")
    kind, by = ("shipping", trade.seller) if ends == "ship" else ("receipt", trade.buyer)
    asked = ask_extension(trade.order.pk, kind, 3, "r", by=by)

    if ends == "ship":
        ship_order(trade.order.pk, make.CONSIGNMENT | {"handed_over_on": clock.now().date()}, by=trade.seller)
    elif ends == "report":
        open_issue(trade.order.pk, "nothing came", by=trade.buyer)
    else:
        receive_order(trade.order.pk, by=trade.buyer)

    asked.refresh_from_db()
    assert asked.state == "lapsed"
    assert deadlines_of([asked.pk]) == {}


@in_one_transaction
def test_a_late_seller_asks_for_what_reaches_past_today():
    trade = make.trade("funded")
    clock.advance(late_from(trade.order) - clock.now() + 5 * DAY)
    fire_due()

    short = refusal(partial(ask_extension, trade.order.pk, "shipping", 4, "r", by=trade.seller))
    asked = ask_extension(trade.order.pk, "shipping", 12, "r", by=trade.seller)
    grant_extension(asked.pk, by=trade.buyer)

    assert short == ("trade.extension_days", "days")
    assert running(trade, "trade.ship") == late_from(trade.fresh()) > clock.now()


@in_one_transaction
def test_a_granted_extension_of_receipt_moves_what_was_announced_and_reminds_anew():
    from tests.trade.test_silence import prove_delivery

    trade = make.trade("shipped")
    prove_delivery(trade)
    announced = trade.fresh().confirm_by
    generation = reminders_of(trade.order.pk, "trade.receive")[0].generation

    grant_extension(ask_extension(trade.order.pk, "receipt", 10, "lab", by=trade.buyer).pk, by=trade.seller)

    assert trade.fresh().confirm_by == announced + 10 * DAY == running(trade, "trade.receive")
    assert {row.generation for row in reminders_of(trade.order.pk, "trade.receive")} == {generation + 1}


@in_one_transaction
def test_the_database_keeps_one_open_request_and_never_changes_an_answer():
    trade = make.trade("funded")
    asked = ask_extension(trade.order.pk, "shipping", 3, "r", by=trade.seller)
    row = {"order": trade.order, "kind": "shipping", "days": 2, "reason": "r", "asked_by": "seller", "answer_by": clock.now()}

    with pytest.raises(DatabaseError, match="trade_extension_one_open"), transaction.atomic():
        Extension.objects.create(**row)
    with pytest.raises(DatabaseError, match="stays answered"), transaction.atomic():
        Extension.objects.filter(pk=asked.pk).update(days=300)
    refuse_extension(asked.pk, by=trade.buyer)
    with pytest.raises(DatabaseError, match="stays answered"), transaction.atomic():
        Extension.objects.filter(pk=asked.pk).update(state="granted")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["shipping", "receipt"]),
        st.sampled_from(["buyer", "seller"]),
        st.integers(1, 100),
        st.sampled_from(["grant", "refuse", "take_back", "leave"]),
    ),
    max_size=12,
)


@in_one_transaction
@settings(max_examples=40)
@given(steps=STEPS, is_shipped=st.booleans())
def test_whatever_is_asked_and_answered_the_sums_hold(steps, is_shipped):
    """Original and shipping extensions ≤ 90 days, receipt ≤ 30 days and once for each side; the clock runs to where the sums say."""
    trade = make.trade("shipped" if is_shipped else "funded")
    sides = {"buyer": trade.buyer, "seller": trade.seller}
    clock_kind = "trade.receive" if is_shipped else "trade.ship"
    start = running(trade, clock_kind)
    for kind, side, days, answer in steps:
        most = most_days(trade.fresh(), extensions_of(trade.order), kind, side)
        try:
            asked = ask_extension(trade.order.pk, kind, days, "because", by=sides[side])
        except Refused:
            assert days > most
            continue
        assert days <= most
        other = sides["seller" if side == "buyer" else "buyer"]
        if answer == "grant":
            grant_extension(asked.pk, by=other)
        elif answer == "refuse":
            refuse_extension(asked.pk, by=other)
        elif answer == "take_back":
            take_back_extension(asked.pk, by=sides[side])

        rows = extensions_of(trade.order)
        shipping, receipt = granted_days(rows, "shipping"), granted_days(rows, "receipt")
        assert trade.fresh().ship_extended_days == shipping
        assert original_days(trade.order) + shipping <= 90
        assert receipt <= 30
        for one in ("buyer", "seller"):
            assert granted_days(rows, "receipt", one) <= 15
            assert sum(row.state == "granted" and row.asked_by == one and row.kind == "receipt" for row in rows) <= 1
        assert sum(row.state == "asked" for row in rows if row.kind == kind) <= 1
        assert running(trade, clock_kind) == start + (receipt if is_shipped else shipping) * DAY


@pytest.mark.usefixtures("committed")
def test_granting_and_firing_at_once_have_one_winner():
    """Either the order has more time and no case, or a case and the request is over; never both."""
    seen = set()
    for _round in range(6):
        trade = make.trade("shipped")
        clock.advance(running(trade, "trade.receive") - clock.now() - timedelta(hours=1))
        while fire_due():
            pass
        asked = ask_extension(trade.order.pk, "receipt", 5, "lab", by=trade.buyer)
        clock.advance(timedelta(hours=2))

        results = together([partial(grant_extension, asked.pk, by=trade.seller), *[fire_due] * 4])

        order = trade.fresh()
        asked.refresh_from_db()
        seen.add(asked.state)
        assert [r for r in results if isinstance(r, Exception) and not isinstance(r, (Refused, AlreadyDone))] == []
        if asked.state == "granted":
            assert (order.issue, running(trade, "trade.receive") > clock.now()) == ("none", True)
        else:
            assert (asked.state, order.issue, running(trade, "trade.receive")) == ("lapsed", "open", None)
    assert seen <= {"granted", "lapsed"}


@pytest.mark.usefixtures("committed")
def test_two_requests_and_two_answers_at_once_are_one():
    trade = make.trade("funded")
    before = running(trade, "trade.ship")

    together([partial(ask_extension, trade.order.pk, "shipping", 7, "r", by=trade.seller)] * 4)
    asked = Extension.objects.get()
    answers = together([partial(grant_extension, asked.pk, by=trade.buyer)] * 4)

    assert sum(isinstance(answer, Extension) for answer in answers) == 1
    assert trade.fresh().ship_extended_days == 7
    assert running(trade, "trade.ship") == before + 7 * DAY


@in_one_transaction
def test_the_other_side_is_told_with_the_moment_of_the_answer():
    from everfair.base.events import digesting
    from everfair.events.trade import ExtensionAsked
    from everfair.trade.reactions import tell_of_request

    trade = make.trade("funded")
    asked = ask_extension(trade.order.pk, "shipping", 3, "r", by=trade.seller)
    with digesting(1):
        tell_of_request(ExtensionAsked(trade.order.pk, asked.pk, "shipping", 3, "seller", asked.answer_by))

    notice = Notice.objects.get(kind="extension.asked")
    assert notice.company_id == trade.order.buyer_id
    assert notice.params["until"].startswith(asked.answer_by.strftime("%Y-%m-%d %H:%M"))


@in_one_transaction
def test_a_supplier_asks_and_a_buyer_grants_on_the_pages():
    from tests.trade.test_pages import at, send, sides, text_of

    trade = make.trade("funded")
    buying, selling = sides(trade)

    refused = send(selling, at(trade, "more-time/shipping/"), days="400", reason="the mould broke")
    send(selling, at(trade, "more-time/shipping/"), days="10", reason="the mould broke")
    asked = Extension.objects.get()
    page = text_of(buying.get(at(trade)))
    strange = send(buying, f"/en/orders/{make.trade('funded').order.pk}/more-time/{asked.pk}/grant/")
    send(buying, at(trade, f"more-time/{asked.pk}/grant/"))

    assert refused.status_code == 422
    assert "the mould broke" in page
    assert "Grant the time" in page
    assert strange.status_code == 404
    assert trade.fresh().ship_extended_days == 10
    assert "More time was granted" in text_of(selling.get(at(trade)))


@in_one_transaction
def test_programs_ask_read_and_answer():
    from tests.trade.programs import program, send

    trade = make.trade("shipped")
    buying, selling = program(trade.order.buyer), program(trade.order.seller)
    path = f"/orders/{trade.order.pk}/extensions"

    made = send(buying, "post", path, {"kind": "receipt", "days": 15, "reason": "lab"}, key="a")
    again = send(buying, "post", path, {"kind": "receipt", "days": 15, "reason": "lab"}, key="a")
    own = send(buying, "post", f"{path}/{made.json()['id']}/grant", key="b")
    shown = send(selling, "get", f"/orders/{trade.order.pk}").json()
    granted = send(selling, "post", f"{path}/{made.json()['id']}/grant", key="c")

    assert (made.status_code, again.json()["id"], own.status_code) == (201, made.json()["id"], 403)
    assert {"grant_extension", "refuse_extension"} <= set(shown["moves"])
    assert {"trade.confirm_days", "trade.pay_days", "trade.sign_days"} <= set(shown["calendar"]["counts"])
    assert granted.json()["state"] == "granted"
