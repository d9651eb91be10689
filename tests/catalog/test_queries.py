from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from everfair.base.actor import NOBODY
from everfair.base.clock import now
from everfair.base.money import UnitPrice
from everfair.base.refused import NotVisible
from everfair.catalog import queries
from everfair.catalog.queries import (
    lead_time_days,
    least_quantity,
    offer_by_id,
    offer_by_number,
    offers_for_order,
    offers_visible_to,
    quantity_problem,
    tier_price,
)
from everfair.companies.models import Stop
from tests import make

pytestmark = pytest.mark.django_db


def test_only_published_offers_of_unstopped_companies_can_be_ordered() -> None:
    seller, stopped, lifted = make.company(), make.company(), make.company()
    good, draft = make.offer(seller), make.offer(seller, state="draft")
    barred, again = make.offer(stopped), make.offer(lifted)
    Stop.objects.create(company=stopped, kind="listing", reason="checks", placed_by="operator")
    Stop.objects.create(company=lifted, kind="listing", reason="checks", placed_by="operator", lifted_at="2026-01-01T00:00Z")
    Stop.objects.create(company=seller, kind="payout", reason="another kind", placed_by="operator")

    found = offers_for_order([good.pk, draft.pk, barred.pk, again.pk])

    assert set(found) == {good.pk, again.pk}
    assert found[good.pk].company.name == seller.name


def test_a_price_is_that_of_the_tier_the_quantity_falls_in() -> None:
    offer = make.offer(make.company(), tiers=[["10", "5.20"], ["100", "4.80"], ["500.5", "4.5"]], price_per=100)

    assert tier_price(offer, Decimal(9)) is None
    assert tier_price(offer, Decimal(10)) == UnitPrice(Decimal("5.20"), "USD", Decimal(100))
    assert tier_price(offer, Decimal("99")) == UnitPrice(Decimal("5.20"), "USD", Decimal(100))
    assert tier_price(offer, Decimal("500")) == UnitPrice(Decimal("4.80"), "USD", Decimal(100))
    assert tier_price(offer, Decimal("501")) == UnitPrice(Decimal("4.5"), "USD", Decimal(100))
    assert tier_price(make.offer(make.company(), tiers=[]), Decimal(5)) is None


@pytest.mark.parametrize(
    ("quantity", "problem"),
    [
        ("100", None),
        ("110", None),
        ("0", "Please give a quantity above zero."),
        ("-100", "Please give a quantity above zero."),
        ("NaN", "Please give a quantity above zero."),
        ("1000000010", "This quantity is too large."),
        ("100.5", "This is sold in whole units only: please give a whole number."),
        ("99", "The minimum order is 100\u00a0pieces."),
        ("105", "This is sold in multiples of 10\u00a0pieces."),
    ],
)
def test_a_quantity_must_fit_the_offer(quantity: str, problem: str | None) -> None:
    offer = make.offer(make.company(), multiple=Decimal(10))

    assert quantity_problem(offer, Decimal(quantity)) == problem


def test_weight_may_have_the_decimals_of_its_unit() -> None:
    offer = make.offer(make.company(), unit="KGM", moq=Decimal("0.5"), tiers=[["0.5", "3"]])

    assert quantity_problem(offer, Decimal("1.250")) is None
    assert quantity_problem(offer, Decimal("1.2505")) == "A quantity in kg has at most 3 decimals."


def test_the_least_quantity_is_the_next_multiple_above_the_moq() -> None:
    offer = make.offer(make.company(), moq=Decimal(10), multiple=Decimal(4), tiers=[["1", "3"]])

    assert least_quantity(offer) == Decimal(12)
    assert quantity_problem(offer, Decimal(8)) == "The minimum order is 12\u00a0pieces."


def test_lead_time_is_that_of_the_first_row_the_quantity_fits_in() -> None:
    offer = make.offer(make.company(), lead_times=[["500", 15], ["", 30]])

    assert [lead_time_days(offer, Decimal(q)) for q in (1, 500, 501)] == [15, 15, 30]
    assert lead_time_days(make.offer(make.company())) is None


def test_another_companys_draft_is_not_there() -> None:
    seller, other = make.company(), make.company()
    draft = make.offer(seller, state="draft")

    assert offer_by_id(draft.pk, make.actor(seller, "viewer")) == draft
    assert offer_by_number(draft.number, make.operator()) == draft
    for actor in (NOBODY, make.actor(other)):
        with pytest.raises(NotVisible):
            offer_by_id(draft.pk, actor)
        with pytest.raises(NotVisible):
            offer_by_number(draft.number, actor)


def test_a_listing_stop_hides_offers_from_everybody_but_their_company() -> None:
    seller = make.company()
    offer = make.offer(seller)
    Stop.objects.create(company=seller, kind="listing", reason="checks", placed_by="operator")

    assert offers_visible_to(NOBODY).count() == 0
    assert offers_visible_to(make.actor(make.company())).count() == 0
    assert list(offers_visible_to(make.actor(seller))) == [offer]


def test_the_short_query_of_an_offers_page_says_what_the_scope_says():
    stopped, ended, free = make.company(), make.company(), make.company()
    Stop.objects.create(company=stopped, kind="listing", reason="fakes", placed_by="operator")
    Stop.objects.create(company=ended, kind="listing", reason="fakes", placed_by="operator", until=now() - timedelta(days=1))
    Stop.objects.create(company=free, kind="payout", reason="a check", placed_by="operator")
    offers = [
        make.offer(of, state=state) for of in (stopped, ended, free) for state in ("published", "draft", "withdrawn", "removed")
    ]

    def is_shown(number):
        try:
            return queries.published_offer(number).company.number > 0
        except NotVisible:
            return False

    shown = {offer.number for offer in offers if is_shown(offer.number)}

    assert shown == set(queries.published_offers().values_list("number", flat=True))
    assert len(shown) == 2
