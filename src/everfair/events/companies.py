"""What companies and their people did."""

from uuid import UUID

from everfair.base.events import event


@event
class CompanyRegistered:
    company_id: UUID


@event
class CompanyVerified:
    company_id: UUID


@event
class CompanyProfileChanged:
    company_id: UUID


@event
class PersonInvited:
    company_id: UUID
    invitation_id: UUID


@event
class MembershipChanged:
    company_id: UUID
    person_id: UUID


@event
class StopPlaced:
    company_id: UUID
    stop_id: UUID
    kind: str


@event
class StopLifted:
    company_id: UUID
    stop_id: UUID
    kind: str
