"""The checker: proves the books every twenty seconds, and freezes payouts by itself at the first breach."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from time import monotonic

from django.db import transaction

from everfair.base.actor import CLOCK_ACTOR
from everfair.base.rows import ask
from everfair.ledger.freezing import freeze_payouts, frozen
from everfair.ledger.proofs import CHAIN, Proof, prove
from everfair.ledger.sealing import Head, newest_seal, note_watch, walk

log = logging.getLogger(__name__)
# How long one check walks along the chain; a longer one is walked on in the next.
PATIENCE_S = 25


@dataclass(slots=True)
class _Memory:
    """What this process saw last: where its walk stands, and the newest seal, which must still be there."""

    after: int = 0
    rows: int = 0
    began_s: int = 0
    whole: dict[str, int] | None = None
    head: Head | None = None


_memory = _Memory()


def check() -> list[Proof]:
    """Prove everything, read-only, and freeze payouts when something is broken; returns the breaches.

    The whole chain is recomputed at each check as long as that takes no more than PATIENCE_S, else piece by piece; what the watch
    notes says how old the oldest look is.
    """
    began_s = monotonic()
    standing = frozen()
    with transaction.atomic():
        # One snapshot each, as ever; and no proof can write, whatever is written into it.
        ask("SET TRANSACTION READ ONLY")
        found = [*prove(but={CHAIN}), _chain(), _head_still_stands()]
    if _memory.whole:
        note_watch("walk", _memory.whole)
        _memory.whole = None
    breaches = [proof for proof in found if proof.breach is not None]
    if breaches:
        log.error("the books do not hold", extra={"breaches": [f"{proof.name}: {proof.breach}" for proof in breaches]})
        freeze_payouts("; ".join(f"{proof.name}: {proof.breach}" for proof in breaches), by=CLOCK_ACTOR)
    note_watch(
        "check",
        {
            "breach": f"{breaches[0].name}: {breaches[0].breach}" if breaches else None,
            "proofs": len(found),
            "rows": sum(proof.rows for proof in found),
            "took_ms": int((monotonic() - began_s) * 1000),
            "freeze": str(standing) if standing else None,
        },
    )
    return breaches


def _chain() -> Proof:
    if not _memory.after:
        _memory.began_s, _memory.rows = int(monotonic()), 0
    walked = walk(_memory.after, patience_s=PATIENCE_S)
    _memory.rows += walked.rows
    _memory.after = walked.reached
    if walked.whole:
        _memory.whole = {"rows": _memory.rows, "took_s": int(monotonic()) - _memory.began_s}
    if walked.whole or walked.breach:
        _memory.after = 0
    return Proof(CHAIN, walked.rows, walked.breach)


def forget() -> None:
    """As a process that has just begun."""
    global _memory
    _memory = _Memory()


def _head_still_stands() -> Proof:
    """Between two checkpoints: the newest seal of the last check has not gone."""
    name = "the newest seal of the last check stands in the chain"
    known, _memory.head = _memory.head, newest_seal()
    if known is None:
        return Proof(name, 0, None)
    there = ask("SELECT 1 FROM ledger_seal WHERE seq = %s AND encode(hash, 'hex') = %s", [known.seq, known.hash])
    if there:
        return Proof(name, 1, None)
    _memory.head = known  # it goes on missing until somebody has looked
    return Proof(name, 1, f"seal {known.seq}")
