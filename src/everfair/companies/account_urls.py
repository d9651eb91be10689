"""The pages of allauth that we use, each with its stated permission; mounted at /<language>/account/."""

from collections.abc import Callable
from typing import Any

from allauth.account import views
from allauth.mfa.base import views as factor
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkey
from allauth.socialaccount import views as other
from allauth.usersessions.views import ListUserSessionsView
from django.urls import path, re_path
from django.views.decorators.cache import never_cache

from everfair.base.allow import allow
from everfair.base.roles import EVERYONE, SIGNED_IN
from everfair.companies import oidc
from everfair.companies.pages.proving import onward


def _everyone(view: Callable[..., Any]) -> Callable[..., Any]:
    return allow(EVERYONE)(never_cache(view))


def _signed_in(view: Callable[..., Any]) -> Callable[..., Any]:
    return allow(SIGNED_IN)(never_cache(view))


class Sessions(ListUserSessionsView):
    """One's browsers, and beside them one's second factors."""

    def get_context_data(self, **names: Any) -> dict[str, Any]:
        factors = (
            Authenticator.objects.filter(user=self.request.user).exclude(type=Authenticator.Type.RECOVERY_CODES).order_by("id")
        )
        return {**super().get_context_data(**names), "factors": list(factors)}


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
    path("sessions/", _signed_in(Sessions.as_view()), name="usersessions_list"),
    path("security/", _signed_in(factor.index), name="mfa_index"),
    path("security/code/", _everyone(factor.authenticate), name="mfa_authenticate"),
    path("security/again/", _signed_in(factor.reauthenticate), name="mfa_reauthenticate"),
    path("security/again/passkey/", _signed_in(passkey.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("security/app/", _signed_in(app.activate_totp), name="mfa_activate_totp"),
    path("security/app/remove/", _signed_in(app.deactivate_totp), name="mfa_deactivate_totp"),
    path("security/recovery-codes/", _signed_in(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("security/recovery-codes/new/", _signed_in(recovery.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("security/passkeys/", _signed_in(passkey.list_webauthn), name="mfa_list_webauthn"),
    path("security/passkeys/add/", _signed_in(passkey.add_webauthn), name="mfa_add_webauthn"),
    path("security/passkeys/<int:pk>/name/", _signed_in(passkey.edit_webauthn), name="mfa_edit_webauthn"),
    path("security/passkeys/<int:pk>/remove/", _signed_in(passkey.remove_webauthn), name="mfa_remove_webauthn"),
    path("sign-in/passkey/", _everyone(passkey.login_webauthn), name="mfa_login_webauthn"),
    path("sign-in/elsewhere/", _everyone(other.signup), name="socialaccount_signup"),
    path("sign-in/elsewhere/not/", _everyone(other.login_cancelled), name="socialaccount_login_cancelled"),
    path("sign-in/elsewhere/failed/", _everyone(other.login_error), name="socialaccount_login_error"),
    path("sign-in/at/<slug:provider_id>/", _everyone(onward(oidc.sign_in)), name="openid_connect_login"),
    path("elsewhere/", _signed_in(other.connections), name="socialaccount_connections"),
]
# Providers are told one address to come back to, so it has no language.
returning = [path("account/oidc/<slug:provider_id>/", _everyone(oidc.back), name="openid_connect_callback")]
