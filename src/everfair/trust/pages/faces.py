"""Verifications as templates show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.refused import AlreadyDone, Refused
from everfair.base.rows import ask
from everfair.companies.queries import names, staff
from everfair.files.queries import file_links
from everfair.trust.models import Check, Verification
from everfair.trust.queries import Turn, checks_of, requirement
from everfair.trust.roles import REVIEWING_ROLES
from everfair.trust.values import CHECK_ASKS, CHECK_WORDS, LEVELS, Requirement

Words = str | Promise


def company_name(company: Any) -> str:
    return names(company, get_language() or "en")[0]


@dataclass(frozen=True, slots=True)
class Line:
    """One check on a page: what it asks for, what is there, what still lacks (in the words of fields; papers as a number)."""

    check: Check
    asks: Requirement
    title: Words
    text: Words
    papers: list[dict[str, str]]
    names: dict[UUID, str]
    lacks: tuple[str, ...]
    papers_lacking: int

    @property
    def is_complete(self) -> bool:
        return not self.lacks and not self.papers_lacking


def lines_of(row: Verification, actor: Actor) -> list[Line]:
    """Two queries: the checks, and all their papers."""
    checks = checks_of(row.pk)
    links = file_links([pk for check in checks for pk in check.file_ids], actor)
    return [_line(check, requirement(check, row.market), links) for check in checks]


def _line(check: Check, asks: Requirement, links: dict[UUID, dict[str, str]]) -> Line:
    there = [pk for pk in check.file_ids if pk in links]
    return Line(
        check=check, asks=asks, title=CHECK_WORDS[check.kind], text=CHECK_ASKS[check.kind], papers=[links[pk] for pk in there],
        names={pk: links[pk]["name"] for pk in there}, lacks=tuple(name for name in asks.fields if not check.declared.get(name)),
        papers_lacking=max(0, asks.documents - len(check.file_ids)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """The three answers for the company. `look`: the kind of `ui.status`."""

    where: Words
    turn: Words
    otherwise: Words
    look: str


_DRAWN = _("Two reviewers who were drawn by lot and have nothing to do with your company.")
_STANDINGS = {
    "draft": Standing(_("Being filled in"), _("Yours: fill in each check and hand it in."), _("It stays here; nothing is sent."), "wait"),
    "waiting": Standing(_("Handed in"), _("The lot: two reviewers are looked for who have nothing to do with your company."),
                        _("It waits until they are found. Nobody can pay to go first."), "calm"),
    "reviewing": Standing(_("Being looked at"), _DRAWN, _("The one looks and proposes, then the other decides. Nobody can pay to go first."), "calm"),
    "asked": Standing(_("The reviewers have a question"), _("Yours: answer it."), _("The reviewers go on with what they have."), "wait"),
    "proposed": Standing(_("One reviewer has looked"), _("The second reviewer, who decides."), _("It waits for the second word. Nobody can pay to go first."), "calm"),
    "granted": Standing(pgettext_lazy("verification", "Granted"), _("Nobody's."), _("The level lapses after its last day. Have it looked at anew before."), "held"),
    "refused": Standing(_("Not granted"), _("Yours, if you like: mend what the reason says and begin anew."), _("Nothing more happens."), "act"),
    "withdrawn": Standing(_("Withdrawn by your company"), _("Nobody's."), _("Nothing more happens."), "calm"),
    "lapsed": Standing(_("Lapsed: its evidence is too old"), _("Yours, if you like: begin anew."), _("Nothing more happens."), "act"),
    "replaced": Standing(_("Replaced by a newer one"), _("Nobody's."), _("Nothing more happens."), "calm"),
}  # fmt: skip
LOOKS = {"draft": "wait", "asked": "wait", "granted": "held", "refused": "act", "lapsed": "act"}


_IN_LINE = Standing(_("In the line"), _("Ours: we admit no more in a day than can be looked at well."),
                    _("It is admitted in order of arrival. Nobody can pay to go first, and nobody is moved ahead."), "calm")  # fmt: skip


def standing_of(row: Verification, turn: Turn | None = None) -> Standing:
    """`turn`: where it stands while its turn has not come."""
    return _STANDINGS[row.state] if turn is None else _IN_LINE


def look_of(state: str) -> str:
    """The kind of its badge."""
    return LOOKS.get(state, "calm")


def next_levels(row: Verification | None) -> tuple[str, ...]:
    """What may be begun beside what stands: the same level anew, and those above."""
    return LEVELS if row is None else LEVELS[LEVELS.index(row.level) :]


_WHY = """
    SELECT c, p, trust_link_between(p, c) FROM unnest(%s::uuid[]) AS c CROSS JOIN unnest(%s::uuid[]) AS p
"""


def linked_staff(rows: Sequence[Verification]) -> dict[UUID, list[tuple[str, str]]]:
    """For each company that waits: who of the reviewing staff is linked to it, and by what. Two queries for many."""
    if not rows:
        return {}
    people = {person.pk: person.name or person.email for person in staff() if REVIEWING_ROLES & set(person.staff_roles)}
    found: dict[UUID, list[tuple[str, str]]] = {}
    for company_id, person_id, kind in ask(_WHY, [list({row.company_id for row in rows}), list(people)]):
        if kind:
            found.setdefault(company_id, []).append((people[person_id], kind))
    return found


def people_names(people: Iterable[Any]) -> list[tuple[UUID, str]]:
    return sorted(((person.pk, person.name or person.email) for person in people), key=lambda row: row[1].casefold())


def since(row: Verification) -> datetime:
    return row.submitted_at or row.created_at


def worked(
    form: django_forms.Form,
    work: Callable[[], HttpResponse],
    show: Callable[[int], HttpResponse],
    called: dict[str, str] | None = None,
) -> HttpResponse:
    """Do the work; a refusal that the reader can mend stands in the form, and what was typed stays. `called`: the form's own names."""
    if not form.is_valid():
        return show(422)
    try:
        return work()
    except Refused as refusal:
        if refusal.status not in (409, 422) or isinstance(refusal, AlreadyDone):
            raise
        field = (called or {}).get(refusal.field or "", refusal.field)
        form.add_error(field if field in form.fields else None, str(refusal.message))
        return show(refusal.status)
