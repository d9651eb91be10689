"""Writes from outside are safe to repeat: one key, one effect (invariant I11).

The client sends `Idempotency-Key` (a form carries it in its hidden field `_key`). The key's advisory lock is tried first, so a
second request in flight is told 409; then the key's row answers a repetition; then the view runs in the same
transaction that stores its answer. Successes are kept 30 days; a refusal or a fault stores nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from everfair.base.failpoints import failpoint
from everfair.base.refused import Refused
from everfair.base.sql import ask_all, tell
from everfair.base.together import remember_moment

KEPT_DAYS = 30
_UNHASHED = ("csrfmiddlewaretoken", "_key")


def once(view: Callable[..., Any]) -> Callable[..., Any]:
    """For pages: a POST with a key has one effect, and its repetition gets the same redirect."""

    @wraps(view)
    def repeated(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        key = request.POST.get("_key", "")
        if not key:
            raise Refused("base.key_missing", _("Please send the form from its page."), status=422)
        return answer_once(request, key, lambda: view(request, *args, **kwargs))

    repeated.once = True  # type: ignore[attr-defined]
    return repeated


def request_hash(request: HttpRequest) -> str:
    """What the request asks, without its key and form token; uploaded files by their content."""
    digest = hashlib.sha256(f"{request.method} {request.path}?{request.META.get('QUERY_STRING', '')}\n".encode())
    if request.content_type in ("multipart/form-data", "application/x-www-form-urlencoded"):
        for name, values in sorted(request.POST.lists()):
            if name not in _UNHASHED:
                digest.update(f"{name}={values!r}\n".encode())
        for name, files in sorted(request.FILES.lists()):
            for file in files:
                digest.update(f"{name}:{file.name}\n".encode())
                for chunk in file.chunks():
                    digest.update(chunk)
                file.seek(0)
    else:
        digest.update(request.body)
    return digest.hexdigest()


def answer_once(
    request: HttpRequest,
    key: str,
    work: Callable[[], HttpResponse],
    *,
    whole: Callable[[], AbstractContextManager[Any]] = transaction.atomic,
) -> HttpResponse:
    """Run `work` once for this actor, route and key. Refused 409 while in flight, 422 for another body.

    `whole` opens the transaction: `all_or_nothing` where no refusal is caught inside.
    """
    if len(key) > 255 or not key.isprintable():
        raise Refused("base.key_malformed", _("The idempotency key is malformed."), status=422)
    actor = request.actor  # type: ignore[attr-defined]
    # A person keeps their keys when their company changes meanwhile (registering the first one does that).
    owner = str(actor.person_id or actor.company_id or "nobody")
    match = request.resolver_match
    # The route with its own ids: the same key on another order is another write.
    route = hashlib.sha256(request.path.encode()).hexdigest()[:16] + ":" + (match.view_name if match else "")[:100]
    asked = request_hash(request)
    with whole():
        known = _known(owner, route, key)
        if known is not None:
            former, *answer = known
            if former != asked:
                raise Refused("base.key_reused", _("This key was used for another request."), status=422)
            return _replay(*answer)
        response = work()
        failpoint("base.work_done")
        if response.status_code < 400:
            location, kind = response.headers.get("Location", ""), response.headers.get("Content-Type", "")
            tell(_KEEP, [owner, route, key, asked, response.status_code, location, response.content, kind])
        else:
            transaction.set_rollback(True)
        return response


_KEEP = """
    INSERT INTO base_writekey (owner, route, key, request_hash, status, location, body, content_type)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""


def _known(owner: str, route: str, key: str) -> tuple[Any, ...] | None:
    """The answer that this key has, once nobody else is at it. The second question is asked after the lock, or it could miss the row
    of whom the lock waited for; the moment of the transaction comes along."""
    name = f"{owner}|{route}|{key}"
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    locked, known = ask_all((_LOCK, [number]), (_KNOWN, [owner, route, key]))
    is_locked, moment = locked[0]
    if not is_locked:
        raise Refused("base.in_flight", _("The same request is being worked on."), status=409, retry_after_s=1)
    remember_moment(moment)
    return known[0] if known else None


_LOCK = "SELECT pg_try_advisory_xact_lock(%s), ef_now()"
_KNOWN = (
    "SELECT request_hash, status, location, body, content_type FROM base_writekey WHERE owner = %s AND route = %s AND key = %s"
)


def _replay(status: int, location: str, body: bytes | None, content_type: str) -> HttpResponse:
    response = HttpResponse(bytes(body or b""), status=status, content_type=content_type)
    if location:
        response["Location"] = location
    response["Idempotent-Replay"] = "true"
    return response
