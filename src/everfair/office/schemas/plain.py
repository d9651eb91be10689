"""What several nouns of the office share."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from everfair.base.api import Schema, Words

Why = Annotated[Words, Field(min_length=1, max_length=500)]


class In(Schema):
    """What is sent: an unknown field is refused."""

    model_config = ConfigDict(extra="forbid")


class WhyIn(In):
    """`reason` stands in the audit trail for good."""

    reason: Why
