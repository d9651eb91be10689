"""How every verb of a claim begins and what it leaves: locks in one order, one leaf of the case file each.

Lock order: companies, then the order, then the claim, then stages and accounts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import SYSTEM, Actor
from everfair.base.clock import EfNow
from everfair.base.deadlines import clear_deadlines
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, insert
from everfair.base.states import lock, stepping
from everfair.base.together import part
from everfair.companies.queries import lock_companies
from everfair.disputes.models import Claim, Exhibit
from everfair.disputes.queries.claims import claims_visible_to
from everfair.disputes.states import CLAIM, ENDED, INSPECTED
from everfair.disputes.values import DEADLINES
from everfair.files.actions import share_file
from everfair.files.queries import files_by_id
from everfair.trade.actions import end_inspection_in_claim
from everfair.trade.actions.stages import locked_order
from everfair.trade.queries import inspections_of_claim, report_of

MOST_FILES = 10
LONGEST = 5_000


@contextmanager
def taking_up(claim_id: UUID, *, by: Actor) -> Iterator[Claim]:
    """The claim, locked after its companies and its order; `claim.order` is the locked order. NotVisible for strangers.

    What inspectors have reported meanwhile lies in its file from here on: no verb is decided beside it.
    """
    rows = claims_visible_to(by)
    where, params = rows.seen_as  # type: ignore[attr-defined]
    seen = ask(f"SELECT order_id, buyer_id, seller_id FROM disputes_claim WHERE id = %s AND {where}", [claim_id, *params])  # noqa: S608
    if not seen:
        raise NotVisible
    order_id, *sides = seen[0]
    with part():
        lock_companies(sides)
        order = locked_order(order_id, by=by)
        claim = lock(rows, claim_id)
        claim.order = order
        if claim.report_by is not None:
            take_in_reports(claim)
        yield claim


@contextmanager
def stepped(claim: Claim, verb: str, *, by: Actor, text: str = "") -> Iterator[None]:
    """`stepping` for a claim that `taking_up` has locked: an ended one has no deadlines any more, and where the file takes in no more
    reports an open inspection ends."""
    with stepping(claim, verb, by=by, reason=text):
        yield
        target = CLAIM.find(verb, claim.state).target  # type: ignore[union-attr]
        if claim.report_by is not None and claim.state in INSPECTED and target not in INSPECTED:
            end_inspection_in_claim(claim.order_id, by=by)
            take_in_reports(claim)
        if target in ENDED:
            claim.ended_at = EfNow()  # type: ignore[assignment]
            clear_deadlines(DEADLINES, claim.pk)


def side_of(claim: Claim, by: Actor) -> str:
    if by.kind == "operator":
        return "arbitrator"
    if by.kind == "clock":
        return "clock"
    return "buyer" if by.company_id == claim.buyer_id else "seller"


def lay_down(
    claim: Claim,
    kind: str,
    *,
    by: Actor,
    verb: str = "",
    text: str = "",
    files: Sequence[dict[str, str]] = (),
    body: dict[str, Any] | None = None,
    side: str = "",
) -> Exhibit:
    """One more leaf of a locked claim's case file."""
    made = Exhibit(
        claim=claim,
        n=ask("SELECT count(*) + 1 FROM disputes_exhibit WHERE claim_id = %s", [claim.pk])[0][0],
        side=side or side_of(claim, by),
        by=by.label,
        kind=kind,
        verb=verb,
        text=text,
        files=list(files),
        body=body or {},
    )
    insert(made)
    return made


def take_in_reports(claim: Claim) -> None:
    """Each inspection of a locked claim that is over becomes one leaf of its file: the report, or that there is none. Safe to repeat."""
    leaves = Exhibit.objects.filter(claim=claim, kind="inspection", verb__in=["report", "no_report"])
    laid = set(leaves.values_list("body__inspection", flat=True))
    for found in inspections_of_claim(claim.order, claim.pk):
        if found.ended_at is None or str(found.pk) in laid:
            continue
        body: dict[str, Any] = {"inspection": str(found.pk), "inspector": found.inspector.name, "state": found.state}
        report = report_of(found)
        if report is None:
            payer = "buyer" if found.booked_by_id == claim.buyer_id else "seller"
            side = {"declined": "inspector", "cancelled": payer}.get(found.state, "clock")
            lay_down(claim, "inspection", by=SYSTEM, verb="no_report", body=body, side=side)
            continue
        body |= {"passed": report.passed, "lots": [_counted(lot, report.defects) for lot in found.lots]}
        photos = files_by_id([UUID(file_id) for file_id in report.file_ids], SYSTEM)
        shown = [photos[UUID(file_id)] for file_id in report.file_ids]
        files = [{"id": str(photo.pk), "sha256": photo.blob_id, "name": photo.name} for photo in shown]
        lay_down(claim, "inspection", by=SYSTEM, verb="report", text=report.remarks, files=files, body=body, side="inspector")


def _counted(lot: Mapping[str, Any], defects: Mapping[str, Any]) -> dict[str, Any]:
    return {name: lot[name] for name in ("line", "quantity", "sample_size")} | {"defects": defects[str(lot["line"])]}


def files_to_lay(claim: Claim, file_ids: Sequence[UUID], *, by: Actor) -> list[dict[str, str]]:
    """Files of the writer's own company, shown to the other side from now on, named by their hash."""
    wanted = list(dict.fromkeys(file_ids))
    if len(wanted) > MOST_FILES:
        raise Refused("disputes.files", _("At most 10 files at a time, please."), field="files", status=422)
    if not wanted:
        return []
    found = files_by_id(wanted, by)
    if any(pk not in found or found[pk].owner_id != by.company_id for pk in wanted):
        raise Refused("disputes.files", _("This file is not there."), field="files", status=422)
    for pk in wanted:
        share_file(pk, [claim.buyer_id, claim.seller_id], by=by)
    return [{"id": str(pk), "sha256": found[pk].blob_id, "name": found[pk].name} for pk in wanted]


def words(text: str, field: str, *, required: bool = True) -> str:
    """What somebody wrote, not too long, and there when it must be."""
    text = text.strip()
    if required and not text:
        raise Refused("disputes.words_missing", _("Please say why."), field=field, status=422)
    if len(text) > LONGEST:
        raise Refused("disputes.words_long", _("At most 5,000 characters, please."), field=field, status=422)
    return text


def parties(claim: Claim) -> tuple[UUID, UUID, UUID, UUID]:
    """The claim, its order, the buyer and the seller: how events of claims begin."""
    return claim.pk, claim.order_id, claim.buyer_id, claim.seller_id


def named(claim: Claim) -> tuple[int, str]:
    """The order's number and market: how they end."""
    return claim.order.number, claim.order.market
