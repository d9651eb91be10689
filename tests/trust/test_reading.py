"""What a machine reads in a licence: which line is what, what differs from what was declared, and that nothing is decided by it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from everfair.base.refused import NotVisible
from everfair.companies.models import Person
from everfair.trust.actions.reading import TooMuch, Unreadable, read_papers
from everfair.trust.comparing import compare
from everfair.trust.models import Check, Reading
from everfair.trust.queries import checks_of, screening_state
from everfair.trust.reading.fields import Found, Line, days_in, fields_of
from tests import make
from tests.companies.signing_in import browser
from tests.trust.listing import made_hit
from tests.trust.reviewing import filled, maker_of, reviewer, submitted
from tests.trust.test_pages import case, holder, queries_of, text_of

SIMPLIFIED = ("营业执照", "统一社会信用代码91330200MA2AGXY12T", "名称宁波海曙灯具有限公司", "类型有限责任公司", "法定代表人王建国",
              "住所浙江省宁波市海曙区中山西路188号", "营业期限2015年03月18日至2035年03月17日")  # fmt: skip


def rows(*texts: str, confidence: float = 0.99) -> list[Line]:
    return [Line(1, 80, 60 + 80 * n, 26 * len(text), 32, text, confidence) for n, text in enumerate(texts)]


def text_in(found: dict[str, Found]) -> dict[str, str]:
    return {field: each.text for field, each in found.items()}


def test_a_licence_of_the_mainland_says_who_where_and_until_when():
    assert text_in(fields_of(rows(*SIMPLIFIED))) == {
        "number": "91330200MA2AGXY12T", "name": "宁波海曙灯具有限公司", "legal_person": "王建国", "address": "浙江省宁波市海曙区中山西路188号",
        "valid_from": "2015-03-18", "valid_until": "2035-03-17",
    }  # fmt: skip


def test_a_certificate_in_english_is_read_by_its_words():
    found = fields_of(rows("Certificate of Incorporation", "Company No: HRB 12345 B", "Registered name: Löwen Lampen GmbH", "Legal representative: Eva Löwe",
                           "Registered office: Hafenstr. 9, 20457 Hamburg", "Valid until: 2031-05-31"))  # fmt: skip
    assert text_in(found) == {
        "number": "HRB 12345 B", "name": "Löwen Lampen GmbH", "legal_person": "Eva Löwe",
        "address": "Hafenstr. 9, 20457 Hamburg", "valid_until": "2031-05-31",
    }  # fmt: skip


def test_label_and_value_apart_two_columns_and_an_address_over_two_lines():
    pieces = [
        Line(1, 80, 100, 60, 30, "名 称", 0.98), Line(1, 220, 101, 300, 30, "高雄燈具股份有限公司", 0.91), Line(1, 640, 100, 120, 30, "註冊資本", 0.99),
        Line(1, 800, 100, 100, 30, "伍佰萬元", 0.99), Line(1, 80, 160, 60, 30, "地 址", 0.97), Line(1, 220, 161, 330, 30, "高雄市前鎮區成功二路", 0.96),
        Line(1, 222, 204, 120, 30, "39號12樓", 0.95), Line(1, 80, 260, 90, 30, "負責人", 0.99), Line(1, 220, 260, 90, 30, "林美玲", 0.99),
    ]  # fmt: skip
    found = fields_of(pieces)
    assert text_in(found) == {"name": "高雄燈具股份有限公司", "address": "高雄市前鎮區成功二路39號12樓", "legal_person": "林美玲"}
    assert found["name"].confidence == 0.91
    assert found["address"].confidence == 0.95


def test_a_credit_code_is_known_without_its_label_and_no_day_is_made_up():
    assert fields_of(rows("编号 (1-1)", "９１３３０２００MA2AGXY12T"))["number"].text == "91330200MA2AGXY12T"
    assert days_in("2031年02月30日") == []
    assert days_in("自２０２０.1.5 至 2030/1/4") == [date(2020, 1, 5), date(2030, 1, 4)]
    assert fields_of(rows("营业期限长期"))["valid_until"].text == "长期"
    assert fields_of(rows("Names of the directors", "Nobody at all")) == {}


def verdicts(declared: dict[str, str], read: dict[str, str]) -> dict[str, str]:
    return {each.field: each.verdict for each in compare(list(declared), declared, read)}


def test_width_case_signs_and_traditional_characters_do_not_count_but_one_digit_does():
    declared = {
        "name": "寧波海曙燈具有限公司",
        "number": "91330200MA2AGXY12T",
        "address": "No. 9, Harbour Rd.",
        "legal_person": "王建国",
    }
    same = {
        "name": "宁波海曙灯具有限公司",
        "number": "９１３３０２００ma2agxy12t",
        "address": "NO 9 harbour rd",
        "legal_person": "王建國",
    }
    assert set(verdicts(declared, same).values()) == {"same"}
    assert verdicts(declared, same | {"number": "91330200MA2AGXY13T"})["number"] == "differs"
    [differs] = compare(["number"], declared, {"number": "91330200MA2AGXY13T"})
    assert differs.parts == (("91330200MA2AGXY1", False), ("3", True), ("T", False))


def test_names_are_scored_and_another_legal_form_is_another_firm():
    declared = {"name": "Ningbo Haishu Lighting Co., Ltd."}
    assert verdicts(declared, {"name": "Haishu Lighting Ningbo Company Limited"})["name"] == "alike"
    [other] = compare(["name"], declared, {"name": "Ningbo Haishu Lightning Inc."})
    assert other.verdict == "differs"
    assert other.score is not None
    assert 80 < other.score < 100


def lines(*texts: str) -> list[dict[str, Any]]:
    names = ("page", "left", "top", "width", "height", "text", "confidence")
    return [{name: getattr(line, name) for name in names} for line in rows(*texts)]


@pytest.fixture
def two(db) -> list[Person]:
    return [reviewer(name="Mei"), reviewer(name="Otto")]


def licence_of(row: Any) -> Check:
    return next(check for check in checks_of(row.pk) if check.kind == "licence")


def test_each_paper_of_an_open_licence_is_read_once_and_drafts_are_left_alone(two):
    asked: list[str] = []

    def reader(path: str, media_type: str) -> list[dict[str, Any]]:
        asked.append(media_type)
        return lines(*SIMPLIFIED)

    filled(make.actor(make.company(), "owner"))
    assert read_papers(reader=reader) == 0
    row, _by = submitted()
    assert read_papers(reader=reader) == 1
    assert read_papers(reader=reader) == 0
    assert asked == ["application/pdf"]
    reading = Reading.objects.get()
    assert reading.check_row_id == licence_of(row).pk
    assert reading.fields["legal_person"] == {"text": "王建国", "confidence": 0.99}


@pytest.mark.parametrize(("failure", "problem"), [(TooMuch, "limits"), (Unreadable, "broken")])
def test_a_paper_that_cannot_be_read_says_why_and_is_not_tried_again(two, failure, problem):
    def reader(path: str, media_type: str) -> list[dict[str, Any]]:
        raise failure

    row, _by = submitted()
    assert read_papers(reader=reader) == 1
    assert read_papers(reader=reader) == 0
    assert (Reading.objects.get().problem, Reading.objects.get().fields) == (problem, {})
    assert {"limits": "too much time", "broken": "could not be opened"}[problem] in text_of(holder(row, "maker").get(case(row)))


def test_the_reviewer_sees_each_field_beside_what_was_declared_and_the_company_never(two):
    row, _by = submitted()
    who = holder(row, "maker")
    without = queries_of(who, case(row))
    assert "machine" in text_of(who.get(case(row)))
    read_papers(reader=lambda path, media_type: lines("名称宁波海曙灯具有限公司", "营业期限2015年03月18日至2035年03月17日"))

    shown = text_of(who.get(case(row)))
    for words in (
        "A machine's reading, not a verdict",
        "宁波海曙灯具有限公司",
        "99 %",
        "Differs",
        "Valid from 2015-03-18",
        "likeness of the names",
    ):
        assert words in shown
    assert queries_of(who, case(row)) == without
    told = who.get(f"/api/v1/office/verifications/{row.pk}").json()
    [paper] = told["readings"]
    [name] = [field for field in paper["fields"] if field["field"] == "name"]
    assert (name["declared"], name["read"]) == (licence_of(row).declared["name"], "宁波海曙灯具有限公司")
    assert (name["verdict"], name["confidence"]) == ("differs", 99)
    applicant = browser(make.member(row.company, "owner"))
    assert "宁波" not in text_of(applicant.get(f"/en/verification/{row.pk}/"))
    assert "readings" not in applicant.get(f"/api/v1/verifications/{row.pk}").json()
    assert Check.objects.get(pk=licence_of(row).pk).result == "open"


def test_what_was_read_stays_as_it_was_read(two):
    submitted()
    read_papers(reader=lambda path, media_type: lines(*SIMPLIFIED))
    for change in ("UPDATE trust_reading SET fields = '{}'", "DELETE FROM trust_reading"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reading.objects.create(check_row_id=Reading.objects.get().check_row_id, file_id=Reading.objects.get().file_id)


def test_the_screening_stands_beside_the_case_and_is_told_to_reviewers_alone(two):
    row, by = submitted()
    who = holder(row, "maker")
    assert "Never compared: no list is in force" in text_of(who.get(case(row)))
    made_hit(row.company, "RED SHIPPING DRAGON")
    shown = text_of(who.get(case(row)))
    assert "A hit waits for a word" in shown
    assert "Hits that wait 1" in shown
    assert who.get(f"/api/v1/office/verifications/{row.pk}").json()["screening"]["state"] == "open"
    with pytest.raises(NotVisible):
        screening_state(row.company_id, by)
    assert "hit" not in text_of(browser(make.member(row.company, "owner")).get(f"/en/verification/{row.pk}/")).lower()
    assert screening_state(row.company_id, maker_of(row)).waits == 1
