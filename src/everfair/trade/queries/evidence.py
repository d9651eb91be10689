"""What speaks for a seller when a buyer's bank takes a payment back: contract, goods, words, in one text for the provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import override

from everfair.base.actor import Actor
from everfair.base.formats import plain_money
from everfair.base.rows import ask
from everfair.logistics.queries import consignments_of, proofs_of
from everfair.messaging.queries import messages_of, threads_about
from everfair.trade.models import Order
from everfair.trade.queries.orders import order, stages_of
from everfair.trade.queries.timeline import timeline
from everfair.trade.values import DEFENCE_PAPERS

_SAID_AT_MOST = 400


@dataclass(frozen=True, slots=True)
class Evidence:
    """`facts` (moment, what, in the reader's language) and `said` (moment, who, words), oldest first; `papers`: which
    there are, {code: what it shows, in English}. `text`: all of it in English, for the provider."""

    order: Order
    facts: list[tuple[datetime, str]]
    said: list[tuple[datetime, str, str]]
    papers: dict[str, str]
    text: str

    @property
    def has(self) -> list[tuple[str, bool]]:
        """Every paper that could be there, and whether it is."""
        return [(code, code in self.papers) for code in DEFENCE_PAPERS]


def evidence_of(stage_id: UUID, actor: Actor) -> Evidence | None:
    """The file of the order that this stage is of; None when there is none."""
    rows = ask("SELECT order_id FROM trade_stage WHERE id = %s", [stage_id])
    if not rows:
        return None
    found = order(rows[0][0], actor)
    happened = timeline(found)
    said = _said(found, actor)
    sent = consignments_of(found.pk)
    proofs = proofs_of([one.pk for one in sent])
    papers = _papers(found, sent, proofs, said)
    with override("en"):
        lines = [
            f"Order {found.reference}, {plain_money(found.total)}, {found.incoterm} {found.named_place}.",
            f"Contract signed by both sides, SHA-256 {found.terms_hash}.",
            *(f"Stage {stage.n}: {plain_money(stage.amount)}, {stage.state}." for stage in stages_of(found)),
            *(
                f"Consignment by {one.carrier}, tracking number {one.tracking_number or 'none'}, handed over on {one.handed_over_on}"
                f"{', delivery proven' if one.pk in proofs else ''}."
                for one in sent
            ),
            "What happened:",
            *(f"{_plain(each.at)} {each.text}{f' ({each.detail})' if each.detail else ''}" for each in happened),
            *(["What was said:"] if said else []),
            *(f"{_plain(at)} {who}: {words}" for at, who, words in said),
        ]
        text = "\n".join(str(line) for line in lines)
    return Evidence(found, [(each.at, str(each.text)) for each in happened], said, papers, text[:19_000])


def _papers(found: Order, sent: Sequence[Any], proofs: Mapping[UUID, Any], said: Sequence[Any]) -> dict[str, str]:
    papers = {}
    if found.seller_signed_at is not None:
        papers["contract"] = (
            f"Contract {found.reference}, signed by both sides by {_plain(found.seller_signed_at)}, SHA-256 {found.terms_hash}."
        )
    if sent:
        ways = (f"{one.carrier} {one.tracking_number or 'without a number'} on {one.handed_over_on}" for one in sent)
        papers["shipping"] = f"Goods handed to the carrier: {', '.join(ways)}."
    if proofs:
        ways = (f"{one.carrier} {one.tracking_number or 'without a number'}" for one in sent if one.pk in proofs)
        papers["delivery"] = f"Proof of delivery: {', '.join(ways)}."
    if found.received_at is not None:
        papers["acceptance"] = f"The buyer accepted the goods: {_plain(found.received_at)}."
    if found.inspection in ("passed", "waived"):
        papers["inspection"] = (
            "The goods passed an inspection."
            if found.inspection == "passed"
            else "The buyer took the goods after a failed inspection."
        )
    if said:
        papers["talk"] = f"What both sides wrote: {len(said)} messages, the last on {_plain(said[-1][0])}."
    return papers


def _said(found: Order, actor: Actor) -> list[tuple[datetime, str, str]]:
    """The newest words of the order's own threads, oldest first."""
    words = []
    for thread in threads_about(found.pk, actor)[:3]:
        for message in messages_of(thread):
            who = "buyer" if message.company_id == found.buyer_id else "seller"
            words.append((message.created_at, who, message.text[:_SAID_AT_MOST]))
    return sorted(words)[-20:]


def _plain(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
