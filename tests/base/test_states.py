"""The table, and the one way a row moves."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from everfair.base.actor import CLOCK_ACTOR, NOBODY, Actor
from everfair.base.ids import new_id
from everfair.base.models import History
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.roles import CLOCK, EVERYONE, OPERATOR, Role
from everfair.base.states import StateTable, allowed_moves, moving, step
from everfair.companies import queries  # noqa: F401  it is they who check stops
from everfair.companies.models import Company, Stop
from everfair.trade.models import Order, Stage
from everfair.trade.states import AGREEMENT
from tests import make
from tests.base.together import together


def test_a_state_nobody_can_reach_is_refused():
    with pytest.raises(ValueError, match="cannot be reached: \\['attic', 'roof'\\]"):
        StateTable("floor", ("climb", "ground", "first", EVERYONE), ("fly", "roof", "attic", EVERYONE))


def test_a_move_written_twice_is_refused():
    with pytest.raises(ValueError, match="«climb» from «ground» is written twice"):
        StateTable("floor", ("climb", "ground", "first", EVERYONE), ("climb", "first ground", "second", EVERYONE))


def test_a_table_says_its_states_verbs_and_diagram():
    table = StateTable("floor", ("climb", "ground", "first", EVERYONE), ("fall", "first second", "ground", CLOCK),
                       ("climb_on", "first", "second", EVERYONE | OPERATOR))  # fmt: skip

    assert table.initial == "ground"
    assert table.states == ("ground", "first", "second")
    assert table.verbs == {"climb", "fall", "climb_on"}
    assert "  first --> second: climb_on (everyone | operator)" in table.diagram()
    assert "  second --> ground: fall (clock)" in table.diagram()


def test_roles_combine():
    odd = Role("odd", lambda actor, subject: subject % 2 == 1)
    low = Role("low", lambda actor, subject: subject < 10)

    assert [(odd & low).admits(NOBODY, n) for n in (3, 13, 4)] == [True, False, False]
    assert [(odd | low).admits(NOBODY, n) for n in (3, 13, 4, 14)] == [True, True, True, False]
    assert [(odd & ~low).admits(NOBODY, n) for n in (3, 13)] == [False, True]
    assert (odd & ~low).name == "odd & ~low"


def an_order(**columns: Any) -> Order:
    """Terms on the table, of two new companies unless others are named."""
    columns.setdefault("buyer", make.company())
    columns.setdefault("seller", make.company())
    columns.setdefault("agreement", "offered")
    terms: dict[str, Any] = {"terms": {}, "terms_hash": "0" * 64, "rules": {}}
    with transaction.atomic():
        order = Order.objects.create(
            market="export", currency="USD", total_minor=1000, incoterm="FOB", named_place="Rotterdam",
            ship_by=date(2030, 1, 31), **terms, **columns,
        )  # fmt: skip
        Stage.objects.create(order=order, n=1, name="full", percent=100, amount_minor=1000, currency="USD")
    return order


def sign(order_id: UUID, by: Actor, work: Any = lambda row: None) -> None:
    with moving(Order.objects.all(), order_id, "sign", by=by, reason="agreed by telephone") as row:
        work(row)


def history(order: Order) -> list[tuple[str, ...]]:
    rows = History.objects.filter(subject=order.pk).order_by("seq")
    return list(rows.values_list("axis", "verb", "from_state", "to_state", "actor", "door", "reason"))


@pytest.mark.django_db
def test_a_move_changes_the_state_and_writes_who_when_and_through_which_door():
    order = an_order()
    seller = make.actor(order.seller, "seller")

    sign(order.pk, seller, lambda row: setattr(row, "remarks", "as discussed"))

    order.refresh_from_db()
    assert (order.agreement, order.remarks) == ("agreed", "as discussed")
    assert history(order) == [("agreement", "sign", "offered", "agreed", seller.label, "page", "agreed by telephone")]


@pytest.mark.django_db
def test_companies_are_locked_before_the_row_and_the_row_before_it_is_written():
    order = an_order()

    with CaptureQueriesContext(connection) as asked:
        sign(order.pk, make.actor(order.seller, "seller"))

    said = [query["sql"] for query in asked]
    companies = next(n for n, text in enumerate(said) if "companies_company" in text and text.endswith("FOR SHARE"))
    lock = next(n for n, text in enumerate(said) if '"trade_order"' in text and 'FOR UPDATE OF "trade_order"' in text)
    written = next(n for n, text in enumerate(said) if 'UPDATE "trade_order"' in text)
    assert companies < lock < written


@pytest.mark.django_db
def test_a_move_that_fails_half_way_changes_nothing():
    order = an_order()

    def half(row: Order) -> None:
        row.remarks = "half"
        row.save()
        raise Refused("trade.changed_mind", "no")

    with pytest.raises(Refused):
        sign(order.pk, make.actor(order.seller, "seller"), half)

    order.refresh_from_db()
    assert (order.agreement, order.remarks, history(order)) == ("offered", "", [])


@pytest.mark.django_db
def test_from_the_wrong_state_nothing_moves():
    order = an_order(agreement="declined")

    with pytest.raises(Refused) as refusal:
        sign(order.pk, make.actor(order.seller, "seller"))

    assert (refusal.value.code, refusal.value.status, type(refusal.value)) == ("base.wrong_state", 409, Refused)


@pytest.mark.django_db
def test_a_repeated_move_is_already_done():
    order = an_order()
    seller = make.actor(order.seller, "seller")
    sign(order.pk, seller)

    with pytest.raises(AlreadyDone) as refusal:
        sign(order.pk, seller)

    assert refusal.value.code == "base.already_done"
    assert len(history(order)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["the buyer", "a viewer of the seller", "a third company", "the clock", "nobody"])
def test_only_whom_the_table_names_may_move(who: str):
    order = an_order()
    actor = {
        "the buyer": make.actor(order.buyer, "owner"),
        "a viewer of the seller": make.actor(order.seller, "viewer"),
        "a third company": make.actor(make.company(), "owner"),
        "the clock": CLOCK_ACTOR,
        "nobody": NOBODY,
    }[who]

    with pytest.raises(Refused) as refusal:
        sign(order.pk, actor)

    assert (refusal.value.code, refusal.value.status) == ("base.not_your_move", 403)
    order.refresh_from_db()
    assert (order.agreement, history(order)) == ("offered", [])


@pytest.mark.django_db
def test_a_row_outside_what_the_actor_sees_is_not_there():
    order = an_order()
    theirs = Order.objects.filter(buyer=make.company())

    for verb in ("sign", "cancel"):  # with and without companies to be locked first
        with pytest.raises(NotVisible), moving(theirs, order.pk, verb, by=make.actor(order.seller, "seller")):
            pytest.fail("the work was done")


@pytest.mark.django_db
def test_an_id_that_does_not_exist_is_not_there():
    with pytest.raises(NotVisible):
        sign(new_id(), NOBODY)


@pytest.mark.django_db
@pytest.mark.parametrize("side", ["buyer", "seller"])
def test_a_stop_on_either_company_refuses_the_moves_it_is_for(side: str):
    order = an_order()
    placed = Stop.objects.create(company=getattr(order, side), kind="deposit", reason="papers", placed_by="operator")
    seller = make.actor(order.seller, "seller")

    with pytest.raises(Refused) as refusal:
        sign(order.pk, seller)
    with moving(Order.objects.all(), order.pk, "cancel", by=seller):
        pass  # nothing stops a withdrawal

    assert (refusal.value.code, refusal.value.status) == ("companies.stopped", 403)
    assert Stop.objects.get(pk=placed.pk).lifted_at is None


@pytest.mark.django_db
def test_a_stop_of_another_kind_or_company_stops_nothing():
    order = an_order()
    Stop.objects.create(company=order.buyer, kind="payout", reason="papers", placed_by="operator")
    Stop.objects.create(company=make.company(), kind="deposit", reason="papers", placed_by="operator")

    sign(order.pk, make.actor(order.seller, "seller"))

    order.refresh_from_db()
    assert order.agreement == "agreed"


@pytest.mark.django_db
def test_a_second_axis_moves_within_the_first():
    order = an_order(agreement="agreed", goods="shipped")
    buyer = make.actor(order.buyer, "buyer")

    with moving(Order.objects.all(), order.pk, "receive", by=buyer) as row:
        step(row, "complete", by=buyer)()

    order.refresh_from_db()
    assert (order.goods, order.agreement) == ("received", "completed")
    assert [row[:4] for row in history(order)] == [
        ("agreement", "complete", "agreed", "completed"),
        ("goods", "receive", "shipped", "received"),
    ]


@pytest.mark.django_db
def test_the_buttons_are_the_moves_one_may_make_now():
    order = an_order()

    assert AGREEMENT.allowed(order, make.actor(order.seller, "seller")) == ["sign", "decline", "cancel"]
    assert AGREEMENT.allowed(order, make.actor(order.buyer, "buyer")) == ["cancel"]
    assert set(allowed_moves(order, make.actor(order.seller, "seller"))) >= {"sign", "decline", "cancel"}
    assert allowed_moves(order, make.actor(order.buyer, "viewer")) == []
    assert "lapse" in allowed_moves(order, CLOCK_ACTOR)


@pytest.mark.django_db
def test_the_database_knows_the_states_too():
    order = an_order()

    with pytest.raises(Exception, match="trade_order_agreement"), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(agreement="dreamt")


@pytest.mark.pg15
def test_of_eight_who_move_the_same_row_at_once_one_wins(committed: None):
    order = an_order()
    seller = make.actor(order.seller, "seller")

    results = together([partial(sign, order.pk, seller)] * 8)

    assert [type(r) for r in results if r is not None] == [AlreadyDone] * 7
    assert len(history(order)) == 1


@pytest.mark.pg15
def test_of_two_contrary_moves_one_wins(committed: None):
    def decline(order_id: UUID, by: Actor) -> None:
        with moving(Order.objects.all(), order_id, "decline", by=by):
            pass

    for _ in range(4):
        order = an_order()
        seller = make.actor(order.seller, "seller")

        results = together([partial(sign, order.pk, seller), partial(decline, order.pk, seller)])

        order.refresh_from_db()
        lost = [r for r in results if r is not None]
        assert [getattr(r, "code", r) for r in lost] == ["base.wrong_state"]
        assert order.agreement == ("agreed" if results[0] is None else "declined")
        assert len(history(order)) == 1


@pytest.mark.pg15
def test_a_stop_placed_at_the_same_moment_is_either_seen_or_comes_after(committed: None):
    """The mover share-locks the company, whoever stops it locks it for themselves: no move slips through a standing stop."""
    order = an_order()
    seller = make.actor(order.seller, "seller")

    def stop() -> None:
        with transaction.atomic():
            Company.objects.select_for_update().get(pk=order.buyer_id)
            Stop.objects.create(company=order.buyer, kind="deposit", reason="papers", placed_by="operator")

    stopped, signed = together([stop, partial(sign, order.pk, seller)])

    order.refresh_from_db()
    assert stopped is None
    assert order.agreement == ("agreed" if signed is None else "offered")
    assert signed is None or signed.code == "companies.stopped"
