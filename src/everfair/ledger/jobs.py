"""What the clock does with the books: seal them, prove them, and say the newest seal to a place that is not this machine."""

from __future__ import annotations

import logging

from everfair.base.chores import every
from everfair.ledger.checking import check
from everfair.ledger.checkpoints import NotWritten, newest_checkpoint, place, write_checkpoint
from everfair.ledger.sealing import newest_seal, note_watch, seal

log = logging.getLogger(__name__)


@every(1, "ledger.seal", lane="seals")
def seal_books() -> int:
    sealed = seal()
    if sealed:
        note_watch("seal", {"rows": sealed})
    return sealed


@every(20, "ledger.check", lane="checks")
def check_books() -> int:
    return len(check())


@every(300, "ledger.checkpoint", lane="checkpoints")
def write_newest_checkpoint() -> int:
    """One line for every five minutes in which something was sealed."""
    newest, last = newest_seal(), newest_checkpoint()
    if newest is None or (last is not None and last["seq"] == newest.seq):
        return 0
    try:
        write_checkpoint()
    except NotWritten as problem:
        log.error("a checkpoint was not written", extra={"problem": str(problem)})
        note_watch("checkpoint", {"seq": newest.seq, "problem": str(problem)[:300], "off_box": place().off_box})
        return 0
    note_watch("checkpoint", {"seq": newest.seq, "problem": None, "off_box": place().off_box})
    return 1
