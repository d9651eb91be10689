"""The blacklist for everybody, and for a company that stands on it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page, public_page
from everfair.base.public import public
from everfair.base.roles import EVERYONE, MEMBER
from everfair.base.writes import once
from everfair.companies.roles import OWNING
from everfair.markets.queries import market as market_row
from everfair.trust import actions
from everfair.trust.forms import ListingAppealForm
from everfair.trust.pages.faces import company_name, worked
from everfair.trust.queries import blacklist as queries


@require_safe
@allow(EVERYONE)
@public("blacklist")
def blacklist(request: HttpRequest, market: str) -> HttpResponse:
    """Who stands on it, since when and why; `q` is looked for in names and numbers. One query."""
    market_row(market)
    words = request.GET.get("q", "")[:100]
    return public_page(
        request, "trust/blacklist.html", market=market, words=words, rows=queries.public_blacklist(words), company_name=company_name
    )  # fmt: skip


@require_safe
@allow(MEMBER)
def listing(request: HttpRequest) -> HttpResponse:
    """Why the company stands on the blacklist, and its one appeal."""
    return _show(request)


def _show(request: HttpRequest, *, status: int = 200, typed: ListingAppealForm | None = None) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    row = queries.own_entry(actor)
    may = row is not None and row.state == "listed" and OWNING.admits(actor)
    return page(request, "trust/listing.html", status=status, row=row, form=(typed or ListingAppealForm()) if may else None)


@require_POST
@allow(OWNING)
@once
def appeal(request: HttpRequest, listing_id: UUID) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    form = ListingAppealForm(request.POST)
    queries.entry(listing_id, actor)

    def work() -> HttpResponse:
        actions.appeal_blacklisting(listing_id, form.cleaned_data["text"], by=actor)
        messages.success(request, _("Your appeal is with somebody who had no part in the entry."))
        return redirect("trust:listing")

    return worked(form, work, lambda status: _show(request, status=status, typed=form))
