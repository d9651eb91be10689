"""Bytes on disk, under their hash: written whole or not at all, never changed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from django.conf import settings


def path_of(sha256: str, ending: str = "") -> Path:
    """Where these bytes lie: `ab/cd/abcd…` below the installation's files."""
    return Path(settings.DATA) / "files" / sha256[:2] / sha256[2:4] / f"{sha256}{ending}"


def put(sha256: str, content: bytes, ending: str = "") -> None:
    """Write the bytes and flush them to the disk. A name that is there is left as it is: the same hash is the same content."""
    target = path_of(sha256, ending)
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".part-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o640)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _flush_folder(target.parent)


def _flush_folder(folder: Path) -> None:
    """Without this a power cut could forget the rename."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
