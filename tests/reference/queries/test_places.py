import csv
import gzip

import pytest

from everfair.reference.queries import COUNTRIES, find_places, is_locode_form, place, places
from tests.data import shared_data


def test_every_place_is_a_row_of_un_locode():
    listed = {}
    with gzip.open(shared_data("reference") / "un-locode" / "un-locode-2023-1.csv.gz", "rt", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            listed.setdefault(row["country"] + row["location"], row["name"])

    assert {code: listed.get(code) for code in places()} == {code: each.names.en for code, each in places().items()}
    assert 250 <= len(places()) <= 500


def test_every_place_has_a_name_a_country_and_a_function():
    for each in places().values():
        assert all(each.names)
        assert each.country == each.code[:2]
        assert each.country in COUNTRIES
        assert each.functions <= {"sea", "rail", "road", "air", "inland_water"}
        assert is_locode_form(each.code)


def test_a_place_is_found_by_its_code():
    rotterdam = place("NLRTM")

    assert rotterdam.names == ("Rotterdam", "鹿特丹", "鹿特丹")
    assert rotterdam.country == "NL"
    assert {"sea", "air"} <= rotterdam.functions
    for code in ("nlrtm", "NL RTM", "ZZZZZ", "", "N" * 10_000):
        with pytest.raises(ValueError, match="not on the list of places"):
            place(code)


@pytest.mark.parametrize(
    ("text", "is_form"),
    [("CNSHA", True), ("CN SHA", True), ("US2AB", True), ("CNSH", False), ("CNSHAA", False), ("cnsha", False), ("XXSHA", False),
     ("CN-SHA", False), ("CN0AB", False), ("CN1AB", False), ("CNSHÄ", False), ("", False), ("C" * 10_000, False)],
)  # fmt: skip
def test_the_form_is_a_country_and_three_characters(text, is_form):
    assert is_locode_form(text) is is_form


def test_places_are_found_by_the_beginning_of_a_name_in_any_language():
    assert [each.code for each in find_places("rotter")] == ["NLRTM"]
    assert [each.code for each in find_places("KLANG")] == ["MYPKG"]
    assert [each.code for each in find_places("münch")] == [each.code for each in find_places("munch")] == ["DEMUC"]
    assert [each.code for each in find_places("鹿特")] == ["NLRTM"]
    assert [each.code for each in find_places("寧波")] == ["CNNBO", "CNNGB"]
    assert [each.code for each in find_places("nlr")] == ["NLRTM"]
    assert find_places("") == find_places("   ") == find_places("zzzz") == []
    assert len(find_places("s", limit=5)) == 5
