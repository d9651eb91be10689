"""Claims and reviews go by the numbers their contract was signed under, and both sides read them before they sign."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

import everfair
from everfair.base.clock import now
from everfair.base.deadlines import deadlines_of
from everfair.disputes.queries.rules import number
from everfair.markets.actions import set_rule
from everfair.markets.rules import RULES
from everfair.trade.actions.placing import trade_rules
from everfair.trade.queries.words import rules_in_words
from tests import make
from tests.disputes.claiming import claimed


def put(name: str, value: int) -> None:
    set_rule(name, "export", Decimal(value), None, "agreed on Monday", make.operator())


def left(case) -> timedelta:
    return deadlines_of([case.claim.pk])[case.claim.pk, "disputes.answer"] - now()


@pytest.mark.django_db
def test_a_claim_goes_by_the_number_of_its_contract_and_a_later_one_by_the_later():
    signed_before = make.trade("shipped")
    put("disputes.answer_days", 5)
    put("disputes.two_person_amount", 50)

    old, new = claimed(trade=signed_before), claimed()

    assert timedelta(days=2, hours=23) < left(old) <= timedelta(days=3)
    assert timedelta(days=4, hours=23) < left(new) <= timedelta(days=5)
    assert (number(old.trade.order, "disputes.two_person_amount"), number(new.trade.order, "disputes.two_person_amount")) == (
        10000,
        50,
    )


@pytest.mark.django_db
def test_the_contract_says_them_in_words():
    put("disputes.talk_days", 9)
    put("reviews.days", 45)
    order = make.trade("agreed").order

    said = dict(rules_in_words(order.rules, order.terms.get("calendar"), order.currency))

    assert "after 9 days one is called by itself" in said["If there is a claim"]
    assert said["To review the other side"] == "45 days"
    assert said["More or less than ordered"].startswith("5% of goods that are measured, 3% of goods that are counted")
    assert "AQL 2.5 for major and 4 for minor" in said["An inspection passes"]


@pytest.mark.django_db
def test_a_contract_from_before_them_says_what_it_knows():
    order = make.trade("agreed").order
    known = {
        name: value for name, value in order.rules.items() if name.startswith("trade.") and not re.search("aql|tolerance", name)
    }

    said = dict(rules_in_words(known, order.terms.get("calendar"), order.currency))

    assert not {"If there is a claim", "To review the other side", "More or less than ordered", "An inspection passes"} & set(
        said
    )


@pytest.mark.django_db
def test_every_number_that_is_read_of_a_contract_is_kept_by_it():
    kept = set(trade_rules("export"))
    text = "\n".join(
        path.read_text() for path in Path(everfair.__file__).parent.glob("*/**/*.py") if "migrations" not in path.parts
    )
    asked = set(
        re.findall(
            r"(?:number|span|rule_of|due_at|deadline_of|end_of)\((?:\w+\.)*\w+, \"((?:trade|disputes|reviews)\.\w+)\"", text
        )
    )

    assert len(asked) > 15
    assert asked & set(RULES) <= kept
