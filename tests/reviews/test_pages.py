"""Reviews through the pages and programs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from everfair.companies.models import Person
from everfair.reviews import actions
from everfair.reviews.models import Review, Wording
from tests import make
from tests.companies.signing_in import browser
from tests.files.uploads import picture, upload
from tests.reviews.reviewing import again, completed, grades, later, write
from tests.trade.programs import program, send

pytestmark = pytest.mark.django_db
GOOD = {"grade_goods": "5", "grade_delivery": "4", "grade_service": "5", "text": "Well packed."}


def put(who: Client, address: str, **typed: Any) -> Any:
    typed.setdefault("_key", f"key-{make.next_number()}")
    return who.post(address, typed)


def text_of(answer: Any) -> str:
    main = re.search(r"<main.*</main>", answer.content.decode(), re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main[0] if main else answer.content.decode()))


def parties(trade: make.Trade) -> tuple[Client, Client]:
    return browser(make.member(trade.order.buyer)), browser(make.member(trade.order.seller))


def staff() -> Client:
    return browser(make.person(is_staff_member=True, staff_roles=["operator"]))


def at(trade: make.Trade, place: str = "") -> str:
    return f"/en/orders/{trade.order.pk}/reviews/{place}"


def passport(trade: make.Trade, place: str = "") -> str:
    return f"/en/export/suppliers/{trade.order.seller.number}/{place}"


def test_from_the_order_to_the_passport():
    trade = completed()
    buying, selling = parties(trade)

    order_page = buying.get(f"/en/orders/{trade.order.pk}/").content.decode()
    assert at(trade, "write/") in order_page
    sent = put(buying, at(trade, "write/"), **GOOD, pictures=upload(picture(), "box.jpg", "image/jpeg"))
    assert (sent.status_code, sent["Location"]) == (302, at(trade))
    assert "Well packed." in text_of(buying.get(at(trade)))
    assert "Not shown yet" in text_of(buying.get(at(trade)))
    assert "Well packed." not in text_of(selling.get(at(trade)))
    assert "No reviews yet" in text_of(Client().get(passport(trade)))
    put(selling, at(trade, "write/"), grade_payment="5", grade_fairness="5", grade_communication="5", text="")
    review = Review.objects.get(side="buyer")
    put(selling, f"/en/reviews/{review.pk}/reply/", text="Come again.")

    shown = Client().get(passport(trade))
    for words in ("Well packed.", "4.7 of 5", "1 review", "A buyer in Germany", "Come again."):
        assert words in text_of(shown)
    assert trade.order.buyer.name not in shown.content.decode()
    assert re.search(r"/media/[0-9a-f]{64}-320\.webp", shown.content.decode())
    whole = Client().get(passport(trade, "reviews/"))
    assert "Well packed." in text_of(whole)
    assert at(trade) in buying.get(f"/en/orders/{trade.order.pk}/").content.decode()


def test_a_bad_form_says_what_is_missing_and_keeps_what_was_typed():
    trade = completed()
    buying, _selling = parties(trade)

    answer = put(buying, at(trade, "write/"), grade_goods="6", grade_delivery="4", text="Half a word")

    assert answer.status_code == 422
    assert "Half a word" in answer.content.decode()
    assert Review.objects.count() == 0
    many = [upload(picture(), f"{n}.jpg", "image/jpeg") for n in range(6)]
    answer = buying.post(at(trade, "write/"), GOOD | {"_key": "many", "pictures": many})
    assert (answer.status_code, "At most 5 pictures" in text_of(answer)) == (422, True)
    answer = put(buying, at(trade, "write/"), **GOOD, pictures=upload(b"not a picture", "box.jpg", "image/jpeg"))
    assert answer.status_code == 422


def test_the_same_form_sent_twice_is_one_review():
    trade = completed()
    buying, _selling = parties(trade)

    answers = [put(buying, at(trade, "write/"), **GOOD, _key="twice") for _time in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Wording.objects.count() == 1
    again_ = put(buying, at(trade, "write/"), **GOOD)
    assert again_.status_code == 409


def test_a_revision_shows_the_former_version_below():
    trade = completed()
    buying, selling = parties(trade)
    mine = write(trade, "buyer", 2, text="Half of it was missing.")
    write(trade, "seller")

    page = f"/en/reviews/{mine.pk}/revise/"
    assert "Half of it was missing." in buying.get(page).content.decode()
    assert selling.get(page).status_code == 404
    put(buying, page, **GOOD)

    seen = text_of(Client().get(passport(trade)))
    assert "Well packed." in seen
    assert "the former version" in seen
    assert "Half of it was missing." in seen
    assert buying.get(page)["Location"] == at(trade)


def test_the_operator_hides_one_and_everybody_reads_why():
    trade = completed()
    buying, _selling = parties(trade)
    mine = write(trade, "buyer", 1, text="Thieves, all of them")
    write(trade, "seller")
    office = staff()

    assert "Thieves" in text_of(office.get("/en/office/reviews/"))
    page = f"/en/office/reviews/{mine.pk}/"
    assert put(office, page, reason="").status_code == 422
    put(office, page, reason="Insults", verb="hide")

    seen = Client().get(passport(trade)).content.decode()
    assert "Thieves" not in seen
    assert "Insults" in seen
    assert "Thieves" in text_of(buying.get(at(trade)))
    assert put(office, page, reason="Insults", verb="hide").status_code == 409
    put(office, page, reason="A quotation", verb="unhide")
    assert "Thieves" in Client().get(passport(trade)).content.decode()


def test_the_buyers_record_tells_suppliers_and_nobody_else():
    trade = completed()
    write(trade, "seller", 3, text="Paid at the last minute.")
    later(60)
    _buying, selling = parties(trade)
    number = trade.order.buyer.number

    assert "3.0 of 5" in text_of(selling.get(f"/en/buyers/{number}/"))
    assert "Paid at the last minute." in text_of(selling.get(f"/en/buyers/{number}/reviews/"))
    stranger = browser(make.member(make.company()))
    assert stranger.get(f"/en/buyers/{number}/reviews/").status_code == 404


def test_after_the_time_nothing_is_offered():
    trade = completed()
    buying, _selling = parties(trade)
    later(61)

    assert "reviews/write" not in buying.get(f"/en/orders/{trade.order.pk}/").content.decode()
    assert buying.get(at(trade, "write/"))["Location"] == at(trade)
    assert "No reviews of this trade" in text_of(buying.get(at(trade)))
    assert put(buying, at(trade, "write/"), **GOOD).status_code == 409


def test_the_list_of_a_company():
    trade = completed()
    buying, selling = parties(trade)
    assert at(trade, "write/") in buying.get("/en/reviews/").content.decode()
    write(trade, "buyer", 4, text="As agreed.")
    assert at(trade, "write/") not in buying.get("/en/reviews/").content.decode()
    assert "As agreed." in text_of(buying.get("/en/reviews/?box=written"))
    assert "As agreed." not in text_of(selling.get("/en/reviews/"))
    write(trade, "seller")
    assert "As agreed." in text_of(selling.get("/en/reviews/"))


def test_long_lists_go_on_page_by_page():
    trade = completed()
    trades = [trade, *(again(trade) for _n in range(2))]
    for n, each in enumerate(trades):
        write(each, "buyer", text=f"Word {n}.")
        write(each, "seller")
    program_ = Client()
    number = trade.order.seller.number

    first = program_.get(f"/api/v1/companies/{number}/reviews?limit=2").json()
    second = program_.get(f"/api/v1/companies/{number}/reviews", {"limit": 2, "cursor": first["next_cursor"]}).json()

    assert [row["text"] for row in first["items"] + second["items"]] == ["Word 2.", "Word 1.", "Word 0."]
    assert (second["next_cursor"], first["count"], first["grade"]) == (None, 3, "4.0")
    assert Client().get(passport(trade, "reviews/?after=nonsense")).status_code == 422


def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as counted:
        assert client.get(address).status_code == 200
    return len(counted)


def test_more_reviews_need_no_more_queries():
    trade = completed()
    buying, _selling = parties(trade)
    write(trade, "buyer", file_ids=[])
    write(trade, "seller")
    office = staff()
    pages = [
        (Client(), passport(trade)), (Client(), passport(trade, "reviews/")), (buying, "/en/reviews/"),
        (office, "/en/office/reviews/"), (buying, f"/en/buyers/{trade.order.buyer.number}/reviews/"),
    ]  # fmt: skip
    before = [queries_of(*page) for page in pages]
    for _n in range(3):
        more = again(trade)
        write(more, "buyer")
        write(more, "seller")

    assert [queries_of(*page) for page in pages] == before


def test_programs_write_read_revise_and_answer():
    trade = completed()
    buying, selling = program(trade.order.buyer), program(trade.order.seller)
    place = f"/orders/{trade.order.pk}/reviews"
    address = f"/api/v1{place}"

    written = send(buying, "post", place, {"grades": grades("buyer", 5, 4, 3), "text": "Fine."})
    assert written.status_code == 201
    assert written.json()["moves"] == ["revise"]
    assert buying.get(address).json()["reviews"][0]["grade"] == "4.00"
    assert (selling.get(address).json()["moves"], selling.get(address).json()["reviews"]) == (["write"], [])
    send(selling, "post", place, {"grades": grades("seller", 5)})
    [of_us] = selling.get("/api/v1/reviews").json()["items"]
    assert (of_us["text"], of_us["state"], of_us["order"]) == ("Fine.", "published", str(trade.order.pk))
    assert selling.get(address).json()["moves"] == ["reply", "revise"]
    answered = send(selling, "post", f"/reviews/{of_us['id']}/reply", {"text": "Thanks."})
    assert answered.json()["reviews"][0]["reply"]["text"] == "Thanks."
    revised = send(buying, "post", f"/reviews/{of_us['id']}/revise", {"grades": grades("buyer", 1), "text": "It broke."})
    assert (revised.json()["reviews"][0]["revised"]["text"], revised.json()["reviews"][0]["grade"]) == ("Fine.", "1.00")
    public = Client().get(f"/api/v1/companies/{trade.order.seller.number}/reviews").json()
    assert (public["grade"], public["items"][0]["text"], public["items"][0]["country"]) == ("1.0", "It broke.", "DE")
    assert "author_number" not in public["items"][0]


@pytest.mark.parametrize(
    "body",
    [
        {}, {"grades": {}}, {"grades": {"goods": 5, "delivery": 5, "price": 5}}, {"grades": {"goods": 5.5, "delivery": 5, "service": 5}},
        {"grades": {"goods": "5", "delivery": 5, "service": 5}}, {"grades": {"goods": True, "delivery": 5, "service": 5}},
        {"grades": {"goods": 0, "delivery": 5, "service": 5}}, {"grades": {"goods": 10**30, "delivery": 5, "service": 5}},
        {"grades": grades("seller", 5)}, {"grades": grades("buyer", 5), "text": "x" * 2001}, {"grades": grades("buyer", 5), "text": "\u202e"},
        {"grades": grades("buyer", 5), "pictures": ["no"]}, {"grades": grades("buyer", 5), "stars": 5},
    ],
)  # fmt: skip
def test_what_is_no_review_is_refused(body):
    trade = completed()

    answer = send(program(trade.order.buyer), "post", f"/orders/{trade.order.pk}/reviews", body)

    assert answer.status_code == 422
    assert Review.objects.count() == 0


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_every_page_opens_for_everybody(language):
    trade = completed()
    buying, selling = parties(trade)
    office = staff()
    mine = write(trade, "buyer", text="<b>bold</b> {{7*7}}")
    for client in (buying, selling, office):
        assert client.get(at(trade).replace("/en/", f"/{language}/")).status_code == 200
    write(trade, "seller")
    actions.reply_to_review(mine.pk, "<script>", by=trade.seller)
    for client, page in (
        (buying, at(trade)), (selling, at(trade)), (office, at(trade)), (buying, f"/en/reviews/{mine.pk}/revise/"),
        (buying, "/en/reviews/"), (selling, "/en/reviews/"), (office, "/en/office/reviews/"), (office, f"/en/office/reviews/{mine.pk}/"),
        (Client(), passport(trade)), (Client(), passport(trade, "reviews/")), (selling, f"/en/buyers/{trade.order.buyer.number}/reviews/"),
    ):  # fmt: skip
        answer = client.get(page.replace("/en/", f"/{language}/"))
        assert answer.status_code == 200, page
        assert "<b>bold" not in answer.content.decode()
        assert "<script>" not in answer.content.decode().partition("<main")[2]
    assert Person.objects.exists()
