"""How an order of each kind begins, and what both sides may do about terms, time and money before goods move."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from everfair.base.clock import now
from everfair.markets.plans import PLANS
from everfair.site.simulate.cast import Cast
from everfair.site.simulate.lives import Life, Try
from everfair.trade import actions
from everfair.trade.actions import Change, Frame, GroupDraft
from everfair.trade.models import FrameworkLine, GroupBuy
from everfair.trade.queries.extensions import most_days
from everfair.trade.queries.moves import payable_stage

TEMPERS = ("smooth", "smooth", "smooth", "silent", "quarrelsome", "quarrelsome", "fickle", "slow")
KINDS = ("direct",) * 12 + ("sample",) * 3 + ("framework",) * 2 + ("group",) * 2


def begin(n: int, seed: int, cast: Cast) -> Life:
    """A new order, placed by one of the buyers; it may be refused (then nothing has begun)."""
    chance = random.Random(f"{seed}:{n}")  # noqa: S311  a play, no secret
    seller, buyer = chance.choice(cast.sellers), chance.choice(cast.buyers)
    offer, kind, temper = chance.choice(seller.offers), chance.choice(KINDS), chance.choice(TEMPERS)
    plan = chance.choice(sorted(PLANS))
    quantity = Decimal(chance.choice((100, 137, 400, 1000, 1250, 2000)))
    where: dict[str, Any] = {"incoterm": chance.choice(("FOB", "CIF", "DAP", "EXW")), "named_place": "Ningbo"}
    group_id = None
    if kind == "sample":
        order = actions.order_sample(
            actions.draft_sample(offer.pk, chance.randint(1, 2), named_place="Hamburg", by=buyer), by=buyer
        )
    elif kind == "framework":
        frame = Frame(valid_until=(now() + timedelta(days=chance.randint(40, 120))).date(), seller_confirms=chance.random() < 0.5)
        terms = actions.draft_framework([(offer.pk, quantity * 5)], frame, payment_plan=plan, by=buyer, **where)
        order = actions.place_framework(terms, by=buyer)
    elif kind == "group":
        group_id = _group(seller.by, offer.pk, chance, where)
        order = actions.join_group_buy(group_id, Decimal(chance.choice((100, 300, 600, 1000))), by=buyer)
    else:
        lines = [(each.pk, quantity) for each in chance.sample(seller.offers, chance.choice((1, 1, 2)))]
        terms = actions.draft_order(lines, payment_plan=plan, by=buyer, **where)
        if plan == "inspected" or chance.random() < 0.3:
            later = terms.ship_by + timedelta(days=chance.randint(10, 50))
            terms = actions.draft_order(lines, payment_plan=plan, ship_by=later, by=buyer, **where)
        order = actions.place_order(terms, by=buyer, seen_total=terms.total, seen_hash=terms.draft_hash)
    return Life(n, order.pk, buyer, seller, cast, chance, temper, group_id=group_id)


def _group(seller: Any, offer_id: UUID, chance: random.Random, where: dict[str, Any]) -> UUID:
    """The one that runs for this offer, or a new one."""
    running = GroupBuy.objects.filter(offer_id=offer_id, state="open", closes_at__gt=now() + timedelta(hours=1)).first()
    if running is not None:
        return running.pk
    draft = GroupDraft(
        threshold=Decimal(chance.choice((600, 1000, 2000))), unit_price=Decimal("1"), least=Decimal(100),
        closes_at=now() + timedelta(days=chance.randint(3, 14)), lead_time_days=chance.randint(5, 30), **where,
    )  # fmt: skip
    return actions.publish_group_buy(offer_id, draft, by=seller).pk


def call_off(life: Life, n: int) -> Life:
    """A part of a running framework, as an order of its own."""
    left = {row.n: row.quantity - row.called for row in FrameworkLine.objects.filter(order_id=life.order_id)}
    wanted = [(1, min(left[1], Decimal(life.chance.choice((50, 200, 500)))) or Decimal(1))]
    order = actions.call_off_goods(life.order_id, wanted, by=life.buyer)
    return Life(n, order.pk, life.buyer, life.seller, life.cast, random.Random(life.chance.random()), life.temper)  # noqa: S311


def tries(life: Life) -> list[Try]:
    """Terms, signatures, money and time."""
    order, pk, chance = life.order, life.order_id, life.chance
    buyer, seller = life.buyer, life.seller.by
    quits = 0.5 if life.temper == "fickle" else 0.04
    found: list[Try] = []
    for by in (buyer, seller):
        side = "buyer" if by is buyer else "seller"
        may = life.moves[side]
        if "sign" in may:
            found.append(Try(4, "sign", lambda by=by: actions.sign_order(pk, order.terms_hash, by=by)))
            found.append(Try(quits, "sign other terms", lambda by=by: actions.sign_order(pk, "0" * 64, by=by)))
        if "decline" in may:
            found.append(Try(0.3, "decline", lambda by=by: actions.decline_order(pk, "The mill is full.", by=by)))
        if "cancel" in may:
            found.append(Try(quits, "cancel", lambda by=by: actions.cancel_order(pk, "Another season.", by=by)))
        if "call_off" in may:
            weight = 1.5 if side == "buyer" else quits / 3
            found.append(Try(weight, "call off", lambda by=by: actions.call_off_order(pk, "Too late.", by=by)))
        if "amend" in may:
            found.append(Try(0.12 if order.goods == "awaiting" else 0.04, "amend", lambda by=by: _amend(life, by)))
        found += _more_time(life, by, side)
    found += _money(life)
    if order.agreement == "agreed" and order.goods != "received":
        found += _answers(life)
    if order.kind == "framework" and order.agreement == "agreed":
        found += _frame_moves(life)
    if order.kind == "group_buy" and order.opened_at is None and order.agreement == "agreed" and chance.random() < 0.05:
        found.append(Try(0.3, "close group buy", lambda: actions.close_group_buy(order.group_buy_id, by=seller)))  # type: ignore[arg-type]
    return found


def _money(life: Life) -> list[Try]:
    found: list[Try] = []
    stage = payable_stage(life.order, life.stages, life.buyer)
    if stage is not None and not life.payments:
        found.append(
            Try(3 if life.temper != "slow" else 0.4, "pay", lambda: life.pay(lambda: actions.pay_stage(stage.pk, by=life.buyer)))
        )
    if life.payments:
        found.append(Try(5 if life.temper != "slow" else 0.5, "captured", lambda: life.hear("captured")))
        found.append(Try(0.5, "failed", lambda: life.hear("failed")))
    return found


def _amend(life: Life, by: Any) -> None:
    if life.order.kind == "call_off":  # prices and quantities are the framework's
        later = now().date() + timedelta(days=life.chance.randint(5, 60))
        actions.propose_amendment(life.order_id, Change(ship_by=later), "As said.", by=by)
        return
    line = life.chance.choice(life.order.terms["lines"])
    quantity, price = Decimal(line["quantity"]), Decimal(line["unit_price"])
    factor = Decimal(life.chance.choice(("0.5", "0.9", "1.1", "1.5", "2")))
    changed = Decimal(int(quantity * factor) or 1)
    day = now().date() + timedelta(days=life.chance.randint(5, 60)) if life.likely(0.3) else None
    actions.propose_amendment(life.order_id, Change(lines=[(line["n"], changed, price)], ship_by=day), "As said.", by=by)


def _more_time(life: Life, by: Any, side: str) -> list[Try]:
    order = life.order
    kind = "shipping" if order.goods == "awaiting" else "receipt"
    if order.agreement != "agreed" or (kind == "shipping" and side != "seller") or order.kind == "framework":
        return []
    if order.goods == "received" or not life.likely(0.15):
        return []
    most = most_days(order, life.extensions, kind, side)
    if most <= 0:
        return []
    days = life.chance.randint(1, min(most, 20))
    return [Try(0.8, "ask for time", lambda: actions.ask_extension(order.pk, kind, days, "The ship is late.", by=by))]


def _answers(life: Life) -> list[Try]:
    """To what one side laid before the other."""
    found: list[Try] = []
    seller, buyer = life.seller.by, life.buyer
    for asked in life.extensions:
        if asked.state != "asked":
            continue
        own, other = (seller, buyer) if asked.asked_by == "seller" else (buyer, seller)
        found.append(Try(1, "grant", lambda pk=asked.pk, by=other: actions.grant_extension(pk, by=by)))
        found.append(Try(0.5, "refuse time", lambda pk=asked.pk, by=other: actions.refuse_extension(pk, "No.", by=by)))
        found.append(Try(0.1, "take back request", lambda pk=asked.pk, by=own: actions.take_back_extension(pk, by=by)))
    for made in life.amendments:
        own, other = (seller, buyer) if made.side == "seller" else (buyer, seller)
        found.append(Try(2, "sign amendment", lambda row=made, by=other: actions.sign_amendment(row.pk, row.terms_hash, by=by)))
        found.append(Try(0.6, "refuse amendment", lambda row=made, by=other: actions.refuse_amendment(row.pk, "No.", by=by)))
        found.append(Try(0.3, "take amendment back", lambda row=made, by=own: actions.take_back_amendment(row.pk, by=by)))
    return found


def _frame_moves(life: Life) -> list[Try]:
    frame, found = life.frame, []
    if frame is None:
        return []
    for by, side in ((life.buyer, "buyer"), (life.seller.by, "seller")):
        wanted = 1.0 if frame.end_asked_by not in ("", side) else 0.02
        found.append(Try(wanted, "end framework", lambda by=by: actions.end_framework(life.order_id, by=by)))
        if frame.end_asked_by:
            found.append(Try(0.3, "keep framework", lambda by=by: actions.keep_framework(life.order_id, by=by)))
    return found
