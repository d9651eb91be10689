"""The second factor on its way: where a door leads that wants one, and the step over to a sign-in elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.roles import SIGNED_IN

_BACK = "after_factor"  # in the session: the page that wanted a factor, while one is set up
_KINDS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


@require_safe
@allow(SIGNED_IN)
def prove(request: HttpRequest) -> HttpResponse:
    """Who has a second factor shows it; who has none is told why, sets one up, and goes on to where they were."""
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    if not (is_ours and wanted.startswith("/")):
        wanted = ""
    if "done" in request.GET:
        return redirect(request.session.pop(_BACK, "") or "mfa_index")
    if is_mfa_enabled(request.user, _KINDS):
        way = get_adapter(request).get_reauthentication_methods(request.user)[0]["url"]
        return redirect(f"{way}?{urlencode({'next': wanted})}" if wanted else way)
    if wanted:
        request.session[_BACK] = wanted
    return page(request, "companies/prove.html")


def onward(login: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The provider's sign-in page by a page of ours instead of a redirect: what a form leads to stays on this site (`form-action`),
    and a provider may lead on to others."""

    def view(request: HttpRequest, **names: Any) -> HttpResponse:
        answer = login(request, **names)
        place = answer.get("Location", "")
        if answer.status_code != 302 or not place.startswith(("https://", "http://")):
            return answer
        return page(request, "socialaccount/onward.html", place=place)

    return view
