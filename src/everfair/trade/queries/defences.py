"""A chargeback as the seller defends against it: what the platform holds already, and what was handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.refused import NotVisible
from everfair.base.rows import ask, find
from everfair.files.queries import file_links
from everfair.payments.queries import chargeback_of_payee
from everfair.trade.models import Defence, Order
from everfair.trade.queries.evidence import evidence_of


@dataclass(frozen=True, slots=True)
class Charged:
    """One chargeback of an order's payment. `papers`: {code: sentence in English} of what the platform holds that speaks for the seller.
    `sent`: what was handed in, oldest first. `open`: more may be."""

    chargeback: Any
    order: Order
    papers: dict[str, str]
    sent: list[Defence]
    open: bool


def charged(chargeback_id: UUID, actor: Actor) -> Charged:
    """For the seller's people and the operator; NotVisible for the buyer, and where it is about no order."""
    found: Any = chargeback_of_payee(chargeback_id, actor)
    evidence = evidence_of(found.purpose, actor) if found.purpose_kind == "stage" else None
    if evidence is None:
        raise NotVisible
    return Charged(found, evidence.order, evidence.papers, defences_of(found.pk), _is_open(found))


def _is_open(found: Any) -> bool:
    in_time = found.evidence_due_at is None or found.evidence_due_at > now()
    return found.state == "open" and not found.answer and in_time


def defences_of(chargeback_id: UUID) -> list[Defence]:
    return find(Defence, "chargeback_id = %s ORDER BY n", [chargeback_id])


def shown_defences(sent: Sequence[Defence], actor: Actor) -> list[tuple[Defence, list[tuple[dict[str, Any], dict[str, str]]]]]:
    """Each with its files and their links (see `file_links`): one query."""
    links = file_links([UUID(file["id"]) for row in sent for file in row.files], actor)
    return [(row, [(file, links[UUID(file["id"])]) for file in row.files if UUID(file["id"]) in links]) for row in sent]


def defended(chargeback_ids: Sequence[UUID]) -> set[UUID]:
    """Those of them about which the seller has handed something in: one query."""
    asked = "SELECT DISTINCT chargeback_id FROM trade_defence WHERE chargeback_id = ANY(%s::uuid[])"
    return {row[0] for row in ask(asked, [list(chargeback_ids)])}


def in_english(sent: Sequence[Defence]) -> str:
    """All of it in one text for the provider, its files by name and hash; empty when nothing was handed in."""
    if not sent:
        return ""
    said = [row.statement for row in sent if row.statement]
    papers = {code: text for row in sent for code, text in row.papers.items()}
    files = {file["sha256"]: file["name"] for row in sent for file in row.files}
    lines = ["The seller states:", *said]
    if papers:
        lines += ["The seller relies on:", *(f"- {text}" for text in papers.values())]
    if files:
        lines += ["The seller hands in:", *(f"- {name} (SHA-256 {sha})" for sha, name in files.items())]
    return "\n".join(lines)
