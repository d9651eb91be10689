"""Pages that belong to no single package: everybody's desk, and the persona switcher of a demonstration."""

from django.urls import path

from everfair.site import desk, personas

app_name = "site"
urlpatterns = [
    path("me/", desk.desk, name="desk"),
    path("demo/", personas.personas, name="personas"),
    path("demo/become/", personas.become, name="become"),
]
