"""What every request passes: a request id and a log line, the content policy, and one handler for every «no»."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from everfair.base.allow import CompanyFirst, ProofFirst, SignInFirst
from everfair.base.log import request_id
from everfair.base.pages import error_page
from everfair.base.refused import AlreadyDone, NotVisible, Refused

log = logging.getLogger("everfair.request")
Answer = Callable[[HttpRequest], HttpResponse]

POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ]
)


def request_log(answer: Answer) -> Answer:
    """Give the request an id, and write one line when it is answered."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request_id.set(uuid4().hex[:16])
        started = time.perf_counter()
        response = answer(request)
        response["Request-Id"] = request_id.get()
        match = request.resolver_match
        log.info(
            "answered",
            extra={
                "method": request.method,
                "route": match.route if match else "-",
                "status": response.status_code,
                "ms": round((time.perf_counter() - started) * 1000, 1),
            },
        )
        return response

    return middleware


def content_policy(answer: Answer) -> Answer:
    """Nothing inline, nothing from another host. A page may widen its own `form-action` for a payment provider."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return middleware


class Doors:
    """Turns what actions raise into an answer: pages here, the API in its own handlers."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # No text here holds a NUL, and PostgreSQL refuses to be asked for one (B39).
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path:
            return error_page(request, 400)
        return self.answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        match error:
            case SignInFirst():
                return _lead_to(settings.LOGIN_URL, request)
            case CompanyFirst() if request.method == "GET":
                return _lead_to(settings.COMPANY_URL, request)
            case ProofFirst():
                return _lead_to(settings.PROOF_URL, request, _page_of(request))
            case NotVisible():
                return error_page(request, 404)
            case AlreadyDone():
                return _back(request, error)
            case Refused():
                return (
                    _back(request, error)
                    if request.method == "POST" and error.status in (409, 422)
                    else refused_page(request, error)
                )
            case Http404():
                return error_page(request, 404)
            case RequestDataTooBig() | TooManyFieldsSent() | TooManyFilesSent() | SuspiciousOperation():
                return error_page(request, 400)
        return None


def _lead_to(place: str, request: HttpRequest, page: str = "") -> HttpResponse:
    """To a page that comes first, which leads back here afterwards; a form that was sent is not kept. `page`: where it stood."""
    address = resolve_url(place)
    back = request.get_full_path() if request.method == "GET" else page
    return HttpResponseRedirect(f"{address}?{urlencode({'next': back})}" if back else address)


def _page_of(request: HttpRequest) -> str:
    """The page of ours that this form stood on, when the browser says so."""
    parts = urlsplit(request.headers.get("Referer", ""))
    return (parts.path + (f"?{parts.query}" if parts.query else "")) if parts.netloc == request.get_host() else ""


def refused_page(request: HttpRequest, refusal: Refused) -> HttpResponse:
    response = error_page(request, refusal.status, refusal=refusal)
    if refusal.retry_after_s:
        response["Retry-After"] = str(refusal.retry_after_s)
    return response


def _back(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """To the page the form stood on, with the reason on top; without one, the refusal is a page of its own."""
    referer = request.headers.get("Referer", "")
    same = url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    if not same:
        return refused_page(request, refusal)
    messages.add_message(request, messages.INFO if isinstance(refusal, AlreadyDone) else messages.ERROR, str(refusal.message))
    return HttpResponseRedirect(referer)
