"""Where carriers report. Verified before it is read; answered quickly; the same event twice is harmless."""

from __future__ import annotations

import logging

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from everfair.base.allow import allow
from everfair.base.api import problem
from everfair.base.roles import EVERYONE
from everfair.logistics.actions import take_carrier_event
from everfair.logistics.carriers.port import BadEvent, BadSignature, CarrierDown
from everfair.logistics.carriers.table import CARRIERS

log = logging.getLogger(__name__)
LARGEST = 64 * 1024


@csrf_exempt
@require_POST
@allow(EVERYONE)
def carrier_event(request: HttpRequest, carrier: str) -> HttpResponse:
    """The signature is the permission: anyone may knock, only the carrier is believed."""
    if carrier not in CARRIERS:
        raise Http404
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return problem(413, "logistics.event_too_large")
    try:
        outcome = take_carrier_event(carrier, request.headers, request.body)
    except BadSignature:
        log.warning("a carrier's event with a bad signature")
        return problem(401, "logistics.bad_signature")
    except BadEvent:
        log.error("a signed carrier's event that cannot be read")
        return problem(422, "logistics.bad_event")
    except CarrierDown:
        log.error("an event of a carrier that is not set up here")
        return problem(503, "logistics.carrier_not_set_up")
    return HttpResponse(outcome, content_type="text/plain", status=200)
