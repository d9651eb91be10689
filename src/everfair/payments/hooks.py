"""Where providers report. Verified before it is read; answered quickly; the same event twice is harmless."""

from __future__ import annotations

import logging

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from everfair.base.allow import allow
from everfair.base.api import problem
from everfair.base.roles import EVERYONE
from everfair.base.sight import EVERYTHING, seeing
from everfair.payments.actions import EventTooEarly, keep_refused, take_event
from everfair.payments.providers.port import BadEvent, BadSignature, NothingYet, ProviderDown

log = logging.getLogger(__name__)
LARGEST = 64 * 1024


@csrf_exempt
@require_POST
@allow(EVERYONE)
def provider_event(request: HttpRequest, provider: str) -> HttpResponse:
    """The signature is the permission: anyone may knock, only the provider is believed."""
    if provider not in settings.PROVIDERS:
        raise Http404
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return problem(413, "payments.event_too_large")
    try:
        with seeing(EVERYTHING):
            outcome = take_event(provider, request.headers, request.body)
    except BadSignature as error:
        log.warning("a provider event with a bad signature")
        keep_refused(provider, request.body, error)
        return problem(401, "payments.bad_signature")
    except NothingYet:
        return HttpResponse("ignored", content_type="text/plain", status=200)
    except BadEvent as error:
        log.error("a signed provider event that cannot be read")
        keep_refused(provider, request.body, error)
        return problem(422, "payments.bad_event")
    except (EventTooEarly, ProviderDown):  # what it is about is not known yet, or cannot be asked for now
        answer = problem(503, "payments.event_too_early")
        answer["Retry-After"] = "5"
        return answer
    return HttpResponse(outcome, content_type="text/plain", status=200)
