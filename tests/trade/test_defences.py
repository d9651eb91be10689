"""A seller against a chargeback: what it hands in, until when, who sees it, and the provider's word in the same moment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from everfair.base import clock
from everfair.base.deadlines import fire_due
from everfair.base.events import run_all_reactions
from everfair.base.models import Deadline
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.files.actions import keep_attachment
from everfair.files.models import File
from everfair.messaging.models import Notice
from everfair.payments.actions import take_event
from everfair.payments.models import Chargeback, Intent
from everfair.trade.actions import defend_chargeback
from everfair.trade.models import Defence
from tests import make
from tests.base.together import together
from tests.companies.signing_in import browser
from tests.disputes.test_pages import put, text_of
from tests.files.uploads import pdf, picture, upload
from tests.office.desk import operator, signed_in
from tests.office.desk import send as desk_send
from tests.trade.programs import program, send

pytestmark = pytest.mark.django_db


def charged_back(state: str = "shipped", **said: Any) -> tuple[make.Trade, Chargeback]:
    trade = make.trade(state)
    intent = Intent.objects.get(purpose=trade.stage(1).pk)
    assert take_event("sandbox", *make.disputed(intent, **said)) == "applied"
    return trade, Chargeback.objects.get(intent=intent)


def at(found: Chargeback) -> str:
    return f"/en/chargebacks/{found.pk}/"


def test_the_seller_hands_in_words_papers_and_files_and_the_operator_has_them():
    trade, found = charged_back()
    selling = browser(make.member(trade.order.seller))
    slip = upload(pdf(), "slip.pdf", "application/pdf")

    page = text_of(selling.get(at(found)))
    assert "Goods not received" in page
    assert "The carrier's proof of delivery" in page
    assert "Contract signed by both sides" in page
    assert "Passed inspection" not in page
    answer = put(selling, at(found), statement="It was signed for.", relies_on=["contract", "shipping"], attachments=slip)

    assert (answer.status_code, answer["Location"]) == (302, at(found))
    [made] = Defence.objects.all()
    kept = File.objects.get(name="slip.pdf")
    assert (made.n, list(made.papers), made.files) == (
        1, ["contract", "shipping"], [{"id": str(kept.pk), "sha256": kept.blob_id, "name": "slip.pdf", "size": kept.blob.size}],
    )  # fmt: skip
    assert trade.order.terms_hash in made.papers["contract"]
    assert "EGLV1234567" in made.papers["shipping"]
    desk = signed_in(operator())
    seen = desk.get(f"/en/office/chargebacks/{found.pk}/").content.decode()
    assert "The seller states:\nIt was signed for." in seen
    assert f"- slip.pdf (SHA-256 {kept.blob_id})" in seen
    assert b"".join(desk.get(reverse("files:file", args=[kept.pk])).streaming_content) == pdf()
    assert "the seller has handed in its evidence" in text_of(desk.get("/en/office/chargebacks/"))
    assert "slip.pdf" in text_of(selling.get(at(found)))


def test_more_is_added_until_the_answer_and_nothing_after_it():
    trade, found = charged_back()
    selling = browser(make.member(trade.order.seller))
    put(selling, at(found), statement="It was signed for.")

    assert put(selling, at(found), relies_on=["contract"]).status_code == 302
    assert put(selling, at(found), statement=" ").status_code == 422
    desk_send(signed_in(operator()), f"/en/office/chargebacks/{found.pk}/answer/", answer="contest", evidence="signed for")
    late = put(selling, at(found), statement="And another thing")

    assert late.status_code in (409, 422)
    assert "answered or decided already" in text_of(late)
    assert list(Defence.objects.values_list("n", flat=True)) == [1, 2]
    assert "nothing can be added any more" in text_of(selling.get(at(found)))


def test_after_the_day_it_is_too_late_and_no_file_is_kept():
    trade, found = charged_back()
    clock.advance(timedelta(days=19))
    selling = browser(make.member(trade.order.seller))

    late = put(selling, at(found), statement="here", attachments=upload(picture(), "slip.jpg", "image/jpeg"))

    assert "The time to answer it is over." in text_of(late)
    assert (Defence.objects.count(), File.objects.filter(name="slip.jpg").count()) == (0, 0)
    assert "The time to answer it is over." in text_of(selling.get(at(found)))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"statement": ""}, "This field is required."),
        ({"statement": "a‮b"}, "hidden or control characters"),
        ({"statement": "x" * 5001}, "at most 5000"),
        ({"statement": "x", "relies_on": ["inspection"]}, "Select a valid choice"),
        ({"statement": "x", "attachments": lambda: upload(b"MZ\x90\x00" * 99, "slip.exe")}, "This kind of file is not taken"),
        ({"statement": "x", "attachments": lambda: upload(pdf(), "slip.jpg", "image/jpeg")}, "not what its name or type says"),
        ({"statement": "x", "attachments": lambda: upload(b"", "empty.pdf")}, "empty"),
        ({"statement": "x", "attachments": lambda: [upload(pdf(), f"{n}.pdf") for n in range(11)]}, "At most 10 files"),
    ],
)  # fmt: skip
def test_a_wrong_input_is_told_beside_its_field_and_changes_nothing(typed: dict[str, Any], told: str):
    trade, found = charged_back()
    selling = browser(make.member(trade.order.seller))
    files = File.objects.count()

    answer = put(selling, at(found), **{name: value() if callable(value) else value for name, value in typed.items()})

    assert answer.status_code == 422
    assert told in text_of(answer)
    assert (Defence.objects.count(), File.objects.count()) == (0, files)


def test_only_the_sellers_owner_seller_and_finance_may():
    trade, found = charged_back()
    seller = trade.order.seller

    for role in ("owner", "seller", "finance"):
        assert browser(make.member(seller, role)).get(at(found)).status_code == 200
    assert browser(make.member(seller, "buyer")).get(at(found)).status_code == 403
    assert browser(make.member(trade.order.buyer)).get(at(found)).status_code == 404
    assert browser(make.member(make.company())).get(at(found)).status_code == 404
    with pytest.raises(NotVisible):
        defend_chargeback(found.pk, "mine", by=trade.buyer)
    order = f"/en/orders/{trade.order.pk}/"
    assert at(found) in browser(make.member(seller, "finance")).get(order).content.decode()
    assert at(found) not in browser(make.member(trade.order.buyer)).get(order).content.decode()


def test_programs_hand_in_the_same_and_a_repetition_adds_nothing():
    trade, found = charged_back()
    erp = program(trade.order.seller)
    place = f"/chargebacks/{found.pk}/defence"

    seen = erp.get(f"/api/v1{place}").json()
    assert (seen["open"], [paper["code"] for paper in seen["papers"]][:2], seen["sent"]) == (True, ["contract", "shipping"], [])
    body = {"statement": "It was signed for.", "relies_on": ["shipping"]}
    first = send(erp, "post", place, body, key="defence-1")
    again = send(erp, "post", place, body, key="defence-1")
    other = send(erp, "post", place, body | {"statement": "other"}, key="defence-1")

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.json() == again.json()
    assert send(erp, "post", place, body).status_code in (200, 409)
    assert Defence.objects.count() == 1
    assert send(erp, "post", place, {"relies_on": ["inspection"]}).json()["errors"][0]["field"] == "relies_on"
    assert send(erp, "post", place, {"files": [str(trade.order.pk)]}).json()["errors"][0]["field"] == "files"
    for stranger in (program(make.company()), program(trade.order.buyer)):
        assert stranger.get(f"/api/v1{place}").status_code == 404
        assert send(stranger, "post", place, body).status_code == 404
    desk = send(erp, "post", place, {"statement": "More of it"}).json()
    assert [row["n"] for row in desk["sent"]] == [1, 2]


def test_a_file_of_another_company_is_not_there():
    trade, found = charged_back()
    theirs = make.company()
    shown = upload(picture(), "theirs.jpg", "image/jpeg")
    file = keep_attachment(shown, theirs.pk, by=make.actor(theirs, "owner", who=make.member(theirs)))

    with pytest.raises(Refused) as no:
        defend_chargeback(found.pk, "mine", [], [file.pk], by=trade.seller)
    assert (no.value.code, no.value.field, Defence.objects.count()) == ("trade.files", "files", 0)


def test_the_seller_is_told_reminded_and_left_alone_once_it_has_spoken(committed: None):
    trade, found = charged_back()
    run_all_reactions()

    def told() -> list[str]:
        kinds = Notice.objects.filter(company_id=trade.order.seller_id, link__contains=f"chargebacks/{found.pk}/")
        return list(kinds.order_by("id").values_list("kind", flat=True))

    assert set(told()) == {"order.charge_evidence"}
    before = len(told())
    clock.advance(timedelta(days=7))
    while fire_due():
        pass
    assert len(told()) == 2 * before
    defend_chargeback(found.pk, "It was signed for.", by=trade.seller)
    clock.advance(timedelta(days=12))
    while fire_due():
        pass
    run_all_reactions()
    assert len(told()) == 2 * before
    assert not Deadline.objects.filter(kind="trade.defend", state="waiting").exists()


def test_silence_is_told_when_the_day_has_passed(committed: None):
    trade, found = charged_back()
    run_all_reactions()

    clock.advance(timedelta(days=19))
    while fire_due():
        pass

    assert Notice.objects.filter(kind="order.charge_undefended", company_id=trade.order.seller_id).exists()
    assert found.evidence_due_at is not None


@pytest.mark.parametrize("kind", ["won", "lost"])
def test_the_providers_word_and_the_sellers_in_the_same_moment_end_in_one_order(committed: None, kind: str):
    """Either what is handed in came first, or it is refused; never handed in after the decision, and never both waiting."""
    for n in range(4):
        trade, found = charged_back("deposit" if n % 2 else "shipped", ref=f"dsp_{kind}_{n}")
        intent = found.intent
        words = make.disputed(intent, kind, ref=found.ref, version=2)

        mine, theirs = together([
            lambda f=found, t=trade: defend_chargeback(f.pk, "It was signed for.", by=t.seller),
            lambda w=words: take_event("sandbox", *w),
        ])  # fmt: skip

        assert theirs == "applied"
        found.refresh_from_db()
        assert found.state == kind
        there = Defence.objects.filter(chargeback=found).count()
        assert (there == 1) == isinstance(mine, Defence)
        assert isinstance(mine, Defence) or (isinstance(mine, Refused) and mine.code == "payments.chargeback_over")


def test_two_hands_at_once_are_one_after_the_other(committed: None):
    trade, found = charged_back()

    done = together([lambda n=n: defend_chargeback(found.pk, f"word {n}", by=trade.seller) for n in range(4)])

    assert sorted(row.n for row in done) == [1, 2, 3, 4]
    same = together([lambda: defend_chargeback(found.pk, "the same", by=trade.seller) for _n in range(3)])
    assert sorted(type(one).__name__ for one in same) == ["AlreadyDone", "AlreadyDone", "Defence"]
    assert any(isinstance(one, AlreadyDone) for one in same)


class TestGuards:
    """Past the verb."""

    def insert(self, found: Chargeback, **changes: Any) -> None:
        values = {"chargeback_id": found.pk, "company_id": found.payee_id, "n": 1, "by": "x", "statement": "x"} | changes
        with transaction.atomic():
            Defence.objects.create(**values)

    def test_it_stays_as_it_is(self):
        trade, found = charged_back()
        made = defend_chargeback(found.pk, "It was signed for.", by=trade.seller)
        for change in (lambda: Defence.objects.filter(pk=made.pk).update(statement="x"), lambda: Defence.objects.all().delete()):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()

    def test_it_is_its_payees_while_it_can_be_answered(self):
        trade, found = charged_back()
        with pytest.raises(DatabaseError, match="defended by its payee"):
            self.insert(found, company_id=trade.order.buyer_id)
        with pytest.raises(DatabaseError, match="trade_defence_says"):
            self.insert(found, statement="")
        clock.advance(timedelta(days=19))
        with pytest.raises(DatabaseError, match="defended by its payee"):
            self.insert(found)

    def test_nothing_is_laid_down_after_the_decision(self):
        _trade, found = charged_back()
        take_event("sandbox", *make.disputed(found.intent, "lost", version=2))
        with pytest.raises(DatabaseError, match="defended by its payee"):
            self.insert(found)


def test_the_page_asks_the_same_however_much_was_handed_in():
    trade, found = charged_back()
    selling = browser(make.member(trade.order.seller))

    def cost() -> int:
        counts = []
        for _n in range(3):
            with CaptureQueriesContext(connection) as asked:
                selling.get(at(found))
            counts.append(len(asked))
        return min(counts)

    put(selling, at(found), statement="one", attachments=upload(pdf(), "one.pdf", "application/pdf"))
    one = cost()
    for n in range(3):
        put(selling, at(found), statement=f"more {n}", attachments=upload(pdf(), f"{n}.pdf", "application/pdf"))

    assert cost() == one
