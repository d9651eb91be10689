"""What programs send and read about companies."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Field
from pydantic import ConfigDict, StringConstraints

from everfair.base.api import Schema
from everfair.companies.values import SCOPES, SPOKEN

_Line = Annotated[str, StringConstraints(max_length=120)]
_Text = Annotated[str, StringConstraints(max_length=4000)]
_Name = Annotated[str, StringConstraints(max_length=200)]
_Language = Annotated[str, StringConstraints(pattern=r"^(en|zh-hant|zh-hans)$")]
Spoken = Annotated[str, StringConstraints(pattern="^(" + "|".join(SPOKEN) + ")$")]
Scope = Annotated[str, StringConstraints(pattern="^(" + "|".join(SCOPES) + ")$")]


class Address(Schema):
    """As the country writes it."""

    model_config = ConfigDict(extra="forbid")
    lines: list[_Line] = Field(default_factory=list, max_length=4)
    city: str = Field("", max_length=80)
    region: str = Field("", max_length=80)
    postcode: str = Field("", max_length=80)


class CompanyOut(Schema):
    """What everybody may see of a supplier. `verified_on` is null without a mark that still counts."""

    number: int
    name: str
    names: dict[str, str]
    country: str
    city: str
    kind: str
    website: str
    founded_year: int | None
    staff_count: int | None
    languages: list[str]
    verified_on: date | None
    verified_until: date | None
    verification_note: str
    registered_at: datetime


class Makes(Schema):
    category: str
    offers: int


class CompanyListed(CompanyOut):
    """With how much it offers: published offers, and the categories with most of them, three at most."""

    offer_count: int
    makes: list[Makes]


class CompanyPage(Schema):
    items: list[CompanyListed]
    next_cursor: str | None = None


class CompanyOwn(CompanyOut):
    """The actor's own company, with what others do not see, and the actor's roles in it (none for a key)."""

    id: UUID
    registration_kind: str
    registration_number: str
    address: dict[str, Any]
    phone: str
    about: dict[str, str]
    is_seller: bool
    is_buyer: bool
    roles: list[str]


class CompanyChanges(Schema):
    """Only what is named changes."""

    model_config = ConfigDict(extra="forbid")
    name: _Name | None = None
    names: dict[_Language, _Name] | None = None
    address: Address | None = None
    phone: str | None = Field(None, max_length=40)
    website: _Name | None = None
    about: dict[_Language, _Text] | None = None
    kind: str | None = Field(None, pattern=r"^(trader|factory|inspector|carrier)$")
    founded_year: int | None = Field(None, ge=1000, le=9999, strict=True)
    staff_count: int | None = Field(None, ge=1, le=10_000_000, strict=True)
    languages: list[Spoken] | None = Field(None, max_length=len(SPOKEN))
    is_seller: bool | None = Field(None, strict=True)
    is_buyer: bool | None = Field(None, strict=True)


class Me(Schema):
    """Who is asking, as the API understands it."""

    kind: str
    name: str
    company_number: int | None
    roles: list[str]
    scopes: list[str]


class KeyIn(Schema):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=80)
    scopes: list[Scope] = Field(min_length=1, max_length=len(SCOPES))


class KeyOut(Schema):
    id: UUID
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class KeyMade(KeyOut):
    """`key` is there once: neither a repetition of the request nor anything else shows it again."""

    key: str | None = None


class PersonOut(Schema):
    id: UUID
    name: str
    roles: list[str]
    email: str | None = None
    since: datetime
