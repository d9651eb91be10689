"""JSON answers in one form: problem documents (RFC 9457), keyset pages, idempotent writes."""

from __future__ import annotations

import base64
import inspect
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Schema

from everfair.base.refused import Refused
from everfair.base.writes import answer_once

_TITLES = {
    400: "Bad request", 401: "Sign in first", 403: "Not allowed", 404: "Not found", 405: "Method not allowed",
    409: "Not possible now", 413: "Too large", 415: "Unsupported media type", 422: "Not valid", 429: "Too many requests",
    500: "Our fault", 503: "Busy",
}  # fmt: skip


class FieldError(Schema):
    field: str
    message: str


class Problem(Schema):
    """RFC 9457 problem document; `code` is stable, `detail` is in the caller's language."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldError] = []


def problem(
    status: int,
    code: str,
    detail: str | None = None,
    *,
    errors: list[dict[str, str]] | None = None,
    retry_after_s: int | None = None,
) -> HttpResponse:
    title = _TITLES.get(status, "Refused")
    body = {
        "type": f"urn:everfair:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail or title,
        "errors": errors or [],
    }
    response = JsonResponse(body, status=status, content_type="application/problem+json")
    if retry_after_s:
        response["Retry-After"] = str(retry_after_s)
    return response


def refusal_problem(refusal: Refused) -> HttpResponse:
    errors = [{"field": refusal.field, "message": str(refusal.message)}] if refusal.field else []
    return problem(refusal.status, refusal.code, str(refusal.message), errors=errors, retry_after_s=refusal.retry_after_s)


def write(view: Callable[..., Any]) -> Callable[..., Any]:
    """For endpoints that change something: `Idempotency-Key` is required, and its repetition gets the same answer.

    The view returns a value or (status, value) as with ninja; it runs in the transaction that stores the answer.
    """

    @wraps(view)
    def repeated(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            raise Refused("base.key_missing", _("Send an Idempotency-Key header."), status=422, field="Idempotency-Key")

        def work() -> HttpResponse:
            answer = view(request, *args, **kwargs)
            status, value = answer if isinstance(answer, tuple) else (200, answer)
            text = json.dumps(value.model_dump(mode="json") if isinstance(value, Schema) else value)
            return HttpResponse(text, status=status, content_type="application/json; charset=utf-8")

        return answer_once(request, key, work)

    # With its names resolved here: the wrapper's own module does not know the view's types.
    repeated.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
    repeated.write = True  # type: ignore[attr-defined]
    return repeated


def seal_cursor(values: list[Any]) -> str:
    """An opaque, signed place in a keyset list."""
    return base64.urlsafe_b64encode(signing.Signer(salt="everfair.cursor").sign(json.dumps(values)).encode()).decode()


def open_cursor(text: str) -> list[Any]:
    """The values again; Refused 422 when it was not made by us."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii")).decode()
        return json.loads(signing.Signer(salt="everfair.cursor").unsign(raw))  # type: ignore[no-any-return]
    except (ValueError, signing.BadSignature):
        raise Refused("base.cursor_unknown", _("This cursor is not one of ours."), status=422, field="cursor") from None
