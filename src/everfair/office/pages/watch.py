"""The state of the books: who sealed, proved and signed them last, and the freeze of payouts with its two words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.ledger.queries import freezes, newest_seal, state_of_the_books, where_checkpoints_go
from everfair.office import actions, forms
from everfair.office.pages.answering import acted, proof_address
from everfair.office.queries.trail import staff_names


@require_safe
@allow(OPERATOR)
def books(request: HttpRequest) -> HttpResponse:
    return _show(request, None)


def _show(request: HttpRequest, typed: forms.ReasonForm | None) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    stories = freezes()
    standing = next((story for story in stories if story.is_open), None)
    names = staff_names(word.by for story in stories for word in (story.placed, *story.words))
    mine = standing is not None and any(word.by == f"operator:{actor.person_id}" for word in standing.words)
    shown: dict[str, Any] = {
        "books": state_of_the_books(), "head": newest_seal(), "where": where_checkpoints_go(), "stories": stories, "standing": standing,
        "who": names, "mine": mine, "form": typed or forms.ReasonForm(), "prove": proof_address(request),
    }  # fmt: skip
    return page(request, "office/books.html", status=422 if typed is not None else 200, **shown)


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def freeze(request: HttpRequest) -> HttpResponse:
    form = forms.ReasonForm(request.POST)

    def work() -> HttpResponse:
        actions.freeze(form.cleaned_data["reason"], by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("Nothing is paid out from now on."))
        return redirect("office:books")

    return acted(form, work, lambda: _show(request, form))


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def lift_freeze(request: HttpRequest, freeze_id: UUID) -> HttpResponse:
    form = forms.ReasonForm(request.POST)

    def work() -> HttpResponse:
        ended = actions.lift(freeze_id, form.cleaned_data["reason"], by=request.actor)  # type: ignore[attr-defined]
        said = _("Payouts go on.") if ended else _("Your word is noted. Another operator has to give the second one.")
        messages.success(request, said)
        return redirect("office:books")

    return acted(form, work, lambda: _show(request, form))
