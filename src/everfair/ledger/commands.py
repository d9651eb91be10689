"""What an operator can ask the books at the command line."""

from __future__ import annotations

import sys
from dataclasses import asdict
from json import dumps

from everfair.ledger.proofs import prove


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
