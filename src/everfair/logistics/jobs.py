"""What the clock does with carriers: book what waits, ask about what we do not know, place what fitted nothing."""

from __future__ import annotations

import logging
from datetime import timedelta

from everfair.base.chores import every
from everfair.base.clock import now
from everfair.base.refused import Refused
from everfair.base.rows import ask, find
from everfair.logistics.actions.booking import settle_booking, settle_cancelling
from everfair.logistics.actions.events import learn, place_parked
from everfair.logistics.carriers.port import BadEvent, CarrierError
from everfair.logistics.fleet import carrier
from everfair.logistics.models import Consignment

log = logging.getLogger(__name__)
AT_ONCE = 20
# How long a carrier's own news is waited for before it is asked.
SILENCE = timedelta(minutes=10)
# How often one whose outcome is not known is asked again.
PATIENCE = timedelta(seconds=15)

_CLAIM = """
    UPDATE logistics_consignment SET asked_at = ef_now() WHERE id IN (
        SELECT id FROM logistics_consignment WHERE booking = ANY(%s) AND state NOT IN ('delivered', 'returned')
            AND (asked_at IS NULL OR asked_at < %s)
        ORDER BY asked_at NULLS FIRST, id LIMIT %s FOR UPDATE SKIP LOCKED
    ) RETURNING id
"""


def _claimed(bookings: list[str], pause: timedelta) -> list[Consignment]:
    """Rows nobody asked about lately, now ours: two workers never ask about the same one."""
    ids = [pk for (pk,) in ask(_CLAIM, [bookings, now() - pause, AT_ONCE])]
    return find(Consignment, "id = ANY(%s::uuid[]) ORDER BY id", [ids]) if ids else []


@every(2, "logistics.settle_bookings")
def settle_bookings() -> int:
    """Book what was asked for, learn what became of what had no answer, and the same for what is taken back."""
    rows = _claimed(["requested", "indeterminate", "cancelling"], PATIENCE)
    for row in rows:
        try:
            if row.booking == "cancelling":
                settle_cancelling(row)
            else:
                settle_booking(row)
        except (Refused, CarrierError) as error:  # a refusal: somebody else settled it meanwhile
            log.warning("a booking is not settled", extra={"consignment": str(row.pk), "error": str(error)[:80]})
    return len(rows)


@every(30, "logistics.ask_carriers")
def ask_carriers() -> int:
    """The safety net under the webhooks: ask for everything seen of goods on their way."""
    rows = _claimed(["booked"], SILENCE)
    for row in rows:
        try:
            found = carrier(row.carrier_code).look_up(str(row.pk))
            if found is not None:
                learn(row.pk, found)
        except (BadEvent, CarrierError) as error:
            log.warning("the carrier did not say", extra={"consignment": str(row.pk), "error": type(error).__name__})
    return len(rows)


@every(60, "logistics.place_parked")
def place_parked_events() -> int:
    return place_parked()
