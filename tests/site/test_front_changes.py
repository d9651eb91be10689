"""The front and the database: changes are seen soon, views are counted, and long answers go out piece by piece."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client

from everfair.base.store import Store
from everfair.catalog import actions as catalog
from everfair.catalog.models import OfferView
from everfair.catalog.queries import views_of as catalog_views
from everfair.companies import actions as companies
from everfair.discovery.follow import follow_once, index_mark
from everfair.site.front.follower import Follower
from everfair.site.front.gate import Gate
from everfair.site.worker import conninfo
from tests import make
from tests.site.fronting import OFFER, Proto, Site, ask, following, with_gate


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


@pytest.mark.parametrize("change", ["price", "translation", "withdrawal", "return", "suspension", "name"])
def test_a_change_is_seen_within_two_seconds(change, real_gate):
    company = make.company(name="Northern Kettles")
    seller = make.actor(company, "owner")
    offer = make.offer(company, titles={"en": "Copper kettle"}, currency="USD", tiers=[["1", "5.20"]])
    path = f"/en/export/offers/{offer.number}/"
    if change == "return":
        catalog.withdraw_offer(offer.pk, by=seller)

    def make_it() -> None:
        match change:
            case "price":
                catalog.change_offer(offer.pk, {"tiers": [["1", "7.77"]]}, by=seller)
            case "translation":
                catalog.change_offer(offer.pk, {"titles": {"en": "Kettle of copper", "zh-hant": "銅壺"}}, by=seller)
            case "withdrawal":
                catalog.withdraw_offer(offer.pk, by=seller)
            case "return":
                catalog.publish_offer(offer.pk, by=seller)
            case "suspension":
                companies.place_stop(company.pk, "listing", "under review", by=make.operator())
            case "name":
                companies.edit_profile(company.pk, by=seller, names={"zh-hant": "南方銅壺"})
        connections.close_all()

    right: dict[str, Callable[[Proto], bool]] = {
        "price": lambda page: b"7.77" in page.sent and b"5.20" not in page.sent,
        "translation": lambda page: "銅壺".encode() in page.sent,
        "withdrawal": lambda page: page.status == 404,
        "return": lambda page: page.status == 200,
        "suspension": lambda page: page.status == 404,
        "name": lambda page: "南方銅壺".encode() in page.sent,
    }

    async def story() -> None:
        if change != "return":  # what is not there is never kept
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
