"""Who is who in an order; a stage is looked at through its order."""

from __future__ import annotations

from typing import Any

from everfair.base.actor import Actor
from everfair.base.roles import Role
from everfair.companies.roles import BUYING, MONEY_KEEPING, SELLING, TRADING


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
    return _is_buyer(actor, subject) if subject.side == "buyer" else _is_seller(actor, subject)


def _answers(actor: Actor, subject: Any) -> bool:
    return _is_seller(actor, subject) if subject.side == "buyer" else _is_buyer(actor, subject)


# Of an amendment: the side that proposes it, and the other one.
proposer = Role("proposer", _proposed) & TRADING
answerer = Role("answerer", _answers) & TRADING
