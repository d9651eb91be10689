"""The company's side: what it carries, what it may ask for, and the checklist."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.deadlines import deadlines_of
from everfair.base.pages import page
from everfair.base.refused import NotVisible, Refused
from everfair.base.roles import MEMBER
from everfair.base.writes import once
from everfair.companies.roles import OWNING
from everfair.files.actions import keep_attachment
from everfair.markets.table import MARKETS
from everfair.trust import actions, queries
from everfair.trust.actions.applying import ANSWER
from everfair.trust.forms import AnswerForm, CheckForm
from everfair.trust.models import Verification
from everfair.trust.pages.faces import Line, lines_of, look_of, next_levels, standing_of, worked
from everfair.trust.states import OPEN, VERIFICATION
from everfair.trust.values import CHECK_WORDS, LEVEL_PROMISES, LEVELS

NOTHING: Mapping[str, Any] = MappingProxyType({})


@require_safe
@allow(MEMBER)
def verification(request: HttpRequest) -> HttpResponse:
    """What the company carries, what each level asks for, and everything it has asked for so far."""
    actor = request.actor  # type: ignore[attr-defined]
    rows = queries.own_verifications(actor)
    markets = [_market(name, rows) for name in MARKETS]
    return page(request, "trust/verification.html", rows=rows, markets=markets, look_of=look_of, may_write=OWNING.admits(actor))


def _market(name: str, rows: list[Verification]) -> dict[str, Any]:
    here = [row for row in rows if row.market == name]
    standing = next((row for row in here if row.state == "granted"), None)
    wanted = next_levels(standing)
    return {
        "name": name,
        "standing": standing,
        "open": next((row for row in here if row.state in OPEN), None),
        "levels": [
            {
                "name": level,
                "promise": LEVEL_PROMISES[level],
                "checks": [CHECK_WORDS[line.check] for line in own_lines(name, level)],
                "carried": standing is not None and LEVELS.index(level) <= LEVELS.index(standing.level),
                "wanted": level in wanted,
                "first": level == (wanted[:1] if standing is None else wanted[1:2] or wanted)[0],
            }
            for level in LEVELS
        ],
    }


def own_lines(market: str, level: str) -> tuple[Any, ...]:
    """What a level asks for beyond the one below it."""
    below = LEVELS.index(level)
    every = queries.requirements(market, level)
    return every[len(queries.requirements(market, LEVELS[below - 1])) :] if below else every


@require_POST
@allow(OWNING)
@once
def begin(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    row = actions.begin_verification(request.POST.get("market", "")[:20], request.POST.get("level", "")[:12], by=actor)
    return redirect("trust:application", row.pk)


@require_safe
@allow(MEMBER)
def application(request: HttpRequest, verification_id: UUID) -> HttpResponse:
    return _show(request, verification_id)


def _show(request: HttpRequest, verification_id: UUID, *, status: int = 200, typed: Mapping[str, Any] = NOTHING) -> HttpResponse:
    """The checklist, with the one form that was typed wrongly as it was typed."""
    actor = request.actor  # type: ignore[attr-defined]
    row = queries.verification(verification_id, actor)
    if row.company_id != actor.company_id:
        raise NotVisible
    moves = VERIFICATION.allowed(row, actor)
    in_hand = row.state in ("draft", "asked") and OWNING.admits(actor)
    lines, turn = lines_of(row, actor), queries.turn_of(row)
    shown = [(line, typed.get(line.check.kind) or (_form(line) if in_hand else None)) for line in lines]
    return page(
        request, "trust/application.html", status=status, row=row, lines=shown, moves=moves, in_hand=in_hand, standing=standing_of(row, turn),
        look_of=look_of, answer=typed.get("answer") or AnswerForm(), complete=sum(line.is_complete for line in lines), typed=set(typed),
        until=deadlines_of([row.pk]).get((row.pk, ANSWER)) if row.state == "asked" else None,
        decided=row.decided_at is not None, turn=turn,
    )  # fmt: skip


def _form(line: Line, *given: Any) -> CheckForm:
    started = {**line.check.declared, "keep": [str(pk) for pk in line.names]}
    return CheckForm(*given, line=line.asks, papers=line.names, initial=started)


@require_POST
@allow(OWNING)
@once
def fill(request: HttpRequest, verification_id: UUID, kind: str) -> HttpResponse:
    """Keep what was typed and the papers, or say beside the field what is wrong: then nothing is kept."""
    actor = request.actor  # type: ignore[attr-defined]
    row = queries.verification(verification_id, actor)
    line = next((line for line in lines_of(row, actor) if line.check.kind == kind), None)
    if line is None or row.company_id != actor.company_id:
        raise NotVisible
    form = _form(line, request.POST, request.FILES)

    def work() -> HttpResponse:
        new = [keep_attachment(upload, actor.company_id, actor).pk for upload in form.cleaned_data["papers"]]
        papers = [UUID(pk) for pk in form.cleaned_data.get("keep", [])]
        actions.fill_check(row.pk, kind, form.declared(), papers + new, by=actor)
        messages.success(request, _("Kept: %(check)s.") % {"check": CHECK_WORDS[kind]})
        return redirect(f"{reverse('trust:application', args=[row.pk])}#{kind}")

    return worked(form, work, lambda status: _show(request, row.pk, status=status, typed={kind: form}))


@require_POST
@allow(OWNING)
@once
def submit(request: HttpRequest, verification_id: UUID) -> HttpResponse:
    return _moved(
        request, verification_id, lambda by: actions.submit_verification(verification_id, by=by),
        _("Handed in. Two reviewers are drawn by lot when its turn has come."),
    )  # fmt: skip


@require_POST
@allow(OWNING)
@once
def withdraw(request: HttpRequest, verification_id: UUID) -> HttpResponse:
    return _moved(
        request, verification_id, lambda by: actions.withdraw_verification(verification_id, by=by),
        _("Withdrawn. You may begin anew whenever you like."),
    )  # fmt: skip


def _moved(request: HttpRequest, verification_id: UUID, move: Callable[[Any], Any], done: str) -> HttpResponse:
    """What lacks is said on the checklist itself, which stays as it is."""
    here = reverse("trust:application", args=[verification_id])
    try:
        move(request.actor)  # type: ignore[attr-defined]
    except Refused as refusal:
        if refusal.status != 422:
            raise
        messages.error(request, str(refusal.message))
        return redirect(f"{here}#{refusal.field}")
    messages.success(request, done)
    return redirect(here)


@require_POST
@allow(OWNING)
@once
def answer(request: HttpRequest, verification_id: UUID) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    form = AnswerForm(request.POST)

    def work() -> HttpResponse:
        actions.answer_reviewers(verification_id, form.cleaned_data["answer"], by=actor)
        messages.success(request, _("The reviewers have your answer and go on."))
        return redirect("trust:application", verification_id)

    return worked(form, work, lambda status: _show(request, verification_id, status=status, typed={"answer": form}))
