"""What happened to claims: what standing is made of. The subject is always the claim."""

from decimal import Decimal
from uuid import UUID

from everfair.base.events import event
from everfair.base.money import Money


@event
class ClaimOpened:
    """`reasons`: of its lines, comma-separated; `held` is what froze, nothing where the seller had been paid."""

    claim_id: UUID
    order_id: UUID
    buyer_id: UUID
    seller_id: UUID
    reasons: str
    amount: Money
    held: Money
    number: int = 0
    market: str = ""


@event
class ClaimAnswered:
    claim_id: UUID
    order_id: UUID
    buyer_id: UUID
    seller_id: UUID
    number: int = 0
    market: str = ""


@event
class ClaimUnanswered:
    """The supplier let the time to answer pass."""

    claim_id: UUID
    order_id: UUID
    buyer_id: UUID
    seller_id: UUID
    number: int = 0
    market: str = ""


@event
class RemedyOffered:
    claim_id: UUID
    order_id: UUID
    side: str
    remedy: str


@event
class ClaimInspectionOrdered:
    """A third company is to look at the contested goods; `side`: buyer, seller or arbitrator."""

    claim_id: UUID
    order_id: UUID
    inspection_id: UUID
    side: str


@event
class ClaimSettled:
    """Ended by both, or by what both had agreed to; `remedy` is «dropped» where the goods were not sent back."""

    claim_id: UUID
    order_id: UUID
    buyer_id: UUID
    seller_id: UUID
    remedy: str
    to_buyer: Money
    number: int = 0
    market: str = ""


@event
class RemedyAgreed:
    """Goods travel first: a return, or a replacement. `side` accepted the other's offer."""

    claim_id: UUID
    order_id: UUID
    side: str
    remedy: str


@event
class GoodsOnTheWay:
    """Handed over within a claim; `side` sent them."""

    claim_id: UUID
    order_id: UUID
    side: str


@event
class ClaimEscalated:
    claim_id: UUID
    order_id: UUID
    by: str


@event
class ClaimWithdrawn:
    claim_id: UUID
    order_id: UUID
    buyer_id: UUID
    seller_id: UUID
    number: int = 0
    market: str = ""


@event
class RulingGiven:
    """Open to appeal until its deadline."""

    claim_id: UUID
    order_id: UUID
    instance: int


@event
class RulingAppealed:
    claim_id: UUID
    order_id: UUID
    side: str


@event
class RulingOverdue:
    """An arbitrator let the deadline pass; the case was given to somebody else. For the operator."""

    claim_id: UUID
    order_id: UUID
    person_id: UUID


@event
class ClaimRuled:
    """Final: no appeal is possible any more."""

    claim_id: UUID
    order_id: UUID
    buyer_id: UUID
    seller_id: UUID
    ground: str
    buyer_share: Decimal
    to_buyer: Money
    number: int = 0
    market: str = ""
