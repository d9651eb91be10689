"""Several people and the clock at once: one case, one decision, and no stop that nobody owns."""

from __future__ import annotations

import pytest

from everfair.base.refused import Refused
from everfair.companies.models import Stop
from everfair.risk import actions
from everfair.risk.models import RiskCase
from tests import make
from tests.base.together import together
from tests.risk.test_cases import DAY, fresh, proposed, standing
from tests.trust.reviewing import acting, reviewer

pytestmark = pytest.mark.usefixtures("committed")


def test_many_workers_open_one_case_and_place_its_stops_once():
    company = make.company(is_seller=True)

    results = together([lambda: actions.take_proposal(proposed(company), at=DAY)] * 5)

    assert [r for r in results if isinstance(r, Exception)] == []
    assert RiskCase.objects.filter(company=company).count() == 1
    assert standing(company) == ["listing", "payout"]


def test_of_a_confirmation_a_clearance_and_the_clock_one_counts():
    company = make.company(is_seller=True)
    row = actions.take_proposal(proposed(company), at=DAY)
    one, other = acting(reviewer()), acting(reviewer())

    results = together([
        lambda: actions.confirm_fraud(row.pk, "Fraud.", by=one), lambda: actions.clear_case(row.pk, "Fine.", by=other),
        lambda: actions.lapse_hold(row.pk),
    ])  # fmt: skip

    assert all(isinstance(r, Refused) for r in results if isinstance(r, Exception)), results
    end = fresh(row)
    assert end.state in ("confirmed", "cleared")
    assert standing(company) == (["listing", "payout"] if end.state == "confirmed" else [])
    assert set(end.stops) == set(Stop.objects.filter(company=company, lifted_at=None).values_list("pk", flat=True))
