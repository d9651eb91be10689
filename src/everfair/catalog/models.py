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
    `attributes`: [["colour", "red"], …] as they were typed; `attributes_by_language`: {"zh-hant": [["顏色", "紅色"], …]}, read instead
    of them in that language. `lead_times`: [["500", 15], ["", 30]] — up to this quantity, days; "" is the rest.
    """

    TABLES = (OFFER,)
    PARTIES = ("company_id",)
    STOPPED_BY = {"publish": "listing"}

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("catalog_offer_number"))
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    market = models.CharField(max_length=20)
    sku = models.CharField(max_length=100)
    state = OFFER.column()
    titles = models.JSONField()
    descriptions = models.JSONField(default=dict)
    # Short selling points, as suppliers' files carry them; in one language, whichever they are in.
    bullets = models.JSONField(default=list)
    brand = models.CharField(max_length=200, blank=True, default="")
    category = models.CharField(max_length=60)
    # What the supplier's own file called the category: the mapping desk works on it.
    source_category = models.CharField(max_length=300, blank=True, default="")
    attributes = models.JSONField(default=list)
    attributes_by_language = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    currency = models.CharField(max_length=3)
    tiers = models.JSONField(default=list)
    price_per = models.DecimalField(max_digits=9, decimal_places=0, default=1)
    # The cheapest tier's price for one unit (not for `price_per`) in millionths of the currency; null when on request.
    price_from = models.BigIntegerField(null=True)
    moq = models.DecimalField(max_digits=18, decimal_places=3, default=1)
    multiple = models.DecimalField(max_digits=18, decimal_places=3, default=1)
    unit = models.CharField(max_length=3, default="C62")
    lead_times = models.JSONField(default=list)
    sample_price_minor = models.BigIntegerField(null=True)
    hs_code = models.CharField(max_length=10, blank=True, default="")
    origin = models.CharField(max_length=2, blank=True, default="")
    pictures = ArrayField(models.UUIDField(), default=list)
    # {file id: {"en": what it shows}}, for those who do not see it.
    picture_alts = models.JSONField(default=dict)
    # Offers of one supplier with the same text here are variants of one thing (sizes, colours); null stands alone.
    variant_group = models.CharField(max_length=100, null=True)  # noqa: DJ001  not to belong is not to have an empty name
    # Addresses that an imported file named: kept for export, never fetched.
    picture_addresses = models.JSONField(default=list)
    # Hash of what the offer says (sheets.draft), so that an import passes an unchanged row over.
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
            models.Index(
                fields=["company", "variant_group"],
                condition=models.Q(variant_group__isnull=False),
                name="catalog_offer_variants",
            ),
        ]


class UnsavedOffer(Row):
    """What one person has typed in the editor and not saved: nobody else sees it, and nothing public changes by it.

    One for each offer, and one for an offer that does not exist yet. `typed`: {field: [values]} as the form sends them. `seen`:
    the fingerprint of the saved offer from which the writing began. `window`: the page that wrote last; another page must have
    read this `version` before it writes. Closed once saved (nothing typed is left) or discarded (it can be brought back).
    """

    company = models.ForeignKey("companies.Company", on_delete=models.CASCADE, related_name="+")
    person_id = models.UUIDField()
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+", null=True)
    typed = models.JSONField(default=dict)
    seen = models.CharField(max_length=32, blank=True, default="")
    window = models.CharField(max_length=40, blank=True, default="")
    version = models.IntegerField(default=0)
    touched_at = models.DateTimeField(db_default=EfNow())
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "company"], condition=models.Q(offer__isnull=True), name="catalog_unsaved_new_once"
            ),
            models.UniqueConstraint(fields=["person_id", "offer"], name="catalog_unsaved_once"),
        ]
        indexes = [models.Index(fields=["closed_at"], condition=models.Q(closed_at__isnull=False), name="catalog_unsaved_closed")]


class OfferView(models.Model):
    """How often an offer's page was shown on one day. Counted in memory and added every few seconds (site/front)."""

    pk = models.CompositePrimaryKey("offer_id", "day")
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    count = models.BigIntegerField()


class CategoryMapping(Row):
    """The operator's word that a foreign category path belongs to one of our categories."""

    source_category = models.CharField(max_length=300, unique=True)
    category = models.CharField(max_length=60)
    set_by = models.UUIDField(null=True)


class KnownColumns(Row):
    """How a company last read files with just these column names. `names_hash` is of the set of names, in any order;
    `fields`: {column: field or ""}."""

    company = models.ForeignKey("companies.Company", on_delete=models.CASCADE, related_name="+")
    names_hash = models.CharField(max_length=64)
    fields = models.JSONField()
    used_at = models.DateTimeField(db_default=EfNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "names_hash"], name="catalog_knowncolumns_once")]


IMPORT_STATES = ("staged", "waiting", "running", "done", "refused")


class ImportRun(Row):
    """One file that was imported: the same content again changes nothing.

    A staged file waits for a person's choice of columns, a large one then for the worker, who writes in pieces and says how far
    he is. `mapping`: [[field, column], …].
    `errors`: [[line, column, code, value, params], …], the first thousand; `refusal`: [code, params] when nothing was taken.
    """

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
    state = models.CharField(max_length=10, default="staged")
    # Where the waiting file lies; empty once it is done.
    stored_as = models.CharField(max_length=80, blank=True, default="")
    mapping = models.JSONField(default=list)
    rows_count = models.IntegerField(default=0)
    errors = models.JSONField(default=list)
    refusal = models.JSONField(null=True)
    # When the worker last wrote: a run whose worker died is taken up again.
    touched_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(state__in=IMPORT_STATES), name="catalog_importrun_state")]
        indexes = [
            models.Index(fields=["company", "-id"], name="catalog_importrun_company"),
            models.Index(fields=["id"], condition=models.Q(state__in=["waiting", "running"]), name="catalog_importrun_open"),
        ]
