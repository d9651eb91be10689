import tarfile
from xml.etree import ElementTree

import pytest

from everfair.reference.queries import UNITS, unit, unit_for_word
from tests.data import shared_data


def test_a_unit_is_found_by_its_exact_code_only():
    assert unit("KGM").names == ("kilogram", "公斤", "千克")
    for code in ("kgm", "KG", "PCE", "", " KGM", "X" * 10_000):
        with pytest.raises(ValueError, match="not a unit of trade"):
            unit(code)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("pcs", "H87"), ("PCS.", "H87"), ("Piece", "H87"), ("件", "H87"), ("PCE", "H87"), ("H87", "H87"), ("ｐｃｓ", "H87"),
        ("kilograms", "KGM"), ("kg", "KGM"), ("KGS", "KGM"), ("公斤", "KGM"), ("千克", "KGM"),
        ("sets", "SET"), ("套", "SET"), ("pair", "PR"), ("雙", "PR"), ("双", "PR"), ("dozen", "DZN"), ("打", "DZN"),
        ("ctn", "XCT"), ("箱", "XCT"), ("cartons", "XCT"), ("盒", "XBX"), ("m²", "MTK"), ("sqm", "MTK"), ("平方米", "MTK"),
        ("m3", "MTQ"), ("CBM", "MTQ"), ("tonne", "TNE"), ("吨", "TNE"), ("公噸", "TNE"), ("  metric   ton ", "TNE"),
        ("米", "MTR"), ("lbs", "LBR"), ("yards", "YRD"), ("rolls", "XRO"),
    ],
)  # fmt: skip
def test_a_word_of_the_trade_means_a_unit(word, code):
    assert unit_for_word(word) == unit(code)


@pytest.mark.parametrize("word", ["", "ct", "ton", "gr", "cwt", "10", "foo", "kg/m", "x" * 10_000])
def test_an_unsure_word_means_nothing(word):
    assert unit_for_word(word) is None


def test_every_unit_is_found_by_its_code_and_its_names():
    for each in UNITS.values():
        assert unit_for_word(each.code) == each
        assert unit_for_word(each.code.lower()) == each
        assert all(each.names), each.code
        assert unit_for_word(each.names.en) == each
        assert unit_for_word(each.names.zh_hant) == each
        assert unit_for_word(each.names.zh_hans) == each


def test_pieces_and_packages_are_whole_and_measures_have_fractions():
    for each in UNITS.values():
        if each.kind in ("piece", "package"):
            assert each.decimals == 0, each.code
        if each.kind in ("mass", "length", "area", "volume", "energy", "time"):
            assert 2 <= each.decimals <= 4, each.code
    assert 150 <= len(UNITS) <= 200


def test_every_code_is_in_recommendation_20_or_21():
    with tarfile.open(shared_data("reference") / "ubl-2.1-codelists.tar.gz") as lists:
        units, packages = _valid(lists, "UnitOfMeasureCode-2.1.gc"), _valid(lists, "PackagingTypeCode-2.1.gc")

    ours = {code for code in UNITS if code not in units and not (code[0] == "X" and code[1:] in packages)}

    # Revision 8e marks the hectare as deprecated; later ones and EN 16931 list it again.
    assert ours == {"HAR"}


def _valid(lists, name):
    member = next(each for each in lists.getnames() if each.endswith(name))
    rows = [
        {value.get("ColumnRef"): value.findtext("SimpleValue") for value in row}
        for row in ElementTree.parse(lists.extractfile(member)).getroot().iter("Row")
    ]
    return {row["code"] for row in rows if row.get("status") not in ("X", "D")}
