"""API keys: shown once, known only by their hash."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import EfNow
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.rows import ask
from everfair.companies.actions import reading
from everfair.companies.models import ApiKey, AuditNote, Company
from everfair.companies.roles import OWNER_IN_PERSON
from everfair.companies.values import SCOPES

MOST_KEYS = 20
_SHOWN = 12  # letters of a key that lists show: enough to know it again, far too few to guess the rest


def make_api_key(name: str, scopes: Iterable[str], *, by: Actor) -> tuple[ApiKey, str]:
    """A key of the actor's company and its text, which is shown this once.

    Only an owner in person makes keys. Refuses unknown scopes and more than 20 living keys.
    """
    _owner_in_person(by)
    label = reading.read_text(name, "name", longest=80, required=True)
    chosen = set(scopes)
    if not chosen or not chosen <= set(SCOPES):
        raise reading.refused_field("scopes", "unknown_scope", _("Please choose what the key may do."))
    raw = ("ef_live_" if settings.KIND == "live" else "ef_test_") + secrets.token_urlsafe(32)
    with transaction.atomic():
        Company.objects.select_for_update(no_key=True).get(pk=by.company_id)
        if ApiKey.objects.filter(company_id=by.company_id, revoked_at=None).count() >= MOST_KEYS:
            raise Refused("companies.too_many_keys", _("A company has at most 20 keys. Revoke one that is not used."))
        key = ApiKey.objects.create(
            company_id=by.company_id,
            name=label,
            prefix=raw[:_SHOWN],
            key_hash=_hash(raw),
            scopes=[scope for scope in SCOPES if scope in chosen],
            made_by_id=by.person_id,
        )
        AuditNote.objects.create(actor=by.label, act="made an API key", subject=by.company_id, after={"scopes": key.scopes})
    return key, raw


def revoke_api_key(key_id: UUID, *, by: Actor) -> ApiKey:
    """The key stops working at once, for good."""
    _owner_in_person(by)
    with transaction.atomic():
        key = ApiKey.objects.select_for_update().filter(pk=key_id, company_id=by.company_id).first()
        if key is None:
            raise NotVisible
        if key.revoked_at is not None:
            raise AlreadyDone("companies.key_revoked", _("This key has been revoked already."))
        key.revoked_at = EfNow()  # type: ignore[assignment]
        key.save(update_fields=["revoked_at"])
        AuditNote.objects.create(actor=by.label, act="revoked an API key", subject=by.company_id)
    key.refresh_from_db(fields=["revoked_at"])
    return key


def authenticate_api_key(raw: str) -> Actor | None:
    """Whom this key speaks for; None for anything that is not a living key. One query, and a write at most once a minute."""
    if not raw.startswith(("ef_live_", "ef_test_")) or not 20 <= len(raw) <= 80:
        return None
    found = ask(_LIVING, [_hash(raw)])
    if not found:
        return None
    key_id, company_id, scopes, name, stale = found[0]
    if stale:
        ApiKey.objects.filter(pk=key_id).update(last_used_at=EfNow())
    return Actor(kind="key", company_id=company_id, scopes=frozenset(scopes), door="api", name=name)


_LIVING = """
    SELECT id, company_id, scopes, name, last_used_at IS NULL OR last_used_at < ef_now() - interval '1 minute'
    FROM companies_apikey WHERE key_hash = %s AND revoked_at IS NULL
"""


def _hash(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()


def _owner_in_person(by: Actor) -> None:
    if not OWNER_IN_PERSON.admits(by):
        raise Refused("companies.owners_only", _("Only an owner may do this."), status=403)
