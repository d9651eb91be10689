"""Which files an actor may see, and where pictures are to be had."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from everfair.base.actor import Actor
from everfair.base.formats import number
from everfair.base.refused import NotVisible
from everfair.base.rows import ask
from everfair.files.likeness import bits_of
from everfair.files.models import File, FileParty
from everfair.files.store import path_of
from everfair.files.values import PICTURE_WIDTHS

PICTURE_PREFIX = "/media/"


def files_visible_to(actor: Actor) -> QuerySet[File]:
    """Public pictures for everyone; a company's own files and those shared with it; all for operators and clockwork."""
    rows = File.objects.select_related("blob")
    if actor.kind in ("operator", "system", "clock", "rail"):
        return rows
    if actor.company_id is None:
        return rows.filter(public=True)
    shared = FileParty.objects.filter(file=OuterRef("pk"), company_id=actor.company_id)
    return rows.filter(Q(public=True) | Q(owner_id=actor.company_id) | Exists(shared))


def file_visible_to(actor: Actor, file_id: UUID) -> File:
    """The file; NotVisible for everybody but its parties."""
    file = files_visible_to(actor).filter(pk=file_id).first()
    if file is None:
        raise NotVisible
    return file


def files_by_id(ids: Iterable[UUID], actor: Actor) -> dict[UUID, File]:
    """Those among these that the actor may see, in one query."""
    return {file.pk: file for file in files_visible_to(actor).filter(pk__in=list(ids))}


def file_links(ids: Iterable[UUID], actor: Actor) -> dict[UUID, dict[str, str]]:
    """For `ui.file_link`: name, href, size and kind of those that the actor may see, in one query."""
    return {
        pk: {
            "name": file.name,
            "href": reverse("files:file", args=[pk]),
            "size": shown_size(file.blob.size),
            "kind": file.blob.media_type,
        }
        for pk, file in files_by_id(ids, actor).items()
    }


def shown_size(size: int) -> str:
    """«340 kB», «2.4 MB»."""
    return f"{number(max(1, round(size / 1000)))}\u00a0kB" if size < 10**6 else f"{number(round(size / 10**6, 1))}\u00a0MB"


def own_pictures(ids: Iterable[UUID], owner_id: UUID) -> set[UUID]:
    """Which of these are public pictures of this company."""
    rows = File.objects.filter(pk__in=list(ids), owner_id=owner_id, kind="picture", public=True)
    return set(rows.values_list("pk", flat=True))


def picture_urls(ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Public pictures by file id: addresses by width («320», «960», «1600»), `w` and `h` of the largest. One query for many."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = File.objects.filter(pk__in=wanted, kind="picture", public=True)
    found: dict[UUID, dict[str, Any]] = {}
    for pk, sha, width, height, name in rows.values_list("pk", "blob_id", "blob__width", "blob__height", "name"):
        found[pk] = {str(w): f"{PICTURE_PREFIX}{sha}-{w}.webp" for w in PICTURE_WIDTHS} | {"w": width, "h": height, "name": name}
    return found


def public_picture_path(sha256: str, width: int) -> Any:
    """Where one size of a public picture lies; NotVisible when nobody published it."""
    path = path_of(sha256, f"-{width}.webp")
    if not File.objects.filter(blob_id=sha256, kind="picture", public=True).exists() or not path.is_file():
        raise NotVisible
    return path


def file_path(file: File) -> Any:
    """Where the bytes of a file lie: a picture's largest size, anything else as it came."""
    return path_of(file.blob_id, f"-{PICTURE_WIDTHS[-1]}.webp" if file.kind == "picture" else "")


_ALIKE = """
    SELECT DISTINCT own.bits, f.owner_id FROM (
        SELECT DISTINCT b.bits, b.sha256 FROM files_file f JOIN files_blob b ON b.sha256 = f.blob_id
        WHERE f.owner_id = %(owner)s AND f.kind = 'picture' AND f.public AND b.bits <> 0 LIMIT 500
    ) own
    JOIN files_blob b ON b.bits <> 0 AND files_bands(b.bits) && files_near_bands(own.bits)
        AND bit_count((b.bits # own.bits)::bit(64)) <= %(most)s AND b.sha256 <> own.sha256
    JOIN files_file f ON f.blob_id = b.sha256 AND f.kind = 'picture' AND f.public AND f.owner_id <> %(owner)s
"""


def who_shows_alike(owner_id: UUID, most: int) -> list[tuple[int, UUID]]:
    """Likeness of one of this company's public pictures, and another company that shows one like it, saved otherwise.

    `most` bits differ, at most seven: then one of four pieces differs in one bit at most, and by those the index finds it. One query.
    """
    return [(bits, other) for bits, other in ask(_ALIKE, {"owner": owner_id, "most": min(most, 7)})]


__all__ = [
    "PICTURE_PREFIX",
    "bits_of",
    "file_links",
    "file_path",
    "file_visible_to",
    "files_by_id",
    "files_visible_to",
    "own_pictures",
    "picture_urls",
    "public_picture_path",
    "shown_size",
    "who_shows_alike",
]
