"""What a supplier shows for a stage, and what the buyer says to it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.deadlines import clear_deadline, set_deadline
from everfair.base.events import emit
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import insert
from everfair.base.states import stepping
from everfair.base.together import part
from everfair.companies.queries import refuse_stopped
from everfair.events.trade import WorkConfirmed, WorkSentBack, WorkShown
from everfair.files.actions import share_file
from everfair.files.queries import files_by_id
from everfair.markets.plans import PROOFS
from everfair.trade.actions.stages import call_shown, locked_order, locked_stages, release_stages
from everfair.trade.models import Acceptance, Order, Shown, Stage
from everfair.trade.queries.calendars import due
from everfair.trade.queries.moves import waited_for
from everfair.trade.queries.orders import order as order_of
from everfair.trade.roles import buyer, seller

MOST_FILES = 10


def show_work(order_id: UUID, kind: str, file_ids: Sequence[UUID], note: str = "", *, by: Actor) -> Shown:
    """The seller shows pictures of production or a copy of the shipping document: the buyer may open the files.

    What waits for it falls due; a held stage that ends with it waits for the buyer's word, with a deadline. May be shown again
    while the buyer has not answered. Refuses (field `files`) no file, too many, or files that are not the seller's own, pictures
    where pictures are asked; and showing before money is held, or a shipping document before goods are shipped.
    """
    if kind not in PROOFS:
        raise Refused("trade.shown_kind", _("Please say what you show."), field="kind", status=422)
    wanted = list(dict.fromkeys(file_ids))
    if not 1 <= len(wanted) <= MOST_FILES:
        raise Refused("trade.shown_files", _("Please add between 1 and 10 files."), field="files", status=422)
    with part():
        order = locked_order(order_id, by=by)
        stages = locked_stages(order)
        if not seller.admits(by, order):
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        if order.agreement != "agreed" or order.issue == "open" or kind not in waited_for(order, stages):
            raise Refused("trade.nothing_to_show", _("Nothing waits for this now."))
        _share(wanted, kind, order, by)
        shown = Shown(order=order, kind=kind, file_ids=[str(file_id) for file_id in wanted], note=note, by=by.label)
        insert(shown)
        for stage in stages:
            if stage.state == "funded" and stage.ends_on == kind:
                with stepping(stage, "present", by=by):
                    set_deadline("trade.confirm", order.pk, due(order, "trade.confirm_days"))
        emit(WorkShown(order.pk, shown.pk, kind), by=by)
        call_shown(order, stages, kind, by=by)
    return shown


def _share(file_ids: list[UUID], kind: str, order: Order, by: Actor) -> None:
    known = files_by_id(file_ids, by)
    if any(file_id not in known or known[file_id].owner_id != by.company_id for file_id in file_ids):
        raise NotVisible
    if kind == "production_photo" and any(not known[file_id].blob.media_type.startswith("image/") for file_id in file_ids):
        raise Refused("trade.shown_pictures", _("Pictures, please: JPEG, PNG or WebP."), field="files", status=422)
    for file_id in file_ids:
        share_file(file_id, order.buyer_id, by=by)


def confirm_work(order_id: UUID, n: int, *, by: Actor) -> Order:
    """The buyer has seen what the supplier showed for this stage, and it is right: the stage is paid out, for good (I7).

    Refuses while a stop on release stands (I17) or an issue is open (I8).
    """
    with part():
        order, stage = _presented(order_id, n, by)
        with stepping(stage, "confirm", by=by):
            accepted = Acceptance(order=order, stage=stage, by=by.label)
            insert(accepted)
        clear_deadline("trade.confirm", order.pk)
        emit(WorkConfirmed(order.pk, stage.pk), by=by)
        release_stages(order, "acceptance", accepted.pk, only=stage.pk, by=by)
    return order


def send_work_back(order_id: UUID, n: int, reason: str, *, by: Actor) -> Order:
    """The buyer wants to see more or better; nothing is paid. The reason is the supplier's to read."""
    with part():
        order, stage = _presented(order_id, n, by)
        with stepping(stage, "send_back", by=by, reason=reason):
            pass
        clear_deadline("trade.confirm", order.pk)
        emit(WorkSentBack(order.pk, stage.pk), by=by)
    return order


def _presented(order_id: UUID, n: int, by: Actor) -> tuple[Order, Stage]:
    seen = order_of(order_id, by, sides=False)
    refuse_stopped([seen.buyer_id, seen.seller_id], "release")
    order = locked_order(order_id, by=by)
    if not buyer.admits(by, order):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    stage = next((stage for stage in locked_stages(order) if stage.n == n), None)
    if stage is None:
        raise NotVisible
    if order.agreement != "agreed" or order.issue == "open" or stage.state != "funded":
        raise Refused("trade.not_open", _("This order is not open."))
    return order, stage
