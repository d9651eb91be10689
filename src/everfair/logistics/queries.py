"""Consignments, what belongs to them, and what is known of their way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext as _
from markupsafe import Markup

from everfair.base.actor import Actor
from everfair.base.formats import day, number
from everfair.base.refused import NotVisible
from everfair.base.roles import OPERATOR
from everfair.base.rows import ask, find, find_one, seen_as
from everfair.base.states import allowed_moves
from everfair.files.queries import file_links
from everfair.logistics.fleet import books, carriers_here
from everfair.logistics.models import CarrierEvent, Consignment, ConsignmentPaper, Leg, Package, ProofOfDelivery, TrackingEvent
from everfair.logistics.roles import consignee, shipper
from everfair.logistics.states import OVER
from everfair.logistics.values import CARRIER_WORDS, MISFITS, SHIPPER_CODES, SOURCE_WORDS, TRACKING_CODES

__all__ = [
    "Face",
    "all_packages_received",
    "books",
    "carriers_here",
    "consignment",
    "consignment_of",
    "consignments_of",
    "consignments_visible_to",
    "faces",
    "legs_of",
    "packages_of",
    "parked_events",
    "proof_of",
    "proofs_of",
    "sayable",
    "tracking_of",
]

_ALL_SEEING = ("operator", "carrier", "clock", "system")
# A carrier's word weighs more than a person's; both are kept.
_BEST_FIRST = "ORDER BY (source = 'carrier') DESC, id"


def consignments_visible_to(actor: Actor) -> QuerySet[Consignment]:
    """The shipper's and the consignee's own; all for operators, carriers' verified words and clockwork."""
    if actor.kind in _ALL_SEEING:
        return seen_as(Consignment, Consignment.objects.all)
    if actor.company_id is None:
        return seen_as(Consignment, Consignment.objects.none, "false")
    own = Q(shipper_id=actor.company_id) | Q(consignee_id=actor.company_id)
    where = "(shipper_id = %s OR consignee_id = %s)"
    return seen_as(Consignment, lambda: Consignment.objects.filter(own), where, actor.company_id, actor.company_id)


def consignment(consignment_id: UUID, actor: Actor) -> Consignment:
    where, params = consignments_visible_to(actor).seen_as  # type: ignore[attr-defined]
    found = find_one(Consignment, f"id = %s AND {where}", [consignment_id, *params])
    if found is None:
        raise NotVisible
    return found


def consignment_of(subject: UUID) -> Consignment | None:
    """The newest consignment of an order."""
    return find_one(Consignment, "subject = %s ORDER BY id DESC LIMIT 1", [subject])


def consignments_of(subject: UUID) -> list[Consignment]:
    """All consignments of an order, in the order they were handed over."""
    return find(Consignment, "subject = %s ORDER BY id", [subject])


def legs_of(consignment_id: UUID) -> list[Leg]:
    return find(Leg, "consignment_id = %s ORDER BY n", [consignment_id])


def packages_of(consignment_id: UUID) -> list[Package]:
    return find(Package, "consignment_id = %s ORDER BY n", [consignment_id])


def tracking_of(consignment_id: UUID) -> list[TrackingEvent]:
    """Everything seen of the goods, newest first by when it happened."""
    return find(TrackingEvent, "consignment_id = %s ORDER BY occurred_at DESC, id DESC", [consignment_id])


def proof_of(consignment_id: UUID) -> ProofOfDelivery | None:
    """The best evidence that the goods arrived: the carrier's before a person's. Its id stays, for a release to point to."""
    return find_one(ProofOfDelivery, f"consignment_id = %s {_BEST_FIRST} LIMIT 1", [consignment_id])


def proofs_of(consignment_ids: Iterable[UUID]) -> dict[UUID, ProofOfDelivery]:
    """The same for many consignments in one query."""
    rows = find(ProofOfDelivery, f"consignment_id = ANY(%s::uuid[]) {_BEST_FIRST}", [list(consignment_ids)])
    found: dict[UUID, ProofOfDelivery] = {}
    for row in rows:
        found.setdefault(row.consignment_id, row)  # type: ignore[attr-defined]
    return found


def all_packages_received(consignment_id: UUID) -> bool:
    """Whether the consignee confirmed every package. False where nobody listed them, or where fewer are listed than were sent."""
    rows = ask(
        "SELECT count(*) FILTER (WHERE p.state = 'received') >= max(c.package_count) AND bool_and(p.state = 'received')"
        " FROM logistics_package p JOIN logistics_consignment c ON c.id = p.consignment_id WHERE c.id = %s",
        [consignment_id],
    )
    return bool(rows[0][0])


def parked_events() -> QuerySet[CarrierEvent]:
    """What carriers said and nobody could place: the operator's list."""
    return CarrierEvent.objects.filter(outcome__in=MISFITS).order_by("-id")


# ── what a page shows ──


@dataclass(frozen=True, slots=True)
class Face:
    """One consignment with everything its panel shows; `ui.consignment_panel(face)` draws it."""

    consignment: Consignment
    side: str  # shipper | consignee | "" (an operator)
    legs: list[Leg]
    packages: list[Package]
    tracking: list[TrackingEvent]
    proof: ProofOfDelivery | None
    files: list[dict[str, str]] = field(default_factory=list)
    # Documents that go with the goods: code → links to the files that the reader may see.
    papers: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    moves: list[str] = field(default_factory=list)
    # Whether the reader may confirm packages.
    receives: bool = False

    @property
    def received(self) -> int:
        return sum(package.state == "received" for package in self.packages)

    @property
    def carrier(self) -> str:
        row = self.consignment
        return row.carrier if row.carrier_code == "manual" else str(CARRIER_WORDS[row.carrier_code])

    @property
    def whereabouts(self) -> Markup:
        """Where the goods are, in one sentence."""
        row = self.consignment
        seen = next((event for event in self.tracking if event.package_id is None), None)  # type: ignore[attr-defined]
        at = seen.occurred_at if seen else row.handed_over_on
        words = {
            "carrier": self.carrier, "day": day(at), "place": seen.place if seen else "", "received": number(self.received),
            "all": number(row.package_count),
        }  # fmt: skip
        if row.state == "delivered" and self.proof is not None:
            said = SOURCE_WORDS[self.proof.entered_as]
            return _told(_("Delivered on %(day)s. %(said)s."), words | {"day": day(self.proof.delivered_at), "said": said})
        if self.received:
            return _told(_("%(received)s of %(all)s packages have been received."), words)
        if row.state == "handed_over" and row.booking in _BOOKING_TOLD:
            return _told(_BOOKING_TOLD[row.booking](), words)
        return _told(_TOLD[(row.state, bool(words["place"]))](), words)

    @property
    def steps(self) -> list[tuple[str, str]]:
        """(state, how far) along the way: done, now, next or trouble."""
        way = ["handed_over", "in_transit", "out_for_delivery", "delivered"]
        state = self.consignment.state
        if state in way:
            here = way.index(state)
            marks = ["done" if n < here or state == "delivered" else "now" if n == here else "next" for n in range(len(way))]
            return list(zip(way, marks, strict=True))
        moved = any(row.code in ("departed", "arrived", "customs", "out_for_delivery") for row in self.tracking)
        rest = [] if state in OVER else [("delivered", "next")]
        return [("handed_over", "done"), *([("in_transit", "done")] if moved else []), (state, "trouble"), *rest]


def _told(text: str, words: dict[str, Any]) -> Markup:
    """Typed words in it stay text."""
    return Markup(format_html(re.sub(r"%\((\w+)\)s", r"{\1}", text.replace("{", "{{").replace("}", "}}")), **words))  # noqa: S704


_BOOKING_TOLD: dict[str, Callable[[], str]] = {
    "requested": lambda: _("Ready to go: %(carrier)s is being booked."),
    "indeterminate": lambda: _("Ready to go: we are asking %(carrier)s whether it has the booking."),
    "refused": lambda: _("Still with the shipper: %(carrier)s refused the booking."),
    "cancelling": lambda: _("Still with the shipper: the booking is being taken back."),
    "cancelled": lambda: _("Still with the shipper: the booking was taken back."),
}
# (state, whether somebody said where) → the sentence.
_TOLD: dict[tuple[str, bool], Callable[[], str]] = {
    ("handed_over", False): lambda: _("With %(carrier)s since %(day)s; nothing more was reported yet."),
    ("handed_over", True): lambda: _("With %(carrier)s: picked up in %(place)s on %(day)s."),
    ("in_transit", False): lambda: _("On the way with %(carrier)s, last seen on %(day)s."),
    ("in_transit", True): lambda: _("On the way with %(carrier)s, last seen in %(place)s on %(day)s."),
    ("out_for_delivery", False): lambda: _("Out for delivery with %(carrier)s since %(day)s."),
    ("out_for_delivery", True): lambda: _("Out for delivery in %(place)s since %(day)s."),
    ("exception", False): lambda: _("Held up since %(day)s; ask %(carrier)s or the shipper."),
    ("exception", True): lambda: _("Held up in %(place)s since %(day)s; ask %(carrier)s or the shipper."),
    ("lost", False): lambda: _("Lost, as was said on %(day)s."),
    ("lost", True): lambda: _("Lost, as was said on %(day)s; last seen in %(place)s."),
    ("returned", False): lambda: _("Sent back to the shipper on %(day)s."),
    ("returned", True): lambda: _("Sent back to the shipper from %(place)s on %(day)s."),
    ("delivered", False): lambda: _("Delivered on %(day)s."),
    ("delivered", True): lambda: _("Delivered in %(place)s on %(day)s."),
}


def faces(consignments: Sequence[Consignment], actor: Actor) -> list[Face]:
    """The panels of these consignments: six queries, however many there are, and none where there is none."""
    ids = [row.pk for row in consignments]
    if not ids:
        return []
    legs, packages, tracking, papers = (_grouped(find(model, order, [ids])) for model, order in _PARTS)
    proofs = proofs_of(ids)
    shown = {UUID(one) for proof in proofs.values() for one in proof.file_ids}
    linked = file_links(shown | {paper.file_id for rows in papers.values() for paper in rows}, actor)
    return [
        Face(
            consignment=row,
            side=_side(row, actor),
            legs=legs.get(row.pk, []),
            packages=packages.get(row.pk, []),
            tracking=tracking.get(row.pk, []),
            proof=proofs.get(row.pk),
            files=[linked[UUID(one)] for one in proofs[row.pk].file_ids if UUID(one) in linked] if row.pk in proofs else [],
            papers=_linked(papers.get(row.pk, []), linked),
            moves=allowed_moves(row, actor),
            receives=consignee.admits(actor, row),
        )
        for row in consignments
    ]


_PARTS: tuple[tuple[type[Any], str], ...] = (
    (Leg, "consignment_id = ANY(%s::uuid[]) ORDER BY n"),
    (Package, "consignment_id = ANY(%s::uuid[]) ORDER BY n"),
    (TrackingEvent, "consignment_id = ANY(%s::uuid[]) ORDER BY occurred_at DESC, id DESC"),
    (ConsignmentPaper, "consignment_id = ANY(%s::uuid[]) ORDER BY id"),
)


def _linked(papers: list[ConsignmentPaper], links: dict[UUID, dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for paper in papers:
        if paper.file_id in links:
            found.setdefault(paper.code, []).append(links[paper.file_id])
    return found


def _grouped(rows: list[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.consignment_id, []).append(row)
    return found


def _side(row: Consignment, actor: Actor) -> str:
    if actor.company_id is None:
        return ""
    return {row.consignee_id: "consignee", row.shipper_id: "shipper"}.get(actor.company_id, "")


def sayable(by: Actor, row: Consignment) -> tuple[str, ...]:
    """What this actor may say by hand. Delivery is said by a proof; a carrier that reports speaks for itself."""
    if OPERATOR.admits(by, row):
        return tuple(code for code in TRACKING_CODES if code != "delivered")
    if shipper.admits(by, row) and not books(row.carrier_code):
        return SHIPPER_CODES
    return ()
