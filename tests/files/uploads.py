"""Files as people and attackers send them, made here byte by byte."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from everfair.files.values import DOCX, XLSX

_MAIN = {
    XLSX: ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
    DOCX: ("word/document.xml", "wordprocessingml.document.main+xml"),
}


def upload(content: bytes, name: str, content_type: str = "application/octet-stream") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type)


def picture(kind: str = "JPEG", size: tuple[int, int] = (800, 600), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (180, 60, 40)).save(out, kind, **options)
    return out.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """A header that promises many pixels, in a few bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def pdf(extra: bytes = b"") -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R " + extra + b">>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def pdf_with_stream(inside: bytes) -> bytes:
    """Further objects, compressed: what a plain search over the bytes does not find."""
    body = zlib.compress(inside)
    stream = b"5 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n" % len(body)
    return b"%PDF-1.7\n" + stream + body + b"\nendstream\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def office(media_type: str = XLSX, relations: str = "", body: str = "<x/>", **parts: str) -> bytes:
    """A document with these further parts (`__` stands for a slash, `_dot_` for a point)."""
    main, kind = _MAIN[media_type]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types><Override ContentType="application/vnd.openxmlformats-officedocument.{kind}"/></Types>',
        )
        archive.writestr(main, body)
        archive.writestr("_rels/.rels", f"<Relationships>{relations}</Relationships>")
        for name, text in parts.items():
            archive.writestr(name.replace("_dot_", ".").replace("__", "/"), text)
    return out.getvalue()
