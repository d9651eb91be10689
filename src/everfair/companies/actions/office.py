"""What the operator does to companies: stops, taking the mark away, and opening the office itself; and the mark that trust sets."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from everfair.base import clock
from everfair.base.actor import SYSTEM, Actor
from everfair.base.clock import EfNow
from everfair.base.events import emit
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.companies.actions import reading
from everfair.companies.models import STAFF_ROLES, STOP_KINDS, AuditNote, Company, Invitation, Person, Stop
from everfair.events.companies import CompanyProfileChanged, CompanyVerified, StopLifted, StopPlaced
from everfair.markets.queries import rule
from everfair.markets.table import DEFAULT_MARKET

_PLATFORM = ("operator", "system", "clock")


def place_stop(company_id: UUID, kind: str, reason: str, *, by: Actor, until: datetime | None = None) -> Stop:
    """From now on (until a moment, or until lifted) the company's deposits, releases, payouts or listings do not move.

    The company's row is locked against the share lock of `refuse_stopped`: a move either ended before, or sees the stop.
    """
    _platform(by)
    if kind not in STOP_KINDS:
        raise reading.refused_field("kind", "unknown_stop", _("There is no such kind of stop."))
    why = reading.read_text(reason, "reason", longest=2000, required=True, many_lines=True)
    with transaction.atomic():
        company = _locked(company_id)
        if until is not None and until <= clock.now():
            raise reading.refused_field("until", "past", _("This moment has passed."))
        stop = Stop.objects.create(company=company, kind=kind, reason=why, placed_by=by.label, until=until)
        emit(StopPlaced(company.pk, stop.pk, kind), by=by)
        AuditNote.objects.create(
            actor=by.label, act=f"placed a {kind} stop", subject=company.pk, reason=why, after={"stop": str(stop.pk)}
        )
    return stop


def lift_stop(stop_id: UUID, reason: str, *, by: Actor) -> Stop:
    _platform(by)
    why = reading.read_text(reason, "reason", longest=2000, required=True, many_lines=True)
    with transaction.atomic():
        found = Stop.objects.filter(pk=stop_id).values_list("company_id", flat=True).first()
        if found is None:
            raise NotVisible
        _locked(found)
        stop = Stop.objects.select_for_update().get(pk=stop_id)
        if stop.lifted_at is not None:
            raise AlreadyDone("companies.stop_lifted", _("This stop has been lifted already."))
        stop.lifted_at, stop.lifted_by = clock.now(), by.label
        stop.save(update_fields=["lifted_at", "lifted_by"])
        emit(StopLifted(stop.company_id, stop.pk, stop.kind), by=by)
        AuditNote.objects.create(
            actor=by.label, act=f"lifted a {stop.kind} stop", subject=stop.company_id, reason=why, before={"stop": str(stop.pk)}
        )
    return stop


def put_mark(company_id: UUID, *, until: date, note: str, by: Actor) -> Company:
    """What a granted verification leads to, kept here for who asks: `until` is its last day, `note` says what was granted, `by` who
    decided. Put again, it replaces the old one.

    Nobody's verb: the database refuses a mark that no granted verification covers (trust's migration 0003).
    """
    _platform(by)
    seen = reading.read_text(note, "note", longest=2000, required=True, many_lines=True)
    with transaction.atomic():
        company = _locked(company_id)
        now = clock.now()
        if not now.date() < until <= now.date() + timedelta(days=3 * 366):
            raise reading.refused_field("until", "verified_until", _("The mark lasts from one day to three years."))
        before = {"verified_until": str(company.verified_until or ""), "note": company.verification_note}
        company.verified_at, company.verified_until = now, until
        company.verification_note, company.verified_by = seen, by.person_id
        company.save(update_fields=["verified_at", "verified_until", "verification_note", "verified_by"])
        emit(CompanyVerified(company.pk), by=by)
        AuditNote.objects.create(
            actor=by.label, act="verified", subject=company.pk, reason=seen, before=before, after={"verified_until": str(until)}
        )
    return company


def withdraw_verification(company_id: UUID, reason: str, *, by: Actor) -> Company:
    _platform(by)
    why = reading.read_text(reason, "reason", longest=2000, required=True, many_lines=True)
    with transaction.atomic():
        company = _locked(company_id)
        if company.verified_at is None:
            raise AlreadyDone("companies.not_verified", _("This company carries no mark."))
        before = {"verified_until": str(company.verified_until), "note": company.verification_note}
        company.verified_at, company.verified_until, company.verification_note, company.verified_by = None, None, "", None
        company.save(update_fields=["verified_at", "verified_until", "verification_note", "verified_by"])
        emit(CompanyProfileChanged(company.pk), by=by)
        AuditNote.objects.create(actor=by.label, act="verification withdrawn", subject=company.pk, reason=why, before=before)
    return company


def mark_inspector(company_id: UUID, *, note: str, by: Actor) -> Company:
    """From now on the company may be booked to inspect goods; `note` says what was seen (accreditation, insurance)."""
    _platform(by)
    seen = reading.read_text(note, "note", longest=2000, required=True, many_lines=True)
    with transaction.atomic():
        company = _locked(company_id)
        before = {"note": company.inspector_note}
        company.is_inspector, company.inspector_note = True, seen
        company.save(update_fields=["is_inspector", "inspector_note"])
        emit(CompanyProfileChanged(company.pk), by=by)
        AuditNote.objects.create(actor=by.label, act="marked as inspector", subject=company.pk, reason=seen, before=before)
    return company


def unmark_inspector(company_id: UUID, reason: str, *, by: Actor) -> Company:
    """No new inspection is booked with the company; one that is booked already is carried out."""
    _platform(by)
    why = reading.read_text(reason, "reason", longest=2000, required=True, many_lines=True)
    with transaction.atomic():
        company = _locked(company_id)
        if not company.is_inspector:
            raise AlreadyDone("companies.no_inspector", _("This company is no inspector."))
        before = {"note": company.inspector_note}
        company.is_inspector, company.inspector_note = False, ""
        company.save(update_fields=["is_inspector", "inspector_note"])
        emit(CompanyProfileChanged(company.pk), by=by)
        AuditNote.objects.create(actor=by.label, act="inspector mark withdrawn", subject=company.pk, reason=why, before=before)
    return company


def open_operator_invitation(email: str | None = None, *, by: Actor = SYSTEM, roles: Iterable[str] = ("operator",)) -> str | None:
    """A one-time address that makes its visitor staff of the operator: `bin/up --empty` prints it for the first one.

    An earlier open one is withdrawn. With `email` it works for that address only. None when the machine asks (no staff
    member does) and there is an operator already: who is here invites the next.
    """
    _platform(by)
    if by.kind != "operator" and Person.objects.filter(is_staff_member=True, is_active=True).exists():
        return None
    chosen = [role for role in STAFF_ROLES if role in set(roles)]
    if not chosen:
        raise reading.refused_field("roles", "no_role", _("Please choose at least one role."))
    if ("sales" in chosen and len(chosen) > 1) or {"reviewer", "arbitrator"} <= set(chosen):
        raise reading.refused_field(
            "roles", "roles_apart", _("Sales stands alone, and nobody is reviewer and arbitrator at once.")
        )
    address = reading.read_email(email) if email else ""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        Invitation.objects.filter(for_staff=True, email=address, accepted_at=None, withdrawn_at=None).update(withdrawn_at=EfNow())
        invitation = Invitation.objects.create(
            company=None,
            email=address,
            roles=chosen,
            for_staff=True,
            token_hash=hashlib.sha256(token.encode()).hexdigest(),
            invited_by=by.person_id,
            expires_at=clock.now() + timedelta(days=int(rule("companies.invitation_days", DEFAULT_MARKET))),
        )
        AuditNote.objects.create(actor=by.label, act="invited staff", subject=invitation.pk, after={"roles": chosen})
    with translation.override(translation.get_language() or settings.LANGUAGE_CODE):
        return settings.ADDRESS + reverse("companies:join_staff", kwargs={"token": token})


def _platform(by: Actor) -> None:
    if by.kind not in _PLATFORM:
        raise Refused("companies.operator_only", _("Only the operator may do this."), status=403)


def _locked(company_id: UUID) -> Company:
    company = Company.objects.select_for_update(no_key=True).filter(pk=company_id).first()
    if company is None:
        raise NotVisible
    return company
