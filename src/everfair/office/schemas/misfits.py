"""Events of payment providers that fit nothing, as an operator's program reads them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from everfair.base.api import Schema


class ProviderEventBrief(Schema):
    """`event` is the provider's own id of it; `outcome` says what was made of it, `note` why."""

    id: UUID
    provider: str
    event: str
    kind: str
    outcome: str
    note: str
    received_at: datetime


class ProviderEventPage(Schema):
    items: list[ProviderEventBrief]
    next_cursor: str | None = None


class ProviderEventOut(ProviderEventBrief):
    """`settled`: what was done about it."""

    settled: list[str]
