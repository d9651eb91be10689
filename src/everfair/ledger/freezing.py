"""The freeze: nothing is paid out of the platform while somebody finds out why the books do not hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.events import emit
from everfair.base.refused import Refused
from everfair.base.roles import OPERATOR
from everfair.base.rows import ask, insert
from everfair.events.ledger import FreezeLifted, FreezeLiftProposed, PayoutsFrozen
from everfair.ledger.models import Freeze, Thaw

# One lock for everything that is paid out (shared) and the freeze (alone); another for its beginning and end.
_OUT, _WORD = (3826, 2), (3826, 3)
_OPEN = """
    SELECT f.id, (SELECT count(*) FROM ledger_thaw t WHERE t.freeze_id = f.id) FROM ledger_freeze f
    WHERE (SELECT count(*) FROM ledger_thaw t WHERE t.freeze_id = f.id) < 2
"""


def freeze_payouts(reason: str, *, by: Actor) -> Freeze | None:
    """From the end of this call no payout is asked for and none is sent: what was on its way to a provider is waited for. None when
    they are frozen already.

    The checker does it by itself at the first breach; an operator may. Everything else goes on: payments in, escrow, releases into
    wallets, and refunds to payers, whose money it is.
    """
    if by.kind not in ("operator", "clock", "system"):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    why = reason.strip()
    if not why:
        raise Refused("ledger.reason", _("Please say why."), field="reason", status=422)
    with transaction.atomic():
        ask("SELECT pg_advisory_xact_lock(%s, %s)", _WORD)
        if ask(_OPEN):
            return None
        ask("SELECT pg_advisory_xact_lock(%s, %s)", _OUT)
        freeze = Freeze(reason=why[:2000], placed_by=by.label)
        insert(freeze)
        emit(PayoutsFrozen(freeze.pk), by=by)
        return freeze


def lift_freeze(freeze_id: UUID, reason: str, *, by: Actor) -> bool:
    """An operator's word that the freeze may end, with a reason; the word of a second operator ends it. Whether it has ended.

    Refuses the second word of the same person, and the last word while no check after the freeze has found the books sound.
    """
    if not OPERATOR.admits(by, None) or by.person_id is None:
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    why = reason.strip()
    if not why:
        raise Refused("ledger.reason", _("Please say why."), field="reason", status=422)
    with transaction.atomic():
        ask("SELECT pg_advisory_xact_lock(%s, %s)", _WORD)
        found = [row for row in ask(_OPEN) if row[0] == freeze_id]
        if not found:
            raise Refused("ledger.not_frozen", _("Payouts are not frozen any more."))
        [(_id, words)] = found
        if ask("SELECT 1 FROM ledger_thaw WHERE freeze_id = %s AND person_id = %s", [freeze_id, by.person_id]):
            raise Refused(
                "ledger.same_person", _("You have given your word already. Another operator has to give the second one.")
            )
        if words == 1 and not ask(_SOUND_SINCE, [str(freeze_id)]):
            raise Refused("ledger.still_broken", _("The last check did not find the books sound. Payouts rest until one does."))
        insert(Thaw(freeze_id=freeze_id, n=words + 1, person_id=by.person_id, reason=why[:2000]))
        if words == 0:
            emit(FreezeLiftProposed(freeze_id), by=by)
            return False
        emit(FreezeLifted(freeze_id), by=by)
        return True


# The newest check broke nothing, and began when this freeze stood: it says which one it saw.
_SOUND_SINCE = """
    SELECT 1 FROM ledger_watch WHERE name = 'check' AND figures->>'breach' IS NULL AND figures->>'freeze' = %s::text
"""


def frozen() -> UUID | None:
    """The freeze that stands, if one does."""
    found = ask(_OPEN)
    return found[0][0] if found else None


def refuse_frozen() -> None:
    """Inside the transaction of a payout: share the lock until it ends, then refuse when payouts are frozen."""
    ask("SELECT pg_advisory_xact_lock_shared(%s, %s)", _OUT)
    # A statement of its own, so that it sees the freeze of a transaction that the lock waited for.
    if ask(_OPEN):
        raise _frozen()


@contextmanager
def paying_out() -> Iterator[None]:
    """Around a call that makes a provider pay out, outside any transaction: a freeze waits until it is over, and none begins after it.
    Refuses `ledger.frozen`. Held by the connection: a process that dies lets go."""
    ask("SELECT pg_advisory_lock_shared(%s, %s)", _OUT)
    try:
        if ask(_OPEN):
            raise _frozen()
        yield
    finally:
        ask("SELECT pg_advisory_unlock_shared(%s, %s)", _OUT)


def _frozen() -> Refused:
    return Refused("ledger.frozen", _("Payouts rest while the platform checks its books. The money stays in your wallet."))
