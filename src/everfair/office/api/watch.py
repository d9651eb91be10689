"""The watch over money for the operator's programs: the state of the books, the freeze of payouts, what is owed on credit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from everfair.base.allow import allow
from everfair.base.api import MoneyOut, write
from everfair.base.roles import OPERATOR
from everfair.ledger.queries import freezes, state_of_the_books
from everfair.office import actions
from everfair.office.schemas.plain import WhyIn
from everfair.office.schemas.watch import BooksStateOut, CreditExposureOut
from everfair.payments.queries import exposure

router = Router(tags=["Office: watch"])


@router.get("/office/books/state", response=BooksStateOut)
@allow(OPERATOR)
def get_books_state(request: HttpRequest) -> Any:
    return _state()


@router.post("/office/freezes", response={201: BooksStateOut})
@allow(OPERATOR, proof="fresh")
@write
def freeze_payouts(request: HttpRequest, payload: WhyIn) -> Any:
    """Nothing is paid out from now on. 409 while a freeze stands."""
    actions.freeze(payload.reason, by=request.actor)  # type: ignore[attr-defined]
    return 201, BooksStateOut(**_state())


@router.post("/office/freezes/{uuid:freeze_id}/lift", response=BooksStateOut)
@allow(OPERATOR, proof="fresh")
@write
def lift_freeze(request: HttpRequest, freeze_id: UUID, payload: WhyIn) -> Any:
    """One operator's word that payouts may go on; the second ends the freeze."""
    actions.lift(freeze_id, payload.reason, by=request.actor)  # type: ignore[attr-defined]
    return BooksStateOut(**_state())


def _state() -> dict[str, Any]:
    found = state_of_the_books()
    stories = [
        {"id": row.id, "open": row.is_open, "placed": _word(row.placed), "words": [_word(word) for word in row.words]}
        for row in freezes()
    ]
    return {"standing": found.standing, "checkpoints": found.checkpoints, "freezes": stories}


def _word(said: Any) -> dict[str, Any]:
    return {"by": said.by, "said_at": said.at, "reason": said.reason}


@router.get("/office/credit", response=list[CreditExposureOut])
@allow(OPERATOR)
def list_credit_exposure(request: HttpRequest) -> Any:
    """Lines of trade credit by which something is owed, the largest debts of each currency first. At most 500."""
    return [
        {"credit": row.line.pk, "seller": row.line.seller_id, "buyer": row.line.buyer_id, "limit": MoneyOut.of(row.line.limit)}
        | {"owed": MoneyOut.of(row.line.drawn)}
        | {name: MoneyOut.of(getattr(row, name)) for name in ("held", "due", "overdue")}
        for row in exposure()
    ]
