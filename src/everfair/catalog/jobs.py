"""What the worker does for the catalogue: imports that were too long for a request, and files nobody came back for."""

from __future__ import annotations

from everfair.base.chores import every
from everfair.catalog.actions import forget_staged, run_waiting_import


@every(1, "catalog.imports")
def imports() -> int:
    return run_waiting_import()


@every(3600, "catalog.forgotten_files")
def forgotten_files() -> int:
    return forget_staged()
