"""Claims through the pages and programs: a counterfeit sent back, a ruling that parts the money, an appeal."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from everfair.companies.models import Person
from everfair.disputes.models import Claim
from everfair.disputes.queries import exhibits_of, precedents
from tests import make
from tests.companies.signing_in import browser
from tests.disputes.claiming import STATES, escalated, judge, nothing_is_wrong, ruled
from tests.files.uploads import picture, upload
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
