"""One process's share of the trades: it begins its orders and takes them on, step by step."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from everfair.base.refused import NotVisible, Refused
from everfair.base.together import all_or_nothing
from everfair.messaging.actions import read_notices
from everfair.site.simulate import claiming, figures, fulfilling, ordering
from everfair.site.simulate.cast import Cast
from everfair.site.simulate.lives import Life, look

log = logging.getLogger(__name__)
MOST_ROUNDS = 900  # of one life, about 18 months: then it is looked at as it stands
ACTS = 0.7  # how likely somebody acts in a round of 6 to 24 hours
_STANDS_STILL = 0.6  # the weight of doing nothing, against what may be done


@dataclass
class Seen:
    """What a share has to say at its end."""

    orders: list[UUID] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    faults: list[dict[str, Any]] = field(default_factory=list)
    stuck: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, other: Seen) -> None:
        self.orders += other.orders
        self.tried += other.tried
        self.refused += other.refused
        self.faults += other.faults
        self.stuck |= other.stuck


class Share:
    """The trades `first`, `first + apart`, … up to `count`; `room` of them run side by side at most."""

    def __init__(self, count: int, seed: int, cast: Cast, *, first: int, apart: int, room: int) -> None:
        numbers = range(first, count + 1, apart)
        self.numbers, self.left = iter(numbers), len(numbers)
        self.seed, self.cast, self.room = seed, cast, room
        self.lives: list[Life] = []
        self.rounds = 0
        self.seen = Seen()
        self.trying = (0, 0, "")  # trade, step, what: of the last that somebody tried

    @property
    def busy(self) -> int:
        return self.left + len(self.lives)

    def turn(self) -> None:
        """Everybody acts a little."""
        self.rounds += 1
        self._begin()
        acting = [life for life in self.lives if life.likely(ACTS)]
        look(acting)
        gone = {id(life) for life in acting if self._is_over(life)}
        self.lives = [life for life in self.lives if id(life) not in gone]
        for life in acting:
            if id(life) not in gone:
                self._whole(lambda life=life: self._step(life))  # type: ignore[misc]

    def look_for_stuck(self) -> None:
        turns = figures.waiting([life.order_id for life in self.lives])
        for life in self.lives:
            if turns.get(life.order_id) == "nobody":
                self.seen.stuck.setdefault(str(life.order_id), {"seed": self.seed, "trade": life.n, "step": life.steps})

    def _begin(self) -> None:
        """A few new orders in every round, as long as there is room: the rest are called off from framework contracts."""
        for _each in range(min(self.room - len(self.lives), 1 + self.room // 10, self.left)):
            n = self._next_number()
            self._whole(lambda n=n: self._welcome(self._attempt(n, 0, "begin", lambda: ordering.begin(n, self.seed, self.cast))))  # type: ignore[misc]

    def _next_number(self) -> int:
        self.left -= 1
        return next(self.numbers)

    def _welcome(self, life: object) -> None:
        if isinstance(life, Life):
            life.started_round = self.rounds
            self.lives.append(life)
            self.seen.orders.append(life.order_id)

    def _is_over(self, life: Life) -> bool:
        if self.rounds - life.started_round > MOST_ROUNDS:
            return True
        if not life.is_over or life.payments:
            return False
        # Somebody may still have a claim after the payout.
        return not (life.order.goods == "received" and life.claim is None and life.likely(0.5))

    def _step(self, life: Life) -> None:
        if life.likely(0.05 if life.temper == "silent" else 0.1):
            self._attempt(life.n, life.steps, "read notices", lambda: read_notices(by=life.buyer))
        may = [*ordering.tries(life), *fulfilling.tries(life), *claiming.tries(life)]
        framework = life.order.kind == "framework" and life.order.agreement == "agreed"
        if framework and self.left and life.likely(0.15):
            n = self._next_number()
            self._welcome(self._attempt(life.n, life.steps, "call goods off", lambda: ordering.call_off(life, n)))
            return
        total = sum(each.weight for each in may) + _STANDS_STILL
        point = life.chance.random() * total
        for each in may:
            point -= each.weight
            if point < 0:
                life.steps += 1
                self._attempt(life.n, life.steps, each.name, each.do)
                return

    def _attempt(self, n: int, step: int, name: str, do: Callable[[], object]) -> object:
        self.seen.tried[name] += 1
        self.trying = n, step, name
        return do()

    def _whole(self, act: Callable[[], object]) -> None:
        """What somebody reads and then does is one transaction, as a write of a program is. Refusals are counted; anything else is a
        fault with the place where it can be found again."""
        seen = self.seen
        try:
            with all_or_nothing():
                act()
        except Refused as no:
            seen.refused[f"{self.trying[2]}: {no.code}"] += 1
        except NotVisible:
            seen.refused[f"{self.trying[2]}: not visible"] += 1
        except Exception as error:
            n, step, name = self.trying
            log.exception("a simulated step failed", extra={"seed": self.seed, "trade": n, "step": step})
            what = f"{type(error).__name__}: {error}"[:500]
            seen.faults.append({"seed": self.seed, "trade": n, "step": step, "what": name, "error": what})
            self.lives = [life for life in self.lives if life.n != n]
