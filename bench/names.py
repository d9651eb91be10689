"""How well names are told apart: `python -m bench.names FILE`, the name_pairs.csv of the sanctions data.

Prints the best F1 over all thresholds of our comparison beside two plain ones in the same run, per group of pairs, and the CPU
of one comparison. Nothing is tuned on the pairs but the threshold, for all three alike.
"""

import csv
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from everfair.trust.screening.names import analysed, likeness

KINDS = {"Person": "person", "Company": "firm", "Organization": "firm", "Vessel": "ship"}
Scored = Sequence[tuple[float, bool]]


def best_f1(scored: Scored) -> tuple[float, float]:
    """(F1, threshold): a pair counts as the same from the threshold on."""
    found = (0.0, 0.0)
    for threshold in sorted({score for score, _same in scored}):
        hits = sum(score >= threshold and same for score, same in scored)
        wrong = sum(score >= threshold and not same for score, same in scored)
        missed = sum(score < threshold and same for score, same in scored)
        found = max(found, (2 * hits / (2 * hits + wrong + missed) if hits else 0.0, threshold))
    return found


def pairs_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def score(row: dict[str, str]) -> float:
    kind = KINDS.get(row["schema"], "")
    return likeness(analysed([row["name1"]], kind), analysed([row["name2"]], kind)).score


def main() -> None:
    rows = pairs_of(Path(sys.argv[1]))
    same = [row["is_match"] == "true" for row in rows]
    score(rows[0])  # what is known of names is loaded once
    begun = time.process_time()
    ours = [score(row) for row in rows]
    spent_ms = (time.process_time() - begun) * 1000 / len(rows)
    plain = {
        "weighted ratio (rapidfuzz)": [fuzz.WRatio(row["name1"], row["name2"], processor=str.casefold) / 100 for row in rows],
        "Jaro-Winkler": [JaroWinkler.similarity(row["name1"].casefold(), row["name2"].casefold()) for row in rows],
    }
    for title, scores in {"ours": ours, **plain}.items():
        f1, threshold = best_f1(list(zip(scores, same, strict=True)))
        print(f"{title:28} F1 {f1:.3f} at {threshold:.2f}")
    for group in sorted({row["case_group"] for row in rows}):
        chosen = [(one, yes) for one, yes, row in zip(ours, same, rows, strict=True) if row["case_group"] == group]
        print(f"  {group:26} F1 {best_f1(chosen)[0]:.3f} of {len(chosen)} pairs")
    print(f"{spent_ms:.2f} ms CPU a comparison, both names read; {len(rows)} pairs")


if __name__ == "__main__":
    main()
