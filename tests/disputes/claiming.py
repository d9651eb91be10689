"""A claim brought by its real verbs to where a test begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from everfair.base.actor import Actor
from everfair.base.clock import advance
from everfair.base.deadlines import fire_due
from everfair.base.models import Event
from everfair.base.money import Money
from everfair.companies.models import Person
from everfair.companies.queries import actor_of_person
from everfair.disputes import actions
from everfair.disputes.actions import Complaint
from everfair.disputes.models import Claim
from everfair.disputes.queries import exhibits_of, offers_standing
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance
from everfair.ledger.values import wallet
from tests import make


def usd(text: str) -> Money:
    return Money.of(text, "USD")


def arbitrator(role: str = "arbitrator", **columns: Any) -> Actor:
    return actor_of_person(judge(role, **columns))


def judge(role: str = "arbitrator", **columns: Any) -> Person:
    return make.person(is_staff_member=True, staff_roles=[role], **columns)


@dataclass
class Case:
    trade: make.Trade
    claim: Claim

    def fresh(self) -> Claim:
        self.claim = Claim.objects.select_related("order", "buyer", "seller").get(pk=self.claim.pk)
        return self.claim

    @property
    def state(self) -> str:
        return self.fresh().state

    def judge(self) -> Actor:
        """The arbitrator whose case it is."""
        return actor_of_person(Person.objects.get(pk=self.fresh().arbitrator_id))

    def offer_of(self, side: str) -> Any:
        return offers_standing(self.claim)[side].pk

    def wallets(self) -> tuple[int, int]:
        """(buyer, seller) in cents."""
        order = self.trade.order
        return tuple(balance(wallet(side, "USD"), "USD").posted.minor for side in (order.buyer_id, order.seller_id))  # type: ignore[return-value]

    def rule(self, amount: str, ground: str = "defective_goods", **more: Any) -> Claim:
        seen = len(exhibits_of(self.claim))
        return actions.rule_claim(
            self.claim.pk,
            ground,
            usd(amount),
            "Photographs show it.",
            seen=more.get("seen", seen),
            by=more.get("by") or self.judge(),
        )


def claimed(
    amount: str = "100.00", *, reason: str = "defective", remedy: str = "refund", trade: make.Trade | None = None, **more: Any
) -> Case:
    """An order of 420.00 USD, shipped and held in two stages (126.00 and 294.00), with a claim on its one line."""
    trade = trade or make.trade("shipped")
    claim = actions.open_claim(
        trade.order.pk, [Complaint(1, reason)], remedy, usd(amount), "A quarter does not fit.", by=trade.buyer, **more
    )
    return Case(trade, claim)


def escalated(amount: str = "100.00", **more: Any) -> Case:
    """With an arbitrator; there are two of them."""
    judge(), judge()
    case = claimed(amount, **more)
    advance(timedelta(days=4))
    actions.escalate_claim(case.claim.pk, by=case.trade.buyer)
    case.fresh()
    return case


def ruled(amount: str = "100.00", **more: Any) -> Case:
    case = escalated(**more)
    case.rule(amount)
    case.fresh()
    return case


def later(days: float) -> None:
    """So many days pass, and the clock does what is due."""
    advance(timedelta(days=days, seconds=1))
    while fire_due():
        pass


def nothing_is_wrong() -> bool:
    return [proof for proof in prove() if proof.breach] == []


STATES: dict[str, Callable[[], Case]] = {}


def reach(name: str) -> Callable[[Callable[[], Case]], Callable[[], Case]]:
    def register(function: Callable[[], Case]) -> Callable[[], Case]:
        STATES[name] = function
        return function

    return register


@reach("answering")
def _answering() -> Case:
    judge(), judge()
    return claimed()


@reach("talking")
def _talking() -> Case:
    case = _answering()
    actions.answer_claim(case.claim.pk, "We see it.", remedy="refund", amount=usd("50.00"), by=case.trade.seller)
    return case


def _agreed(remedy: str) -> Case:
    case = _answering()
    actions.offer_remedy(case.claim.pk, remedy, usd("80.00"), by=case.trade.seller)
    actions.accept_offer(case.claim.pk, case.offer_of("seller"), by=case.trade.buyer)
    return case


@reach("returning")
def _returning() -> Case:
    return _agreed("return")


@reach("returned")
def _returned() -> Case:
    case = _returning()
    actions.hand_over_return(case.claim.pk, "DHL", "JJD1", by=case.trade.buyer)
    return case


@reach("replacing")
def _replacing() -> Case:
    return _agreed("replace")


@reach("replaced")
def _replaced() -> Case:
    case = _replacing()
    actions.send_again(case.claim.pk, "SF", "SF1", by=case.trade.seller)
    return case


@reach("arbitration")
def _arbitration() -> Case:
    return escalated()


@reach("proposed")
def _proposed() -> Case:
    case = escalated(trade=big())
    case.rule("100.00")
    return case


def big() -> make.Trade:
    """Above the sum from which two people rule."""
    return make.trade("shipped", tiers=[["100", "50.00"], ["1000", "42.00"]])


@reach("ruled")
def _ruled() -> Case:
    return ruled()


@reach("settled")
def _settled() -> Case:
    case = _talking()
    actions.accept_offer(case.claim.pk, case.offer_of("seller"), by=case.trade.buyer)
    return case


@reach("dropped")
def _dropped() -> Case:
    case = _returning()
    later(10)
    return case


@reach("decided")
def _decided() -> Case:
    case = _ruled()
    later(7)
    return case


@reach("withdrawn")
def _withdrawn() -> Case:
    case = _answering()
    actions.withdraw_claim(case.claim.pk, by=case.trade.buyer)
    return case


@contextmanager
def refused(code: str) -> Iterator[None]:
    import pytest

    from everfair.base.refused import Refused

    with pytest.raises(Refused) as said:
        yield
    assert said.value.code == code


def facts(case):
    return list(Event.objects.filter(subject=case.claim.pk).order_by("seq").values_list("name", flat=True))


def leaves(case: Case) -> list[tuple[str, str]]:
    """The inspection's leaves of the file: (side, verb). As the worker leaves it after every report."""
    actions.read_inspections(case.claim.pk)
    return [(row.side, row.verb) for row in exhibits_of(case.claim) if row.kind == "inspection"]
