"""Which encoding a text file is in: proved where it can be, reported for confirmation where it is inferred, else refused.

UTF-8 proves itself. Chinese files without a mark are GB18030 (which contains GBK and GB2312) or Big5; most byte strings are
valid in both, so we count how much of the text would be *common* characters in each, and refuse when that does not decide.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

from everfair.catalog.sheets.content import Content
from everfair.catalog.sheets.refusals import Note, SheetRefused

_CHUNK = 1024 * 1024
_SAMPLE_LINES = 2_000
# Below this share of common characters a legacy encoding is a guess; the loser must also be clearly behind.
_COMMON_SHARE = 0.5
_LEAD = 0.15


@dataclass(frozen=True, slots=True)
class Encoding:
    """`codec` opens the file (after any mark); `notes` say what a person should confirm."""

    codec: str
    notes: tuple[Note, ...] = ()


def encoding_of(content: Content) -> Encoding:
    """The encoding of the whole file; refuses invalid, mixed and undecidable files with the line to blame."""
    head = content.head()
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise SheetRefused("encoding_invalid", line=1)
    if head.startswith(codecs.BOM_UTF8):
        _require(content, "utf-8-sig")
        return Encoding("utf-8-sig", (Note("bom"),))
    for mark, codec in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if head.startswith(mark):
            _require(content, codec)
            return Encoding("utf-16", (Note("utf16", {"encoding": "UTF-16"}),))
    # A stray NUL is the error of its row; many of them are another encoding, or no text.
    if head.count(0) * 10 > len(head):
        codec = _utf16_without_mark(head)
        _require(content, codec)
        return Encoding(codec, (Note("encoding", {"encoding": codec.upper()}, confirm=True),))
    wrong = _first_undecodable(content, "utf-8")
    if wrong is None:
        return Encoding("utf-8")
    return _legacy(content)


def _utf16_without_mark(head: bytes) -> str:
    """Names and digits of a UTF-16 file fill every second byte with zero; anything else with NUL is not text."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 4 * even:
        return "utf-16-le"
    if even > 4 * odd:
        return "utf-16-be"
    raise SheetRefused("encoding_undeclared_binary", line=head[: head.index(b"\0")].count(b"\n") + 1)


def _require(content: Content, codec: str) -> None:
    line = _first_undecodable(content, codec)
    if line is not None:
        raise SheetRefused("encoding_invalid", line=line)


def _first_undecodable(content: Content, codec: str) -> int | None:
    """The line of the first byte that is not valid in `codec`, or None when the whole file is."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    lines = 1
    with content.open() as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                good = error.object[: error.start].decode(codec, "replace")
                return lines + good.count("\n")
            lines += text.count("\n")
            if not chunk:
                return None


def _foreign_lines(content: Content) -> Iterator[tuple[int, bytes]]:
    """Lines that are not plain ASCII, with their numbers. A newline byte is never part of a GB18030 or Big5 character."""
    with content.open() as file:
        for number, line in enumerate(file, 1):
            if not line.isascii():
                yield number, line


def _decoded(line: bytes, codec: str) -> str | None:
    try:
        return line.decode(codec)
    except UnicodeDecodeError:
        return None


def _legacy(content: Content) -> Encoding:
    candidates = {codec: [0, 0] for codec in ("gb18030", "big5hkscs")}
    first = 0
    first_broken: dict[str, int] = {}
    for sampled, (number, line) in enumerate(_foreign_lines(content)):
        as_utf8 = _decoded(line, "utf-8")
        first = first or number
        for codec, counts in candidates.items():
            if codec in first_broken:
                continue
            text = _decoded(line, codec)
            if text is None:
                first_broken[codec] = number
                continue
            common, total = _common(text)
            if as_utf8 is not None and _share(_common(as_utf8)) > _share((common, total)):
                raise SheetRefused("encoding_mixed", line=_first_not_utf8(content, after=number))
            if sampled < _SAMPLE_LINES:
                counts[0] += common
                counts[1] += total
        if len(first_broken) == len(candidates):
            # Neither holds to the end: say whether an encoding began well and changed, or never was one of ours.
            line_number = max(first_broken.values())
            if as_utf8 is not None:
                raise SheetRefused("encoding_mixed", line=line_number)
            raise SheetRefused("encoding_mixed" if line_number > first else "encoding_invalid", line=line_number)
    shares = sorted(((_share((c, t)), codec) for codec, (c, t) in candidates.items() if codec not in first_broken), reverse=True)
    best, codec = shares[0]
    if best < _COMMON_SHARE or (len(shares) > 1 and best - shares[1][0] < _LEAD):
        raise SheetRefused("encoding_unclear", line=first)
    name = {"gb18030": "GB18030 (GBK)", "big5hkscs": "Big5"}[codec]
    return Encoding(codec, (Note("encoding", {"encoding": name}, confirm=True),))


def _first_not_utf8(content: Content, *, after: int) -> int:
    """Where the encoding changes: the first line that is not UTF-8, or the UTF-8 line when it comes later."""
    for number, line in _foreign_lines(content):
        if _decoded(line, "utf-8") is None:
            return max(number, after)
    return after


def _share(counts: tuple[int, int]) -> float:
    return counts[0] / counts[1] if counts[1] else 0.0


def _common(text: str) -> tuple[int, int]:
    """How many of the non-ASCII characters are everyday ones: level 1 of GB 2312 or of Big5, their punctuation, kana."""
    common = total = 0
    for character in text:
        if character > "\x7f":
            total += 1
            common += character in _EVERYDAY
    return common, total


def _everyday() -> frozenset[str]:
    found: set[str] = set()
    for first in (*range(0xA1, 0xA4), *range(0xB0, 0xD8)):  # punctuation, full-width forms; level 1
        for second in range(0xA1, 0xFF):
            found.update(bytes((first, second)).decode("gb2312", "ignore"))
    for first in (*range(0xA1, 0xA3), *range(0xA4, 0xC7)):
        for second in (*range(0x40, 0x7F), *range(0xA1, 0xFF)):
            found.update(bytes((first, second)).decode("big5", "ignore"))
    return frozenset(found)


_EVERYDAY = _everyday()
