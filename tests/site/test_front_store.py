"""The store of the front: how much it holds, what a dropped tag takes with it, and how long a page may be shown."""

from __future__ import annotations

from everfair.base.store import BLIND_S, STALE_S, Store
from everfair.site.front.store import Kept
from tests.site.fronting import Clock, following


def kept(size: int = 100, *tags: str, fresh_s: float = 60) -> Kept:
    return Kept(bytes(size), [("content-type", "text/html")], frozenset(tags), fresh_s)


def test_the_store_never_holds_more_bytes_than_it_may():
    store = following(Store(most_bytes=100_000))

    for number in range(100):
        assert store.keep(number, kept(3_000, f"offer:{number}"), store.now())
        store.get(0)
        assert store.bytes <= 100_000

    assert store.get(0) is not None  # asked for all the time
    assert store.get(1) is None
    assert store.get(99) is not None
    assert sum(store.get(number)[0].size for number in range(100) if store.get(number)) == store.bytes


def test_an_answer_that_is_too_big_is_not_kept():
    store = following(Store(most_bytes=100_000))

    assert not store.keep("big", kept(50_000), store.now())
    assert store.bytes == 0


def test_a_dropped_tag_takes_every_page_with_it_and_no_other():
    store = following(Store())
    store.keep("offer", kept(10, "offer:1", "company:9"), store.now())
    store.keep("hall", kept(10, "offer:1", "offer:2"), store.now())
    store.keep("other", kept(10, "offer:2"), store.now())

    assert store.drop(["offer:1"]) == 2

    assert [key for key in ("offer", "hall", "other") if store.get(key)] == ["other"]


def test_what_began_to_be_made_before_a_drop_is_not_kept_after_it():
    store = following(Store())
    since = store.now()

    store.drop(["offer:1"])

    assert not store.keep("old", kept(10, "offer:1"), since)
    assert store.keep("another", kept(10, "offer:2"), since)
    assert store.keep("new", kept(10, "offer:1"), store.now())
    store.close()
    store.looked()
    assert not store.keep("before all", kept(10, "offer:3"), since)


def test_a_stale_answer_is_shown_for_a_while_and_then_no_more():
    clock = Clock()
    store = Store(clock=clock)
    store.looked()
    store.keep("page", kept(10, fresh_s=60), store.now())

    def look_after(seconds: float) -> bool | None:
        clock.s += seconds
        store.looked()
        found = store.get("page")
        return found[1] if found else None

    assert look_after(59) is True
    assert look_after(2) is False
    assert look_after(STALE_S) is None
    assert len(store) == 0


def test_nothing_is_shown_or_kept_while_nobody_reads_what_changed():
    clock = Clock()
    store = Store(clock=clock)
    assert not store.keep("page", kept(), store.now())
    store.looked()
    store.keep("page", kept(), store.now())

    clock.s += BLIND_S + 0.1

    assert store.get("page") is None
