from __future__ import annotations

import pytest

from everfair.base.actor import NOBODY
from everfair.base.refused import NotVisible
from everfair.companies import queries
from tests import make

pytestmark = pytest.mark.django_db


def test_suppliers_are_public_and_buyers_are_not() -> None:
    seller, buyer = make.company(), make.company(is_seller=False)

    assert list(queries.companies_visible_to(NOBODY)) == [seller]
    assert set(queries.companies_visible_to(make.actor(buyer))) == {seller, buyer}
    assert set(queries.companies_visible_to(make.operator())) == {seller, buyer}
    assert queries.company_by_number(seller.number, NOBODY) == seller
    for number in (buyer.number, 0, -1, 2**63, 10**40):
        with pytest.raises(NotVisible):
            queries.company_by_number(number, NOBODY)


def test_a_name_is_shown_in_the_readers_script() -> None:
    company = make.company(name="Ningbo Bolt Works", names={"zh-hans": "宁波螺栓厂"})

    assert queries.names(company, "en") == ("Ningbo Bolt Works", "宁波螺栓厂")
    assert queries.names(company, "zh-hant") == ("宁波螺栓厂", "Ningbo Bolt Works")
    assert queries.names(make.company(name="Aster"), "zh-hans") == ("Aster", "")


def test_the_passport_speaks_the_readers_language_where_it_can() -> None:
    company = make.company(about={"zh-hant": "螺栓", "en": "Bolts"})

    assert queries.passport(company, "zh-hant").about == "螺栓"
    assert queries.passport(company, "zh-hans").about == "Bolts"


def test_an_actor_acts_for_the_company_looked_at_last_while_still_a_member() -> None:
    worker, first, second = make.person(), make.company(), make.company()
    make.member(first, "viewer", who=worker)
    worker.current_company_id = second.pk
    worker.save()

    assert queries.actor_of_person(worker).company_id == first.pk
    make.member(second, "owner", who=worker)
    assert queries.actor_of_person(worker).company_id == second.pk
    known = queries.person_with_roles(worker.pk)
    assert queries.actor_of_person(known) == queries.actor_of_person(worker)


def test_staff_act_for_no_company_even_with_a_membership_in_the_table() -> None:
    staff = make.member(make.company(), who=make.person(is_staff_member=True, staff_roles=["reviewer"]))

    actor = queries.actor_of_person(staff)

    assert (actor.kind, actor.company_id, actor.company_roles, actor.staff_roles) == ("operator", None, frozenset(), {"reviewer"})
