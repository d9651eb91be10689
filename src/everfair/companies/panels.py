"""What companies put into pages of every package: who is signed in, for whom."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from everfair.base.slots import panel
from everfair.companies.pages import bar_of


@panel("site.account")
def account(request: HttpRequest, subject: Any) -> str:
    context = {"actor": request.actor, **bar_of(request)}  # type: ignore[attr-defined]
    return render_to_string("companies/bar.html", context, request)
