"""Admission on the desk: the line, what a day allows and why, and what a campaign would do to it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.trust import queries
from everfair.trust.admission_forms import CampaignForm
from everfair.trust.pages.faces import company_name
from everfair.trust.queries.admission import AdmissionDesk
from everfair.trust.roles import REVIEWER
from everfair.trust.values.admission import advise, allowance, simulate, spread

# Rows of the forecast that are written out; the picture shows every day.
WRITTEN = 12
SEED = 20261123


@require_safe
@allow(REVIEWER)
def admission(request: HttpRequest) -> HttpResponse:
    """A campaign is asked of the address, so that a forecast may be passed on; it changes nothing."""
    desk = queries.admission_desk(request.actor)  # type: ignore[attr-defined]
    asked = "applicants" in request.GET
    guess = {"fraud": f"{desk.start.estimate * 100:.2f}", "reviewers": max(1, desk.counted.load.on_duty), "days": 10}
    form = CampaignForm(request.GET) if asked else CampaignForm(initial=guess)
    forecast = _forecast(form, desk) if asked and form.is_valid() else None
    return page(
        request, "trust/admission.html", status=422 if asked and forecast is None else 200, desk=desk, form=form, forecast=forecast,
        given=allowance(desk.counted.load, desk.brake), company_name=company_name, history=[day.waiting for day in reversed(desk.days)],
    )  # fmt: skip


def _forecast(form: CampaignForm, desk: AdmissionDesk) -> dict[str, Any]:
    campaign = form.campaign()
    found = simulate(campaign, desk.start, desk.brake)
    step = max(1, -(-len(found.days) // WRITTEN))
    return {
        "campaign": campaign,
        "found": found,
        "advice": advise(campaign, desk.start, desk.brake),
        "spread": spread(campaign, desk.start, desk.brake, SEED),
        "rows": [day for n, day in enumerate(found.days) if n % step == 0 or n == len(found.days) - 1],
        "line": [day.waiting for day in found.days],
    }
