"""What the desk does about exchange rates and our own currency positions, with its note in the audit trail."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from everfair.base.actor import Actor
from everfair.base.money import Money
from everfair.companies.actions import note_act
from everfair.office import values
from everfair.payments.actions import book_cover, import_rates, propose_cover, withdraw_cover


def take_rates(name: str, body: bytes, allow_jumps: bool, *, by: Actor) -> Any:
    """Take a file of exchange rates; the note says of which days, and whether somebody looked at jumps."""
    with transaction.atomic():
        done = import_rates(name, body, by=by, allow_jumps=allow_jumps)
        days = {"from": done.first_on.isoformat(), "to": done.last_on.isoformat()}
        note_act(
            values.RATES_TAKEN,
            done.file_id,
            "",
            by,
            after={"file": name, **days, "rates": done.new, "jumps looked at": allow_jumps},
        )
    return done


def note_cover(cover_id: UUID, *, sold: Money, bought: Money, traded_on: date, bank_ref: str, by: Actor) -> Any:
    """Note an exchange at our bank; another person books it."""
    with transaction.atomic():
        made = propose_cover(cover_id, sold=sold, bought=bought, traded_on=traded_on, bank_ref=bank_ref, by=by)
        after = {"sold": str(sold), "bought": str(bought), "on": traded_on.isoformat(), "reference": made.bank_ref}
        note_act(values.COVER_PROPOSED, made.pk, "", by, after=after)
    return made


def answer_cover(cover_id: UUID, verb: str, *, by: Actor) -> Any:
    """book or withdraw."""
    with transaction.atomic():
        made = (book_cover if verb == "book" else withdraw_cover)(cover_id, by=by)
        act = values.COVER_BOOKED if verb == "book" else values.COVER_WITHDRAWN
        after = {"reference": made.bank_ref} | ({"result": str(made.result)} if made.result is not None else {})
        note_act(act, made.pk, "", by, after=after)
    return made
