"""People: who they are, in which companies, with which roles."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from everfair.base import clock
from everfair.base.actor import Actor
from everfair.base.clock import EfNow
from everfair.base.events import emit
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.companies.actions import reading
from everfair.companies.models import COMPANY_ROLES, AuditNote, Company, Invitation, Membership, Person
from everfair.companies.roles import OWNER_IN_PERSON
from everfair.companies.values import is_timezone
from everfair.events.companies import MembershipChanged, PersonInvited
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET


def make_person(
    email: str, name: str, *, language: str = "en", timezone: str = "UTC", password: str = "", password_hash: str = ""
) -> Person:
    """A person whose address is proven elsewhere: an operator's link, or the demo world (which shares one `password_hash`)."""
    address = reading.read_lasting_email(email)
    label = reading.read_text(name, "name", longest=120, required=True)
    if language not in dict(settings.LANGUAGES):
        raise reading.refused_field("language", "unknown_language", _("We do not speak this language yet."))
    if not is_timezone(timezone):
        raise reading.refused_field("timezone", "unknown_timezone", _("Please choose a time zone from the list."))
    person = Person(email=address, name=label, language=language, timezone=timezone)
    if password_hash:
        person.password = password_hash
    elif password:
        _good_password(password, person)
        person.set_password(password)
    else:
        person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save()
            EmailAddress.objects.create(user=person, email=address, verified=True, primary=True)
    except IntegrityError:
        raise Refused("companies.email_taken", _("Somebody has this address already."), field="email") from None
    return person


def edit_person(*, by: Actor, name: str, language: str, timezone: str, phone: str = "") -> Person:
    """What a person says about themselves. A phone without + is read as one of their company's country."""
    person = Person.objects.filter(pk=by.person_id).first()
    if person is None:
        raise NotVisible
    country = Company.objects.filter(pk=by.company_id).values_list("country", flat=True).first() or ""
    person.name = reading.read_text(name, "name", longest=120, required=True)
    if language not in dict(settings.LANGUAGES):
        raise reading.refused_field("language", "unknown_language", _("We do not speak this language yet."))
    if not is_timezone(timezone):
        raise reading.refused_field("timezone", "unknown_timezone", _("Please choose a time zone from the list."))
    person.language, person.timezone, person.phone = language, timezone, reading.read_phone_of(phone, country)
    person.save(update_fields=["name", "language", "timezone", "phone"])
    return person


def keep_looks(*, by: Actor, text_size: str, theme: str) -> None:
    """How pages look to this person, kept for their other devices. Which words there are is the pages' own matter."""
    Person.objects.filter(pk=by.person_id).update(text_size=text_size, theme=theme)


def invite_person(email: str, roles: Iterable[str], *, by: Actor) -> Invitation:
    """Ask an address to join the actor's company; the letter with the one link leaves after the commit.

    An open invitation of the same address is replaced, so that only the newest link works. Whether the address has an
    account here changes nothing that the inviter can see. Refuses somebody who is in the company already.
    """
    _owner_in_person(by)
    address, chosen = reading.read_email(email), reading.read_roles(roles)
    token = secrets.token_urlsafe(32)
    rules = rules_at(DEFAULT_MARKET)
    with transaction.atomic():
        company = Company.objects.select_for_update(no_key=True).get(pk=by.company_id)
        if Membership.objects.filter(company=company, ended_at=None, person__email__iexact=address).exists():
            raise Refused("companies.member_already", _("This person is in your company already."), field="email")
        lately = Invitation.objects.filter(company=company, created_at__gt=EfNow() - timedelta(days=1)).count()
        if lately >= rules["companies.invitations_per_day"]:
            raise Refused("companies.too_many_invitations", _("That is enough for one day. Please go on tomorrow."), status=429)
        open_ones = Invitation.objects.filter(company=company, email=address, accepted_at=None, withdrawn_at=None)
        open_ones.update(withdrawn_at=EfNow())
        invitation = Invitation.objects.create(
            company=company,
            email=address,
            roles=chosen,
            token_hash=hash_token(token),
            invited_by=by.person_id,
            expires_at=clock.now() + timedelta(days=int(rules["companies.invitation_days"])),
        )
        emit(PersonInvited(company.pk, invitation.pk), by=by)
        letter = _invitation_letter(invitation, company, by, token)
        transaction.on_commit(letter.send, robust=True)
    return invitation


def withdraw_invitation(invitation_id: UUID, *, by: Actor) -> None:
    """The link in the letter stops working."""
    _owner_in_person(by)
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update().filter(pk=invitation_id, company_id=by.company_id).first()
        if invitation is None:
            raise NotVisible
        if invitation.accepted_at is not None:
            raise Refused("companies.invitation_accepted", _("This invitation has been accepted."))
        if invitation.withdrawn_at is not None:
            raise AlreadyDone("companies.invitation_withdrawn", _("This invitation has been withdrawn already."))
        invitation.withdrawn_at = clock.now()
        invitation.save(update_fields=["withdrawn_at"])


def accept_invitation(token: str, *, by: Actor) -> Membership:
    """Join the company that wrote the letter; works once, in time, for the person whose own verified address it was sent to."""
    if by.kind != "person" or by.person_id is None:
        raise Refused("companies.person_only", _("Only a person can join a company."), status=403)
    return _accept(Invitation.objects.filter(token_hash=hash_token(token)), by)


def accept_own_invitation(invitation_id: UUID, *, by: Actor) -> Membership:
    """The same without the letter, for somebody signed in with the invited, verified address."""
    if by.kind != "person" or by.person_id is None:
        raise Refused("companies.person_only", _("Only a person can join a company."), status=403)
    if not Invitation.objects.filter(pk=invitation_id, email__in=_verified_addresses(by.person_id)).exists():
        raise NotVisible
    return _accept(Invitation.objects.filter(pk=invitation_id), by)


def _accept(wanted: QuerySet[Invitation], by: Actor) -> Membership:
    with transaction.atomic():
        companies = wanted.values_list("company_id", flat=True)
        Company.objects.select_for_update(no_key=True).filter(pk__in=list(companies)).order_by("pk").first()
        invitation = wanted.filter(for_staff=False).select_for_update(of=("self",)).first()
        if invitation is None or invitation.withdrawn_at is not None or invitation.expires_at <= clock.now():
            raise _dead_link()
        membership = Membership.objects.filter(person_id=by.person_id, company_id=invitation.company_id, ended_at=None).first()
        if invitation.accepted_at is not None:
            if membership is not None and invitation.email in _verified_addresses(by.person_id):
                raise AlreadyDone("companies.joined_already", _("You have joined this company already."))
            raise _dead_link()
        if invitation.email not in _verified_addresses(by.person_id):
            message = _("This invitation was written to another address. Sign in with that one to accept it.")
            raise Refused("companies.invited_another", message, status=403)
        if membership is None:
            membership = Membership(person_id=by.person_id, company_id=invitation.company_id, roles=[])
        membership.roles = [role for role in COMPANY_ROLES if role in {*membership.roles, *invitation.roles}]
        membership.save()
        invitation.accepted_at = clock.now()
        invitation.save(update_fields=["accepted_at"])
        Person.objects.filter(pk=by.person_id).update(current_company_id=invitation.company_id)
        emit(MembershipChanged(membership.company_id, membership.person_id), by=by)
    return membership


def accept_operator_invitation(token: str, *, email: str, name: str, password: str, language: str = "en") -> Person:
    """Somebody new becomes staff of the operator: a person of their own kind, who belongs to no company."""
    with transaction.atomic():
        found = Invitation.objects.filter(token_hash=hash_token(token), for_staff=True).select_for_update().first()
        if found is None or found.accepted_at or found.withdrawn_at or found.expires_at <= clock.now():
            raise _dead_link()
        if found.email and reading.read_email(email) != found.email:
            message = _("This invitation was written to another address.")
            raise Refused("companies.invited_another", message, field="email", status=422)
        if not password:
            raise reading.refused_field("password", "missing", _("This is needed."))
        person = make_person(email, name, language=language, password=password)
        person.is_staff_member, person.staff_roles = True, found.roles
        person.save(update_fields=["is_staff_member", "staff_roles"])
        found.accepted_at = clock.now()
        found.save(update_fields=["accepted_at"])
        AuditNote.objects.create(
            actor=f"operator:{person.pk}", act="joined the staff", subject=person.pk, after={"roles": found.roles}
        )
    return person


def change_roles(person_id: UUID, roles: Iterable[str], *, by: Actor) -> Membership:
    """Give a member other roles; they count from that person's next request. Refuses to take the last owner away."""
    _owner_in_person(by)
    chosen = reading.read_roles(roles)
    with transaction.atomic():
        membership = _membership_of(by.company_id, person_id)
        if "owner" not in chosen:
            _keep_an_owner(membership)
        before, membership.roles = membership.roles, chosen
        if before != chosen:
            membership.save(update_fields=["roles"])
            emit(MembershipChanged(membership.company_id, person_id), by=by)
    return membership


def end_membership(person_id: UUID, *, by: Actor) -> Membership:
    """The person leaves the company: put out by an owner, or of their own will. Refuses the last owner."""
    if by.person_id != person_id or by.kind != "person":
        _owner_in_person(by)
    with transaction.atomic():
        membership = _membership_of(by.company_id, person_id)
        _keep_an_owner(membership)
        membership.ended_at = clock.now()
        membership.save(update_fields=["ended_at"])
        Person.objects.filter(pk=person_id, current_company_id=membership.company_id).update(current_company_id=None)
        emit(MembershipChanged(membership.company_id, person_id), by=by)
    return membership


def switch_company(company_id: UUID, *, by: Actor) -> None:
    """From the next request on the person acts for another of their companies."""
    if (
        by.kind != "person"
        or not Membership.objects.filter(person_id=by.person_id, company_id=company_id, ended_at=None).exists()
    ):
        raise NotVisible
    Person.objects.filter(pk=by.person_id).update(current_company_id=company_id)


def end_session(session_id: int, *, by: Actor) -> None:
    """Sign out one of the person's own browsers, at once."""
    session = UserSession.objects.filter(pk=session_id, user_id=by.person_id).first()
    if by.person_id is None or session is None:
        raise NotVisible
    session.end()


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _invitation_letter(invitation: Invitation, company: Company, by: Actor, token: str) -> EmailMessage:
    context = {
        "company": company.name,
        "inviter": by.name or company.name,
        "link": settings.ADDRESS + reverse("companies:invitation", kwargs={"token": token}),
        "until": invitation.expires_at,
    }
    subject = render_to_string("companies/email/invitation_subject.txt", context)
    body = render_to_string("companies/email/invitation.txt", context)
    return EmailMessage(" ".join(subject.split()), body.strip() + "\n", settings.DEFAULT_FROM_EMAIL, [invitation.email])


def _membership_of(company_id: UUID | None, person_id: UUID) -> Membership:
    """The open membership, after a lock on the company, so that two owners cannot take each other away."""
    Company.objects.select_for_update(no_key=True).filter(pk=company_id).first()
    membership = (
        Membership.objects.select_for_update(of=("self",))
        .filter(company_id=company_id, person_id=person_id, ended_at=None)
        .first()
    )
    if company_id is None or membership is None:
        raise NotVisible
    return membership


def _keep_an_owner(membership: Membership) -> None:
    others = Membership.objects.filter(company_id=membership.company_id, ended_at=None, roles__contains=["owner"])
    if "owner" in membership.roles and not others.exclude(pk=membership.pk).exists():
        message = _("A company keeps at least one owner. Make somebody else an owner first.")
        raise Refused("companies.last_owner", message, field="roles")


def _verified_addresses(person_id: UUID | None) -> set[str]:
    found = EmailAddress.objects.filter(user_id=person_id, verified=True).values_list("email", flat=True)
    return {address.lower() for address in found}


def _dead_link() -> Refused:
    return Refused("companies.invitation_over", _("This invitation is no longer open. Please ask for a new one."))


def _good_password(password: str, person: Person) -> None:
    try:
        validate_password(password, person)
    except ValidationError as weak:
        raise reading.refused_field("password", "password", " ".join(weak.messages)) from None


def _owner_in_person(by: Actor) -> None:
    if not OWNER_IN_PERSON.admits(by):
        raise Refused("companies.owners_only", _("Only an owner may do this."), status=403)
