"""All states × all verbs, of every table of trade and disputes: made from the tables, so that a new row is tried without a new test."""

from __future__ import annotations

from typing import Any

import pytest

from everfair.base.actor import CLOCK_ACTOR, NOBODY, RAIL_ACTOR, SYSTEM, Actor
from everfair.base.ids import new_id
from everfair.base.models import History
from everfair.base.refused import AlreadyDone, Refused
from everfair.base.states import StateTable, step, tables_of
from everfair.disputes.models import Claim
from everfair.trade import states as trade_states
from everfair.trade.models import Amendment, Extension, GroupBuy, Inspection, Order, Stage

MODELS = (Order, Stage, Amendment, Extension, Inspection, GroupBuy, Claim)
BUYER, SELLER, INSPECTOR, STRANGER = (new_id() for _ in range(4))


def member(company: Any, *roles: str) -> Actor:
    return Actor(kind="person", person_id=new_id(), company_id=company, company_roles=frozenset(roles))


def staff(role: str) -> Actor:
    return Actor(kind="operator", person_id=new_id(), staff_roles=frozenset({role}))


CAST = {
    "the buyer": member(BUYER, "buyer"),
    "the buyer's purse": member(BUYER, "finance"),
    "the seller": member(SELLER, "seller"),
    "the inspector": member(INSPECTOR, "seller"),
    "an operator": staff("operator"),
    "an arbitrator": staff("arbitrator"),
    "the clock": CLOCK_ACTOR,
    "the provider": RAIL_ACTOR,
}
# Who never moves anything, whatever the state. A stranger who sells may «replace»: that verb only comes with a report.
OUTSIDERS = {
    "a viewer of the buyer": member(BUYER, "viewer"),
    "a viewer of the seller": member(SELLER, "viewer"),
    "a stranger who buys": member(STRANGER, "buyer"),
    "nobody": NOBODY,
    "a command": SYSTEM,
}


def rows(model: type[Any], table: StateTable, state: str) -> list[Any]:
    """A row in this state, unsaved; two where it matters which side laid it before the other."""
    order = Order(buyer_id=BUYER, seller_id=SELLER)
    order.inspected_by_id = INSPECTOR  # type: ignore[attr-defined]
    made = {
        Order: lambda: [order],
        Stage: lambda: [Stage(order=order)],
        Amendment: lambda: [Amendment(order=order, side=side) for side in ("buyer", "seller")],
        Extension: lambda: [Extension(order=order, asked_by=side) for side in ("buyer", "seller")],
        Inspection: lambda: [Inspection(order=order, inspector_id=INSPECTOR, booked_by_id=BUYER)],
        GroupBuy: lambda: [GroupBuy(seller_id=SELLER)],
        Claim: lambda: [Claim(buyer_id=BUYER, seller_id=SELLER)],
    }[model]()
    for row in made:
        setattr(row, table.axis, state)
    return made


TABLES = [(model, table) for model in MODELS for table in tables_of(model)]
MOVES = [
    pytest.param(model, table, state, verb, id=f"{model.__name__}.{table.axis}:{state}:{verb}")
    for model, table in TABLES
    for state in table.states
    for verb in sorted(table.verbs)
]
IN_TABLE = [each for each in MOVES if each.values[1].find(each.values[3], each.values[2])]
NOT_IN_TABLE = [each for each in MOVES if each not in IN_TABLE]


def test_no_table_is_left_out():
    known = {id(table) for _model, table in TABLES}

    every = {name: table for name, table in vars(trade_states).items() if isinstance(table, StateTable)}
    assert [name for name, table in every.items() if id(table) not in known] == []
    assert len(IN_TABLE) + len(NOT_IN_TABLE) == sum(len(table.states) * len(table.verbs) for _model, table in TABLES)


def test_a_verb_belongs_to_one_axis_of_its_row():
    """`step` finds the table by the verb: two axes with the same verb would move the wrong one."""
    for model in MODELS:
        verbs = [verb for table in tables_of(model) for verb in table.verbs]
        assert len(verbs) == len(set(verbs)), model.__name__


@pytest.mark.parametrize(("model", "table", "state", "verb"), NOT_IN_TABLE)
def test_what_is_not_in_the_table_is_refused_to_everybody(model: Any, table: StateTable, state: str, verb: str):
    said = AlreadyDone if state in table.targets(verb) else Refused
    code = "base.already_done" if said is AlreadyDone else "base.wrong_state"
    for who, actor in (CAST | OUTSIDERS).items():
        for row in rows(model, table, state):
            with pytest.raises(Refused) as refusal:
                step(row, verb, by=actor)
            assert (type(refusal.value), refusal.value.code, refusal.value.status) == (said, code, 409), who
            assert getattr(row, table.axis) == state


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "table", "state", "verb"), IN_TABLE)
def test_what_is_in_the_table_somebody_does_and_only_whom_it_names(model: Any, table: StateTable, state: str, verb: str):
    move = table.find(verb, state)
    assert move is not None
    did = set()
    for who, actor in (CAST | OUTSIDERS).items():
        for row in rows(model, table, state):
            if not move.who.admits(actor, row):
                with pytest.raises(Refused) as refusal:
                    step(row, verb, by=actor)
                assert (refusal.value.code, refusal.value.status) == ("base.not_your_move", 403), who
                assert getattr(row, table.axis) == state
                continue
            finish = step(row, verb, by=actor)
            assert getattr(row, table.axis) == state, "before the work is done nothing has moved"
            finish()
            did.add(who)
            assert getattr(row, table.axis) == move.target
            [said] = History.objects.filter(subject=row.pk, verb=verb, actor=actor.label).values_list("from_state", "to_state")[
                :1
            ]
            assert said == (state, move.target)
    assert did & set(CAST), "a verb that nobody may do"
    assert did & set(OUTSIDERS) == set()
