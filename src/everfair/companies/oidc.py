"""Signing in at the operator's own provider: stricter than the library, which believes a token that came over TLS and sends no nonce.

Source: OpenID Connect Core 1.0, 3.1.3.7 (what to look at in an ID token) and 15.5.2 (the nonce).
"""

from __future__ import annotations

import secrets
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse

# Never «none», and none that is made with a secret: the provider's published key is no secret.
SIGNATURES = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
_CLOCKS_DIFFER_S = 30


class SignedAnswers(OpenIDConnectOAuth2Adapter):
    """Believes an ID token only with the provider's signature under it."""

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(id_token)
            if header["alg"] not in SIGNATURES:
                raise OAuth2Error("The token is not signed with a key of the provider")
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key=self._key(header.get("kid")),
                algorithms=[header["alg"]],
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=_CLOCKS_DIFFER_S,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except jwt.PyJWTError as error:
            raise OAuth2Error("The token cannot be believed") from error
        if claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("The token was made for somebody else")
        jwtkit.verify_jti(claims)
        return claims

    def _key(self, kid: str | None) -> Any:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        fitting = [key for key in keys if kid is None or key.key_id == kid]
        if len(fitting) != 1:
            raise OAuth2Error("The provider has no such key")
        return fitting[0].key


class AskingProvider(OpenIDConnectProvider):
    """Sends a nonce along and keeps it beside the state; `is_answer_to` looks whether it came back."""

    oauth2_adapter_class = SignedAnswers

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        nonce = secrets.token_urlsafe(32)
        kwargs["auth_params"] = {**(kwargs.get("auth_params") or self.get_auth_params()), "nonce": nonce}
        return super().redirect(request, process, next_url=next_url, data=data, nonce=nonce, **kwargs)


def is_answer_to(state: dict[str, Any], told: dict[str, Any]) -> bool:
    """Whether the provider's ID token answers the question this browser was sent away with."""
    asked = state.get("nonce")
    answered = (told.get("id_token") or {}).get("nonce")
    return isinstance(asked, str) and isinstance(answered, str) and secrets.compare_digest(asked.encode(), answered.encode())


def sign_in(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider's page."""
    return _at(OAuth2LoginView, request, provider_id)


def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """From the provider's page."""
    return _at(OAuth2CallbackView, request, provider_id)


def _at(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        answer: HttpResponse = view.adapter_view(SignedAnswers(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    return answer
