"""Documents that go with the goods: uploaded by one side, seen by both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.events import emit
from everfair.base.ids import new_id
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask
from everfair.base.states import lock
from everfair.base.together import part
from everfair.events.logistics import ConsignmentPaperAdded
from everfair.files.actions import share_file
from everfair.files.queries import files_by_id
from everfair.logistics.models import Consignment
from everfair.logistics.queries import consignments_visible_to
from everfair.logistics.roles import consignee, shipper
from everfair.reference.queries import PAPERS

MOST_PAPERS = 60  # of one consignment


def add_papers(consignment_id: UUID, papers: Mapping[str, Sequence[UUID]], *, by: Actor) -> Consignment:
    """Show documents to the other side: code of the document → ids of files of the actor's own company.

    Either side may, also after the delivery, because some papers come later than the goods. Refuses an unknown code, somebody else's
    files (NotVisible), more than sixty files, and everybody who is no side (403). The same file again changes nothing.
    """
    with part():
        row = lock(consignments_visible_to(by), consignment_id)
        if not (shipper | consignee).admits(by, row):
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        keep_papers(row, papers, by=by)
    return row


def keep_papers(row: Consignment, papers: Mapping[str, Sequence[UUID]], *, by: Actor) -> None:
    """The same for a consignment that the caller has made or locked."""
    if not all(code in PAPERS for code in papers):
        raise Refused("logistics.paper", _("Please choose which document it is."), field="code", status=422)
    wanted = {file_id for ids in papers.values() for file_id in ids}
    if not wanted or by.company_id is None:
        return
    known = files_by_id(wanted, by)
    if any(one not in known or known[one].owner_id != by.company_id for one in wanted):
        raise NotVisible
    if (
        len(wanted) + ask("SELECT count(*) FROM logistics_consignmentpaper WHERE consignment_id = %s", [row.pk])[0][0]
        > MOST_PAPERS
    ):
        raise Refused("logistics.too_many_papers", _("At most 60 files for one consignment, please."), field="files", status=422)
    for code, ids in papers.items():
        new = [one for one in dict.fromkeys(ids) if ask(_KEEP, [new_id(), row.pk, code, one, by.company_id, by.person_id])]
        if new:
            emit(ConsignmentPaperAdded(row.pk, row.subject, by.company_id, code), by=by)
    for one in wanted:
        share_file(one, [row.shipper_id, row.consignee_id], by=by)


_KEEP = """
    INSERT INTO logistics_consignmentpaper (id, consignment_id, code, file_id, company_id, added_by) VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (consignment_id, code, file_id) DO NOTHING RETURNING 1
"""
