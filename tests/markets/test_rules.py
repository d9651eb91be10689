"""By which numbers: dated, bounded, and never changed behind anybody's back."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.http import Http404

from everfair.base import clock
from everfair.base.actor import CLOCK_ACTOR, NOBODY, Actor
from everfair.base.ids import new_id
from everfair.base.refused import Refused
from everfair.markets.actions import set_rule
from everfair.markets.models import RuleVersion
from everfair.markets.queries import market, rule, rules_at
from everfair.markets.rules import RULES
from everfair.markets.table import DEFAULT_MARKET, MARKETS
from tests import cluster, make


def put(value: str, valid_from: datetime | None = None, name: str = "trade.claim_days", by: Actor | None = None) -> RuleVersion:
    return set_rule(name, "export", Decimal(value), valid_from, "agreed on Monday", by or make.operator())


@pytest.mark.django_db
def test_a_rule_nobody_set_has_its_default():
    assert rules_at("export") == {name: declared.default for name, declared in RULES.items()}


@pytest.mark.django_db
def test_a_number_counts_from_its_moment_on_and_the_former_before_it():
    now = clock.now()
    put("20", now)
    put("25", now + timedelta(days=10))

    def at(days: float) -> Decimal:
        return rules_at("export", now + timedelta(days=days))["trade.claim_days"]

    assert [at(-1), at(0), at(9.99), at(10), at(100)] == [30, 20, 20, 25, 25]
    assert rule("trade.claim_days", "export") == 20
    assert rules_at("elsewhere", now)["trade.claim_days"] == 30
    assert rules_at("export", now)["trade.sign_days"] == 5


@pytest.mark.django_db
def test_of_two_numbers_from_the_same_moment_the_later_said_counts():
    now = clock.now()
    put("20", now)
    put("21", now)

    assert rule("trade.claim_days", "export", now) == 21


def test_a_future_number_starts_to_count_when_its_moment_comes(committed: None):
    put("7", clock.now() + timedelta(days=2))
    before = rule("trade.claim_days", "export")

    clock.advance(timedelta(days=2, seconds=1))

    assert (before, rule("trade.claim_days", "export")) == (30, 7)


@pytest.mark.django_db
def test_a_version_says_who_set_it_and_why():
    person = make.person()

    version = put("20", by=make.operator(person))

    assert (version.set_by, version.reason, version.value) == (f"operator:{person.pk}", "agreed on Monday", 20)


@pytest.mark.django_db
@pytest.mark.parametrize(("value", "shown"), [("20", "20"), ("10.000", "10")])
def test_a_number_reads_as_it_was_written(value: str, shown: str):
    """Not as 2E+1: a contract keeps it, and people read it there."""
    put(value)

    assert str(rule("trade.claim_days", "export")) == shown


@pytest.mark.django_db
def test_a_rate_keeps_its_decimals():
    put("0.0250", name="trade.fee_rate")

    assert str(rule("trade.fee_rate", "export")) == "0.025"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "actor", [NOBODY, CLOCK_ACTOR, Actor(kind="person", company_id=new_id(), company_roles=frozenset({"owner"}))]
)
def test_only_an_operator_sets_rules(actor: Actor):
    with pytest.raises(Refused) as refusal:
        put("20", by=actor)

    assert (refusal.value.code, refusal.value.status) == ("markets.operator_only", 403)
    assert not RuleVersion.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": "trade.mood"}, "markets.rule_unknown"),
        ({"market": "moon"}, "markets.market_unknown"),
        ({"reason": "  "}, "markets.reason_missing"),
        ({"value": Decimal("0")}, "markets.rule_bounds"),
        ({"value": Decimal("91")}, "markets.rule_bounds"),
        ({"value": Decimal("-1")}, "markets.rule_bounds"),
        ({"value": Decimal("NaN")}, "markets.rule_bounds"),
        ({"value": Decimal("Infinity")}, "markets.rule_bounds"),
        ({"value": Decimal("1.5")}, "markets.rule_decimals"),
        ({"name": "trade.fee_rate", "value": Decimal("0.0000001")}, "markets.rule_decimals"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused(changed: dict[str, Any], code: str):
    asked: dict[str, Any] = {"name": "trade.claim_days", "market": "export", "value": Decimal(20), "reason": "why not"} | changed

    with pytest.raises(Refused) as refusal:
        set_rule(asked["name"], asked["market"], asked["value"], None, asked["reason"], make.operator())

    assert refusal.value.code == code
    assert not RuleVersion.objects.exists()


@pytest.mark.django_db
def test_the_bounds_themselves_are_allowed():
    for value in ("1", "90"):
        put(value)

    assert RuleVersion.objects.count() == 2


@pytest.mark.django_db
def test_no_number_changes_behind_what_was_done_by_it():
    with pytest.raises(Refused) as refusal:
        put("20", clock.now() - timedelta(seconds=1))

    assert (refusal.value.code, refusal.value.field) == ("markets.rule_past", "valid_from")


@pytest.mark.parametrize("statement", ["UPDATE markets_ruleversion SET value = 1", "DELETE FROM markets_ruleversion"])
def test_a_version_is_never_changed_or_removed(statement: str, test_database: cluster.TestDatabase):
    with psycopg.connect(test_database.app_url) as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute(statement)


@pytest.mark.django_db
def test_the_rules_of_a_moment_are_one_query(django_assert_num_queries: Any):
    with django_assert_num_queries(1):
        rules_at("export")


def test_every_declared_rule_has_its_default_within_its_bounds_and_a_source():
    assert [r.name for r in RULES.values() if not r.least <= r.default <= r.most or not r.source or not r.unit] == []
    assert [name for name, r in RULES.items() if name != r.name] == []


def test_a_market_is_known_by_its_code_and_an_unknown_one_is_not_found():
    assert market(DEFAULT_MARKET) is MARKETS["export"]
    with pytest.raises(Http404):
        market("moon")
