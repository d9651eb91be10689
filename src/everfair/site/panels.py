"""What the site itself puts into every page: on a demonstration, the switch of persons and the guided trade."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string

from everfair.base.slots import panel
from everfair.site.demo import guided
from everfair.site.navigation import is_public
from everfair.site.personas import switch_context


@panel("site.personas", public=True)
def to_the_personas(request: HttpRequest, subject: Any) -> str:
    """On a public page, which is kept for everybody: a plain link, no form."""
    if settings.KIND != "demo" or not is_public(request):
        return ""
    return render_to_string("site/persona_link.html", {}, request)


@panel("site.personas")
def switch_persona(request: HttpRequest, subject: Any) -> str:
    if settings.KIND != "demo" or is_public(request):
        return ""
    return render_to_string("site/persona_switch.html", switch_context(request), request)


@panel("site.home", order=1, public=True)
def invite_to_a_trade(request: HttpRequest, subject: Any) -> str:
    return guided.invitation(request, subject)


@panel("site.personas", order=20, public=True)
def lead_a_visitor(request: HttpRequest, subject: Any) -> str:
    """On public pages by the address alone, which says that somebody is led; elsewhere by the session."""
    return guided.public_banner(request) if is_public(request) else guided.personal_banner(request)
