"""Pages that belong to no single package: everybody's desk, text size and colours, the page for developers, the style guide, and the persona switcher of a demonstration."""

from django.urls import path

from everfair.site import desk, developers, look, personas, styleguide
from everfair.site.demo import guided

app_name = "site"
urlpatterns = [
    path("me/", desk.desk, name="desk"),
    path("look/", look.look, name="look"),
    path("developers/", developers.developers, name="developers"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("demo/", personas.personas, name="personas"),
    path("demo/become/", personas.become, name="become"),
    path("demo/trade/", guided.contract, name="guided"),
    path("demo/trade/begin/", guided.begin, name="guided_begin"),
    path("demo/trade/next/", guided.go_on, name="guided_next"),
    path("demo/trade/leave/", guided.leave, name="guided_leave"),
    path("demo/trade/payments/<uuid:payment_id>/", guided.payment, name="guided_payment"),
]
