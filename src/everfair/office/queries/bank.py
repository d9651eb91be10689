"""What a cashier means by «this line to these payments»."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.payments import queries


def parts_of(
    face: Any, asked: Sequence[tuple[UUID | str, str | None]], *, read: Callable[[str, str], Money] | None = None
) -> list[tuple[UUID, Money]]:
    """Payments (by id, or by their reference as people write it) and amounts of a line, in order; an amount that is not said is what the
    payment misses, or what the line still holds. `read` reads an amount of a currency, ValueError for none."""
    read = read or Money.of
    left, parts = face.held, []
    for which, amount in asked:
        intent = queries.intent_by_text(str(which))
        if intent is None:
            text = _("There is no such payment: %(text)s") % {"text": str(which).strip()[:60]}
            raise Refused("payments.no_such_payment", text, field="payments", status=422)
        if amount:
            try:
                given = read(amount, face.line.currency)
            except ValueError:
                text = _("This is no amount of this currency.")
                raise Refused("base.amount", text, field="payments", status=422) from None
        else:
            given = left if intent.currency != left.currency else min(left, queries.missing_of(intent) or left)
        parts.append((intent.pk, given))
        left = left - given
    return parts
