"""What comes from outside, read exactly: each function returns the clean value or refuses, naming the field."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from disposable_email_domains import blocklist
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import clean_text
from everfair.base.refused import Refused
from everfair.companies.models import COMPANY_ROLES
from everfair.companies.values import SPOKEN, BadEmail, normal_email, read_phone
from everfair.reference import queries as reference
from everfair.reference.values import LANGUAGES, BadRegistration

OLDEST_FOUNDING = 1000
LARGEST_STAFF = 10_000_000
_ADDRESS_LINES = 4
_WEB = URLValidator(schemes=["http", "https"])
_WRONG_NUMBER: dict[str, Promise] = {
    "length": _("This number has another length."),
    "characters": _("This number has letters, digits, spaces and - . / only."),
    "format": _("This number has another form."),
    "checksum": _("The check digit is wrong: please compare every digit with your certificate."),
    "component": _("A part of this number is wrong: please compare it with your certificate."),
}


def refused_field(field: str, code: str, message: str | Promise) -> Refused:
    return Refused(f"companies.{code}", message, field=field, status=422)


def read_text(value: Any, field: str, *, longest: int, required: bool = False, many_lines: bool = False) -> str:
    if not isinstance(value, str):
        raise refused_field(field, "text", _("Please write text."))
    if len(value) > longest * 4:
        raise refused_field(field, "too_long", _("This is too long."))
    try:
        text = clean_text(value, many_lines=many_lines)
    except ValueError:
        raise refused_field(field, "hidden_characters", _("Please remove hidden or control characters.")) from None
    if len(text) > longest:
        raise refused_field(field, "too_long", _("This is too long."))
    if required and not any(char.isalnum() for char in text):
        raise refused_field(field, "missing", _("This is needed."))
    return text


def read_name(value: Any, field: str = "name") -> str:
    """One line with at least one letter or digit; joined spaces."""
    return " ".join(read_text(value, field, longest=200, required=True).split())


def read_languages(values: Iterable[Any]) -> list[str]:
    """Languages that the company answers in, each once, in the order of the list that it chooses from."""
    said = list(values)
    if any(code not in SPOKEN for code in said):
        raise refused_field("languages", "unknown_language", _("There is no such language in the list."))
    return [code for code in SPOKEN if code in said]


def read_texts(values: Mapping[str, Any], field: str, *, longest: int, many_lines: bool = False) -> dict[str, str]:
    """Language → text, for our languages; empty ones are dropped."""
    if not isinstance(values, Mapping) or not set(values) <= set(LANGUAGES):
        raise refused_field(field, "unknown_language", _("We do not speak this language yet."))
    read = {
        language: read_text(text or "", f"{field}.{language}", longest=longest, many_lines=many_lines)
        for language, text in values.items()
    }
    return {language: text for language, text in read.items() if text}


def read_country(value: Any) -> str:
    try:
        return reference.country(str(value)).code
    except ValueError:
        raise refused_field("country", "unknown_country", _("Please choose a country from the list.")) from None


def read_registration(country: str, kind: str, number: str) -> str:
    """The number in its compact form, checked by the register's own rules."""
    try:
        known = reference.registration_kind(country, kind)
    except ValueError:
        raise refused_field("registration_kind", "unknown_register", _("This country has no such number.")) from None
    try:
        if len(number) > 40:
            return known.validate(number)
        return known.validate(clean_text(unicodedata.normalize("NFKC", number)))
    except BadRegistration as wrong:
        raise refused_field("registration_number", f"registration_{wrong.reason}", _WRONG_NUMBER[wrong.reason]) from None
    except ValueError:  # piled-up marks, hidden characters
        raise refused_field("registration_number", "registration_characters", _WRONG_NUMBER["characters"]) from None


def read_address(value: Mapping[str, Any]) -> dict[str, Any]:
    """{"lines": [...], "city": "", "region": "", "postcode": ""}, nothing else."""
    if not isinstance(value, Mapping) or not set(value) <= {"lines", "city", "region", "postcode"}:
        raise refused_field("address", "address", _("Please write lines, city, region and postcode."))
    lines = value.get("lines") or []
    if not isinstance(lines, list | tuple) or len(lines) > _ADDRESS_LINES:
        raise refused_field("address", "address", _("An address has at most four lines."))
    read = {name: read_text(value.get(name) or "", name, longest=80) for name in ("city", "region", "postcode")}
    return {"lines": [text for line in lines if (text := read_text(line, "address", longest=120))], **read}


def read_phone_of(value: str, country: str) -> str:
    if not value.strip():
        return ""
    try:
        return read_phone(read_text(value, "phone", longest=40), country)
    except ValueError:
        message = _("This is not a phone number. Abroad it begins with + and the country's code.")
        raise refused_field("phone", "phone", message) from None


def read_website(value: str) -> str:
    text = read_text(value, "website", longest=200)
    if not text:
        return ""
    if "://" not in text:
        text = f"https://{text}"
    try:
        _WEB(text)
    except ValidationError:
        raise refused_field("website", "website", _("Please write an address like https://example.com.")) from None
    if len(text) > 200:
        raise refused_field("website", "too_long", _("This is too long."))
    return text


def read_whole(value: int | None, field: str, *, least: int, most: int) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        message = _("Please give a whole number from %(least)s to %(most)s.")
        raise refused_field(field, "number", message % {"least": least, "most": most})
    return value


def read_email(value: str, field: str = "email") -> str:
    """One spelling per mailbox; look-alike domains are refused."""
    try:
        email = normal_email(value[:400])
        validate_email(email)
        return email
    except BadEmail as bad:
        if bad.reason == "homograph":
            message = _("The domain mixes letters of different scripts. Please write it in one script.")
            raise refused_field(field, "email_homograph", message) from None
        raise refused_field(field, "email", _("Please write an e-mail address.")) from None
    except ValidationError:
        raise refused_field(field, "email", _("Please write an e-mail address.")) from None


def read_lasting_email(value: str, field: str = "email") -> str:
    """The address of somebody new: a mailbox that anybody may open for ten minutes, or one below its domain, is refused."""
    email = read_email(value, field)
    labels = email.rpartition("@")[2].split(".")
    if any(".".join(labels[n:]) in blocklist for n in range(len(labels) - 1)):
        message = _("This is a mailbox for a few minutes. Please write an address that you will still read next year.")
        raise refused_field(field, "email_disposable", message)
    return email


def read_roles(roles: Iterable[str]) -> list[str]:
    chosen = set(roles)
    if not chosen:
        raise refused_field("roles", "no_role", _("Please choose at least one role."))
    if not chosen <= set(COMPANY_ROLES):
        raise refused_field("roles", "unknown_role", _("There is no such role."))
    return [role for role in COMPANY_ROLES if role in chosen]
