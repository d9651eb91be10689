"""What a supplier offers, in short, as the packages that hold the offers tell it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from everfair.companies.models import Assortment


def note_assortment(company_id: UUID, markets: Mapping[str, Mapping[str, int]]) -> None:
    """Keep how many published offers the company has in each category of each market (market → category → offers).

    What is not named is gone. Telling the same again changes nothing.
    """
    rows = [_row(company_id, market, counts) for market, counts in markets.items() if sum(counts.values())]
    with transaction.atomic():
        Assortment.objects.filter(company_id=company_id).exclude(market__in=[row.market for row in rows]).delete()
        Assortment.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["company", "market"], update_fields=["offer_count", "makes", "codes"]
        )


def _row(company_id: UUID, market: str, counts: Mapping[str, int]) -> Assortment:
    makes = sorted(((code, count) for code, count in counts.items() if count), key=lambda row: (-row[1], row[0]))
    codes = {code for code, _count in makes}
    return Assortment(
        company_id=company_id,
        market=market,
        offer_count=sum(count for _code, count in makes),
        makes=[list(row) for row in makes],
        codes=sorted(codes | {code.partition("/")[0] for code in codes}),
    )
