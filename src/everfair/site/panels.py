"""What the site itself puts into every page: on a demonstration, the switch of persons."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string

from everfair.base.slots import panel
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
