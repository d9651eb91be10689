"""Offers and what belongs to them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from everfair.base.clock import EfNow
from everfair.base.models import NextNumber, Row
from everfair.catalog.states import OFFER


class Offer(Row):
    """One thing one supplier sells. Tiers and words live in the row, so that a list needs one query.

    `tiers`: [["1", "5.20"], ["100", "4.80"]] — from this quantity, this price per `price_per` units, ascending quantities and
    not rising prices; empty when the price is on request. `titles`, `descriptions`: {"en": …, "zh-hant": …, "zh-hans": …}.
    `attributes`: [["colour", "red"], …]. `lead_times`: [["500", 15], ["", 30]] — up to this quantity, days; "" is the rest.
    """

    TABLES = (OFFER,)
    PARTIES = ("company_id",)
    STOPPED_BY = {"publish": "listing"}

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("catalog_offer_number"))
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    market = models.CharField(max_length=20)
    sku = models.CharField(max_length=80)
    state = OFFER.column()
    titles = models.JSONField()
    descriptions = models.JSONField(default=dict)
    brand = models.CharField(max_length=120, blank=True, default="")
    category = models.CharField(max_length=60)
    # What the supplier's own file called the category: the mapping desk works on it.
    source_category = models.CharField(max_length=300, blank=True, default="")
    attributes = models.JSONField(default=list)
    currency = models.CharField(max_length=3)
    tiers = models.JSONField(default=list)
    price_per = models.DecimalField(max_digits=9, decimal_places=0, default=1)
    # The price at the lowest tier in millionths of the currency, for lists; null when on request.
    price_from = models.BigIntegerField(null=True)
    moq = models.DecimalField(max_digits=18, decimal_places=3, default=1)
    multiple = models.DecimalField(max_digits=18, decimal_places=3, default=1)
    unit = models.CharField(max_length=3, default="C62")
    lead_times = models.JSONField(default=list)
    sample_price_minor = models.BigIntegerField(null=True)
    hs_code = models.CharField(max_length=10, blank=True, default="")
    origin = models.CharField(max_length=2, blank=True, default="")
    pictures = ArrayField(models.UUIDField(), default=list)
    # Hash of what an import said, so that an unchanged row is passed over.
    content_hash = models.CharField(max_length=64, blank=True, default="")
    updated_at = models.DateTimeField(db_default=EfNow())

    class Meta:
        constraints = [
            OFFER.check("catalog_offer"),
            models.UniqueConstraint(fields=["company", "sku"], name="catalog_offer_sku_once"),
            models.CheckConstraint(
                condition=models.Q(moq__gt=0, multiple__gt=0, price_per__gt=0), name="catalog_offer_quantities"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-number"], name="catalog_offer_company"),
            models.Index(fields=["category", "-number"], condition=models.Q(state="published"), name="catalog_offer_category"),
            models.Index(fields=["-number"], condition=models.Q(state="published"), name="catalog_offer_newest"),
        ]


class CategoryMapping(Row):
    """The operator's word that a foreign category path belongs to one of our categories."""

    source_category = models.CharField(max_length=300, unique=True)
    category = models.CharField(max_length=60)
    set_by = models.UUIDField(null=True)


class ImportRun(Row):
    """One file that was imported: the same content again changes nothing."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    market = models.CharField(max_length=20)
    file_hash = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200)
    mode = models.CharField(max_length=20)
    made_by = models.CharField(max_length=60)
    created_count = models.IntegerField(default=0)
    changed_count = models.IntegerField(default=0)
    unchanged_count = models.IntegerField(default=0)
    refused_count = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["company", "-id"], name="catalog_importrun_company")]
