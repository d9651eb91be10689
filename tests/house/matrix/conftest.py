"""The two companies, made once for all cases; what a case does is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from pytest_django import DjangoDbBlocker

from everfair.site import api
from tests.house.matrix.world import World, build


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """In one transaction that never ends in a commit; each case runs in a savepoint of its own. It ends with its module: its
    locks would keep tests waiting that come from a second session."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    with django_db_blocker.unblock():
        whole = transaction.atomic()
        whole._from_testcase = True  # type: ignore[attr-defined]  # as Django's own test cases say it
        whole.__enter__()
        try:
            yield build()
        finally:
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)
            connection.close()


@pytest.fixture(autouse=True)
def _unhurried() -> Iterator[None]:
    """Thousands of requests of one caller within seconds are what limits are for; they have their own test."""
    limiters = (api.WITH_KEY, api.SIGNED_IN, api.NOBODY)
    kept = [(limiter.rate, limiter.burst) for limiter in limiters]
    for limiter in limiters:
        limiter.rate = limiter.burst = 1e9
        limiter._buckets.clear()
    yield
    for limiter, (rate, burst) in zip(limiters, kept, strict=True):
        limiter.rate, limiter.burst = rate, burst


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield
