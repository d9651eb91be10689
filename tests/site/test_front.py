"""The front: what it keeps, what it drops, whom it lets in, and that payment events find a thread."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

import pytest

from everfair.base.store import Store
from everfair.site.front import gate as gates
from everfair.site.front.bridge import Answer
from everfair.site.front.gate import MEMBER_BYTES, MOST_BODIES, RESERVED_BYTES, STRANGER_BYTES, Gate
from everfair.site.front.keys import Address, address_of
from tests.site.fronting import OFFER, Clock, Proto, Site, ask, following, scope, with_gate


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
