"""The page of a consignment as its two sides and the operator see it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from everfair.base.clock import now
from everfair.logistics.actions import add_leg, confirm_package_receipt, record_tracking
from everfair.logistics.queries import legs_of, packages_of, proof_of, tracking_of
from tests import make
from tests.companies.signing_in import browser
from tests.logistics.goods import Goods, booked, goods, tell

pytestmark = pytest.mark.django_db


def of(made: Goods, who: str, *roles: str) -> Client:
    return browser(make.member(made.sender if who == "shipper" else made.receiver, *roles))


def address(made: Goods, rest: str = "", language: str = "en") -> str:
    return f"/{language}/consignments/{made.row.pk}/{rest}"


def text_of(answer: Any) -> str:
    main = re.search(r"<main.*</main>", answer.content.decode(), re.S)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)).replace("\xa0", " ")


def send(who: Client, made: Goods, rest: str, **typed: Any) -> Any:
    typed.setdefault("_key", f"key-{make.next_number()}")
    return who.post(address(made, rest), typed)


def test_both_sides_and_the_operator_see_it_and_nobody_else():
    made = booked(2, from_place="CNNGB", to_place="DEHAM")
    tell(made.row, "departed", place="CNNGB", hours_ago=5)
    operator = browser(make.person(is_staff_member=True, staff_roles=["operator"]))

    for who in (of(made, "shipper"), of(made, "consignee", "finance"), operator):
        page = who.get(address(made))
        assert page.status_code == 200
        for part in (made.row.tracking_number, "On the way", "CNNGB", "The carrier says so", "Packages", "1/2"):
            assert part in text_of(page)
    assert browser(make.member(make.company())).get(address(made)).status_code == 404
    assert Client().get(address(made)).status_code == 302


def test_each_side_is_offered_what_it_may_do():
    made = goods(2)

    shipper, consignee = text_of(of(made, "shipper").get(address(made))), text_of(of(made, "consignee").get(address(made)))

    assert ("Say where the goods are" in shipper, "The goods have arrived" in shipper, "I have this package" in shipper) == (
        True,
        False,
        False,
    )
    assert (
        "Say where the goods are" in consignee,
        "The goods have arrived" in consignee,
        "I have this package" in consignee,
    ) == (False, True, True)
    assert "Delivered" not in re.search(r"What happened.*?Place", shipper)[0]


def test_the_shipper_plans_a_leg_and_says_where_the_goods_are():
    made = goods()
    shipper = of(made, "shipper", "seller")

    wrong = send(shipper, made, "legs/", mode="sea", from_place="CNNGB", to_place="", departs_at="", arrives_at="", vessel="")
    assert (wrong.status_code, "This field is required." in text_of(wrong)) == (422, True)
    assert send(shipper, made, "legs/", mode="sea", from_place="CNNGB", to_place="DEHAM", vessel="Ever Given").status_code == 302
    assert send(shipper, made, "tracking/", code="departed", place="CNNGB", occurred_at="", note="").status_code == 302
    future = send(shipper, made, "tracking/", code="arrived", place="DEHAM", occurred_at="2199-01-01T10:00", note="")

    assert (future.status_code, "between the handing over and now" in text_of(future)) == (422, True)
    assert send(shipper, made, "tracking/", code="delivered").status_code == 422
    assert send(of(made, "consignee"), made, "tracking/", code="departed").status_code == 422
    assert [(leg.from_place, leg.departed_at is not None) for leg in legs_of(made.row.pk)] == [("CNNGB", True)]
    assert len(tracking_of(made.row.pk)) == 1


def test_the_consignee_confirms_package_by_package():
    made = goods(2)
    consignee = of(made, "consignee", "buyer")

    first = send(consignee, made, "packages/1/receive/", condition="damaged", note="a corner is wet")
    wrong = send(consignee, made, "packages/2/receive/", condition="fine")

    assert (first.status_code, wrong.status_code) == (302, 422)
    assert send(of(made, "shipper"), made, "packages/2/receive/", condition="good").status_code == 403
    assert send(of(made, "consignee", "viewer"), made, "packages/2/receive/", condition="good").status_code == 403
    assert [(p.state, p.condition) for p in packages_of(made.row.pk)] == [("received", "damaged"), ("packed", "")]
    assert "a corner is wet" in text_of(of(made, "shipper").get(address(made)))


def test_the_consignee_records_the_delivery_with_a_picture_and_the_shipper_may_not():
    made = goods()
    typed = {
        "delivered_at": (now() - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"),
        "signed_by": "A. Meyer",
        "place": "DEHAM",
        "note": "",
    }

    assert send(of(made, "shipper"), made, "proof/", **typed).status_code == 403
    done = send(of(made, "consignee"), made, "proof/", **typed, pictures=SimpleUploadedFile("slip.txt", b"signed", "text/plain"))

    assert done.status_code == 302
    page = text_of(of(made, "shipper").get(address(made)))
    for part in ("Delivery proven", "The consignee says so", "A. Meyer", "slip.txt"):
        assert part in page
    assert proof_of(made.row.pk).entered_as == "consignee"


def test_an_operator_needs_a_reason():
    made, operator = goods(), browser(make.person(is_staff_member=True, staff_roles=["operator"]))
    typed = {"delivered_at": (now() - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")}

    refused = send(operator, made, "proof/", **typed, note="")

    assert (refused.status_code, "Please give the reason." in text_of(refused)) == (422, True)
    assert send(operator, made, "proof/", **typed, note="seen the waybill").status_code == 302


def test_a_booking_is_taken_back_until_the_goods_move():
    made = booked()
    shipper = of(made, "shipper")
    assert "Cancel the booking" in text_of(shipper.get(address(made)))

    assert send(shipper, made, "cancel-booking/").status_code == 302
    page = shipper.get(address(made))

    assert (made.fresh().booking, "Being cancelled" in text_of(page)) == ("cancelling", True)
    assert 'http-equiv="refresh"' in page.content.decode()
    moving = booked()
    tell(moving.row, "departed")
    assert send(of(moving, "shipper"), moving, "cancel-booking/").status_code == 409
    assert send(of(moving, "consignee"), moving, "cancel-booking/").status_code == 403
    assert send(of(moving, "shipper"), moving, "book/").status_code == 409


def test_a_page_costs_the_same_whatever_the_goods_went_through():
    small, large = booked(1), booked(40)
    for hours in range(30, 0, -1):
        tell(large.row, "arrived" if hours % 2 else "departed", place=f"Port {hours}", hours_ago=hours)
    for n in range(3):
        add_leg(large.row.pk, mode="sea", from_place=f"Port {n}", to_place=f"Port {n + 1}", by=large.shipper)
    counts = []
    for made in (small, large):
        who = of(made, "consignee")
        who.get(address(made))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert who.get(address(made)).status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1]
    assert counts[0] <= 14


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_the_page_is_there_in_every_language(language):
    made = goods(1)
    record_tracking(made.row.pk, "departed", by=made.shipper)
    confirm_package_receipt(made.row.pk, 1, by=made.consignee)

    assert of(made, "consignee").get(address(made, language=language)).status_code == 200
