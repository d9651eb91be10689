"""The front: what it keeps, what it drops, whom it lets in, and that payment events find a thread."""

from __future__ import annotations

import asyncio
import gzip
import re
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client

from everfair.catalog import actions as catalog
from everfair.catalog.models import OfferView
from everfair.catalog.queries import views_of as catalog_views
from everfair.companies import actions as companies
from everfair.discovery.follow import follow_once, index_mark
from everfair.site.front import gate as gates
from everfair.site.front.bridge import Answer
from everfair.site.front.follower import Follower
from everfair.site.front.gate import MEMBER_BYTES, MOST_BODIES, RESERVED_BYTES, STRANGER_BYTES, Gate
from everfair.site.front.keys import Address, address_of
from everfair.site.front.store import BLIND_S, STALE_S, Kept, Store
from everfair.site.worker import conninfo
from tests import make

OFFER = "/en/export/offers/7/"


class Clock:
    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


class Proto:
    """What the server gives for one request, and what it was told to answer."""

    def __init__(self, body: bytes = b"") -> None:
        self.body, self.sent = body, b""

    async def __aiter__(self) -> Any:
        for start in range(0, len(self.body), 1_000):
            yield self.body[start : start + 1_000]

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = status, headers

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers, self.sent = status, headers, body

    def response_file(self, status: int, headers: list[tuple[str, str]], file: str) -> None:
        self.status, self.headers, self.file = status, headers, file

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> Proto:
        self.status, self.headers = status, headers
        return self

    async def send_bytes(self, piece: bytes) -> None:
        self.sent += piece

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


def scope(path: str, query: str = "", method: str = "GET", **headers: str) -> Any:
    named = {"host": "testserver"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return SimpleNamespace(
        method=method, path=path, query_string=query, headers=named, scheme="http", authority=None, server="127.0.0.1:8000",
        client="127.0.0.1:5000", http_version="1.1",
    )  # fmt: skip


async def ask(gate: Gate, path: str, query: str = "", method: str = "GET", body: bytes = b"", **headers: str) -> Proto:
    proto = Proto(body)
    await gate.__rsgi__(scope(path, query, method, **headers), proto)
    return proto


def with_gate(gate: Gate, story: Callable[[], Awaitable[None]]) -> None:
    """The life of one web process around the story."""
    loop = asyncio.new_event_loop()
    gate.__rsgi_init__(loop)
    try:
        loop.run_until_complete(story())
    finally:
        gate.__rsgi_del__(loop)
        with suppress(asyncio.CancelledError):
            if gate._counting:
                loop.run_until_complete(gate._counting)
        loop.close()


class Site:
    """A site that answers what it was asked, tagged as public, and counts."""

    def __init__(self, *, tags: str = "offer:7", status: str = "200 OK", headers: tuple[tuple[str, str], ...] = ()) -> None:
        self.asked: list[dict[str, Any]] = []
        self.status, self.headers = status, [("Cache-Tag", tags), ("Content-Type", "text/html"), *headers]
        self.open = threading.Event()
        self.open.set()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        self.asked.append(environ)
        if not environ["PATH_INFO"].startswith("/hooks/"):
            self.open.wait(10)
        start_response(self.status, self.headers)
        return [f"<p>{environ['PATH_INFO']}?{environ['QUERY_STRING']}</p>".encode() * 50]


def following(store: Store) -> Store:
    store.looked()
    return store


def kept(size: int = 100, *tags: str, fresh_s: float = 60) -> Kept:
    return Kept(bytes(size), [("content-type", "text/html")], frozenset(tags), fresh_s)


# The store


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


# The gate, before a site of its own


def test_eight_who_ask_at_once_make_the_page_once():
    site, gate = Site(), Gate(Site(), following(Store()))
    gate.application = site
    site.open.clear()
    found: list[Proto] = []

    async def story() -> None:
        asking = [asyncio.ensure_future(ask(gate, OFFER)) for _ in range(8)]
        await asyncio.sleep(0.1)
        site.open.set()
        found.extend(await asyncio.gather(*asking))
        found.append(await ask(gate, OFFER))

    with_gate(gate, story)

    assert len(site.asked) == 1
    assert [each.status for each in found] == [200] * 9
    assert len({each.sent for each in found}) == 1


def test_a_public_page_takes_the_short_way_and_all_else_the_whole():
    taken: list[str] = []

    def short_way(environ: dict[str, Any], address: Address) -> Answer | None:
        taken.append(environ["PATH_INFO"])
        if environ["PATH_INFO"] != OFFER:
            return None
        return Answer(200, [("cache-tag", "offer:7"), ("content-type", "text/html")], b"short")

    gate = Gate(site := Site(), following(Store()), short_way=short_way)

    async def story() -> None:
        assert (await ask(gate, OFFER)).sent == b"short"
        assert (await ask(gate, OFFER, cookie="sessionid=a")).sent == b"short"  # kept
        assert (await ask(gate, "/en/export/offers/8/")).sent != b"short"  # what it cannot make goes on
        assert (await ask(gate, "/en/me/")).status == 200
        assert (await ask(gate, OFFER, method="POST", content_length="0")).status == 200

    with_gate(gate, story)

    assert taken == [OFFER, "/en/export/offers/8/"]
    assert [environ["PATH_INFO"] for environ in site.asked] == ["/en/export/offers/8/", "/en/me/", OFFER]


def test_numbers_in_an_address_do_not_change_whose_page_it_is():
    first, other = (address_of("testserver", False, f"/en/export/offers/{number}/", "") for number in (7, 1234567))

    assert first is not None
    assert other is not None
    assert (first.counted, other.counted) == (7, 1234567)
    assert (other.match.kwargs, other.match.view_name) == ({"market": "export", "number": 1234567}, first.match.view_name)
    assert address_of("testserver", False, "/en/export/offers/x7/", "") is None


def test_a_public_page_is_asked_for_by_nobody_in_particular():
    gate = Gate(site := Site(), following(Store()))

    async def story() -> None:
        await ask(
            gate, OFFER, "utm_source=mail&token=secret", cookie="sessionid=a", authorization="Bearer x", x_forwarded_for="1.2.3.4"
        )

    with_gate(gate, story)

    (environ,) = site.asked
    assert environ["QUERY_STRING"] == ""
    assert {name for name in environ if name.startswith("HTTP_")} == {"HTTP_HOST", "HTTP_ACCEPT"}


def test_the_query_is_kept_by_what_the_page_reads_whatever_its_order():
    gate = Gate(site := Site(), following(Store()))
    path = "/en/export/suppliers/"

    async def story() -> None:
        first = await ask(gate, path, "verified=1&country=CN&x=1")
        again = await ask(gate, path, "country=CN&verified=1")
        other = await ask(gate, path, "country=DE")
        assert first.sent == again.sent != other.sent

    with_gate(gate, story)

    assert [environ["QUERY_STRING"] for environ in site.asked] == ["country=CN&verified=1", "country=DE"]


def test_a_known_page_is_not_sent_again():
    gate = Gate(Site(), following(Store()))

    async def story() -> None:
        first = await ask(gate, OFFER, accept_encoding="gzip, br")
        plain = await ask(gate, OFFER, accept_encoding="gzip;q=0")
        again = await ask(gate, OFFER, if_none_match=first.header("etag") or "")
        head = await ask(gate, OFFER, method="HEAD")

        assert first.header("content-encoding") == "gzip"
        assert gzip.decompress(first.sent) == plain.sent
        assert plain.header("content-encoding") is None
        assert (again.status, again.sent, again.header("etag")) == (304, b"", first.header("etag"))
        assert (head.status, head.sent, head.header("content-length")) == (200, b"", str(len(plain.sent)))
        assert "cache-tag" not in dict(first.headers)

    with_gate(gate, story)


@pytest.mark.parametrize(
    "header", [("Set-Cookie", "csrftoken=x"), ("Vary", "Accept, Cookie"), ("Cache-Control", "private, no-store")]
)
def test_an_answer_made_for_somebody_is_never_kept_nor_shared(header):
    gate = Gate(site := Site(headers=(header,)), following(Store()))

    async def story() -> None:
        for who in ("a", "b"):
            assert (await ask(gate, OFFER, cookie=f"sessionid={who}")).status == 200

    with_gate(gate, story)

    assert len(gate.store) == 0
    assert [environ.get("HTTP_COOKIE") for environ in site.asked] == [None, "sessionid=a", None, "sessionid=b"]


@pytest.mark.parametrize(("status", "tags"), [("404 Not Found", ""), ("422 Unprocessable Content", "offer:7")])
def test_only_a_page_that_was_found_is_kept(status, tags):
    gate = Gate(site := Site(status=status, tags=tags), following(Store()))

    async def story() -> None:
        for _ in range(2):
            assert (await ask(gate, OFFER)).status == int(status[:3])

    with_gate(gate, story)

    assert (len(site.asked), len(gate.store)) == (2, 0)


def test_a_stale_page_is_answered_at_once_and_made_anew_behind():
    clock = Clock()
    gate = Gate(site := Site(), Store(clock=clock))
    gate.store.looked()

    async def story() -> None:
        await ask(gate, OFFER)
        clock.s += 61
        gate.store.looked()
        site.open.clear()
        assert (await asyncio.wait_for(ask(gate, OFFER), 1)).status == 200
        site.open.set()
        while gate._being_made:
            await asyncio.sleep(0.01)
        assert gate.store.get(next(iter(gate.store._kept)))[1]

    with_gate(gate, story)

    assert len(site.asked) == 2


def test_payment_events_are_answered_while_browsing_fills_every_thread_and_the_queue():
    gate = Gate(site := Site(), following(Store()))
    site.open.clear()

    async def story() -> None:
        crowd = [asyncio.ensure_future(ask(gate, f"/en/nowhere/{number}/x/y/z/")) for number in range(200)]
        await asyncio.sleep(0.2)
        event = await asyncio.wait_for(ask(gate, "/hooks/payments/sandbox", method="POST", body=b"{}", content_length="2"), 2)
        shed = [each.result() for each in crowd if each.done()]
        signed_in = asyncio.ensure_future(ask(gate, "/en/me/", cookie="sessionid=a"))
        await asyncio.sleep(0.05)

        assert event.status == 200
        assert {each.status for each in shed} == {503}
        assert len(shed) == 200 - gates.THREADS - gates.MOST_BROWSING
        assert all(1 <= int(each.header("retry-after") or 0) <= 4 for each in shed)
        assert not signed_in.done()  # still has a place in the queue
        site.open.set()
        assert {each.status for each in await asyncio.gather(*crowd)} == {200, 503}
        assert (await signed_in).status == 200

    with_gate(gate, story)


def test_a_request_reaches_the_site_as_it_was_sent():
    gate = Gate(site := Site(), Store())

    async def story() -> None:
        await ask(
            gate, "/zh-hant/me/文/", "a=%20b", "POST", b"x" * 5_000, content_length="5000", content_type="text/plain", cookie="a=1",
            x_forwarded_for="1.2.3.4",
        )  # fmt: skip

    with_gate(gate, story)

    (environ,) = site.asked
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/zh-hant/me/文/"
    assert (environ["QUERY_STRING"], environ["REQUEST_METHOD"]) == ("a=%20b", "POST")
    assert (environ["CONTENT_LENGTH"], environ["CONTENT_TYPE"]) == ("5000", "text/plain")
    assert (environ["HTTP_COOKIE"], environ["HTTP_X_FORWARDED_FOR"]) == ("a=1", "1.2.3.4")
    assert environ["REMOTE_ADDR"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("path", "headers", "most"),
    [
        ("/hooks/payments/sandbox", {}, RESERVED_BYTES),
        ("/en/account/sign-in/", {}, STRANGER_BYTES),
        ("/en/offers/import/", {"cookie": "sessionid=x"}, MEMBER_BYTES),
    ],
)
def test_a_body_beyond_what_its_sender_may_send_never_reaches_the_site(path, headers, most):
    site = Site()
    gate = Gate(site, following(Store()))

    async def story() -> None:
        stated = await ask(gate, path, method="POST", content_length=str(most + 1), **headers)
        assert stated.status == 413
        if most < MEMBER_BYTES:
            unstated = await ask(gate, path, method="POST", body=b"x" * (most + 1), transfer_encoding="chunked", **headers)
            assert unstated.status == 413
        assert (await ask(gate, path, method="POST", body=b"x", content_length="1", **headers)).status == 200

    with_gate(gate, story)
    assert len(site.asked) == 1


def test_bodies_that_never_end_take_no_more_than_their_places():
    gate = Gate(Site(), following(Store()))

    class Endless(Proto):
        async def __aiter__(self) -> Any:
            await asyncio.sleep(60)
            yield b""

    async def story() -> None:
        slow = [
            asyncio.create_task(gate.__rsgi__(scope("/en/x/", method="POST", content_length="9", cookie="a=b"), Endless()))
            for _ in range(MOST_BODIES)
        ]
        await asyncio.sleep(0.05)
        assert (await ask(gate, "/en/x/", method="POST", body=b"x", content_length="1", cookie="a=b")).status == 503
        assert (await ask(gate, "/hooks/payments/sandbox", method="POST", body=b"x", content_length="1")).status == 200
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        assert (await ask(gate, "/en/x/", method="POST", body=b"x", content_length="1", cookie="a=b")).status == 200

    with_gate(gate, story)


def test_a_header_cannot_pass_for_one_that_only_the_proxy_writes():
    gate = Gate(site := Site(), Store())
    sent = scope("/en/me/")
    sent.headers["x_forwarded_for"] = "1.2.3.4"

    async def story() -> None:
        await gate.__rsgi__(sent, Proto())

    with_gate(gate, story)

    assert "HTTP_X_FORWARDED_FOR" not in site.asked[0]


def test_views_are_counted_on_hits_too_and_told_when_the_process_ends():
    told: list[dict[int, int]] = []
    gate = Gate(Site(), following(Store()), count_views=lambda views: told.append(dict(views)))

    async def story() -> None:
        for _ in range(3):
            await ask(gate, OFFER)
        await ask(gate, OFFER, method="HEAD")
        await ask(gate, "/zh-hans/export/offers/8/")
        await ask(gate, "/en/export/suppliers/")

    with_gate(gate, story)

    assert told == [{7: 3, 8: 1}]


def test_views_that_could_not_be_told_are_told_later(monkeypatch):
    monkeypatch.setattr(gates, "COUNT_EVERY_S", 0.02)
    told: list[dict[int, int]] = []

    def tell(views: Any) -> None:
        told.append(dict(views))
        if len(told) == 1:
            raise OSError

    gate = Gate(Site(), following(Store()), count_views=tell)

    async def story() -> None:
        await ask(gate, OFFER)
        await asyncio.sleep(0.3)

    with_gate(gate, story)

    assert told == [{7: 1}, {7: 1}]


# Before Django, on a real database


@pytest.fixture
def real_gate(committed: None) -> Iterator[Gate]:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    gate = Gate(
        get_wsgi_application(), Store(), follower=lambda store: Follower(store, conninfo), count_views=catalog.count_views
    )
    yield gate
    if gate._follower:
        gate._follower.join(3)
    connections.close_all()


async def until_shown(gate: Gate, path: str, right: Callable[[Proto], bool]) -> float:
    """Ask again and again; how long it took until the answer was right."""
    began = time.monotonic()
    while not right(await ask(gate, path)):
        assert time.monotonic() - began < 2, "a change must be seen within two seconds"
        await asyncio.sleep(0.02)
    return time.monotonic() - began


async def until_kept(gate: Gate, path: str) -> None:
    for _ in range(200):
        await ask(gate, path)
        if len(gate.store):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("nothing was kept")


@pytest.mark.parametrize("change", ["price", "translation", "withdrawal", "suspension", "name"])
def test_a_change_is_seen_within_two_seconds(change, real_gate):
    company = make.company(name="Northern Kettles")
    seller = make.actor(company, "owner")
    offer = make.offer(company, titles={"en": "Copper kettle"}, currency="USD", tiers=[["1", "5.20"]])
    path = f"/en/export/offers/{offer.number}/"

    def make_it() -> None:
        match change:
            case "price":
                catalog.change_offer(offer.pk, {"tiers": [["1", "7.77"]]}, by=seller)
            case "translation":
                catalog.change_offer(offer.pk, {"titles": {"en": "Kettle of copper", "zh-hant": "銅壺"}}, by=seller)
            case "withdrawal":
                catalog.withdraw_offer(offer.pk, by=seller)
            case "suspension":
                companies.place_stop(company.pk, "listing", "under review", by=make.operator())
            case "name":
                companies.edit_profile(company.pk, by=seller, names={"zh-hant": "南方銅壺"})
        connections.close_all()

    right: dict[str, Callable[[Proto], bool]] = {
        "price": lambda page: b"7.77" in page.sent and b"5.20" not in page.sent,
        "translation": lambda page: "銅壺".encode() in page.sent,
        "withdrawal": lambda page: page.status == 404,
        "suspension": lambda page: page.status == 404,
        "name": lambda page: "南方銅壺".encode() in page.sent,
    }

    async def story() -> None:
        await until_kept(real_gate, path)
        assert not right[change](await ask(real_gate, path))
        await asyncio.to_thread(make_it)
        await until_shown(real_gate, path, right[change])

    with_gate(real_gate, story)


def test_an_open_transaction_elsewhere_does_not_hide_a_change(real_gate, superuser):
    superuser.execute("SELECT pg_current_xact_id()")
    company = make.company()
    offer = make.offer(company, titles={"en": "Copper kettle"})
    path = f"/en/export/offers/{offer.number}/"

    def withdraw() -> None:
        catalog.withdraw_offer(offer.pk, by=make.actor(company, "owner"))
        connections.close_all()

    async def story() -> None:
        await until_kept(real_gate, path)
        await asyncio.to_thread(withdraw)
        await until_shown(real_gate, path, lambda page: page.status == 404)

    with_gate(real_gate, story)


def test_a_new_offer_stands_in_a_kept_list_soon_after_the_index_has_it(committed, settings, tmp_path):
    settings.DATA = tmp_path
    company = make.company()
    make.offer(company, titles={"en": "Copper kettle"})
    follow_once()
    gate = Gate(get_wsgi_application(), Store(), follower=lambda store: Follower(store, conninfo, index_mark))
    path = "/en/export/halls/hardware/"

    def one_more() -> None:
        make.offer(company, titles={"en": "Iron kettle"})
        follow_once()
        connections.close_all()

    async def story() -> None:
        await until_kept(gate, path)
        assert b"Iron kettle" not in (await ask(gate, path)).sent
        await asyncio.to_thread(one_more)
        await until_shown(gate, path, lambda page: b"Iron kettle" in page.sent)

    with_gate(gate, story)
    gate._follower.join(3)  # type: ignore[union-attr]


def test_a_lost_connection_drops_everything(real_gate, superuser):
    superuser.commit()
    offer = make.offer(make.company(), titles={"en": "Copper kettle"})
    path = f"/en/export/offers/{offer.number}/"

    async def story() -> None:
        await until_kept(real_gate, path)
        superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'front'")
        superuser.commit()
        for _ in range(100):
            if not len(real_gate.store):
                break
            await asyncio.sleep(0.01)
        assert len(real_gate.store) == 0
        await until_kept(real_gate, path)  # and it follows again

    with_gate(real_gate, story)


@pytest.mark.django_db
def test_views_are_added_to_today():
    offer, other = (make.offer(make.company()) for _ in range(2))

    assert catalog.count_views({offer.number: 2, other.number: 1, 999_999_999: 5}) == 2
    assert catalog.count_views({offer.number: 3}) == 1
    assert catalog.count_views({}) == 0

    assert dict(OfferView.objects.values_list("offer_id", "count")) == {offer.pk: 5, other.pk: 1}


@pytest.mark.django_db
def test_a_supplier_sees_how_often_each_offer_was_looked_at_in_thirty_days():
    company = make.company()
    seen, unseen = make.offer(company), make.offer(company)
    catalog.count_views({seen.number: 1_234})
    today = OfferView.objects.get(offer=seen).day
    for days, count in ((29, 1), (30, 100)):
        OfferView.objects.create(offer=seen, day=today - timedelta(days=days), count=count)
    seller = Client()
    seller.force_login(make.member(company, "seller"), backend="everfair.companies.accounts.Backend")

    html = seller.get("/en/offers/").content.decode()

    assert re.findall(r'data-label="Views, 30 days">([^<]*)<', html) == ["0", "1,235"]
    assert catalog_views([seen, unseen]) == {seen.pk: 1_235}


class Long:
    """An answer that comes piece by piece, with or without a length."""

    streaming = True

    def __init__(self, pieces: int) -> None:
        self.pieces, self.closed = pieces, False

    def __iter__(self) -> Iterator[bytes]:
        return (b"%07d\n" % number for number in range(self.pieces))

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("length", [[], [("Content-Length", "8000")]])
def test_a_long_answer_goes_out_piece_by_piece(length):
    answer = Long(1_000)

    def site(environ: dict[str, Any], start_response: Callable[..., Any]) -> Long:
        start_response("200 OK", [("Content-Type", "text/csv"), *length])
        return answer

    gate, found = Gate(site, Store()), []

    async def story() -> None:
        found.append(await ask(gate, "/en/wallet/statement.csv", cookie="sessionid=a"))

    with_gate(gate, story)

    assert found[0].sent == b"".join(Long(1_000))
    assert answer.closed


def test_a_large_file_is_sent_by_the_server_itself(tmp_path):
    path = tmp_path / "large.bin"
    path.write_bytes(b"x" * 1_500_000)
    answer = Long(0)
    answer.file_to_stream = path.open("rb")  # type: ignore[attr-defined]

    def site(environ: dict[str, Any], start_response: Callable[..., Any]) -> Long:
        start_response("200 OK", [("Content-Length", "1500000")])
        return answer

    gate, found = Gate(site, Store()), []

    async def story() -> None:
        found.append(await ask(gate, "/en/files/x/", cookie="sessionid=a"))

    with_gate(gate, story)
    answer.file_to_stream.close()  # type: ignore[attr-defined]

    assert found[0].file == str(path)


def test_what_a_page_is_made_of_stays_in_the_house():
    gate = Gate(Site(), following(Store()))

    async def story() -> None:
        for path in ("/en/me/", OFFER):
            assert (await ask(gate, path)).header("cache-tag") is None

    with_gate(gate, story)
