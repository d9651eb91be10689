"""Orders against plain Python that says the same: after every verb, whoever tries it and whenever, both must agree to the cent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from everfair.base import clock
from everfair.base.deadlines import fire_due
from everfair.base.models import Deadline
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, find, find_one
from everfair.base.together import all_or_nothing
from everfair.disputes import actions as disputes
from everfair.disputes.actions import Complaint
from everfair.disputes.models import Claim
from everfair.disputes.queries import exhibits_of, offers_standing
from everfair.ledger.proofs import prove
from everfair.ledger.values import fees, wallet
from everfair.logistics.actions import record_proof
from everfair.logistics.queries import consignments_of
from everfair.markets.plans import PLANS
from everfair.messaging.actions import read_notices
from everfair.payments.models import Intent
from everfair.trade import actions
from everfair.trade.actions import Change
from everfair.trade.models import Amendment, Extension, Inspection, Order, Stage
from everfair.trade.queries.calendars import late_from
from everfair.trade.queries.extensions import extensions_of, most_days
from everfair.trade.queries.inspecting import earliest_day, report_by
from everfair.trade.queries.reminding import reminded_enough
from everfair.trade.reactions import money_arrived
from tests import make
from tests.disputes.claiming import judge
from tests.trade.inspecting import BAD, FEE, GOOD, inspector, photo
from tests.trade.plain_order import PlainOrder, rest

pytestmark = pytest.mark.django_db
SIDES = st.sampled_from(("buyer", "seller"))
# Mostly whose turn it is: the other side's tries are there to be refused.
BUYER = st.sampled_from(("buyer", "buyer", "buyer", "seller"))
SELLER = st.sampled_from(("seller", "seller", "seller", "buyer"))
STAGE_NUMBERS = st.integers(1, 4)
REMEDIES = st.sampled_from(("refund", "discount", "return", "replace"))
CENTS = st.one_of(st.sampled_from((1, 12600, 21000, 42000)), st.integers(1, 60000))
PLAN = st.sampled_from(sorted(PLANS))
MOMENT = timedelta(seconds=1)


@contextmanager
def said() -> Iterator[list[bool]]:
    """Whether the real verb was done; a refusal undoes all of it."""
    outcome = [True]
    try:
        with all_or_nothing():
            yield outcome
    except (Refused, NotVisible):
        outcome[0] = False


def gather() -> tuple[Any, ...]:
    """Two sides, an inspector, their pictures, an offer and three arbitrators: the same for every example."""
    seller, buyer = make.company(country="CN"), make.company()
    who = {side: make.actor(each, who=make.member(each)) for side, each in (("buyer", buyer), ("seller", seller))}
    visitor = inspector()
    for _n in range(3):
        judge()
    pictures = {side: photo(by) for side, by in {**who, "inspector": visitor}.items()}
    return who, visitor, pictures, make.offer(seller)


class Orders(RuleBasedStateMachine):
    cast: tuple[Any, ...]
    at_issue: frozenset[str] = frozenset()  # how stages had ended before the issue was opened

    @initialize(plan=PLAN, reached=st.integers(0, 5))
    def place(self, plan: str, reached: int) -> None:
        """A new order, brought so far by the rules below: what is rare late in a life is tried as often as what is early."""
        self.who, self.inspector, self.pictures, goods = self.cast
        where: dict[str, Any] = {"incoterm": "FOB", "named_place": "Ningbo", "payment_plan": plan, "by": self.who["buyer"]}
        terms = actions.draft_order([(goods.pk, make.Decimal("1000"))], ship_by=clock.now().date() + timedelta(days=60), **where)
        self.pk = actions.place_order(terms, by=self.who["buyer"]).pk
        self.fees_before = ask(_FEES, {"fees": fees("USD")})[0][0]
        self.intents: dict[int, UUID] = {}
        self.claims: list[UUID] = []
        self.plain = PlainOrder(
            42000,
            1000,
            [
                {
                    "n": s.n,
                    "amount": s.amount_minor,
                    "parted": 0,
                    "state": "planned",
                    "work": "open",
                    "due_on": s.due_on,
                    "ends_on": s.ends_on,
                }
                for s in self.stages()
            ],
            self._day_has_come,
        )
        if reached >= 1:
            self.sign("seller")
        if reached >= 2:
            self.pay_all_that_is_due("buyer")
        if reached >= 3:
            if plan == "inspected":
                self.whole_inspection(True, "buyer")
            self.show_production("seller")
            self.pay_all_that_is_due("buyer")
            self.ship("seller")
        if reached >= 4:
            self.operator_proves_delivery()
        if reached == 5:
            self.open_claim("buyer", "refund", 12600)

    def _day_has_come(self) -> bool:
        """The contract names the fourteenth day before shipping, by our clock in UTC."""
        [day] = [stage.due_day for stage in self.stages() if stage.due_day is not None]
        return clock.now() >= datetime.combine(day, time(), tzinfo=UTC)

    # What stands in the database

    @property
    def order(self) -> Order:
        return find(Order, "id = %s", [self.pk])[0]

    def stages(self) -> list[Stage]:
        return find(Stage, "order_id = %s ORDER BY n", [self.pk])

    def claim(self) -> Claim | None:
        return Claim.objects.select_related("order", "buyer", "seller").filter(order_id=self.pk).order_by("-number").first()

    def do(self, expected: bool, verb: Callable[[], object]) -> None:
        with said() as outcome:
            verb()
        assert outcome[0] == expected, (
            f"the order {'did' if outcome[0] else 'refused'} what plain Python {'does' if expected else 'refuses'}"
        )

    def nothing(self) -> Any:
        raise Refused("test.nothing", "there is nothing of the kind")

    # ── agreeing and stepping back ──

    @rule(side=SELLER)
    def sign(self, side: str) -> None:
        self.do(self.plain.sign(side), lambda: actions.sign_order(self.pk, self.order.terms_hash, by=self.who[side]))

    @rule()
    def sign_other_terms(self) -> None:
        self.do(False, lambda: actions.sign_order(self.pk, "0" * 64, by=self.who["seller"]))

    @rule(side=SELLER)
    def decline(self, side: str) -> None:
        self.do(self.plain.decline(side), lambda: actions.decline_order(self.pk, "full", by=self.who[side]))

    @precondition(lambda self: self.plain.agreement != "offered" or len(self.plain.running) == 1)
    @rule(side=SIDES)
    def cancel(self, side: str) -> None:
        self.do(self.plain.cancel(side), lambda: actions.cancel_order(self.pk, "no", by=self.who[side]))

    @rule(side=SIDES)
    def call_off(self, side: str) -> None:
        late = clock.now() > late_from(self.order)
        self.do(self.plain.call_off(side, late), lambda: actions.call_off_order(self.pk, "no", by=self.who[side]))

    # ── paying ──

    @rule(side=BUYER, n=STAGE_NUMBERS)
    def pay_page(self, side: str, n: int) -> None:
        stages = self.stages()

        def wish() -> None:
            self.intents[n] = actions.pay_stage(stages[n - 1].pk, by=self.who[side]) if n <= len(stages) else self.nothing()

        self.do(self.plain.wish(side, n), wish)

    @precondition(lambda self: self.intents)
    @rule(n=STAGE_NUMBERS)
    def captured(self, n: int) -> None:
        if n not in self.intents:
            return
        intent = find(Intent, "id = %s", [self.intents.pop(n)])[0]
        headers, body = make.told(intent)
        assert make.take_event("sandbox", headers, body) == "applied"
        money_arrived(make.captured(intent))
        self.plain.captured(n)
        with transaction.atomic():  # told twice, it moves nothing twice
            money_arrived(make.captured(intent))

    @precondition(lambda self: self.intents)
    @rule(n=STAGE_NUMBERS)
    def payment_failed(self, n: int) -> None:
        if n not in self.intents:
            return
        intent = Intent.objects.get(pk=self.intents.pop(n))
        headers, body = make.told(intent, "checkout.failed", failure_code="card_declined")
        assert make.take_event("sandbox", headers, body) == "applied"
        self._reopen(n)

    def _reopen(self, n: int) -> None:
        with said():
            actions.reopen_stage(self.stages()[n - 1].pk)
        self.plain.failed(n)

    @rule(side=BUYER)
    def pay_all_that_is_due(self, side: str) -> None:
        """One step on the way to shipping, so that examples get there."""
        for stage in self.stages():
            if stage.state in ("due", "paying"):
                self.pay_page(side, stage.n)
                self.captured(stage.n)

    # ── goods ──

    @rule(side=SELLER)
    def show_production(self, side: str) -> None:
        self._show(side, "production_photo")

    @rule(side=SELLER)
    def show_document(self, side: str) -> None:
        self._show(side, "shipping_document")

    def _show(self, side: str, kind: str) -> None:
        self.do(self.plain.show(side, kind), lambda: actions.show_work(self.pk, kind, self.pictures[side], by=self.who[side]))

    @rule(side=BUYER, n=STAGE_NUMBERS)
    def confirm(self, side: str, n: int) -> None:
        self.do(self.plain.confirm(side, n), lambda: actions.confirm_work(self.pk, n, by=self.who[side]))

    @rule(side=BUYER, n=STAGE_NUMBERS)
    def send_back(self, side: str, n: int) -> None:
        self.do(self.plain.send_back(side, n), lambda: actions.send_work_back(self.pk, n, "more", by=self.who[side]))

    @rule(side=SELLER)
    def ship(self, side: str) -> None:
        sent = make.CONSIGNMENT | {"handed_over_on": clock.now().date()}
        self.do(self.plain.ship(side), lambda: actions.ship_order(self.pk, sent, by=self.who[side]))

    @rule()
    def operator_proves_delivery(self) -> None:
        def prove_it() -> None:
            row = next(iter(consignments_of(self.pk)), None) or self.nothing()
            record_proof(row.pk, delivered_at=clock.now(), note="waybill", by=make.operator())
            actions.announce_confirmation(self.pk)

        self.do(self.plain.deliver(), prove_it)

    @rule()
    def shipper_proves_delivery(self) -> None:
        def prove_it() -> None:
            row = next(iter(consignments_of(self.pk)), None) or self.nothing()
            record_proof(row.pk, delivered_at=clock.now(), note="waybill", by=self.who["seller"])

        self.do(False, prove_it)

    @rule(side=BUYER)
    def receive(self, side: str) -> None:
        self.do(self.plain.receive(side), lambda: actions.receive_order(self.pk, by=self.who[side]))

    @rule(side=BUYER, pieces=st.sampled_from((1, 7, 333, 600, 1000)))
    def accept_part(self, side: str, pieces: int) -> None:
        lines = {1: make.Decimal(pieces)}
        self.do(self.plain.accept_part(side, pieces), lambda: actions.accept_goods(self.pk, lines, by=self.who[side]))

    # ── new terms ──

    @rule(side=SIDES, pieces=st.sampled_from((1, 300, 900, 1000, 1100, 2000)))
    def propose(self, side: str, pieces: int) -> None:
        change = Change(lines=[(1, make.Decimal(pieces), make.Decimal("0.42"))])
        self.do(
            self.plain.amend(side, pieces, pieces * 42), lambda: actions.propose_amendment(self.pk, change, by=self.who[side])
        )

    def _proposed(self) -> Amendment:
        return find_one(Amendment, "order_id = %s AND state = 'proposed'", [self.pk]) or self.nothing()

    @rule(side=SIDES)
    def sign_amendment(self, side: str) -> None:
        self.do(
            self.plain.sign_amendment(side),
            lambda: actions.sign_amendment((row := self._proposed()).pk, row.terms_hash, by=self.who[side]),
        )

    @rule(side=SIDES)
    def sign_an_amendment_that_was_not_seen(self, side: str) -> None:
        self.do(False, lambda: actions.sign_amendment(self._proposed().pk, "0" * 64, by=self.who[side]))

    @rule(side=SIDES)
    def refuse_amendment(self, side: str) -> None:
        self.do(
            self.plain.end_amendment(side, False), lambda: actions.refuse_amendment(self._proposed().pk, "no", by=self.who[side])
        )

    @rule(side=SIDES)
    def take_amendment_back(self, side: str) -> None:
        self.do(self.plain.end_amendment(side, True), lambda: actions.take_back_amendment(self._proposed().pk, by=self.who[side]))

    # ── more time ──

    @rule(side=SELLER, days=st.integers(1, 15))
    def ask_time_to_ship(self, side: str, days: int) -> None:
        self._ask_time(side, "shipping", days)

    @rule(side=SIDES, days=st.integers(1, 15))
    def ask_time_to_confirm(self, side: str, days: int) -> None:
        self._ask_time(side, "receipt", days)

    def _ask_time(self, side: str, kind: str, days: int) -> None:
        left = most_days(self.order, extensions_of(self.order), kind, side) if self.plain.agreement == "agreed" else 0
        late = (clock.now().date() - self.order.ship_by).days - self.order.ship_extended_days if kind == "shipping" else 0
        if left and not max(1, late) <= days <= left:
            return
        self.do(
            self.plain.ask_time(side, kind, left), lambda: actions.ask_extension(self.pk, kind, days, "late", by=self.who[side])
        )

    def _asked(self) -> UUID:
        return (find_one(Extension, "order_id = %s AND state = 'asked' ORDER BY id", [self.pk]) or self.nothing()).pk

    @rule(side=SIDES)
    def grant_time(self, side: str) -> None:
        self.do(self.plain.grant(side), lambda: actions.grant_extension(self._asked(), by=self.who[side]))

    @rule(side=SIDES)
    def refuse_time(self, side: str) -> None:
        self.do(self.plain.end_time(side, False), lambda: actions.refuse_extension(self._asked(), by=self.who[side]))

    @rule(side=SIDES)
    def take_request_back(self, side: str) -> None:
        self.do(self.plain.end_time(side, True), lambda: actions.take_back_extension(self._asked(), by=self.who[side]))

    # ── inspections ──

    def _visit(self, *states: str) -> Inspection:
        states = states or ("asked", "accepted")
        where = "order_id = %s AND state = ANY(%s::varchar[]) ORDER BY n DESC"
        return find_one(Inspection, where, [self.pk, list(states)]) or self.nothing()

    @rule(side=BUYER)
    def book_inspection(self, side: str) -> None:
        day = earliest_day(self.order)
        in_time = report_by(self.order, day) <= self.order.ship_by
        asked = {"fee": FEE, "wanted_on": day, "place": "Hall 3", "by": self.who[side]}
        self.do(self.plain.book(side, in_time), lambda: actions.ask_inspection(self.pk, self.inspector.company_id, **asked))  # type: ignore[arg-type]

    @rule()
    def accept_inspection(self) -> None:
        self.do(self.plain.accept_visit(), lambda: actions.accept_inspection(self._visit().pk, by=self.inspector))

    @rule()
    def decline_inspection(self) -> None:
        self.do(
            self.plain.drop_visit("declined"), lambda: actions.decline_inspection(self._visit().pk, "full", by=self.inspector)
        )

    @rule(side=SIDES)
    def cancel_inspection(self, side: str) -> None:
        expected = self.plain.drop_visit("cancelled", side)
        self.do(expected, lambda: actions.cancel_inspection(self._visit().pk, "no", by=self.who[side]))

    @rule(side=BUYER)
    def pay_the_fee(self, side: str) -> None:
        def pay() -> None:
            intent = Intent.objects.get(pk=actions.pay_inspection(self._visit().pk, by=self.who[side]))
            headers, body = make.told(intent)
            assert make.take_event("sandbox", headers, body) == "applied"
            money_arrived(make.captured(intent))

        self.do(self.plain.pay_visit(side), pay)

    @rule(side=SELLER)
    def declare_packed(self, side: str) -> None:
        self.do(self.plain.pack(side), lambda: actions.declare_packed(self._visit().pk, 85, by=self.who[side]))

    @rule(passes=st.booleans())
    def report(self, passes: bool) -> None:
        found = Inspection.objects.filter(order_id=self.pk, state="accepted").first()
        has_come = found is not None and clock.now().date() >= found.wanted_on
        if found is not None and found.lots[0]["lot_size"] != 1000:
            return  # the counts of this test are those of a lot of 1,000
        count = GOOD if passes else BAD
        self.do(
            self.plain.report(passes, has_come),
            lambda: actions.report_inspection(self._visit().pk, count, self.pictures["inspector"], by=self.inspector),
        )

    @rule(passes=st.booleans(), side=BUYER)
    def whole_inspection(self, passes: bool, side: str) -> None:
        """All steps of one, so that examples get to its verdict."""
        self.book_inspection(side)
        self.accept_inspection()
        self.pay_the_fee(side)
        self.declare_packed("seller")
        found = Inspection.objects.filter(order_id=self.pk, state="accepted").first()
        if found is not None and found.wanted_on > clock.now().date():
            self._until(clock.now() + timedelta(days=(found.wanted_on - clock.now().date()).days))
        self.report(passes)

    @rule(side=BUYER)
    def waive_inspection(self, side: str) -> None:
        self.do(self.plain.waive(side), lambda: actions.waive_inspection(self._visit("failed").pk, "as it is", by=self.who[side]))

    # ── issues and claims ──

    @rule(part=st.sampled_from(("0", "0.25", "0.333333", "1")))
    def operator_decides(self, part: str) -> None:
        if self.plain.open_claim:
            return  # a claim's issue is its arbitrator's: the operator's desk refuses it
        self.do(self.plain.resolve(part), lambda: actions.resolve_issue(self.pk, make.Decimal(part), "seen", by=make.operator()))

    @rule(side=BUYER)
    def close_issue(self, side: str) -> None:
        if self.plain.open_claim:
            return
        self.do(self.plain.withdraw_issue(side), lambda: actions.close_issue(self.pk, by=self.who[side]))

    @rule(side=BUYER, remedy=REMEDIES, cents=CENTS)
    def open_claim(self, side: str, remedy: str, cents: int) -> None:
        received = self.order.received_at
        in_time = received is not None and clock.now() <= received + timedelta(days=30)
        lines = [
            Complaint(1, "defective", make.Decimal(self.plain.pieces - self.plain.accepted) if self.plain.accepted else None)
        ]
        self.do(
            self.plain.open(side, remedy, cents, in_time),
            lambda: disputes.open_claim(self.pk, lines, remedy, Money(cents, "USD"), "see", by=self.who[side]),
        )

    def _claim(self) -> UUID:
        return (self.claim() or self.nothing()).pk  # type: ignore[no-any-return]

    @rule(side=SELLER)
    def answer_claim(self, side: str) -> None:
        self.do(self.plain.answer(side), lambda: disputes.answer_claim(self._claim(), "we see", by=self.who[side]))

    @rule(side=SIDES, remedy=REMEDIES, cents=CENTS)
    def offer_remedy(self, side: str, remedy: str, cents: int) -> None:
        expected = self.plain.offer(side, remedy, cents)
        self.do(expected, lambda: disputes.offer_remedy(self._claim(), remedy, Money(cents, "USD"), by=self.who[side]))

    @rule(side=SIDES)
    def accept_offer(self, side: str) -> None:
        def accept() -> None:
            standing = offers_standing(self.claim() or self.nothing()).get("seller" if side == "buyer" else "buyer")
            disputes.accept_offer(self._claim(), (standing or self.nothing()).pk, by=self.who[side])

        self.do(self.plain.accept(side), accept)

    @rule(side=BUYER)
    def hand_return_over(self, side: str) -> None:
        self.do(
            self.plain.travels(side, "hand_over"), lambda: disputes.hand_over_return(self._claim(), "DHL", "1", by=self.who[side])
        )

    @rule(side=SELLER)
    def send_again(self, side: str) -> None:
        self.do(self.plain.travels(side, "send_again"), lambda: disputes.send_again(self._claim(), "SF", "1", by=self.who[side]))

    @rule(side=SELLER)
    def take_back(self, side: str) -> None:
        self.do(self.plain.travels(side, "take_back"), lambda: disputes.take_back(self._claim(), by=self.who[side]))

    @rule(side=BUYER)
    def take_replacement(self, side: str) -> None:
        self.do(self.plain.travels(side, "take_replacement"), lambda: disputes.take_replacement(self._claim(), by=self.who[side]))

    @rule(side=SIDES)
    def escalate(self, side: str) -> None:
        claim = self.claim()
        early = claim is not None and claim.created_at + timedelta(days=3) > clock.now()
        self.do(self.plain.escalate(side, early), lambda: disputes.escalate_claim(self._claim(), by=self.who[side]))

    @rule(cents=st.one_of(CENTS, st.just(0)))
    def rule_claim(self, cents: int) -> None:
        def decide() -> None:
            claim = self.claim() or self.nothing()
            by = Case(claim).judge()
            disputes.rule_claim(claim.pk, "not_proven", Money(cents, "USD"), "seen", seen=len(exhibits_of(claim)), by=by)

        self.do(self.plain.rule(cents), decide)

    @rule(side=SIDES)
    def appeal(self, side: str) -> None:
        self.do(self.plain.appeal(side), lambda: disputes.appeal_ruling(self._claim(), "no", by=self.who[side]))

    @rule(side=SIDES)
    def waive_appeal(self, side: str) -> None:
        self.do(self.plain.waive_appeal(side), lambda: disputes.waive_appeal(self._claim(), by=self.who[side]))

    @rule(side=BUYER)
    def withdraw_claim(self, side: str) -> None:
        self.do(self.plain.withdraw(side), lambda: disputes.withdraw_claim(self._claim(), by=self.who[side]))

    # ── the clock ──

    @rule(days=st.integers(1, 4))
    def days_pass(self, days: int) -> None:
        self._until(clock.now() + timedelta(days=days))

    @rule()
    def time_runs_out(self) -> None:
        """Up to what happens next by itself, and no further."""
        if (first := self._next(reminders=False)) is not None:
            self._until(first.due_at + MOMENT)

    def _next(self, *, reminders: bool = True) -> Deadline | None:
        which = "" if reminders else "AND reminder = 0"
        return find_one(Deadline, f"state = 'waiting' {which} ORDER BY due_at, id LIMIT 1")

    def _until(self, moment: Any) -> None:
        """Everything due on the way happens in its order, one after the other, and people read what they are told."""
        while (row := self._next()) is not None and row.due_at <= moment:
            clock.advance(max(row.due_at - clock.now() + MOMENT, timedelta(0)))
            enough = reminded_enough(self.order) if row.kind == "trade.receive" and not row.reminder else False
            assert fire_due(limit=1) == 1 or row.reminder, row.kind
            read_notices(by=self.who["buyer"])
            if row.reminder:
                continue
            if row.kind == "payments.intent":
                for n, intent_id in list(self.intents.items()):
                    if intent_id == row.subject:
                        del self.intents[n]
                        self._reopen(n)
            else:
                self.plain.clock(row.kind, reminded=enough)
        clock.advance(max(moment - clock.now(), timedelta(0)))

    # ── what always holds ──

    @invariant()
    def both_say_the_same(self) -> None:
        if not hasattr(self, "plain"):
            return
        plain = self.plain
        wallets = {wallet(by.company_id, "USD"): side for side, by in {**self.who, "inspector": self.inspector}.items()}  # type: ignore[arg-type]
        found = ask(_STANDS, {"order": self.pk, "wallets": list(wallets), "fees": fees("USD")})[0]
        order, stages, claim, balances, to_fees, running, without = (json.loads(part) if part else part for part in found)
        assert tuple(order) == (plain.agreement, plain.goods, plain.issue, plain.inspection, plain.total)
        assert [tuple(stage[:4]) for stage in stages] == [(s["state"], s["work"], s["amount"], s["parted"]) for s in plain.stages]
        assert claim == (plain.claim["state"] if plain.claim else None)
        self._every_cent_is_where_it_should_be(
            {side: balances.get(address, 0) for address, side in wallets.items()} | {"fees": to_fees - self.fees_before},
            {n: stage[4] for n, stage in enumerate(stages, 1)},
        )
        # No order waits for anybody without a next deadline, but one that is late and one at the operator's desk.
        assert sorted(running) == sorted(plain.running)
        self._money_left_escrow_on_evidence_only([stage[0] for stage in stages], without)

    def _every_cent_is_where_it_should_be(self, purse: dict[str, int], held: dict[int, int]) -> None:
        assert purse == {name: self.plain.purse[name] for name in purse}
        assert held == {s["n"]: rest(s) if s["state"] in ("funded", "frozen") else 0 for s in self.plain.stages}
        assert min(*purse.values(), *held.values()) >= 0
        assert self.plain.purse["paid_in"] == sum(purse.values()) + sum(held.values()) + self.plain.purse["fee_escrow"]

    def _money_left_escrow_on_evidence_only(self, states: list[str], without: int) -> None:
        """I7, I8: what was released has its evidence, and nothing is released while an issue is open."""
        assert without == 0
        if self.plain.issue == "open":
            assert set(states) <= self.at_issue | {"frozen", "due", "paying", "planned", "funded"}
        else:
            self.at_issue = frozenset(state for state in states if state in ("released", "refunded", "void"))

    def teardown(self) -> None:
        if hasattr(self, "plain"):
            assert [proof for proof in prove() if proof.breach] == []


# Everything that is compared after each step, in one statement. Of the platform's own accounts no balance is kept.
_FEES = """
    SELECT coalesce(sum(t.amount_minor), 0)::bigint FROM ledger_transfer t JOIN ledger_account a ON a.id = t.target_id WHERE a.address = %(fees)s
"""
_STANDS = f"""
    SELECT
        (SELECT json_build_array(agreement, goods, issue, inspection, total_minor) FROM trade_order WHERE id = %(order)s)::text,
        (SELECT json_agg(json_build_array(s.state, s.work, s.amount_minor, s.parted_minor, coalesce(b.posted_minor, 0)) ORDER BY s.n)
            FROM trade_stage s LEFT JOIN ledger_account a ON a.address = 'stage:' || s.id || ':escrow'
            LEFT JOIN ledger_balance b ON b.account_id = a.id WHERE s.order_id = %(order)s)::text,
        (SELECT to_json(state) FROM disputes_claim WHERE order_id = %(order)s ORDER BY number DESC LIMIT 1)::text,
        (SELECT coalesce(json_object_agg(a.address, b.posted_minor), '{{}}') FROM ledger_account a
            JOIN ledger_balance b ON b.account_id = a.id WHERE a.address = ANY(%(wallets)s::varchar[]))::text,
        ({_FEES})::text,
        (SELECT coalesce(json_agg(kind), '[]') FROM base_deadline
            WHERE state = 'waiting' AND reminder = 0 AND kind <> 'payments.intent')::text,
        (SELECT count(*) FROM trade_stage s LEFT JOIN trade_release r ON r.stage_id = s.id
            WHERE s.order_id = %(order)s AND (s.state = 'released') <> (r.stage_id IS NOT NULL))::text
"""


class Case:
    """The arbitrator of a claim, as an actor."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim

    def judge(self) -> Any:
        from everfair.companies.models import Person
        from everfair.companies.queries import actor_of_person

        return actor_of_person(Person.objects.get(pk=self.claim.arbitrator_id)) if self.claim.arbitrator_id else make.operator()


def check(examples: int, steps: int, *, anew: bool) -> None:
    """`anew`: other examples at every run; else always the same ones, so that a short run says the same twice."""

    class Undone(Orders):
        """Each example in a savepoint of its own: the next begins in the same house."""

        cast = gather()

        def __init__(self) -> None:
            self.mark = transaction.savepoint()
            super().__init__()

        def teardown(self) -> None:
            try:
                super().teardown()
            finally:
                transaction.savepoint_rollback(self.mark)

    # Plans are kept from when the tables were empty, and what was taken back stays in them until the end.
    ask("SET LOCAL enable_seqscan TO off")
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Undone,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=not anew,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_there_are_fifty_rules_and_more():
    assert len([name for name, value in vars(Orders).items() if hasattr(value, "hypothesis_stateful_rule")]) >= 50


def test_an_order_goes_as_plain_python_says():
    check(200, 60, anew=False)


@pytest.mark.long
def test_an_order_goes_as_plain_python_says_for_longer():
    check(2000, 60, anew=True)
