"""An operator with a browser, and a company's member with another."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.db import connection
from django.template.backends.jinja2 import Template
from django.test import Client
from django.test.signals import template_rendered
from django.test.utils import CaptureQueriesContext

from everfair.companies.models import AuditNote, Person
from tests import make

# Under this key the library keeps whose ways of signing in the session remembers.
_WHOSE_METHODS = "account_authentication_methods_user"


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="everfair.companies.accounts.Backend")
    return client


def operator(**columns: Any) -> Person:
    return make.person(is_staff_member=True, staff_roles=["operator"], **columns)


def member() -> Person:
    return make.member(make.company())


def send(client: Client, address: str, **values: Any) -> Any:
    """A form with a fresh key."""
    send.n += 1  # type: ignore[attr-defined]
    return client.post(address, {"_key": f"key-{send.n}", **values})  # type: ignore[attr-defined]


send.n = 0  # type: ignore[attr-defined]


def notes(act: str = "") -> list[AuditNote]:
    rows = AuditNote.objects.order_by("id")
    return list(rows.filter(act=act) if act else rows)


def text(response: Any) -> str:
    """The words of the main part, with single blanks."""
    html = response.content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)).replace("\u00a0", " ").replace("&#39;", "'")


def show_factor(client: Client, seconds_ago: float = 0) -> None:
    """As if this browser had shown a second factor so long ago."""
    session = client.session
    session[_WHOSE_METHODS] = session["_auth_user_id"]
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time() - seconds_ago}]
    session.save()


def asked(client: Client, address: str) -> int:
    """How many queries a page costs."""
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200, address
        return len(seen.captured_queries)


def keep_contexts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django tells its test client what a template was given only for its own templates: tell it for Jinja2 too, so that
    `response.context` holds the exact values behind a page."""
    render = Template.render

    def telling(template: Template, context: Any = None, request: Any = None) -> str:
        given = {} if context is None else context
        written = render(template, given, request)  # the context processors add to what was given
        template_rendered.send(sender=template, template=template, context=dict(given))
        return written

    monkeypatch.setattr(Template, "render", telling)
