"""What was known of the past on a day: the benches' figures, the late risk of an order, and that neither looks ahead."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from bench import declarations, late_deliveries

from everfair.risk.lateness import NEEDED, late_risks
from everfair.risk.past import Question, answers
from tests.data import shared_data

START = date(2025, 1, 1)


def delivery(at: int, supplier: str, late: bool, *, on: int | None = None) -> Question:
    day = START + timedelta(days=at if on is None else on)
    keys = {"supplier": supplier, "route": (supplier, "KE"), "destination": "KE"}
    return Question(f"order-{at}", day, keys, late, day + timedelta(days=20))


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens_later_changes_nothing_that_was_known(seed: int) -> None:
    draw = random.Random(seed)
    day = START + timedelta(days=draw.randrange(10, 60))
    questions = []
    for at in range(30):
        on = START + timedelta(days=draw.randrange(60))
        ended = on + timedelta(days=draw.randrange(30))
        questions.append(Question(str(at), on, {"key": draw.randrange(4)}, draw.random() < 0.5, ended))
    altered = [
        replace(one, bad=not one.bad, keys=one.keys if one.on <= day else {"key": 0}) if one.known_on >= day else one
        for one in questions
    ]

    before, after = answers(questions), answers(altered)

    known = [one.id for one in questions if one.on <= day]
    assert [after[id] for id in known] == [before[id] for id in known]
    assert altered != questions


def test_an_end_counts_from_the_day_after_it_was_known() -> None:
    ended = Question("a", START, {"key": 1}, True, START + timedelta(days=5))
    asked = [Question(str(days), START + timedelta(days=days), {"key": 1}) for days in (5, 6)]

    known = answers([ended, *asked])

    assert [known[one.id].keys["key"].count for one in asked] == [0, 1]


def test_a_supplier_who_was_late_is_likelier_late_again_and_the_figures_say_why() -> None:
    past = [delivery(at, "slow" if at % 2 else "swift", late=at % 4 == 1) for at in range(80)]
    asked = [delivery(900, "slow", False, on=120), delivery(901, "swift", False, on=120), delivery(902, "new", False, on=120)]

    risks = late_risks(asked, past)

    slow, swift, new = (risks[order.id] for order in asked)
    assert slow.chance > 1.2 * new.chance > 1.2 * swift.chance
    assert new.chance == pytest.approx(new.usual, rel=0.02)
    assert new.reasons == ()
    assert (slow.reasons[0].alike, slow.reasons[0].late, slow.reasons[0].ended) == ("supplier", 20, 40)
    assert slow.reasons[0].sentence().startswith("20 of 40 deliveries of this supplier were late: lately ")
    assert swift.reasons[0].times < 1 < slow.reasons[0].times


def test_of_a_few_deliveries_nothing_is_said() -> None:
    past = [delivery(at, "slow", late=True) for at in range(NEEDED)]
    asked = delivery(900, "slow", False, on=300)

    assert late_risks([asked], past[1:]) == {}
    assert set(late_risks([asked], past)) == {asked.id}


def test_an_order_tells_nothing_of_itself() -> None:
    past = [delivery(at, "slow", late=at % 3 == 0) for at in range(90)]

    one = past[80]

    assert late_risks([one], past) == late_risks([replace(one, bad=not one.bad)], past)


def test_no_figure_of_a_delivery_knows_what_came_after_its_order() -> None:
    lines = late_deliveries.lines_of(shared_data("supplier-deliveries-scms"))[:2500]
    day = lines[1500].ordered
    draw = random.Random(4)

    def altered(line: late_deliveries.Line) -> late_deliveries.Line:
        if line.recorded < day:
            return line
        later = max(day, line.recorded) + timedelta(days=draw.randrange(200))
        row = {
            **line.row,
            "Weight (Kilograms)": "1",
            "Freight Cost (USD)": "1",
            "ASN/DN #": "x",
            "Line Item Insurance (USD)": "1",
        }
        row = row if line.ordered <= day else {**row, "Vendor": "another", "Line Item Quantity": "7"}
        return replace(line, row=row, delivered=later, recorded=later)

    before = late_deliveries.cases_of(lines)
    after = late_deliveries.cases_of([altered(line) for line in lines])

    known = [at for at, line in enumerate(lines) if line.ordered <= day]
    assert len(known) > 1400
    assert [after[at] for at in known] == [before[at] for at in known]
    assert after != before


def test_dates_are_read_as_they_were_meant() -> None:
    assert late_deliveries.day("2012-01-06") == date(2006, 12, 1)
    assert late_deliveries.day("11/21/11") == date(2011, 11, 21)
    assert late_deliveries.day("16-Mar-12") == date(2012, 3, 16)
    assert late_deliveries.day("Pre-PQ Process") is None


def test_no_figure_of_a_declaration_knows_what_was_found_that_day_or_later() -> None:
    rows = declarations.rows_of(shared_data("customs-declarations") / "train.csv.gz")[:3000]
    day = rows[1500]["Date"]
    turned = [{**row, "Fraud": "01"[row["Fraud"] == "0"], "Critical Fraud": "9"} if row["Date"] >= day else row for row in rows]

    before, after = (declarations.cases_of(each, date(2020, 12, 31)) for each in (rows, turned))

    known = [at for at, row in enumerate(rows) if row["Date"] <= day]
    assert [after[at] for at in known] == [before[at] for at in known]
    assert after != before
