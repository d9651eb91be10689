"""Drawn cards: kept while what they show is the same, and no longer."""

import pytest
from django.utils import translation
from markupsafe import Markup

from everfair.discovery import cards, queries
from everfair.discovery.cards import _Drawn
from tests import make

pytestmark = pytest.mark.django_db


def drawn(*numbers: int) -> str:
    return str(queries.cards_of(queries.listed(numbers)))


@pytest.mark.django_db(transaction=True)
def test_a_new_price_is_shown_at_once():
    offer = make.offer(make.company(), tiers=[["100", "0.50"]])
    assert "0.50" in drawn(offer.number)

    type(offer).objects.filter(pk=offer.pk).update(tiers=[["100", "0.75"]])

    assert "0.75" in drawn(offer.number)
    assert "0.50" not in drawn(offer.number)


def test_what_is_taken_back_has_no_card(django_assert_num_queries):
    company = make.company()
    first, second = make.offer(company, titles={"en": "First"}), make.offer(company, titles={"en": "Second"})
    listed = queries.listed([second.number, first.number])
    type(first).objects.filter(pk=first.pk).update(state="withdrawn")

    assert "First" not in queries.cards_of(listed)  # taken back between the two looks
    assert [offer.number for offer in queries.listed([second.number, first.number])] == [second.number]


def test_a_drawn_card_asks_for_nothing_and_each_language_has_its_own(django_assert_num_queries):
    offer = make.offer(make.company(), titles={"en": "Kettle", "zh-hant": "水壺"})
    english = drawn(offer.number)

    with django_assert_num_queries(1):
        assert drawn(offer.number) == english
    with translation.override("zh-hant"), django_assert_num_queries(2):
        assert "水壺" in drawn(offer.number)


def test_cards_are_bounded_by_their_bytes():
    kept = _Drawn(most_bytes=20_000)
    for number in range(100):
        kept.keep({(number, "1", False, "en"): Markup("x" * 1_000)})

    assert kept.bytes <= 20_000
    assert kept.get((99, "1", False, "en")) is not None
    assert kept.get((0, "1", False, "en")) is None
    kept.keep({(99, "1", False, "en"): Markup("y")})
    assert kept.bytes == sum(cards._size(card) for card in kept._cards.values())
