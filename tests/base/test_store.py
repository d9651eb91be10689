"""What is remembered of the database: only while every change is followed, never out of a transaction, and not beyond a drop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction

from everfair.base.store import recall, remember, remembered
from everfair.discovery import queries
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _followed() -> Iterator[None]:
    remembered.looked()
    yield
    remembered.close()


def test_all_are_recalled_or_none():
    remember("a", 1, "tag:a", since=remembered.now())
    assert recall("a") == [1]
    assert recall("a", "b") is None


def test_what_was_read_before_a_drop_is_not_remembered_after_it():
    since = remembered.now()

    remembered.drop(["tag:a"])

    remember("a", 1, "tag:a", since=since)
    assert recall("a") is None


def test_inside_a_transaction_nothing_is_remembered_or_recalled():
    remember("a", 1, since=remembered.now())
    with transaction.atomic():
        remember("b", 2, since=remembered.now())
        assert recall("a") is None
    assert recall("b") is None


def test_nothing_is_recalled_when_nobody_follows():
    remember("a", 1, since=remembered.now())

    remembered.close()

    remember("b", 2, since=remembered.now())
    assert recall("a") is None
    assert recall("b") is None


@pytest.mark.parametrize("of", ["offer", "company"])
def test_a_listed_offer_is_asked_for_once_until_it_or_its_company_changes(of, django_assert_num_queries):
    company = make.company()
    offer = make.offer(company)
    with django_assert_num_queries(1):
        first = queries.listed([offer.number])
    with django_assert_num_queries(0):
        assert queries.listed([offer.number]) == first

    type(offer).objects.filter(pk=offer.pk).update(state="withdrawn")
    remembered.drop([f"offer:{offer.pk}" if of == "offer" else f"company:{company.pk}"])

    assert queries.listed([offer.number]) == []
