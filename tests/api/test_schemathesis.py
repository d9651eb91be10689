"""The API against its own document: whatever schemathesis makes of it, good or bad, gets an answer that the document knows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from pytest_django import DjangoDbBlocker
from schemathesis import GenerationMode, checks

from everfair.base.api import Schema
from tests.house.matrix.asking import Asked, asked
from tests.house.matrix.rows import OPERATIONS, Operation
from tests.house.matrix.world import FORM_TOKEN, Undone, World

CHECKS: Any = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]
EXAMPLES, MANY = 8, 300
# The provider is out of reach in tests, and saying so is a 5xx by right.
FAULTLESS = [check for check in CHECKS if check is not checks.not_a_server_error]


@pytest.fixture(autouse=True)
def _database(world: World, one_connection: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), Undone():
        yield


@cache
def document() -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@cache
def operations() -> dict[str, Any]:
    """«POST /orders» → the operation as schemathesis reads it."""
    found = [each.ok() for each in document().get_all_operations()]
    return {f"{each.method.upper()} {each.path.removeprefix('/api/v1')}": each for each in found}


def rows() -> list[Any]:
    return [pytest.param(row, id=row.call) for row in OPERATIONS]


def caller(row: Operation, world: World, side: str = "a") -> dict[str, Any]:
    """Headers and cookies of who may."""
    if row.by in ("owner", "operator", "sales"):
        session = world.sessions[f"{side} {row.by}" if row.by == "owner" else row.by]
        return {"headers": {"X-CSRFToken": FORM_TOKEN}, "cookies": {"sessionid": session, "csrftoken": FORM_TOKEN}}
    return {"headers": {"Authorization": f"Bearer {world.sides[side].keys['key']}"}}


def valid(row: Operation, world: World) -> Asked:
    return asked(row, row.call.partition(" ")[0], world.sides["a"])


def path_words(row: Operation, world: World) -> dict[str, Any]:
    words = {name: str(word).lstrip("~@") for name, word in row.path.items()}
    return {name: str(world.sides["a"].of.get(word, word)) for name, word in words.items()}


def of(row: Operation) -> Any:
    return FAULTLESS if "checkout" in row.call else CHECKS


def try_many(strategy: Any, row: Operation, world: World, examples: int, **who: Any) -> None:
    @settings(
        max_examples=examples,
        database=None,
        derandomize=examples == EXAMPLES,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def attempt(case: Any) -> None:
        with Undone():
            case.call_and_validate(checks=of(row), **who)

    attempt()


def test_the_document_names_every_operation() -> None:
    assert sorted(operations()) == sorted(row.call for row in OPERATIONS)


def test_no_two_shapes_have_one_name() -> None:
    """The document knows a shape by its class's name alone: of two the last would stand for both."""
    found: dict[str, set[str]] = {}
    for shape in _shapes(Schema):
        if not shape.__name__.startswith("_"):
            found.setdefault(shape.__name__, set()).add(shape.__module__)

    assert len(found) > 50
    assert {name: modules for name, modules in found.items() if len(modules) > 1} == {}


def _shapes(of: type) -> Iterator[type]:
    for shape in of.__subclasses__():
        if shape.__module__.startswith("everfair."):
            yield shape
        yield from _shapes(shape)


@pytest.mark.parametrize("row", rows())
def test_the_answer_to_a_valid_request_is_as_the_document_says(row: Operation, world: World) -> None:
    request = valid(row, world)
    if row.files:
        pytest.skip("a file: tests/catalog")
    case = operations()[row.call].Case(
        path_parameters=path_words(row, world),
        query=dict(request.query),
        headers={"Idempotency-Key": "valid"} if row.call.split()[0] != "GET" else {},
        **({"body": request.body, "media_type": "application/json"} if request.body is not None else {}),
    )

    answer = case.call_and_validate(checks=of(row), **caller(row, world))

    assert answer.status_code in row.answers


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["positive", "negative"])
@pytest.mark.parametrize("row", rows())
def test_what_is_made_of_the_document_gets_an_answer_it_knows(row: Operation, mode: GenerationMode, world: World) -> None:
    """On things that exist, so that more than the door is tried."""
    fixed = {"path_parameters": path_words(row, world)} if row.path and mode == GenerationMode.POSITIVE else {}
    _try(row, mode, world, EXAMPLES, **fixed)


@pytest.mark.parametrize("row", rows())
def test_nobody_gets_an_answer_that_the_document_knows(row: Operation, world: World) -> None:
    try_many(operations()[row.call].as_strategy(GenerationMode.POSITIVE), row, world, 3)


@pytest.mark.long
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["positive", "negative"])
@pytest.mark.parametrize("row", rows())
def test_many_more(row: Operation, mode: GenerationMode, world: World) -> None:
    _try(row, mode, world, MANY)


def _try(row: Operation, mode: GenerationMode, world: World, examples: int, **fixed: Any) -> None:
    operation = operations()[row.call]
    try:
        strategy = operation.as_strategy(mode, **fixed)
        try_many(strategy, row, world, examples, **caller(row, world))
    except Exception as error:
        if type(error).__name__ in ("Unsatisfiable", "SkipTest"):
            pytest.skip("nothing in it can be wrong")
        raise
