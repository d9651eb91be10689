"""Exchange rates and what covers our own positions, over the API: for an operator's own session only, no key opens it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Form, Router, UploadedFile

from everfair.base.allow import allow
from everfair.base.api import MoneyOut, write
from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.office import actions
from everfair.office.schemas.exchanging import CoverIn, CoverOut, CoversOut, CoverSumIn, RatesTakenOut
from everfair.payments import queries
from everfair.payments.roles import cashier

router = Router(tags=["Office: currencies"])


@router.post("/office/fx/rates", response={201: RatesTakenOut})
@allow(cashier)
@write
def take_rates(
    request: HttpRequest,
    file: UploadedFile = File(...),  # noqa: B008
    allow_jumps: bool = Form(False),
) -> Any:
    """Take a file of the European Central Bank (XML, CSV, zip) whole, or refuse it whole with the reason. The same file twice is harmless."""
    done = actions.take_rates(file.name or "rates", file.read(), allow_jumps, by=request.actor)  # type: ignore[attr-defined]
    return 201, RatesTakenOut(**{name: getattr(done, name) for name in ("source", "first_on", "last_on", "new", "known")})


@router.get("/office/fx/covers", response=CoversOut)
@allow(cashier)
def list_covers(request: HttpRequest) -> Any:
    """Exchanges at our bank: those that wait for a second person first, then the newest, at most 50."""
    return {"covers": [_shown(row) for row in queries.covers()]}


@router.post("/office/fx/covers", response={201: CoverOut})
@allow(cashier, proof="fresh")
@write
def note_cover(request: HttpRequest, payload: CoverIn) -> Any:
    """Note an exchange at our bank; another person books it."""
    made = actions.note_cover(
        new_id(),
        sold=_sum(payload.sold, "sold"),
        bought=_sum(payload.bought, "bought"),
        traded_on=payload.traded_on,
        bank_ref=payload.bank_ref,
        by=request.actor,  # type: ignore[attr-defined]
    )
    return 201, _shown(made)


@router.post("/office/fx/covers/{uuid:cover_id}/book", response=CoverOut)
@allow(cashier, proof="fresh")
@write
def book_cover(request: HttpRequest, cover_id: UUID) -> Any:
    """The second person: the position becomes smaller, and what was gained or lost is booked. 403 for who noted it."""
    return _shown(actions.answer_cover(cover_id, "book", by=request.actor))  # type: ignore[attr-defined]


@router.post("/office/fx/covers/{uuid:cover_id}/withdraw", response=CoverOut)
@allow(cashier, proof="fresh")
@write
def withdraw_cover(request: HttpRequest, cover_id: UUID) -> Any:
    """It was a mistake: nothing is booked."""
    return _shown(actions.answer_cover(cover_id, "withdraw", by=request.actor))  # type: ignore[attr-defined]


def _shown(row: Any) -> CoverOut:
    return CoverOut(
        id=row.pk, sold=MoneyOut.of(row.sold), bought=MoneyOut.of(row.bought), traded_on=row.traded_on, bank_ref=row.bank_ref,
        state=row.state, result=MoneyOut.of(row.result) if row.result is not None else None,
    )  # fmt: skip


def _sum(given: CoverSumIn, field: str) -> Money:
    try:
        return Money.of(given.amount, given.currency)
    except ValueError:
        raise Refused("base.amount", _("This is no amount of this currency."), field=field, status=422) from None
