"""What is being typed in the editor: kept on the server as it is, right or wrong, until it is saved or discarded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import EfNow, now
from everfair.base.refused import NotVisible, Refused
from everfair.catalog.models import UnsavedOffer
from everfair.catalog.queries import own_offers, unsaved_offers
from everfair.catalog.refusals import refused
from everfair.catalog.roles import may_sell_for
from everfair.catalog.values import TYPED_BYTES

# Discarded text can be brought back for a while; what nobody came back for in half a year is not wanted.
_CLOSED_FOR = timedelta(days=7)
_UNTOUCHED_FOR = timedelta(days=180)


def keep_unsaved(
    offer_id: UUID | None,
    typed: Mapping[str, Sequence[str]],
    *,
    by: Actor,
    seen: str = "",
    window: str = "",
    version: int = 0,
    force: bool = False,
) -> UnsavedOffer:
    """Keep what the actor has typed for this offer (None: for a new one). Nothing of the offer changes.

    `version` is the one this window read; `force` writes over what another window kept since. Raises NotVisible for another
    company's offer; Refused 403 for who does not sell, 409 when another window was here since, 422 for more than a mebibyte.
    """
    _refuse_strangers(offer_id, by)
    if len(msgspec.json.encode(typed)) > TYPED_BYTES:
        raise refused("typed_too_long")
    with transaction.atomic():
        row = _locked(offer_id, by)
        if not (_is_of(row, window, version) or force):
            raise refused("unsaved_elsewhere", status=409)
        row.typed = {name: list(values) for name, values in typed.items()}
        row.seen, row.window, row.version = seen, window[:40], row.version + 1
        row.touched_at, row.closed_at = EfNow(), None
        row.save(update_fields=["typed", "seen", "window", "version", "touched_at", "closed_at"])
    return row


def close_unsaved(offer_id: UUID | None, *, by: Actor, window: str = "", version: int = 0, discarded: bool = False) -> None:
    """End the writing: after a save nothing typed is left; discarded text can be brought back for a week.

    Text that another window keeps stays as it is. A window that still writes is told by its next attempt. Raises NotVisible
    and Refused as `keep_unsaved` does.
    """
    _refuse_strangers(offer_id, by)
    with transaction.atomic():
        row = _locked(offer_id, by)
        if not (_is_of(row, window, version) or discarded):
            return
        row.typed = row.typed if discarded else {}
        row.window, row.version, row.closed_at = "", row.version + 1, EfNow()
        row.save(update_fields=["typed", "window", "version", "closed_at"])


def restore_unsaved(offer_id: UUID | None, *, by: Actor) -> None:
    """Bring discarded text back. NotVisible when there is none."""
    _refuse_strangers(offer_id, by)
    closed = unsaved_offers(by).filter(offer_id=offer_id, closed_at__isnull=False).exclude(typed={})
    if not closed.update(closed_at=None, window="", version=F("version") + 1):
        raise NotVisible


def forget_unsaved() -> int:
    """Delete what was saved or discarded a week ago, and what nobody touched for half a year."""
    closed, _kinds = UnsavedOffer.objects.filter(closed_at__lt=now() - _CLOSED_FOR).delete()
    untouched, _kinds = UnsavedOffer.objects.filter(touched_at__lt=now() - _UNTOUCHED_FOR).delete()
    return closed + untouched


def _is_of(row: UnsavedOffer, window: str, version: int) -> bool:
    """Whether this window wrote the row, or has read what another one wrote."""
    return row.version in (0, version) or (bool(window) and row.window == window[:40])


def _locked(offer_id: UUID | None, by: Actor) -> UnsavedOffer:
    rows = UnsavedOffer.objects.select_for_update()
    row, _made = rows.get_or_create(person_id=by.person_id, company_id=by.company_id, offer_id=offer_id)
    return row


def _refuse_strangers(offer_id: UUID | None, by: Actor) -> None:
    if by.person_id is None or by.company_id is None or not may_sell_for(by, by.company_id):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    if offer_id is not None:
        state = own_offers(by).filter(pk=offer_id, company_id=by.company_id).values_list("state", flat=True).first()
        if state is None:
            raise NotVisible
        if state == "removed":
            raise refused("offer_removed", status=409)
