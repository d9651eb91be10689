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
# What the seller has been paid lies in a wallet: those who keep it give back.
sellers_purse = Role("seller", _is_seller) & MONEY_KEEPING


# What speaks against a chargeback may be handed in by whoever sells or keeps the money.
DEFENDING = SELLING | MONEY_KEEPING


def _proposed(actor: Actor, subject: Any) -> bool:
    return (seller if subject.side == "seller" else buyer).admits(actor, subject)


def _answers(actor: Actor, subject: Any) -> bool:
    return (buyer if subject.side == "seller" else seller).admits(actor, subject)


# Of what one side lays before the other (new terms, more time): who did, and who answers.
proposer, answerer = Role("proposer", _proposed), Role("answerer", _answers)


def _is_inspector(actor: Actor, subject: Any) -> bool:
    return actor.company_id is not None and actor.company_id == getattr(subject, "inspector_id", None)


def _is_customer(actor: Actor, subject: Any) -> bool:
    return actor.company_id is not None and actor.company_id == getattr(subject, "booked_by_id", None)


def _is_reporter(actor: Actor, subject: Any) -> bool:
    return actor.company_id is not None and actor.company_id == getattr(_order(subject), "inspected_by_id", None)


# An inspection is carried out by those who sell for the inspecting company; whoever booked it is its customer.
inspector = Role("inspector", _is_inspector) & SELLING
customer = Role("customer", _is_customer) & TRADING
customers_purse = Role("customer", _is_customer) & (TRADING | MONEY_KEEPING)
# The inspector whose report is being written: a pass lets a stage fall due. `locked_inspection` says who that is.
reporter = Role("inspector", _is_reporter) & SELLING
