"""Standings for programs: the same numbers and sentences as on the pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from everfair.base.actor import NOBODY, Actor
from everfair.base.allow import allow
from everfair.base.api import write
from everfair.base.roles import EVERYONE, MEMBER
from everfair.companies.queries import company_by_number, company_of
from everfair.companies.roles import OWNING
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET
from everfair.trust import actions, queries
from everfair.trust.pages.standing_faces import PillarFace, face_of, hints_of
from everfair.trust.schemas import (
    CompanyStandingOut,
    CountStandingIn,
    MarketName,
    OwnStandingOut,
    StandingDay,
    StandingPillar,
    StandingReason,
)

router = Router(tags=["Standing"])


@router.get("/standing", response=OwnStandingOut)
@allow(MEMBER, scope="company:read")
def get_own_standing(request: HttpRequest, market: MarketName = DEFAULT_MARKET) -> Any:
    """How the company stands in a market, and what would raise the lowest of the four."""
    return _own(request.actor, market)  # type: ignore[attr-defined]


@router.post("/standing/count", response=OwnStandingOut)
@allow(OWNING, scope="company:write")
@write
def count_own_standing(request: HttpRequest, payload: CountStandingIn) -> Any:
    """Count it now. Refused (`trust.counted_lately`) more often than `trust.refresh_hours` says; at night it is counted by itself."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.ask_for_counting(payload.market, by=actor)
    return _own(actor, payload.market)


@router.get("/companies/{number}/standing", response=CompanyStandingOut)
@allow(EVERYONE)
def get_company_standing(request: HttpRequest, number: int, market: MarketName = DEFAULT_MARKET) -> Any:
    """How a supplier stands, as everybody sees it."""
    company = company_by_number(number, NOBODY)
    return CompanyStandingOut(**_body(company.pk, company.number, market))


def _own(actor: Actor, market: str) -> OwnStandingOut:
    assert actor.company_id is not None
    body = _body(actor.company_id, company_of(actor).number, market)
    row = queries.latest_standing(actor.company_id, market)
    return OwnStandingOut(**body, hints=hints_of(row, rules_at(market)) if row else [])


def _body(company_id: Any, number: int, market: str) -> dict[str, Any]:
    face = face_of(queries.standing_history(company_id, market))
    body: dict[str, Any] = {
        "company_number": number, "market": market, "day": None, "stars": None, "days": 0, "orders": 0, "least_orders": 0, "verdict": "",
        "pillars": [], "history": [],
    }  # fmt: skip
    if face is not None:
        body |= {
            "day": face.row.day, "stars": face.stars, "days": face.days, "orders": face.orders, "least_orders": face.least,
            "verdict": face.verdict, "pillars": [_pillar(each) for each in face.pillars],
            "history": [
                StandingDay(day=row.day, stars=row.stars, goods=int(row.goods), delivery=int(row.delivery), service=int(row.service),
                            honesty=int(row.honesty))
                for row in face.history
            ],
        }  # fmt: skip
    return body


def _pillar(face: PillarFace) -> StandingPillar:
    reasons = [
        StandingReason(measure=each.measure, points=each.points, weight=f"{each.weight.normalize():f}", sentence=each.sentence)
        for each in face.reasons
    ]
    return StandingPillar(pillar=face.name, points=face.points, reasons=reasons)
