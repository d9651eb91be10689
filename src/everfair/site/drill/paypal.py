"""The day on which the provider that carries most of our payments leaves: it says so, then goes dumb in the middle of the day and dies.

Payers pay all the while. At the end the dead provider's own memory is compared with our books: nothing may be lost, nothing paid twice.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import connection

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.refused import Refused
from everfair.base.rows import ask
from everfair.ledger.proofs import prove
from everfair.payments.actions import give_up, order_rail, start_checkout
from everfair.payments.providers.port import ProviderError
from everfair.payments.queries import share_by_counterparty
from everfair.payments.rails import RAILS, client
from everfair.site.drill.boxes import Box, pay_on_page
from everfair.site.simulate.cast import Cast, gather
from everfair.trade.actions import draft_order, pay_stage, place_order, sign_order
from everfair.trade.models import Stage

PAYERS = 8
SUCCEEDS_WITHIN_S = 20.0
SILENT_FOR_S = 4.0
OPERATOR_ACTS_AFTER_S = 15.0
# Payers come one after another all through the bad hour, not all before it.
BAD_HOUR_S = 30.0
_HOME_WITHIN_S = 120.0
WANTED = 0.99

Say = Callable[[str], None]


@dataclass
class Payment:
    """What a buyer wants to pay, and how it went at the first try. Moments are seconds of the drill."""

    stage_id: UUID
    by: Actor
    began_s: float = 0
    took_s: float = 0
    rail: str = ""
    outcome: str = ""  # paid, or what the payer saw instead


@dataclass
class Day:
    """The drill's clock, and when what happened."""

    began: float = field(default_factory=time.monotonic)
    hour_s: float = 0
    silent_s: float = 0

    def seconds(self) -> float:
        return time.monotonic() - self.began


def play(payments: int, say: Say) -> dict[str, Any]:
    """Play the day with so many payments in the installation this process stands in; the figures of `report`."""
    boxes = {rail: Box(rail, Path(os.environ["EVERFAIR_DRILL"])) for rail in ("sandbox", "sandbox2")}
    try:
        for box in boxes.values():
            box.start()
        return _play(payments, boxes, say)
    finally:
        for box in boxes.values():
            box.stop()


def _play(payments: int, boxes: dict[str, Box], say: Say) -> dict[str, Any]:
    say(f"Placing {payments} orders …")
    cast = gather(int(time.time()), size=6)
    wanted = list(_orders(cast, payments))
    third = payments // 3
    day = Day()
    say("Payers pay as on every day …")
    _pay_all(wanted[:third], day)
    largest = max(boxes, key=_carried_lately)
    say(f"{RAILS[largest].counterparty} carries most and announces its end in a month …")
    order_rail(
        largest, open_=True, ends_on=(now() + timedelta(days=30)).date(), reason="drill: it ends our contract", by=cast.operator
    )
    _pay_all(wanted[third : 2 * third], day)
    cache.clear()  # what was summed up a moment ago
    carried_before = float(_carried_lately(largest))
    say("… and goes dumb in the middle of the day, then dies.")
    day.hour_s = day.seconds()
    with ThreadPoolExecutor(PAYERS) as payers:
        bad_hour = wanted[2 * third :]
        rest = [payers.submit(_pay, wish, day, after_s=BAD_HOUR_S * n / len(bad_hour)) for n, wish in enumerate(bad_hour)]
        late = _last_breath(largest, cast, day)
        boxes[largest].fall_silent()
        day.silent_s = day.seconds()
        time.sleep(SILENT_FOR_S)
        boxes[largest].die()
        stuck = _at(largest)
        time.sleep(OPERATOR_ACTS_AFTER_S)
        order_rail(largest, open_=False, ends_on=None, reason="drill: it is dead", by=cast.operator)
        for done in rest:
            done.result()
    say("Payers who could not pay give it up and pay in another way …")
    again = [wish for wish in (*wanted, *late) if not _is_paid(wish)]
    _pay_again(again, day)
    say("The dead one comes back for an hour to settle its debts …")
    boxes[largest].start()
    home_s = _wait_until_home(wanted + late)
    return report(wanted, late, again, day, largest, stuck, carried_before, home_s)


def _orders(cast: Cast, count: int) -> Iterator[Payment]:
    sellers = [seller for seller in cast.sellers if seller.currency == "USD"]
    for n in range(count):
        seller, buyer = sellers[n % len(sellers)], cast.buyers[n % len(cast.buyers)]
        terms = draft_order([(seller.offers[n % 4].pk, Decimal(100))], incoterm="FOB", named_place="Ningbo", by=buyer)
        order = place_order(terms, by=buyer, seen_total=terms.total, seen_hash=terms.draft_hash)
        sign_order(order.pk, order.terms_hash, by=seller.by)
        yield Payment(Stage.objects.get(order_id=order.pk, n=1).pk, buyer)


def _pay_all(wishes: Sequence[Payment], day: Day) -> None:
    with ThreadPoolExecutor(PAYERS) as payers:
        for done in [payers.submit(_pay, wish, day) for wish in wishes]:
            done.result()


def _pay(wish: Payment, day: Day, *, after_s: float = 0) -> None:
    """One try of one payer: to the provider's page, and until the platform knows of it. `after_s` the bad hour's beginning."""
    try:
        time.sleep(max(0.0, day.hour_s + after_s - day.seconds()) if after_s else 0)
        wish.began_s = day.seconds()
        wish.outcome = _try(wish)
        wish.took_s = day.seconds() - wish.began_s
    finally:
        connection.close()  # this thread's own


def _try(wish: Payment) -> str:
    try:
        intent_id = pay_stage(wish.stage_id, by=wish.by)
        url = start_checkout(intent_id, by=wish.by)
    except Refused as refusal:
        return refusal.code
    wish.rail = _rail_of(intent_id)
    if not pay_on_page(url):
        return "the page does not answer"
    return "paid" if _wait_until(lambda: _is_paid(wish), SUCCEEDS_WITHIN_S) else "paid, and nobody told us"


def _is_paid(wish: Payment) -> bool:
    return bool(ask("SELECT 1 FROM payments_intent WHERE purpose = %s AND state = 'captured'", [wish.stage_id]))


def _last_breath(largest: str, cast: Cast, day: Day) -> list[Payment]:
    """Some pay on the provider's page in its last moment: what it would have said of it dies with it."""
    wishes = list(_orders(cast, 6))
    for wish in wishes:
        with suppress(Refused):
            intent_id = pay_stage(wish.stage_id, by=wish.by)
            url = start_checkout(intent_id, by=wish.by)
            wish.rail = _rail_of(intent_id)
            wish.began_s, wish.outcome = day.seconds(), "paid, and nobody told us"
            pay_on_page(url, "late" if wish.rail == largest else "pays")
    return wishes


def _rail_of(intent_id: UUID) -> str:
    return str(ask("SELECT provider FROM payments_intent WHERE id = %s", [intent_id])[0][0])


def _pay_again(wishes: Sequence[Payment], day: Day) -> None:
    for wish in wishes:
        for intent_id, by in [(row[0], wish.by) for row in ask(_LIVE, [wish.stage_id])]:
            with suppress(Refused):
                give_up(intent_id, by=by)
        _wait_until(lambda wish=wish: ask(_PAYABLE, [wish.stage_id]), 20)  # type: ignore[misc]
        second = Payment(wish.stage_id, wish.by)
        _pay(second, day)


_LIVE = "SELECT id FROM payments_intent WHERE purpose = %s AND state IN ('created', 'open', 'indeterminate')"
_PAYABLE = "SELECT 1 FROM trade_stage WHERE id = %s AND state <> 'paying'"


def _wait_until(true: Callable[[], Any], within_s: float) -> bool:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.2)
    return False


def _wait_until_home(wishes: Sequence[Payment]) -> float | None:
    """Until nothing is unknown, nothing is on its way back and every payment is held in escrow; how long it took, or None."""
    began = time.monotonic()
    stages = [wish.stage_id for wish in wishes]
    done = _wait_until(lambda: ask(_HOME, [stages, stages])[0][0] == 0 and _nothing_twice(stages), _HOME_WITHIN_S)
    return time.monotonic() - began if done else None


def _nothing_twice(stages: Sequence[UUID]) -> bool:
    kept, price = _at_providers(stages), _prices(stages)
    return kept is not None and all(kept[stage] <= price[stage] for stage in stages)


def _prices(stages: Sequence[UUID]) -> dict[UUID, int]:
    return {row[0]: int(row[1]) for row in ask("SELECT id, amount_minor FROM trade_stage WHERE id = ANY(%s)", [stages])}


_HOME = """
    SELECT (SELECT count(*) FROM payments_intent WHERE purpose = ANY(%s) AND state IN ('open', 'indeterminate', 'created'))
         + (SELECT count(*) FROM payments_refund WHERE state IN ('requested', 'sent', 'indeterminate'))
         + (SELECT count(*) FROM trade_stage WHERE id = ANY(%s) AND state IN ('due', 'paying'))
"""


def _at_providers(stages: Sequence[UUID]) -> dict[UUID, int] | None:
    """What the providers themselves say they keep for each stage, in minor units; None while one of them does not answer."""
    kept: Counter[UUID] = Counter(dict.fromkeys(stages, 0))
    for intent_id, purpose in ask("SELECT id, purpose FROM payments_intent WHERE purpose = ANY(%s)", [stages]):
        for rail in ("sandbox", "sandbox2"):
            try:
                found = client(rail).look_up(str(intent_id))
            except ProviderError:
                return None
            if found is not None and found.state == "captured":
                kept[purpose] += found.amount.minor - found.refunded.minor
    return dict(kept)


def _carried_lately(rail: str) -> Decimal:
    return share_by_counterparty("card", "USD")[0].get(RAILS[rail].counterparty, Decimal(0))


def _at(rail: str) -> dict[str, int]:
    """What a rail owes us in the books, by currency, in minor units."""
    return {currency: int(amount) for currency, amount in ask(_CLEARING, [f"provider:{rail}:clearing%"]) if amount}


_CLEARING = """
    SELECT a.currency, sum(CASE WHEN a.id = t.source_id THEN t.amount_minor ELSE -t.amount_minor END)
    FROM ledger_account a JOIN ledger_transfer t ON a.id IN (t.source_id, t.target_id)
    WHERE a.address LIKE %s GROUP BY a.currency ORDER BY a.currency
"""


def report(
    wanted: list[Payment], late: list[Payment], again: list[Payment], day: Day, largest: str, stuck: dict[str, int],
    carried_before: float, home_s: float | None,
) -> dict[str, Any]:  # fmt: skip
    """The figures of the day. `score` is the percentage of payments begun after the provider fell silent that succeeded at the first
    try, and 0 where anything was lost or taken twice."""
    stages = [wish.stage_id for wish in (*wanted, *late)]
    kept = _at_providers(stages) or {}
    price = _prices(stages)
    held = {row[0] for row in ask("SELECT id FROM trade_stage WHERE id = ANY(%s) AND state = 'funded'", [stages])}
    lost = sum(1 for stage in stages if kept.get(stage, 0) > 0 and stage not in held)
    twice = sum(1 for stage in stages if kept.get(stage, 0) > price[stage])
    after = [wish for wish in wanted if wish.began_s >= day.silent_s]
    good = [wish for wish in after if wish.outcome == "paid"]
    breaches = [proof.name for proof in prove() if proof.breach]
    recovered_s = _recovered(after)
    clean = lost == 0 and twice == 0 and not breaches and home_s is not None and recovered_s is not None
    today = datetime.now(UTC).date()
    settled: Counter[str] = Counter()
    for line in client(largest).statement(today - timedelta(days=1), today + timedelta(days=1)):
        settled[line.net.currency] += line.net.minor
    refunds = ask("SELECT state, count(*) FROM payments_refund WHERE rail = %s GROUP BY state", [largest])
    return {
        "drill": "paypal",
        "clean": clean,
        "score": round(100 * len(good) / len(after)) if clean and after else 0,
        "rail": largest,
        "counterparty": RAILS[largest].counterparty,
        "share_before": round(carried_before, 3),
        "payments": len(wanted) + len(late),
        "payments_lost": lost,
        "captured_twice": twice,
        "first_try_before": Counter(wish.outcome for wish in wanted if wish.began_s < day.silent_s),
        "first_try_after": Counter(wish.outcome for wish in after),
        "minutes_until_99_percent_succeed": None if recovered_s is None else round(max(0.0, recovered_s - day.silent_s) / 60, 2),
        "paid_again_by_hand": len(again),
        "stuck_on_the_dead_rail_minor": stuck,
        "brought_home": {
            "settled_by_its_statement_minor": dict(settled),
            "late_payments_returned": dict(refunds),
            "seconds_after_its_return": None if home_s is None else round(home_s, 1),
        },
        "proofs_broken": breaches,
        "seconds": round(day.seconds(), 1),
    }


def _recovered(after: list[Payment]) -> float | None:
    """From which moment on 99 % of the new payments succeed."""
    rows = sorted(after, key=lambda wish: wish.began_s)
    for n, wish in enumerate(rows):
        rest = rows[n:]
        if len(rest) >= 5 and sum(each.outcome == "paid" for each in rest) >= WANTED * len(rest):
            return wish.began_s
    return None
