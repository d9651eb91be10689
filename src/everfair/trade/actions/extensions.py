"""More time: one side asks with a reason, the other grants or refuses; silence refuses. Signed terms stay as they are."""

from __future__ import annotations

from datetime import UTC, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import CLOCK_ACTOR, Actor
from everfair.base.clock import EfNow, now
from everfair.base.deadlines import clear_deadline, deadlines_of, set_deadline
from everfair.base.events import emit
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import as_it_is, ask, find, find_one, insert, save_changes
from everfair.base.states import stepping
from everfair.base.together import part
from everfair.events.trade import ExtensionAnswered, ExtensionAsked
from everfair.trade.actions.confirming import move_confirming
from everfair.trade.actions.stages import locked_order
from everfair.trade.models import EXTENSION_KINDS, Extension, Order
from everfair.trade.queries.calendars import due_at, late_from, ship_day
from everfair.trade.queries.extensions import extensions_of, most_days, side_of


def ask_extension(order_id: UUID, kind: str, days: int, reason: str, *, by: Actor) -> Extension:
    """Ask the other side for `days` more to ship (the seller) or to confirm the goods (either side).

    Refuses more than the contract's limits leave (field `days`), a second open request of the kind, and whatever is over: shipped
    goods, an open issue, an order that has ended. The clock goes on running until the request is granted.
    """
    if kind not in EXTENSION_KINDS:
        raise Refused("trade.extension_kind", _("Please say what the time is for."), field="kind", status=422)
    if not reason.strip():
        raise Refused("trade.extension_reason", _("Please give the reason."), field="reason", status=422)
    with part():
        order = locked_order(order_id, by=by)
        side = side_of(order, by)
        if not side or (kind == "shipping" and side != "seller"):
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        earlier = extensions_of(order)
        if any(row.kind == kind and row.state == "asked" for row in earlier):
            raise Refused("trade.extension_open", _("A request for more time waits for its answer already."))
        most = most_days(order, earlier, kind, side)
        if most <= 0:
            raise Refused("trade.extension_closed", _("No more time can be asked for."))
        least = 1 if kind == "receipt" else max(1, (now().astimezone(UTC).date() - ship_day(order)).days)
        if not least <= days <= most:
            message = _("Please give a number between %(least)s and %(most)s.") % {"least": least, "most": most}
            raise Refused("trade.extension_days", message, field="days", status=422)
        answer_by = due_at(order, "trade.extension_answer_days", now())
        asked = Extension(order=order, kind=kind, days=days, reason=reason.strip(), asked_by=side, answer_by=answer_by)
        insert(asked)
        set_deadline("trade.extension", asked.pk, answer_by)
        emit(ExtensionAsked(order.pk, asked.pk, kind, days, side, answer_by), by=by)
    return asked


def grant_extension(extension_id: UUID, *, by: Actor) -> Extension:
    """The other side agrees: the running deadline moves by the days, with reminders of its own. Refuses what has ended meanwhile."""
    with part():
        asked, order = _open(extension_id, by)
        with stepping(asked, "grant", by=by):
            asked.answered_at = EfNow()  # type: ignore[assignment]
            before = as_it_is(order)
            _move(order, asked)
            save_changes(order, before)
            _ended(asked, "granted", by=by)
    return asked


def _move(order: Order, asked: Extension) -> None:
    running = deadlines_of([order.pk])
    if asked.kind == "shipping":
        if order.goods not in ("awaiting", "part"):
            raise Refused("trade.shipped", _("The goods are on their way already."))
        order.ship_extended_days += asked.days
        # While a payment is awaited the shipping clock does not run; when late it stands still, and runs again.
        if (order.pk, "trade.ship") in running or not ({"trade.pay", "trade.balance"} & {kind for _pk, kind in running}):
            set_deadline("trade.ship", order.pk, late_from(order))
        clear_deadline("trade.late", order.pk)
        return
    zero_at = running.get((order.pk, "trade.receive"))
    if order.goods != "shipped" or zero_at is None:
        raise Refused("trade.extension_closed", _("No more time can be asked for."))
    move_confirming(order, zero_at + timedelta(days=asked.days))


def refuse_extension(extension_id: UUID, reason: str = "", *, by: Actor) -> Extension:
    """The other side does not agree; the former time holds."""
    return _end(extension_id, "refuse", "refused", reason, by=by)


def take_back_extension(extension_id: UUID, *, by: Actor) -> Extension:
    """Whoever asked does not need it any more."""
    return _end(extension_id, "take_back", "withdrawn", "", by=by)


def expire_extension(extension_id: UUID) -> None:
    """No answer in time is a refusal."""
    _end(extension_id, "expire", "lapsed", "", by=CLOCK_ACTOR)


def lapse_extensions(order: Order) -> None:
    """What a locked order's open requests were for is over (shipped, frozen, ended)."""
    for asked in find(Extension, "order_id = %s AND state = 'asked' FOR UPDATE", [order.pk]):
        asked.order = order
        with stepping(asked, "expire", by=CLOCK_ACTOR):
            asked.answered_at = EfNow()  # type: ignore[assignment]
            _ended(asked, "lapsed", by=CLOCK_ACTOR)


def _end(extension_id: UUID, verb: str, state: str, reason: str, *, by: Actor) -> Extension:
    with part():
        asked, _order = _open(extension_id, by)
        with stepping(asked, verb, by=by, reason=reason.strip()):
            asked.answered_at = EfNow()  # type: ignore[assignment]
            _ended(asked, state, by=by)
    return asked


def _open(extension_id: UUID, by: Actor) -> tuple[Extension, Order]:
    """The request and its order, both locked, the order first."""
    found = ask("SELECT order_id FROM trade_extension WHERE id = %s", [extension_id])
    if not found:
        raise NotVisible
    order = locked_order(found[0][0], by=by)
    asked = find_one(Extension, "id = %s FOR UPDATE", [extension_id])
    assert asked is not None
    asked.order = order
    return asked, order


def _ended(asked: Extension, state: str, *, by: Actor) -> None:
    clear_deadline("trade.extension", asked.pk)
    emit(ExtensionAnswered(asked.order.pk, asked.pk, asked.kind, asked.days, asked.asked_by, state), by=by)
