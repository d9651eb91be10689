from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A request leaves its language active in the thread; the next test begins in English again."""
    with translation.override("en"):
        yield
