"""Companies, people and what binds them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower

from everfair.base.clock import EfNow
from everfair.base.ids import new_id
from everfair.base.models import NextNumber, Row

COMPANY_ROLES = ("owner", "buyer", "seller", "finance", "viewer")
STAFF_ROLES = ("operator", "reviewer", "arbitrator", "finance", "sales")
STOP_KINDS = ("deposit", "release", "payout", "listing")


class People(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **columns: Any) -> Person:
        person = self.model(email=self.normalize_email(email).lower(), **columns)
        person.set_password(password)
        person.save()
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """Somebody who signs in. Staff of the operator are a separate kind of person: they belong to no company."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=10, default="en")
    timezone = models.CharField(max_length=40, default="UTC")
    phone = models.CharField(max_length=20, blank=True)
    # How pages look to them, on every device: words of site.look; empty is the system's own.
    text_size = models.CharField(max_length=10, blank=True, default="", db_default="")
    theme = models.CharField(max_length=10, blank=True, default="", db_default="")
    is_active = models.BooleanField(default=True)
    is_staff_member = models.BooleanField(default=False)
    staff_roles = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    # The company this person looked at last; checked against memberships at every request.
    current_company_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(db_default=EfNow(), editable=False)

    objects: ClassVar[People] = People()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="companies_person_email_once"),
            # Who brings companies in decides nothing about them; who looks at papers rules on no claim.
            models.CheckConstraint(
                condition=~models.Q(staff_roles__contains=["sales"]) | models.Q(staff_roles__len=1),
                name="companies_person_sales_alone",
            ),
            models.CheckConstraint(
                condition=~models.Q(staff_roles__contains=["reviewer", "arbitrator"]),
                name="companies_person_reviewer_or_arbitrator",
            ),
        ]

    def __str__(self) -> str:
        return self.name or "—"


class Company(Row):
    """A firm that buys, sells or both. `number` is what people see and the search index stores."""

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("companies_company_number"))
    name = models.CharField(max_length=200)
    # The same name in other scripts: {"zh-hant": "…", "zh-hans": "…"}.
    names = models.JSONField(default=dict, blank=True)
    # Casefolded skeleton (confusable characters folded): two companies with one skeleton are looked at by a person.
    name_skeleton = models.CharField(max_length=200, db_index=True)
    # The skeletons of all its names, in every script.
    skeletons = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    # When it last took another name, by the database: what was believed of the old one says nothing of the new.
    renamed_at = models.DateTimeField(null=True)
    country = models.CharField(max_length=2)
    registration_kind = models.CharField(max_length=20)
    registration_number = models.CharField(max_length=40)
    # Local form, as the country writes it: {"lines": [...], "city": "", "region": "", "postcode": ""}.
    address = models.JSONField(default=dict, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    website = models.CharField(max_length=200, blank=True)
    about = models.JSONField(default=dict, blank=True)
    kind = models.CharField(max_length=20, default="trader")
    founded_year = models.IntegerField(null=True)
    staff_count = models.IntegerField(null=True)
    logo_id = models.UUIDField(null=True)
    # In which languages its people answer, as they say: codes of values.SPOKEN.
    languages = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    is_seller = models.BooleanField(default=False)
    is_buyer = models.BooleanField(default=True)
    # What a granted verification says of it in short: until when, what was granted, who decided.
    verified_at = models.DateTimeField(null=True)
    verified_until = models.DateField(null=True)
    verification_note = models.TextField(blank=True, default="")
    verified_by = models.UUIDField(null=True)
    # May be booked to inspect other people's goods: the operator says so, with what was seen.
    is_inspector = models.BooleanField(default=False, db_default=False)
    inspector_note = models.TextField(blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["country", "registration_kind", "registration_number"], name="companies_company_registered_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["trader", "factory", "inspector", "carrier"]), name="companies_company_kind"
            ),
        ]
        indexes = [
            models.Index(fields=["-number"], name="companies_company_newest"),
            models.Index(fields=["number"], condition=models.Q(is_inspector=True), name="companies_company_inspectors"),
            GinIndex(fields=["skeletons"], name="companies_company_skeletons"),
        ]


class Assortment(models.Model):
    """What a supplier offers in one market, in short: pushed by who follows the offers, read by the directory.

    `makes`: [[category, how many offers], …], most first. `codes`: those categories and their halls, to filter by.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    market = models.CharField(max_length=20)
    offer_count = models.IntegerField()
    makes = models.JSONField()
    codes = ArrayField(models.CharField(max_length=60))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "market"], name="companies_assortment_once"),
            models.CheckConstraint(condition=models.Q(offer_count__gt=0), name="companies_assortment_offers"),
        ]
        indexes = [GinIndex(fields=["codes"], name="companies_assortment_codes")]


class Membership(Row):
    """A person's roles in a company. Ended, not deleted."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    roles = ArrayField(models.CharField(max_length=20))
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "company"], condition=models.Q(ended_at=None), name="companies_membership_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(roles__contained_by=list(COMPANY_ROLES)) & ~models.Q(roles=[]),
                name="companies_membership_roles",
            ),
        ]


class FormerContact(Row):
    """What somebody's roles and address were until `created_at`. Written by the database; forgotten after a month."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    roles = ArrayField(models.CharField(max_length=20))
    email = models.EmailField(max_length=254)

    class Meta:
        indexes = [models.Index(fields=["company", "-created_at"], name="companies_formercontact_of")]


class Invitation(Row):
    """An address asked to join; the token is known only by its hash."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", null=True)
    email = models.EmailField(max_length=254)
    roles = ArrayField(models.CharField(max_length=20))
    # An invitation of the operator's own staff has no company.
    for_staff = models.BooleanField(default=False)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.UUIDField(null=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(for_staff=True, company=None) | models.Q(for_staff=False, company__isnull=False),
                name="companies_invitation_where",
            )
        ]


class ApiKey(Row):
    """A program's way in. The key is shown once; only its hash is kept."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=20)
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=40))
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)


class Stop(Row):
    """A reason why something of a company may not move. Lifted, not deleted."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    reason = models.TextField()
    placed_by = models.CharField(max_length=60)
    until = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(kind__in=STOP_KINDS), name="companies_stop_kind")]
        indexes = [
            models.Index(fields=["company", "kind"], condition=models.Q(lifted_at=None), name="companies_stop_open"),
        ]


class AuditNote(Row):
    """A privileged act or look, with its reason. Insert-only."""

    actor = models.CharField(max_length=60)
    act = models.CharField(max_length=60)
    subject = models.UUIDField(null=True)
    reason = models.TextField(default="", blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["subject", "-id"], name="companies_auditnote_subject")]
