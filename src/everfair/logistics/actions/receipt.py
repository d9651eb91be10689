"""The goods are there: the consignee confirms packages, the consignee or the operator proves a delivery. Never the shipper."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import EfNow, now
from everfair.base.events import emit
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.roles import OPERATOR
from everfair.base.rows import find_one
from everfair.base.states import lock, stepping
from everfair.base.together import part
from everfair.events.logistics import PackageReceived
from everfair.files.actions import share_file
from everfair.files.queries import files_by_id
from everfair.logistics.actions.reading import read_line
from everfair.logistics.actions.tracking import keep_proof, misdated, settle_delivery
from everfair.logistics.models import Consignment, Package, ProofOfDelivery
from everfair.logistics.queries import all_packages_received, consignments_visible_to
from everfair.logistics.roles import consignee
from everfair.logistics.values import CONDITIONS

MOST_FILES = 10
_SHA256 = re.compile(r"[0-9a-f]{64}")


def confirm_package_receipt(consignment_id: UUID, n: int, *, condition: str = "good", note: str = "", by: Actor) -> Package:
    """The consignee has this package in hand, in good order or damaged. With the last of them the whole consignment has arrived.

    It is receipt, not acceptance: what is inside may still be wrong. Refuses everybody else (403), an unknown condition, and a
    package that was confirmed before (AlreadyDone).
    """
    if condition not in CONDITIONS:
        raise Refused("logistics.condition", _("Please say how the package arrived."), field="condition", status=422)
    with part():
        row = lock(consignments_visible_to(by), consignment_id)
        package = find_one(Package, "consignment_id = %s AND n = %s FOR UPDATE", [row.pk, n])
        if package is None:
            raise NotVisible
        package.consignment = row
        with stepping(package, "receive", by=by):
            package.received_at = EfNow()  # type: ignore[assignment]
            package.received_by = by.person_id
            package.condition = condition
            package.condition_note = read_line(note, "note", 500)
            emit(PackageReceived(row.pk, row.subject, package.pk, package.n, condition), by=by)
        if all_packages_received(row.pk):
            moment = now()
            proof = _by_hand(row, moment, by=by)
            keep_proof(proof)
            settle_delivery(row, moment, proof, by=by)
    return package


def record_proof(
    consignment_id: UUID,
    *,
    delivered_at: datetime,
    signed_by: str = "",
    place: str = "",
    note: str = "",
    file_ids: Iterable[UUID] = (),
    document_sha256: str = "",
    by: Actor,
) -> ProofOfDelivery:
    """Say that the goods arrived, with a name, photographs (file ids) or the hash of a paper. The consignee may, and the operator.

    Refuses the shipper and everybody else (403): nobody proves their own delivery. Refuses a moment in the future or before the
    handing over, files the actor may not see, an operator's word without a reason, and a second proof by hand (AlreadyDone).
    """
    if document_sha256 and not _SHA256.fullmatch(document_sha256):
        raise Refused("logistics.hash", _("A SHA-256 is 64 digits and letters a to f."), field="document_sha256", status=422)
    with part():
        row = lock(consignments_visible_to(by), consignment_id)
        if not (consignee | OPERATOR).admits(by, row):
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        if misdated(row, delivered_at, now()) or delivered_at > now():
            raise Refused(
                "logistics.moment", _("Please give a moment between the handing over and now."), field="delivered_at", status=422
            )
        reason = read_line(note, "note", 500)
        if by.kind == "operator" and not reason:
            raise Refused("logistics.reason", _("Please give the reason."), field="note", status=422)
        files = _shown(file_ids, row, by)
        proof = _by_hand(row, delivered_at, by=by)
        proof.signed_by = read_line(signed_by, "signed_by", 140)
        proof.place = read_line(place, "place", 120)
        proof.note, proof.file_ids, proof.document_sha256 = reason, files, document_sha256
        if keep_proof(proof) is None:
            raise AlreadyDone("logistics.proven", _("This delivery is proven already."))
        settle_delivery(row, delivered_at, proof, by=by)
    return proof


def _by_hand(row: Consignment, at: datetime, *, by: Actor) -> ProofOfDelivery:
    own = by.kind != "operator"
    return ProofOfDelivery(
        consignment=row,
        source="manual",
        delivered_at=at,
        entered_as="consignee" if own else "operator",
        entered_by=by.person_id,
        company_id=by.company_id if own else None,
    )


def _shown(file_ids: Iterable[UUID], row: Consignment, by: Actor) -> list[str]:
    """The pictures become visible to both sides; NotVisible for files the actor may not see."""
    wanted = list(dict.fromkeys(file_ids))
    if len(wanted) > MOST_FILES:
        raise Refused("logistics.too_many_files", _("At most 10 files, please."), field="file_ids", status=422)
    known = files_by_id(wanted, by) if wanted else {}
    if any(one not in known or (by.company_id is not None and known[one].owner_id != by.company_id) for one in wanted):
        raise NotVisible
    for one in wanted:
        for company_id in (row.shipper_id, row.consignee_id):
            if company_id != known[one].owner_id:
                share_file(one, company_id, by=by)
    return [str(one) for one in wanted]
