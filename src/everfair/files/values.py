"""Bounds of uploads, and names as they may be shown. No Django here."""

from __future__ import annotations

import re
import unicodedata

PICTURE_WIDTHS = (320, 960, 1600)
# The one by which a picture is compared with others.
SEEN_WIDTH = PICTURE_WIDTHS[0]
# The same bound as OWASP's and most hosts' for a decoded picture (B5): 40 million pixels are 160 MB in memory.
PICTURE_PIXELS = 40_000_000
PICTURE_BYTES = 20 * 1024 * 1024
ATTACHMENT_BYTES = 10 * 1024 * 1024
NAME_BYTES = 200

# Two photographs of different things differ in about half of the 64 bits of their likeness.
NEAR_BITS = 8

PICTURE_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# media type: its endings, the usual one first
ENDINGS = {
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "image/gif": ("gif",),
    "application/pdf": ("pdf",),
    XLSX: ("xlsx",),
    DOCX: ("docx",),
    "text/plain": ("txt", "csv", "log", "md"),
    "text/csv": ("csv",),
}
# What browsers call a file without meaning anything by it.
_MEANINGLESS = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/x-download"})
_SAME = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
    "application/x-pdf": "application/pdf",
    "application/csv": "text/csv",
    # What Windows says of a CSV file where Excel is installed.
    "application/vnd.ms-excel": "text/csv",
}
_TEXT = frozenset({"text/plain", "text/csv"})
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_HIDDEN = frozenset("\u00ad\u061c\u180e\u2028\u2029\ufeff")


def agrees(media_type: str, declared: str, name: str) -> bool:
    """Whether what the sender says (type and ending) fits what the content is; unknown endings say nothing (B14)."""
    said = declared.partition(";")[0].strip().lower()
    said = _SAME.get(said, said)
    if said not in _MEANINGLESS and said != media_type and not {said, media_type} <= _TEXT:
        return False
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    known = {e for endings in ENDINGS.values() for e in endings}
    return ending not in known or ending in ENDINGS[media_type]


def display_name(raw: str, media_type: str) -> str:
    """The name as people see it: no folder, nothing hidden, the true ending, at most 200 bytes (B11)."""
    name = unicodedata.normalize("NFC", raw.replace("\\", "/").rpartition("/")[2])
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co") and c not in _HIDDEN)
    name = re.sub(r'[<>:"|?*%\s]+', " ", name).strip(" .")
    stem, dot, ending = name.rpartition(".")
    endings = ENDINGS.get(media_type, ("bin",))
    if not dot or ending.lower() not in endings:
        stem, ending = name, endings[0]
    stem = stem.strip(" .") or "file"
    if _DEVICES.fullmatch(stem):
        stem = f"_{stem}"
    room = NAME_BYTES - len(ending) - 1
    while len(stem.encode()) > room:
        stem = stem[:-1]
    return f"{stem.rstrip(' .')}.{ending.lower()}"
