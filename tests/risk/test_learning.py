"""What is learned from ended cases: the same every time, never from what came later, never without the rules beside it."""

from __future__ import annotations

import ast
import json
import math
import random
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

import everfair.risk
from everfair.base.refused import Refused
from everfair.risk.learning import NEEDED, Case, Outcome, Ranking, fit
from everfair.risk.measures import auc, auc_interval, found_at, precision_at

START = date(2025, 1, 1)
UNTIL = date(2027, 1, 1)


def invented(count: int, *, seed: int = 3, crooked: bool = False) -> tuple[list[Case], dict[str, Outcome]]:
    """Four cases a day. Risk grows with complaints, falls with years; `crooked`: it lies in the middle, which no sum can say."""
    draw = random.Random(seed)
    cases, outcomes = [], {}
    for at in range(count):
        complaints, years, noise = draw.uniform(0, 6), draw.uniform(0, 10), draw.gauss(0, 1)
        log_odds = (4 - 2.2 * abs(complaints - 3)) if crooked else complaints - 0.5 * years - 1
        bad = draw.random() < 1 / (1 + math.exp(-log_odds))
        features = {"complaints": complaints, "years": None if at % 7 == 0 else years, "noise": noise}
        case = Case(f"case-{at:05}", START + timedelta(days=at // 4), features, rules=float(complaints > 4))
        cases.append(case)
        outcomes[case.id] = Outcome(bad, case.on + timedelta(days=5))
    return cases, outcomes


@pytest.fixture(scope="module")
def learned() -> Ranking:
    return fit(*invented(1200), UNTIL)


def test_the_same_cases_give_the_same_ranking_in_whatever_order_they_come(learned: Ranking) -> None:
    cases, outcomes = invented(1200)
    random.Random(1).shuffle(cases)

    again = fit(cases, outcomes, UNTIL)

    assert json.dumps(again.as_json()) == json.dumps(learned.as_json())
    assert again.rank(cases) == learned.rank(sorted(cases, key=lambda case: case.id))


@pytest.mark.parametrize("crooked", [False, True])
def test_what_was_learned_comes_back_from_json_to_the_last_figure_and_ranks_without_the_library(
    crooked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases, outcomes = invented(1200, crooked=crooked)
    ranking = fit(cases, outcomes, UNTIL)
    assert (ranking.report.model == "weighted sum") is not crooked
    for name in [name for name in sys.modules if name.partition(".")[0] in ("numpy", "sklearn")]:
        monkeypatch.setitem(sys.modules, name, None)

    back = Ranking.from_json(json.loads(json.dumps(ranking.as_json(), allow_nan=False)))

    assert back == ranking
    assert back.rank(cases) == ranking.rank(cases)


@pytest.mark.parametrize("name", ["weighted sum", "few trees", "many trees"])
def test_the_plain_figures_score_as_the_library_does(name: str) -> None:
    import numpy

    from everfair.risk.fitting import Fitted

    draw = numpy.random.default_rng(5)
    x = draw.normal(size=(600, 4))
    y = (x[:, 0] + x[:, 1] ** 2 + draw.normal(size=600) > 1).astype(int)
    x[draw.random(x.shape) < 0.2] = math.nan
    model = Fitted(name, x, y, 7)

    kept = model.kept()

    assert [kept.score(list(row)) for row in x] == pytest.approx(model.scores(x), abs=1e-9)


def test_what_makes_it_riskier_ranks_higher_and_what_says_nothing_is_worth_nothing(learned: Ranking) -> None:
    def chance(complaints: float, years: float) -> float:
        return learned.chance({"complaints": complaints, "years": years, "noise": 0.0})

    assert chance(6, 0) > 0.9 > chance(3, 4) > 0.1 > chance(0, 10)
    worth = {weight.feature: weight for weight in learned.report.weights}
    assert worth["complaints"].leans == 1
    assert worth["years"].leans == -1
    assert worth["complaints"].pairs > 5 > 2 > abs(worth["noise"].pairs)
    assert "complaints" not in worth["complaints"].sentence({"complaints": "Complaints of buyers"})
    assert (
        worth["complaints"]
        .sentence({"complaints": "Complaints of buyers"})
        .startswith("Complaints of buyers: the higher, the riskier.")
    )


def test_chances_are_what_comes_true() -> None:
    cases, outcomes = invented(3000)
    ranking = fit(cases[:2000], outcomes, UNTIL)

    later = cases[2000:]

    expected = sum(ranking.chance(case.features) for case in later) / len(later)
    assert expected == pytest.approx(sum(outcomes[case.id].bad for case in later) / len(later), abs=0.04)
    high = [case for case in later if ranking.chance(case.features) > 0.8]
    assert len(high) > 100
    assert sum(outcomes[case.id].bad for case in high) / len(high) > 0.8


def test_the_report_sets_it_beside_the_rules_on_cases_it_had_not_seen(learned: Ranking) -> None:
    report = learned.report

    assert report.tested == pytest.approx(240, abs=8)
    assert report.tested_from > "2025-08"
    assert report.auc > 0.85 > report.rules_auc > 0.6
    assert report.precision >= report.rules_precision
    assert 0 < report.differ <= report.among == 100
    assert set(report.rivals) == {"weighted sum", "few trees", "trees", "many trees"}
    assert f"the rules {report.rules_auc * 100:.1f}" in report.sentences()[1]
    assert f"{report.differ} are other cases" in report.sentences()[2]


def test_rules_that_know_better_are_said_to_know_better() -> None:
    cases, outcomes = invented(1200)
    draw = random.Random(9)
    blind = [replace(case, features={"noise": draw.random()}, rules=case.features["complaints"]) for case in cases]

    report = fit(blind, outcomes, UNTIL).report

    assert report.rules_auc > 0.7 > 0.6 > report.auc


def test_too_few_ends_are_refused_with_how_many_it_takes() -> None:
    cases, outcomes = invented(1200)
    bad = [case for case in cases if outcomes[case.id].bad][: NEEDED - 1]
    good = [case for case in cases if not outcomes[case.id].bad]

    with pytest.raises(Refused) as refusal:
        fit(bad + good, outcomes, UNTIL)

    assert refusal.value.code == "risk.few_outcomes"
    assert f"at least {NEEDED} cases that ended badly" in str(refusal.value.message)
    assert f"there are {NEEDED - 1} and {len(good)}" in str(refusal.value.message)


def test_bad_ends_of_long_ago_alone_are_refused() -> None:
    cases, outcomes = invented(1200)
    newly_good = {id: replace(end, bad=end.bad and end.known_on < date(2025, 7, 1)) for id, end in outcomes.items()}

    with pytest.raises(Refused, match=r"risk\.few_outcomes"):
        fit(cases, newly_good, UNTIL)


def test_nothing_that_was_known_later_teaches() -> None:
    cases, outcomes = invented(1200)
    until = date(2025, 9, 30)
    turned = {id: end if end.known_on <= until else replace(end, bad=not end.bad) for id, end in outcomes.items()}

    assert fit(cases, turned, until).as_json() == fit(cases, outcomes, until).as_json()


def test_the_report_is_made_of_what_came_after_all_that_was_learned_from() -> None:
    cases, outcomes = invented(1200)
    report = fit(cases, outcomes, UNTIL).report
    newest = date.fromisoformat(report.tested_from)
    # Nobody can foresee ends that are dealt out by chance: whoever does has seen them.
    draw = random.Random(2)
    dealt = {id: end if end.known_on < newest else replace(end, bad=draw.random() < 0.5) for id, end in outcomes.items()}

    assert fit(cases, dealt, UNTIL).report.auc == pytest.approx(0.5, abs=0.1)


def test_without_the_library_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.ensemble", None)

    with pytest.raises(Refused) as refusal:
        fit(*invented(1200), UNTIL)

    assert refusal.value.code == "risk.no_library"
    assert "-r requirements/learning.txt" in str(refusal.value.message)


@pytest.mark.parametrize(
    "spoiled",
    [
        {"kind": "code", "start": 0.0},
        {"kind": "trees", "start": 0.0, "trees": [[[0, 1.0, True, 0, 0]]]},
        {"kind": "trees", "start": 0.0, "trees": [[[99, 1.0, True, 1, 2], 0.1, 0.2]]},
        {"kind": "trees", "start": 0.0, "trees": [[]]},
        {"kind": "line", "start": 0.0, "fill": [0.0], "centre": [0.0], "scale": [1.0], "weights": [1.0]},
        {"kind": "line"},
    ],
)
def test_what_was_spoiled_is_not_read(learned: Ranking, spoiled: dict) -> None:
    with pytest.raises(ValueError, match="learned"):
        Ranking.from_json({**learned.as_json(), "model": spoiled})


def test_nothing_here_reads_a_pickle() -> None:
    forbidden = {"pickle", "cloudpickle", "joblib", "dill", "marshal", "shelve", "skops"}
    for path in Path(everfair.risk.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert forbidden.isdisjoint(name.partition(".")[0] for name in names), path


def test_the_measures_are_what_their_names_say() -> None:
    bad = [True, False, True, False]

    assert auc(bad, [4, 3, 2, 1]) == 0.75
    assert auc(bad, [1, 1, 1, 1]) == 0.5
    assert math.isnan(auc([True], [1]))
    assert precision_at(bad, [4, 3, 2, 1], 1) == 1.0
    assert precision_at(bad, [4, 3, 2, 1], 2) == 0.5
    assert found_at(bad, [4, 3, 2, 1], 3) == 1.0
    low, high = auc_interval(bad * 50, [4, 3, 2, 1] * 50, range(200))
    assert low < 0.75 < high
    # One order of two hundred lines says less than two hundred orders: drawn whole it is all or nothing.
    assert auc_interval(bad * 50, [4, 3, 2, 1] * 50, [0] * 200) == (0.75, 0.75)
