"""Where a payout stands, whose turn it is and what happens if nobody acts: for the reader, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from everfair.base.actor import Actor
from everfair.base.formats import plain_moment
from everfair.base.words import word
from everfair.payments.models import Payout
from everfair.payments.roles import other_keeper
from everfair.payments.states import PAYOUT


@dataclass(frozen=True, slots=True)
class Standing:
    """For `ui.status`; `why` is what keeps it back, where something does; `until` is when its batch closes."""

    where: str
    turn: str
    otherwise: str
    kind: str
    why: str = ""
    until: datetime | None = None


def standing_of(payout: Payout, actor: Actor, *, keepers: int, stopped: bool) -> Standing:
    """`keepers`: how many people keep the company's money. `stopped`: a stop on its payouts stands."""
    where = word(payout.state, "payments.payout")
    stays = _("It stays on hold in the wallet until then.")
    if stopped and payout.state in ("requested", "approved", "released"):
        return Standing(where, _("The operator has stopped payouts of this company."), stays, "act")
    match payout.state:
        case "requested" if keepers > 1:
            mine = other_keeper.admits(actor, payout)
            turn = (
                _("Approve it, or call it off.") if mine else _("Another person of the company who keeps its money approves it.")
            )
            return Standing(where, turn, stays, "wait" if mine else "calm")
        case "requested":
            return Standing(where, _("The operator, because the company has only one person who keeps its money."), stays, "calm")
        case "approved":
            goes = _("It is put into the next batch within seconds.") if payout.needs_batch else _("It is sent within seconds.")
            return Standing(where, _("Nobody's: it goes on by itself."), goes, "calm")
        case "batched":
            turn = _("The operator: one person puts the batch forward, another lets it go.")
            until = payout.batch.cut_off_at if payout.batch else None
            closes = _("The batch closes on %(moment)s.") % {"moment": plain_moment(until)} if until else ""
            return Standing(where, turn, f"{closes} {stays}".strip(), "calm", until=until)
        case "held":
            return Standing(where, _("The operator looks at it."), stays, "act", why=word(payout.exception, "payout exception"))
        case "released" | "dispatched" | "sent" | "indeterminate":
            turn = _("Our bank's.") if payout.provider == "bank" else _("The payment provider's.")
            return Standing(where, turn, _("Its word ends it; when it cannot be made, the money is free again."), "calm")
        case "paid":
            return Standing(where, _("Nobody's: it is done."), _("Nothing happens any more."), "held")
        case _:
            why = (
                word(payout.exception, "payout exception")
                if payout.state == "cancelled"
                else word(payout.failure, "return reason")
            )
            return Standing(
                where, _("Yours: what is free can be paid out anew."), _("The money stays in the wallet."), "act", why=why
            )


def moves_of(payout: Payout, actor: Actor, *, keepers: int) -> list[str]:
    """What this person may do now: the state table's verbs that a page offers."""
    allowed = [verb for verb in PAYOUT.allowed(payout, actor) if verb in ("approve", "cancel", "readmit")]
    if actor.kind == "operator" and keepers > 1:
        allowed = [verb for verb in allowed if verb != "approve"]
    if payout.state == "batched" and (payout.batch is None or payout.batch.state != "open"):
        allowed = [verb for verb in allowed if verb != "cancel"]
    return allowed
