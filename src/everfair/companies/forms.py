"""What people type about themselves and their companies."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import TextField


class SignUpForm(forms.Form):
    """Beside e-mail and password, which allauth asks for: what to call the person."""

    name = TextField(label=_("Your name"), max_length=120)

    def signup(self, request: HttpRequest, person: Any) -> None:
        person.name = self.cleaned_data["name"]
        person.language = getattr(request, "LANGUAGE_CODE", "en")
        person.save(update_fields=["name", "language"])
