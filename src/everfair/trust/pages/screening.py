"""The desk of screening: hits and what is said of them, and the lists in force."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.words import word
from everfair.base.writes import once
from everfair.companies.queries import people_by_id
from everfair.markets.queries import rule
from everfair.markets.table import DEFAULT_MARKET
from everfair.trust import actions, queries
from everfair.trust.models import Hit
from everfair.trust.pages.desk import prove_first
from everfair.trust.pages.faces import company_name, worked
from everfair.trust.roles import LISTKEEPER, REVIEWER
from everfair.trust.screening_forms import HitProposalForm, HitReasonForm, ListForm
from everfair.trust.states import HIT

NOTHING: Mapping[str, Any] = MappingProxyType({})
_SAID: dict[str, tuple[type[Any], Callable[..., Any]]] = {
    "propose": (HitProposalForm, lambda pk, typed, by: actions.propose_hit(pk, typed["proposal"], typed["reason"], by=by)),
    "clear": (HitReasonForm, lambda pk, typed, by: actions.clear_hit(pk, typed["reason"], by=by)),
    "confirm": (HitReasonForm, lambda pk, typed, by: actions.confirm_hit(pk, typed["reason"], by=by)),
    "return": (HitReasonForm, lambda pk, typed, by: actions.return_hit(pk, typed["reason"], by=by)),
    "reopen": (HitReasonForm, lambda pk, typed, by: actions.reopen_hit(pk, typed["reason"], by=by)),
}


@require_safe
@allow(REVIEWER)
def hits(request: HttpRequest) -> HttpResponse:
    """The likeliest first: five queries."""
    return page(
        request, "trust/hits.html", desk=queries.hit_desk(request.actor), company_name=company_name,  # type: ignore[attr-defined]
        lists=queries.list_standings(), waiting=queries.waiting_count(),
    )  # fmt: skip


@require_safe
@allow(REVIEWER)
def hit(request: HttpRequest, hit_id: UUID) -> HttpResponse:
    return _show(request, hit_id)


def moves_of(row: Hit, actor: Any) -> list[str]:
    """What may be said now: nobody clears alone what two people clear, nor the other way than it was proposed."""
    moves = HIT.allowed(row, actor)
    if row.state == "open" and row.needs_two:
        moves = [verb for verb in moves if verb != "clear"]
    if row.state == "proposed":
        moves = [verb for verb in moves if verb not in ("clear", "confirm") or verb == row.proposal]
    return moves


def sentence(row: Hit) -> str:
    """Why it is a hit, in one sentence."""
    how = [part["how"] for part in row.parts]
    same, alike = how.count("same"), how.count("alike")
    alone = how.count("ours") + how.count("theirs")
    said = {
        "ours": row.name, "theirs": row.listed_name.name, "strength": word(row.listed_name.strength, "listed name"),
        "number": row.party.number, "list": word(row.party.edition.source, "sanction source"), "score": round(row.score * 100),
    }  # fmt: skip
    counted = [
        ngettext("%(num)s part is the same", "%(num)s parts are the same", same) % {"num": same} if same else "",
        ngettext("%(num)s is taken for the same", "%(num)s are taken for the same", alike) % {"num": alike} if alike else "",
        ngettext("%(num)s stands alone", "%(num)s stand alone", alone) % {"num": alone} if alone else "",
    ]
    first = _("«%(ours)s» is %(score)s %% like «%(theirs)s», %(strength)s of entry %(number)s (%(list)s)") % said
    return f"{first}: {', '.join(text for text in counted if text)}."


def _show(request: HttpRequest, hit_id: UUID, *, status: int = 200, typed: Mapping[str, Any] = NOTHING) -> HttpResponse:
    """Both sides part by part, and the forms of what may be said now."""
    row = queries.hit(hit_id, request.actor)  # type: ignore[attr-defined]
    forms = {verb: typed.get(verb) or _SAID[verb][0](auto_id=f"{verb}_%s") for verb in moves_of(row, request.actor)}  # type: ignore[attr-defined]
    said = {pk for pk in (row.proposed_by_id, row.decided_by_id) if pk is not None}
    return page(
        request, "trust/hit.html", status=status, row=row, name=company_name(row.company), forms=forms, typed=set(typed),
        sentence=sentence(row), names=queries.names_of_party(row.party), others=queries.hits_of_company(row.company_id, but=row.pk),
        people=people_by_id(said), prove=prove_first(request),
    )  # fmt: skip


@require_POST
@allow(REVIEWER, proof="fresh")
@once
def say_of_hit(request: HttpRequest, hit_id: UUID, verb: str) -> HttpResponse:
    """Propose, clear, confirm, return, reopen."""
    if verb not in _SAID:
        raise Http404
    kind, act = _SAID[verb]
    actor = request.actor  # type: ignore[attr-defined]
    row = queries.hit(hit_id, actor)
    form = kind(request.POST, auto_id=f"{verb}_%s")
    told = {
        "propose": _("Proposed. Another person has the second word."),
        "clear": _("Cleared: it is somebody else."),
        "confirm": _("Confirmed. Deposits, releases, payouts and listings of the company are stopped."),
        "return": _("Sent back: it is open again."),
        "reopen": _("It is open again. Stops stay until they are lifted."),
    }

    def work() -> HttpResponse:
        act(row.pk, form.cleaned_data, actor)
        messages.success(request, told[verb])
        return redirect("trust:hit", row.pk)

    return worked(form, work, lambda status: _show(request, row.pk, status=status, typed={verb: form}))


@require_http_methods(["GET", "POST"])
@allow(LISTKEEPER, proof="fresh")
@once
def lists(request: HttpRequest) -> HttpResponse:
    """Which editions are in force, how old, who brought them; and bringing the next."""
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()

    def work() -> HttpResponse:
        typed = form.cleaned_data
        done = actions.take_list(
            typed["source"], [(file.name, file.read()) for file in typed["edition_files"]], by=request.actor,  # type: ignore[attr-defined]
            edition_on=typed["edition_on"], allow_gaps=typed["allow_gaps"],
        )  # fmt: skip
        if done.is_new:
            text = ngettext("%(num)s entry is taken.", "%(num)s entries are taken.", done.parties) % {"num": done.parties}
            messages.success(request, text)
            messages.info(request, _("It is in force as soon as its names are read, within minutes."))
        else:
            messages.info(request, _("These files are here already."))
        return redirect("trust:lists")

    def show(status: int) -> HttpResponse:
        return page(
            request, "trust/lists.html", status=status, form=form, lists=queries.list_standings(), former=queries.former_lists(),
            waiting=queries.waiting_count(), days=int(rule("trust.sanctions_days", DEFAULT_MARKET)),
        )  # fmt: skip

    return worked(form, work, show, {"files": "edition_files"}) if request.method == "POST" else show(200)
