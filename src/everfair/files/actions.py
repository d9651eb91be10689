"""Keeping what people upload and what we make, and sharing it with the other side."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import SYSTEM, Actor
from everfair.base.clock import now
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask
from everfair.files import attachments, pictures, store
from everfair.files.likeness import bits_of
from everfair.files.models import Blob, File, FileParty
from everfair.files.queries import files_visible_to
from everfair.files.refusals import refused
from everfair.files.values import ATTACHMENT_BYTES, PICTURE_BYTES, SEEN_WIDTH, agrees, display_name
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET

_MEBIBYTE = 1024 * 1024


class Upload(Protocol):
    """What a form hands over (Django's UploadedFile), or a ContentFile made by a program."""

    name: str | None

    def read(self, size: int = ...) -> bytes: ...


def keep_picture(upload: Upload, owner_id: UUID, by: Actor, *, public: bool = True) -> File:
    """Keep a picture of this company, encoded anew in three widths without EXIF.

    Refuses (field `file`) other content than JPEG, PNG, WebP or GIF, more than 40 million pixels or 20 MB, damaged pictures,
    content that disagrees with its name or type, and what goes beyond the company's day.
    """
    _may_keep_for(owner_id, by)
    content = _content(upload, PICTURE_BYTES)
    encoded = pictures.encode(content)
    if not agrees(encoded.media_type, _declared(upload), upload.name or ""):
        raise refused("type_differs")
    widest = max(encoded.by_width)
    sha = hashlib.sha256(encoded.by_width[widest]).hexdigest()
    size = sum(map(len, encoded.by_width.values()))
    with transaction.atomic():
        _refuse_beyond_day(owner_id, size, by)
        for width, webp in encoded.by_width.items():
            store.put(sha, webp, f"-{width}.webp")
        blob = _blob(sha, size, "image/webp", encoded.width, encoded.height, bits_of(encoded.by_width[SEEN_WIDTH]) or 0)
        return _file(blob, owner_id, by, display_name(upload.name or "", encoded.media_type), "picture", public)


def keep_attachment(upload: Upload, owner_id: UUID, by: Actor) -> File:
    """Keep a document for an RFQ, a thread, an order: seen by its company until `share_file` shows it to another.

    Takes PDF, pictures, XLSX, DOCX, plain text and CSV up to 10 MB. Refuses (field `file`) anything else, active PDFs,
    macros and outside relations in office files, and archives that unpack too large.
    """
    _may_keep_for(owner_id, by)
    content = _content(upload, ATTACHMENT_BYTES)
    media_type = attachments.judge(content, upload.name or "", _declared(upload))
    return _keep(content, media_type, display_name(upload.name or "", media_type), owner_id, by, "attachment")


def keep_document(
    content: bytes, name: str, owner_id: UUID, *, by: Actor, media_type: str = "application/pdf", parties: Iterable[UUID] = ()
) -> File:
    """Keep what the platform itself wrote (a contract as PDF), seen by its owner and these companies."""
    with transaction.atomic():
        file = _keep(content, media_type, display_name(name, media_type), owner_id, by, "document")
        share_file(file.pk, parties)
    return file


def share_file(file_id: UUID, company_ids: UUID | Iterable[UUID], *, by: Actor = SYSTEM) -> None:
    """Let another company, or several, see the file; again is harmless. NotVisible when `by` does not see it."""
    if not files_visible_to(by).filter(pk=file_id).exists():
        raise NotVisible
    wanted = [company_ids] if isinstance(company_ids, UUID) else list(company_ids)
    FileParty.objects.bulk_create(
        [FileParty(file_id=file_id, company_id=company_id) for company_id in wanted], ignore_conflicts=True
    )


def show_pictures(file_ids: Iterable[UUID], public: bool) -> None:
    """Let everybody see these pictures, or nobody but their company any more; documents and attachments are never public."""
    File.objects.filter(pk__in=list(file_ids), kind="picture").update(public=public)


def look_at_pictures(limit: int = 200) -> int:
    """Say of pictures that were kept before their likeness was what they look like; 0 when all are known. Safe to repeat."""
    unseen = ask(
        "SELECT sha256 FROM files_blob WHERE bits IS NULL AND media_type = 'image/webp' ORDER BY sha256 LIMIT %s", [limit]
    )
    names = [name for (name,) in unseen]
    bits = [bits_of(store.path_of(name, f"-{SEEN_WIDTH}.webp")) or 0 for name in names]
    if names:
        ask(_SEEN, [names, bits])
    return len(names)


_SEEN = """
    UPDATE files_blob b SET bits = v.bits FROM unnest(%s::text[], %s::bigint[]) AS v (sha256, bits)
    WHERE b.sha256 = v.sha256 AND b.bits IS NULL RETURNING 1
"""


def _keep(content: bytes, media_type: str, name: str, owner_id: UUID, by: Actor, kind: str) -> File:
    sha = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        if kind != "document":
            _refuse_beyond_day(owner_id, len(content), by)
        store.put(sha, content)
        blob = _blob(sha, len(content), media_type)
        return _file(blob, owner_id, by, name, kind, False)


def _content(upload: Upload, limit: int) -> bytes:
    content = upload.read(limit + 1)
    if not content:
        raise refused("empty")
    if len(content) > limit:
        raise refused("too_large", status=413, limit=limit // _MEBIBYTE)
    return content


def _declared(upload: Any) -> str:
    return getattr(upload, "content_type", None) or ""


def _blob(
    sha: str, size: int, media_type: str, width: int | None = None, height: int | None = None, bits: int | None = None
) -> Blob:
    Blob.objects.bulk_create(
        [Blob(sha256=sha, size=size, media_type=media_type, width=width, height=height, bits=bits)], ignore_conflicts=True
    )
    return Blob.objects.get(pk=sha)


def _file(blob: Blob, owner_id: UUID, by: Actor, name: str, kind: str, public: bool) -> File:
    return File.objects.create(blob=blob, owner_id=owner_id, uploaded_by=by.person_id, name=name, kind=kind, public=public)


def _may_keep_for(owner_id: UUID, by: Actor) -> None:
    if by.company_id != owner_id and by.kind not in ("operator", "system"):
        raise Refused("base.not_allowed", _("Your role does not allow this."), status=403)


def _refuse_beyond_day(owner_id: UUID, size: int, by: Actor) -> None:
    """B17: a company may fill so many files and megabytes in 24 hours; commands of the operator's machine are not counted."""
    if by.kind in ("operator", "system"):
        return
    rules = rules_at(DEFAULT_MARKET)
    since = File.objects.filter(owner_id=owner_id, created_at__gt=now() - timedelta(days=1)).exclude(kind="document")
    used = since.aggregate(files=Count("pk"), size=Sum("blob__size"))
    full = used["files"] >= rules["files.uploads_per_day"]
    if full or (used["size"] or 0) + size > rules["files.megabytes_per_day"] * _MEBIBYTE:
        raise refused("day_full", status=429)
