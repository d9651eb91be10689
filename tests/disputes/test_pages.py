"""Claims through the pages and programs: a counterfeit sent back, a ruling that parts the money, an appeal."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from everfair.base.clock import advance, now
from everfair.companies.models import Company, Person
from everfair.disputes import actions
from everfair.disputes.models import Claim
from everfair.disputes.queries import exhibits_of, precedents
from everfair.disputes.queries.inspecting import visit_days
from everfair.trade.models import Inspection
from tests import make
from tests.companies.signing_in import browser
from tests.disputes.claiming import STATES, escalated, judge, nothing_is_wrong, ruled
from tests.disputes.inspecting import order_inspection
from tests.files.uploads import picture, upload
from tests.trade.inspecting import BAD, GOOD, inspector, pay_fee, photo, report
from tests.trade.programs import program, send

pytestmark = pytest.mark.django_db


def put(who: Client, address: str, **typed: Any) -> Any:
    typed.setdefault("_key", f"key-{make.next_number()}")
    return who.post(address, typed)


def text_of(answer: Any) -> str:
    main = re.search(r"<main.*</main>", answer.content.decode(), re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main[0] if main else answer.content.decode()))


def parties(trade: make.Trade) -> tuple[Client, Client]:
    return browser(make.member(trade.order.buyer)), browser(make.member(trade.order.seller))


def at(claim: Any, place: str = "") -> str:
    return f"/en/claims/{claim.pk}/{place}"


def test_a_counterfeit_goes_back_and_then_the_money():
    trade = make.trade("shipped")
    buying, selling = parties(trade)

    opened = put(
        buying, f"/en/orders/{trade.order.pk}/report/", reason_1="counterfeit", remedy="return", amount="420.00",
        text="The maker says these are not theirs.", attachments=upload(picture(), "label.jpg", "image/jpeg"),
    )  # fmt: skip
    claim = Claim.objects.get(order=trade.order)
    assert opened["Location"] == at(claim)
    assert "The maker says these are not theirs." in text_of(selling.get(at(claim)))
    accept = re.search(r'href="([^"]+/accept/)"', selling.get(at(claim)).content.decode())[1]
    assert "First the goods go back" in text_of(selling.get(accept))
    put(selling, accept, confirmed="1")
    put(buying, at(claim, "send/"), carrier="DHL", number="JJD0001")
    put(selling, at(claim, "moves/take_back/"))

    claim.refresh_from_db()
    assert (claim.state, claim.to_buyer_minor, trade.fresh().agreement) == ("settled", 42000, "completed")
    assert [leaf.verb for leaf in exhibits_of(claim) if leaf.verb] == ["open", "agree_return", "hand_over", "take_back"]
    assert exhibits_of(claim)[0].files[0]["sha256"]
    assert nothing_is_wrong()


def test_an_arbitrator_sees_the_division_before_ruling_and_the_loser_appeals():
    case = escalated()
    judging = browser(Person.objects.get(pk=case.claim.arbitrator_id))
    _buying, selling = parties(case.trade)
    page = f"/en/office/claims/{case.claim.pk}/rule/"
    typed = {
        "amount": "105.01",
        "ground": "defective_goods",
        "reasons": "The photographs show it.",
        "seen": len(exhibits_of(case.claim)),
    }

    preview = put(judging, page, step="preview", **typed)
    assert (preview.status_code, case.state) == (200, "arbitration")
    # 126.00 and 294.00 held; 105.01 back by largest remainder, and 2 % fee on the rest.
    for sum_shown in ("31.50", "73.51", "308.69", "6.30"):
        assert sum_shown in text_of(preview)
    put(judging, page, step="rule", **typed)
    assert "The photographs show it." in text_of(selling.get(at(case.claim)))
    put(selling, at(case.claim, "appeal/"), reasons="Other goods.")
    second = browser(Person.objects.get(pk=case.fresh().arbitrator_id))
    assert case.claim.reference in text_of(second.get("/en/office/claims/"))
    put(second, page, step="rule", **typed | {"amount": "0", "ground": "not_proven", "seen": len(exhibits_of(case.claim))})

    assert (case.state, case.wallets()) == ("decided", (0, 41160))
    assert [(row.ground.code, row.band, row.on_appeal) for row in precedents()] == [("not_proven", 1, True)]
    assert precedents(ground="defective_goods") == []
    assert precedents(band=3) == []


@pytest.mark.parametrize("kind", ["file", "ruling"])
@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_file_and_ruling_are_papers(kind, language):
    case = ruled()
    buying, _selling = parties(case.trade)

    answer = buying.get(f"/{language}/claims/{case.claim.pk}/{kind}.pdf")

    assert (answer.status_code, answer["Content-Type"], answer.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert buying.get(at(case.claim, "other.pdf")).status_code == 404


def test_there_is_no_paper_of_a_ruling_before_there_is_one():
    case = STATES["answering"]()

    assert parties(case.trade)[0].get(at(case.claim, "ruling.pdf")).status_code == 404


@pytest.mark.parametrize("state", sorted(STATES))
def test_every_page_of_a_claim_opens_in_every_state_for_everybody(state):
    case = STATES[state]()
    buying, selling = parties(case.trade)
    staff = browser(judge("operator"))

    for who in (buying, selling, staff):
        answer = who.get(at(case.claim))
        assert answer.status_code == 200
        for link in set(re.findall(rf'href="(/en/(?:office/)?claims/{case.claim.pk}/[^"]*)"', answer.content.decode())):
            assert who.get(link).status_code == 200, link
        assert who.get(f"/en/orders/{case.trade.order.pk}/").status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_file():
    case = STATES["talking"]()
    buying, _selling = parties(case.trade)
    buying.get(at(case.claim))
    counts = []
    for _time in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            buying.get(at(case.claim))
        counts.append(len(asked))
        for n in range(5):
            put(buying, at(case.claim, "evidence/"), text=f"photograph {n}")
    assert counts[0] == counts[1]
    assert counts[0] <= 24


def test_what_belongs_to_a_field_is_said_beside_it_and_stays_typed():
    trade = make.trade("shipped")
    buying, _selling = parties(trade)
    typed = {"reason_1": "short", "remedy": "refund", "amount": "1,00", "text": "Ten are missing."}

    for amount in ("1,00", "420.01", "0"):
        answer = put(buying, f"/en/orders/{trade.order.pk}/report/", **typed | {"amount": amount})
        assert answer.status_code == 422
        assert "Ten are missing." in answer.content.decode()
    assert trade.fresh().issue == "none"


def test_a_part_of_a_line_is_told_beside_the_whole_that_its_worth_is_of():
    trade = make.trade("shipped")
    buying = program(trade.order.buyer)
    body = {
        "lines": [{"line": 1, "reason": "short", "quantity": "20"}],
        "remedy": "refund",
        "amount": {"amount": "10.00", "currency": "USD"},
        "text": "Twenty are missing.",
    }

    claim = send(buying, "post", f"/orders/{trade.order.pk}/claims", body).json()["id"]

    assert "20 / 1,000\xa0pieces" in browser(make.member(trade.order.buyer)).get(f"/en/claims/{claim}/").content.decode()


def test_programs_claim_answer_and_settle():
    trade = make.trade("shipped")
    buying, selling = program(trade.order.buyer), program(trade.order.seller)
    ten = {"amount": "10.00", "currency": "USD"}
    body = {
        "lines": [{"line": 1, "reason": "short", "quantity": "20"}],
        "remedy": "refund",
        "amount": ten,
        "text": "Twenty are missing.",
    }

    opened = send(buying, "post", f"/orders/{trade.order.pk}/claims", body)
    assert (opened.status_code, opened.json()["held"]) == (201, {"amount": "420.00", "currency": "USD"})
    claim = opened.json()["id"]
    assert selling.get(f"/api/v1/claims/{claim}").json()["moves"] == ["answer", "accept", "inspect", "evidence"]
    answered = send(selling, "post", f"/claims/{claim}/answer", {"text": "True.", "remedy": "refund", "amount": ten})
    offer = next(row for row in answered.json()["offers"] if row["side"] == "seller")
    settled = send(buying, "post", f"/claims/{claim}/offers/{offer['id']}/accept")

    assert (settled.json()["state"], settled.json()["to_buyer"]) == ("settled", ten)
    assert send(buying, "post", f"/claims/{claim}/withdraw").status_code == 409
    assert nothing_is_wrong()


def booking(case: Any, by: Any, **more: Any) -> dict[str, Any]:
    company = Company.objects.get(pk=by.company_id)
    typed = {"inspector": str(company.number), "fee": "300.00", "wanted_on": visit_days(case.fresh())[0].isoformat()}
    return typed | {"place": "Hamburg, shed 4", "level": "II", "note": "Look at the teeth."} | more


def test_a_side_orders_an_inspection_and_the_report_stands_in_the_file():
    case, by = STATES["talking"](), inspector()
    buying, selling = parties(case.trade)
    looking = browser(make.member(Company.objects.get(pk=by.company_id)))
    page = at(case.claim, "inspect/")

    assert page in buying.get(at(case.claim)).content.decode()
    shown = text_of(buying.get(page))
    assert "Until the report" in shown
    assert "1,000" in shown
    ordered = put(buying, page, **booking(case, by))
    made = Inspection.objects.get()
    assert ordered["Location"] == at(case.claim)
    assert (made.claim_id, made.booked_by_id, made.fee_minor) == (case.claim.pk, case.trade.order.buyer_id, 30000)
    for who in (buying, selling):
        assert "Look at the teeth." in text_of(who.get(at(case.claim)))
        assert f"/en/inspections/{made.pk}/" in who.get(at(case.claim)).content.decode()
        assert "Ordered inside a claim" in text_of(who.get(f"/en/inspections/{made.pk}/"))
        assert at(case.claim) in who.get(f"/en/inspections/{made.pk}/").content.decode()
    # The inspector reads why, and neither the claim nor a price.
    own = looking.get(f"/en/inspections/{made.pk}/")
    assert "Ordered inside a claim" in text_of(own)
    assert at(case.claim) not in own.content.decode()
    assert "Packed" not in text_of(own)
    assert looking.get(at(case.claim)).status_code == 404
    put(looking, f"/en/inspections/{made.pk}/accept/")
    pay_fee(made.pk, case.trade.buyer)
    advance(timedelta(days=(made.wanted_on - now().date()).days))
    typed = {f"found_1_{name}": str(count) for name, count in BAD["1"].items()}
    put(
        looking,
        f"/en/inspections/{made.pk}/report/",
        **typed,
        remarks="Bent.",
        attachments=upload(picture(), "a.jpg", "image/jpeg"),
    )
    actions.read_inspections(case.claim.pk)

    for who in (buying, selling, browser(judge("operator"))):
        text, html = text_of(who.get(at(case.claim))), who.get(at(case.claim)).content.decode()
        assert "s report" in text
        assert "major defects 6" in text
        assert f"/en/inspections/{made.pk}/report.pdf" in html
        assert who.get(f"/en/inspections/{made.pk}/report.pdf")["Content-Type"] == "application/pdf"
    assert nothing_is_wrong()


def test_what_is_wrong_with_an_order_for_an_inspection_stands_beside_its_field():
    case, by = STATES["talking"](), inspector()
    buying, _selling = parties(case.trade)

    for wrong, said in (
        ({"fee": "3,00"}, "fee"),
        ({"wanted_on": "2031-01-01"}, "wanted_on"),
        ({"wanted_on": "tomorrow"}, "wanted_on"),
        ({"place": ""}, "place"),
        ({"inspector": "1"}, "inspector"),
        ({"level": "S-1"}, "level"),
    ):
        answer = put(buying, at(case.claim, "inspect/"), **booking(case, by) | wrong)
        assert answer.status_code == 422, wrong
        assert f'id="id_{said}_error"' in answer.content.decode(), wrong
        assert "Look at the teeth." in answer.content.decode()
    assert not Inspection.objects.exists()


def test_the_arbitrator_orders_from_the_desk_and_is_warned_before_ruling_without_the_report():
    case, by = escalated(), inspector()
    judging = browser(Person.objects.get(pk=case.claim.arbitrator_id))
    other = browser(judge("operator"))
    page, ruling = f"/en/office/claims/{case.claim.pk}/inspect/", f"/en/office/claims/{case.claim.pk}/rule/"

    assert page in judging.get(at(case.claim)).content.decode()
    assert page not in other.get(at(case.claim)).content.decode()
    assert put(other, page, **booking(case, by)).status_code == 403
    put(judging, page, **booking(case, by))
    made = Inspection.objects.get()

    assert made.booked_by_id == case.trade.order.buyer_id
    assert "An inspection of the goods is under way." in text_of(judging.get(ruling))
    assert page not in judging.get(at(case.claim)).content.decode()


def test_the_division_before_a_ruling_counts_the_inspection_fee():
    case = escalated()
    report(order_inspection(case, "judge", reached="ready"), BAD)
    actions.read_inspections(case.claim.pk)
    judging = browser(Person.objects.get(pk=case.claim.arbitrator_id))
    typed = {"amount": "100.00", "ground": "defective_goods", "reasons": "It failed.", "seen": len(exhibits_of(case.claim))}

    preview = text_of(put(judging, f"/en/office/claims/{case.claim.pk}/rule/", step="preview", **typed))

    for shown in ("Inspection fee, to the buyer", "300.00", "13.60", "6.40"):
        assert shown in preview
    assert "under way" not in preview


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_the_papers_of_a_claim_and_of_its_inspection(language):
    case = STATES["talking"]()
    visit = order_inspection(case, reached="ready")
    report(visit, GOOD)
    buying, _selling = parties(case.trade)

    for address in (f"claims/{case.claim.pk}/file.pdf", f"inspections/{visit.inspection.pk}/report.pdf"):
        answer = buying.get(f"/{language}/{address}")
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    for name in ("claims/{}/inspect/", "claims/{}/"):
        assert buying.get(f"/{language}/" + name.format(case.claim.pk)).status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_inspections():
    case = STATES["talking"]()
    buying, _selling = parties(case.trade)
    counts = []
    for _time in range(3):
        report(order_inspection(case, reached="ready"), GOOD)
        actions.read_inspections(case.claim.pk)
        buying.get(at(case.claim))
        with CaptureQueriesContext(connection) as asked:
            buying.get(at(case.claim))
        counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2]
    assert counts[0] <= 30
    with CaptureQueriesContext(connection) as asked:
        buying.get(at(case.claim, "inspect/"))
    assert len(asked) <= 22


def test_programs_order_an_inspection_and_read_its_report():
    case, by = STATES["talking"](), inspector()
    buying = program(case.trade.order.buyer)
    looking = program(Company.objects.get(pk=by.company_id))
    day = visit_days(case.fresh())[0]
    body = {"inspector": str(by.company_id), "fee": "300.00", "wanted_on": day.isoformat(), "place": "Hamburg", "note": "teeth"}

    assert "inspect" in buying.get(f"/api/v1/claims/{case.claim.pk}").json()["moves"]
    wrong = send(buying, "post", f"/claims/{case.claim.pk}/inspections", body | {"fee": "3.001"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "fee")
    ordered = send(buying, "post", f"/claims/{case.claim.pk}/inspections", body)
    assert ordered.status_code == 201
    [row] = ordered.json()["inspections"]
    assert (row["payer"], row["state"], row["fee"]) == ("buyer", "asked", {"amount": "300.00", "currency": "USD"})
    assert looking.get(f"/api/v1/inspections/{row['id']}").json()["purpose"] == "claim"
    assert send(looking, "post", f"/inspections/{row['id']}/accept").json()["moves"] == ["decline"]
    pay_fee(row["id"], case.trade.buyer)
    advance(timedelta(days=(day - now().date()).days))
    counted = {"lines": [{"line": 1, "defects": GOOD["1"]}], "files": [str(pk) for pk in photo(by)], "remarks": "fine"}
    assert send(looking, "post", f"/inspections/{row['id']}/report", counted).json()["report"]["passed"] is True
    actions.read_inspections(case.claim.pk)

    leaf = buying.get(f"/api/v1/claims/{case.claim.pk}").json()["file"][-1]
    assert (leaf["kind"], leaf["verb"], leaf["side"], leaf["body"]["passed"]) == ("inspection", "report", "inspector", True)
    assert send(buying, "post", f"/claims/{case.claim.pk}/inspections", body).status_code == 422
    assert nothing_is_wrong()
