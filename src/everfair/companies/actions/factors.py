"""The last way back for somebody who lost device and recovery codes."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from everfair.base.actor import Actor
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.companies.actions import reading
from everfair.companies.actions.notes import note_act
from everfair.companies.models import Person


def remove_factors(email: str, reason: str, *, by: Actor) -> Person:
    """All second factors and recovery codes of the person go, all their browsers are signed out, and a letter says so.

    Only whoever runs the machine may: an operator's page for it would be the way around every second factor. The password stays
    as it is. Refuses who has none, and an address that nobody has.
    """
    if by.kind != "system":
        raise Refused("companies.machine_only", _("This is done on the machine of the installation."), status=403)
    why = reading.read_text(reason, "reason", longest=2000, required=True, many_lines=True)
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(email__iexact=reading.read_email(email)).first()
        if person is None:
            raise NotVisible
        gone = list(Authenticator.objects.filter(user=person).values_list("type", flat=True))
        if not gone:
            raise AlreadyDone("companies.no_factor", _("This person has no second factor."))
        Authenticator.objects.filter(user=person).delete()
        for session in UserSession.objects.filter(user=person):
            session.end()
        note_act("removed second factor", person.pk, why, by, before={"factor": ", ".join(sorted(gone))})
        with override(person.language):
            subject = str(_("Your second factor was removed"))
            body = render_to_string("companies/email/factors_removed.txt", {"reason": why})
        transaction.on_commit(EmailMessage(subject, body, to=[person.email]).send, robust=True)
    return person
