"""Reactions to what allauth says of second factors: an audit note, a letter, and no session that is older than the protection."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY, record_authentication
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.dispatch import receiver
from django.http import HttpRequest

from everfair.base.actor import Actor
from everfair.companies.actions import note_act
from everfair.companies.models import Person
from everfair.companies.second_factor import spend

_KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def _by(person: Person) -> Actor:
    return Actor("operator" if person.is_staff_member else "person", person.pk)


def _end_others(request: HttpRequest, person: Person) -> None:
    for session in UserSession.objects.filter(user=person).exclude(session_key=request.session.session_key):
        session.end()


def _how_many(person: Person) -> int:
    return Authenticator.objects.filter(user=person, type__in=_KINDS).count()


@receiver(signals.authenticator_added)
def factor_added(request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:
    """With the first one the other browsers are signed out: they never showed it."""
    if authenticator.type not in _KINDS:
        return
    note_act("added second factor", user.pk, "", _by(user), after={"factor": authenticator.type})
    if authenticator.type == Authenticator.Type.TOTP:
        spend(authenticator, request.POST.get("code", ""))  # the code that set it up has counted
    record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type, reauthenticated=True)
    if _how_many(user) == 1:
        _end_others(request, user)


@receiver(signals.authenticator_removed)
def factor_removed(request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:
    """With the last one nothing is left to have been shown, here or in other browsers."""
    if authenticator.type not in _KINDS:
        return
    note_act("removed second factor", user.pk, "", _by(user), after={"factor": authenticator.type})
    if _how_many(user) == 0:
        records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [row for row in records if row.get("method") != "mfa"]
        _end_others(request, user)


@receiver(signals.authenticator_reset)
def codes_made_anew(request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:
    note_act("made recovery codes", user.pk, "", _by(user), after={"factor": authenticator.type})


@receiver(signals.authenticator_used)
def factor_used(request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:
    """A recovery code in somebody else's hands must not stay unseen."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        return
    note_act("used recovery code", user.pk, "", _by(user), after={"factor": authenticator.type})
    authenticator.refresh_from_db()  # the code was marked on a row of its own
    left = len(authenticator.wrap().get_unused_codes())
    get_adapter(request).send_notification_mail("mfa/email/recovery_code_used", user, {"left": left})
