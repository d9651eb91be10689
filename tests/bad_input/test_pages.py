"""The catalogue of bad input (reliability.md B21–B48, B65) typed into every field of every form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from pytest_django import DjangoDbBlocker

from tests.bad_input.generating import cases, fits, inputs
from tests.bad_input.judging import Wrong
from tests.house.matrix.asking import asked, client_of
from tests.house.matrix.rows import PAGES, Page
from tests.house.matrix.world import Still, Undone, World

# Left out: a library's own forms, and those that are closed to the matrix's people whatever they send.
FORMS = [
    row
    for row in PAGES
    if row.post and row.form and row.answers != (403,) and not row.name.startswith(("account_", "usersessions_"))
]
# Bytes that are no UTF-8 reach a form as the letter that stands for them.
_KIND_WITHOUT_PAGE = {
    "reason": "text",
    "text": "text",
    "note": "text",
    "until": "date",
    "kind": "code",
    "mode": "code",
    "up_to": "text",
}
# Compared or looked up, never kept; a step of the form; a place in a list.
_AS_TYPED = {
    "catalog:keep_offer",
    "catalog:keep_new_offer",
}  # kept for its writer alone; the page says beside the field what is wrong
_NOT_KEPT = {"terms_hash", "seen_hash", "seen_total", "up_to", "step", "confirmed", "then"}


@pytest.fixture(autouse=True)
def _database(world: World, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), Undone():
        yield


def kinds(row: Page, world: World) -> dict[str, str]:
    """Field → kind, as the page offers it; for a form that stands on another page, by its name."""
    found: dict[str, str] = {}
    if row.get:
        answer = asked(row, "GET", world.sides["a"]).send(client_of(world, "a", row.get))
        found = inputs(answer.content.decode()) if answer.status_code == 200 else {}
    return {name: found.get(name) or _KIND_WITHOUT_PAGE.get(name, "text") for name in row.form if not callable(row.form[name])}


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in FORMS])
def test_bad_values_in_every_field_of_a_form(row: Page, world: World, record_property: Any) -> None:
    """A third of the values in each field, another third in the next, because a form is slow to show again."""
    _type_badly(row, world, record_property, every=3)


@pytest.mark.long
@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in FORMS])
def test_every_bad_value_in_every_field_of_a_form(row: Page, world: World, record_property: Any) -> None:
    _type_badly(row, world, record_property, every=1)


def _type_badly(row: Page, world: World, record_property: Any, *, every: int) -> None:
    assert row.post
    wrong, client = Wrong(), client_of(world, "a", row.post)
    client.raise_request_exception = False

    for place, (name, kind) in enumerate(kinds(row, world).items()):
        fitting = [case for case in cases() if fits(case, kind) and not case.json_only]
        for case in fitting[place % every :: every]:
            with Undone():
                request, still = asked(row, "POST", world.sides["a"]), Still()
                request.body[name] = case.text
                # What a page must refuse it may also show again with a 200; what counts is that nothing was kept.
                kept_raw = kind == "flag" or name in _NOT_KEPT or row.name in _AS_TYPED
                expect = "harmless" if kept_raw else case.expect
                wrong.judge(f"{case.id} in {name} ({kind})", request.send(client), expect, still, page=True)
    record_property("requests", wrong.sent)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in FORMS])
def test_fields_nobody_offered_change_nothing(row: Page, world: World, record_property: Any) -> None:
    """B69: a form takes what it shows. The same write with further fields leaves the same rows, but for the moments in them."""
    assert row.post
    wrong, client = Wrong(), client_of(world, "a", row.post)
    client.raise_request_exception = False
    extra = {
        "role": "owner", "is_staff_member": "on", "is_superuser": "1", "company": "x", "company_id": str(world.sides["b"].company.pk), "verified_at": "2026-01-01",
        "status": "funded", "state": "published", "price": "0.01", "total": "0.01", "unit_price": "0.01", "id": "1", "number": "1", "fee_rate": "0",
    }  # fmt: skip
    request = asked(row, "POST", world.sides["a"])
    for name, value in extra.items():
        request.body.setdefault(name, value)
    wrong.judge("B69", request.send(client), "harmless", Still())
    record_property("requests", wrong.sent)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in PAGES if row.get])
def test_bad_words_in_an_address_are_no_fault(row: Page, world: World, record_property: Any) -> None:
    """B39, B76, B94, B102, B103: what stands after the question mark, and escapes that are none."""
    assert row.get
    wrong, client, request = Wrong(), client_of(world, "a", row.get), asked(row, "GET", world.sides["a"])
    client.raise_request_exception = False
    names = ("q", "after", "cursor", "page", "state", "side", "open", "country", "hall", "sort", "search", "queue", "currency", "of", "address", "prefix", "offer",
             "quantity", "percent", "source", "market", "price_min", "moq", "supplier", "language", "next", "amount", "bank_account", "all")  # fmt: skip
    for value in (
        "\x00",
        "'\"><script>",
        "-1",
        "9" * 40,
        "../../etc/passwd",
        "\u202e",
        "1e9",
        "null",
        "\ud83d",
        "[]",
        "%",
        "{{7*7}}",
        "a" * 3000,
    ):
        text = value.encode("utf-8", "surrogatepass")
        query = "&".join(f"{name}={quote(text)}" for name in names)
        answer = client.generic("GET", f"{request.path}?{query}")
        expect = "harmless" if answer.status_code != 503 else "service"
        wrong.judge(f"{row.name} ?={value[:20]!r}", answer, expect, Still())
        if "<script>" in value and answer.status_code == 200 and not getattr(answer, "streaming", False):
            assert b"'\"><script>" not in answer.content
    for query in ("q=%", "q=%zz", "q=%ff%fe", "%00=1", "q[]=1", "q=" + "a" * 9000, "&&&==", "after=%F0%9F", "q=1&q=2&q=3"):
        answer = client.generic("GET", f"{request.path}?{query}")
        wrong.judge(f"{row.name} ?{query[:30]}", answer, "harmless" if answer.status_code != 503 else "service", Still())
    record_property("requests", wrong.sent)
    assert not wrong, "\n".join(wrong)
