"""The index follows the offers: soon, completely, and out of every trouble by itself."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, connections

from everfair.base.models import Heartbeat
from everfair.companies.models import Stop
from everfair.discovery.actions import rebuild_index
from everfair.discovery.follow import Follower, follow_forever, follow_once, index_folder
from everfair.discovery.index import IndexLost, OfferIndex, OfferQuery
from everfair.discovery.queries import search_offers
from tests import make
from tests.discovery.catching_up import follow_all, settled


def numbers(text: str = "", **asked) -> list[int]:
    """What the index itself holds, read anew."""
    reader = OfferIndex.open(index_folder(), mend=False).reader()
    return [number for number, _score in reader.search(OfferQuery(text=text, **asked)).hits]


def found(text: str) -> set[int]:
    """What a visitor's search gives, from a page that the index answered."""
    page = search_offers(OfferQuery(text=text))
    return set() if page.is_plain_listing else {offer.number for offer in page.offers}


@contextmanager
def following() -> Iterator[None]:
    """A worker's thread beside the test."""
    stop = threading.Event()

    def work() -> None:
        try:
            follow_forever(stop)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=10)
    assert not thread.is_alive()


def seconds_until(true: Callable[[], bool], patience_s: float = 20) -> float:
    began_s = time.monotonic()
    while not true():
        assert time.monotonic() - began_s < patience_s, "it did not happen"
        time.sleep(0.02)
    return time.monotonic() - began_s


def test_an_offer_is_found_within_two_seconds_of_its_commit(committed):
    company = make.company()
    with following():
        first = make.offer(company, titles={"en": "Copper kettle"})
        seconds_until(lambda: found("kettle") == {first.number})

        second = make.offer(company, titles={"en": "Iron kettle"})
        settled()  # other tests on this server may hold cursors up

        assert seconds_until(lambda: found("kettle") == {first.number, second.number}) < 2


def test_a_changed_offer_is_found_by_its_new_words_only(committed):
    offer = make.offer(make.company(), titles={"en": "Copper kettle"})
    follow_all()
    offer.titles = {"en": "Copper pan"}
    offer.save()

    follow_all()

    assert (numbers("kettle"), numbers("pan")) == ([], [offer.number])


def test_a_withdrawn_offer_leaves_the_index(committed):
    company = make.company()
    gone, kept = make.offer(company), make.offer(company)
    follow_all()
    gone.state = "withdrawn"
    gone.save()

    assert follow_all() == 1

    assert numbers() == [kept.number]


def test_a_company_stopped_from_listing_is_not_found_until_the_stop_is_lifted(committed):
    company = make.company()
    offer = make.offer(company)
    stop = Stop.objects.create(company=company, kind="listing", reason="fakes", placed_by="operator")
    offer.save()
    follow_all()
    assert numbers() == []

    stop.lifted_at, stop.lifted_by = stop.created_at, "operator"
    stop.save()
    offer.save()
    follow_all()

    assert numbers() == [offer.number]


def test_a_change_that_commits_late_is_not_passed_over(committed, superuser):
    company = make.company()
    early = make.offer(company, titles={"en": "Early bird"})
    follow_all()
    superuser.execute('UPDATE catalog_offer SET titles = \'{"en": "Late owl"}\' WHERE number = %s', (early.number,))
    later = make.offer(company, titles={"en": "Later lark"})
    follow_once()
    assert numbers("lark") == []  # a transaction older than it still runs

    superuser.commit()
    follow_all()

    assert (numbers("owl"), numbers("lark")) == ([early.number], [later.number])


def test_more_offers_than_one_batch_are_all_followed(committed, monkeypatch):
    from everfair.discovery import follow

    monkeypatch.setattr(follow, "BATCH", 7)
    monkeypatch.setattr(follow, "_FILL", follow._FILL.replace("LIMIT 1000", "LIMIT 7"))
    monkeypatch.setattr(follow, "_FOLLOW", follow._FOLLOW.replace("LIMIT 1000", "LIMIT 7"))
    company = make.company()
    filled = {make.offer(company).number for _ in range(15)}
    follow_all()
    assert set(numbers(page_size=50)) == filled

    followed = {make.offer(company).number for _ in range(14)}
    assert follow_all() == 14

    assert set(numbers(page_size=50)) == filled | followed


def test_after_much_was_put_in_the_pieces_are_put_together(committed, monkeypatch):
    monkeypatch.setattr("everfair.discovery.follow.SETTLE_AFTER", 5)
    seller = make.company()
    follower = Follower(index_folder())
    try:
        for number in range(5):
            make.offer(seller, sku=f"PIECE-{number}")
            while not follower.turn():
                pass
        pieces = OfferIndex.open(index_folder(), mend=False).tantivy.searcher().num_segments

        follower.turn()
    finally:
        follower.close()

    assert pieces > 3
    assert OfferIndex.open(index_folder(), mend=False).tantivy.searcher().num_segments < 3
    assert len(numbers()) == 5


def test_nothing_changed_means_nothing_is_read_again(committed):
    make.offer(make.company())
    assert follow_all() == 1

    assert follow_all() == 0


def test_a_deleted_index_heals_itself(committed):
    offer = make.offer(make.company(), titles={"en": "Copper kettle"})
    with following():
        seconds_until(lambda: found("kettle") == {offer.number})

        shutil.rmtree(index_folder())

        assert search_offers(OfferQuery(text="kettle")).offers[0].number == offer.number
        seconds_until(lambda: found("kettle") == {offer.number})


def test_an_index_ahead_of_the_database_is_filled_again(committed):
    offer = make.offer(make.company())
    with OfferIndex.open(index_folder()).writer() as writer:
        writer.commit(f"{10**15}:1")

    follow_all()

    assert numbers() == [offer.number]


def test_rows_of_a_restored_database_are_filled_and_followed(committed, superuser):
    """A restored row bears the number of a transaction that this cluster has not reached yet."""
    offer = make.offer(make.company(), titles={"en": "Copper kettle"})
    superuser.execute("ALTER TABLE catalog_offer DISABLE TRIGGER USER")
    superuser.execute("UPDATE catalog_offer SET changed = '999999999999'")
    superuser.execute("ALTER TABLE catalog_offer ENABLE TRIGGER USER")
    superuser.commit()
    assert rebuild_index()["offers"] == 1

    offer.titles = {"en": "Copper pan"}
    offer.save()
    follow_all()

    assert (numbers("kettle"), numbers("pan")) == ([], [offer.number])


def test_a_rebuild_counts_what_it_put_in_and_the_worker_follows_on(committed):
    company = make.company()
    make.offer(company), make.offer(company)
    make.offer(company, state="draft")
    with following():
        seconds_until(lambda: len(found("bolt")) == 2)
        before = OfferIndex.open(index_folder(), mend=False).identity.id

        figures = rebuild_index()

        assert figures["offers"] == 2
        assert set(figures) == {"offers", "seconds", "offers_per_second"}
        assert OfferIndex.open(index_folder(), mend=False).identity.id != before
        third = make.offer(company, titles={"en": "Copper kettle"})
        settled()
        assert seconds_until(lambda: found("kettle") == {third.number}) < 3


def test_an_interrupted_rebuild_does_not_spoil_the_next(committed):
    make.offer(make.company())
    beside = index_folder().with_name("index.rebuilt")
    with OfferIndex.open(beside).writer() as writer:
        writer.commit("5:5")

    assert rebuild_index()["offers"] == 1

    assert not beside.exists()


def test_the_index_says_that_it_is_alive(committed):
    make.offer(make.company())
    with following():
        seconds_until(lambda: Heartbeat.objects.filter(part="index", note="ready").exists())


def test_what_an_index_is_told_of_an_offer(committed):
    company = make.company(country="CN")
    on_request = make.offer(company, tiers=[], category="unsorted/unsorted", titles={"zh-hans": "铜壶"})
    euros = make.offer(company, currency="EUR")
    dear = make.offer(company, tiers=[["1", "20.00"]], sample_price_minor=500)
    cheap = make.offer(company, tiers=[["10", "38.50"]], price_per=1000)

    follow_all()

    assert numbers(sort="price") == [cheap.number, dear.number, *sorted([on_request.number, euros.number])]
    assert numbers(price_at_most_minor=4) == [cheap.number]  # 3.85 cents a piece
    assert numbers(sample_only=True) == [dear.number]
    assert set(numbers(hall="hardware")) == {euros.number, dear.number, cheap.number}
    assert set(numbers("fasteners")) == {euros.number, dear.number, cheap.number}
    assert numbers("銅壺", language="zh-hant") == [on_request.number]
    assert len(numbers(countries=("CN",))) == 4


def test_the_cursor_lies_in_the_index(committed):
    offer = make.offer(make.company())
    with pytest.raises(IndexLost):
        OfferIndex.open(index_folder(), mend=False)
    follow_all()
    offer.save()
    follow_all()

    with connection.cursor() as cursor:
        cursor.execute("SELECT changed::text FROM catalog_offer")
        (changed,) = cursor.fetchone()
    assert OfferIndex.open(index_folder(), mend=False).cursor() == f"{changed}:{offer.number}"
