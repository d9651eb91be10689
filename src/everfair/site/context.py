"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from everfair.markets.table import DEFAULT_MARKET
from everfair.site.navigation import desk_nav


def everywhere(request: HttpRequest) -> dict[str, Any]:
    match = request.resolver_match
    elsewhere: list[dict[str, Any]] = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return {
        "demo": settings.KIND == "demo",
        "market": match.kwargs.get("market", DEFAULT_MARKET) if match else DEFAULT_MARKET,
        "desk_nav": desk_nav(request),
        # The provider people may also sign in at, by name; «» for none.
        "elsewhere": next((app["name"] for app in elsewhere), ""),
    }
