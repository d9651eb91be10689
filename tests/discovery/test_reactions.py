"""What changes about a company reaches the index."""

from datetime import timedelta

from django.db import transaction

from everfair.base import clock
from everfair.base.deadlines import fire_due
from everfair.base.events import emit
from everfair.base.ids import new_id
from everfair.companies.actions import lift_stop, place_stop
from everfair.discovery.follow import index_folder
from everfair.discovery.index import OfferIndex, OfferQuery
from everfair.events.trust import StandingChanged, StandingsCounted
from everfair.trust.models import Standing
from tests import make
from tests.discovery.catching_up import follow_all, react_to_all


def indexed(**asked) -> list[int]:
    react_to_all()
    follow_all()
    reader = OfferIndex.open(index_folder(), mend=False).reader()
    return [number for number, _score in reader.search(OfferQuery(**asked)).hits]


def test_a_verified_company_is_found_among_the_verified_until_its_day(committed):
    company = make.company()
    offer = make.offer(company)
    assert indexed(verified_only=True) == []

    make.verified(company, clock.now().date() + timedelta(days=30))
    assert indexed(verified_only=True) == [offer.number]

    clock.advance(timedelta(days=32))
    fire_due()
    assert indexed(verified_only=True) == []


def test_a_listing_stop_takes_the_offers_out_and_lifting_brings_them_back(committed):
    company = make.company()
    offer = make.offer(company)
    assert indexed() == [offer.number]

    stop = place_stop(company.pk, "listing", "Counterfeits reported", by=make.operator())
    assert indexed() == []

    lift_stop(stop.pk, "Cleared", by=make.operator())
    assert indexed() == [offer.number]


def test_a_listing_stop_with_an_end_ends_by_the_clock(committed):
    company = make.company()
    offer = make.offer(company)
    place_stop(company.pk, "listing", "A check", until=clock.now() + timedelta(days=3), by=make.operator())
    assert indexed() == []

    clock.advance(timedelta(days=3, minutes=1))
    assert fire_due() == 1

    assert indexed() == [offer.number]


def test_other_stops_leave_the_offers_where_they_are(committed):
    company = make.company()
    offer = make.offer(company)
    follow_all()

    place_stop(company.pk, "payout", "A check", by=make.operator())
    react_to_all()

    assert follow_all() == 0
    assert indexed() == [offer.number]


def _stand(company, stars: int | None, day: int) -> None:
    points = 30 if stars is None else 55 + 8 * stars
    Standing.objects.create(
        company=company, market="export", day=clock.now().date() + timedelta(days=day), goods=points, delivery=points, service=points,
        honesty=points, stars=stars, told={}, whole=True,
    )  # fmt: skip


def test_more_stars_stand_first_and_a_newcomer_in_the_middle(committed):
    good, newcomer, poor = (make.company() for _n in range(3))
    offers = {name: make.offer(company).number for name, company in (("poor", poor), ("new", newcomer), ("good", good))}
    _stand(poor, 1, -1)
    _stand(good, 5, -1)

    assert indexed() == [offers["good"], offers["new"], offers["poor"]]


def test_what_a_night_moved_stands_elsewhere_afterwards(committed):
    first, second = make.company(), make.company()
    rising, other = make.offer(first).number, make.offer(second).number
    _stand(first, 1, -1)
    _stand(second, 4, -1)
    assert indexed() == [other, rising]

    _stand(first, 5, 0)
    _stand(second, 4, 0)
    with transaction.atomic():
        emit(StandingsCounted(new_id(), "export", 2))
    react_to_all()
    assert fire_due() == 1, "only who has other stars"

    assert indexed() == [rising, other]


def test_a_grave_fact_moves_the_offers_at_once(committed):
    first, second = make.company(), make.company()
    falling, other = make.offer(first).number, make.offer(second).number
    _stand(first, 5, -1)
    _stand(second, 4, -1)
    assert indexed() == [falling, other]

    Standing.objects.filter(company=first).update(stars=1)
    with transaction.atomic():
        emit(StandingChanged(first.pk, "export"))

    assert indexed() == [other, falling]
