"""What the worker does for the catalogue: imports that were too long for a request, files and texts nobody came back for."""

from __future__ import annotations

from everfair.base.chores import every
from everfair.catalog.actions import forget_staged, forget_unsaved, run_waiting_import


@every(1, "catalog.imports")
def imports() -> int:
    return run_waiting_import()


@every(3600, "catalog.forgotten_files")
def forgotten_files() -> int:
    return forget_staged()


@every(3600, "catalog.forgotten_texts")
def forgotten_texts() -> int:
    return forget_unsaved()
