"""Papers of open verifications are read by a machine, each once, in a process of its own with bounds (decision 0043)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any
from uuid import UUID

from everfair.base.actor import SYSTEM
from everfair.base.rows import ask
from everfair.files.queries import file_path, files_by_id
from everfair.trust.models import Reading
from everfair.trust.queries.reading import unread_papers
from everfair.trust.reading.fields import Line, fields_of

# Its own bound is two minutes of a processor; a busy machine gives it less than one.
READING_S = 600
AT_ONCE = 20

Lines = list[dict[str, Any]]


class TooMuch(Exception):
    """The process met one of its bounds."""


class Unreadable(Exception):
    """The process could not open the paper."""


def can_read() -> bool:
    """Whether this installation has the extra that reads."""
    return all(find_spec(name) is not None for name in ("rapidocr", "onnxruntime", "pypdfium2"))


def read_papers(*, reader: Callable[[str, str], Lines] | None = None) -> int:
    """Read what no machine has read yet, at most twenty papers; how many were. Nothing without the extra, and one process at a time."""
    if reader is None and not can_read():
        return 0
    if not ask("SELECT pg_try_advisory_lock(hashtextextended('trust.reading', 0))")[0][0]:
        return 0
    try:
        papers = unread_papers(AT_ONCE)
        for check_id, file_id in papers:
            _read(check_id, file_id, reader or read_in_child)
        return len(papers)
    finally:
        ask("SELECT pg_advisory_unlock(hashtextextended('trust.reading', 0))")


def _read(check_id: UUID, file_id: UUID, reader: Callable[[str, str], Lines]) -> None:
    file = files_by_id([file_id], SYSTEM)[file_id]
    began = time.monotonic()
    row = Reading(check_row_id=check_id, file_id=file_id)
    try:
        lines = reader(str(file_path(file)), file.blob.media_type)
    except TooMuch:
        row.problem = "limits"
    except Unreadable:
        row.problem = "broken"
    else:
        row.fields = {
            name: {"text": each.text, "confidence": each.confidence}
            for name, each in fields_of(Line(**line) for line in lines).items()
        }
        row.lines = [line["text"] for line in lines]
        row.problem = "" if lines else "nothing"
    row.took_ms = round((time.monotonic() - began) * 1000)
    Reading.objects.bulk_create([row], ignore_conflicts=True)


def read_in_child(path: str, media_type: str) -> Lines:
    """The lines of one paper. The process has no settings of ours and no connection to the database.

    Raises TooMuch where it met a bound, Unreadable where it failed on the paper.
    """
    environment = {
        "PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
    }  # fmt: skip
    try:
        done = subprocess.run(
            [sys.executable, "-m", "everfair.trust.reading"], input=json.dumps({"path": path, "media_type": media_type}), env=environment,
            capture_output=True, text=True, timeout=READING_S, cwd="/", check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise TooMuch from None
    if done.returncode < 0 or "MemoryError" in done.stderr or "Failed to allocate memory" in done.stderr:
        raise TooMuch
    if done.returncode:
        raise Unreadable(done.stderr[-500:])
    lines: Lines = json.loads(done.stdout)["lines"]
    return lines


__all__ = ["can_read", "read_papers"]
