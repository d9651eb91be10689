"""Every cell of the truth table, from a list written per document while reading the rules, not from the table in the code."""

from typing import get_args

import pytest

from everfair.reference.queries import INCOTERMS, PAPERS, PAPERS_BY_INCOTERM, papers_for
from everfair.reference.values import TransportMode

ALL = ["EXW", "FCA", "FAS", "FOB", "CFR", "CIF", "CPT", "CIP", "DAP", "DPU", "DDP"]
ALL_BUT_EXW = ALL[1:]
# Per document: who gives it under which rules (nobody under the rest), and under which of them it comes before the balance.
WRITTEN = {
    "commercial_invoice": ({"seller": ALL}, ALL),
    "packing_list": ({"seller": ALL}, ALL),
    "transport_document": (
        {"seller": ["CFR", "CIF", "CPT", "CIP"], "buyer": ["FCA", "FAS", "FOB"]},
        ["CFR", "CIF", "CPT", "CIP"],
    ),
    # The seller of all rules but EXW clears for export. Goods handed over ashore may still wait for it.
    "export_clearance": ({"seller": ALL_BUT_EXW, "buyer": ["EXW"]}, ["FCA", "FAS", "CPT", "CIP"]),
    "import_clearance": ({"seller": ["DDP"], "buyer": [term for term in ALL if term != "DDP"]}, ["DDP"]),
    "insurance_certificate": ({"seller": ["CIF", "CIP"]}, ["CIF", "CIP"]),
    # F rules: proof of delivery to the carrier. D rules: what the buyer needs to take over. EXW: the buyer's receipt.
    "delivery_document": (
        {"seller": ["FCA", "FAS", "FOB", "DAP", "DPU", "DDP"], "buyer": ["EXW"]},
        ["FCA", "FAS", "FOB", "DAP", "DPU", "DDP"],
    ),
    "inspection_certificate": ({"seller": ["DDP"], "buyer": [term for term in ALL if term != "DDP"]}, []),
}
CELLS = [
    (term, code, next((who for who, terms in givers.items() if term in terms), None), term in before)
    for code, (givers, before) in WRITTEN.items()
    for term in ALL
]
SEA_ONLY = ("FAS", "FOB", "CFR", "CIF")


def found(papers, code):
    (paper,) = (each for each in papers if each.code == code)
    return paper


def test_the_list_has_88_cells():
    assert len(CELLS) == 88
    assert set(ALL) == set(INCOTERMS) == set(PAPERS_BY_INCOTERM)
    assert set(WRITTEN) == set(PAPERS)


@pytest.mark.parametrize(("term", "code", "giver", "before"), CELLS)
def test_who_provides_it_and_whether_before_the_balance(term, code, giver, before):
    paper = found(papers_for(term, "sea"), code)

    assert (paper.provided_by, paper.before_balance) == (giver, before)


@pytest.mark.parametrize("term", ALL)
def test_the_papers_agree_with_the_duties_of_the_rule(term):
    rule, papers = INCOTERMS[term], papers_for(term, "sea")

    assert [paper.code for paper in papers] == list(WRITTEN)
    assert found(papers, "export_clearance").provided_by == rule.export_clearance_by
    assert found(papers, "import_clearance").provided_by == rule.import_clearance_by
    assert found(papers, "insurance_certificate").provided_by == rule.insurance_by
    if found(papers, "transport_document").provided_by:
        assert found(papers, "transport_document").provided_by == rule.main_carriage_by


@pytest.mark.parametrize("term", ALL)
def test_an_article_binds_the_side_it_names(term):
    for paper in PAPERS_BY_INCOTERM[term]:
        if paper.provided_by:
            assert paper.article[0] == {"seller": "A", "buyer": "B"}[paper.provided_by]
        assert not paper.before_balance or paper.provided_by == "seller"


def test_the_articles_are_those_of_the_rules():
    articles = {code: {found(PAPERS_BY_INCOTERM[term], code).article for term in ALL} for code in PAPERS}

    assert articles == {
        "commercial_invoice": {"A1"},
        "packing_list": {"A8"},
        "transport_document": {"A4/B4", "B4", "A6", "A4"},
        "export_clearance": {"A7", "B7"},
        "import_clearance": {"A7", "B7"},
        "insurance_certificate": {"A5", "A5/B5"},
        "delivery_document": {"A6", "B6"},
        "inspection_certificate": {"A7", "B7"},
    }


@pytest.mark.parametrize("term", ALL)
def test_a_sea_rule_refuses_every_other_journey(term):
    for mode in get_args(TransportMode):
        if term in SEA_ONLY and mode not in ("sea", "inland_water"):
            with pytest.raises(ValueError, match=f"{term} is for sea and inland waterway only"):
                papers_for(term, mode)
        else:
            assert len(papers_for(term, mode)) == 8


def test_the_transport_document_goes_by_the_name_of_the_journey():
    names = {mode: found(papers_for("CPT", mode), "transport_document").names.en for mode in get_args(TransportMode)}

    assert names == {
        "sea": "Bill of lading", "inland_water": "Inland waterway bill of lading", "air": "Air waybill",
        "road": "Road consignment note", "rail": "Rail consignment note", "courier": "Courier receipt",
        "multimodal": "Multimodal transport document",
    }  # fmt: skip


def test_inside_one_country_nobody_clears_anything():
    for term in ALL:
        inside, outside = papers_for(term, "sea", across_border=False), papers_for(term, "sea")
        for paper, usual in zip(inside, outside, strict=True):
            if paper.code in ("export_clearance", "import_clearance", "inspection_certificate"):
                assert (paper.provided_by, paper.before_balance) == (None, False)
            else:
                assert paper == usual


def test_under_fca_an_agreed_on_board_bill_of_lading_comes_from_the_seller():
    usual, agreed = papers_for("FCA", "multimodal"), papers_for("FCA", "multimodal", on_board=True)

    bill = found(agreed, "transport_document")
    assert (bill.names.en, bill.provided_by, bill.before_balance, bill.article) == (
        "Bill of lading with on-board notation", "seller", True, "A6/B6",
    )  # fmt: skip
    assert found(usual, "export_clearance").before_balance
    assert not found(agreed, "export_clearance").before_balance
    changed = [paper.code for paper, other in zip(usual, agreed, strict=True) if paper != other]
    assert changed == ["transport_document", "export_clearance"]


@pytest.mark.parametrize(("term", "mode"), [("FCA", "air"), ("FCA", "road"), ("FOB", "sea"), ("CIF", "sea"), ("EXW", "sea")])
def test_an_on_board_bill_is_agreed_under_fca_by_ship_only(term, mode):
    with pytest.raises(ValueError, match="on-board bill of lading"):
        papers_for(term, mode, on_board=True)


@pytest.mark.parametrize(
    ("term", "mode", "why"),
    [("DAT", "sea", "not an Incoterms 2020"), ("FOB", "ship", "unknown transport mode"), ("fob", "sea", "not an")],
)
def test_unknown_rules_and_journeys_are_refused(term, mode, why):
    with pytest.raises(ValueError, match=why):
        papers_for(term, mode)


def test_every_document_has_a_name_in_three_languages():
    for mode in get_args(TransportMode):
        for paper in papers_for("FCA", mode):
            assert all(paper.names)
