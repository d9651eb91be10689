"""What the screening process does until nothing waits: reads new editions, puts them in force, and compares companies with them.

The knowledge of names costs eight seconds and 300 MB, so this runs in a process that ends (decision 0033).
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from everfair.base.rows import ask, find
from everfair.base.together import part
from everfair.markets.queries import rule
from everfair.markets.table import DEFAULT_MARKET
from everfair.trust.actions.lists import put_in_force
from everfair.trust.actions.screening import Alike, finish_screening
from everfair.trust.models import ListedName, ListedParty
from everfair.trust.queries.screening import lists_in_force, lists_to_read, screened_facts, waiting_screenings
from everfair.trust.screening.keys import keys_of
from everfair.trust.screening.names import analysed
from everfair.trust.screening.search import Search
from everfair.trust.values.screening import COMPARED

log = logging.getLogger(__name__)
# A transaction that stays open makes every reader of events wait: names are written by so many.
AT_ONCE = 2_000
BATCH = 100
_AS = {"person": "person", "organisation": "firm", "vessel": "ship", "aircraft": "ship", "unsaid": ""}
_KEYS = """
    UPDATE trust_listedname n SET keys = string_to_array(v.keys, ' ')
    FROM unnest(%s::uuid[], %s::text[]) AS v (id, keys) WHERE n.id = v.id RETURNING 1
"""
_FORGET = """
    UPDATE trust_listedname SET keys = '{}' WHERE id IN (
        SELECT n.id FROM trust_listedname n JOIN trust_sanctionlist l ON l.id = n.edition_id
        WHERE l.state = 'replaced' AND (n.keys IS NULL OR n.keys <> '{}') LIMIT %s
    ) RETURNING 1
"""


@dataclass(slots=True)
class Done:
    """What one run did."""

    editions: int = 0
    screened: int = 0
    hits: int = 0
    compared: int = 0


def work_off(*, seconds: float = 600) -> Done:
    """Until nothing waits, or so long. One process at a time: another returns at once with nothing done."""
    done, until = Done(), time.monotonic() + seconds
    if not ask("SELECT pg_try_advisory_lock(hashtextextended('trust.screening', 0))")[0][0]:
        return done
    try:
        for list_id in lists_to_read():
            read_names(list_id)
            done.editions += put_in_force(list_id)
        while ask(_FORGET, [AT_ONCE]):
            pass
        _screen(done, until)
    finally:
        ask("SELECT pg_advisory_unlock(hashtextextended('trust.screening', 0))")
    return done


def read_names(list_id: UUID) -> int:
    """Give the names of an edition their keys; safe to repeat and to break off. How many had none."""
    count = 0
    while names := find(ListedName, "edition_id = %s AND keys IS NULL LIMIT %s", [list_id, AT_ONCE]):
        keys = [" ".join(sorted(keys_of(analysed([row.name], _AS[row.kind])))) for row in names]
        with part():
            ask(_KEYS, [[row.pk for row in names], keys])
        count += len(names)
    return count


def _screen(done: Done, until: float) -> None:
    editions = [row.pk for row in lists_in_force()]
    search = Search(editions) if editions else None
    again: set[UUID] = set()
    while rows := [row for row in waiting_screenings(BATCH + len(again)) if row.pk not in again]:
        for row in rows:
            if time.monotonic() > until:
                return
            facts = screened_facts(row.company_id)
            found, compared = compare(facts, search) if search else ([], 0)
            if finish_screening(row.pk, facts, editions, found, compared):
                done.screened, done.hits, done.compared = done.screened + 1, done.hits + len(found), done.compared + compared
            else:
                # Its facts or the lists changed meanwhile: the next run has the new ones.
                again.add(row.pk)


def compare(facts: Mapping[str, Any], search: Search) -> tuple[list[Alike], int]:
    """Every name of a company with what is listed: what is alike, and how many pairs were scored."""
    least = float(rule("trust.sanctions_score", DEFAULT_MARKET))
    alike: list[Alike] = []
    compared = 0
    for role, name in _once(facts["names"]):
        found, scored = search.find(role, name, least)
        compared += scored
        parties = _parties([each.candidate.party_id for each in found])
        for each in found:
            party = parties[each.candidate.party_id]
            alike.append(
                Alike(
                    role=role, name=name[:500], party_id=party.pk, listed_name_id=each.candidate.name_id,
                    fingerprint=_fingerprint(party), score=Decimal(f"{min(each.score, 1):.3f}"), parts=each.parts,
                    same_country=facts["country"] in party.countries if party.countries else None,
                )
            )  # fmt: skip
    return alike, compared


def _once(names: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """Each name once for what it is compared as; an account holder of a name that is compared already is no other."""
    seen: set[tuple[str, str]] = set()
    found = []
    for role, name in sorted(((role, name) for role, name in names), key=lambda row: tuple(COMPARED).index(row[0])):
        normal, kind = " ".join(name.casefold().split()), COMPARED[role][0]
        if (kind, normal) in seen or (not kind and {("firm", normal), ("person", normal)} & seen):
            continue
        seen.add((kind, normal))
        found.append((role, name))
    return found


def _parties(ids: Sequence[UUID]) -> dict[UUID, ListedParty]:
    return {row.pk: row for row in find(ListedParty, "id = ANY(%s::uuid[])", [list(ids)])} if ids else {}


_SOURCE_AND_NAMES = """
    SELECT l.source, array_agg(n.name ORDER BY n.name) FROM trust_listedname n JOIN trust_sanctionlist l ON l.id = n.edition_id
    WHERE n.party_id = %s GROUP BY l.source
"""


def _fingerprint(party: ListedParty) -> str:
    """Of what is published of a party: while it stays the same over editions, so does a hit on it."""
    [(source, names)] = ask(_SOURCE_AND_NAMES, [party.pk])
    said = [source, party.number, party.kind, party.remarks, *names, *sorted(party.countries), *sorted(party.addresses)]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()
