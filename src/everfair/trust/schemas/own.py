"""What one of the staff says of themselves through a program, and reads of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field
from pydantic import ConfigDict

from everfair.base.api import Schema, Words
from everfair.trust.schemas.verification import Reason
from everfair.trust.values import OWN_KINDS

OwnKind = Literal[(*OWN_KINDS,)]  # type: ignore[valid-type]


class BringIn(Schema):
    model_config = ConfigDict(extra="forbid")

    number: Annotated[int, Field(ge=1, lt=2**63)]
    note: Reason


class BroughtOut(Schema):
    """A company that the caller has something to do with, and how."""

    company_number: int
    kind: str
    note: str
    at: datetime


class OwnTraitIn(Schema):
    model_config = ConfigDict(extra="forbid")

    kind: OwnKind
    value: Annotated[Words, Field(min_length=1, max_length=200)]


class OwnTraitOut(Schema):
    """That something is theirs; what it is, nobody can read back."""

    kind: str
    first_seen: datetime
    last_seen: datetime
