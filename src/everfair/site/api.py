"""The API: every package's router under /api/v1, one form of refusal, limits, and a document that says it all."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from django.apps import apps
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.docs import DocsBase
from ninja.operation import Operation
from ninja.security import HttpBearer

from everfair.base.allow import SignInFirst
from everfair.base.api import Problem, StrictJson, problem, refusal_problem
from everfair.base.limits import Limiter
from everfair.base.refused import NotVisible, Refused
from everfair.base.roles import EVERYONE

SAFE = ("GET", "HEAD", "OPTIONS")
# A program with a key may work fast; somebody unknown may look around.
WITH_KEY, SIGNED_IN, NOBODY = Limiter(1200, 200), Limiter(600, 100), Limiter(240, 60)


class KeyOrSession(HttpBearer):
    """Who asks was read by the middleware; here limits are kept, and a session's write proves it is no forgery."""

    openapi_description = "An API key of your company: `Authorization: Bearer ef_live_…`. A browser session works too."

    def __call__(self, request: HttpRequest) -> Any:
        return self.authenticate(request, "")

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        actor = request.actor  # type: ignore[attr-defined]
        limiter = {"key": WITH_KEY, "nobody": NOBODY}.get(actor.kind, SIGNED_IN)
        caller = str(actor.company_id or actor.person_id or request.META.get("REMOTE_ADDR", ""))
        if wait := limiter.take(caller):
            raise Refused(
                "base.too_many", _("Too many requests. Please come again a little later."), status=429, retry_after_s=wait
            )
        if actor.kind in ("person", "operator", "sales") and request.method not in SAFE and _forged(request):
            raise Refused("base.csrf", _("This request did not come from our pages."), status=403)
        return actor


def _forged(request: HttpRequest) -> bool:
    """Django's own test, for a view that is not exempt from it."""
    check = CsrfViewMiddleware(_answered)
    request.csrf_processing_done = False  # type: ignore[attr-defined]
    check.process_request(request)
    return check.process_view(request, _answered, (), {}) is not None


def _answered(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


class DeveloperPage(DocsBase):
    """The library's own reader of the document comes from another host; ours is a page like every other."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("site:developers"))


class Api(NinjaAPI):
    """Says in the document of every operation what its refusals are, whether it needs a key, and who may come without one."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The verb alone: a generated client has `place_order`, not the path to our function."""
        return operation.view_func.__name__

    def views(self) -> dict[str, Any]:
        """The function behind every verb."""
        return {
            op.view_func.__name__: op.view_func
            for _prefix, router in self._routers
            for path in router.path_operations.values()
            for op in path.operations
        }

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        schema = super().get_openapi_schema(**kwargs)
        schema["components"].setdefault("schemas", {})["Problem"] = Problem.model_json_schema(
            ref_template="#/components/schemas/{model}"
        )
        definitions = schema["components"]["schemas"]["Problem"].pop("$defs", {})
        schema["components"]["schemas"].update(definitions)
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        views = self.views()
        for path in schema["paths"].values():
            for operation in path.values():
                view = views[operation["operationId"]]
                if getattr(view, "needs_key", False):
                    operation.setdefault("parameters", []).append(_KEY)
                if getattr(view, "allow", None) is EVERYONE:
                    operation["security"] = [*operation.get("security", []), {}]
                for status in ("400", "401", "403", "404", "409", "413", "415", "422", "429", "503"):
                    operation["responses"].setdefault(status, {"description": "Refused", "content": content})
        return schema


_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[!-~]([ -~]*[!-~])?$"},
    "description": "Your own name for this write: the same key again has no second effect and gets the same answer.",
}

api = Api(
    title="Everfair",
    version="1",
    description=(
        "Everything a person can do on the pages a program can do here, with the same verbs and permissions. "
        "Writes need an `Idempotency-Key` header: the same key again gets the same answer. Amounts are strings in main units "
        "with their currency beside them. Refusals are problem documents (RFC 9457)."
    ),
    auth=KeyOrSession(),
    urls_namespace="api",
    docs=DeveloperPage(),
    docs_url="/docs",
    parser=StrictJson(),
)


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return refusal_problem(error)


@api.exception_handler(NotVisible)
def not_visible(request: HttpRequest, error: NotVisible) -> HttpResponse:
    return problem(404, "base.not_found", _("There is nothing here."))


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, "base.not_found", _("There is nothing here."))


@api.exception_handler(SignInFirst)
def sign_in_first(request: HttpRequest, error: SignInFirst) -> HttpResponse:
    return problem(401, "base.sign_in", _("Please send an API key."))


@api.exception_handler(ValidationError)
def not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        {"field": ".".join(str(part) for part in row["loc"][1:] if part != "payload"), "message": row["msg"]}
        for row in error.errors
    ]
    return problem(422, "base.not_valid", _("Some fields are not valid."), errors=errors)


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, f"base.http_{error.status_code}", str(error))


@api.exception_handler(RawPostDataException)
@api.exception_handler(MultiPartParserError)
@api.exception_handler(RequestDataTooBig)
@api.exception_handler(TooManyFieldsSent)
@api.exception_handler(TooManyFilesSent)
@api.exception_handler(SuspiciousOperation)
@api.exception_handler(BadRequest)
def unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    status = 413 if isinstance(error, RequestDataTooBig) else 400
    return problem(status, "base.unreadable", _("The request cannot be read."))


def mount_routers() -> None:
    for config in apps.get_app_configs():
        if config.name.startswith("everfair.") and _has(config.name, "api") and config.label not in ("base", "site"):
            api.add_router("", importlib.import_module(f"{config.name}.api").router)


def _has(package: str, module: str) -> bool:
    return importlib.util.find_spec(f"{package}.{module}") is not None


mount_routers()
