"""More of the demo world, as fast as rows can be written: whole waves of companies and offers, by COPY."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from everfair.base.actor import SYSTEM
from everfair.base.clock import now
from everfair.base.events import emit
from everfair.base.ids import new_id
from everfair.base.refused import Refused
from everfair.catalog.drafts import as_offered, columns_of
from everfair.catalog.models import ImportRun, Offer
from everfair.catalog.sheets.draft import OfferDraft
from everfair.companies.models import Person
from everfair.discovery.follow import index_folder
from everfair.discovery.index import IndexLost, OfferIndex
from everfair.events.catalog import OffersImported
from everfair.files.models import File
from everfair.markets.queries import market as market_row
from everfair.markets.table import DEFAULT_MARKET
from everfair.markets.values import Market
from everfair.site.demo import people, plan
from everfair.site.demo.bulk import found_companies, moment_of
from everfair.site.demo.pictures import alt_of, drawn, picture_of
from everfair.site.demo.plan import Stall

# Columns of an imported row as COPY takes them; those of JSON are written as text.
_JSON = ("titles", "descriptions", "bullets", "attributes", "attributes_by_language", "tiers", "lead_times", "picture_addresses")
_PLAIN = ("sku", "brand", "source_category", "currency", "price_per", "price_from", "moq", "multiple", "unit", "sample_price_minor",
          "hs_code", "origin", "variant_group")  # fmt: skip
_REST = ("id", "updated_at", "category", "content_hash", "company_id", "market", "state", "pictures", "picture_alts")
_COPY = f"COPY catalog_offer ({', '.join((*_JSON, *_PLAIN, *_REST))}) FROM STDIN"
_PATIENCE_S = 20


def scale(times: int, say: Callable[[str], None] | None = None) -> dict[str, Any]:
    """Make the demo world `times` as large as it is at first, and wait until search finds it: figures of what was written.

    A wave that is there already is passed over, so a call that was cut short is simply made again; each wave is written whole or
    not at all. Refuses (`demo.live`) on an installation that is no demonstration.
    """
    if settings.KIND not in ("demo", "test"):
        raise Refused("demo.live", _("Only a demonstration can be made larger."), status=403)
    first = Person.objects.filter(email=people.OPERATOR).values_list("password", flat=True).first()
    if first is None:
        raise Refused("demo.not_loaded", _("There is no demo world here. Load it first."), status=409)
    before, began_s, waves = Offer.objects.count(), time.monotonic(), 0
    for wave in range(1, times):
        if wave_is_there(wave):
            continue
        add_wave(wave, first)
        waves += 1
        if say:
            say(f"{plan.COMPANIES * (wave + 1)} companies, {plan.OFFERS * (wave + 1)} offers")
    written_s = time.monotonic() - began_s
    written = Offer.objects.count() - before
    found = _wait_for_the_index() if written else True
    found_s = time.monotonic() - began_s
    return {
        "companies_added": waves * plan.COMPANIES,
        "offers_added": written,
        "offers": before + written,
        "seconds": round(written_s, 2),
        "offers_per_s": round(written / written_s) if written else 0,
        "seconds_until_found": round(found_s, 2) if found else None,
        "offers_per_s_until_found": round(written / found_s) if written and found else 0,
    }


def wave_is_there(wave: int) -> bool:
    last = next(iter(plan.stalls(wave))).firm
    return Person.objects.filter(email=f"{last.code}@{people.DOMAIN}").exists()


def add_wave(wave: int, password_hash: str) -> None:
    """One wave of companies and their offers, in one transaction."""
    stalls = list(plan.stalls(wave))
    with transaction.atomic():
        companies = found_companies([*(stall.firm for stall in stalls), *plan.buyers(wave)], password_hash, by=SYSTEM)
        copy_offers(stalls, companies, drawn())


def copy_offers(stalls: Iterable[Stall], companies: dict[str, UUID], blobs: dict[str, str]) -> None:
    """What `import_offers` does for new offers of many companies, judged by the same rules and written in one COPY.

    `blobs` are the pictures that have been drawn (picture → hash): each company shows them as files of its own.
    """
    stalls = list(stalls)
    files = {
        stall.firm.code: {
            code: File(blob_id=blobs[code], owner_id=companies[stall.firm.code], name=f"{code}.png", kind="picture", public=True)
            for code in sorted({_picture(offer) for offer in stall.offers} & set(blobs))
        }
        for stall in stalls
    }
    File.objects.bulk_create(file for own in files.values() for file in own.values())
    runs = []
    # Asked before: while a COPY is open its connection answers nothing else.
    shelf, today = market_row(DEFAULT_MARKET), now()
    with connection.cursor() as cursor, cursor.cursor.copy(_COPY) as rows:
        for stall in stalls:
            company_id = companies[stall.firm.code]
            for row in _rows(stall, company_id, shelf, today, {code: file.pk for code, file in files[stall.firm.code].items()}):
                rows.write_row(row)
            runs.append(
                ImportRun(
                    company_id=company_id, market=DEFAULT_MARKET, file_name="demo.csv", mode="all", made_by=SYSTEM.label,
                    state="done", created_count=len(stall.offers), rows_count=len(stall.offers),
                )
            )  # fmt: skip
    ImportRun.objects.bulk_create(runs)
    for run in runs:
        emit(OffersImported(run.pk, run.company_id), by=SYSTEM)


def _picture(offer: OfferDraft) -> str:
    return picture_of(offer.sku, offer.attributes.get("colour", ""))


def _rows(stall: Stall, company_id: UUID, shelf: Market, today: datetime, files: dict[str, UUID]) -> Iterator[tuple[Any, ...]]:
    for n, draft in enumerate(stall.offers, sum(map(ord, stall.firm.code)) * 31):
        columns = columns_of(draft, shelf)
        if isinstance(columns, list):
            raise RuntimeError(f"{draft.sku} of {stall.firm.name} is refused: {columns[0]}")
        picture = _picture(draft)
        shown = [files[picture]] if picture in files else []
        yield (
            *(msgspec.json.encode(columns[name]).decode() for name in _JSON),
            *(columns[name] for name in _PLAIN),
            *(
                new_id(),
                moment_of(n, today),
                draft.category_code,
                as_offered(draft).content_hash(),
                company_id,
                DEFAULT_MARKET,
                "published",
                shown,
                msgspec.json.encode(alt_of(shown[0], picture)).decode() if shown else "{}",
            ),
        )


def _wait_for_the_index() -> bool:
    """Whether the index holds every published offer now; False when nobody fills it (the worker does, when it runs)."""
    published = Offer.objects.filter(state="published").count()
    before, until = -1, time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        held = _held()
        if held >= published:
            return True
        if held > before:
            before, until = held, time.monotonic() + _PATIENCE_S
        time.sleep(0.1)
    return False


def _held() -> int:
    try:
        return OfferIndex.open(index_folder(), mend=False).reader().count()
    except IndexLost:
        return 0
