"""How well fraud in import declarations is foreseen: `python -m bench.declarations FOLDER`.

FOLDER is the data set customs-declarations: train.csv.gz of 2020 teaches, valid.csv.gz of the three months after it is read once. The
declarations are drawn from a model of real ones, not real: the figures say that the method holds, not how much fraud there is.

Every declaration is seen as on its day. Of its goods, origin, departure, tariff and their combinations it gets the share of fraud and
the number of inspections known before that day (everfair.risk.past); none of the three months after the year teaches anything, so
their declarations all get what was known on the year's last day. Beside these the declared price, mass, their ratio and the duty.
The combinations and how strongly a rare one is drawn to the usual were chosen within 2020: January to September foretold October to
December. Which model, `everfair.risk.learning` chooses within 2020 by time. Fraud is what the publisher calls an attempt to reduce the
duty, critical what may threaten public safety.
"""

import argparse
import csv
import gzip
import math
from collections.abc import Hashable, Sequence
from datetime import date
from pathlib import Path

from everfair.risk.learning import Case, Outcome, fit
from everfair.risk.measures import auc, auc_interval, found_at, precision_at
from everfair.risk.past import Question, answers

TO_BEAT = 0.74
GOODS, ORIGIN, DEPARTURE, RATE, TARIFF = "HS6 Code", "Country of Origin", "Country of Departure", "Tax Rate", "Tax Type"
# Few inspections of a combination already say much.
PRIOR = 3.0
LAST_DAY = date(2020, 12, 31)


def rows_of(file: Path) -> list[dict[str, str]]:
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        return sorted(csv.DictReader(lines), key=lambda row: (row["Date"], row["Declaration ID"]))


def keys_of(row: dict[str, str]) -> dict[str, Hashable]:
    whole = {
        "goods": (GOODS,), "origin": (ORIGIN,), "departure": (DEPARTURE,), "seller": ("Seller ID",), "importer": ("Importer ID",),
        "tariff": (TARIFF,), "goods and origin": (GOODS, ORIGIN), "goods and departure": (GOODS, DEPARTURE),
        "goods and both countries": (GOODS, ORIGIN, DEPARTURE), "goods, origin and rate": (GOODS, ORIGIN, RATE),
        "goods and rate": (GOODS, RATE, TARIFF), "goods, origin, rate and tariff": (GOODS, ORIGIN, TARIFF, RATE),
        "goods, origin and mark": (GOODS, ORIGIN, "Country of Origin Indicator"), "origin and rate": (ORIGIN, TARIFF, RATE),
        "goods, origin and mode": (GOODS, ORIGIN, "Mode of Transport"), "goods, origin and office": (GOODS, ORIGIN, "Office ID"),
    }  # fmt: skip
    heading, chapter = row[GOODS][:4], row[GOODS][:2]
    return {
        **{name: tuple(row[column] for column in columns) for name, columns in whole.items()},
        "heading": heading,
        "chapter": chapter,
        "heading and origin": (heading, row[ORIGIN]),
        "chapter and origin": (chapter, row[ORIGIN]),
        "chapter and rate": (chapter, row[TARIFF], row[RATE]),
    }


def figures_of(row: dict[str, str]) -> dict[str, float]:
    price, mass, rate = float(row["Item Price"]), float(row["Net Mass"]), float(row[RATE])
    return {
        "price": math.log1p(price),
        "mass": math.log1p(mass),
        "price of a kilogram": math.log((price + 1) / (mass + 0.1)),
        "rate": rate,
        "duty": math.log1p(price * rate / 100),
        "another country than the origin": row[DEPARTURE] != row[ORIGIN],
        "no seller": not row["Seller ID"],
        "no courier": not row["Courier ID"],
        "free trade tariff": row[TARIFF].startswith("F"),
    }


def cases_of(rows: Sequence[dict[str, str]], teaches_until: date) -> list[Case]:
    """`rules` is the past share of fraud of the goods alone, the plain profile of an inspector. A row that is newer than
    `teaches_until` gives its end to nobody."""
    asked = []
    for row in rows:
        day = date.fromisoformat(row["Date"])
        known = day if day <= teaches_until else None
        asked.append(Question(row["Declaration ID"], day, keys_of(row), row["Fraud"] == "1", known))
    past = answers(asked, days=10_000, prior=PRIOR)
    cases = []
    for row, question in zip(rows, asked, strict=True):
        known = past[question.id]
        counted = {name: math.log1p(known.keys[name].count) for name in ("goods", "goods and origin")}
        figures = {**known.figures("rate"), **{f"seen {name}": count for name, count in counted.items()}, **figures_of(row)}
        cases.append(Case(question.id, question.on, figures, rules=known.keys["goods"].rate))
    return cases


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--within", action="store_true", help="January to September foretell October to December, valid stays closed"
    )
    asked = parser.parse_args()
    if not asked.folder.is_dir():
        raise SystemExit(f"The data set is not at {asked.folder}: give the folder customs-declarations.")
    rows = rows_of(asked.folder / "train.csv.gz")
    until = date(2020, 9, 30) if asked.within else LAST_DAY
    if not asked.within:
        rows += rows_of(asked.folder / "valid.csv.gz")
    cases = cases_of(rows, until)
    taught = [at for at, case in enumerate(cases) if case.on <= until]
    later = [at for at, case in enumerate(cases) if case.on > until]
    ends = {cases[at].id: Outcome(rows[at]["Fraud"] == "1", cases[at].on) for at in taught}
    ranking = fit([cases[at] for at in taught], ends, until)
    report = ranking.report
    print(
        f"learned from {report.learned} declarations, {report.learned_bad} with fraud: {report.model}; by time within them",
        end=" ",
    )
    print(", ".join(f"{name} {figure:.3f}" for name, figure in report.rivals.items()))
    fraud = [rows[at]["Fraud"] == "1" for at in later]
    critical = [rows[at]["Critical Fraud"] == "2" for at in later]
    print(f"foretold: {len(later)} declarations, {sum(fraud)} with fraud, {sum(critical)} critical")
    scored = {
        "learned": [ranking.score(cases[at].features) for at in later],
        "past share of the goods": [cases[at].rules for at in later],
    }
    for title, scores in scored.items():
        low, high = auc_interval(fraud, scores, later, draws=200)
        print(f"\n{title}: AUC {auc(fraud, scores):.3f} ({low:.3f} to {high:.3f})")
        for share in (0.05, 0.10):
            count = int(len(later) * share)
            print(
                f"  inspecting the first {share:.0%} ({count}): fraud in {precision_at(fraud, scores, count):.3f} of them, "
                f"{found_at(fraud, scores, count):.3f} of all fraud, {found_at(critical, scores, count):.3f} of the critical"
            )
    print(f"\n{auc(fraud, scored['learned']) - TO_BEAT:+.3f} against {TO_BEAT:.2f}")
    expected = sum(ranking.chance(cases[at].features) for at in later) / len(later)
    print(f"expected with fraud: {expected:.1%}, found {sum(fraud) / len(fraud):.1%}")
    for weight in report.weights[:6]:
        print(f"  {weight.feature}: {weight.pairs:.1f} of 100 pairs")


if __name__ == "__main__":
    main()
