"""Who reviews: drawn by lot, and never anyone who has to do with the company."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import SYSTEM, Actor
from everfair.base.events import emit
from everfair.base.refused import NotVisible, Refused
from everfair.base.roles import OPERATOR
from everfair.base.rows import ask, insert
from everfair.base.states import lock, step
from everfair.base.together import part
from everfair.companies.actions import note_act
from everfair.companies.queries import companies_by_id, lock_companies, staff
from everfair.events.trust import LinkDeclared, VerificationDrawn
from everfair.messaging.actions import read_message
from everfair.trust.models import Link, Seat, Verification
from everfair.trust.queries import candidates, is_admitted, link_between
from everfair.trust.states import SEATED
from everfair.trust.values import DECLARABLE

_LOTS = secrets.SystemRandom()


def draw_reviewers(verification_id: UUID) -> bool:
    """Fill the seats that nobody holds, by lot among who has the least in hand. Safe to repeat; says whether both are held now.

    While its turn has not come nobody is drawn. While fewer than two people without a link to the company can be found it waits, and the
    desk says so.
    """
    with part():
        row = lock(Verification.objects.all(), verification_id)
        if row.state not in ("waiting", *SEATED) or not is_admitted(row.pk):
            return False
        before = (row.maker_id, row.checker_id)
        active = {person.pk for person in staff()}
        linked = link_between([i for i in before if i is not None], row.company_id)
        row.maker_id, row.checker_id = (i if i in active and i not in linked else None for i in before)
        # Nobody who ever held the one seat takes the other: the database holds the same.
        held = {role: {s.person_id for s in Seat.objects.filter(verification=row, role=role)} for role in ("maker", "checker")}
        for role, other in (("maker", "checker"), ("checker", "maker")):
            if getattr(row, f"{role}_id") is None:
                found = candidates(row.company_id, but=held[other] | {i for i in (row.maker_id, row.checker_id) if i is not None})
                chosen = drawn(found.load)
                if chosen is not None:
                    insert(Seat(verification=row, role=role, person_id=chosen, among=len(found.load)))
                    held[role].add(chosen)
                setattr(row, f"{role}_id", chosen)
        if row.maker_id is None or row.checker_id is None:
            if (row.maker_id, row.checker_id) != before:
                # A seat whose holder is linked or gone is empty at once, whatever comes after.
                _save(row)
            return False
        if (row.maker_id, row.checker_id) != before:
            _anew(row, row.maker_id, row.checker_id, maker_changed=row.maker_id != before[0])
    return True


def _anew(row: Verification, maker_id: UUID, checker_id: UUID, *, maker_changed: bool) -> None:
    finish = step(row, "draw", by=SYSTEM)
    if maker_changed:
        row.proposal = row.proposal_reason = ""
    finish()
    _save(row)
    if maker_changed:
        # A new pair of eyes looks for itself.
        ask(_OPENED_AGAIN, [row.pk])
    emit(VerificationDrawn(row.pk, row.company_id, maker_id, checker_id))


def _save(row: Verification) -> None:
    columns = ("maker_id", "checker_id", "state", "proposal", "proposal_reason")
    Verification.objects.filter(pk=row.pk).update(**{name: getattr(row, name) for name in columns})


_OPENED_AGAIN = """
    UPDATE trust_check SET result = 'open', by_id = NULL, at = NULL, found = '{}', reason = '', valid_until = NULL
    WHERE verification_id = %s AND result <> 'open' RETURNING 1
"""


def drawn(load: dict[UUID, int]) -> UUID | None:
    """By lot, in proportion to 1 : (1 + what one has in hand)."""
    if not load:
        return None
    people = sorted(load)
    return _LOTS.choices(people, weights=[1 / (1 + load[person]) for person in people])[0]


def declare_link(person_id: UUID, company_id: UUID, kind: str, note: str, *, by: Actor) -> Link:
    """Somebody of the staff has to do with a company: they review it never again, and what they hold of it is drawn anew.

    Anybody of the staff may say it of anybody, of themselves too; nobody takes it back. Repeated, it is the same link.
    """
    if not OPERATOR.admits(by):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    if kind not in DECLARABLE:
        raise Refused("trust.link_kind", _("Please choose what links them."), field="kind", status=422)
    text = read_message(note, field="note")
    if not text:
        raise Refused("trust.words_missing", _("Please write something."), field="note", status=422)
    if person_id not in {person.pk for person in staff()}:
        raise Refused("trust.no_staff", _("This is nobody of the staff."), field="person", status=422)
    if company_id not in companies_by_id([company_id]):
        raise NotVisible
    return link_person(person_id, company_id, kind, text[:2000], by=by)


def link_person(person_id: UUID, company_id: UUID, kind: str, text: str, *, by: Actor) -> Link:
    """The link itself, with its note, and what the person holds of the company drawn anew."""
    with part():
        lock_companies([company_id], alone=True)
        made = Link.objects.filter(person_id=person_id, company_id=company_id, kind=kind).first()
        if made is None:
            made = Link(person_id=person_id, company_id=company_id, kind=kind, note=text, declared_by=by.label)
            insert(made)
            note_act("declared a link", company_id, text, by, after={"person": str(person_id), "link": kind})
            emit(LinkDeclared(company_id, person_id, kind), by=by)
        for pk in Verification.objects.filter(company_id=company_id, state__in=SEATED).values_list("pk", flat=True):
            draw_reviewers(pk)
    return made


__all__ = ["declare_link", "draw_reviewers", "drawn"]
