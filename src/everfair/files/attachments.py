"""What an attachment really is, and whether it is harmless enough to be handed to the other side."""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib

from everfair.files import pictures
from everfair.files.refusals import refused
from everfair.files.values import DOCX, PICTURE_TYPES, XLSX, agrees

_ZIP = b"PK\x03\x04"
_ZIP_END = b"PK\x05\x06"
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
# Bounds of an unpacked office file (B6).
_GROWTH, _UNPACKED_BYTES, _ENTRIES = 100, 200 * 1024 * 1024, 1_000
_PDF_OBJECTS = 200_000
_PDF_UNPACKED_BYTES = 64 * 1024 * 1024
# Names by which a PDF acts by itself or carries other files (ISO 32000-2, 12.6.4 and 7.11.4).
_PDF_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|ImportData|SubmitForm|GoToE|XFA)(?![A-Za-z0-9])")
_PDF_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_MARKUP = re.compile(rb"\s*(?:<\?xml|<!doctype|<!--|<html|<svg|<script|<head|<body|<iframe|<math)", re.IGNORECASE)


def judge(content: bytes, name: str, declared: str) -> str:
    """The media type by content. Refuses what is not on the list, what disagrees with its name, and what is active."""
    media_type = _media_type(content, name)
    if not agrees(media_type, declared, name):
        raise refused("type_differs")
    return media_type


def _media_type(content: bytes, name: str) -> str:
    if content.startswith(b"%PDF-"):
        _look_into_pdf(content)
        return "application/pdf"
    if content.startswith(_PICTURES) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP"):
        image = pictures.look(content)
        media_type = PICTURE_TYPES[str(image.format)]
        pictures.encode(content)  # a picture that cannot be decoded is no picture
        _no_second_file(content)
        return media_type
    if content.startswith(_ZIP):
        return _look_into_office(content)
    if _is_text(content):
        return "text/csv" if name.lower().endswith(".csv") else "text/plain"
    raise refused("type_unknown")


def _no_second_file(content: bytes) -> None:
    """A ZIP is read from its end, so its directory may hang behind any other file (B4)."""
    if _ZIP_END in content[-66_000:]:
        raise refused("polyglot")


def _is_text(content: bytes) -> bool:
    is_wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not _MARKUP.match(text[:4096].encode()) and not any(c < " " and c not in "\t\r\n\f" for c in text)
    return False


def _look_into_pdf(content: bytes) -> None:
    _no_second_file(content)
    if b"%%EOF" not in content[-2048:]:
        raise refused("pdf_damaged")
    if content.count(b" obj") > _PDF_OBJECTS:
        raise refused("pdf_too_complex")
    _refuse_active(content)
    left = _PDF_UNPACKED_BYTES
    before = 0
    for match in _STREAM.finditer(content):
        head = _PDF_ESCAPE.sub(_unescaped, content[before : match.start()].rpartition(b" obj")[2])
        before = match.end()
        # Only object streams can hide further objects; pictures and fonts hold none.
        if b"/ObjStm" not in head:
            continue
        if b"/Filter" not in head:
            continue  # lies open, and was searched already
        if head.count(b"Decode") != 1 + head.count(b"/DecodeParms") or b"/FlateDecode" not in head:
            raise refused("pdf_active")
        inside = _unpacked(content, match.end(), left)
        left -= len(inside)
        _refuse_active(inside)


def _unpacked(content: bytes, start: int, limit: int) -> bytes:
    """The inflated stream that begins here, in pieces, so that neither its end nor its length is taken on trust."""
    engine = zlib.decompressobj()
    found = bytearray()
    try:
        for at in range(start, len(content), 65_536):
            found += engine.decompress(content[at : at + 65_536], limit - len(found))
            if engine.eof:
                break
            if len(found) >= limit or engine.unconsumed_tail:
                raise refused("pdf_too_complex")
    except zlib.error:
        raise refused("pdf_damaged") from None
    return bytes(found)


def _unescaped(match: re.Match[bytes]) -> bytes:
    return bytes([int(match[1], 16)])


def _refuse_active(part: bytes) -> None:
    plain = _PDF_ESCAPE.sub(_unescaped, part)
    if b"/Encrypt" in plain:
        raise refused("pdf_encrypted")
    if _PDF_ACTIVE.search(plain):
        raise refused("pdf_active")


def _look_into_office(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _refuse_bomb(entries, len(content))
            return _look_at_entries(archive, entries)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, KeyError, UnicodeDecodeError):
        raise refused("office_damaged") from None


def _refuse_bomb(entries: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > _ENTRIES or unpacked > _UNPACKED_BYTES or unpacked > max(packed, 10_000) * _GROWTH:
        raise refused("archive_bomb")
    for entry in entries:
        if ".." in entry.filename.split("/") or entry.filename.startswith(("/", "\\")) or stat.S_ISLNK(entry.external_attr >> 16):
            raise refused("office_damaged")


def _look_at_entries(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> str:
    names = {entry.filename.lower() for entry in entries}
    if len(names) != len(entries) or "[content_types].xml" not in names:
        raise refused("type_unknown")
    kinds = _read(archive, "[Content_Types].xml")
    if b"macroEnabled" in kinds or any(n.endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs")) for n in names):
        raise refused("office_macros")
    if any("/activex/" in n or "/macrosheets/" in n or "/embeddings/" in n for n in names):
        raise refused("office_macros")
    if any("/externallinks/" in n for n in names):
        raise refused("office_external")
    for entry in entries:
        if entry.filename.lower().endswith(".rels"):
            _refuse_relations(_read(archive, entry.filename))
    if b"spreadsheetml.sheet.main+xml" in kinds:
        return XLSX
    if b"wordprocessingml.document.main+xml" in kinds:
        fields = b" ".join(re.findall(rb"<w:instrText[^>]*>([^<]*)", _read(archive, "word/document.xml")))
        if re.search(rb"\bDDE(AUTO)?\b", fields, re.IGNORECASE):
            raise refused("office_external")
        return DOCX
    raise refused("type_unknown")


def _refuse_relations(text: bytes) -> None:
    """A link that a reader may click stays; whatever is loaded by opening the file does not (B8, B10)."""
    for relation in re.findall(rb"<(?:\w+:)?Relationship\b[^>]*>", text):
        if re.search(rb"TargetMode\s*=\s*[\"']External", relation, re.IGNORECASE) and not re.search(
            rb"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']", relation
        ):
            raise refused("office_external")


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """One part, bounded by what it really unpacks to: the size in the directory may lie."""
    with archive.open(name) as part:
        content = part.read(32 * 1024 * 1024 + 1)
    if len(content) > 32 * 1024 * 1024:
        raise refused("archive_bomb")
    if b"\0" in content[:100] or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise refused("office_damaged")  # UTF-16 would hide words from us
    return content
