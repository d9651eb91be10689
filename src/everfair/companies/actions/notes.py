"""The audit trail's one door for upper packages, and the end of somebody's time on the operator's staff."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.rows import ask
from everfair.companies.actions import reading
from everfair.companies.models import AuditNote, Person


def note_act(
    act: str,
    subject: UUID | None,
    reason: str,
    by: Actor,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditNote:
    """Leave a note of a privileged act, or of a privileged look at what belongs to others. Nobody changes or deletes it.

    `act` is at most 60 characters and stable: people search for it.
    """
    return AuditNote.objects.create(actor=by.label, act=act, subject=subject, reason=reason, before=before, after=after)


def forget_former_contacts() -> int:
    """Addresses that nobody needs to be warned under any more: they are kept for a month."""
    return len(ask("DELETE FROM companies_formercontact WHERE created_at <= ef_now() - interval '30 days' RETURNING 1"))


def end_staff(person_id: UUID, reason: str, *, by: Actor) -> Person:
    """The person is no longer staff of the operator and is signed out everywhere; the account itself stays.

    Refuses the end of oneself, which also means that the last operator stays.
    """
    if by.kind not in ("operator", "system"):
        raise Refused("companies.operator_only", _("Only the operator may do this."), status=403)
    why = reading.read_text(reason, "reason", longest=2000, required=True, many_lines=True)
    if person_id == by.person_id:
        raise Refused("companies.not_oneself", _("Nobody ends their own place on the staff. Ask a colleague."), field="reason")
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(pk=person_id).first()
        if person is None:
            raise NotVisible
        if not person.is_staff_member:
            raise AlreadyDone("companies.staff_ended", _("This person is not on the staff any more."))
        before = {"roles": person.staff_roles}
        person.is_staff_member, person.staff_roles = False, []
        person.save(update_fields=["is_staff_member", "staff_roles"])
        for session in UserSession.objects.filter(user=person):
            session.end()
        note_act("ended staff", person.pk, why, by, before=before)
    return person
