"""Consignments of something."""

from uuid import UUID

from everfair.logistics.models import Consignment


def consignment_of(subject: UUID) -> Consignment | None:
    """The newest consignment of an order."""
    return Consignment.objects.filter(subject=subject).order_by("-id").first()
