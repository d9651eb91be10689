"""The mapping desk: one line with one key, many lines at once, each to the category that stands in it."""

from __future__ import annotations

from typing import Any

import pytest

from everfair.catalog.models import CategoryMapping
from tests import make
from tests.office.desk import asked, notes, operator, send, signed_in, text

pytestmark = pytest.mark.django_db
BOLTS, SANDALS, RARE = "Hardware > Fasteners > Bolts", "Shoes > Sandals", "Rarities"


@pytest.fixture
def office() -> Any:
    return signed_in(operator())


def goods() -> None:
    seller = make.company()
    for word, count in ((BOLTS, 3), (SANDALS, 2), (RARE, 1)):
        for _ in range(count):
            make.offer(seller, category="unsorted/unsorted", source_category=word)


def lines(office: Any, address: str = "/en/office/mapping/") -> list[tuple[str, str, bool]]:
    return [(item.source, row.category, row.ticked) for item, _name, row in office.get(address).context["rows"]]


def form(office: Any, *ticked: int, **changed: str) -> dict[str, str]:
    """The desk as a browser sends it."""
    sent = {}
    for n, (source, category, _ticked) in enumerate(lines(office)):
        sent |= {f"source-{n}": source, f"category-{n}": category}
        if n in ticked:
            sent[f"take-{n}"] = "on"
    return sent | {name.replace("_", "-"): value for name, value in changed.items()}


def mapped() -> dict[str, str]:
    return dict(CategoryMapping.objects.values_list("source_category", "category"))


def test_the_sure_ones_are_ticked_when_asked_for(office: Any) -> None:
    goods()

    assert [(source, ticked) for source, _name, ticked in lines(office)] == [(BOLTS, False), (SANDALS, False), (RARE, False)]
    assert [ticked for _source, _name, ticked in lines(office, "/en/office/mapping/?sure=1")] == [True, True, False]


def test_many_lines_are_mapped_at_once(office: Any) -> None:
    goods()

    answer = send(office, "/en/office/mapping/many/", **form(office, 0, 1))

    assert answer["Location"] == "/en/office/mapping/?on=1"
    assert mapped() == {BOLTS: "hardware/fasteners", SANDALS: "shoes/sandals-slippers"}
    assert len(notes("category mapped")) == 2
    assert "2 categories are mapped; 5 offers moved into their halls." in text(office.get(answer["Location"]))
    assert [source for source, _name, _ticked in lines(office)] == [RARE]


def test_one_button_maps_its_own_line_alone(office: Any) -> None:
    goods()

    send(office, "/en/office/mapping/many/", **form(office, 0), only="1")

    assert set(mapped()) == {SANDALS}


def test_another_category_is_typed_by_its_name_or_code(office: Any) -> None:
    goods()

    send(office, "/en/office/mapping/many/", **form(office, 0, 2, category_0="kitchen/nonsense", category_2="hardware/fasteners"))
    assert mapped() == {}

    send(office, "/en/office/mapping/many/", **form(office, 2, category_2="hardware/fasteners"))
    assert mapped() == {RARE: "hardware/fasteners"}


def test_a_wrong_line_maps_nothing_and_says_where(office: Any) -> None:
    goods()

    answer = send(office, "/en/office/mapping/many/", **form(office, 0, 2))

    assert answer.status_code == 422
    wrong = {item.source: row.error for item, _name, row in answer.context["rows"] if row.error}
    assert list(wrong) == [RARE]
    assert [row.ticked for _item, _name, row in answer.context["rows"]] == [True, False, True]
    assert mapped() == {}


def test_without_a_tick_nothing_happens(office: Any) -> None:
    goods()

    answer = send(office, "/en/office/mapping/many/", **form(office))

    assert "Tick at least one line first." in text(answer)
    assert mapped() == {}


def test_the_next_line_waits_under_the_same_key(office: Any) -> None:
    goods()

    assert "autofocus" not in office.get("/en/office/mapping/").content.decode()
    assert office.get("/en/office/mapping/?on=1").content.decode().count("autofocus") == 1


def test_the_desk_asks_as_much_for_many_as_for_few(office: Any) -> None:
    goods()
    office.get("/en/office/rules/")
    few = asked(office, "/en/office/mapping/")
    seller = make.company()
    for n in range(60):
        make.offer(seller, category="unsorted/unsorted", source_category=f"Things {n}")

    assert (
        asked(office, "/en/office/mapping/") == few == 6
    )  # session, person, the words, their titles, the freeze, unread notices
    assert len(lines(office)) == 50


def test_a_word_that_nobody_uses_or_somebody_has_mapped_is_refused(office: Any) -> None:
    goods()

    sent = {"take-0": "on", "source-0": "Nowhere", "category-0": "hardware/fasteners"}

    assert send(office, "/en/office/mapping/many/", **sent).status_code == 409
    assert mapped() == {}
