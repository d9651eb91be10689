"""Columns and constraints of charges and invoices. Everything but the counters of the series is insert-only."""

from __future__ import annotations

from django.db import models

from everfair.base.clock import EfNow
from everfair.base.models import Row
from everfair.base.money import Money, exponent
from everfair.billing.documents.values import MOST_DECIMALS
from everfair.billing.taxes import TAX_WORDS, Treatment

INVOICE_KINDS = ("invoice", "credit_note")


class Issuer(Row):
    """Who issues the invoices: the company that runs this installation, as its own papers name it. The newest row counts.

    `entity` is its country and registration number: another company counts its own numbers. `address` as a company's.
    """

    entity = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    registration_number = models.CharField(max_length=40)
    tax_number = models.CharField(max_length=40)
    address = models.JSONField()
    email = models.EmailField(max_length=254)
    # What the numbers of its invoices begin with.
    series = models.CharField(max_length=10)
    set_by = models.CharField(max_length=60)


class TaxRate(Row):
    """How the office says fees are taxed, from a moment on. Insert-only; the nearest row counts, of those the newest.

    `customer` is a country, «EU» or «*». `with_number`: only for customers whose tax number was confirmed, or was not; None: for all.
    """

    issuer_country = models.CharField(max_length=2)
    customer = models.CharField(max_length=2)
    with_number = models.BooleanField(null=True)
    code = models.CharField(max_length=2)
    rate = models.DecimalField(max_digits=5, decimal_places=2)
    exemption_code = models.CharField(max_length=30, blank=True, default="")
    exemption = models.CharField(max_length=200, blank=True, default="")
    valid_from = models.DateTimeField(db_default=EfNow())
    set_by = models.CharField(max_length=60)
    reason = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(code__in=list(TAX_WORDS)), name="billing_taxrate_code"),
            models.CheckConstraint(
                condition=models.Q(code="S", rate__gt=0, rate__lte=50) | (~models.Q(code="S") & models.Q(rate=0)),
                name="billing_taxrate_rate",
            ),
        ]

    @property
    def treatment(self) -> Treatment:
        return Treatment(self.code, self.rate, self.exemption_code, self.exemption)


class TaxNumber(Row):
    """A company's tax number as it was stated, and who of the operator's staff has confirmed it (by the register of its country).

    Insert-only: the newest row counts.
    """

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)
    confirmed = models.BooleanField(default=False)
    by = models.CharField(max_length=60)

    class Meta:
        indexes = [models.Index(fields=["company", "-id"], name="billing_taxnumber_newest")]


class Charge(Row):
    """One fee that a company paid, or got back (below zero), with the tax on it as it was taken. Insert-only.

    `subject` and `reference` say of what («an order, EF-1001»), `entry_key` which entry of the books moved it. `code` is «» for what
    was charged before anybody issued invoices.
    """

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    code = models.CharField(max_length=2, blank=True, default="")
    rate = models.DecimalField(max_digits=5, decimal_places=2)
    exemption_code = models.CharField(max_length=30, blank=True, default="")
    exemption = models.CharField(max_length=200, blank=True, default="")
    subject = models.UUIDField()
    reference = models.CharField(max_length=40)
    entry_key = models.CharField(max_length=200)
    reverses = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True, db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(net_minor__gte=0, tax_minor__gte=0, reverses=None)
                | models.Q(net_minor__lte=0, tax_minor__lte=0, reverses__isnull=False),
                name="billing_charge_sign",
            ),
            models.UniqueConstraint(fields=["entry_key", "kind"], condition=models.Q(reverses=None), name="billing_charge_once"),
            models.UniqueConstraint(
                fields=["entry_key", "reverses"], condition=models.Q(reverses__isnull=False), name="billing_charge_back_once"
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "id"], name="billing_charge_subject"),
            models.Index(fields=["company", "currency", "id"], name="billing_charge_company"),
            models.Index(fields=["reverses"], condition=models.Q(reverses__isnull=False), name="billing_charge_reverses"),
        ]

    @property
    def net(self) -> Money:
        return Money(self.net_minor, self.currency)

    @property
    def tax(self) -> Money:
        return Money(self.tax_minor, self.currency)

    @property
    def treatment(self) -> Treatment:
        return Treatment(self.code, self.rate, self.exemption_code, self.exemption)


class Series(models.Model):
    """How far an issuer has counted in one series. Its row is locked by the transaction that takes a number, so a number that is
    rolled back is given to the next (I33)."""

    entity = models.CharField(max_length=60)
    name = models.CharField(max_length=20)
    last = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entity", "name"], name="billing_series_once")]


class Invoice(Row):
    """A tax invoice of the platform to a company, or a credit note to one. Insert-only.

    `document` is all it says (both sides, lines, sums), as plain values: its XML and its PDF are made of it and of nothing else.
    """

    entity = models.CharField(max_length=60)
    series = models.CharField(max_length=20)
    n = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    issued_on = models.DateField()
    currency = models.CharField(max_length=3)
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    code = models.CharField(max_length=2)
    # Of a credit note: the invoice it takes back a part of.
    credits = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True)
    document = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "series", "n"], name="billing_invoice_number_once"),
            models.CheckConstraint(condition=models.Q(n__gt=0, net_minor__gte=0, tax_minor__gte=0), name="billing_invoice_sums"),
            models.CheckConstraint(
                condition=models.Q(kind="invoice", credits=None) | models.Q(kind="credit_note", credits__isnull=False),
                name="billing_invoice_kind",
            ),
        ]
        indexes = [models.Index(fields=["company", "-id"], name="billing_invoice_company")]

    @property
    def number(self) -> str:
        return f"{self.series}-{self.n:06d}"

    @property
    def has_xml(self) -> bool:
        return exponent(self.currency) <= MOST_DECIMALS

    @property
    def net(self) -> Money:
        return Money(self.net_minor, self.currency)

    @property
    def tax(self) -> Money:
        return Money(self.tax_minor, self.currency)

    @property
    def total(self) -> Money:
        return Money(self.net_minor + self.tax_minor, self.currency)


class InvoicedCharge(models.Model):
    """On which invoice a charge stands: at most on one. Insert-only."""

    charge = models.OneToOneField(Charge, on_delete=models.PROTECT, related_name="+", primary_key=True)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="+")
