"""Where our rules of signing in differ from allauth's: one spelling per address, our words, our addresses in letters."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from everfair.base.refused import Refused
from everfair.companies.actions.reading import read_email
from everfair.companies.models import Membership, Person
from everfair.companies.queries import person_with_roles


class Backend(AuthenticationBackend):
    """allauth's checking of passwords; the signed-in person comes with their memberships, in one query."""

    def get_user(self, user_id: Any) -> Person | None:
        person = person_with_roles(user_id)
        return person if person is not None and self.user_can_authenticate(person) else None


class AccountAdapter(DefaultAccountAdapter):
    """Called by allauth's views."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed."),
        "duplicate_email": _("This is your address already."),
        "email_password_mismatch": _("Address and password do not belong together."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_password": _("This is not your password."),
        "invalid_login": _("Address and password do not belong together."),
        "invalid_or_expired_key": _("This link is no longer open."),
        "invalid_password_reset": _("This link is no longer open."),
        "max_email_addresses": _("You have as many addresses as you may have."),
        "rate_limited": _("Too many at once. Please wait a little."),
        "same_as_current": _("This is the present one already."),
        "too_many_login_attempts": _("Too many attempts. Please wait a few minutes."),
        "unverified_primary_email": _("Please confirm your address first."),
    }

    def clean_email(self, email: str) -> str:
        try:
            return read_email(email)
        except Refused as refusal:
            raise ValidationError(str(refusal.message), code=refusal.code) from None

    def send_account_already_exists_mail(self, email: str) -> None:
        # A new account costs a password hash; an existing one costs the same, or the time would tell which it was.
        make_password(email)
        super().send_account_already_exists_mail(email)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Without a company: to «register your company» or to the invitations that wait."""
        person = request.user
        if getattr(person, "is_staff_member", False) or Membership.objects.filter(person_id=person.pk, ended_at=None).exists():
            return str(super().get_login_redirect_url(request))
        return reverse("companies:start")

    get_signup_redirect_url = get_login_redirect_url

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("companies:me")

    def format_email_subject(self, subject: str) -> str:
        return subject

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return _ours(super().get_email_confirmation_url(request, emailconfirmation))

    def get_reset_password_from_key_url(self, key: str) -> str:
        return _ours(super().get_reset_password_from_key_url(key))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        for name in ("signup_url", "password_reset_url"):
            if name in context:
                context[name] = _ours(context[name])
        context["place"] = settings.ADDRESS + reverse("account_change_password")
        super().send_mail(template_prefix, email, context)


def _ours(address: str) -> str:
    """A letter leads to the configured address, whatever Host the request named."""
    parts = urlsplit(address)
    return settings.ADDRESS + parts.path + (f"?{parts.query}" if parts.query else "")
