"""What speaks for a seller when a buyer's bank takes a payment back: contract, goods, words, in one text for the provider."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
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

_SAID_AT_MOST = 400


@dataclass(frozen=True, slots=True)
class Evidence:
    """`facts` (moment, what, in the reader's language) and `said` (moment, who, words), oldest first; `has`: which papers there are, and
    which are missing. `text`: all of it in English, for the provider."""

    order: Order
    facts: list[tuple[datetime, str]]
    said: list[tuple[datetime, str, str]]
    has: list[tuple[str, bool]]
    text: str


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
    has = [
        ("contract", found.seller_signed_at is not None),
        ("shipping", bool(sent)),
        ("delivery", bool(proofs)),
        ("acceptance", found.received_at is not None),
        ("inspection", found.inspection in ("passed", "waived")),
        ("talk", bool(said)),
    ]
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
    return Evidence(found, [(each.at, str(each.text)) for each in happened], said, has, text[:19_000])


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
