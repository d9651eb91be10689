"""The desk and a case as a reviewer meets them, and the same over the API."""

from __future__ import annotations

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from everfair.companies.models import AuditNote
from everfair.risk import actions
from everfair.risk.facts import Finding
from everfair.risk.models import Sweep
from everfair.risk.scoring import Proposal, Score
from everfair.risk.sentences import sentence, staff_sentence
from everfair.risk.values import SIGNALS
from everfair.trust.actions import declare_link
from tests import make
from tests.companies.signing_in import browser
from tests.risk.invented import AT, complaint, deal, fraud, listing, message, rating, supplier, world
from tests.risk.test_cases import DAY, fresh, proposed, standing
from tests.trust.reviewing import acting, reviewer

pytestmark = pytest.mark.django_db


def text_of(answer):
    main = re.search(r"<main.*</main>", answer.content.decode(), re.S)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main[0] if main else answer.content.decode())))


def opened(points=50.0, **columns):
    company = make.company(is_seller=True, **columns)
    return actions.take_proposal(proposed(company, points), at=DAY)


def test_the_desk_shows_what_ran_out_first_and_why_in_a_sentence():
    waits, held, lapsed = opened(), opened(80.0), opened(80.0)
    actions.lapse_hold(lapsed.pk)
    person = reviewer()
    Sweep.objects.create(looked=7, opened=3, took_ms=1, staff=[{
        "person": str(person.pk), "reasons": [["more_complained", {"bad": "9", "of": "20", "expected": "1.0", "chance": "1e-9"}]]}])  # fmt: skip

    shown = text_of(browser(person).get("/en/office/risk/"))

    numbers = [shown.index(f"R-{fresh(row).number}") for row in (lapsed, held, waits)]
    assert numbers == sorted(numbers)
    assert "Sent to 3 buyers before any order: payment past the platform." in shown
    assert "9 of the 20 suppliers they brought are complained of; like the others it would be 1.0." in shown


def test_the_desk_takes_as_many_queries_for_twenty_as_for_one():
    client = browser(reviewer())

    def counted():
        client.get("/en/office/risk/")
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/en/office/risk/").status_code == 200
        return len(caught)

    opened()
    one = counted()
    for _ in range(10):
        opened()

    assert counted() == one


def test_a_case_shows_findings_the_graph_and_the_same_as_a_table_and_walks_by_links():
    row = opened(phone="+8657912345678")
    other = make.company(is_seller=True, phone="+8657912345678", name="Ningbo Twin")
    client = browser(reviewer())

    page = client.get(f"/en/office/risk/{row.pk}/").content.decode()
    walked = client.get(f"/en/office/risk/{row.pk}/?around={other.number}")

    assert f'href="?around={other.number}" class="supplier"' in page
    assert "Ningbo Twin" in page
    assert "<svg" in page
    assert "The same as a table" in page
    assert "Back to" in text_of(walked)
    assert client.get(f"/en/office/risk/{row.pk}/?around=999999999").status_code == 404


def test_a_case_with_many_neighbours_takes_as_many_queries_as_one_with_few():
    row = opened(phone="+8657912345678")
    client = browser(reviewer())

    def counted():
        client.get(f"/en/office/risk/{row.pk}/")
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"/en/office/risk/{row.pk}/").status_code == 200
        return len(caught)

    make.company(is_seller=True, phone="+8657912345678")
    few = counted()
    for _ in range(15):
        make.company(is_seller=True, phone="+8657912345678")

    assert counted() == few


def test_a_reviewer_clears_on_the_page_and_a_wrong_word_stands_beside_the_field():
    row = opened(80.0)
    client = browser(reviewer())
    address = f"/en/office/risk/{row.pk}/clear/"

    empty = client.post(address, {"reason": "", "_key": "k1"})
    done = client.post(address, {"reason": "A clearance sale.", "_key": "k2"})

    assert empty.status_code == 422
    assert done.status_code == 302
    assert fresh(row).state == "cleared"
    assert standing(row.company) == []


def test_who_is_linked_is_told_and_nothing_moves():
    row, person = opened(80.0), reviewer()
    declare_link(person.pk, row.company_id, "onboarded", "Brought it.", by=make.operator())

    answer = browser(person).post(f"/en/office/risk/{row.pk}/clear/", {"reason": "Fine.", "_key": "k"})

    assert answer.status_code == 403
    assert fresh(row).state == "held"


def test_another_company_finds_no_desk():
    row = opened()
    firm = make.company()
    client = browser(make.member(firm, "owner"))

    assert client.get("/en/office/risk/").status_code in (403, 404)
    assert client.get(f"/en/office/risk/{row.pk}/").status_code in (403, 404)


def test_every_signal_has_its_sentence_in_three_languages():
    """What a world full of oddities says, so that no figure lacks in any sentence."""
    bank = frozenset({("bank", "b"), ("device", "d")})
    odd = fraud(
        "odd", salesperson="x", traits=bank, complaints=tuple(complaint(f"c{i}") for i in range(5)),
        ratings=tuple(rating(f"r{i}") for i in range(8)),
        deals=(*fraud().deals, *(deal("twin", 40, lost=True) for _ in range(9)), *(deal(f"g{i}", 100, shipped=3) for i in range(6))),
        listings=(listing(30.0, moq=1, photo=5), listing(30.0, moq=1)), messages=tuple(message("whatsapp me", f"x{i}") for i in range(3)),
    )  # fmt: skip
    twin = supplier("twin", traits=bank, ratings=odd.ratings, listings=(listing(photo=5),))
    more = [fraud(f"f{i}", salesperson="x", complaints=odd.complaints, traits=bank if i < 3 else frozenset()) for i in range(8)]
    honest = [supplier(f"h{i}", salesperson=f"s{i % 30}", ratings=(rating(f"q{i}"),), listings=(listing(),)) for i in range(600)]
    w = world(odd, twin, *more, *honest, known_bad=("f0",))
    spoken = {finding.signal: finding for id in ("odd", "f5", "twin", "m1") for finding in w.score(id, AT).findings}
    for language in ("en", "zh-hant", "zh-hans"):
        with translation.override(language):
            said = {signal: sentence(finding) for signal, finding in spoken.items()}
            assert all("%(" not in text and text for text in said.values())
            assert staff_sentence("same_reviewer", {"times": "5", "expected": "0.3", "reviewer": "r"})

    assert set(SIGNALS) - set(spoken) <= {"sudden_volume"}
    assert sentence(Finding("of tomorrow", 1.0)) == "of tomorrow"


def test_the_api_says_the_same():
    row = opened(80.0)
    client = browser(reviewer())

    listed = client.get("/api/v1/office/risk/cases").json()
    shown = client.get(f"/api/v1/office/risk/cases/{row.pk}").json()

    assert [one["id"] for one in listed] == [str(row.pk)]
    assert (shown["state"], shown["findings"][0]["signal"], shown["findings"][0]["figures"]) == (
        "held",
        "bait",
        {"buyers": "3", "baits": "pay"},
    )
    assert shown["findings"][0]["sentence"].startswith("Sent to 3 buyers")
    assert set(shown["moves"]) == {"confirm", "clear"}
    assert shown["decide_by"] is not None


def test_a_proposal_to_watch_is_shown_and_holds_nothing():
    company = make.company(is_seller=True)
    row = actions.take_proposal(Proposal(str(company.pk), "watch", Score(str(company.pk), 90.0, ())), at=DAY)

    answer = browser(reviewer()).get(f"/en/office/risk/{row.pk}/")

    assert answer.status_code == 200
    assert standing(company) == []


def test_every_look_at_a_case_leaves_a_note():
    row, person = opened(), reviewer()

    browser(person).get(f"/en/office/risk/{row.pk}/")

    note = AuditNote.objects.get(subject=row.pk)
    assert (note.act, note.actor) == ("looked at a risk case", acting(person).label)
