"""allauth's forms in our words; a new password is typed once and can be looked at."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_LABELS = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "password": _("Password"),
    "oldpassword": _("Present password"),
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


class ChangeEmail(_OurWords, allauth.AddEmailForm):
    pass


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
