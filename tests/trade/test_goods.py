"""Handing goods over with their packages and documents, and what the order's page says of them afterwards."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from pypdf import PdfReader

from everfair.base.clock import now
from everfair.base.refused import NotVisible
from everfair.files.models import File
from everfair.logistics.actions import add_papers, record_proof
from everfair.logistics.models import Consignment, ConsignmentPaper
from everfair.logistics.queries import packages_of
from everfair.messaging.models import Notice
from everfair.trade.queries.goods_papers import owed_papers
from everfair.trade.queries.papers import paper
from tests import make
from tests.files import uploads
from tests.logistics.goods import tell
from tests.trade.test_pages import as_member, at, send, sides, text_of

pytestmark = pytest.mark.django_db


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "mode": "sea", "carrier_code": "manual", "carrier": "Evergreen", "tracking_number": "EGLV1",
        "handed_over_on": now().date().isoformat(), "package_count": "", "gross_weight_kg": "12.5", "note": "",
    } | changes  # fmt: skip


ROWS = {
    "count_of_1": "2", "kind_of_1": "carton", "gross_weight_kg_of_1": "4.25", "length_cm_of_1": "60", "width_cm_of_1": "40",
    "height_cm_of_1": "40", "marks_of_1": "HAM", "count_of_2": "1", "kind_of_2": "pallet",
}  # fmt: skip


def words(answer: Any) -> str:
    return text_of(answer).replace("\xa0", " ").replace("&#39;", "'")


def abroad() -> make.Trade:
    """Paid, and to go from China to Germany under FOB."""
    return make.trade("funded", seller_country="CN")


def shipped(**changes: Any) -> make.Trade:
    trade = abroad()
    answer = send(sides(trade)[1], at(trade, "ship/"), **typed(**ROWS | changes))
    assert answer.status_code == 302, words(answer)
    return trade


def goods_of(trade: make.Trade) -> Consignment:
    return Consignment.objects.get(subject=trade.order.pk)


def a_pdf(name: str = "export.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, uploads.pdf(), "application/pdf")


# ── handing over ──


def test_a_row_stands_for_equal_packages_and_their_number_needs_not_be_typed() -> None:
    trade = shipped()

    row = goods_of(trade)
    assert (row.package_count, row.carrier_code, row.booking) == (3, "manual", "none")
    assert [(p.n, p.kind, str(p.gross_weight_kg), p.length_cm, p.marks) for p in packages_of(row.pk)] == [
        (1, "carton", "4.250", 60, "HAM"),
        (2, "carton", "4.250", 60, "HAM"),
        (3, "pallet", "None", None, ""),
    ]


def test_a_carrier_that_we_book_needs_no_number() -> None:
    trade = shipped(carrier_code="sandbox", carrier="", tracking_number="", from_place="CNNGB", to_place="DEHAM")

    row = goods_of(trade)
    assert (row.carrier_code, row.booking, row.tracking_number, row.from_place, row.to_place) == (
        "sandbox", "requested", "", "CNNGB", "DEHAM",
    )  # fmt: skip
    assert "is being booked" in words(sides(trade)[1].get(at(trade)))


def test_only_carriers_that_are_set_up_can_be_chosen(settings: Any) -> None:
    trade = make.trade("funded")
    settings.CARRIERS = {"sandbox": {}}
    from everfair.logistics.fleet import carrier

    carrier.cache_clear()
    try:
        page = sides(trade)[1].get(at(trade, "ship/")).content.decode()
        refused = send(sides(trade)[1], at(trade, "ship/"), **typed(carrier_code="sandbox", package_count="1"))
    finally:
        carrier.cache_clear()

    assert re.findall(r'<option value="(manual|sandbox)"', page) == ["manual"]
    assert refused.status_code == 422
    assert trade.fresh().goods == "awaiting"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"package_count": "5"}, "You listed 3 packages"),
        ({"count_of_1": "", "count_of_2": "", "package_count": ""}, "Please say how many packages."),
        ({"count_of_2": "", "marks_of_2": "LOST"}, "Please say how many packages."),
        ({"count_of_1": "1999", "count_of_2": "2"}, "At most 2,000 packages"),
        ({"length_cm_of_1": "40.5"}, "decimals"),
        ({"carrier": ""}, "This field is required."),
    ],
)
def test_packages_that_do_not_add_up_are_refused_beside_their_field(changes: dict[str, str], said: str) -> None:
    trade = make.trade("funded")

    answer = send(sides(trade)[1], at(trade, "ship/"), **typed(**ROWS | changes))

    assert answer.status_code == 422
    assert said in words(answer)
    assert trade.fresh().goods == "awaiting"
    assert not Consignment.objects.exists()


def test_the_form_says_who_provides_which_document() -> None:
    trade = abroad()

    read = words(sides(trade)[1].get(at(trade, "ship/")))

    assert "Documents under FOB (Free On Board)" in read
    assert "Commercial invoice Everfair writes it" in read
    assert "Transport document the buyer provides it" in read
    assert "Insurance certificate neither side owes it" in read
    assert re.search(r"Export clearance\W+optional", read)


def test_a_document_of_the_form_is_kept_with_the_goods_and_seen_by_the_buyer() -> None:
    trade = shipped(paper_export_clearance=a_pdf())

    kept = ConsignmentPaper.objects.get()
    assert (kept.code, kept.company_id) == ("export_clearance", trade.order.seller_id)
    buying = sides(trade)[0]
    assert f"/files/{kept.file_id}/" in buying.get(at(trade)).content.decode()
    assert buying.get(f"/en/files/{kept.file_id}/").status_code in (200, 302)


def test_a_document_that_cannot_be_kept_ships_nothing() -> None:
    trade = abroad()
    broken = SimpleUploadedFile("export.pdf", b"MZ no pdf", "application/pdf")

    answer = send(sides(trade)[1], at(trade, "ship/"), **typed(**ROWS, paper_export_clearance=broken))

    assert answer.status_code == 422
    assert trade.fresh().goods == "awaiting"
    assert not File.objects.filter(owner_id=trade.order.seller_id, kind="attachment").exists()


# ── documents ──


def test_either_side_adds_a_document_and_nobody_else() -> None:
    trade = shipped()
    row = goods_of(trade)
    buying, selling = sides(trade)
    address = f"/en/consignments/{row.pk}/papers/"

    done = send(buying, address, code="transport_document", attachments=a_pdf("bl.pdf"), back=at(trade))
    send(selling, address, code="export_clearance", attachments=a_pdf())

    assert done["Location"] == at(trade)
    assert {(p.code, p.company_id) for p in ConsignmentPaper.objects.all()} == {
        ("transport_document", trade.order.buyer_id),
        ("export_clearance", trade.order.seller_id),
    }
    assert send(as_member(make.company()), address, code="export_clearance", attachments=a_pdf()).status_code == 404
    assert send(as_member(trade.order.buyer, "viewer"), address, code="export_clearance", attachments=a_pdf()).status_code == 403
    assert send(selling, address, code="love_letter", attachments=a_pdf()).status_code == 422
    assert ConsignmentPaper.objects.count() == 2
    elsewhere = send(selling, address, code="export_clearance", attachments=a_pdf("b.pdf"), back="//evil.example/")
    assert elsewhere["Location"] == f"/en/consignments/{row.pk}/"


def test_a_side_cannot_show_somebody_elses_file_and_the_same_twice_is_once() -> None:
    trade = shipped(paper_export_clearance=a_pdf())
    row, kept = goods_of(trade), ConsignmentPaper.objects.get()

    with pytest.raises(NotVisible):
        add_papers(row.pk, {"transport_document": [kept.file_id]}, by=trade.buyer)
    add_papers(row.pk, {"export_clearance": [kept.file_id]}, by=trade.seller)

    assert ConsignmentPaper.objects.count() == 1


def test_the_order_says_which_documents_are_still_missing_and_from_whom() -> None:
    trade = shipped(paper_export_clearance=a_pdf())
    row = goods_of(trade)
    buying = sides(trade)[0]
    missing = re.compile(r"Still missing: (.*?) Documents Document From")

    before = missing.search(words(buying.get(at(trade))))[1]
    send(buying, f"/en/consignments/{row.pk}/papers/", code="transport_document", attachments=a_pdf("bl.pdf"))
    record_proof(row.pk, delivered_at=now(), signed_by="A. Meyer", by=trade.buyer)
    after = missing.search(words(buying.get(at(trade))))[1]

    seller, buyer = trade.order.seller.name, trade.order.buyer.name
    assert before == (
        f"Proof of delivery (from {seller}); Bill of lading, Import clearance, Pre-shipment inspection certificate (from {buyer})"
    )
    assert after == f"Import clearance, Pre-shipment inspection certificate (from {buyer})"


@pytest.mark.parametrize(("term", "mode", "name"), [("CPT", "air", "Air waybill"), ("DAP", "express", "Courier receipt"), ("FOB", "air", "Transport document")])  # fmt: skip
def test_the_documents_follow_the_incoterm_and_the_mode(term: str, mode: str, name: str) -> None:
    trade = abroad()
    trade.order.incoterm = term

    found = {paper.code: paper for paper in owed_papers(trade.order, mode, handed_over=True)}

    assert found["transport_document"].name == name
    assert (found["commercial_invoice"].state, found["packing_list"].state) == ("made", "made")
    assert found["import_clearance"].provided_by == "buyer"


def test_at_home_nobody_clears_anything() -> None:
    trade = make.trade("funded")

    states = {paper.code: paper.state for paper in owed_papers(trade.order)}

    assert {states[code] for code in ("export_clearance", "import_clearance", "inspection_certificate")} == {"free"}


# ── the panel ──


def test_the_buyer_confirms_each_package_on_the_orders_page() -> None:
    trade = shipped()
    row = goods_of(trade)
    buying, selling = sides(trade)
    back = at(trade) + "#goods-1"
    address = f"/en/consignments/{row.pk}/packages/{{}}/receive/"

    assert "receive/" in buying.get(at(trade)).content.decode().split('id="goods-1"')[1]
    assert 'name="condition"' not in selling.get(at(trade)).content.decode()
    first = send(buying, address.format(1), condition="good", back=back)
    send(buying, address.format(2), condition="damaged", back=back)

    assert first["Location"] == back
    assert [(p.state, p.condition) for p in packages_of(row.pk)] == [
        ("received", "good"),
        ("received", "damaged"),
        ("packed", ""),
    ]
    read = words(selling.get(at(trade)))
    assert "2 of 3 packages have been received." in read
    assert "Damaged" in read


def test_the_page_says_where_the_goods_are_and_who_proved_their_delivery() -> None:
    trade = shipped(carrier_code="sandbox", carrier="", tracking_number="")
    row = goods_of(trade)
    Consignment.objects.filter(pk=row.pk).update(booking="booked", carrier_ref=f"shp_{row.pk.hex}", tracking_number="SBX1")
    row.refresh_from_db()
    buying = sides(trade)[0]

    assert "nothing more was reported yet" in words(buying.get(at(trade)))
    assert tell(row, "departed", place="CNNGB", hours_ago=3) == "applied"
    assert "On the way with Sandbox carrier (no real goods), last seen in CNNGB on" in words(buying.get(at(trade)))
    assert tell(row, "exception", place="<b>DEHAM</b>", hours_ago=2) == "applied"
    page = buying.get(at(trade))
    assert "&lt;b&gt;DEHAM&lt;/b&gt;" in page.content.decode()
    assert "<b>DEHAM" not in page.content.decode()
    tell(row, "delivered", hours_ago=1)

    read = words(buying.get(at(trade)))
    assert "The carrier says so." in read
    assert "Signed by A. Meyer" in read
    assert "Delivery proven" in read


def test_the_page_asks_as_often_for_many_packages_and_papers_as_for_one() -> None:
    few, many = (
        shipped(paper_export_clearance=a_pdf()),
        shipped(count_of_1="29", paper_export_clearance=[a_pdf(), a_pdf("b.pdf")]),
    )
    asked = []
    for trade in (few, many):
        buying = sides(trade)[0]
        buying.get(at(trade))
        with CaptureQueriesContext(connection) as seen:
            assert buying.get(at(trade)).status_code == 200
        asked.append(len(seen))

    assert asked[0] == asked[1]
    assert asked[0] <= 35


def test_the_other_side_hears_of_a_document() -> None:
    from everfair.events.logistics import ConsignmentPaperAdded
    from everfair.logistics.reactions import tell_of_paper

    trade = shipped(paper_export_clearance=a_pdf())
    row = goods_of(trade)
    fact = ConsignmentPaperAdded(row.pk, row.subject, trade.order.seller_id, "export_clearance")
    for _again in range(2):
        tell_of_paper(fact)

    told = Notice.objects.filter(kind="consignment.paper")
    assert {notice.company_id for notice in told} == {trade.order.buyer_id}
    assert told.count() == told.values("person_id").distinct().count()


# ── papers as PDF ──


def read_pdf(content: bytes) -> str:
    return re.sub(r"[\s\u200b]+", " ", "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize(("kind", "title"), [("invoice", "Commercial invoice"), ("packing-list", "Packing list"), ("delivery-note", "Delivery note")])  # fmt: skip
def test_a_paper_that_goes_with_goods_comes_from_the_contract_and_the_consignment(kind: str, title: str) -> None:
    trade = shipped(packages_1="3", marks_1="HAM 1-3")
    buying = sides(trade)[0]
    goods = trade.order.terms["lines"][0]["description"]

    answer = buying.get(at(trade, f"{kind}.pdf"))
    read = squeezed(read_pdf(answer.content))

    assert answer["Content-Type"] == "application/pdf"
    for part in (title, trade.order.reference, goods, "EGLV1", trade.order.terms["seller"]["name"]):
        assert squeezed(part) in read, part
    assert ("420.00" in read) == (kind == "invoice")
    assert ("HAM1-3" in read) == (kind != "invoice")
    assert ("60×40×40cm" in read) == (kind != "invoice")


def test_the_papers_stand_in_the_languages_of_both_sides() -> None:
    trade = shipped()

    with override("zh-hant"):
        read = squeezed(read_pdf(paper(trade.order, "packing-list", "zh-hant")))

    assert "裝箱單" in read
    assert "Packinglist" in read
    assert "海運" in read


def test_a_delivery_note_says_who_proved_the_delivery_instead_of_asking_for_a_signature() -> None:
    trade = shipped()
    before = read_pdf(paper(trade.order, "delivery-note", "en"))
    record_proof(goods_of(trade).pk, delivered_at=now() - timedelta(minutes=1), signed_by="A. Meyer", by=trade.buyer)

    after = read_pdf(paper(trade.order, "delivery-note", "en"))

    assert "Received in apparent good order" in before
    assert "A. Meyer" in after
    assert "Received in apparent good order" not in after


def test_there_is_no_such_paper_before_the_goods_were_handed_over_and_none_for_a_stranger() -> None:
    early, late = make.trade("funded"), shipped()
    other = goods_of(shipped())
    buying = sides(late)[0]

    assert sides(early)[0].get(at(early, "invoice.pdf")).status_code == 404
    assert as_member(make.company()).get(at(late, "invoice.pdf")).status_code == 404
    assert buying.get(at(late, f"invoice.pdf?consignment={goods_of(late).pk}")).status_code == 200
    assert buying.get(at(late, f"invoice.pdf?consignment={other.pk}")).status_code == 404
    assert buying.get(at(late, "invoice.pdf?consignment=nonsense")).status_code == 404
