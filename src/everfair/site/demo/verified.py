"""Levels that stand, and a few on their way, by the actions a company and its reviewers take."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.files.base import ContentFile

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.companies.models import Person
from everfair.companies.queries import actor_of_person
from everfair.files.actions import keep_attachment
from everfair.trust import actions
from everfair.trust.models import Check, Verification
from everfair.trust.queries import checks_of, requirement

if TYPE_CHECKING:
    from everfair.site.demo.load import World

# Who asks for which level beside those that were granted in bulk; who is asked; who waits, because only one reviewer did not bring it to the platform.
GRANTED = (("taichung", "assessed"), ("wenzhou", "verified"))
ASKED, WAITING = "foshan", "shaoxing"
_SAID = {
    "legal_person": "{owner}", "position": "Managing director", "holder": "{name}", "contact": "{owner}", "account": "6222 0001 0001",
    "number": "{number}", "name": "{name}", "person": "{owner}", "address": "{city}",
}  # fmt: skip


def verify_companies(world: World) -> None:
    """One reviewer looks, the other decides, as the draw has it."""
    for code, level in GRANTED:
        row = _handed_in(world, code, level)
        _look(row)
        actions.propose_verification(row.pk, "grant", "Every paper agrees with the register.", by=_seat(row, "maker"))
        actions.grant_verification(row.pk, "I read the same papers and agree.", by=_seat(row, "checker"))
    row = _handed_in(world, ASKED, "verified")
    question = "The power of attorney ends before the contract season. Is there a newer one?"
    actions.ask_applicant(row.pk, question, by=_seat(row, "maker"))
    for reviewer in world.reviewers[:2]:
        _link(reviewer, world, WAITING)
    _handed_in(world, WAITING, "verified")


def _handed_in(world: World, code: str, level: str) -> Verification:
    by = world.by(code)
    firm = world.firm[code]
    row = actions.begin_verification("export", level, by=by)
    known = {"owner": firm.person, "name": firm.name, "city": firm.city, "number": firm.body}
    for check in checks_of(row.pk):
        _fill(row, check, known, by)
    return actions.submit_verification(row.pk, by=by)


def _fill(row: Verification, check: Check, known: dict[str, str], by: Actor) -> None:
    line = requirement(check, row.market)
    declared = {name: check.declared.get(name) or _SAID.get(name, "").format(**known) for name in line.fields}
    if "valid_until" in declared:
        declared["valid_until"] = (now().date() + timedelta(days=900)).isoformat()
    papers = [_paper(f"{check.kind}-{n + 1}.txt", known["name"], by) for n in range(line.documents)]
    actions.fill_check(row.pk, check.kind, declared, papers, by=by)


def _paper(name: str, of: str, by: Actor) -> UUID:
    text = f"A paper of the demonstration ({name}). {of} does not exist, and nothing here proves anything.\n"
    assert by.company_id is not None
    return keep_attachment(ContentFile(text.encode(), name=name), by.company_id, by).pk


def _look(row: Verification) -> None:
    """The names as the register writes them: in capitals."""
    for check in checks_of(row.pk):
        found = {name: str(value).upper() for name, value in check.declared.items()}
        actions.record_check(row.pk, check.kind, "passed", found, "The paper and the register agree.", by=_seat(row, "maker"))


def _seat(row: Verification, seat: str) -> Actor:
    held = Verification.objects.values_list(f"{seat}_id", flat=True).get(pk=row.pk)
    return actor_of_person(Person.objects.get(pk=held))


def _link(reviewer: Actor, world: World, code: str) -> None:
    assert reviewer.person_id is not None
    actions.declare_link(reviewer.person_id, world.companies[code], "onboarded", "Brought it to the fair in spring.", by=reviewer)
