"""The desk notes what the bank exchanged for us, and another person books it: on pages and over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from everfair.base.money import Money
from everfair.payments.actions import import_statement, take_quote
from everfair.payments.models import BankLine, FxCover, Rate
from tests import make
from tests.office.desk import member, notes, operator, send, signed_in, text
from tests.office.test_api import ask
from tests.payments.rates import file_of, keeper, position, publication_day, published, quoted, today
from tests.payments.statements import Bank

pytestmark = pytest.mark.django_db
PAGE = "/en/office/exposure/covers/"
SLIP = {"sold": "99.50", "sold_currency": "USD", "bought": "78.00", "bought_currency": "EUR", "bank_ref": "FX-1"}


@pytest.fixture
def _long(db) -> None:
    published()
    by = keeper(Money.of("1000.00", "USD"))
    take_quote(quoted(by).pk, by=by)


def noted(desk: Client, **changes: str) -> Any:
    return send(desk, f"{PAGE}note/", **SLIP | {"traded_on": today().isoformat()} | changes)


@pytest.mark.usefixtures("_long")
def test_one_person_notes_it_and_another_books_it():
    first, second = signed_in(operator()), signed_in(operator())
    assert "Nothing was covered yet" in text(first.get(PAGE))
    assert noted(first).status_code == 302
    cover = FxCover.objects.get()

    assert "Another person has to approve this." in text(first.get(PAGE))
    assert send(first, f"{PAGE}{cover.pk}/book/").status_code == 403
    assert (position("USD"), FxCover.objects.get().state) == (9_950, "proposed")
    assert "Book it" in text(second.get(PAGE))
    assert send(second, f"{PAGE}{cover.pk}/book/").status_code == 302

    assert position("USD") == 0
    shown = text(second.get(PAGE))
    assert "Booked" in shown
    assert "1.60" in shown
    assert [note.act for note in notes() if note.act.startswith("cover")] == ["cover noted", "cover booked"]
    assert notes("cover booked")[0].after["result"] == "-1.60 EUR"


@pytest.mark.usefixtures("_long")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"sold": "1,2"}, "This is no amount"),
        ({"sold": "0"}, "above zero"),
        ({"bought": "99.50"}, "far from the published rate"),
        ({"bought_currency": "USD"}, "same currency"),
        ({"bought": "12500", "bought_currency": "JPY"}, "One side must be EUR"),
        ({"traded_on": "2031-01-01"}, "has not come yet"),
        ({"bank_ref": ""}, "required"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_noted(typed, said):
    answer = noted(signed_in(operator()), **typed)
    assert answer.status_code == 422
    assert said in text(answer) or "error" in answer.content.decode()
    assert not FxCover.objects.exists()


@pytest.mark.usefixtures("_long")
def test_the_page_asks_as_often_for_many_as_for_none():
    desk = signed_in(operator())
    desk.get(PAGE)
    counts = []
    for n in range(3):
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(PAGE).status_code == 200
        counts.append(len(seen.captured_queries))
        for each in range(n + 1):
            noted(desk, bank_ref=f"{n}-{each}")
    # The one more asks who the people are, once there is one to name.
    assert counts[1] - counts[0] <= 1
    assert counts[2] == counts[1]


@pytest.mark.usefixtures("_long")
def test_a_line_of_the_bank_is_told_which_exchange_it_is():
    first, second = signed_in(operator()), signed_in(operator())
    noted(first)
    send(second, f"{PAGE}{FxCover.objects.get().pk}/book/")
    import_statement("bank.sta", Bank("usd", 50_000).debit(9_950, "FX-1").mt940(), by=make.staff())
    line = BankLine.objects.get()
    address = f"/en/office/bank/lines/{line.pk}/"

    assert "It is an exchange at our bank" in text(second.get(address))
    wrong = send(second, f"{address}cover/", cover=str(make.company().pk), reason="By the slip.")
    assert wrong.status_code == 422
    assert send(second, f"{address}cover/", cover=str(FxCover.objects.get().pk), reason="By the slip.").status_code == 302
    line.refresh_from_db()
    assert line.state == "settled"


@pytest.mark.usefixtures("_long")
def test_programs_of_the_desk_do_the_same_and_a_repetition_answers_the_same():
    first, second = signed_in(operator()), signed_in(operator())
    body = {
        "sold": {"amount": "99.50", "currency": "USD"}, "bought": {"amount": "78.00", "currency": "EUR"},
        "traded_on": today().isoformat(), "bank_ref": "FX-1",
    }  # fmt: skip
    made = [ask(first, "/api/v1/office/fx/covers", body, "k-9") for _n in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].json() == made[1].json()
    assert FxCover.objects.count() == 1
    address = f"/api/v1/office/fx/covers/{made[0].json()['id']}/book"
    assert ask(first, address, None, "k-10").status_code == 403
    booked = ask(second, address, None, "k-11").json()
    assert (booked["state"], booked["result"]) == ("booked", {"amount": "-1.60", "currency": "EUR"})
    assert [row["state"] for row in first.get("/api/v1/office/fx/covers").json()["covers"]] == ["booked"]
    wrong = ask(first, "/api/v1/office/fx/covers", body | {"traded_on": (today() + timedelta(days=1)).isoformat()}, "k-12")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "traded_on")


def test_rates_are_brought_by_a_program_of_the_desk_and_a_bad_file_changes_nothing():
    desk = signed_in(operator())
    body = file_of({publication_day(): {"USD": "1.25", "JPY": "160"}})

    def bring(content: bytes, key: str, **more: str) -> Any:
        file = SimpleUploadedFile("daily.xml", content, "text/xml")
        return desk.post("/api/v1/office/fx/rates", {"file": file, **more}, headers={"Idempotency-Key": key})

    done = bring(body, "r-1")
    assert (done.status_code, done.json()["new"], done.json()["source"]) == (201, 2, "sandbox")
    assert bring(body, "r-2").json()["known"] == 2
    bad = bring(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "r-3")
    assert bad.status_code == 422
    assert "document type" in bad.content.decode()
    assert bring(file_of({publication_day(): {"USD": "1.26"}}), "r-4").status_code == 422
    assert Rate.objects.count() == 2


def test_nobody_else_comes_in():
    published()
    for who in (signed_in(make.person(is_staff_member=True, staff_roles=["reviewer"])), signed_in(member())):
        assert who.get(PAGE).status_code in (403, 404)
        assert noted(who).status_code in (403, 404)
    assert not FxCover.objects.exists()
