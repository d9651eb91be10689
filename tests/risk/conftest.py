from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

# WhiteNoise warns at its first request when nothing has been collected, and warnings are errors here.
Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A request leaves its language active in the thread; the next test begins in English again."""
    with translation.override("en"):
        yield
