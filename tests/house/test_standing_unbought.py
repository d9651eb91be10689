"""Nobody can pay for a standing: what counts it knows nothing of fees, invoices, plans or payments."""

from __future__ import annotations

import re
from pathlib import Path

import grimp

import everfair
from everfair.base.events import catalogue, subscribers

ROOT = Path(everfair.__file__).parent
# What makes, counts and shows a standing.
COUNTING = (
    "everfair.trust.facts",
    "everfair.trust.models.standing",
    "everfair.trust.values.standing",
    "everfair.trust.queries.standing",
    "everfair.trust.actions.standing",
    "everfair.trust.pages.standing",
    "everfair.trust.pages.standing_faces",
    "everfair.trust.api.standing",
)
# Every package a standing may come from; of the markets only their names and their dated rules.
ALLOWED = (
    "everfair.base",
    "everfair.events",
    "everfair.trust",
    "everfair.companies",
    "everfair.markets.queries",
    "everfair.markets.table",
)
TOLD_BY = (
    "everfair.events.trade",
    "everfair.events.disputes",
    "everfair.events.reviews",
    "everfair.events.sourcing",
    "everfair.events.trust",
)
BOUGHT = re.compile(r"billing|membership|fee|plan|invoice|ledger|payment|subscription", re.I)


def sources() -> dict[str, str]:
    return {name: (ROOT.parent / (name.replace(".", "/") + ".py")).read_text() for name in COUNTING}


def test_nothing_that_counts_a_standing_imports_what_can_be_bought():
    graph = grimp.build_graph("everfair", cache_dir=None)
    for module in COUNTING:
        for imported in graph.find_modules_directly_imported_by(module):
            assert imported.startswith(ALLOWED), f"{module} → {imported}"
            assert not BOUGHT.search(imported.removeprefix("everfair.")), f"{module} → {imported}"


def test_a_standing_is_read_from_facts_and_facts_from_events():
    read = r"\b(?:FROM|JOIN|INTO|UPDATE)\s+([a-z]+_[a-z_]+)\b(?! -|\()"
    tables = {table for text in sources().values() for table in re.findall(read, text)} - {"jsonb_to_recordset"}

    assert tables == {"trust_fact", "trust_standing", "base_event"}


def test_no_event_of_money_that_a_company_owes_the_platform_is_a_fact():
    heard = subscribers()["trust.facts"]
    kinds = catalogue()

    assert {kinds[name].__module__ for name in heard} == set(TOLD_BY)


def test_no_rule_of_standing_speaks_of_what_is_bought():
    for name, text in sources().items():
        for rule in re.findall(r"\"(trust\.[a-z_0-9]+)\"", text):
            assert not BOUGHT.search(rule), f"{name}: {rule}"
