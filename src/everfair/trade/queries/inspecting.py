"""Inspections an actor may see, who may be booked for one, and what a passed one says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, find, find_one, seen_as
from everfair.base.states import allowed_moves
from everfair.companies.queries import companies_by_id
from everfair.markets.rules import RULES
from everfair.reference.queries import DEFECT_CLASSES, add_business_days, judged, sampling_plan
from everfair.reference.values import Limit, SamplingPlan, Verdict
from everfair.trade.models import Inspection, InspectionReport, Order, OrderLine
from everfair.trade.roles import buyer, seller

LEVELS = ("I", "II", "III")
# An order whose goods wait for a report, or failed by the last one, is not shipped; after a fail its balance is not paid either.
BLOCKS_GOODS = ("open", "failed", "again")
BLOCKS_MONEY = ("failed", "again")
_SEES = "(inspector_id = %s OR order_id IN (SELECT id FROM trade_order WHERE buyer_id = %s OR seller_id = %s))"


def inspections_visible_to(actor: Actor) -> QuerySet[Inspection]:
    """The inspecting company sees its own, buyer and seller those of their orders, operators all; the worker's actors too."""
    if actor.kind in ("operator", "clock", "rail", "system"):
        return seen_as(Inspection, Inspection.objects.all)
    own = actor.company_id
    if own is None:
        return seen_as(Inspection, Inspection.objects.none, "false")
    sides = Q(inspector_id=own) | Q(order__buyer_id=own) | Q(order__seller_id=own)
    return seen_as(Inspection, lambda: Inspection.objects.filter(sides), _SEES, own, own, own)


def inspection(inspection_id: UUID, actor: Actor) -> Inspection:
    """One inspection with its order; `order.buyer`, `order.seller` and `inspector` are the companies as they are today."""
    where, params = inspections_visible_to(actor).seen_as  # type: ignore[attr-defined]
    found = find_one(Inspection, f"id = %s AND {where}", [inspection_id, *params])
    if found is None:
        raise NotVisible
    found.order = find(Order, "id = %s", [found.order_id])[0]
    companies = companies_by_id([found.order.buyer_id, found.order.seller_id, found.inspector_id])
    found.order.buyer, found.order.seller = companies[found.order.buyer_id], companies[found.order.seller_id]
    found.inspector = companies[found.inspector_id]
    return found


def inspections_of(order: Order) -> list[Inspection]:
    """All of one order before shipping, oldest first, each with its inspector; no query for an order that has none."""
    if order.inspection == "none":
        return []
    return _with_inspectors(find(Inspection, "order_id = %s AND claim_id IS NULL ORDER BY n", [order.pk]), order)


def inspections_of_claim(order: Order, claim_id: UUID) -> list[Inspection]:
    """For `disputes`: what was ordered inside a claim, oldest first, each with its inspector."""
    return _with_inspectors(find(Inspection, "claim_id = %s ORDER BY n", [claim_id]), order)


def claim_of_inspection(inspection_id: UUID) -> UUID | None:
    """For `disputes`: inside which claim it was ordered."""
    found = ask("SELECT claim_id FROM trade_inspection WHERE id = %s", [inspection_id])
    return found[0][0] if found else None


def _with_inspectors(found: list[Inspection], order: Order) -> list[Inspection]:
    companies = companies_by_id(each.inspector_id for each in found)
    for each in found:
        each.order, each.inspector = order, companies[each.inspector_id]
    return found


def inspections_page(actor: Actor, *, before: UUID | None = None, limit: int = 25) -> list[Inspection]:
    """What the actor's company inspects or has inspected, newest first, with order and companies."""
    rows = inspections_visible_to(actor).select_related("order__buyer", "order__seller", "inspector")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-id")[:limit])


def report_of(found: Inspection) -> InspectionReport | None:
    return find_one(InspectionReport, "inspection_id = %s", [found.pk])


def lines_of(found: Inspection) -> dict[int, OrderLine]:
    """The lines of the contract that are inspected, by number. Their prices are no business of the inspector's."""
    rows = find(OrderLine, "order_id = %s AND n = ANY(%s) ORDER BY n", [found.order_id, [lot["line"] for lot in found.lots]])
    return {line.n: line for line in rows}


def rule_of(order: Order, name: str) -> Decimal:
    """A number this contract was signed under; its declared default where the contract is older than the rule."""
    return Decimal(order.rules.get(name, RULES[name].default))


def aql_of(order: Order) -> dict[str, Decimal]:
    return {"critical": Decimal(0), "major": rule_of(order, "trade.aql_major"), "minor": rule_of(order, "trade.aql_minor")}


def lots_of(order: Order, lines: Sequence[tuple[int, Decimal]], level: str) -> list[dict[str, Any]]:
    """The sampling plan of each lot, frozen as plain values. A lot is counted in whole pieces, a begun one as a whole.

    Refuses an AQL that the standard does not have: an operator may have set one.
    """
    found = []
    for line, quantity in lines:
        size = int(quantity.to_integral_value(rounding="ROUND_CEILING"))
        try:
            plan = sampling_plan(size, aql=aql_of(order), level=level)  # type: ignore[arg-type]
        except ValueError as no:
            raise Refused("trade.inspection_plan", _("No sampling plan fits this lot."), field="level", status=422) from no
        limits = {
            name: {
                "aql": f"{limit.aql.normalize():f}",
                "accept": limit.accept,
                "reject": limit.reject,
                "sample_size": limit.sample_size,
            }
            for name, limit in plan.limits.items()
        }
        found.append(
            {
                "line": line, "quantity": f"{quantity.normalize():f}", "lot_size": size, "code_letter": plan.code_letter,
                "sample_size": plan.sample_size, "limits": limits,
            }
        )  # fmt: skip
    return found


def plan_of(lot: Mapping[str, Any]) -> SamplingPlan:
    """A frozen plan as `judged` takes it."""
    limits = {
        name: Limit(Decimal(limit["aql"]), limit["accept"], limit["reject"], limit["sample_size"])
        for name, limit in lot["limits"].items()
    }
    return SamplingPlan(lot["lot_size"], lot["code_letter"], lot["sample_size"], limits)


def limits_of(lot: Mapping[str, Any]) -> dict[str, Any]:
    """A lot's limits in the order people read them, the gravest first: JSON keeps another."""
    return {name: lot["limits"][name] for name in DEFECT_CLASSES if name in lot["limits"]}


def verdicts(found: Inspection, defects: Mapping[str, Mapping[str, int]]) -> dict[int, Verdict]:
    """What the counts mean, per line: the verdict is computed, never typed."""
    return {lot["line"]: judged(plan_of(lot), defects[str(lot["line"])]) for lot in found.lots}


def earliest_day(order: Order) -> date:
    """The first day an inspection may be wanted on, by the seller's working days."""
    return add_business_days(now().date(), int(rule_of(order, "trade.inspection_ahead_days")), countries_of(order))


def report_by(order: Order, wanted_on: date, *, claim: bool = False) -> date:
    return add_business_days(wanted_on, int(rule_of(order, "trade.inspection_report_days")), countries_of(order, claim=claim))


def days_in_claim(order: Order, days: int) -> tuple[date, date]:
    """The first and the last day of a visit inside a claim whose report is due within so many business days from today."""
    countries, today = countries_of(order, claim=True), now().date()
    spare = max(days - int(rule_of(order, "trade.inspection_report_days")), 1)
    return add_business_days(today, 1, countries), add_business_days(today, spare, countries)


def countries_of(order: Order, *, claim: bool = False) -> list[str]:
    """Whose days off count: the seller's, who packs; inside a claim both sides', wherever the goods are by then."""
    sides = ("buyer", "seller") if claim else ("seller",)
    countries = {order.terms[side].get("country", "") for side in sides}
    return sorted(country for country in countries if country)


def is_ready(found: Inspection) -> bool:
    """An accepted inspection whose report may be written on its day; inside a claim nothing is packed for it."""
    return found.fee == "held" and (found.claim_id is not None or found.packing == "declared")


def may_ask(order: Order, actor: Actor) -> bool:
    """The buyer, any time before shipping; the seller where a payment waits for an inspection, or after a fail."""
    if order.kind == "framework" or order.agreement != "agreed" or order.goods != "awaiting" or order.issue == "open":
        return False
    if order.inspection in ("open", "again", "passed"):
        return False
    if buyer.admits(actor, order):
        return True
    return seller.admits(actor, order) and (order.inspection == "failed" or waits_for_inspection(order))


def waits_for_inspection(order: Order) -> bool:
    return any(stage.get("due_on") == "inspection" for stage in order.terms["stages"])


def refuse_linked(order: Order, inspector_id: UUID) -> None:
    """An inspector is a stranger to both sides: no company of the order, no trade with one of them, no person in common."""
    sides = [order.buyer_id, order.seller_id]
    linked = inspector_id in sides or ask(_LINKED, {"inspector": inspector_id, "sides": sides})
    if linked:
        raise Refused(
            "trade.inspector_linked",
            _("This inspector trades with one of the two sides or shares people with it. Please choose another."),
            field="inspector", status=422,
        )  # fmt: skip


_LINKED = """
    SELECT 1 FROM trade_order
    WHERE agreement NOT IN ('draft', 'declined', 'cancelled', 'lapsed')
        AND ((buyer_id = %(inspector)s::uuid AND seller_id = ANY(%(sides)s::uuid[]))
            OR (seller_id = %(inspector)s::uuid AND buyer_id = ANY(%(sides)s::uuid[])))
    UNION ALL
    SELECT 1 FROM companies_membership own JOIN companies_membership theirs ON theirs.person_id = own.person_id
    WHERE own.company_id = %(inspector)s::uuid AND theirs.company_id = ANY(%(sides)s::uuid[])
        AND own.ended_at IS NULL AND theirs.ended_at IS NULL
    LIMIT 1
"""


def inspection_moves(found: Inspection, actor: Actor) -> list[str]:
    """The verbs for buttons and for the API's `moves`."""
    verbs = [verb for verb in allowed_moves(found, actor) if verb in _ASKED]
    live = found.state in ("asked", "accepted")
    # What the actions would refuse all the same.
    if found.claim_id is not None:
        verbs = [verb for verb in verbs if verb not in ("declare", "waive")]
    if found.state != "accepted":
        verbs = [verb for verb in verbs if verb not in ("pay", "declare")]
    if "pass" in verbs:
        ready = is_ready(found) and now().date() >= found.wanted_on
        verbs = [verb for verb in verbs if verb != "pass"] + (["report"] if ready else [])
    if found.order.inspection == "again":  # its repetition is booked: that ends first
        verbs = [verb for verb in verbs if verb != "waive"]
    if found.order.agreement != "agreed" and not live:
        verbs = []
    return verbs + (["pay"] if found.fee == "paying" and "reopen" in allowed_moves(found, actor) and live else [])


_ASKED = ("accept", "decline", "cancel", "pass", "waive", "pay", "declare")


def debts_left(order: Order) -> Money:
    """What of failed inspections the seller still owes the buyer: taken from what the seller receives for this order."""
    owed = ask("SELECT coalesce(sum(amount_minor - taken_minor), 0) FROM trade_inspectiondebt WHERE order_id = %s", [order.pk])
    return Money(int(owed[0][0]), order.currency)


def passed_inspection(order: Order) -> Inspection | None:
    """The inspection that speaks for all goods of the order: it passed, and its lots are every line, whole."""
    if order.inspection != "passed":
        return None
    found = find_one(Inspection, "order_id = %s AND state = 'passed' AND claim_id IS NULL ORDER BY n DESC LIMIT 1", [order.pk])
    if found is None:
        return None
    looked_at = {lot["line"]: Decimal(lot["quantity"]) for lot in found.lots}
    whole = all(looked_at.get(line["n"], Decimal(0)) >= Decimal(line["quantity"]) for line in order.terms["lines"])
    return found if whole else None
