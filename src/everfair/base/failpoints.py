"""Named places where a test may let a process die, so that what a crash leaves behind can be looked at.

`failpoint("payments.after_provider_call")` does nothing unless the environment says `EVERFAIR_FAILPOINT=<name>`, or
`<name>:<n>` for the n-th time it is passed, and the installation's kind is `test`: a live one never dies by it.
"""

from __future__ import annotations

import os

KILLED = 86  # the exit code of a process that died at its place
# Every place there is, so that a test can go through all of them and a typing error is refused.
FAILPOINTS = (
    "ledger.before_post",
    "ledger.after_post",
    "ledger.after_hold_posted",
    "ledger.after_seal",
    "payments.intent_opened",
    "payments.route_committed",
    "payments.checkout_answered",
    "payments.event_stored",
    "payments.event_applied",
    "payments.event_committed",
    "payments.payout_reserved",
    "payments.payout_before_provider",
    "payments.payout_answered",
    "payments.payout_before_end",
    "payments.refund_answered",
    "trade.stage_funded",
    "trade.stage_released",
    "trade.stage_awarded",
    "base.deadline_acted",
    "base.work_done",
)

_armed: tuple[str, int] | None = None


def arm(wanted: str) -> None:
    """Die at this place from now on: `name` or `name:n`. ValueError for a place that is not there; the caller checks the kind."""
    global _armed
    name, _, nth = wanted.partition(":")
    if name not in FAILPOINTS:
        raise ValueError(f"there is no failpoint {name}")
    _armed = (name, int(nth or 1))


def arm_from_environment(kind: str) -> None:
    """Called once at the start: obeyed by a test installation, refused by every other."""
    wanted = os.environ.get("EVERFAIR_FAILPOINT", "")
    if not wanted:
        return
    if kind != "test":
        raise RuntimeError("EVERFAIR_FAILPOINT is for test installations only")
    arm(wanted)


def failpoint(name: str) -> None:
    """Die here, at once and without any tidying up, when a test has asked for it."""
    global _armed
    if _armed is None or _armed[0] != name:
        return
    left = _armed[1] - 1
    if left:
        _armed = (name, left)
        return
    os._exit(KILLED)
