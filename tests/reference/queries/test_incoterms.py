import itertools

import pytest

from everfair.reference.queries import INCOTERMS, advice, incoterm
from everfair.reference.values import Incoterm

B, S = "buyer", "seller"
# Read from the ICC wall chart of Incoterms 2020.
# mode, who: main carriage, insurance, cover, export, import, unloading; where risk passes
TRUTH = {
    "EXW": ("any", B, None, None, B, B, B, "at seller"),
    "FCA": ("any", B, None, None, S, B, B, "to carrier"),
    "FAS": ("sea", B, None, None, S, B, B, "alongside ship"),
    "FOB": ("sea", B, None, None, S, B, B, "on board"),
    "CFR": ("sea", S, None, None, S, B, B, "on board"),
    "CIF": ("sea", S, S, "ICC C", S, B, B, "on board"),
    "CPT": ("any", S, None, None, S, B, B, "to carrier"),
    "CIP": ("any", S, S, "ICC A", S, B, B, "to carrier"),
    "DAP": ("any", S, None, None, S, B, B, "at destination ready to unload"),
    "DPU": ("any", S, None, None, S, B, S, "unloaded"),
    "DDP": ("any", S, None, None, S, S, B, "at destination ready to unload"),
}
ASHORE = ("air", "road", "rail", "courier", "multimodal")


def test_the_eleven_rules_divide_the_duties_as_the_icc_says():
    def facts(rule: Incoterm):
        return (rule.modes, rule.main_carriage_by, rule.insurance_by, rule.insurance_cover, rule.export_clearance_by,
                rule.import_clearance_by, rule.unloading_by, rule.risk_passes)  # fmt: skip

    assert {code: facts(rule) for code, rule in INCOTERMS.items()} == TRUTH
    assert all(all(rule.names) for rule in INCOTERMS.values())


def test_each_rule_says_which_place_must_be_named():
    places = {code: rule.named_place for code, rule in INCOTERMS.items()}

    assert places == {
        "EXW": "place of delivery", "FCA": "place of delivery", "FAS": "port of shipment", "FOB": "port of shipment",
        "CFR": "port of destination", "CIF": "port of destination", "CPT": "place of destination",
        "CIP": "place of destination", "DAP": "place of destination",
        "DPU": "place of destination", "DDP": "place of destination",
    }  # fmt: skip


@pytest.mark.parametrize("code", ["fob", "DAT", "DDU", "DAF", "", "FOB ", "F" * 10_000])
def test_other_rules_are_refused(code):
    with pytest.raises(ValueError, match="not an Incoterms 2020 rule"):
        incoterm(code)


@pytest.mark.parametrize(("term", "sister"), [("FAS", "FCA"), ("FOB", "FCA"), ("CFR", "CPT"), ("CIF", "CIP")])
def test_a_sea_rule_ashore_or_with_containers_names_its_sister(term, sister):
    for mode, container in itertools.product(ASHORE, (False, True)):
        assert [(each.code, each.instead) for each in advice(term, mode, container)] == [("not_by_ship", sister)]
    for mode in ("sea", "inland_water"):
        assert [(each.code, each.instead) for each in advice(term, mode, True)] == [("container", sister)]
        assert advice(term, mode, False) == []


def test_rules_for_any_mode_never_mind_the_mode():
    expected = {"EXW": ["buyer_clears_export"], "DDP": ["seller_clears_import"], "DPU": ["seller_unloads"]}
    for term, mode, container in itertools.product(
        ("EXW", "FCA", "CPT", "CIP", "DAP", "DPU", "DDP"), ("sea", "inland_water", *ASHORE), (False, True)
    ):
        assert [each.code for each in advice(term, mode, container)] == expected.get(term, [])


def test_advice_speaks_three_languages_and_names_a_real_rule():
    for term, mode, container in itertools.product(INCOTERMS, ("sea", "air"), (False, True)):
        for each in advice(term, mode, container):
            assert len(set(each.text)) == 3
            assert each.instead in INCOTERMS
            assert all(each.instead in text for text in each.text)


def test_an_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="unknown transport mode"):
        advice("FOB", "ship")
