"""How long the checker needs for the books: `python -m bench.books`, from the top of the repository. See README.md beside it.

A million entries of three transfers a sale, sealed as a busy platform seals them; then one check of everything, as the worker makes it, and
a byte of an amount changed behind the guards' back, at a random place: how long until the checker has found it and payouts are frozen.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from bench.database import Database  # noqa: E402

MOST_S = 60
IN_A_SEAL = 300  # what 300 journals a second leave to each seal
# As `ledger_post` leaves them, many at once: each sale has an escrow of its own.
FILL = """
    WITH sale AS (SELECT gen_random_uuid() AS id, n FROM generate_series(1, %(sales)s) n),
    opened AS (
        INSERT INTO ledger_account (address, currency, account_class, kept, escrow)
        SELECT 'intent:' || id || ':received', 'USD', 'liability', true, false FROM sale
        UNION ALL SELECT 'stage:' || id || ':escrow', 'USD', 'liability', true, true FROM sale
        RETURNING id, address
    ), entry AS (
        INSERT INTO ledger_entry (key, kind, digest, actor, why)
        SELECT sale.id || ':' || step.kind, step.kind, repeat('0', 64), 'system', jsonb_build_object('sale', sale.id)
        FROM sale CROSS JOIN (VALUES (1, 'payment_captured'), (2, 'stage_funded'), (3, 'stage_release')) step (n, kind)
        ORDER BY sale.n, step.n RETURNING id, key, kind
    )
    SELECT entry.id, entry.kind, i.id, s.id FROM entry
    JOIN opened i ON i.address = 'intent:' || split_part(entry.key, ':', 1) || ':received'
    JOIN opened s ON s.address = 'stage:' || split_part(entry.key, ':', 1) || ':escrow' ORDER BY entry.id
"""
MOVE = """
    INSERT INTO ledger_transfer (entry_id, source_id, target_id, amount_minor, currency, purpose)
    SELECT e.id, t.source, t.target, t.amount, 'USD', t.purpose
    FROM unnest(%(entries)s::bigint[], %(kinds)s::text[], %(intents)s::bigint[], %(stages)s::bigint[]) WITH ORDINALITY e (id, kind, intent, stage, n)
    CROSS JOIN LATERAL (VALUES
        (1, 'payment_captured', %(clearing)s::bigint, e.intent, 12600, ''), (2, 'stage_funded', e.intent, e.stage, 12600, 'fund'),
        (3, 'stage_release', e.stage, %(wallet)s::bigint, 12348, 'release'), (4, 'stage_release', e.stage, %(fees)s::bigint, 252, 'fee')
    ) t (n, kind, source, target, amount, purpose)
    WHERE t.kind = e.kind ORDER BY e.n, t.n
"""


def fill(session: psycopg.Connection[Any], entries: int) -> None:
    """So many entries, by the login that runs and past none of the guards, sealed on the way."""
    from everfair.base.actor import SYSTEM
    from everfair.base.ids import new_id
    from everfair.base.money import Money
    from everfair.ledger.actions import post_entry
    from everfair.ledger.values import Transfer, clearing, costs, wallet

    ends = {"clearing": clearing("sandbox", "USD"), "wallet": wallet(new_id(), "USD"), "fees": costs("all", "USD")}
    one = Money(1, "USD")
    opening = [Transfer(ends["clearing"], ends["wallet"], one), Transfer(ends["clearing"], ends["fees"], one)]
    post_entry("opening", opening, kind="opening", by=SYSTEM)
    ids = {
        name: session.execute("SELECT id FROM ledger_account WHERE address = %s", [address]).fetchone()[0]  # type: ignore[index]
        for name, address in ends.items()
    }
    done, a_time = 0, IN_A_SEAL
    while done < entries:
        with session.transaction():
            rows = session.execute(FILL, {"sales": a_time // 3}).fetchall()
            columns = dict(zip(("entries", "kinds", "intents", "stages"), map(list, zip(*rows, strict=True)), strict=True))
            session.execute(MOVE, columns | ids)
        done += len(rows)
        if done % 99_000 == 0:
            print(f"{done} entries", file=sys.stderr)


def seal_all(session: psycopg.Connection[Any]) -> int:
    """As the worker does every second."""
    seals = 0
    while session.execute("SELECT ledger_seal_next(%s)", [IN_A_SEAL]).fetchone()[0]:  # type: ignore[index]
        seals += 1
    return seals


def checks_until(done: Any) -> float:
    """Seconds of checks one after the other."""
    from everfair.ledger.checking import check

    began_s = time.monotonic()
    while True:
        breaches = check()
        if done(breaches):
            return time.monotonic() - began_s


def run(place: Database, entries: int) -> dict[str, Any]:
    from everfair.ledger import checking
    from everfair.ledger.freezing import frozen
    from everfair.ledger.proofs import CHAIN, prove
    from everfair.ledger.sealing import walk

    with psycopg.connect(place.server.app_url, autocommit=True) as session:
        fill(session, entries)
        seals = seal_all(session)
    with psycopg.connect(place.server.superuser_url, autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")
        began_s = time.monotonic()
        walked = walk()
        chain_s = time.monotonic() - began_s
        began_s = time.monotonic()
        broken = [f"{proof.name}: {proof.breach}" for proof in prove(but={CHAIN}) if proof.breach]
        others_s = time.monotonic() - began_s
        if broken or walked.breach:
            raise SystemExit(f"The books do not hold before anybody touched them: {broken} {walked.breach}")
        checking.forget()
        whole_s = checks_until(lambda _breaches: checking._memory.after == 0)
        # A byte that no balance shows: who did it, in an entry of long ago or lately.
        flipped = random.Random(4).randrange(2, entries)
        owner.execute("SET session_replication_role = replica")
        owner.execute(
            "UPDATE ledger_entry SET actor = 'sysTem' WHERE id = (SELECT id FROM ledger_entry ORDER BY id OFFSET %s LIMIT 1)",
            [flipped],
        )
        owner.execute("SET session_replication_role = origin")
        found_s = checks_until(bool)
    return {
        "entries": entries, "seals": seals, "chain_s": chain_s, "other_proofs_s": others_s, "whole_check_s": whole_s, "found_s": found_s,
        "frozen": frozen() is not None, "load": os.getloadavg()[0], "cpus": len(os.sched_getaffinity(0)),
    }  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entries", type=int, default=1_000_000)
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    with Database() as place:
        found = run(place, asked.entries)
    if asked.json:
        print(json.dumps(found))
    else:
        print(f"{found['entries']} entries in {found['seals']} seals; {found['cpus']} CPUs, load {found['load']:.1f}")
        print(f"the chain recomputed        {found['chain_s']:6.1f} s")
        print(f"the other proofs            {found['other_proofs_s']:6.1f} s")
        print(f"one whole check             {found['whole_check_s']:6.1f} s   at most {MOST_S}")
        print(f"a changed byte is found in  {found['found_s']:6.1f} s   at most {MOST_S}; payouts frozen: {found['frozen']}")
    sys.exit(0 if found["whole_check_s"] <= MOST_S and found["found_s"] <= MOST_S and found["frozen"] else 1)


if __name__ == "__main__":
    main()
