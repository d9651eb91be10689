from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.utils import translation

from everfair.discovery import cards, queries

# WhiteNoise warns at its first request when nothing has been collected, and warnings are errors here.
Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def _own_index(settings, tmp_path) -> Iterator[None]:
    """Each test has an index folder of its own, which is not there yet, and begins in English without drawn cards."""
    settings.DATA = tmp_path
    queries._supply.clear()
    cards._drawn.clear()
    with translation.override("en"):
        yield
