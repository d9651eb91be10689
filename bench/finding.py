"""The real goods: imported, then searched with real questions, as pages and through the API."""

from __future__ import annotations

import csv
import gzip
import json
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from bench.calls import Caller
from bench.installation import Installation
from bench.world import Party, World

GOODS = Path(__file__).resolve().parents[2] / "shared" / "data" / "search-esci"
MISSING = "the goods are not there: put the folder search-esci into ../shared/data to measure import and search"


def products(folder: Path) -> list[dict[str, Any]]:
    with gzip.open(folder / "products.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def questions(folder: Path, goods: list[dict[str, Any]], wanted: int) -> list[str]:
    """The judged questions first; then words from the titles of goods spread over the catalogue, until there are enough."""
    with (folder / "judgments.csv").open(encoding="utf-8", newline="") as lines:
        asked = list(dict.fromkeys(row["query"] for row in csv.DictReader(lines)))
    step = max(1, len(goods) // (2 * wanted))
    for product in goods[::step]:
        words = re.findall(r"[A-Za-z]{3,}", product["title"])
        asked.append(" ".join(words[1:4]).lower())
    return [question for question in dict.fromkeys(asked) if question][:wanted]


def bring_in(place: Installation, importer: Party, world: World, goods: list[dict[str, Any]]) -> dict[str, Any]:
    """Import everything by the function of `import-offers`; the clock stops when the search finds the last one too."""
    from everfair.catalog.commands import import_offers

    before = int(place.ask("SELECT count(*) FROM catalog_offer"))  # type: ignore[call-overload]
    began_s = time.monotonic()
    figures = import_offers(GOODS / "products.jsonl.gz", company=str(importer.company_id), market="export")
    taken_s = time.monotonic() - began_s
    caller, last = Caller(place.address), goods[-1]["product_id"]
    while True:
        found = caller.api(world.buyers[0].key, "GET", f"/offers?q={quote_plus(last)}&limit=3")
        everything = caller.api(world.buyers[1].key, "GET", "/offers?limit=1")
        if any(offer["sku"] == last for offer in found["items"]) and everything["total"] == before + len(goods):
            break
        if time.monotonic() - began_s > 120:
            raise SystemExit(f"The search does not find the last product after 120 s: {figures}")
        time.sleep(0.1)
    found_s = time.monotonic() - began_s
    if figures["created"] != len(goods):
        raise SystemExit(f"Not everything was imported: {figures}")
    return {"offers": len(goods), "taken_s": taken_s, "found_s": found_s}


def numbers(place: Installation, importer: Party, wanted: int) -> list[int]:
    """The public numbers of offers spread over the catalogue."""
    rows = place.session.execute(
        "SELECT number FROM catalog_offer WHERE company_id = %s ORDER BY md5(number::text) LIMIT %s",
        [importer.company_id, wanted],
    ).fetchall()
    return [row[0] for row in rows]


def search_page(caller: Caller, question: str, *, again: bool = False) -> None:
    """`again`: the same page by another address, so that the front cache does not have it. The currency it names is the usual one."""
    said = caller.page(f"/en/export/search/?q={quote_plus(question)}{'&currency=USD' if again else ''}")
    if b"/en/export/offers/" not in said:
        raise SystemExit(f"The search page for {question!r} shows no offer.")


def search_api(caller: Caller, key: str, question: str) -> None:
    if not caller.api(key, "GET", f"/offers?q={quote_plus(question)}", step="search")["items"]:
        raise SystemExit(f"The search for {question!r} finds nothing.")


def halls(place: Installation, wanted: int) -> list[str]:
    """Addresses of full hall pages, the largest halls first, each narrowed a little differently: none is kept from the one before."""
    rows = place.session.execute(
        "SELECT split_part(category, '/', 1) AS hall FROM catalog_offer WHERE state = 'published' GROUP BY 1"
        " HAVING count(*) > 100 ORDER BY count(*) DESC LIMIT 8"
    ).fetchall()
    if not rows:
        raise SystemExit("No hall holds more than 100 offers.")
    return [f"/en/export/halls/{rows[n % len(rows)][0]}/?moq={1_000_000 + n}" for n in range(wanted)]


def hall_page(caller: Caller, address: str) -> None:
    if caller.page(address).count(b'class="offer"') != 24:
        raise SystemExit(f"The hall page {address} does not show 24 offers.")


def offer_page(caller: Caller, number: int) -> None:
    caller.page(f"/en/export/offers/{number}/")
