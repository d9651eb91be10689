"""What was asked and decided about who companies are."""

from uuid import UUID

from everfair.base.events import event


@event
class VerificationSubmitted:
    verification_id: UUID
    company_id: UUID
    market: str
    level: str


@event
class VerificationDrawn:
    """Two people were drawn, or drawn anew."""

    verification_id: UUID
    company_id: UUID
    maker_id: UUID
    checker_id: UUID


@event
class VerificationAsked:
    """The reviewer needs something more of the company."""

    verification_id: UUID
    company_id: UUID


@event
class VerificationDecided:
    """`granted` or refused, by the second of two people."""

    verification_id: UUID
    company_id: UUID
    market: str
    level: str
    granted: bool


@event
class VerificationLapsed:
    """Its earliest evidence became too old."""

    verification_id: UUID
    company_id: UUID
    market: str
    level: str


@event
class LinkDeclared:
    """One of the staff has something to do with a company: this person never reviews it."""

    company_id: UUID
    person_id: UUID
    kind: str


@event
class FactCorrected:
    """A granted appeal made one fact of a company void: the one that event `answered_seq` had told. `side` is buyer or seller."""

    company_id: UUID
    side: str
    market: str
    answered_seq: int
    appeal_id: UUID
    reason: str


@event
class StandingChanged:
    """A supplier's stars or one of its four numbers are others than before."""

    company_id: UUID
    market: str


@event
class StandingsCounted:
    """Every standing of a market was counted anew, as each night; `changed` of them are others than before."""

    run_id: UUID
    market: str
    changed: int


@event
class SanctionListReplaced:
    """A new edition of a list is in force: every company is screened anew."""

    list_id: UUID
    source: str
    parties: int


@event
class HitFound:
    """A name of a company is like one on a list: a person says whether it is the same."""

    hit_id: UUID
    company_id: UUID


@event
class HitDecided:
    """`confirmed`: it is the same, and the company is stopped; else somebody else."""

    hit_id: UUID
    company_id: UUID
    confirmed: bool
