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
class VerificationAdmitted:
    """Its turn came: reviewers are drawn for it. `waited`: it stood in the line for a while."""

    verification_id: UUID
    company_id: UUID
    waited: bool


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


@event
class PointsGiven:
    """Penalty points count from now on; `in_all` is what counts of the company with them, `until` the last day of these."""

    penalty_id: UUID
    company_id: UUID
    offence: str
    points: int
    in_all: int
    until: str


@event
class SanctionBegan:
    """The company's points reached a rung; `until` is its end, empty where it has none."""

    sanction_id: UUID
    company_id: UUID
    rung: str
    points: int
    until: str


@event
class SanctionEnded:
    """By its own day, or because points were struck (`lifted`)."""

    sanction_id: UUID
    company_id: UUID
    rung: str
    lifted: bool


@event
class PointsAppealed:
    appeal_id: UUID
    penalty_id: UUID
    company_id: UUID


@event
class PointsAppealDecided:
    """`decision` is upheld, reduced or struck; `left` is what the points count from now on."""

    appeal_id: UUID
    penalty_id: UUID
    company_id: UUID
    decision: str
    left: int


@event
class ComplaintMade:
    """One company complains about another, for a deal outside the platform; `until` is the accused's last moment to answer."""

    complaint_id: UUID
    company_id: UUID
    against_id: UUID
    until: str


@event
class ComplaintAnswered:
    complaint_id: UUID
    company_id: UUID
    against_id: UUID


@event
class ComplaintEnded:
    """`outcome` is founded, unfounded or settled."""

    complaint_id: UUID
    company_id: UUID
    against_id: UUID
    outcome: str


@event
class CompanyBlacklisted:
    """By two people; everybody reads why."""

    entry_id: UUID
    company_id: UUID


@event
class BlacklistAppealDecided:
    """`removed`: it is on the list no more."""

    entry_id: UUID
    company_id: UUID
    removed: bool


@event
class ReentryCaught:
    """A company shares something with a listed one; `kinds`, comma-separated, says what. For reviewers, never for the company."""

    reentry_id: UUID
    company_id: UUID
    entry_id: UUID
    kinds: str
