"""Who issues, and trades that cost fees."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from everfair.base.actor import SYSTEM
from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.billing.actions import charge, set_issuer
from everfair.billing.models import Issuer
from everfair.billing.queries import treatment_of
from everfair.billing.values import Fee
from everfair.ledger.actions import post_entry
from everfair.ledger.proofs import prove
from everfair.ledger.values import Transfer, clearing, fees, tax, wallet
from everfair.markets.actions import set_fee_schedule
from everfair.markets.fees import FeeLine, FeeTerms
from tests import make

ISSUER = {
    "name": "Everfair Messe GmbH", "country": "DE", "registration_number": "HRB 123456", "tax_number": "DE 136 695 976",
    "address": {"lines": ["Kai 1"], "city": "Hamburg", "postcode": "20457"}, "email": "books@fair.example", "series": "INV",
}  # fmt: skip


def issuer(**changes: Any) -> Issuer:
    return set_issuer(**ISSUER | changes, by=make.operator())


def schedule(*lines: tuple[Any, ...], span: str = "order") -> None:
    """(kind, base, rate, floor, cap) in cents of a dollar."""
    made = tuple(
        FeeLine(kind, base, Decimal(rate), {"USD": floor} if floor else {}, {"USD": cap} if cap else {})
        for kind, base, rate, floor, cap in lines
    )
    set_fee_schedule("export", "", FeeTerms(made, span), None, "the board", make.operator())


def charged(
    company: Any,
    net: int,
    tax_minor: int | None = None,
    *,
    kind: str = "commission",
    currency: str = "USD",
    reference: str = "EF-1",
) -> None:
    """A fee taken from a company's wallet, in the books and as a charge, outside any trade."""
    treatment, key = treatment_of(company.pk), f"test:{new_id()}"
    taxed = round(net * treatment.share) if tax_minor is None else tax_minor
    purse = wallet(company.pk, currency)
    moves = [
        Transfer(clearing("sandbox", currency), purse, Money(net + taxed, currency)),
        Transfer(purse, fees(currency, kind), Money(net, currency)),
    ]
    if taxed:
        moves.append(Transfer(purse, tax(currency), Money(taxed, currency)))
    post_entry(key, moves, kind="stage_release", by=SYSTEM)
    fee = Fee(kind, Money(net, currency), Money(taxed, currency), treatment)
    charge(company.pk, [fee], subject=new_id(), reference=reference, entry_key=key)


def broken() -> dict[str, str]:
    return {proof.name: proof.breach for proof in prove() if proof.breach}
