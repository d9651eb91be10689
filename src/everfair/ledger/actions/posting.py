"""The one door to the books, and the holds beside it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.failpoints import failpoint
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.rows import ask
from everfair.base.together import part
from everfair.ledger.models import Account, Entry, Hold, HoldEnd
from everfair.ledger.values import Transfer, account_kind


def post_entry(
    key: str,
    transfers: Sequence[Transfer],
    *,
    kind: str,
    by: Actor,
    why: dict[str, Any] | None = None,
    booked_on: date | None = None,
) -> int | None:
    """Write one business event into the books, once. `booked_on` is its accounting day: today (UTC) unless said otherwise.

    Returns the entry's id, or None when an entry with this key and content stands already. Refuses
    `ledger.short` when an account would hold less than nothing (or than is reserved of it),
    `ledger.key_taken` when the key stands for other transfers and `ledger.closed` when the day's month is closed (I37).
    Nothing is written then.
    """
    if not transfers:
        raise ValueError("an entry has at least one transfer")
    rows = [
        {"source": t.source, "target": t.target, "amount": t.amount.minor, "currency": t.amount.currency, "purpose": t.purpose}
        for t in transfers
    ]
    content = json.dumps([kind, rows, *([booked_on.isoformat()] if booked_on else [])], sort_keys=True)
    arguments = [
        key,
        kind,
        hashlib.sha256(content.encode()).hexdigest(),
        by.label,
        json.dumps(why or {}),
        json.dumps(_accounts(transfers)),
        json.dumps(rows),
        booked_on,
    ]
    with _in_the_readers_words(), part():
        failpoint("ledger.before_post")
        [(written,)] = ask("SELECT ledger_post(%s, %s, %s, %s, %s::jsonb, %s::jsonb, %s::jsonb, %s::date)", arguments)
        failpoint("ledger.after_post")
        return written


def _accounts(transfers: Sequence[Transfer]) -> list[dict[str, Any]]:
    ends = {address: t.amount.currency for t in transfers for address in (t.source, t.target)}
    rows = []
    for address, currency in sorted(ends.items()):
        kind = account_kind(address)
        rows.append(
            {
                "address": address,
                "currency": currency,
                "account_class": kind.account_class,
                "kept": kind.kept,
                "escrow": kind.escrow,
            }
        )
    return rows


def reserve(key: str, address: str, amount: Money, *, by: Actor, expires_at: datetime | None = None) -> UUID:
    """Set an amount aside, so that nothing else can spend it. The same key again returns the same hold.

    Refuses `ledger.short` when less is free.
    """
    if amount.minor <= 0:
        raise ValueError("a hold sets aside an amount above zero")
    with _in_the_readers_words(), transaction.atomic():
        account = Account.objects.filter(address=address, currency=amount.currency).first()
        if account is None:
            raise _short()
        _lock([address])
        known = Hold.objects.filter(key=key).first()
        if known is not None:
            if (known.account_id, known.amount_minor) != (account.pk, amount.minor):
                raise Refused("ledger.key_taken", _("This key stands for another hold."))
            return known.pk
        hold = Hold.objects.create(key=key, account=account, amount_minor=amount.minor, actor=by.label, expires_at=expires_at)
        return hold.pk


def post_hold(
    hold_id: UUID, key: str, transfers: Sequence[Transfer], *, kind: str, by: Actor, why: dict[str, Any] | None = None
) -> None:
    """Spend what was set aside; what the transfers leave of it is free again.

    Refuses `ledger.hold_ended` when the hold was voided, has expired or was posted by another entry, and
    `ledger.key_taken` when the key stands for an entry that did not end this hold; posting it again the same way is harmless.
    """
    with _in_the_readers_words(), transaction.atomic():
        hold = Hold.objects.select_related("account").get(pk=hold_id)
        _lock(sorted({hold.account.address, *(a for t in transfers for a in (t.source, t.target))}))
        spent = sum(t.amount.minor for t in transfers if t.source == hold.account.address)
        ended = HoldEnd.objects.filter(pk=hold_id).first()
        if ended is None:
            HoldEnd.objects.create(hold=hold, how="posted", posted_minor=spent, actor=by.label)
        elif (ended.how, ended.posted_minor) != ("posted", spent) or not Entry.objects.filter(key=key).exists():
            raise Refused("ledger.hold_ended", _("This money is no longer set aside."))
        if post_entry(key, transfers, kind=kind, by=by, why=why) is None and ended is None:
            raise Refused("ledger.key_taken", _("This key stands for another entry."))
        failpoint("ledger.after_hold_posted")


def void_hold(hold_id: UUID, *, by: Actor, how: str = "voided") -> None:
    """Set the amount free again. Refuses when it was posted; voiding twice is harmless."""
    with transaction.atomic():
        hold = Hold.objects.select_related("account").get(pk=hold_id)
        _lock([hold.account.address])
        ended = HoldEnd.objects.filter(pk=hold_id).first()
        if ended is None:
            HoldEnd.objects.create(hold=hold, how=how, actor=by.label)
        elif ended.how == "posted":
            raise Refused("ledger.hold_ended", _("This money has been paid already."))


def expire_hold(hold_id: UUID, *, by: Actor) -> None:
    """As `void_hold`, by the clock."""
    void_hold(hold_id, by=by, how="expired")


def _lock(addresses: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_lock(%s)", [addresses])


def _short() -> Refused:
    return Refused("ledger.short", _("There is not enough money in this account."))


@contextmanager
def _in_the_readers_words() -> Iterator[None]:
    """The database refuses by constraint; the reader gets the reason in words."""
    try:
        yield
    except DatabaseError as error:
        match getattr(getattr(error.__cause__, "diag", None), "constraint_name", None):
            case "ledger_balance_not_negative" | "ledger_escrow_not_negative" | "ledger_escrow_equation":
                raise _short() from error
            case "ledger_entry_other":
                raise Refused("ledger.key_taken", _("This key stands for another entry.")) from error
            case "ledger_entry_period_closed":
                raise Refused("ledger.closed", _("This month of the books is closed.")) from error
            case "ledger_entry_day_to_come":
                raise Refused("ledger.day_to_come", _("Nothing is booked on a day to come.")) from error
        raise
