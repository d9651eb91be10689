"""Three ways to run a platform through the same two years. Detectors are handed facts, never who is a fraud.

«2009»: payment outside, nobody checks, an account is closed some weeks after its third complaint. «escrow»: the same, but whoever pays
inside gets the money back when nothing comes. «everything»: admission by two drawn people, facts compared every night, cases that a
person decides, complaints that are decided in days; half of the buyers still pay outside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random
from typing import Any, Protocol

from everfair.risk.facts import Complaint, Deal, Listing, Message, Rating, Supplier
from everfair.site.drill.blacklist.lives import Life, Plan, World, day_of

ARMS = ("2009", "escrow", "everything")
# A case that was cleared is looked at again when so much more speaks against the supplier.
LOOK_AGAIN = 1.25


class Detectors(Protocol):
    """What `everfair.risk` offers; `known_bad` grows with each confirmed case."""

    known_bad: set[str]

    def update(self, supplier: Supplier) -> None: ...
    def score(self, id: str, at: date) -> Any: ...
    def proposals(self, at: date, ids: Iterable[str]) -> list[Any]: ...
    def staff(self, at: date) -> list[Any]: ...


@dataclass(slots=True)
class Held:
    start: int
    end: int


@dataclass(slots=True)
class Account:
    """One account in one arm: what was seen of it, what was done about it, and what it took."""

    life: Life
    chance: Random
    state: str = "open"  # open, held, ended, refused
    stopped: int | None = None
    cleared_at: float = 0.0
    victims: int = 0
    lost: float = 0.0
    saved: float = 0.0
    complaints: int = 0
    points: float = 0.0
    holds: list[Held] = field(default_factory=list)
    deals_missed: int = 0
    refused_days: int = 0  # an honest applicant who was let in on appeal only
    listings: list[Listing] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    complained: list[Complaint] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)

    @property
    def facts(self) -> Supplier:
        life = self.life
        return Supplier(
            id=life.id, country=life.country, registered_on=day_of(life.joins), salesperson=life.salesperson, level="verified",
            traits=life.traits, listings=tuple(self.listings), deals=tuple(self.deals), messages=tuple(self.messages),
            complaints=tuple(self.complained), ratings=tuple(self.ratings),
        )  # fmt: skip


@dataclass(slots=True)
class Ran:
    """What an arm came to. `named` are the salespeople whom the detectors named; `cases` how many a person looked at, by day."""

    arm: str
    accounts: dict[str, Account]
    named: set[str]
    cases: list[int]


class Arm:
    def __init__(self, world: World, arm: str, detectors: Detectors | None) -> None:
        assert (arm == "everything") == (detectors is not None)
        self.world, self.arm, self.detectors, self.c = world, arm, detectors, world.constants
        self.days: list[list[tuple[str, Account, Any]]] = [[] for _ in range(self.c.days)]
        self.ran = Ran(arm, {}, set(), [0] * self.c.days)
        self.changed: dict[str, Account] = {}
        self.day = 0

    def run(self) -> Ran:
        for life in self.world.lives:
            self.expect(life)
        for day in range(self.c.days):
            self.day = day
            today = self.days[day]
            for what, account, more in today:  # grows while it is read: what follows on the same day is done too
                getattr(self, what)(account, more)
            if self.detectors:
                self.at_night(self.detectors)
            self.days[day] = []
        return self.ran

    def later(self, days: int, what: str, account: Account, more: Any = None) -> None:
        if self.day + days < self.c.days:
            self.days[self.day + days].append((what, account, more))

    def expect(self, life: Life) -> None:
        account = Account(life, Random(f"{self.world.seed}:{life.id}"))  # noqa: S311
        self.ran.accounts[life.id] = account
        self.days[life.joins].append(("joins", account, None))

    # What the account does

    def joins(self, account: Account, _: None) -> None:
        life, detectors = account.life, self.detectors
        if detectors and self.day > 0:
            detectors.update(account.facts)
            if self.is_refused(account, detectors):
                return
        for kind, rows in (("lists", life.listings), ("writes", life.messages)):
            for day, row in rows:
                if day < self.c.days:
                    self.days[max(day, self.day)].append((kind, account, row))
        for plan in life.deals:
            if plan.day < self.c.days:
                self.days[max(plan.day, self.day)].append(("deals_in", account, plan))

    def lists(self, account: Account, listing: Listing) -> None:
        if account.state == "open":
            account.listings.append(listing)
            self.changed[account.life.id] = account

    def writes(self, account: Account, message: Message) -> None:
        if account.state in ("open", "held"):
            account.messages.append(message)
            self.changed[account.life.id] = account

    def deals_in(self, account: Account, plan: Plan) -> None:
        if account.state != "open":
            account.deals_missed += 1
            return
        inside = self.arm != "2009" and not plan.outside and not plan.talked
        if account.life.fraud and plan.ships_after is None:
            if inside and plan.dropped:
                return
            if inside:
                account.saved += plan.value
            else:
                account.victims += 1
                account.lost += plan.value
        if inside:
            on = day_of(self.day)
            account.deals.append(Deal(plan.buyer, plan.category, plan.value, on, "escrow"))
            self.changed[account.life.id] = account
            if plan.ships_after is not None:
                self.later(plan.ships_after + plan.late, "ships", account, (len(account.deals) - 1, plan))
        if plan.complains_after is not None:
            self.later(plan.complains_after, "complains", account, (plan, inside))

    def ships(self, account: Account, more: tuple[int, Plan]) -> None:
        at, plan = more
        on = day_of(self.day)
        account.deals[at] = replace(account.deals[at], shipped_on=on, late_days=plan.late, lost_dispute=plan.disputed)
        if plan.stars:
            account.ratings.append(Rating(plan.buyer, on, plan.stars))
        self.changed[account.life.id] = account

    def complains(self, account: Account, more: tuple[Plan, bool]) -> None:
        plan, inside = more
        account.complaints += 1
        account.complained.append(Complaint(plan.buyer, day_of(self.day), plan.value, plan.complaint, outside=not inside))
        self.changed[account.life.id] = account
        if self.arm == "everything":
            if plan.complaint in ("not shipped", "fake"):
                self.later(self.c.complaint_days, "is_judged", account)
        elif account.complaints == self.c.closes_after_complaints:
            self.later(self.c.closes_days_later, "ends", account)

    # What the platform does

    def is_refused(self, account: Account, detectors: Detectors) -> bool:
        """Two people look at the papers; what the account shares with others is before them."""
        c, life = self.c, account.life
        shared = detectors.proposals(day_of(self.day), [life.id])
        suspicious = any(one.action == "hold" for one in shared)
        if life.fraud:
            seen = account.chance.random() < c.maker_sees or account.chance.random() < c.checker_sees
            refused = seen or (suspicious and account.chance.random() < c.confirms_fraud)
        else:
            refused = account.chance.random() < c.honest_refused or (suspicious and account.chance.random() >= c.clears_honest)
        if refused and not life.fraud:  # they appeal, and are let in
            account.refused_days = c.appeal_days
            self.later(c.appeal_days, "joins_on_appeal", account)
        elif refused:
            account.state, account.stopped = "refused", self.day
            account.points = float(detectors.score(life.id, day_of(self.day)).points)
            detectors.known_bad.add(life.id)
            self.tries_again(account)
        elif suspicious:
            account.cleared_at = max(float(one.score.points) for one in shared)
        return refused

    def joins_on_appeal(self, account: Account, _: None) -> None:
        detectors, self.detectors = self.detectors, None
        self.joins(account, None)
        self.detectors = detectors

    def at_night(self, detectors: Detectors) -> None:
        at = day_of(self.day)
        for account in self.changed.values():
            detectors.update(account.facts)
        ids = [id for id, account in self.changed.items() if account.state == "open"]
        for proposal in detectors.proposals(at, ids):
            account, points = self.ran.accounts[proposal.id], float(proposal.score.points)
            if proposal.action == "hold" and points > account.cleared_at * LOOK_AGAIN:
                self.holds(account, points)
        self.changed.clear()
        if self.day % 30 == 29:
            self.ran.named |= {one.salesperson for one in detectors.staff(at)}

    def is_decided(self, account: Account, _: None) -> None:
        if account.state != "held":
            return
        fraud = account.life.fraud
        if account.chance.random() < (self.c.confirms_fraud if fraud else 1 - self.c.clears_honest):
            self.ends(account, None)
        else:
            account.state, account.cleared_at = "open", account.points

    def is_judged(self, account: Account, _: None) -> None:
        """A complaint is founded by one person; what ends an account is the word of a second."""
        founds = self.c.founds_true if account.life.fraud else self.c.founds_false
        if account.state == "open" and account.chance.random() < founds:
            self.holds(account, account.points)

    def holds(self, account: Account, points: float) -> None:
        account.state, account.points = "held", points
        days = account.chance.randint(*self.c.case_days)
        account.holds.append(Held(self.day, self.day + days))
        self.ran.cases[self.day] += 1
        self.later(days, "is_decided", account)

    def ends(self, account: Account, _: None) -> None:
        if account.state in ("ended", "refused"):
            return
        account.state, account.stopped = "ended", self.day
        if self.detectors:
            self.detectors.known_bad.add(account.life.id)
        if account.life.fraud:
            self.tries_again(account)
        elif self.arm == "everything":
            account.holds[-1].end = self.day + self.c.appeal_days
            self.later(self.c.appeal_days, "is_right", account)

    def is_right(self, account: Account, _: None) -> None:
        """An appeal that is upheld."""
        account.state, account.stopped, account.cleared_at = "open", None, account.points
        if self.detectors:
            self.detectors.known_bad.discard(account.life.id)

    def tries_again(self, account: Account) -> None:
        life = self.world.again(account.life, self.day)
        if life is not None:
            self.expect(life)


__all__ = ["ARMS", "Account", "Arm", "Detectors", "Held", "Ran"]
