"""What screening costs and finds: `python -m bench.screening FOLDER`, the folder of the sanctions data.

Prints the seconds until the SDN is in force, candidates for each name, names screened in a second, and the recall of the search for
candidates: on the judged pairs that are the same, and on the SDN's other names with only the first name of each entry listed.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.database import Database

SAMPLE = 2000


def main() -> None:
    folder = Path(sys.argv[1])
    with Database():
        import_whole(folder)
        rates(folder)
        listed, asked = aliases(folder)
        recall("other names of the SDN", listed, asked)
        recall("judged pairs that are the same", *judged(folder))


def import_whole(folder: Path) -> None:
    from everfair.base.actor import SYSTEM
    from everfair.trust.actions import put_in_force, take_list
    from everfair.trust.screening.names import analysed
    from everfair.trust.screening.work import read_names

    begun = time.monotonic()
    analysed(["somebody"], "person")
    print(f"what is known of names read in {time.monotonic() - begun:.1f} s, once in a process")
    begun = time.monotonic()
    files = [(file.name, file.read_bytes()) for file in sorted(folder.glob("ofac-[as]*.csv.gz"))]
    taken = take_list("ofac-sdn", files, by=SYSTEM, allow_gaps=True)  # the names are of a later day than the entries
    after_s = time.monotonic() - begun
    read_names(taken.list_id)
    read_s = time.monotonic() - begun - after_s
    put_in_force(taken.list_id)
    whole_s = time.monotonic() - begun
    print(
        f"SDN: {taken.parties} entries, {taken.names} names in force after {whole_s:.1f} s ({after_s:.1f} s taken, {read_s:.1f} s keys)"
    )


def rates(folder: Path) -> None:
    """Names of the world asked for: half of the list itself, half of other people and firms."""
    from everfair.trust.queries import lists_in_force
    from everfair.trust.screening.search import Search

    begun = time.monotonic()
    search = Search([row.pk for row in lists_in_force()])
    print(f"search ready in {time.monotonic() - begun:.1f} s")
    names = [("person" if row["schema"] == "Person" else "company", row["name1"]) for row in pairs(folder)]
    begun, cpu = time.monotonic(), time.process_time()
    counts = [search.find(role, name, 0.7)[1] for role, name in names]
    took_s, cpu_s = time.monotonic() - begun, time.process_time() - cpu
    counts.sort()
    print(
        f"screened {len(names) / took_s:.0f} names/s ({cpu_s / len(names) * 1000:.1f} ms CPU each); candidates: median {counts[len(counts) // 2]}, "
        f"most {counts[-1]}"
    )


def pairs(folder: Path) -> list[dict[str, str]]:
    from bench.names import pairs_of

    return pairs_of(folder / "name_pairs.csv")


Listed = Sequence[tuple[str, str]]
Asked = Sequence[tuple[str, str, int]]


def aliases(folder: Path) -> tuple[Listed, Asked]:
    """First names of all entries; (kind, other name, its place) of a sample. Weak aliases and former names are left out."""
    from everfair.trust.screening.reading import read_edition

    files = [(name, (folder / name).read_bytes()) for name in ("ofac-sdn.csv.gz", "ofac-alt.csv.gz")]
    entries = read_edition("ofac", files, allow_gaps=True).entries
    listed = [(entry.kind, entry.names[0][0]) for entry in entries]
    asked = [
        (entry.kind, name, n)
        for n, entry in enumerate(entries)
        for name, strength in entry.names
        if strength == "aka" and entry.kind in ("person", "organisation")
    ]
    return listed, random.Random(1).sample(asked, SAMPLE)


def judged(folder: Path) -> tuple[Listed, Asked]:
    rows = pairs(folder)
    kinds = {"Person": "person", "Company": "organisation", "Organization": "organisation", "Vessel": "vessel"}
    listed = [(kinds.get(row["schema"], "unsaid"), row["name2"]) for row in rows]
    asked = [
        (kinds.get(row["schema"], "unsaid"), row["name1"], n) for n, row in enumerate(rows) if row["is_match"] == "true" and row["name1"].strip()
    ]  # fmt: skip
    return listed, asked


def recall(title: str, listed: Listed, asked: Asked) -> None:
    """How many of the names asked for bring the entry that is theirs among the candidates, and above the rule's threshold."""
    from everfair.base.actor import SYSTEM
    from everfair.trust.actions import put_in_force, take_list
    from everfair.trust.models import ListedParty
    from everfair.trust.screening.names import analysed, likeness
    from everfair.trust.screening.search import Search
    from everfair.trust.screening.work import read_names

    taken = take_list("ofac-cons", [("entries.csv", _published(listed))], by=SYSTEM, allow_gaps=True)
    read_names(taken.list_id)
    put_in_force(taken.list_id)
    search = Search([taken.list_id])
    numbers: dict[Any, str] = dict(ListedParty.objects.filter(edition_id=taken.list_id).values_list("id", "number"))
    among = above = above_all = 0
    for kind, name, n in asked:
        kinds, tag = ((kind, "unsaid"), {"person": "person", "organisation": "firm", "vessel": "ship"}.get(kind, ""))
        ours = analysed([name], tag)
        found = next((c for c in search.candidates(ours, kinds) if numbers[c.party_id] == str(n + 1)), None)
        score = likeness(ours, analysed([listed[n][1]], tag)).score
        among += found is not None
        above += found is not None and score >= 0.7
        above_all += score >= 0.7
    print(
        f"{title}: {among} of {len(asked)} among the candidates ({among / len(asked):.1%}); alike from 0.70 on {above_all}, "
        f"of which found {above} ({above / max(1, above_all):.1%})"
    )


def _published(listed: Listed) -> bytes:
    import csv
    import io

    kinds = {"person": "individual", "organisation": "", "unsaid": "", "vessel": "vessel", "aircraft": "aircraft"}
    text = io.StringIO(newline="")
    rows = ([n, name[:500], kinds[kind], *["-0-"] * 9] for n, (kind, name) in enumerate(listed, 1))
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


if __name__ == "__main__":
    main()
