"""The site map: pages under their language, the API, the machine room."""

from django.urls import path

from everfair.site import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
