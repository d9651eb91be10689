"""Who is who in an order; a stage is looked at through its order."""

from __future__ import annotations

from typing import Any

from everfair.base.actor import Actor
from everfair.base.roles import Role
from everfair.companies.roles import BUYING, MONEY_KEEPING, SELLING


def _order(subject: Any) -> Any:
    return getattr(subject, "order", subject)


def _is_buyer(actor: Actor, subject: Any) -> bool:
    return actor.company_id is not None and actor.company_id == _order(subject).buyer_id


def _is_seller(actor: Actor, subject: Any) -> bool:
    return actor.company_id is not None and actor.company_id == _order(subject).seller_id


buyer = Role("buyer", _is_buyer) & BUYING
seller = Role("seller", _is_seller) & SELLING
# Paying may also be the finance clerk's.
buyers_purse = Role("buyer", _is_buyer) & (BUYING | MONEY_KEEPING)


def _proposed(actor: Actor, subject: Any) -> bool:
    return (seller if subject.side == "seller" else buyer).admits(actor, subject)


def _answers(actor: Actor, subject: Any) -> bool:
    return (buyer if subject.side == "seller" else seller).admits(actor, subject)


# Of what one side lays before the other (new terms, more time): who did, and who answers.
proposer, answerer = Role("proposer", _proposed), Role("answerer", _answers)
