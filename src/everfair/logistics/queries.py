"""Consignments of something."""

from uuid import UUID

from everfair.base.rows import find_one
from everfair.logistics.models import Consignment


def consignment_of(subject: UUID) -> Consignment | None:
    """The newest consignment of an order."""
    return find_one(Consignment, "subject = %s ORDER BY id DESC LIMIT 1", [subject])
