"""Payments an actor may see, and the wallet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.refused import NotVisible
from everfair.base.rows import find, find_one, seen_as
from everfair.ledger.queries import Line, statement
from everfair.ledger.values import wallet
from everfair.payments.models import Intent, ProviderEvent, Refund

# What an entry in a company's wallet is called.
LINE_WORDS = {
    "stage_award": _("Paid by the operator's decision"),
    "stage_refund": _("Returned from escrow"),
    "payment_returned": _("A payment that was no longer needed came back"),
    "payout": _("Paid out to the bank account"),
    "payment_from_wallet": _("Paid from the wallet"),
    "credit_repaid": _("Trade credit repaid by the buyer"),
    "payout_returned": _("A payout that the bank returned"),
    "netted": _("Taken for what the company owed"),
    "chargeback_regained": _("A chargeback that was won"),
    "chargeback_given_back": _("A chargeback that was won"),
    "chargeback_fees_returned": _("Fees given back after a chargeback"),
    "chargeback_fees_taken": _("Fees taken again: a chargeback was won after all"),
    "reserve_kept": _("Kept back in reserve for a while"),
    "reserve_released": _("Let go from the reserve"),
    "fx_exchanged": _("Exchanged into another currency"),
    "fx_paid": _("Paid in another currency"),
    "inspection_earned": _("Fee for an inspection"),
    "inspection_returned": _("The fee of an inspection came back"),
}
# Money of a stage, by what let it go: the entry's `evidence`.
PAID_WORDS = {
    "acceptance": _("Paid for goods the buyer accepted"),
    "confirmation": _("Paid for work the buyer confirmed"),
    "delivery": _("Paid for goods delivered, the buyer said nothing"),
    "inspection": _("Paid for goods that passed an inspection, the buyer said nothing"),
    "ruling": _("Paid by the ruling on a claim"),
    "settlement": _("Paid as both sides settled a claim"),
}
# What the same entry is to a company that is not paid by it.
_REFUND = LINE_WORDS["stage_refund"]
_PASSED_ON = _("Fee of a failed inspection, from the seller to the buyer")


def intents_visible_to(actor: Actor) -> QuerySet[Intent]:
    if actor.kind in ("operator", "rail", "clock", "system"):
        return seen_as(Intent, Intent.objects.all)
    if actor.company_id is None:
        return seen_as(Intent, Intent.objects.none, "false")
    own = actor.company_id
    return seen_as(Intent, lambda: Intent.objects.filter(company_id=own), "company_id = %s", own)


def intent(intent_id: UUID, actor: Actor) -> Intent:
    where, params = intents_visible_to(actor).seen_as  # type: ignore[attr-defined]
    found = find_one(Intent, f"id = %s AND {where}", [intent_id, *params])
    if found is None:
        raise NotVisible
    return found


def intents_of(purposes: list[UUID]) -> dict[UUID, Intent]:
    """The newest payment for each purpose; it knows whether its bank ever took it back (`charged_back`)."""
    rows = find(Intent, "purpose = ANY(%s::uuid[]) ORDER BY id", [purposes], also={"charged_back": _CHARGED})
    return {row.purpose: row for row in rows}


_CHARGED = "EXISTS (SELECT FROM payments_chargeback c WHERE c.intent_id = payments_intent.id AND c.refund_id IS NULL)"


def refund(refund_id: UUID) -> Refund:
    """With its payment."""
    return Refund.objects.select_related("intent").get(pk=refund_id)


def refunds_of(intent_id: UUID) -> list[Refund]:
    """What came a second time for this payment, or because another one had paid already: oldest first."""
    return find(Refund, "intent_id = %s ORDER BY id", [intent_id])


def misfits() -> QuerySet[ProviderEvent]:
    """Events nobody could match: the operator's list."""
    return ProviderEvent.objects.filter(outcome__in=["mismatch", "unknown", "refused"]).order_by("-id")


# ── the wallet ──

Explain = Callable[[list[Line]], dict[int, tuple[str, str]]]
_explain: Explain | None = None
_PIECE = 500


def explain_lines_with(function: Explain) -> None:
    """The package that spends the money registers here how a statement's lines name what they were for: id → (text, link)."""
    global _explain
    _explain = function


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line with what it was for: `subject` is what people call it, `link` where it is (without its language)."""

    line: Line
    words: str
    subject: str
    link: str


def wallet_statement(
    actor: Actor,
    currency: str,
    *,
    before: int | None = None,
    from_on: date | None = None,
    to_on: date | None = None,
    limit: int = 50,
) -> list[StatementLine]:
    """The lines of the company's own wallet, newest first, each with the balance after it; of all days, or of these (UTC, both
    included)."""
    if actor.company_id is None:
        return []
    lines = statement(wallet(actor.company_id, currency), before=before, from_on=from_on, to_on=to_on, limit=limit)
    known = _explain(lines) if _explain is not None else {}
    paid = {line.id: UUID(line.why["intent"]) for line in lines if line.id not in known and line.why.get("intent")}
    intents = Intent.objects.in_bulk(set(paid.values()))
    for line_id, intent_id in paid.items():
        if found := intents.get(intent_id):
            known[line_id] = (found.description, found.return_path)
    return [StatementLine(line, line_words(line), *known.get(line.id, ("", ""))) for line in lines]


def whole_wallet_statement(
    actor: Actor, currency: str, *, from_on: date | None = None, to_on: date | None = None, most: int
) -> Iterator[StatementLine]:
    """The same, read piece by piece; not more than `most` lines."""
    before, read = None, 0
    while read < most:
        lines = wallet_statement(actor, currency, before=before, from_on=from_on, to_on=to_on, limit=min(_PIECE, most - read))
        yield from lines
        if len(lines) < _PIECE:
            return
        read, before = read + len(lines), lines[-1].line.id


def line_words(line: Line) -> str:
    """What a line is, in the reader's language."""
    if line.kind.startswith("stage_") and line.purpose in ("refund", ""):
        return str(_REFUND if line.purpose else _PASSED_ON)
    if line.kind in LINE_WORDS:
        return str(LINE_WORDS[line.kind])
    return str(PAID_WORDS.get(line.why.get("evidence", ""), line.kind))
