"""What is typed and not saved: kept for one person, never silently replaced, never public."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from everfair.base.actor import Actor
from everfair.base.refused import NotVisible, Refused
from everfair.catalog.actions import (
    change_offer,
    close_unsaved,
    draft_offer,
    forget_unsaved,
    keep_unsaved,
    publish_offer,
    restore_unsaved,
)
from everfair.catalog.models import Offer, UnsavedOffer
from everfair.catalog.queries import unsaved_offer, unsaved_since
from everfair.catalog.reading import version_of
from everfair.catalog.refusals import OfferRefused
from everfair.companies.models import Company
from tests import make

pytestmark = pytest.mark.django_db


def somebody(of: Company, *roles: str) -> Actor:
    return make.actor(of, *roles, who=make.member(of, *(roles or ("owner",))))


def test_what_is_typed_is_kept_and_the_offer_stays_as_it_is() -> None:
    seller = make.company()
    offer = make.offer(seller)
    by = somebody(seller)
    before = Offer.objects.values().get()

    first = keep_unsaved(offer.pk, {"sku": ["NEW"], "tiers_1": ["nonsense"]}, by=by, seen=version_of(offer), window="w")
    second = keep_unsaved(offer.pk, {"sku": ["NEWER"]}, by=by, seen=version_of(offer), window="w")

    assert (first.version, second.version) == (1, 2)
    kept = unsaved_offer(offer.pk, by)
    assert kept is not None
    assert kept.typed == {"sku": ["NEWER"]}
    assert list(unsaved_since(by)) == [offer.pk]
    assert Offer.objects.values().get() == before


def test_a_colleague_has_unsaved_text_of_their_own() -> None:
    seller = make.company()
    offer = make.offer(seller)
    anna, ben = somebody(seller), somebody(seller)

    keep_unsaved(offer.pk, {"sku": ["ANNA"]}, by=anna)
    keep_unsaved(offer.pk, {"sku": ["BEN"]}, by=ben)

    assert unsaved_offer(offer.pk, anna).typed == {"sku": ["ANNA"]}  # type: ignore[union-attr]
    assert unsaved_offer(offer.pk, ben).typed == {"sku": ["BEN"]}  # type: ignore[union-attr]


def test_another_window_writes_over_newer_text_only_when_told_to() -> None:
    seller = make.company()
    by = somebody(seller)
    keep_unsaved(None, {"sku": ["A"]}, by=by, window="one")

    with pytest.raises(Refused) as refusal:
        keep_unsaved(None, {"sku": ["B"]}, by=by, window="two", version=0)

    assert (refusal.value.code, refusal.value.status) == ("catalog.unsaved_elsewhere", 409)
    assert unsaved_offer(None, by).typed == {"sku": ["A"]}  # type: ignore[union-attr]
    assert keep_unsaved(None, {"sku": ["C"]}, by=by, window="two", version=1).typed == {"sku": ["C"]}
    assert keep_unsaved(None, {"sku": ["D"]}, by=by, window="one", version=1, force=True).typed == {"sku": ["D"]}


def test_a_late_word_does_not_come_back_after_the_save() -> None:
    seller = make.company()
    by = somebody(seller)
    keep_unsaved(None, {"sku": ["A"]}, by=by, window="one")

    close_unsaved(None, by=by, window="one", version=1)

    with pytest.raises(Refused, match="unsaved_elsewhere"):
        keep_unsaved(None, {"sku": ["A, late"]}, by=by, window="one", version=1)
    row = UnsavedOffer.objects.get()
    assert (row.typed, row.closed_at is not None, unsaved_since(by)) == ({}, True, {})


def test_a_save_leaves_what_another_window_is_typing() -> None:
    by = somebody(make.company())
    keep_unsaved(None, {"sku": ["A"]}, by=by, window="one")

    close_unsaved(None, by=by, window="two", version=0)

    assert unsaved_offer(None, by).typed == {"sku": ["A"]}  # type: ignore[union-attr]
    assert list(unsaved_since(by)) == [None]


def test_discarded_text_can_be_brought_back_for_a_week() -> None:
    by = somebody(make.company())
    keep_unsaved(None, {"sku": ["A"]}, by=by)
    close_unsaved(None, by=by, discarded=True)
    assert unsaved_since(by) == {}

    restore_unsaved(None, by=by)

    assert unsaved_offer(None, by).typed == {"sku": ["A"]}  # type: ignore[union-attr]
    assert list(unsaved_since(by)) == [None]
    with pytest.raises(NotVisible):
        restore_unsaved(None, by=by)
    close_unsaved(None, by=by, discarded=True)
    assert forget_unsaved() == 0
    UnsavedOffer.objects.update(closed_at=UnsavedOffer.objects.get().closed_at - timedelta(days=8))
    assert forget_unsaved() == 1


def test_another_company_a_buyer_and_an_endless_text_keep_nothing() -> None:
    seller = make.company()
    offer = make.offer(seller)
    by = somebody(seller)

    with pytest.raises(NotVisible):
        keep_unsaved(offer.pk, {"sku": ["X"]}, by=somebody(make.company()))
    with pytest.raises(Refused) as role:
        keep_unsaved(offer.pk, {"sku": ["X"]}, by=somebody(seller, "buyer"))
    with pytest.raises(Refused) as long:
        keep_unsaved(offer.pk, {"sku": ["x" * 1024 * 1024]}, by=by)
    Offer.objects.update(state="removed")
    with pytest.raises(Refused) as removed:
        keep_unsaved(offer.pk, {"sku": ["X"]}, by=by)

    assert (role.value.status, long.value.code, removed.value.code) == (403, "catalog.typed_too_long", "catalog.offer_removed")
    assert not UnsavedOffer.objects.exists()


def test_two_rows_for_one_offer_are_refused_by_the_database() -> None:
    by = somebody(make.company())
    keep_unsaved(None, {"sku": ["A"]}, by=by)

    with pytest.raises(Exception, match="catalog_unsaved_new_once"), connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO catalog_unsavedoffer (id, company_id, person_id, typed, seen, "window", version)'
            ' SELECT gen_random_uuid(), company_id, person_id, typed, seen, "window", version FROM catalog_unsavedoffer'
        )


def test_who_began_from_an_older_offer_does_not_save_over_the_newer() -> None:
    seller = make.company()
    by = make.actor(seller)
    offer = make.offer(seller, titles={"en": "Old"}, state="draft")
    seen = version_of(offer)
    publish_offer(offer.pk, by=by)  # its state is not what it says
    change_offer(offer.pk, {"titles": {"en": "Mine"}}, by=by, seen=seen)

    with pytest.raises(Refused) as refusal:
        change_offer(offer.pk, {"titles": {"en": "Theirs"}}, by=by, seen=seen)

    assert (refusal.value.code, refusal.value.status) == ("catalog.changed_meanwhile", 409)
    assert Offer.objects.get().titles == {"en": "Mine"}


@pytest.mark.parametrize(
    ("values", "cells"),
    [
        ({"tiers": [["10", "5"], ["5", "4"], ["100", "6"]]}, [("tier_order", (1, 0)), ("tier_rising", (2, 1))]),
        ({"tiers": [["x", "5"], ["10", "4"], ["5", "3"]]}, [("number_plain", (0, 0)), ("tier_order", (2, 0))]),
        ({"tiers": [["10", ""], ["1.5", "4"]]}, [("tier_incomplete", (0, 1)), ("quantity_whole", (1, 0))]),
        ({"tiers": [["10", "0"]]}, [("number_positive", (0, 1))]),
        ({"lead_times": [["500", "7"], ["100", "9"], ["", "x"]]}, [("lead_time_order", (1, 0)), ("number_plain", (2, 1))]),
        ({"attributes": [["Size", "8"], ["Size", "9"], ["", "red"]]}, [("attribute_twice", (1, 0)), ("attribute_incomplete", (2, 0))]),
    ],
)  # fmt: skip
def test_what_is_wrong_names_its_cell_as_it_was_typed(
    values: dict[str, object], cells: list[tuple[str, tuple[int, int]]]
) -> None:
    offer = {"sku": "A", "titles": {"en": "Bolt"}, "category": "hardware/fasteners"}

    with pytest.raises(OfferRefused) as refusal:
        draft_offer(offer | values, by=make.actor(make.company()))

    found = [(wrong.code, wrong.cell) for wrong in refusal.value.wrong if wrong.cell]
    assert [pair for pair in found if pair in cells] == cells
