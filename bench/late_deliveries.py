"""How well late deliveries are foreseen on the day of ordering: `python -m bench.late_deliveries FOLDER [--year 2011]`.

FOLDER is the data set supplier-deliveries-scms. A line is late when it was delivered after its scheduled day; asked is on the day
of ordering: when the order went to the vendor, else when the quotation went to the client, else 95 days before the schedule (what
lies between them where it is known), and never after the schedule. Dates written 20MM-DD-YY in the file are month, day, year.

Known on that day, and used: fulfilment, vendor, maker's site, country, project, mode, Incoterm, goods, quantity, value, unit price,
scheduled day, how many lines the order had by then; and how much oftener than usual deliveries of the same vendor, route and so on
had been late in the year before, counting only what was recorded as delivered before that day (everfair.risk.past).
Left out: Delivered to Client Date and Delivery Recorded Date (the outcome), ASN/DN # (given at dispatch), Weight, Freight Cost and
Insurance (measured and billed at dispatch; their texts say how it was delivered), ID and the numbers of orders (they say when a
line was written down), Pack Price and Dosage (the goods again).

The years before the one tested teach; which model, `everfair.risk.learning` chooses among those years by time. The figures to use,
and not the levels of rates, which moved from 1 % to 24 % within years, were chosen on the half-years from July 2010 to December
2011, each foreseen from what was known before it; what counting alone goes by, too. There, tried and left out because nothing was
won: open and overdue orders, how tight the schedule was, the size of the whole order, weights by age, lifts that may only raise the
risk, learning anew each quarter. 2012 was read three times. First with time cut by the day of ordering: AUC 0.657, and 44.5 % expected late where 7.9 % were. Newly
ordered lines whose end is known already are those that ended early, so `everfair.risk.learning` cuts time by the day on which an end
was known since then: AUC 0.642. The third reading added the row of counting alone. Nothing else was changed after the first.
"""

import argparse
import csv
import gzip
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from everfair.risk.lateness import weigh
from everfair.risk.learning import Case, Outcome, Ranking, fit
from everfair.risk.measures import auc, auc_interval, found_at, precision_at
from everfair.risk.past import Question, answers

UNDATED_LEAD = timedelta(days=95)
MODES = ("Air", "Ocean", "Truck", "Air Charter")
TERMS = ("EXW", "DDP", "FCA", "CIP", "DDU", "CIF")
TO_BEAT = 0.70
LEANS = {1: "the higher the riskier", -1: "the lower the riskier", 0: "now one way, now the other"}


@dataclass(frozen=True)
class Line:
    row: dict[str, str]
    ordered: date
    scheduled: date
    delivered: date
    recorded: date
    dated: bool
    quoted: date | None

    @property
    def id(self) -> str:
        return self.row["ID"]

    @property
    def late(self) -> bool:
        return self.delivered > self.scheduled


def day(text: str) -> date | None:
    """None for words such as «Date Not Captured»."""
    if turned := re.fullmatch(r"20(\d\d)-(\d\d)-(\d\d)", text):
        month, day_, year = map(int, turned.groups())
        return date(2000 + year, month, day_)
    for form in ("%d-%b-%y", "%m/%d/%y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def lines_of(folder: Path) -> list[Line]:
    """In the order of ordering."""
    found = []
    with gzip.open(folder / "deliveries_2006_2012.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            scheduled, delivered = day(row["Scheduled Delivery Date"]), day(row["Delivered to Client Date"])
            recorded = day(row["Delivery Recorded Date"])
            if not (scheduled and delivered and recorded):
                raise ValueError(f"line {row['ID']} lacks a date")
            sent, quoted = day(row["PO Sent to Vendor Date"]), day(row["PQ First Sent to Client Date"])
            ordered = min(sent or quoted or scheduled - UNDATED_LEAD, scheduled)
            found.append(Line(row, ordered, scheduled, delivered, recorded, bool(sent or quoted), quoted))
    return sorted(found, key=lambda line: (line.ordered, int(line.id)))


def keys_of(row: dict[str, str]) -> dict[str, tuple[str, ...]]:
    columns = {
        "vendor": ("Vendor",), "country": ("Country",), "mode": ("Shipment Mode",), "fulfilment": ("Fulfill Via",),
        "route": ("Vendor", "Country"), "way": ("Country", "Shipment Mode"), "fulfilment and mode": ("Fulfill Via", "Shipment Mode"),
        "site": ("Manufacturing Site",), "goods": ("Item Description",), "project": ("Project Code",),
        "kind of goods": ("Fulfill Via", "Product Group"), "site and country": ("Manufacturing Site", "Country"),
        "site and mode": ("Manufacturing Site", "Shipment Mode"),
    }  # fmt: skip
    return {name: tuple(row[column] for column in chosen) for name, chosen in columns.items()}


def figures_of(line: Line, lines_so_far: int) -> dict[str, float | None]:
    row = line.row
    before = line.quoted if line.quoted and line.quoted <= line.ordered else None
    return {
        "days to deliver": (line.scheduled - line.ordered).days if line.dated else None,
        "days from quotation to delivery": (line.scheduled - before).days if before else None,
        "days from quotation to order": (line.ordered - before).days if before else None,
        "from the warehouse": row["Fulfill Via"] == "From RDC",
        "quantity": math.log1p(float(row["Line Item Quantity"])),
        "value": math.log1p(float(row["Line Item Value"])),
        "unit price": math.log1p(float(row["Unit Price"])),
        "first line": row["First Line Designation"] == "Yes",
        "lines of the order": lines_so_far,
        "weekday": line.scheduled.weekday(),
        "tests": row["Product Group"] == "HRDT",
        "for children": row["Sub Classification"] == "Pediatric",
        **{f"by {mode}": row["Shipment Mode"] == mode for mode in MODES},
        **{f"term {term}": row["Vendor INCO Term"] == term for term in TERMS},
    }


def cases_of(lines: Sequence[Line]) -> list[Case]:
    """One case for each line; `rules` is the vendor's past rate, the baseline. Nothing of a later day enters."""
    asked = [Question(line.id, line.ordered, keys_of(line.row), line.late, line.recorded) for line in lines]
    past = answers(asked)
    by_day = Counter((line.row["PO / SO #"], line.ordered) for line in lines)
    so_far: Counter[str] = Counter()
    counted: set[tuple[str, date]] = set()
    cases = []
    for line in lines:
        order = (line.row["PO / SO #"], line.ordered)
        if order not in counted:
            counted.add(order)
            so_far[order[0]] += by_day[order]
        known = past[line.id]
        figures = {**known.figures("lift"), **figures_of(line, so_far[order[0]])}
        cases.append(Case(line.id, line.ordered, figures, rules=known.keys["vendor"].rate))
    return cases


def say(title: str, late: Sequence[bool], scores: Sequence[float], orders: Sequence[str]) -> float:
    tenth = max(1, len(late) // 10)
    low, high = auc_interval(late, scores, orders)
    figure = auc(late, scores)
    print(
        f"{title:44} AUC {figure:.3f} ({low:.3f} to {high:.3f}), late among the top 10 % {precision_at(late, scores, tenth):.3f}, "
        f"of all late found there {found_at(late, scores, tenth):.3f}"
    )
    return figure


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--year", type=int, default=2012, help="the year that is foreseen from those before it")
    asked = parser.parse_args()
    if not asked.folder.is_dir():
        raise SystemExit(f"The data set is not at {asked.folder}: give the folder supplier-deliveries-scms.")
    lines = lines_of(asked.folder)
    cases = dict(zip((line.id for line in lines), cases_of(lines), strict=True))
    ranking = learned_until(lines, cases, date(asked.year, 1, 1))
    report = ranking.report
    print(f"learned from {report.learned} lines, {report.learned_bad} late: {report.model}; by time within them", end=" ")
    print(", ".join(f"{name} {figure:.3f}" for name, figure in report.rivals.items()))
    tested = [line for line in lines if line.scheduled.year == asked.year]
    for title, chosen in (
        (f"scheduled in {asked.year}", tested),
        (f"and ordered in {asked.year}", [line for line in tested if line.ordered.year == asked.year]),
    ):
        late = [line.late for line in chosen]
        orders = [line.row["PO / SO #"] for line in chosen]
        print(f"\n{title}: {len(chosen)} lines, {sum(late)} late ({sum(late) / len(late):.1%})")
        figure = say("learned", late, [ranking.score(cases[line.id].features) for line in chosen], orders)
        say("vendor's past rate on the day of ordering", late, [cases[line.id].rules for line in chosen], orders)
        say("vendor's past rate on the scheduled day", late, vendor_rates_when_due(lines, chosen), orders)
        say("counting alone (risk.lateness)", late, counted_risks(lines, chosen), orders)
        print(f"{figure - TO_BEAT:+.3f} against {TO_BEAT:.2f}")
    expected = sum(ranking.chance(cases[line.id].features) for line in tested) / len(tested)
    print(f"\nexpected late of {asked.year}: {expected:.1%}")
    print("worth most in the newest part of the years before:")
    for weight in report.weights[:8]:
        print(f"  {weight.feature}: {weight.pairs:.1f} of 100 pairs, {LEANS[weight.leans]}")


def learned_until(lines: Sequence[Line], cases: Mapping[str, Case], day: date) -> Ranking:
    """From the lines that were due, and recorded as delivered, before that day."""
    earlier = [line for line in lines if line.scheduled < day]
    outcomes = {line.id: Outcome(line.late, line.recorded) for line in earlier}
    return fit([cases[line.id] for line in earlier], outcomes, day - timedelta(days=1))


def vendor_rates_when_due(lines: Sequence[Line], chosen: Sequence[Line]) -> list[float]:
    """A later and better informed baseline: what was delivered before the scheduled day counts, not only before the order."""
    asked = [Question(line.id, line.scheduled, {"vendor": line.row["Vendor"]}, line.late, line.recorded) for line in lines]
    known = answers(asked)
    return [known[line.id].keys["vendor"].rate for line in chosen]


def counted_risks(lines: Sequence[Line], chosen: Sequence[Line]) -> list[float]:
    """What the platform says without the library, on the day of ordering."""
    asked = []
    for line in lines:
        keys = keys_of(line.row)
        alike = {"supplier": keys["vendor"], "route": keys["route"], "destination": keys["country"]}
        asked.append(Question(line.id, line.ordered, alike, line.late, line.recorded))
    known = answers(asked)
    return [weigh(known[line.id]) for line in chosen]


if __name__ == "__main__":
    main()
