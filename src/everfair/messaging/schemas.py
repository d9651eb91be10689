"""What programs send and read about threads."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from everfair.base.api import Schema


class ThreadOut(Schema):
    id: UUID
    subject_kind: str
    subject: UUID
    title: str
    company_ids: list[UUID]
    last_message_at: datetime
    unread: bool


class MessageOut(Schema):
    """`bait` names what leads away from the platform's protection: email, phone, bank_account, messenger."""

    id: UUID
    company_id: UUID
    person_id: UUID | None
    text: str
    file_ids: list[UUID]
    at: datetime
    bait: list[str]


class ThreadsOut(Schema):
    items: list[ThreadOut]
    next_cursor: str | None = None


class ThreadWithMessagesOut(Schema):
    thread: ThreadOut
    messages: list[MessageOut]
    next_cursor: str | None = Field(None, description="Send it as `cursor` for earlier messages.")


class MessageIn(Schema):
    model_config = ConfigDict(extra="forbid")

    text: str = Field("", max_length=5000)
    file_ids: list[UUID] = Field(default=[], max_length=10)


class ReadIn(Schema):
    model_config = ConfigDict(extra="forbid")

    up_to: UUID | None = Field(None, description="The last message that was read; all when it is missing.")
