"""Where our rules of signing in differ from allauth's: one spelling per address, our words, our addresses in letters."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from everfair.base.refused import Refused
from everfair.companies.actions.reading import read_email, read_lasting_email
from everfair.companies.models import Membership, Person
from everfair.companies.oidc import AskingProvider, is_answer_to
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

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Who has a second factor is asked for that: a password alone must not take the factor away."""
        found = super().get_reauthentication_methods(user)
        # Recovery codes are a way of the app's page; a passkey alone asks for the passkey first.
        if user.is_authenticated and not is_mfa_enabled(user, [Authenticator.Type.TOTP]):
            found.sort(key=lambda row: row["id"] != "mfa_reauthenticate:webauthn")
        return [row for row in found if row["id"] != "reauthenticate"] or found

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


class OtherAccountAdapter(DefaultSocialAccountAdapter):
    """Signing in at the operator's own provider. An account here is never found by its address, only by having been connected."""

    error_messages = {
        **DefaultSocialAccountAdapter.error_messages,
        "email_taken": _("There is an account with this address already. Sign in there, then connect %s under Security."),
        "invalid_token": _("That provider's answer could not be believed."),
        "no_password": _("Set a password first, or you could not sign in any more."),
        "no_verified_email": _("Please confirm your address first."),
        "disconnect_last": _("Set a password first, or you could not sign in any more."),
        "connected_other": _("That account belongs to somebody else here already."),
    }

    def list_apps(self, request: Any, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """Those of the configuration; the library would also ask a table that nothing here fills, at every look at the page."""
        return [row for rows in _build_apps_from_settings(provider=provider, client_id=client_id).values() for row in rows]

    def get_provider(self, request: Any, provider: str, client_id: str | None = None) -> Any:
        """Ours asks with a nonce."""
        return AskingProvider(request, app=super().get_provider(request, provider, client_id).app)

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """The token must answer what this browser asked, and both answers of the provider must speak of one person (OpenID Connect
        Core 3.1.3.7 and 5.3.2). «Confirmed» is the word true only.
        """
        told = sociallogin.account.extra_data or {}
        subjects = {str(part["sub"]) for part in (told.get("userinfo"), told.get("id_token")) if part and "sub" in part}
        if len(subjects) != 1 or not is_answer_to(sociallogin.state, told):
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("socialaccount_login_error")))
        for address in sociallogin.email_addresses:
            address.verified = address.verified is True

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Any:
        """A new person; called as the provider calls them."""
        person = sociallogin.user
        person.email = read_lasting_email(person.email) if person.email else person.email
        told = sociallogin.account.extra_data or {}
        name = str((told.get("userinfo") or told.get("id_token") or {}).get("name") or "")
        person.name = person.name or " ".join(name.split())[:120]
        person.language = getattr(request, "LANGUAGE_CODE", "en")
        return super().save_user(request, sociallogin, form)


def _ours(address: str) -> str:
    """A letter leads to the configured address, whatever Host the request named."""
    parts = urlsplit(address)
    return settings.ADDRESS + parts.path + (f"?{parts.query}" if parts.query else "")
