"""Moves the clock: everybody acts a little, reactions follow, time passes, and what is due happens."""

from __future__ import annotations

import logging
import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from everfair.base.clock import advance
from everfair.base.deadlines import fire_due
from everfair.base.events import run_unread_reactions
from everfair.base.refused import NotVisible, Refused
from everfair.messaging.actions import read_notices
from everfair.site.simulate import claiming, figures, fulfilling, ordering
from everfair.site.simulate.cast import Cast, gather
from everfair.site.simulate.lives import Life

log = logging.getLogger(__name__)
AT_ONCE = 150  # orders that run side by side, at most: the clock moves for all of them
MOST_ROUNDS = 900  # of one life, about 18 months: then it is looked at as it stands
ACTS = 0.7  # how likely somebody acts in a round of 6 to 24 hours
_STANDS_STILL = 0.6  # the weight of doing nothing, against what may be done


def play(count: int, seed: int, say: Callable[[str], None] | None = None) -> dict[str, Any]:
    """Play `count` orders to their end. Refuses a live installation: its clock is not moved and its books hold real money."""
    if settings.KIND == "live":
        raise Refused("site.live", _("This installation is live: trades are simulated in a folder of its own."))
    return _Play(count, seed, say).go()


class _Play:
    def __init__(self, count: int, seed: int, say: Callable[[str], None] | None) -> None:
        self.count, self.seed, self.say = count, seed, say
        self.chance = random.Random(f"{seed}:clock")  # noqa: S311  a play, no secret
        self.cast: Cast = gather(seed, size=max(6, min(60, count // 10)))
        self.lives: list[Life] = []
        self.orders: list[Any] = []
        self.tried: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.faults: list[dict[str, Any]] = []
        self.stuck: dict[str, dict[str, Any]] = {}
        self.n = self.rounds = 0

    def go(self) -> dict[str, Any]:
        began, since, before = time.monotonic(), figures.last_move(), figures.stumbles()
        told = began
        while self.n < self.count or self.lives:
            self.rounds += 1
            self._begin()
            for life in list(self.lives):
                self._step(life)
            self._pass_time()
            if self.say and time.monotonic() - told > 10:
                told = time.monotonic()
                self.say(f"{self.n} begun, {len(self.lives)} running, {self.n / (told - began):.1f} trades/s")
        seconds = time.monotonic() - began
        self._settle()
        return self._report(seconds, since, before)

    def _begin(self) -> None:
        """A few new orders in every round, as long as there is room: the rest are called off from framework contracts."""
        room = min(AT_ONCE, max(12, self.count // 4))
        for _each in range(min(room - len(self.lives), 1 + room // 10)):
            if self.n >= self.count:
                return
            self.n += 1
            made = self._attempt(self.n, 0, "begin", lambda: ordering.begin(self.n, self.seed, self.cast))
            if isinstance(made, Life):
                self._welcome(made)

    def _welcome(self, life: Life) -> None:
        life.started_round = self.rounds
        self.lives.append(life)
        self.orders.append(life.order_id)

    def _step(self, life: Life) -> None:
        if not life.likely(ACTS):
            return
        life.read()
        if (
            life.is_over
            and not life.payments
            and not (life.likely(0.5) and life.order.goods == "received" and life.claim is None)
        ):
            self.lives.remove(life)
            return
        if self.rounds - life.started_round > MOST_ROUNDS:
            self.lives.remove(life)
            return
        if life.likely(0.05 if life.temper == "silent" else 0.2):
            self._attempt(life.n, life.steps, "read notices", lambda: read_notices(by=life.buyer))
        may = [*ordering.tries(life), *fulfilling.tries(life), *claiming.tries(life)]
        framework = life.order.kind == "framework" and life.order.agreement == "agreed"
        if framework and self.n < self.count and life.likely(0.15):
            self.n += 1
            made = self._attempt(life.n, life.steps, "call goods off", lambda: ordering.call_off(life, self.n))
            if isinstance(made, Life):
                self._welcome(made)
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
        """Refusals are counted; anything else is a fault with the place where it can be found again."""
        self.tried[name] += 1
        try:
            return do()
        except Refused as no:
            self.refused[f"{name}: {no.code}"] += 1
        except NotVisible:
            self.refused[f"{name}: not visible"] += 1
        except Exception as error:
            log.exception("a simulated step failed", extra={"seed": self.seed, "trade": n, "step": step})
            self.faults.append(
                {"seed": self.seed, "trade": n, "step": step, "what": name, "error": f"{type(error).__name__}: {error}"[:500]}
            )
            self.lives = [life for life in self.lives if life.n != n]
        return None

    def _pass_time(self) -> None:
        self._settle()
        advance(timedelta(hours=self.chance.randint(6, 24)))
        while fire_due():
            pass
        self._settle()
        if self.rounds % 5 == 0:
            self._look_for_stuck()

    def _settle(self) -> None:
        while run_unread_reactions():
            pass

    def _look_for_stuck(self) -> None:
        turns = figures.waiting([life.order_id for life in self.lives])
        for life in self.lives:
            if turns.get(life.order_id) == "nobody":
                self.stuck.setdefault(str(life.order_id), {"seed": self.seed, "trade": life.n, "step": life.steps})

    def _report(self, seconds: float, since: int, before: dict[str, int]) -> dict[str, Any]:
        companies = [by.company_id for by in self.cast.buyers]
        companies += [seller.by.company_id for seller in self.cast.sellers]
        companies += [inspector.by.company_id for inspector in self.cast.inspectors]
        waits = figures.waiting(self.orders)
        for order_id, turn in waits.items():
            if turn == "nobody":
                self.stuck.setdefault(str(order_id), {"seed": self.seed})
        money, broken = figures.money(companies), figures.breaches()  # type: ignore[arg-type]
        stumbled = {name: n - before[name] for name, n in figures.stumbles().items()}
        lost = any(parts["unaccounted"] for parts in money.values())
        return {
            "seed": self.seed,
            "trades": len(self.orders),
            "endings": figures.endings(self.orders),
            "unfinished": dict(Counter(waits.values())),
            "stuck": self.stuck,
            "verbs": figures.verbs(since),
            "tried": dict(self.tried.most_common()),
            "refused": dict(self.refused.most_common()),
            "faults": self.faults,
            "failed in the background": stumbled,
            "money": money,
            "breaches": broken,
            "rounds": self.rounds,
            "seconds": round(seconds, 1),
            "trades_per_s": round(len(self.orders) / seconds, 2) if seconds else 0,
            "clean": not (self.faults or self.stuck or broken or lost or any(stumbled.values())),
        }
