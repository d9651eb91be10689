"""Telling the index that a company's offers look different now."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F

from everfair.catalog.models import Offer


def touch_offers(company_id: UUID) -> int:
    """Mark the company's published offers as changed, so that the index reads them again; returns how many."""
    return Offer.objects.filter(company_id=company_id, state="published").update(company_id=F("company_id"))
