"""Where our rules of second factors differ from allauth's: secrets are sealed, a code counts once, our words.

`proven_at` is what doors ask (`base.allow`): when this session last showed a second factor.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class FactorAdapter(DefaultMFAAdapter):
    """Called by allauth's views."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _("This second factor cannot be removed."),
        "cannot_generate_recovery_codes": _("Add an app or a passkey first."),
        "incorrect_code": _("This code is not right, or it was used already."),
        "unverified_email": _("Please confirm your address first."),
    }

    def get_totp_issuer(self) -> str:
        return f"Everfair {urlsplit(settings.ADDRESS).hostname}"

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey %(number)s") % {"number": count + 1}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        return {**super().get_public_key_credential_user_entity(user), "display_name": user.name or user.email}

    def encrypt(self, text: str) -> str:
        """Secrets are of no use to whoever reads the tables, or a backup, without the secret key."""
        return _seals().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises InvalidToken when the key that sealed it is gone: an empty secret would be one that anybody can guess."""
        return _seals().decrypt(encrypted_text.encode()).decode()


def _seals() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"second factor:" + k.encode()).digest())) for k in keys])


def proven_at(request: HttpRequest) -> float | None:
    """When this session last showed a second factor, or set one up; None: never."""
    shown = [row["at"] for row in get_authentication_records(request, request.user) if row.get("method") == "mfa"]
    return max(shown, default=None)


def spend(authenticator: Authenticator, code: str) -> bool:
    """Whether this code of the app is later than the last that counted; from now on it is the last (RFC 6238 5.2).

    The library remembers used codes in the cache, which each web process has to itself.
    """
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
        secret = FactorAdapter().decrypt(row.data["secret"])
        typed = normalize_user_code(code)
        steps = [
            step
            for step in totp.yield_hotp_counters_from_time()
            if totp.format_hotp_value(totp.hotp_value(secret, step)) == typed
        ]
        if not steps or min(steps) <= row.data.get("last_step", 0):
            return False
        row.data["last_step"] = max(steps)
        row.save(update_fields=["data"])
    authenticator.data = row.data
    return True
