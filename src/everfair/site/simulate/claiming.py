"""A claim: both sides talk, goods travel, arbitrators rule."""

from __future__ import annotations

from itertools import islice

from everfair.base.actor import Actor
from everfair.base.money import Money
from everfair.disputes import actions
from everfair.disputes.models import REMEDIES, Claim
from everfair.disputes.queries import exhibits_of, moves_of, offers_standing, rulings_of
from everfair.disputes.queries.claims import held_now
from everfair.disputes.queries.desk import may_judge
from everfair.site.simulate.lives import Life, Try, person_of

GROUNDS = ("defective_goods", "not_proven")


def tries(life: Life) -> list[Try]:
    claim = life.open_claim
    if claim is None:
        return []
    found: list[Try] = []
    for by, other in ((life.buyer, "seller"), (life.seller.by, "buyer")):
        may = moves_of(claim, by)
        if "answer" in may:
            found.append(Try(0.6, "answer", lambda by=by: actions.answer_claim(claim.pk, "We see it.", by=by)))
        if "offer" in may:
            found.append(Try(0.4, "offer", lambda by=by: _offer(life, claim, by)))
        if "accept" in may:
            found.append(Try(0.25, "accept", lambda by=by, other=other: _accept(claim, other, by)))
        if "evidence" in may:
            found.append(Try(0.2, "evidence", lambda by=by: actions.lay_down_evidence(claim.pk, "One more picture.", by=by)))
        if "withdraw" in may:
            found.append(Try(0.06, "withdraw", lambda by=by: actions.withdraw_claim(claim.pk, by=by)))
        if "escalate" in may:
            found.append(Try(0.3, "escalate", lambda by=by: actions.escalate_claim(claim.pk, "No more.", by=by)))
        if "appeal" in may:
            found.append(Try(0.15, "appeal", lambda by=by: actions.appeal_ruling(claim.pk, "Other goods.", by=by)))
        if "waive" in may:
            found.append(Try(0.3, "waive appeal", lambda by=by: actions.waive_appeal(claim.pk, by=by)))
        if "hand_over" in may:
            found.append(Try(0.3, "hand over", lambda by=by: actions.hand_over_return(claim.pk, "DHL", "JJD1", by=by)))
        if "take_back" in may:
            found.append(Try(0.3, "take back", lambda by=by: actions.take_back(claim.pk, by=by)))
        if "send_again" in may:
            found.append(Try(0.3, "send again", lambda by=by: actions.send_again(claim.pk, "SF", "SF1", by=by)))
        if "take_replacement" in may:
            found.append(Try(0.3, "take replacement", lambda by=by: actions.take_replacement(claim.pk, by=by)))
    if claim.state in ("arbitration", "proposed"):
        found += _desk(life, claim)
    return found


def _offer(life: Life, claim: Claim, by: object) -> None:
    most = held_now(claim.order) if claim.held_minor else claim.amount
    amount = life.some(most, 1)
    actions.offer_remedy(claim.pk, life.chance.choice(REMEDIES), amount, "For good will.", by=by)  # type: ignore[arg-type]


def _accept(claim: Claim, other: str, by: object) -> None:
    actions.accept_offer(claim.pk, offers_standing(claim)[other].pk, by=by)  # type: ignore[arg-type]


def _desk(life: Life, claim: Claim) -> list[Try]:
    if claim.arbitrator_id is None:
        return [Try(1, "take case", lambda by=judge: actions.take_case(claim.pk, by=by)) for judge in _free(life, claim)]
    theirs = person_of(life.cast, claim.arbitrator_id)
    if claim.state == "arbitration":
        return [Try(0.35, "rule", lambda: _rule(life, claim, theirs))]
    others = _free(life, claim, but=theirs)
    ruling = rulings_of(claim)[-1]
    return [
        Try(0.3, "check own ruling", lambda: actions.check_ruling(claim.pk, ruling.pk, True, by=theirs)),
        *(Try(0.5, "check", lambda by=judge: actions.check_ruling(claim.pk, ruling.pk, True, by=by)) for judge in others),
        *(
            Try(0.2, "object", lambda by=judge: actions.check_ruling(claim.pk, ruling.pk, False, "Why?", by=by))
            for judge in others
        ),
    ]


def _free(life: Life, claim: Claim, *, but: Actor | None = None) -> list[Actor]:
    """The first of the cast's arbitrators who may judge this claim, in a list."""
    rest = (judge for judge in life.cast.judges.values() if judge is not but and may_judge(claim, judge.person_id))
    return list(islice(rest, 1))


def _rule(life: Life, claim: Claim, by: object) -> None:
    held = held_now(claim.order) if claim.held_minor else claim.amount
    part = life.chance.choice((Money.zero(held.currency), held, life.some(held), life.some(held)))
    actions.rule_claim(
        claim.pk,
        life.chance.choice(GROUNDS),
        part,
        "The pictures show it.",
        seen=len(exhibits_of(claim)),
        by=by,  # type: ignore[arg-type]
    )
