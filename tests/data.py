"""Where the public data sets lie, when they are there: a folder `shared/data` beside the checkout."""

import os
from pathlib import Path

import pytest


def shared_data(name: str) -> Path:
    """The folder of one data set; skips the asking test with a clear message where it is absent."""
    root = Path(os.environ.get("EVERFAIR_SHARED_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
    # A clone made elsewhere still finds the folder beside the place it was cloned into.
    folder = root / name
    if not folder.is_dir():
        pytest.skip(
            f"the data set {name} is not here: put it at {root.name}/{name} beside the checkout, or set EVERFAIR_SHARED_DATA"
        )
    return folder
