"""Several people at once: twelve points are crossed once, one sanction stands, one appeal is decided."""

from __future__ import annotations

from datetime import timedelta

import pytest

from everfair.base.models import Event
from everfair.base.refused import NotVisible, Refused
from everfair.companies.models import Stop
from everfair.trust.actions import punishing
from everfair.trust.models import Appeal, Penalty, Sanction
from everfair.trust.queries.discipline import points_of
from tests import make
from tests.base.together import together
from tests.trust.disciplining import points, staff, standing, stops

pytestmark = pytest.mark.usefixtures("committed")


def refusals(results):
    assert all(not isinstance(r, Exception) or isinstance(r, Refused | NotVisible) for r in results), results
    return sum(isinstance(r, Exception) for r in results)


def test_two_who_give_six_points_at_once_do_not_cross_twelve_alone():
    for _round in range(6):
        mei, otto, _ana = staff()
        firm = make.company()

        found = together([lambda firm=firm, by=by: points(firm, "bait", by) for by in (mei, otto)])

        assert sorted(row.state for row in found) == ["given", "waiting"]
        assert (points_of(firm.pk), stops(firm)) == (6, [])


def test_two_confirmations_at_once_reach_one_sanction_of_the_right_length():
    for _round in range(6):
        mei, otto, ana = staff()
        firm = make.company()
        one, two = points(firm, "false_papers", mei), points(firm, "false_papers", otto)

        found = together(
            [
                lambda one=one, ana=ana: punishing.confirm_points(one.pk, "Agreed.", by=ana),
                lambda two=two, mei=mei: punishing.confirm_points(two.pk, "Agreed.", by=mei),
            ]
        )

        assert refusals(found) == 0
        now = standing(firm)
        last = max(row.given_at for row in Penalty.objects.filter(company=firm))
        assert (now.rung, now.points, now.since, now.until) == ("second", 24, last, last + timedelta(days=14))
        assert [(stop.kind, stop.until) for stop in Stop.objects.filter(company=firm, lifted_at=None)] == [("deposit", now.until)]
        assert sorted(Sanction.objects.filter(company=firm).values_list("rung", "state")) == [
            ("first", "replaced"),
            ("second", "standing"),
        ]


def test_many_clicks_confirm_once():
    mei, otto, ana = staff()
    firm = make.company()
    row = points(firm, "false_papers", mei)

    found = together([lambda by=by: punishing.confirm_points(row.pk, "Agreed.", by=by) for by in (otto, ana) * 3])

    assert refusals(found) == 5
    assert (points_of(firm.pk), Event.objects.filter(name="PointsGiven", subject=row.pk).count()) == (12, 1)
    assert Sanction.objects.filter(company=firm).count() == 1


def test_one_appeal_of_many_and_one_decision():
    mei, otto, ana = staff()
    ben = staff("Ben")[0]
    firm = make.company()
    row = punishing.confirm_points(points(firm, "false_papers", mei).pk, "Agreed.", by=otto)
    owner = make.actor(firm, "owner")

    found = together([lambda: punishing.appeal_points(row.pk, "Not so.", by=owner)] * 4)
    assert (refusals(found), Appeal.objects.count()) == (3, 1)
    appeal = Appeal.objects.get()
    verdicts = (("strike_down", ana), ("uphold", ben))
    found = together(
        [lambda verb=verb, by=by: punishing.decide_points_appeal(appeal.pk, verb, "Seen.", by=by) for verb, by in verdicts]
    )

    assert refusals(found) == 1
    struck = Appeal.objects.get().state == "struck"
    assert (points_of(firm.pk), stops(firm)) == ((0, []) if struck else (12, ["deposit"]))
