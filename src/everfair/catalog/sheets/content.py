"""The bytes of a file, unpacked once into a temporary place, hashed, and readable from several positions at a time."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import zlib
from pathlib import Path
from typing import IO, Any, BinaryIO

from everfair.catalog.sheets import limits
from everfair.catalog.sheets.refusals import SheetRefused

_CHUNK = 256 * 1024
_GZIP = b"\x1f\x8b"


class Content:
    """Unpacked bytes on disk. `sha256` is of the unpacked bytes, so a file and its .gz count as the same file."""

    def __init__(self, file: IO[bytes], size: int, sha256: str) -> None:
        self._file = file
        self.size = size
        self.sha256 = sha256

    def open(self) -> io.BufferedReader:
        """A reader of its own, at the beginning."""
        return io.BufferedReader(_Window(self._file.fileno()), _CHUNK)

    def head(self, length: int = 4096) -> bytes:
        return os.pread(self._file.fileno(), length, 0)

    def close(self) -> None:
        self._file.close()


class _Window(io.RawIOBase):
    """Reads at a position of its own, so that two passes over one file do not disturb each other."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = os.preadv(self._descriptor, [buffer], self._position)
        self._position += count
        return count

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: os.fstat(self._descriptor).st_size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def tell(self) -> int:
        return self._position


def load(source: str | Path | BinaryIO) -> Content:
    """Copies the source aside, unpacking gzip; refuses more than 200 MB, growth beyond 100 times, and gzip within gzip."""
    if isinstance(source, (str, Path)):
        with open(source, "rb") as file:
            return _copy(file)
    return _copy(source)


def _copy(source: BinaryIO) -> Content:
    # Not a `with`: the file lives as long as the Content that is returned.
    target = tempfile.TemporaryFile(prefix="sheet-")  # noqa: SIM115
    try:
        first = source.read(_CHUNK)
        pieces = _unpacked(source, first) if first[:2] == _GZIP else _plain(source, first)
        digest = hashlib.sha256()
        size = 0
        for piece in pieces:
            if size == 0 and piece[:2] == _GZIP:
                raise SheetRefused("gzip_nested")
            size += len(piece)
            if size > limits.CONTENT_BYTES:
                raise SheetRefused("too_large", limit=limits.CONTENT_BYTES // 1024 // 1024)
            digest.update(piece)
            target.write(piece)
        target.flush()
    except BaseException:
        target.close()
        raise
    return Content(target, size, digest.hexdigest())


def _plain(source: BinaryIO, piece: bytes) -> Any:
    while piece:
        yield piece
        piece = source.read(_CHUNK)


def _unpacked(source: BinaryIO, piece: bytes) -> Any:
    """Unpacked pieces, bounded in size whatever the input claims; several gzip members may follow each other."""
    engine = zlib.decompressobj(wbits=31)
    taken = grown = 0
    try:
        while piece:
            taken += len(piece)
            while piece:
                if engine.eof:
                    if not piece.strip(b"\0"):
                        piece = b""  # padding after the last member
                        continue
                    engine = zlib.decompressobj(wbits=31)
                out = engine.decompress(piece, _CHUNK)
                grown += len(out)
                if grown > limits.GROWTH_FLOOR_BYTES and grown > taken * limits.GROWTH:
                    raise SheetRefused("compressed_bomb", limit=limits.GROWTH)
                if out:
                    yield out
                piece = engine.unconsumed_tail or engine.unused_data
            piece = source.read(_CHUNK)
        # What the engine still holds back when its output was capped.
        while not engine.eof:
            out = engine.decompress(b"", _CHUNK)
            if not out:
                raise SheetRefused("gzip_damaged")
            grown += len(out)
            if grown > limits.GROWTH_FLOOR_BYTES and grown > taken * limits.GROWTH:
                raise SheetRefused("compressed_bomb", limit=limits.GROWTH)
            yield out
    except zlib.error:
        raise SheetRefused("gzip_damaged") from None
