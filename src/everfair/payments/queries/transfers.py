"""What a payer needs to send a transfer: where to, how much, under which reference, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.deadlines import deadlines_of
from everfair.base.money import Money
from everfair.base.refused import NotVisible
from everfair.base.rows import ask
from everfair.ledger.queries import balance
from everfair.ledger.values import gathered
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments.bank import OurAccount, account_for, epc_payload
from everfair.payments.models import Intent
from everfair.payments.queries.money import intent as find_intent
from everfair.payments.references import in_groups
from everfair.reference.queries import add_business_days


@dataclass(frozen=True, slots=True)
class TransferFace:
    """`came` has arrived, `missing` is to be sent. `code` is what a banking app reads from a picture; «» outside SEPA."""

    intent: Intent
    account: OurAccount
    reference: str
    came: Money
    missing: Money
    expected_on: date
    until: datetime | None
    code: str


def reference_of(intent_id: UUID) -> str:
    """As people write it; «» where no transfer was chosen."""
    found = ask("SELECT reference FROM payments_intent WHERE id = %s", [intent_id])
    return in_groups(found[0][0]) if found else ""


def transfer_times(currency: str) -> tuple[int, date]:
    """For how many days a payment waits for a transfer, and when one that is sent now usually arrives."""
    rules, account = rules_at(DEFAULT_MARKET), account_for(currency)
    countries = {account.country} if account and account.country else set()
    expected_on = add_business_days(now().date(), int(rules["payments.bank_arrival_days"]), countries)
    return int(rules["payments.bank_days"]), expected_on


def transfer_face(intent_id: UUID, actor: Actor) -> TransferFace:
    """NotVisible for a payment whose payer never chose a transfer."""
    intent = find_intent(intent_id, actor)
    account = account_for(intent.currency)
    if not intent.reference or account is None:
        raise NotVisible
    came = balance(gathered(intent.pk), intent.currency).posted
    missing = intent.amount - came
    return TransferFace(
        intent=intent,
        account=account,
        reference=in_groups(intent.reference),
        came=came,
        missing=missing,
        expected_on=transfer_times(intent.currency)[1],
        until=deadlines_of([intent.pk]).get((intent.pk, "payments.intent")),
        code=epc_payload(account, missing.minor, intent.reference) if account.is_sepa and missing.minor > 0 else "",
    )
