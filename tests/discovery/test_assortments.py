"""What the directory says that a supplier makes follows its published offers."""

from __future__ import annotations

import pytest

from everfair.base.events import run_all_reactions
from everfair.catalog.actions import publish_offer, withdraw_offer
from everfair.companies.models import Assortment
from everfair.discovery.assortments import renew_assortments
from tests import make

pytestmark = pytest.mark.django_db


def told(company) -> list:
    return [(row.market, row.offer_count, row.makes) for row in Assortment.objects.filter(company=company)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed")
def test_publishing_and_withdrawing_change_what_the_directory_says():
    company = make.company()
    by = make.actor(company, who=make.member(company))
    offer = make.offer(company, state="draft", category="home/drinkware")

    publish_offer(offer.pk, by=by)
    run_all_reactions()
    assert told(company) == [("export", 1, [["home/drinkware", 1]])]

    withdraw_offer(offer.pk, by=by)
    run_all_reactions()
    assert told(company) == []


def test_all_are_counted_again_for_a_directory_that_was_there_before():
    first, second, idle = make.company(), make.company(), make.company()
    make.offer(first, category="home/drinkware")
    make.offer(first, category="home/drinkware")
    make.offer(first, category="tools/hand-tools")
    make.offer(second, category="home/drinkware")
    make.offer(idle, state="draft")

    assert renew_assortments() == 2

    assert told(first) == [("export", 3, [["home/drinkware", 2], ["tools/hand-tools", 1]])]
    assert told(second) == [("export", 1, [["home/drinkware", 1]])]
    assert told(idle) == []
