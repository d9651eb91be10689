"""What an order rests on: a sample that is credited, a framework that is used up. Given back when the order comes to nothing.

Lock order: the order first, then what it rests on; samples by id, lines of a framework by number.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.money import Money, total
from everfair.base.refused import Refused
from everfair.base.rows import ask, insert
from everfair.trade.models import Order, SampleCredit
from everfair.trade.queries.kinds import creditable_samples
from everfair.trade.values import Terms, TermsCharge, TermsLine


def sample_credits(
    buyer_id: UUID | None, seller_id: UUID, lines: Sequence[TermsLine], charges: Sequence[TermsCharge]
) -> list[TermsCharge]:
    """The charge lines that credit this buyer's samples of these offers (I19: never from what was sent): one query.

    A sample that would take the whole order away waits for a larger one.
    """
    offers = [line.offer_id for line in lines if line.offer_id]
    if buyer_id is None or not offers:
        return []
    currency = lines[0].unit_price.currency
    left = total([line.amount for line in lines], currency) + total(
        [charge.amount for charge in charges if charge.amount.minor < 0], currency
    )
    found = []
    for sample_id, number, minor in creditable_samples(buyer_id, seller_id, currency, offers):
        price = Money(minor, currency)
        if price < left:
            left -= price
            found.append(TermsCharge("sample_credit", -price, number, sample_id))
    return found


def lock_samples(terms: Terms) -> None:
    """Before an order is written: of two orders at once that credit one sample, the second is refused."""
    wanted = [charge.sample_id for charge in terms.charges if charge.sample_id]
    if not wanted:
        return
    ask("SELECT id FROM trade_order WHERE id = ANY(%s::uuid[]) ORDER BY id FOR UPDATE", [wanted])
    # A statement of its own, so that it sees what the lock waited for.
    if ask("SELECT 1 FROM trade_samplecredit WHERE sample_id = ANY(%s::uuid[]) AND returned_at IS NULL LIMIT 1", [wanted]):
        raise Refused("trade.other_terms", _("The terms have changed since you read them. Please read them again."))


def credit_samples(order: Order, terms: Terms) -> None:
    insert(
        *(
            SampleCredit(sample_id=charge.sample_id, order=order, amount_minor=-charge.amount.minor)
            for charge in terms.charges
            if charge.sample_id
        )
    )


def give_back(order: Order) -> None:
    """An order that ended before goods moved: what it called off can be called again, its samples can be credited again."""
    if order.kind == "call_off":
        ask("SELECT n FROM trade_frameworkline WHERE order_id = %s ORDER BY n FOR UPDATE", [order.basis_id])
        ask(_GIVEN_BACK, [order.pk, order.basis_id])
    elif order.basis_id:
        ask("UPDATE trade_samplecredit SET returned_at = ef_now() WHERE order_id = %s AND returned_at IS NULL", [order.pk])


_GIVEN_BACK = """
    UPDATE trade_frameworkline f SET called = f.called - l.quantity FROM trade_orderline l
    WHERE l.order_id = %s AND f.order_id = %s AND f.n = l.basis_n
"""
