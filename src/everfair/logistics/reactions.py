"""Who is told of goods on their way. Safe to repeat: the consignment is the cause."""

from __future__ import annotations

from everfair.base.actor import SYSTEM
from everfair.base.events import on
from everfair.events.logistics import ConsignmentDelivered, ConsignmentLost, ConsignmentPaperAdded, ConsignmentReturned
from everfair.logistics.queries import consignment
from everfair.messaging.actions import notify

RECEIVERS, SENDERS = ("owner", "buyer"), ("owner", "seller")


@on(ConsignmentDelivered, subscriber="logistics")
def tell_of_delivery(fact: ConsignmentDelivered) -> None:
    _tell(fact, "consignment.delivered")


@on(ConsignmentLost, subscriber="logistics")
def tell_of_loss(fact: ConsignmentLost) -> None:
    _tell(fact, "consignment.lost")


@on(ConsignmentReturned, subscriber="logistics")
def tell_of_return(fact: ConsignmentReturned) -> None:
    _tell(fact, "consignment.returned")


@on(ConsignmentPaperAdded, subscriber="logistics")
def tell_of_paper(fact: ConsignmentPaperAdded) -> None:
    """The other side hears of it, once for each kind of document."""
    row = consignment(fact.consignment_id, SYSTEM)
    mine = fact.company_id == row.shipper_id
    other, roles = (row.consignee_id, RECEIVERS) if mine else (row.shipper_id, SENDERS)
    cause = f"consignment.paper:{row.pk}:{fact.code}:{fact.company_id}"
    notify(other, roles, "consignment.paper", f"/consignments/{row.pk}/", cause, number=row.tracking_number or row.carrier)


def _tell(fact: ConsignmentDelivered | ConsignmentLost | ConsignmentReturned, kind: str) -> None:
    row = consignment(fact.consignment_id, SYSTEM)
    link, cause = f"/consignments/{row.pk}/", f"{kind}:{row.pk}"
    for company_id, roles in ((row.consignee_id, RECEIVERS), (row.shipper_id, SENDERS)):
        notify(company_id, roles, kind, link, cause, number=row.tracking_number or row.carrier)
