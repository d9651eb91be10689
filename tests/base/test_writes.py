"""Writes from outside: one key, one effect, however often and however many at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from threading import Event as Signal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import RequestFactory
from django.urls import ResolverMatch

from everfair.base.actor import Actor
from everfair.base.api import write
from everfair.base.ids import new_id
from everfair.base.models import WriteKey
from everfair.base.refused import Refused
from everfair.base.writes import once
from everfair.companies.models import Company
from tests import make
from tests.base.together import together

ANNA = Actor(kind="person", person_id=new_id(), company_id=new_id(), company_roles=frozenset({"owner"}))
BERT = Actor(kind="person", person_id=new_id(), company_id=new_id(), company_roles=frozenset({"owner"}))


@once
def found(request: HttpRequest, **ids: Any) -> HttpResponse:
    """A page that founds a company, and goes to it."""
    made = make.company(name=request.POST.get("name", "no name"))
    return HttpResponseRedirect(f"/companies/{made.pk}")


@write
def found_by_program(request: HttpRequest) -> tuple[int, dict[str, str]]:
    made = make.company(name=json.loads(request.body)["name"])
    return 201, {"id": str(made.pk)}


def form(key: str = "k1", *, by: Actor = ANNA, path: str = "/en/companies", **fields: Any) -> HttpRequest:
    return _asked(RequestFactory().post(path, {"_key": key, **fields}), by)


def sent(key: str = "k1", *, by: Actor = ANNA, **body: Any) -> HttpRequest:
    headers = {"Idempotency-Key": key} if key else {}
    return _asked(
        RequestFactory(headers=headers).post("/api/v1/companies", json.dumps(body), content_type="application/json"), by
    )


def _asked(request: HttpRequest, by: Actor) -> HttpRequest:
    request.actor = by  # type: ignore[attr-defined]
    request.resolver_match = ResolverMatch(found, (), {}, url_name="found", app_names=["companies"], route="companies")
    return request


def refusal_of(call: Callable[[], Any]) -> tuple[str, int]:
    with pytest.raises(Refused) as refusal:
        call()
    return refusal.value.code, refusal.value.status


@pytest.mark.django_db
def test_the_same_form_again_gets_the_same_answer_and_has_no_effect():
    first, again = found(form(name="Acme")), found(form(name="Acme"))

    assert (again.status_code, again["Location"]) == (302, first["Location"])
    assert ("Idempotent-Replay" in first, again["Idempotent-Replay"]) == (False, "true")
    assert Company.objects.count() == 1


@pytest.mark.django_db
def test_the_same_program_call_again_gets_the_same_body():
    first, again = found_by_program(sent(name="Acme")), found_by_program(sent(name="Acme"))

    assert (first.status_code, again.status_code) == (201, 201)
    assert json.loads(again.content) == json.loads(first.content) == {"id": str(Company.objects.get().pk)}
    assert again["Content-Type"] == first["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other",
    [
        lambda: found(form(name="Acne")),
        lambda: found(form(name="Acme", more="1")),
        lambda: found(form(name=["Acme", "Acme"])),
        lambda: found(form(name="Acme", path="/en/companies?as=buyer")),
        lambda: found(form(name="Acme", logo=SimpleUploadedFile("logo.png", b"picture"))),
    ],
)
def test_the_same_key_for_another_form_is_refused(other: Callable[[], Any]):
    """B78."""
    found(form(name="Acme"))

    assert refusal_of(other) == ("base.key_reused", 422)
    assert Company.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_with_another_file_of_the_same_name_is_refused():
    def upload(content: bytes) -> HttpResponse:
        return found(form(name="Acme", logo=SimpleUploadedFile("logo.png", content)))

    upload(b"one")
    assert upload(b"one")["Idempotent-Replay"] == "true"
    assert refusal_of(lambda: upload(b"two")) == ("base.key_reused", 422)


@pytest.mark.django_db
def test_the_same_key_with_another_body_is_refused():
    found_by_program(sent(name="Acme"))

    assert refusal_of(lambda: found_by_program(sent(name="Acne"))) == ("base.key_reused", 422)


@pytest.mark.django_db
def test_the_form_token_does_not_make_it_another_form():
    found(form(name="Acme", csrfmiddlewaretoken="one"))

    assert found(form(name="Acme", csrfmiddlewaretoken="two"))["Idempotent-Replay"] == "true"


@pytest.mark.django_db
def test_a_key_belongs_to_its_company_and_its_address():
    """I11: the same key of another company, or for another thing, is another write."""
    answers = [found(form(name="Acme")), found(form(name="Acme", by=BERT)), found(form(name="Acme", path="/en/orders/7/sign"))]

    assert ["Idempotent-Replay" in answer for answer in answers] == [False, False, False]
    assert Company.objects.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["x" * 256, "with\x00nul", "new\nline", "\ud800"])
def test_a_malformed_key_is_refused(key: str):
    request = form(name="Acme")
    request.POST = request.POST.copy()  # type: ignore[assignment]
    request.POST["_key"] = key  # type: ignore[index]

    assert refusal_of(lambda: found(request)) == ("base.key_malformed", 422)


@pytest.mark.django_db
def test_a_write_without_a_key_is_refused():
    assert refusal_of(lambda: found(form(key="", name="Acme"))) == ("base.key_missing", 422)
    assert refusal_of(lambda: found_by_program(sent(key="", name="Acme"))) == ("base.key_missing", 422)
    assert not Company.objects.exists()


@pytest.mark.django_db
def test_looking_at_a_page_needs_no_key():
    request = RequestFactory().get("/en/companies")
    request.actor = ANNA  # type: ignore[attr-defined]
    look = once(lambda request: HttpResponse("here"))

    assert look(request).content == b"here"


@pytest.mark.django_db
@pytest.mark.parametrize("status", [400, 403, 404, 409, 422, 500, 503])
def test_an_answer_that_says_no_is_not_kept_and_leaves_nothing(status: int):
    @once
    def refuse(request: HttpRequest) -> HttpResponse:
        make.company(name="half done")
        return HttpResponse("no", status=status)

    answers = [refuse(form(name="Acme")), found(form(name="Acme"))]

    assert (answers[0].status_code, answers[1].status_code, "Idempotent-Replay" in answers[1]) == (status, 302, False)
    assert list(Company.objects.values_list("name", flat=True)) == ["Acme"]


@pytest.mark.django_db
@pytest.mark.parametrize("error", [Refused("test.no", "no"), ValueError("broken")])
def test_a_refusal_or_a_fault_is_not_kept_and_leaves_nothing(error: Exception):
    @once
    def fail(request: HttpRequest) -> HttpResponse:
        make.company(name="half done")
        raise error

    with pytest.raises(type(error)):
        fail(form(name="Acme"))

    assert not WriteKey.objects.exists()
    assert "Idempotent-Replay" not in found(form(name="Acme"))
    assert Company.objects.count() == 1


@pytest.mark.pg15
def test_fifty_at_once_have_one_effect(committed: None):
    """B77."""
    results = together([lambda: found(form(name="Acme"))] * 50)

    answers = [r for r in results if isinstance(r, HttpResponse)]
    refused = [r for r in results if not isinstance(r, HttpResponse)]
    assert Company.objects.count() == 1
    assert {answer["Location"] for answer in answers} == {f"/companies/{Company.objects.get().pk}"}
    assert len([answer for answer in answers if "Idempotent-Replay" not in answer]) == 1
    assert {(r.code, r.status, r.retry_after_s) for r in refused} <= {("base.in_flight", 409, 1)}


@pytest.mark.pg15
def test_while_the_first_is_being_worked_on_the_second_is_told_so(committed: None):
    inside, go_on = Signal(), Signal()

    @once
    def slow(request: HttpRequest) -> HttpResponse:
        inside.set()
        go_on.wait(timeout=20)
        return found.__wrapped__(request)  # type: ignore[attr-defined]

    def second() -> tuple[str, int]:
        inside.wait(timeout=20)
        try:
            return refusal_of(lambda: slow(form(name="Acme")))
        finally:
            go_on.set()

    first, told = together([lambda: slow(form(name="Acme")), second])

    assert first.status_code == 302
    assert told == ("base.in_flight", 409)
    assert found(form(name="Acme"))["Location"] == first["Location"]
    assert Company.objects.count() == 1


@pytest.mark.pg15
def test_different_keys_do_not_wait_for_each_other(committed: None):
    results = together([partial(found, form(f"k{n}", name="Acme")) for n in range(8)])

    assert [answer.status_code for answer in results] == [302] * 8
    assert Company.objects.count() == 8


def test_a_route_and_an_owner_of_any_length_fit_their_columns():
    widths = {field.name: field.max_length for field in WriteKey._meta.fields if field.max_length}

    assert widths["route"] >= 16 + 1 + 100
    assert widths["owner"] >= len(str(new_id()))
