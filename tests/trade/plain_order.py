"""An order, its stages, amendments, inspections and claim as plain Python says they go: which verb may be done, and where each cent is.

It asks no database and no product code. Dates are told to it (`late`, `days_left`): what it knows is order, not calendars.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

TRIGGERS = ("signature", "date", "former_held", "production_photo", "inspection", "shipping_document", "acceptance")
UNPAID, HELD, OVER = ("planned", "due", "paying"), ("funded", "frozen"), ("released", "refunded", "void")
ENDED_CLAIM = ("settled", "dropped", "decided", "withdrawn")
ORDER_DEADLINES = ("sign", "pay", "balance", "date", "ship", "receive", "confirm", "settle", "recheck", "late", "case")
CLAIM_DEADLINES = ("answer", "talk", "return", "take_back", "send_again", "replacement", "rule", "appeal", "execute")


def rate(minor: int, part: str) -> int:
    return int((Decimal(minor) * Decimal(part)).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def parted(size: int, weights: list[int]) -> list[int]:
    """By largest remainder, ties to the earlier."""
    whole = sum(weights)
    parts = [size * weight // whole for weight in weights]
    first = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % whole), i))
    for i in first[: size - sum(parts)]:
        parts[i] += 1
    return parts


def rest(stage: dict[str, Any]) -> int:
    """What is still to move: what goods accepted in parts have paid is gone."""
    return int(stage["amount"]) - int(stage["parted"])


class PlainOrder:
    """Verbs are methods that say whether they may be done, and do them when they may.

    The contract is one line of `pieces`, whose price is all there is to pay. `day_has_come` says whether a stage due on a day is due.
    """

    def __init__(self, total: int, pieces: int, stages: list[dict[str, Any]], day_has_come: Callable[[], bool]) -> None:
        self.pieces, self.accepted, self.day_has_come = pieces, 0, day_has_come
        self.total, self.stages = total, stages
        self.agreement, self.goods, self.issue = "offered", "awaiting", "none"
        self.credit = 0
        self.purse = dict.fromkeys(("buyer", "seller", "inspector", "fees", "paid_in", "fee_escrow"), 0)
        self.running = {"trade.sign"}
        self.amendment: dict[str, Any] | None = None
        self.extension: dict[str, str] | None = None
        self.visits: list[dict[str, Any]] = []
        self.debts: list[int] = []
        self.shown: set[str] = set()
        self.withdrawn = 0
        self.delivered = self.announced = False
        self.evidence = ""
        self.claim: dict[str, Any] | None = None
        self.grew = False

    # ── what stands ──

    @property
    def held(self) -> int:
        return sum(rest(stage) for stage in self.stages if stage["state"] in HELD)

    @property
    def held_net(self) -> int:
        return self.held - max(self.credit - sum(stage["amount"] for stage in self.of(*UNPAID)), 0)

    @property
    def open_claim(self) -> dict[str, Any] | None:
        return self.claim if self.claim and self.claim["state"] not in ENDED_CLAIM else None

    @property
    def inspection(self) -> str:
        states = [visit["state"] for visit in self.visits]
        is_open, failed = any(s in ("asked", "accepted") for s in states), "failed" in states
        if is_open:
            return "again" if failed else "open"
        if failed:
            return "failed"
        return next((s for s in reversed(states) if s in ("passed", "waived")), "none")

    @property
    def visit(self) -> dict[str, Any] | None:
        return next((visit for visit in self.visits if visit["state"] in ("asked", "accepted")), None)

    @property
    def is_open(self) -> bool:
        return self.agreement == "agreed" and self.issue != "open"

    def of(self, *states: str) -> list[dict[str, Any]]:
        return [stage for stage in self.stages if stage["state"] in states]

    def coming(self) -> dict[str, Any] | None:
        return min(self.of(*UNPAID), key=lambda s: (TRIGGERS.index(s["due_on"]), s["n"]), default=None)

    def waits_for(self) -> set[str]:
        coming = self.coming()
        if coming is self.stages[0]:
            return set()
        asked = {stage["ends_on"] for stage in self.of("funded") if stage["work"] != "confirmed"}
        if coming is not None and coming["state"] == "planned":
            asked.add(coming["due_on"])
        if self.goods == "awaiting":
            asked.discard("shipping_document")
        return asked & {"production_photo", "shipping_document"}

    # ── deadlines ──

    def run(self, *kinds: str) -> None:
        self.running |= {f"trade.{kind}" for kind in kinds}

    def stop(self, *kinds: str) -> None:
        self.running -= {f"trade.{kind}" for kind in kinds}

    def end_deadlines(self) -> None:
        self.stop(*ORDER_DEADLINES)
        self.amendment = self.extension = None
        self.stop("amend", "extension")

    # ── money ──

    def call(self, stage: dict[str, Any]) -> None:
        stage["state"] = "due"
        self.stop("date")
        self.run("pay" if stage["n"] == 1 else "balance")

    def credit_of(self, stage: dict[str, Any], among: list[dict[str, Any]]) -> int:
        later = sum(rest(each) for each in among if each is not stage and each["state"] not in OVER)
        back = min(max(self.credit - later, 0), rest(stage))
        self.credit -= back
        return back

    def end(self, stage: dict[str, Any], to_seller: int) -> None:
        self.pay_out(stage, to_seller, rest(stage) - to_seller)
        stage["state"] = "released" if to_seller else "refunded"

    def pay_out(self, stage: dict[str, Any], to_seller: int, to_buyer: int) -> None:
        fee = rate(stage["parted"] + to_seller, "0.02") - rate(stage["parted"], "0.02")
        owed, left = 0, to_seller - fee
        for n, debt in enumerate(self.debts):
            taken = min(debt, left - owed)
            self.debts[n] -= taken
            owed += taken
        self.purse["seller"] += to_seller - fee - owed
        self.purse["buyer"] += to_buyer + owed
        self.purse["fees"] += fee

    def release(self, *stages: dict[str, Any]) -> None:
        for stage in stages or self.of("funded"):
            self.end(stage, rest(stage) - self.credit_of(stage, self.stages))

    def refund(self) -> None:
        for stage in self.of(*HELD):
            self.end(stage, 0)

    def divide(self, to_buyer: int) -> None:
        held = self.of(*HELD)
        rests = [rest(stage) - self.credit_of(stage, [*held[n:], *self.of(*UNPAID)]) for n, stage in enumerate(held)]
        for stage, whole, back in zip(held, rests, parted(to_buyer, rests), strict=True):
            self.end(stage, whole - back)
        self.close("completed")
        self.issue = "resolved"

    def close(self, agreement: str) -> None:
        for stage in self.of(*UNPAID):
            stage["state"] = "void"
        self.end_visit("lapsed")
        self.end_deadlines()
        self.agreement = agreement

    def after_funding(self) -> None:
        if self.goods == "received":
            self.run("settle")
            return
        coming = self.coming()
        if coming is not None and coming["state"] == "planned" and self.may_fall_due(coming):
            self.call(coming)
        elif coming is not None and coming["due_on"] == "date" and self.inspection not in ("failed", "again"):
            self.run("date")
        elif self.goods == "awaiting":
            self.run("ship")

    def may_fall_due(self, coming: dict[str, Any]) -> bool:
        if self.inspection in ("failed", "again"):
            return False
        if coming["due_on"] == "inspection":
            return self.inspection in ("passed", "waived")
        if coming["due_on"] == "date":
            return self.day_has_come()
        return coming["due_on"] == "former_held" or coming["due_on"] in self.shown

    def resume(self) -> None:
        if self.inspection in ("failed", "again"):
            self.run("recheck")
            return
        self.stop("late")
        if unpaid := self.of("due", "paying"):
            self.run("pay" if unpaid[0]["n"] == 1 else "balance")
        else:
            self.after_funding()

    # ── agreeing and stepping back ──

    def sign(self, side: str) -> bool:
        if side != "seller" or self.agreement != "offered":
            return False
        self.agreement = "agreed"
        self.stop("sign")
        self.call(self.stages[0])
        return True

    def decline(self, side: str) -> bool:
        if side != "seller" or self.agreement != "offered":
            return False
        self.close("declined")
        return True

    def cancel(self, _side: str) -> bool:
        if self.agreement not in ("offered", "agreed") or self.of(*HELD, "released"):
            return False
        self.close("cancelled")
        return True

    def call_off(self, side: str, late: bool) -> bool:
        if not self.is_open or self.goods != "awaiting":
            return False
        if side == "buyer" and (not late or self.inspection in ("open", "again")):
            return False
        if side == "seller" and self.of("released"):
            return False
        self.refund()
        self.close("called_off")
        return True

    # ── paying ──

    def wish(self, side: str, n: int) -> bool:
        if side != "buyer" or n > len(self.stages):
            return False
        stage = self.stages[n - 1]
        early = stage["state"] == "planned" and stage["due_on"] == "date" and self.coming() is stage and self.of("funded")
        if early and self.is_open and self.inspection not in ("failed", "again"):
            self.call(stage)
        if stage["state"] not in ("due", "paying") or (n > 1 and self.inspection in ("failed", "again")):
            return False
        stage["state"] = "paying"
        return True

    def captured(self, n: int) -> None:
        stage = self.stages[n - 1]
        self.purse["paid_in"] += stage["amount"]
        if stage["state"] not in ("due", "paying"):
            self.purse["buyer"] += stage["amount"]
            return
        stage["state"] = "funded"
        self.stop("pay" if n == 1 else "balance", "late")
        self.after_funding()

    def failed(self, n: int) -> None:
        if self.stages[n - 1]["state"] == "paying":
            self.stages[n - 1]["state"] = "due"

    # ── goods ──

    def show(self, side: str, kind: str) -> bool:
        if side != "seller" or not self.is_open or kind not in self.waits_for():
            return False
        self.shown.add(kind)
        for stage in self.of("funded"):
            if stage["ends_on"] == kind:
                stage["work"] = "presented"
                self.run("confirm")
        coming = self.coming()
        if coming and coming["state"] == "planned" and coming["due_on"] == kind and self.inspection not in ("failed", "again"):
            self.call(coming)
        return True

    def confirm(self, side: str, n: int) -> bool:
        if not self._presented(side, n):
            return False
        self.stages[n - 1]["work"] = "confirmed"
        self.stop("confirm")
        self.release(self.stages[n - 1])
        return True

    def send_back(self, side: str, n: int) -> bool:
        if not self._presented(side, n):
            return False
        self.stages[n - 1]["work"] = "open"
        self.stop("confirm")
        return True

    def _presented(self, side: str, n: int) -> bool:
        if side != "buyer" or not self.is_open or n > len(self.stages):
            return False
        return self.stages[n - 1]["state"] == "funded" and self.stages[n - 1]["work"] == "presented"

    def ship(self, side: str) -> bool:
        before = [s for s in self.of(*UNPAID) if s["due_on"] not in ("shipping_document", "acceptance")]
        if side != "seller" or not self.is_open or self.goods != "awaiting" or before:
            return False
        if self.inspection in ("open", "failed", "again"):
            return False
        self.goods = "shipped"
        self.stop("ship", "late", "extension")
        self.extension = None
        self.run("receive")
        return True

    def deliver(self) -> bool:
        if self.goods == "awaiting" or self.delivered:
            return False
        self.delivered = True
        if self.is_open and "trade.receive" in self.running:
            self.announced = True
        return True

    def receive(self, side: str) -> bool:
        if side != "buyer" or not self.is_open or self.goods != "shipped":
            return False
        if [stage for stage in self.of(*UNPAID) if stage["due_on"] != "acceptance"]:
            return False
        self._accept("acceptance")
        return True

    def accept_part(self, side: str, pieces: int) -> bool:
        if side != "buyer" or not self.is_open or self.goods != "shipped" or self.accepted + pieces >= self.pieces:
            return False
        kept = [stage for stage in self.of("funded") if stage["ends_on"] == "settlement"]
        whole = sum(rest(stage) for stage in kept) - max(self.credit - sum(stage["amount"] for stage in self.of(*UNPAID)), 0)
        before = sum(stage["parted"] for stage in kept)
        paid = min((whole + before) * (self.accepted + pieces) // self.pieces - before, whole - 1)
        if paid <= 0:
            return False
        for stage, part in zip(kept, parted(paid, [rest(stage) for stage in kept]), strict=True):
            part = min(part, rest(stage) - 1)
            if part:
                self.pay_out(stage, part, 0)
                stage["parted"] += part
        self.accepted += pieces
        return True

    def _accept(self, evidence: str) -> None:
        self.goods, self.evidence = "received", evidence
        self.release()
        self.end_deadlines()
        if planned := self.of("planned"):
            self.call(planned[0])
        else:
            self.close("completed")

    # ── new terms, more time ──

    def amend(self, side: str, pieces: int, total: int) -> bool:
        if not self.is_open or self.goods == "received" or self.amendment or total == self.total or self._too_low(total):
            return False
        if self.accepted and pieces <= self.accepted:
            return False
        self.amendment = {"side": side, "pieces": pieces, "total": total}
        self.run("amend")
        return True

    def _too_low(self, total: int) -> bool:
        to_come = sum(rest(stage) for stage in self.stages if stage["state"] not in OVER)
        return self.total - total > to_come - self.credit

    def sign_amendment(self, side: str) -> bool:
        made = self.amendment
        if not made or made["side"] == side or not self.is_open or self.goods == "received" or self._too_low(made["total"]):
            return False
        if self.accepted and made["pieces"] <= self.accepted:
            return False
        difference, self.total, self.pieces = made["total"] - self.total, made["total"], made["pieces"]
        self.amendment = None
        self.stop("amend")
        if difference > 0:
            self.grew = True
            first = all(stage["due_on"] not in ("signature", "date", "former_held") for stage in self.of(*UNPAID))
            top_up = {"n": len(self.stages) + 1, "amount": difference, "parted": 0, "state": "planned", "work": "open"}
            self.stages.append(top_up | {"due_on": "former_held", "ends_on": "settlement"})
            if first:
                self.stop("ship", "late")
                self.call(self.stages[-1])
        else:
            self.credit -= difference
        return True

    def end_amendment(self, side: str, own: bool) -> bool:
        if not self.amendment or (self.amendment["side"] == side) != own:
            return False
        self.amendment = None
        self.stop("amend")
        return True

    def ask_time(self, side: str, kind: str, days_left: int) -> bool:
        if (kind == "shipping" and side != "seller") or days_left < 1:
            return False
        self.extension = {"side": side, "kind": kind}
        self.run("extension")
        return True

    def grant(self, side: str) -> bool:
        asked = self.extension
        if not asked or asked["side"] == side:
            return False
        if asked["kind"] == "shipping":
            if self.goods != "awaiting":
                return False
            if "trade.ship" in self.running or not {"trade.pay", "trade.balance"} & self.running:
                self.run("ship")
            self.stop("late")
        elif self.goods != "shipped" or "trade.receive" not in self.running:
            return False
        return self._end_time()

    def end_time(self, side: str, own: bool) -> bool:
        return bool(self.extension) and (self.extension["side"] == side) == own and self._end_time()  # type: ignore[index]

    def _end_time(self) -> bool:
        self.extension = None
        self.stop("extension")
        return True

    # ── inspections ──

    def book(self, side: str, in_time: bool) -> bool:
        planned = any(stage["due_on"] == "inspection" for stage in self.stages)
        if not self.is_open or self.goods != "awaiting" or self.inspection in ("open", "again", "passed"):
            return False
        if side == "seller" and not (self.inspection == "failed" or planned):
            return False
        if side == "buyer" and self.inspection != "failed" and not in_time:
            return False
        self.visits.append({"state": "asked", "fee": "due", "packed": False, "by": side, "again": self.inspection == "failed"})
        self.run("inspection")
        return True

    def accept_visit(self) -> bool:
        if not self.visit or self.visit["state"] != "asked":
            return False
        self.visit["state"] = "accepted"
        return True

    def end_visit(self, state: str, side: str = "") -> bool:
        visit = self.visit
        if not visit or (side and visit["by"] != side):
            return False
        visit["state"] = state
        if visit["fee"] == "held":
            self.purse["fee_escrow"] -= FEE
            self.purse[visit["by"]] += FEE
        visit["fee"] = "returned" if visit["fee"] == "held" else "void"
        self.stop("inspection")
        return True

    def drop_visit(self, state: str, side: str = "") -> bool:
        return self.end_visit(state, side) and self.go_on()

    def pay_visit(self, side: str) -> bool:
        if not self.visit or self.visit["by"] != side or self.visit["state"] != "accepted" or self.visit["fee"] != "due":
            return False
        self.visit["fee"] = "held"
        self.purse["fee_escrow"] += FEE
        self.purse["paid_in"] += FEE
        return True

    def pack(self, side: str) -> bool:
        if side != "seller" or not self.visit or self.visit["state"] != "accepted" or self.visit["packed"]:
            return False
        self.visit["packed"] = True
        return True

    def report(self, passed: bool, day_has_come: bool) -> bool:
        visit = self.visit
        if not visit or visit["state"] != "accepted" or visit["fee"] != "held" or not visit["packed"] or not day_has_come:
            return False
        visit["state"], visit["fee"] = "passed" if passed else "failed", "paid"
        if visit["again"]:
            for former in self.visits:
                if former is not visit and former["state"] == "failed":
                    former["state"] = "replaced"
        self.stop("inspection")
        self.purse["fee_escrow"] -= FEE
        self.purse["inspector"] += FEE
        if not passed and visit["by"] == "buyer":
            self.debts.append(FEE)
        return self.go_on()

    def waive(self, side: str) -> bool:
        failed = next((visit for visit in self.visits if visit["state"] == "failed"), None)
        if side != "buyer" or not failed or self.agreement != "agreed" or self.inspection == "again":
            return False
        failed["state"] = "waived"
        return self.go_on()

    def go_on(self) -> bool:
        if self.agreement != "agreed" or self.issue == "open" or self.goods != "awaiting":
            return True
        if self.inspection in ("failed", "again"):
            self.stop("balance")
            if self.inspection == "failed":
                self.run("recheck")
            return True
        self.stop("recheck")
        if self.stages[0]["state"] not in ("due", "paying"):
            self.resume()
        return True

    # ── issues ──

    def open_issue(self) -> None:
        self.issue = "open"
        for stage in self.of("funded"):
            stage["state"] = "frozen"
        self.end_deadlines()

    def silent_case(self) -> None:
        if self.agreement == "agreed" and self.issue == "none":
            self.open_issue()
            self.run("case")

    def withdraw_issue(self, side: str) -> bool:
        if side != "buyer" or self.issue != "open" or self.withdrawn >= 2:
            return False
        self.issue, self.withdrawn = "none", self.withdrawn + 1
        self.stop("case")
        for stage in self.of("frozen"):
            stage["state"] = "funded"
        if self.goods == "shipped":
            self.run("receive")
            self.announced = self.announced or self.delivered
        else:
            self.resume()
        return True

    def resolve(self, part: str) -> bool:
        if self.issue != "open" or self.agreement != "agreed":
            return False
        for stage in self.of(*HELD):
            left = rest(stage) - self.credit_of(stage, self.of(*HELD, *UNPAID))
            self.end(stage, left - rate(left, part))
        self.close("completed")
        self.issue = "resolved"
        return True

    # ── claims ──

    def open(self, side: str, remedy: str, amount: int, in_time: bool) -> bool:
        if side != "buyer" or self.open_claim or self.goods == "awaiting" or self.agreement not in ("agreed", "completed"):
            return False
        held = self.held_net if self.agreement == "agreed" else 0
        if held:
            if self.issue != "open" and (self.issue != "none" or self.withdrawn >= 2):
                return False
        elif self.goods != "received" or not in_time:
            return False
        if amount > self.total or (held and amount > held):
            return False
        if held:  # an operator's case about what nobody holds any more is not the claim's
            if self.issue != "open":
                self.open_issue()
            self.stop("case")
        self.claim = {"state": "answering", "held": held, "offers": {"buyer": (remedy, amount)}, "instance": 1, "waived": ""}
        self.claim |= {"amount": amount, "agreed": 0, "ruling": (0, 0)}
        self.start("answer", "talk")
        return True

    def start(self, *kinds: str) -> None:
        self.running |= {f"disputes.{kind}" for kind in kinds}

    def over(self, *kinds: str) -> None:
        self.running -= {f"disputes.{kind}" for kind in kinds or CLAIM_DEADLINES}

    def answer(self, side: str) -> bool:
        claim = self.open_claim
        if side != "seller" or not claim or claim["state"] != "answering":
            return False
        claim["state"] = "talking"
        self.over("answer")
        return True

    def offer(self, side: str, remedy: str, amount: int) -> bool:
        claim = self.open_claim
        if not claim or (claim["state"] != "talking" and not (claim["state"] == "answering" and side == "seller")):
            return False
        if amount > (self.held_net if claim["held"] else self.total) or (amount == 0 and remedy != "replace"):
            return False
        claim["state"] = "talking"
        self.over("answer")
        claim["offers"][side] = (remedy, amount)
        return True

    def accept(self, side: str) -> bool:
        claim, other = self.open_claim, "seller" if side == "buyer" else "buyer"
        if not claim or claim["state"] not in ("answering", "talking") or other not in claim["offers"]:
            return False
        remedy, claim["agreed"] = claim["offers"][other]
        self.over("answer", "talk")
        if remedy in ("return", "replace"):
            claim["state"] = "returning" if remedy == "return" else "replacing"
            self.start("return" if remedy == "return" else "send_again")
        else:
            self.settle("settled", claim["agreed"])
        return True

    def settle(self, state: str, to_buyer: int) -> bool:
        assert self.claim
        self.claim["state"] = state
        self.over()
        if self.claim["held"]:
            self.divide(min(to_buyer, self.held_net))
        return True

    def travels(self, side: str, verb: str) -> bool:
        claim = self.open_claim
        who, before, after, timer = {
            "hand_over": ("buyer", "returning", "returned", "take_back"),
            "send_again": ("seller", "replacing", "replaced", "replacement"),
            "take_back": ("seller", "returned", "settled", ""),
            "take_replacement": ("buyer", "replaced", "settled", ""),
        }[verb]
        if not claim or side != who or claim["state"] != before:
            return False
        if after == "settled":
            return self.settle("settled", claim["agreed"])
        claim["state"] = after
        self.over()
        self.start(timer)
        return True

    def escalate(self, side: str, early: bool) -> bool:
        claim = self.open_claim
        state = claim["state"] if claim else ""
        may = not early if state in ("answering", "talking") else side == "seller" if state == "returned" else state == "replaced"
        return may and self.to_arbitrator()

    def to_arbitrator(self) -> bool:
        assert self.claim
        self.claim["state"] = "arbitration"
        self.over()
        self.start("rule")
        return True

    def rule(self, to_buyer: int) -> bool:
        claim = self.open_claim
        if not claim or claim["state"] != "arbitration":
            return False
        held = self.held_net if claim["held"] else claim["amount"]
        if to_buyer > held:
            return False
        claim["ruling"] = (to_buyer, held)
        self.over("rule")
        if claim["instance"] == 2:
            return self.final()
        claim["state"] = "ruled"
        self.start("appeal")
        return True

    def final(self) -> bool:
        assert self.claim
        to_buyer, held = self.claim["ruling"]
        later = max(self.held_net - held, 0) if self.claim["held"] else 0
        return self.settle("decided", to_buyer + later)

    def appeal(self, side: str) -> bool:
        claim = self.open_claim
        if not claim or claim["state"] != "ruled" or claim["waived"] == side:
            return False
        claim["instance"] = 2
        self.over("appeal")
        return self.to_arbitrator()

    def waive_appeal(self, side: str) -> bool:
        claim = self.open_claim
        if not claim or claim["state"] != "ruled" or claim["waived"] == side:
            return False
        if claim["waived"]:
            return self.final()
        claim["waived"] = side
        return True

    def withdraw(self, side: str) -> bool:
        claim = self.open_claim
        if side != "buyer" or not claim or claim["state"] in ("returned", "ruled"):
            return False
        if claim["held"] and not self.withdraw_issue(side):
            return False
        claim["state"] = "withdrawn"
        self.over()
        return True

    # ── the clock ──

    def clock(self, kind: str, *, reminded: bool) -> None:
        """A deadline is due: it is over, and this follows."""
        self.running.discard(kind)
        match kind:
            case "trade.sign" | "trade.pay":
                self.close("lapsed")
            case "trade.ship":
                self.run("late")
            case "trade.case":
                self.run("case")
            case "trade.date":
                coming = self.coming()
                if (
                    coming is not None
                    and coming["due_on"] == "date"
                    and coming["state"] == "planned"
                    and self.may_fall_due(coming)
                ):
                    self.call(coming)
            case "trade.balance" | "trade.confirm" | "trade.recheck" | "trade.late":
                self.silent_case()
            case "trade.settle":
                self.release()
                self.close("completed")
            case "trade.receive":
                self._silence(reminded)
            case "trade.amend":
                self.amendment = None
            case "trade.extension":
                self.extension = None
            case "trade.inspection":
                self.drop_visit("lapsed")
            case "disputes.talk" | "disputes.send_again" | "disputes.replacement" | "disputes.rule":
                self.to_arbitrator()
            case "disputes.return":
                self.settle("dropped", 0)
            case "disputes.take_back":
                assert self.claim
                self.settle("settled", self.claim["agreed"])
            case "disputes.appeal":
                self.final()

    def _silence(self, reminded: bool) -> None:
        if self.delivered and not self.announced:
            self.announced = True
            self.run("receive")
            return
        question = self.extension or (self.amendment and self.amendment["side"] == "buyer")
        otherwise = any(stage["ends_on"] != "settlement" for stage in self.of("funded")) or any(
            stage["due_on"] != "acceptance" for stage in self.of(*UNPAID)
        )
        proof = "delivery" if self.announced else "inspection" if self.inspection == "passed" and not self.grew else ""
        if question or otherwise or not proof or not reminded:
            self.silent_case()
        else:
            self._accept(proof)


FEE = 30000
