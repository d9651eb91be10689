"""What the owners are told, and what events propose to a person."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import transaction

from everfair.base.events import emit, run_all_reactions, subscribers
from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.events.disputes import ClaimRuled
from everfair.events.trade import ShippingLate
from everfair.messaging.models import Notice
from everfair.trust import reactions
from everfair.trust.models import Penalty
from tests import make
from tests.trust.disciplining import confirmed, staff

pytestmark = pytest.mark.usefixtures("committed")


def test_what_happened_is_told_to_the_owners_in_words_and_what_events_say_is_proposed():
    assert {reactions.NOTICES, reactions.PROPOSALS} <= set(subscribers())
    mei, otto, _ana = staff()
    firm = make.company()
    make.member(firm, "owner")
    make.member(firm, "viewer")
    confirmed(firm, "false_papers", mei, otto)
    buyer = make.company()
    with transaction.atomic():
        for ground, share in (("not_delivered", "1"), ("not_delivered", "1"), ("not_proven", "0"), ("late_delivery", "0")):
            emit(ClaimRuled(new_id(), new_id(), buyer.pk, firm.pk, ground, Decimal(share), Money(0, "USD")))
        order = new_id()
        for _n in range(2):
            emit(ShippingLate(order, buyer.pk, firm.pk))

    for _n in range(2):
        run_all_reactions()

    assert sorted(Notice.objects.filter(company_id=firm.pk).values_list("kind", flat=True)) == ["points.given", "points.sanction"]
    proposed = Penalty.objects.filter(company=firm, state="proposed").values_list("offence", flat=True)
    assert sorted(proposed) == ["late_delivery", "not_delivered", "not_delivered"]
