"""The site map: pages under their language, the API, providers' hooks, the machine room."""

from __future__ import annotations

import importlib.util

from django.apps import apps
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from everfair.companies.account_urls import returning
from everfair.files.urls import media_urlpatterns
from everfair.logistics.hooks import carrier_event
from everfair.payments.hooks import provider_event
from everfair.site import health, home, look
from everfair.site.api import api


def _packages() -> list[URLPattern | URLResolver]:
    """Each package's own site map. Those with fixed first words come before those that begin with a market."""
    found = [config.name for config in apps.get_app_configs() if config.name.startswith("everfair.")]
    return [
        path("", include(f"{name}.urls"))
        for name in found
        if name != "everfair.site" and importlib.util.find_spec(f"{name}.urls")
    ]


urlpatterns = [
    path("", home.front, name="root"),
    path("look.css", look.look_css, name="look-css"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("hooks/payments/<slug:provider>", provider_event, name="provider-event"),
    path("hooks/carriers/<slug:carrier>", carrier_event, name="carrier-event"),
    path("api/v1/", api.urls),
    *media_urlpatterns,
    *returning,
    *i18n_patterns(
        path("account/", include("everfair.companies.account_urls")),
        path("", include("everfair.site.pages_urls")),
        *_packages(),
        # Last, because it takes any one word: the home of a market.
        path("", home.language_front, name="front"),
        path("<slug:market>/", home.home, name="home"),
        prefix_default_language=True,
    ),
]

handler400 = "everfair.site.faults.bad_request"
handler403 = "everfair.site.faults.forbidden"
handler404 = "everfair.site.faults.not_found"
handler500 = "everfair.site.faults.our_fault"
