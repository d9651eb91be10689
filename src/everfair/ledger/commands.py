"""What an operator can ask the books at the command line."""

from __future__ import annotations

import sys
from dataclasses import asdict
from json import dumps
from typing import Any

from everfair.ledger.checkpoints import place, public_key, write_checkpoint
from everfair.ledger.proofs import prove
from everfair.ledger.sealing import seal


def run_proofs(json: bool) -> int:
    """Print each proof with the rows it looked at and its first breach; 1 when one is broken, else 0."""
    proofs = prove()
    sound = all(proof.breach is None for proof in proofs)
    if json:
        lines = [dumps({"sound": sound, "proofs": [asdict(proof) for proof in proofs]}, ensure_ascii=False, indent=2)]
    else:
        width = max(len(proof.name) for proof in proofs)
        lines = [
            f"{'broken' if proof.breach else 'holds':<6}  {proof.name:<{width}}  {proof.rows:>9} rows"
            + (f"  first: {proof.breach}" if proof.breach else "")
            for proof in proofs
        ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if sound else 1


def checkpoint() -> dict[str, Any]:
    """Seal what is complete, sign the newest seal and hand the line over. NotWritten when the place does not take it."""
    seal()
    where = place()
    return {
        "checkpoint": write_checkpoint(),
        "public_key": public_key(),
        "place": where.url or str(where.folder),
        "off_box": where.off_box,
    }
