"""What Django shows when no view answered: the same error pages and problem documents as everywhere."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from everfair.base.actor import NOBODY
from everfair.base.pages import error_page


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    if not hasattr(request, "actor"):
        request.actor = NOBODY  # type: ignore[attr-defined]  # refused before anybody asked who it is, as for a foreign Host
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return error_page(request, 404)


def our_fault(request: HttpRequest) -> HttpResponse:
    return error_page(request, 500)
