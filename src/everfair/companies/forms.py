"""What people type about themselves and their companies. The actions check it once more and say what is wrong."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from everfair.base.formats import language_name
from everfair.base.forms import NumberField, TextField
from everfair.companies.models import Company
from everfair.companies.values import ROLE_WORDS, SCOPES, SPOKEN
from everfair.reference import queries as reference
from everfair.reference.values import LANGUAGES, name_in

ROLES = [
    ("owner", _("Owner: everything, people and keys too")),
    ("buyer", _("Buyer: inquiries, RFQs, orders")),
    ("seller", _("Seller: offers, quotes, deliveries")),
    ("finance", _("Finance: payments, wallet, statements")),
    ("viewer", _("Viewer: looks, changes nothing")),
]
SCOPE_NAMES = {
    "company:read": _("See the company and its people"),
    "company:write": _("Change the company's profile"),
    "offers:read": _("Read own offers"),
    "offers:write": _("Write offers, import lists"),
    "rfqs:read": _("Read RFQs and inquiries"),
    "rfqs:write": _("Post RFQs and inquiries"),
    "quotes:read": _("Read quotes"),
    "quotes:write": _("Send quotes"),
    "orders:read": _("Read orders"),
    "orders:write": _("Sign, ship and receive orders"),
    "money:read": _("See the wallet"),
    "money:write": _("Pay and ask for payouts"),
    "messages:read": _("Read messages"),
    "messages:write": _("Write messages"),
    "files:read": _("Read files"),
    "files:write": _("Send files"),
}
KINDS = [("trader", _("Trading company")), ("factory", _("Factory"))]
_OTHER_KINDS = [("inspector", _("Inspector")), ("carrier", _("Carrier"))]
KIND_NAMES = dict(KINDS + _OTHER_KINDS)


class SignUpForm(forms.Form):
    """Beside e-mail and password, which allauth asks for: what to call the person."""

    name = TextField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))

    def signup(self, request: HttpRequest, person: Any) -> None:
        person.name = self.cleaned_data["name"]
        person.language = getattr(request, "LANGUAGE_CODE", "en")
        person.save(update_fields=["name", "language"])


def role_names(roles: list[str]) -> str:
    """«Buyer, Finance» in the reader's language."""
    return ", ".join(str(ROLE_WORDS[role]) for role in roles)


def country_choices() -> list[tuple[str, str]]:
    """Countries by their names in the reader's language."""
    language = get_language() or "en"
    return sorted(((code, reference.country_name(code, language)) for code in reference.COUNTRIES), key=lambda row: row[1])


def spoken_choices() -> list[tuple[str, str]]:
    """Each language in its own words, so that who speaks it finds it."""
    return [(code, spoken(code)) for code in SPOKEN]


def spoken(code: str) -> str:
    return "中文" if code == "zh" else language_name(code)


def _text(label: Any, most: int, *, required: bool = False, help_text: Any = "", **attrs: str) -> TextField:
    return TextField(label=label, max_length=most, required=required, help_text=help_text, widget=forms.TextInput(attrs=attrs))


def rows(*lines: str) -> list[list[str]]:
    """Fields that stand side by side, line by line."""
    return [line.split() for line in lines]


class CompanyForm(forms.Form):
    """What a passport shows."""

    name = _text(
        _("Registered name"), 200, required=True, help_text=_("As it stands in the register."), autocomplete="organization"
    )
    name_en = _text(_("Name in English"), 200)
    name_zh_hant = _text(_("Name in traditional Chinese"), 200)
    name_zh_hans = _text(_("Name in simplified Chinese"), 200)
    kind = forms.ChoiceField(label=_("Kind of company"), choices=KINDS)
    is_buyer = forms.BooleanField(label=_("We buy"), required=False)
    is_seller = forms.BooleanField(label=_("We sell"), required=False)
    line1 = _text(_("Street, house, floor"), 120, required=True, autocomplete="address-line1")
    line2 = _text(_("Address, second line"), 120, autocomplete="address-line2")
    city = _text(_("City"), 80, required=True, autocomplete="address-level2")
    region = _text(_("Region or state"), 80, autocomplete="address-level1")
    postcode = _text(_("Postcode"), 80, autocomplete="postal-code")
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    )
    website = _text(_("Website"), 200, inputmode="url", autocomplete="url")

    def values(self) -> dict[str, Any]:
        """As the actions take it."""
        typed = self.cleaned_data
        lines = [typed[line] for line in ("line1", "line2") if typed[line]]
        return {
            "name": typed["name"],
            "names": {code: text for code in LANGUAGES if (text := typed[f"name_{code.replace('-', '_')}"])},
            "address": {"lines": lines, "city": typed["city"], "region": typed["region"], "postcode": typed["postcode"]},
            **{column: typed[column] for column in ("phone", "website", "kind", "is_buyer", "is_seller")},
        }


class RegisterForm(CompanyForm):
    registration_kind = forms.ChoiceField(label=_("Kind of number"))
    registration_number = forms.CharField(label=_("Number"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    country = forms.CharField(max_length=2, widget=forms.HiddenInput)
    LAYOUT = rows(
        "name",
        "registration_kind registration_number",
        "name_en",
        "name_zh_hant name_zh_hans",
        "kind",
        "is_buyer is_seller",
        "line1",
        "line2",
        "city region postcode",
        "phone website",
    )

    def __init__(self, country: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        kinds = [(kind.code, name_in(kind.label, language)) for kind in reference.registration_kinds(country)]
        self.fields["registration_kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["country"].initial = country
        self.fields["is_buyer"].initial = True

    def values(self) -> dict[str, Any]:
        return super().values() | {
            column: self.cleaned_data[column] for column in ("country", "registration_kind", "registration_number")
        }


class ProfileForm(CompanyForm):
    logo = forms.FileField(
        label=_("Logo"), required=False, widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"})
    )
    about_en = TextField(label=_("About us, in English"), many_lines=True, max_length=4000, required=False, rows=4)
    about_zh_hant = TextField(
        label=_("About us, in traditional Chinese"), many_lines=True, max_length=4000, required=False, rows=4
    )
    about_zh_hans = TextField(
        label=_("About us, in simplified Chinese"), many_lines=True, max_length=4000, required=False, rows=4
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages you answer in"), required=False, widget=forms.CheckboxSelectMultiple, choices=lambda: spoken_choices()
    )
    founded_year = NumberField(label=_("Founded in"), required=False)
    staff_count = NumberField(label=_("People who work here"), required=False)
    LAYOUT = rows(
        "name",
        "name_en",
        "name_zh_hant name_zh_hans",
        "kind",
        "is_buyer is_seller",
        "line1",
        "line2",
        "city region postcode",
        "phone website",
        "founded_year staff_count",
        "languages",
        "logo",
        "about_en",
        "about_zh_hant",
        "about_zh_hans",
    )

    def values(self) -> dict[str, Any]:
        typed = self.cleaned_data
        whole = {column: int(typed[column]) if typed[column] is not None else None for column in ("founded_year", "staff_count")}
        about = {code: text for code in LANGUAGES if (text := typed[f"about_{code.replace('-', '_')}"])}
        return super().values() | {"about": about, "languages": typed["languages"], **whole}

    @classmethod
    def of(cls, company: Company, data: Any = None, files: Any = None) -> ProfileForm:
        lines = [*company.address.get("lines", []), "", ""]
        columns = ("name", "kind", "is_buyer", "is_seller", "phone", "website", "founded_year", "staff_count", "languages")
        initial = {column: getattr(company, column) for column in columns}
        initial |= {part: company.address.get(part, "") for part in ("city", "region", "postcode")}
        # More lines than the form has fields stay together in the second.
        initial |= {"line1": lines[0], "line2": ", ".join(line for line in lines[1:] if line)}
        for code in LANGUAGES:
            short = code.replace("-", "_")
            initial |= {f"name_{short}": company.names.get(code, ""), f"about_{short}": company.about.get(code, "")}
        form = cls(data, files, initial=initial)
        if company.kind not in dict(KINDS):
            form.fields["kind"].choices = KINDS + _OTHER_KINDS  # type: ignore[attr-defined]
        return form


def _roles_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=_("Roles"), choices=ROLES, widget=forms.CheckboxSelectMultiple)


class InviteForm(forms.Form):
    email = forms.CharField(label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    roles = _roles_field()


class RolesForm(forms.Form):
    roles = _roles_field()


class KeyForm(forms.Form):
    name = _text(_("What is the key for?"), 80, required=True, autocomplete="off")
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=[(scope, SCOPE_NAMES[scope]) for scope in SCOPES], widget=forms.CheckboxSelectMultiple
    )


class MeForm(forms.Form):
    name = _text(_("Your name"), 120, required=True, autocomplete="name")
    language = forms.ChoiceField(
        label=_("Language of letters"), choices=lambda: [(code, language_name(code)) for code, _n in settings.LANGUAGES]
    )
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lambda: [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones() - {"Factory", "localtime"})],
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    )


class StaffForm(forms.Form):
    name = _text(_("Your name"), 120, required=True, autocomplete="name")
    email = forms.CharField(label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        help_text=_("At least ten characters; a sentence is good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
