"""JSON answers in one form: problem documents (RFC 9457), keyset pages, idempotent writes."""

from __future__ import annotations

import base64
import inspect
import json
import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Annotated, Any
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja.parser import Parser
from pydantic import AfterValidator, BaseModel, ConfigDict

from everfair.base.forms import clean_text
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.together import all_or_nothing
from everfair.base.writes import answer_once

_TITLES = {
    400: "Bad request", 401: "Sign in first", 403: "Not allowed", 404: "Not found", 405: "Method not allowed",
    409: "Not possible now", 413: "Too large", 415: "Unsupported media type", 422: "Not valid", 429: "Too many requests",
    500: "Our fault", 503: "Busy",
}  # fmt: skip


_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # the letter itself, not a text that spells it out


class StrictJson(Parser):
    """JSON as RFC 8259 means it, and no more: refuses a name that stands twice in one object (the parsers of two programs would
    read two different amounts), NaN and Infinity, bytes that are not UTF-8, lone surrogates, and NUL, which no text may hold.
    """

    def parse_body(self, request: HttpRequest) -> Any:
        """ValueError for what is refused; ninja answers 400."""
        text = request.body.decode("utf-8")
        values = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_number)
        if "\\u" in text or "\x00" in text:
            written = json.dumps(values, ensure_ascii=False).encode()  # a lone surrogate has no bytes
            if _NUL.search(written):
                raise ValueError("NUL")
        return values


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _clean(text: str) -> str:
    try:
        return clean_text(text, many_lines=True)
    except ValueError:
        raise ValueError(_("Please remove hidden or control characters.")) from None


# What people write, sent by a program: trimmed and in NFC, without hidden or control characters.
Words = Annotated[str, AfterValidator(_clean)]


class Schema(BaseModel):
    """What programs send and read. Ninja's own looks at every value a second time, in Python, for what is told nowhere here (managers,
    dotted names); that took a tenth of what an order costs."""

    model_config = ConfigDict(from_attributes=True)


class MoneyOut(Schema):
    """`{"amount": "420.00", "currency": "USD"}`"""

    amount: str
    currency: str

    @staticmethod
    def of(money: Money) -> MoneyOut:
        return MoneyOut(amount=f"{money.amount:f}", currency=money.currency)


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

    The view returns a value or (status, value) as with ninja, or a whole answer where it hands out a file; it runs in the transaction
    that stores the answer.
    """

    @wraps(view)
    def repeated(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            raise Refused("base.key_missing", _("Send an Idempotency-Key header."), status=422, field="Idempotency-Key")

        def work() -> HttpResponse:
            answer = view(request, *args, **kwargs)
            if isinstance(answer, HttpResponse):
                return answer
            status, value = answer if isinstance(answer, tuple) else (200, answer)
            text = value.model_dump_json() if isinstance(value, Schema) else json.dumps(value)
            return HttpResponse(text, status=status, content_type="application/json; charset=utf-8")

        return answer_once(request, key, work, whole=all_or_nothing)

    # With its names resolved here: the wrapper's own module does not know the view's types.
    repeated.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
    repeated.needs_key = True  # type: ignore[attr-defined]  # the API's document says so
    return repeated


def seal_cursor(values: list[Any]) -> str:
    """An opaque, signed place in a keyset list."""
    return base64.urlsafe_b64encode(signing.Signer(salt="everfair.cursor").sign(json.dumps(values)).encode()).decode()


def open_cursor(text: str, *kinds: type) -> list[Any]:
    """The values again, as these kinds (int, str, UUID, datetime) in this order; Refused 422 for one that another list sealed or
    that was not made by us."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii")).decode()
        values = json.loads(signing.Signer(salt="everfair.cursor").unsign(raw))
        if not isinstance(values, list):
            raise ValueError("no list")
        if kinds:
            values = [_as(kind, value) for kind, value in zip(kinds, values, strict=True)]
        return values
    except (ValueError, signing.BadSignature):
        raise Refused("base.cursor_unknown", _("This cursor is not one of ours."), status=422, field="cursor") from None


def _as(kind: type, value: Any) -> Any:
    if kind is int and type(value) is int and abs(value) < 2**63:
        return value
    if isinstance(value, str):
        if kind is UUID:
            return UUID(value)
        if kind is datetime:
            return datetime.fromisoformat(value)
        if kind is str:
            return value
    raise ValueError("another kind")
