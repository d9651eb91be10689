"""Goods: shown, inspected, shipped, delivered, received."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.money import Money, exponent
from everfair.disputes.actions import Complaint, open_claim
from everfair.disputes.models import REASONS, REMEDIES
from everfair.disputes.queries.claims import held_now
from everfair.logistics.actions import confirm_package_receipt, record_proof, record_tracking
from everfair.site.simulate.lives import Life, Try
from everfair.trade import actions
from everfair.trade.models import Inspection
from everfair.trade.queries.inspecting import earliest_day, inspection_moves
from everfair.trade.queries.moves import waited_for

MODES = ("express", "air", "land", "sea")


def tries(life: Life) -> list[Try]:
    order, pk, chance = life.order, life.order_id, life.chance
    buyer, seller = life.buyer, life.seller.by
    by_seller, by_buyer = life.moves["seller"], life.moves["buyer"]
    found: list[Try] = []
    if "ship" in by_seller:
        found.append(
            Try(0.3 if life.temper == "slow" else 1.5, "ship", lambda: actions.ship_order(pk, _consignment(life), by=seller))
        )
    if "show" in by_seller:
        kind = chance.choice(waited_for(order, life.stages))
        found.append(Try(1.5, "show", lambda: actions.show_work(pk, kind, life.seller.pictures, "Look.", by=seller)))
    presented = next((stage for stage in life.stages if stage.state == "funded" and stage.work == "presented"), None)
    if presented is not None and "confirm" in by_buyer:
        wakes = 0.2 if life.temper == "silent" else 2
        found.append(Try(wakes, "confirm", lambda: actions.confirm_work(pk, presented.n, by=buyer)))
        found.append(Try(wakes / 4, "send back", lambda: actions.send_work_back(pk, presented.n, "More.", by=buyer)))
    if "receive" in by_buyer:
        weight = {"silent": 0.0, "quarrelsome": 0.1, "smooth": 0.8}.get(life.temper, 0.4)
        found.append(Try(weight, "receive", lambda: actions.receive_order(pk, by=buyer)))
    if order.goods == "shipped":
        found += _way(life)
    found += _inspections(life, "inspect" in by_buyer, "inspect" in by_seller)
    found += _claims(life)
    if order.issue == "open" and life.open_claim is None and order.agreement == "agreed":
        found.append(Try(1, "resolve", lambda: _resolve(life)))
        found.append(Try(0.4, "close issue", lambda: actions.close_issue(pk, by=buyer)))
    return found


def _consignment(life: Life) -> dict[str, Any]:
    count = life.chance.choice((1, 2, 12))
    return {
        "mode": life.chance.choice(MODES),
        "carrier": "Simulated Line",
        "tracking_number": f"SIM{life.n}",
        "handed_over_on": now().date(),
        "package_count": count,
        "packages": [{"kind": "carton"}] * count if count < 3 else (),
    }


def _way(life: Life) -> list[Try]:
    """Somebody says where the goods are; the shipper never that they arrived."""
    found: list[Try] = []
    for row in life.consignments:
        if row.state == "delivered":
            continue
        found.append(Try(0.15, "operator proves", lambda row=row: _prove(row.pk, life.cast.operator)))
        found.append(Try(0.02, "shipper proves", lambda row=row: _prove(row.pk, life.seller.by)))
        found.append(Try(0.2, "tracked", lambda row=row: record_tracking(row.pk, "departed", place="Ningbo", by=life.seller.by)))
        if life.temper == "silent":
            continue
        found.append(Try(0.1, "buyer proves", lambda row=row: _prove(row.pk, life.buyer)))
        for package in life.packages[row.pk][:2]:
            if package.received_at is None:
                how = "damaged" if life.likely(0.1) else "good"
                found.append(
                    Try(
                        0.2,
                        "package",
                        lambda row=row, n=package.n, how=how: confirm_package_receipt(row.pk, n, condition=how, by=life.buyer),
                    )
                )
    return found


def _prove(consignment_id: UUID, by: Actor) -> None:
    record_proof(consignment_id, delivered_at=now(), note="waybill seen", by=by)


def _resolve(life: Life) -> None:
    part = Decimal(life.chance.choice(("0", "0.25", "0.333333", "1")))
    actions.resolve_issue(life.order_id, part, "The papers show it.", by=life.cast.operator)


def _inspections(life: Life, buyer_may: bool, seller_may: bool) -> list[Try]:
    order = life.order
    found: list[Try] = []
    wants = 1.0 if order.inspection in ("failed",) or any(stage.due_on == "inspection" for stage in life.stages) else 0.05
    for may, by in ((buyer_may, life.buyer), (seller_may, life.seller.by)):
        if may:
            found.append(Try(wants, "ask inspection", lambda by=by: _ask(life, by)))
    if order.inspection == "none":
        return found
    for row in life.inspections:
        found += _moves_of_inspection(life, row)
    return found


def _ask(life: Life, by: Any) -> None:
    fee = Money(life.chance.randint(50, 300) * 10 ** exponent(life.order.currency), life.order.currency)
    day = earliest_day(life.order) + timedelta(days=life.chance.randint(0, 5))
    inspector = life.chance.choice(life.cast.inspectors)
    actions.ask_inspection(life.order_id, inspector.by.company_id, fee=fee, wanted_on=day, place="Hall 3", by=by)  # type: ignore[arg-type]


def _moves_of_inspection(life: Life, row: Inspection) -> list[Try]:
    inspector = next(each for each in life.cast.inspectors if each.by.company_id == row.inspector_id)
    customer = life.buyer if row.booked_by_id == life.buyer.company_id else life.seller.by
    found: list[Try] = []
    theirs, own = inspection_moves(row, inspector.by), inspection_moves(row, customer)
    if "accept" in theirs:
        found.append(Try(2, "accept inspection", lambda: actions.accept_inspection(row.pk, by=inspector.by)))
    if "decline" in theirs:
        found.append(Try(0.1, "decline inspection", lambda: actions.decline_inspection(row.pk, "Full.", by=inspector.by)))
    if "cancel" in own:
        found.append(Try(0.05, "cancel inspection", lambda: actions.cancel_inspection(row.pk, "No.", by=customer)))
    if "pay" in own and not life.payments:
        found.append(Try(3, "pay fee", lambda: life.pay(lambda: actions.pay_inspection(row.pk, by=customer))))
    if "declare" in inspection_moves(row, life.seller.by):
        found.append(
            Try(2, "packed", lambda: actions.declare_packed(row.pk, life.chance.choice((50, 85, 100)), by=life.seller.by))
        )
    if "report" in theirs:
        found.append(
            Try(3, "report", lambda: actions.report_inspection(row.pk, _count(life, row), inspector.pictures, by=inspector.by))
        )
    if "waive" in inspection_moves(row, life.buyer):
        found.append(Try(0.4, "waive inspection", lambda: actions.waive_inspection(row.pk, "We take it.", by=life.buyer)))
    return found


def _count(life: Life, row: Inspection) -> dict[str, dict[str, int]]:
    """As many defects as just pass, or one more of one class."""
    counts = {str(lot["line"]): {name: limit["accept"] for name, limit in lot["limits"].items()} for lot in row.lots}
    if life.likely(0.4):
        lot = life.chance.choice(row.lots)
        name = life.chance.choice(sorted(lot["limits"]))
        counts[str(lot["line"])][name] = min(lot["limits"][name]["reject"], lot["limits"][name]["sample_size"])
    return counts


def _claims(life: Life) -> list[Try]:
    order = life.order
    shipped = order.goods != "awaiting" and order.agreement in ("agreed", "completed") and life.open_claim is None
    if not shipped or life.temper == "silent" or (order.agreement == "completed" and order.received_at is None):
        return []
    weight = 0.6 if life.temper == "quarrelsome" else 0.03
    if order.agreement == "completed":
        weight /= 10
    return [Try(weight, "claim", lambda: _open(life))]


def _open(life: Life) -> None:
    lines = life.order.terms["lines"]
    chosen = life.chance.sample(lines, life.chance.randint(1, len(lines)))
    worth = sum(line["amount_minor"] for line in chosen)
    held = held_now(life.order).minor
    most = Money(max(min(worth, held or worth), 1), life.order.currency)
    amount = most if life.likely(0.3) else life.some(most, 1)
    complaints = [Complaint(line["n"], life.chance.choice(REASONS)) for line in chosen]
    open_claim(life.order_id, complaints, life.chance.choice(REMEDIES), amount, "See the pictures.", by=life.buyer)
