"""The forms by which a line of a bank statement is decided, each with what it may choose from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from everfair.base.formats import money, plain_day, plain_money
from everfair.office import forms
from everfair.payments import queries
from everfair.payments.values import PROVIDER_WORDS, payout_reference


def _owed(face: Any) -> list[tuple[str, str]]:
    return [(str(row.pk), f"{money(row.amount)} · {row.to_name or row.to_account or row.pk}") for row in face.returns]


def _exchanged(face: Any) -> list[tuple[str, str]]:
    words = _("%(sold)s for %(bought)s, %(reference)s")
    return [
        (str(row.pk), words % {"sold": plain_money(row.sold), "bought": plain_money(row.bought), "reference": row.bank_ref})
        for row in face.covers
    ]


def _withdrawn(face: Any) -> list[tuple[str, str]]:
    return [
        (
            str(row.pk),
            " · ".join(
                (
                    plain_money(-row.gross),
                    str(PROVIDER_WORDS.get(row.rail, row.rail)),
                    row.reference,
                    plain_day(row.settled_at.date()),
                )
            ),
        )
        for row in face.withdrawals
    ]


def _paid(face: Any) -> list[tuple[str, str]]:
    """Each by the ids it stands for."""
    return [
        (",".join(map(str, row.ids)), " · ".join((str(money(row.amount)), row.reference, *_counted(row.count))))
        for row in queries.could_be_paid_by(face.line)
    ] if face.line.amount_minor < 0 and face.line.state != "settled" else []  # fmt: skip


def _counted(count: int) -> list[str]:
    return [ngettext("%(n)d payment", "%(n)d payments", count) % {"n": count}] if count > 1 else []


def _bounced(face: Any) -> list[tuple[str, str]]:
    if face.line.amount_minor < 0 or face.held != face.line.amount or face.line.state == "settled":
        return []
    return [(str(row.pk), f"{money(row.amount)} · {payout_reference(row.pk)}") for row in queries.could_come_back_by(face.line)]


# By verb: of the line's face, and of what was typed.
FORMS: dict[str, Callable[..., Any]] = {
    "assign": lambda _face, *typed, **more: forms.AssignForm(*typed, **more),
    "return": lambda _face, *typed, **more: forms.ReturnForm(*typed, **more),
    "costs": lambda _face, *typed, **more: forms.ReasonForm(*typed, **more),
    "keep": lambda _face, *typed, **more: forms.ReasonForm(*typed, **more),
    "sent": lambda face, *typed, **more: forms.SentForm(*typed, owed=_owed(face), **more),
    "cover": lambda face, *typed, **more: forms.CoverLineForm(*typed, covers=_exchanged(face), **more),
    "withdrawal": lambda face, *typed, **more: forms.WithdrawalLineForm(*typed, withdrawals=_withdrawn(face), **more),
    "paid": lambda face, *typed, **more: forms.PaidForm(*typed, paid=_paid(face), **more),
    "bounced": lambda face, *typed, **more: forms.BouncedForm(*typed, payout=_bounced(face), **more),
}
