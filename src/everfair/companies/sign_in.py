"""allauth's forms in our words; a new password is typed once and can be looked at."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth
from allauth.mfa.base import forms as factor
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from allauth.socialaccount.forms import SignupForm as OtherSignupForm
from cryptography.fernet import InvalidToken
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from everfair.base.refused import Refused
from everfair.companies.actions.reading import read_lasting_email
from everfair.companies.second_factor import spend

_LABELS = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "password": _("Password"),
    "oldpassword": _("Present password"),
    "code": _("Code"),
}


class _OurWords:
    new_password = _("New password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields: dict[str, Any]
        self.fields.pop("password2", None)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name == "password1":
                field.label, field.help_text = self.new_password, _("At least ten characters; a sentence is good.")
            elif name in _LABELS:
                field.label, field.help_text = _LABELS[name], ""


def _lasting(email: str) -> str:
    try:
        return read_lasting_email(email)
    except Refused as refusal:
        raise ValidationError(str(refusal.message), code=refusal.code) from None


class Login(_OurWords, allauth.LoginForm):
    def clean_login(self) -> str:
        typed = super().clean_login()
        try:
            return str(allauth.get_adapter().clean_email(typed))
        except ValidationError:
            return str(typed)  # no such account: answered like a wrong password, after as much work


class SignUp(_OurWords, allauth.SignupForm):
    new_password = _("Password")
    field_order = ("name", "email", "password1")

    def clean_email(self) -> str:
        return _lasting(super().clean_email())


class ChangeEmail(_OurWords, allauth.AddEmailForm):
    def clean_email(self) -> str:
        return _lasting(super().clean_email())


class ChangePassword(_OurWords, allauth.ChangePasswordForm):
    pass


class SetPassword(_OurWords, allauth.SetPasswordForm):
    pass


class ResetPassword(_OurWords, allauth.ResetPasswordForm):
    def clean_email(self) -> str:
        super().clean_email()
        # The one spelling, so that the limit per address counts mailboxes and not ways to write them.
        return str(allauth.get_adapter().clean_email(self.cleaned_data["email"]))


class ResetPasswordFromKey(_OurWords, allauth.ResetPasswordKeyForm):
    pass


class Reauthenticate(_OurWords, allauth.ReauthenticateForm):
    pass


class SignUpFromElsewhere(_OurWords, OtherSignupForm):
    """Somebody whose provider told no address, or one that cannot be used as it is."""

    field_order = ("name", "email")


_CODE = {"inputmode": "numeric", "maxlength": "20", "autofocus": True}


class _CodeOnce(_OurWords):
    """A code of the app counts once, in every web process; a recovery code does so already."""

    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(_CODE)

    def clean_code(self) -> str:
        try:
            code = str(super().clean_code())  # type: ignore[misc]
        except InvalidToken:  # kept under a secret key that this installation no longer has
            raise factor.get_adapter().validation_error("incorrect_code") from None
        if self.authenticator.type == Authenticator.Type.TOTP and not spend(self.authenticator, code):
            raise factor.get_adapter().validation_error("incorrect_code")
        return code


class ShowCode(_CodeOnce, factor.AuthenticateForm):
    pass


class ShowCodeAgain(_CodeOnce, factor.ReauthenticateForm):
    pass


class AddApp(_OurWords, ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(_CODE)
        self.fields["code"].label = _("The code that the app shows")


class AddPasskey(_OurWords, AddWebAuthnForm):
    passwordless = forms.BooleanField(
        label=_("Sign in with it alone, without address and password"),
        required=False,
        initial=True,
        help_text=_("The device then asks for your finger, face or PIN. Without it the passkey is asked for after the password."),
    )
    field_order = ("name", "passwordless")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_it(self.fields["name"])


class NamePasskey(_OurWords, EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_it(self.fields["name"])


def _name_it(field: Any) -> None:
    field.label, field.max_length = _("What you call it"), 60
    field.validators.append(MaxLengthValidator(60))
    field.widget.attrs.update(maxlength="60", autocomplete="off")
