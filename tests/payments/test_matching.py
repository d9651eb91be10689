"""Which payment a transfer is meant for: references however they were written, names however they were cut, and no guess booked."""

from __future__ import annotations

import random
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everfair.base.ids import new_id
from everfair.payments.matching import Named, Tolerance, Waiting, likeness, shared_out, suggestions
from everfair.payments.references import chopped_in, in_groups, is_reference, new_reference, references_in

TOLERANCE = Tolerance(Decimal("0.02"), 4000)
REFERENCE = "RF18539007547034"  # the standard's own example


def test_the_example_of_the_standard_is_valid():
    from stdnum import iso11649

    body = new_reference()
    assert iso11649.is_valid(body)
    assert is_reference(body)
    assert in_groups("RF12345678901234") == "RF12 3456 7890 1234"


@given(st.integers(0, 10**6), st.sampled_from(["", " ", "  ", "-", "/", "\n", "?21", "."]), st.booleans(), st.booleans())
def test_a_reference_is_found_between_anything(seed, between, small, bare):
    reference = new_reference()
    at = 3 + seed % 10
    written = reference[:at] + ("" if between == "?21" else between) + reference[at:]
    if bare:
        written = written.replace("RF", "", 1)
    if small:
        written = written.lower()
    assert reference in references_in(f"payment for {written} goods")


@given(st.integers(4, 15), st.sampled_from("123456789"))
def test_a_wrong_digit_is_no_reference(place, step):
    reference = new_reference()
    wrong = reference[:place] + str((int(reference[place]) + int(step)) % 10) + reference[place + 1 :]
    assert wrong not in references_in(wrong)


@given(st.integers(4, 14))
def test_two_digits_exchanged_are_no_reference(place):
    reference = new_reference()
    swapped = reference[:place] + reference[place + 1] + reference[place] + reference[place + 2 :]
    if swapped != reference:
        assert references_in(swapped) == []


def test_several_references_come_in_their_order_each_once():
    one, two = new_reference(), new_reference()
    assert references_in(f"{two} {one} {two}") == [two, one]


def test_a_cut_reference_is_only_a_beginning():
    assert chopped_in("goods RF18 5390 0754") == ["RF1853900754"]
    assert chopped_in("RF18539") == []
    assert references_in("RF1853900754") == []


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("MUELLER UND SOEHNE GMBH", "Mueller und Soehne GmbH"),
        ("SHENZHEN YONGKANG HARDWARE C", "Shenzhen Yongkang Hardware Co., Ltd."),
        ("Yongkang Hardware Ltd Shenzhen", "Shenzhen Yongkang Hardware Co., Ltd."),
        ("SOCIETE GENERALE DES OUTILS", "Société Générale des Outils S.A."),
        ("HANSEATIC TRADING", "Hanseatic Trading GmbH & Co. KG"),
    ],
)
def test_one_company_written_in_two_ways_is_alike(said, name):
    assert likeness(said, [name]) >= 92


@pytest.mark.parametrize(
    ("said", "name"),
    [("Hanseatic Trading", "Atlantic Trading"), ("Shenzhen Hardware", "Shenzhen Software"), ("", "Anybody"), ("GmbH", "AG")],
)
def test_two_companies_are_not(said, name):
    assert likeness(said, [name]) < 92


def test_two_that_could_be_meant_are_for_a_person():
    rows = [Waiting(new_id(), 1000, ("Hanseatic Trading",)), Waiting(new_id(), 1000, ("Hanseatic Trading GmbH",))]
    found = suggestions(1000, "Hanseatic Trading", "", rows, TOLERANCE)
    assert len(found) == 2
    assert not any(row.sure for row in found)


def test_a_known_account_and_the_exact_amount_are_sure_whatever_the_name():
    row = Waiting(new_id(), 1000, ("Hanseatic",), frozenset({"DE1"}))
    [found] = suggestions(1000, "H. T.", "DE1", [row], TOLERANCE)
    assert (found.sure, found.reasons) == (True, ("amount", "account"))


def test_a_short_amount_is_never_sure_without_a_reference():
    row = Waiting(new_id(), 1000, ("Hanseatic",))
    [found] = suggestions(985, "Hanseatic", "", [row], TOLERANCE)
    assert (found.sure, found.reasons) == (False, ("short", "name"))


@given(st.integers(1, 10**12), st.lists(st.integers(0, 10**11), min_size=1, max_size=8))
def test_what_is_shared_out_adds_up(amount, dues):
    parts, left = shared_out(amount, [Named(new_id(), due) for due in dues])
    assert sum(part for _pk, part in parts) + left == amount
    assert left >= 0
    assert all(part > 0 for _pk, part in parts)
    assert left == max(0, amount - sum(dues))


FIRST = [
    "Hanseatic",
    "Yongkang",
    "Ningbo",
    "Aalborg",
    "Lyon",
    "Torino",
    "Gdansk",
    "Porto",
    "Bilbao",
    "Antwerp",
    "Graz",
    "Turku",
    "Kaunas",
    "Split",
]
SECOND = [
    "Trading",
    "Hardware",
    "Textiles",
    "Machinery",
    "Plastics",
    "Lighting",
    "Ceramics",
    "Toys",
    "Tools",
    "Packaging",
    "Furniture",
]
FORMS = ["GmbH", "Co., Ltd.", "S.p.A.", "B.V.", "Oy", "Ltd", "SARL", "Sp. z o.o."]


def planted(seed: int, count: int) -> tuple[list[Waiting], list[tuple[int, str, str, UUID | None]]]:
    """Payments that wait, and transfers with what really was meant: names spoiled as banks spoil them, and strangers among them."""
    luck = random.Random(seed)
    names = [f"{a} {b} {luck.choice(FORMS)}" for a in FIRST for b in SECOND]
    luck.shuffle(names)
    waiting = [
        Waiting(new_id(), luck.choice([luck.randrange(10_000, 5_000_000), 100_000, 250_000]), (name,)) for name in names[:count]
    ]
    transfers: list[tuple[int, str, str, UUID | None]] = []
    for row in waiting:
        name = row.names[0]
        written = luck.choice(
            [name, name.upper(), name[:27], name.rsplit(" ", 1)[0], " ".join(reversed(name.split(" ", 1))), name.replace("a", "à"),
             name.replace(" ", "  "), f"{name} {luck.choice(['Hamburg', 'Shanghai'])}"[:35]]
        )  # fmt: skip
        transfers.append((row.due_minor, written, "", row.intent_id))
    for name in names[count : count + count // 3]:
        transfers.append((luck.choice(waiting).due_minor, name, "", None))  # the right amount from somebody else
    luck.shuffle(transfers)
    return waiting, transfers


@pytest.mark.parametrize("seed", range(5))
def test_of_a_planted_set_nothing_is_booked_wrongly_and_most_is_booked(seed):
    waiting, transfers = planted(seed, 90)
    right = wrong = offered = 0
    for amount, name, account, meant in transfers:
        found = suggestions(amount, name, account, waiting, TOLERANCE)
        sure = next((row.intent_id for row in found if row.sure), None)
        wrong += sure is not None and sure != meant
        right += sure is not None and sure == meant
        offered += meant is not None and meant in [row.intent_id for row in found[:3]]
    assert wrong == 0
    assert right >= 0.75 * len(waiting)
    assert offered >= 0.95 * len(waiting)
