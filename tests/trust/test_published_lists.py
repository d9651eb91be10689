"""The lists as they were really published: read whole, and the search finds who stands on them."""

from __future__ import annotations

from collections import Counter

import pytest

from everfair.base.actor import SYSTEM
from everfair.trust.actions import put_in_force, take_list
from everfair.trust.screening.reading import Unreadable, read_edition
from everfair.trust.screening.search import Search
from everfair.trust.screening.work import read_names
from tests.data import shared_data


def files(*names: str) -> list[tuple[str, bytes]]:
    folder = shared_data("sanctions")
    return [(name, (folder / name).read_bytes()) for name in names]


def test_the_sdn_is_read_whole() -> None:
    found = read_edition("ofac", files("ofac-sdn.csv.gz"))

    kinds = Counter(entry.kind for entry in found.entries)
    assert kinds == {"person": 3845, "organisation": 2994, "vessel": 323, "aircraft": 217}
    weak = [name for entry in found.entries for name, strength in entry.names if strength == "weak"]
    assert "BNC" in weak


def test_names_of_another_day_are_refused_unless_somebody_looked() -> None:
    both = files("ofac-sdn.csv.gz", "ofac-alt.csv.gz")

    with pytest.raises(Unreadable, match="there is no entry"):
        read_edition("ofac", both)
    found = read_edition("ofac", both, allow_gaps=True)

    assert [file["left_out"] for file in found.files] == [0, 7698]
    assert {entry.number: entry.names for entry in found.entries}["36"] == [
        ("AEROCARIBBEAN AIRLINES", "primary"),
        ("AERO-CARIBBEAN", "aka"),
    ]


def test_the_consolidated_list_and_the_denied_persons_are_read_whole() -> None:
    cons = read_edition("ofac", files("ofac-cons_prim.csv.gz", "ofac-cons_alt.csv.gz", "ofac-cons_add.csv.gz"))
    denied = read_edition("bis", files("bis-denied-persons.csv.gz"))

    assert (len(cons.entries), sum(len(entry.names) for entry in cons.entries) > 1500) == (442, True)
    assert denied.files[0]["rows"] == 547
    assert {"US"} < {code for entry in denied.entries for code in entry.countries}


@pytest.mark.django_db
def test_other_spellings_find_who_is_listed() -> None:
    done = take_list("ofac-cons", files("ofac-cons_prim.csv.gz", "ofac-cons_alt.csv.gz"), by=SYSTEM)
    read_names(done.list_id)
    put_in_force(done.list_id)
    search = Search([done.list_id])

    for spelling in ("Ismail Haniyeh", "Mohamed Abu Teir", "Michel Joseph Martelly"):
        found, scored = search.find("legal_person", spelling, 0.7)
        assert found, spelling
        assert scored <= 60
    assert search.find("legal_person", "Astrid Sorensen", 0.7)[0] == []
