"""Inspections in the browser's words: booking, the three sides' page, the report and its paper; and the same for programs."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from everfair.companies.models import Person
from everfair.trade.models import Inspection
from everfair.trade.queries.inspecting import earliest_day
from tests import make
from tests.files.uploads import picture
from tests.trade.inspecting import BAD, book, inspector, paid_by, photo, report
from tests.trade.programs import program, send

pytestmark = pytest.mark.django_db


def browser(actor, language="en"):
    client = Client()
    client.force_login(Person.objects.get(pk=actor.person_id), backend="everfair.companies.accounts.Backend")
    return client


def post(client, path, **fields):
    from uuid import uuid4

    return client.post(path, {"_key": str(uuid4()), **fields})


def text(answer):
    return answer.content.decode()


def test_a_buyer_books_and_reads_first_who_pays():
    trade = paid_by()
    who = inspector(name="Third Eye Inspection")
    client = browser(trade.buyer)
    path = f"/en/orders/{trade.order.pk}/inspect/"
    shown = text(client.get(path))
    assert "The seller bears the fee" in shown
    assert "Third Eye Inspection" in shown

    number = make.Company.objects.get(pk=who.company_id).number
    form = {
        "inspector": number,
        "fee": "300.00",
        "wanted_on": earliest_day(trade.order).isoformat(),
        "place": "Hall 3",
        "lot_1": "1000",
    }
    wrong = post(client, path, **form | {"fee": "1,00"}, level="II", note="")
    assert wrong.status_code == 422
    done = post(client, path, **form, level="II", note="")

    made = Inspection.objects.get()
    assert (done.status_code, done.url) == (302, f"/en/inspections/{made.pk}/")
    assert (made.fee_minor, made.inspector_id, made.lots[0]["sample_size"]) == (30000, who.company_id, 80)
    assert "Third Eye Inspection" in text(client.get(f"/en/orders/{trade.order.pk}/"))


def test_the_inspectors_page_says_no_price_of_the_order():
    visit = book(paid_by(), reached="ready")
    client = browser(visit.by)
    path = f"/en/inspections/{visit.inspection.pk}/"
    shown = text(client.get(path))

    assert "Hex bolt" in shown
    assert "300.00" in shown  # its own fee
    for secret in ("420.00", "126.00", "0.42", f"/orders/{visit.trade.order.pk}/"):
        assert secret not in shown
    assert client.get(f"/en/orders/{visit.trade.order.pk}/").status_code == 404
    assert client.get(f"/en/orders/{visit.trade.order.pk}/contract.pdf").status_code == 404
    assert "EF-" in text(client.get("/en/inspections/"))


def test_the_report_is_typed_as_counts_and_read_by_all_three():
    visit = book(paid_by(), reached="ready")
    client = browser(visit.by)
    path = f"/en/inspections/{visit.inspection.pk}/report/"
    shown = text(client.get(path))
    assert "At most 5 allowed on 80 pieces" in shown
    counts = {"found_1_critical": "0", "found_1_major": "6", "found_1_minor": "0", "remarks": "Bent threads."}
    assert post(client, path, **counts).status_code == 422  # no photo
    upload = SimpleUploadedFile("carton.jpg", picture(), "image/jpeg")
    done = post(client, path, **counts, attachments=upload)

    assert (done.status_code, Inspection.objects.get().state) == (302, "failed")
    for actor in (visit.by, visit.trade.buyer, visit.trade.seller):
        page = text(browser(actor).get(f"/en/inspections/{visit.inspection.pk}/"))
        assert "Bent threads." in page
        assert "carton.jpg" in page
    paper = browser(visit.trade.seller).get(f"/en/inspections/{visit.inspection.pk}/report.pdf")
    assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-")


def test_the_page_of_a_failed_inspection_says_what_happens_if_nobody_acts():
    visit = book(paid_by(), reached="ready")
    report(visit, BAD)

    page = text(browser(visit.trade.seller).get(f"/en/inspections/{visit.inspection.pk}/"))

    assert "Mend the goods and have them inspected again." in page
    assert "An issue is opened for the operator; what is held stays where it is." in page
    assert "Nothing more happens." not in page


def test_there_is_no_paper_before_the_report():
    visit = book(paid_by(), reached="ready")

    assert browser(visit.by).get(f"/en/inspections/{visit.inspection.pk}/report.pdf").status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_every_page_stands_in_every_state_and_language(language):
    trade = paid_by()
    assert browser(trade.seller).get(f"/{language}/orders/{trade.order.pk}/inspect/").status_code == 200
    visit = book(trade)
    for step in ("asked", "accepted", "paid", "packed", "ready"):
        if step != "asked":
            visit = book(paid_by(), reached=step)
        for actor in (visit.by, visit.trade.buyer, visit.trade.seller):
            assert browser(actor).get(f"/{language}/inspections/{visit.inspection.pk}/").status_code == 200
            assert browser(actor).get(f"/{language}/inspections/").status_code == 200
    report(visit, BAD)
    page = text(browser(visit.trade.buyer).get(f"/{language}/orders/{visit.trade.order.pk}/"))
    assert "/inspect/" in page
    assert browser(visit.trade.buyer).get(f"/{language}/inspections/{visit.inspection.pk}/waive/").status_code == 200


def test_moves_of_pages():
    visit = book(paid_by())
    at = f"/en/inspections/{visit.inspection.pk}/"
    post(browser(visit.by), at + "accept/")
    paid = post(browser(visit.trade.buyer), at + "pay/")
    assert "/payments/" in paid.url
    assert browser(visit.trade.seller).get(at + "packed/").status_code == 200
    assert post(browser(visit.trade.seller), at + "packed/", percent="50").status_code == 422
    assert post(browser(visit.trade.seller), at + "packed/", percent="90").status_code == 302
    assert post(browser(visit.trade.buyer), at + "cancel/", reason="no need").status_code == 302

    assert Inspection.objects.get().state == "cancelled"
    assert browser(visit.by).get(at + "report/").status_code == 302


def test_the_public_list_names_inspectors_and_only_them(client):
    inspector(name="Third Eye Inspection")
    make.company(name="Plain Trader")
    shown = text(client.get("/en/export/inspectors/"))

    assert "Third Eye Inspection" in shown
    assert "ISO/IEC 17020" in shown
    assert "Plain Trader" not in shown


def test_the_page_asks_few_questions(django_assert_max_num_queries):
    visit = book(paid_by(), reached="ready")
    report(visit)
    client = browser(visit.by)
    client.get(f"/en/inspections/{visit.inspection.pk}/")

    with django_assert_max_num_queries(16):
        client.get(f"/en/inspections/{visit.inspection.pk}/")


def test_a_program_walks_the_whole_way():
    trade = paid_by()
    who = inspector()
    company = make.Company.objects.get(pk=who.company_id)
    buying, selling, inspecting = (
        program(make.Company.objects.get(pk=pk)) for pk in (trade.order.buyer_id, trade.order.seller_id, company.pk)
    )
    listed = send(buying, "get", "/inspectors").json()["items"]
    assert [row["id"] for row in listed] == [str(company.pk)]
    body = {"inspector": str(company.pk), "fee": "300.00", "wanted_on": earliest_day(trade.order).isoformat(), "place": "Hall 3"}
    asked = send(buying, "post", f"/orders/{trade.order.pk}/inspections", body)
    assert asked.status_code == 201, asked.content
    one = f"/inspections/{asked.json()['id']}"
    assert asked.json()["lots"][0]["code_letter"] == "J"
    assert send(inspecting, "get", one).json()["moves"] == ["accept", "decline"]
    assert send(inspecting, "post", one + "/accept", {}).json()["state"] == "accepted"
    assert send(selling, "post", one + "/packed", {"percent": 90}).json()["packed_percent"] == 90
    assert send(buying, "post", one + "/pay", {}).status_code == 201
    early = {"lines": [{"line": 1, "defects": {"critical": 0, "major": 0, "minor": 0}}], "files": [str(photo(who)[0])]}
    assert send(inspecting, "post", one + "/report", early).status_code == 409
    assert send(selling, "post", one + "/accept", {}).status_code == 409
    assert [row["id"] for row in send(inspecting, "get", "/inspections").json()["items"]] == [asked.json()["id"]]
    assert send(buying, "post", one + "/cancel", {"reason": "no need"}).json()["state"] == "cancelled"
