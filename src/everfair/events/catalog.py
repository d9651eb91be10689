"""What happened to offers."""

from uuid import UUID

from everfair.base.events import event


@event
class OfferPublished:
    offer_id: UUID
    company_id: UUID


@event
class OfferChanged:
    offer_id: UUID
    company_id: UUID


@event
class OfferWithdrawn:
    offer_id: UUID
    company_id: UUID


@event
class OffersImported:
    import_id: UUID
    company_id: UUID
