"""The first page of the office: what waits, what broke, what the platform holds."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.office import actions, forms, queries
from everfair.office.pages.answering import acted
from everfair.office.queries.queues import dead_reaction
from everfair.payments.queries import payouts_visible_to

SHOWN = 100


@require_safe
@allow(OPERATOR)
def overview(request: HttpRequest) -> HttpResponse:
    return page(request, "office/overview.html", queues=queries.queues(), balances=queries.platform_balances())


@require_safe
@allow(OPERATOR)
def reactions(request: HttpRequest) -> HttpResponse:
    return page(request, "office/reactions.html", reactions=queries.dead_reactions(SHOWN))


@require_POST
@allow(OPERATOR)
@once
def repeat_reaction(request: HttpRequest, reaction_id: int) -> HttpResponse:
    actions.repeat_reaction(reaction_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("This time it worked."))
    return redirect("office:reactions")


@require_http_methods(["GET", "POST"])
@allow(OPERATOR)
@once
def settle_reaction(request: HttpRequest, reaction_id: int) -> HttpResponse:
    dead = dead_reaction(reaction_id)
    form = forms.ReasonForm(request.POST or None)

    def work() -> HttpResponse:
        actions.settle_reaction(reaction_id, form.cleaned_data["reason"], by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("It is settled; your reason stands in the audit trail."))
        return redirect("office:reactions")

    def show() -> HttpResponse:
        return page(request, "office/settle_reaction.html", status=422 if form.errors else 200, form=form, dead=dead)

    return acted(form, work, show) if request.method == "POST" else show()


@require_safe
@allow(OPERATOR)
def deadlines(request: HttpRequest) -> HttpResponse:
    return page(request, "office/deadlines.html", deadlines=list(queries.failed_deadlines()[:SHOWN]))


@require_POST
@allow(OPERATOR)
@once
def repeat_deadline(request: HttpRequest, deadline_id: int) -> HttpResponse:
    actions.repeat_deadline(deadline_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("The deadline fires again within a minute."))
    return redirect("office:deadlines")


@require_safe
@allow(OPERATOR)
def payouts(request: HttpRequest) -> HttpResponse:
    """Payouts of which the provider's last word is missing; the worker asks again by itself."""
    doubtful = payouts_visible_to(request.actor).filter(state="indeterminate")  # type: ignore[attr-defined]
    rows = list(doubtful.select_related("company", "bank_account").order_by("id")[:SHOWN])
    return page(request, "office/payouts.html", payouts=rows)
