"""Moves the clock: everybody acts a little, reactions follow, time passes, and what is due happens.

Several processes play at once, each with trades of its own; they meet before and after the clock moves, for there is one clock.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from everfair.base.clock import advance
from everfair.base.deadlines import fire_due
from everfair.base.events import run_all_reactions, run_unread_reactions
from everfair.base.refused import Refused
from everfair.base.rows import ask
from everfair.site.simulate import figures
from everfair.site.simulate.cast import Cast, gather
from everfair.site.simulate.share import Seen, Share

AT_ONCE = 400  # orders that run side by side, at most: the clock moves for all of them
MOST_PROCESSES = 4
_PATIENCE_S = 900  # for a process that does not come to the next meeting any more

Say = Callable[[str], None]


def play(count: int, seed: int, say: Say | None = None, *, processes: int | None = None) -> dict[str, Any]:
    """Play `count` orders to their end. Refuses a live installation: its clock is not moved and its books hold real money.

    `processes`: as many as there are processors (four at most), when none is said. With one, a seed plays the same again.
    """
    if settings.KIND == "live":
        raise Refused("site.live", _("This installation is live: trades are simulated in a folder of its own."))
    several = processes or max(1, min(MOST_PROCESSES, len(os.sched_getaffinity(0)), count // 25))
    cast = gather(seed, size=max(6, min(40, count // 10)))
    room = min(AT_ONCE, max(12, count // 4))
    shares = [Share(count, seed, cast, first=n + 1, apart=several, room=max(1, room // several)) for n in range(several)]
    since, before, began = figures.last_move(), figures.stumbles(), time.monotonic()
    rounds, seen = Meetings(seed, shares, say).play_all()
    run_all_reactions()  # also what another session's open transaction hides for a moment
    seconds = time.monotonic() - began
    return _report(seed, cast, seen, rounds, seconds, since, before) | {"processes": several}


class Meetings:
    """Where the processes wait for one another; the first of them is the one that was started, and it moves the clock."""

    def __init__(self, seed: int, shares: list[Share], say: Say | None) -> None:
        self.shares, self.say, self.began = shares, say, time.monotonic()
        self.chance = random.Random(f"{seed}:clock")  # noqa: S311  a play, no secret
        # Forked, so that the cast and the open installation need not be made anew.
        self.made = multiprocessing.get_context("fork")
        self.meeting = self.made.Barrier(len(shares), timeout=_PATIENCE_S)
        self.busy = self.made.Array("i", [share.busy for share in shares])
        self.goes_on = True

    def play_all(self) -> tuple[int, Seen]:
        others = []
        if len(self.shares) > 1:
            _let_go()
        for n in range(1, len(self.shares)):
            here, there = self.made.Pipe(duplex=False)
            process = self.made.Process(target=self._play_apart, args=(n, there), daemon=True)
            process.start()
            there.close()
            others.append((process, here))
        seen = Seen()
        try:
            self._play(0)
            seen.add(self.shares[0].seen)
            for _process, here in others:
                seen.add(here.recv())
        except BaseException:
            self.meeting.abort()
            raise
        finally:
            for process, here in others:
                process.join(60)
                here.close()
        return self.shares[0].rounds, seen

    def _play_apart(self, n: int, there: Any) -> None:
        try:
            self._play(n)
            there.send(self.shares[n].seen)
        except BaseException:
            self.meeting.abort()
            raise
        finally:
            connection.close()

    def _play(self, n: int) -> None:
        share = self.shares[n]
        told = time.monotonic()
        with _in_haste():
            while self.goes_on:
                share.turn()
                self._pass_time(n)
                if n == 0 and self.say and time.monotonic() - told > 10:
                    told = time.monotonic()
                    self.say(self._how_far(told))

    def _pass_time(self, n: int) -> None:
        share = self.shares[n]
        _settle()
        self.busy[n] = share.busy
        self._meet()
        self.goes_on = sum(self.busy[:]) > 0  # here nobody writes it
        if n == 0:
            _settle_all()
            advance(timedelta(hours=self.chance.randint(6, 24)))
        self._meet()
        while fire_due(limit=200):
            pass
        self._meet()
        _settle_all()
        self._meet()
        if share.rounds % 5 == 0:
            share.look_for_stuck()
            self._meet()

    def _meet(self) -> None:
        if len(self.shares) > 1:
            self.meeting.wait()

    def _how_far(self, moment: float) -> str:
        begun = len(self.shares[0].seen.orders) * len(self.shares)
        return f"about {begun} begun, {sum(self.busy[:])} to end, {begun / (moment - self.began):.1f} trades/s"


def _let_go() -> None:
    """No connection is shared with a process that is forked: each opens its own."""
    connection.close()
    if "pool" in connection.settings_dict.get("OPTIONS", {}):
        connection.close_pool()  # type: ignore[attr-defined]


@contextmanager
def _in_haste() -> Iterator[None]:
    """A commit does not wait for the disk, for what is played may be lost when the server falls. Statements stay prepared, with a plan
    from when the tables were empty: none of those that read a whole table, which would cost more with every trade. Python looks for
    rings of rubbish less often, and not among what was there before."""
    connection.ensure_connection()
    session = connection.connection
    ask("SET synchronous_commit TO off")
    ask("SET enable_seqscan TO off")
    patience = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*patience)
        gc.unfreeze()
        session.close()  # with what was set and prepared: nobody else finds it in the pool
        connection.close()


def _settle() -> None:
    while run_unread_reactions():
        pass


def _settle_all() -> None:
    """Also what somebody's open transaction hides, here or in another database of the server: while it is open, time stands still."""
    run_all_reactions(rounds=1_000_000, patience_s=60)


def _report(seed: int, cast: Cast, seen: Seen, rounds: int, seconds: float, since: int, before: dict[str, int]) -> dict[str, Any]:
    companies = [by.company_id for by in cast.buyers]
    companies += [seller.by.company_id for seller in cast.sellers]
    companies += [inspector.by.company_id for inspector in cast.inspectors]
    waits = figures.waiting(seen.orders)
    for order_id, turn in waits.items():
        if turn == "nobody":
            seen.stuck.setdefault(str(order_id), {"seed": seed})
    money, broken = figures.money(companies), figures.breaches()  # type: ignore[arg-type]
    stumbled = {name: n - before[name] for name, n in figures.stumbles().items()}
    lost = any(parts["unaccounted"] for parts in money.values())
    return {
        "seed": seed,
        "trades": len(seen.orders),
        "endings": figures.endings(seen.orders),
        "unfinished": dict(Counter(waits.values())),
        "stuck": seen.stuck,
        "verbs": figures.verbs(since),
        "tried": dict(seen.tried.most_common()),
        "refused": dict(seen.refused.most_common()),
        "faults": seen.faults,
        "failed in the background": stumbled,
        "money": money,
        "breaches": broken,
        "rounds": rounds,
        "seconds": round(seconds, 1),
        "trades_per_s": round(len(seen.orders) / seconds, 2) if seconds else 0,
        "clean": not (seen.faults or seen.stuck or broken or lost or any(stumbled.values())),
    }
