"""The pages of allauth that we use, each with its stated permission; mounted at /<language>/account/."""

from collections.abc import Callable
from typing import Any

from allauth.account import views
from allauth.usersessions.views import list_usersessions
from django.urls import path, re_path
from django.views.decorators.cache import never_cache

from everfair.base.allow import allow
from everfair.base.roles import EVERYONE, SIGNED_IN


def _everyone(view: Callable[..., Any]) -> Callable[..., Any]:
    return allow(EVERYONE)(never_cache(view))


def _signed_in(view: Callable[..., Any]) -> Callable[..., Any]:
    return allow(SIGNED_IN)(never_cache(view))


urlpatterns = [
    path("sign-in/", _everyone(views.login), name="account_login"),
    path("sign-out/", _everyone(views.logout), name="account_logout"),
    path("closed/", _everyone(views.account_inactive), name="account_inactive"),
    path("join/", _everyone(views.signup), name="account_signup"),
    path("confirm/", _everyone(views.email_verification_sent), name="account_email_verification_sent"),
    re_path(r"^confirm/(?P<key>[-:\w]+)/$", _everyone(views.confirm_email), name="account_confirm_email"),
    path("email/", _signed_in(views.email), name="account_email"),
    path("password/", _signed_in(views.password_change), name="account_change_password"),
    path("password/set/", _signed_in(views.password_set), name="account_set_password"),
    path("password/forgotten/", _everyone(views.password_reset), name="account_reset_password"),
    path("password/forgotten/sent/", _everyone(views.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/forgotten/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        _everyone(views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("password/changed/", _everyone(views.password_reset_from_key_done), name="account_reset_password_from_key_done"),
    path("again/", _signed_in(views.reauthenticate), name="account_reauthenticate"),
    path("sessions/", _signed_in(list_usersessions), name="usersessions_list"),
]
