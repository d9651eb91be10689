"""Payments, payouts and bank accounts an actor may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.refused import NotVisible
from everfair.base.rows import find, find_one, seen_as
from everfair.ledger.queries import Line, statement
from everfair.ledger.values import wallet
from everfair.payments.models import BankAccount, Intent, Payout, ProviderEvent, Refund

# What an entry in a company's wallet is called.
LINE_WORDS = {
    "stage_release": _("Paid for goods the buyer accepted"),
    "stage_award": _("Paid by the operator's decision"),
    "stage_refund": _("Returned from escrow"),
    "payment_returned": _("A payment that was no longer needed came back"),
    "payout": _("Paid out to the bank account"),
    "inspection_earned": _("Fee for an inspection"),
    "inspection_returned": _("The fee of an inspection came back"),
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
    """The newest payment for each purpose."""
    rows = find(Intent, "purpose = ANY(%s::uuid[]) ORDER BY id", [purposes])
    return {row.purpose: row for row in rows}


def refund(refund_id: UUID) -> Refund:
    """With its payment."""
    return Refund.objects.select_related("intent").get(pk=refund_id)


def refunds_of(intent_id: UUID) -> list[Refund]:
    """What came a second time for this payment, or because another one had paid already: oldest first."""
    return find(Refund, "intent_id = %s ORDER BY id", [intent_id])


def payouts_visible_to(actor: Actor) -> QuerySet[Payout]:
    rows = Payout.objects.select_related("bank_account")
    if actor.kind == "operator":
        return rows
    return rows.filter(company_id=actor.company_id) if actor.company_id else rows.none()


def bank_accounts_of(actor: Actor) -> QuerySet[BankAccount]:
    rows = BankAccount.objects.filter(removed_at=None).order_by("id")
    return rows.filter(company_id=actor.company_id) if actor.company_id else rows.none()


def misfits() -> QuerySet[ProviderEvent]:
    """Events nobody could match: the operator's list."""
    return ProviderEvent.objects.filter(outcome__in=["mismatch", "unknown"]).order_by("-id")


# ── the wallet ──

Explain = Callable[[list[Line]], dict[int, tuple[str, str]]]
_explain: Explain | None = None


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


def wallet_statement(actor: Actor, currency: str, *, before: int | None = None, limit: int = 50) -> list[StatementLine]:
    """The lines of the company's own wallet, newest first, each with the balance after it."""
    if actor.company_id is None:
        return []
    lines = statement(wallet(actor.company_id, currency), before=before, limit=limit)
    known = _explain(lines) if _explain is not None else {}
    paid = {line.id: UUID(line.why["intent"]) for line in lines if line.id not in known and line.why.get("intent")}
    intents = Intent.objects.in_bulk(set(paid.values()))
    for line_id, intent_id in paid.items():
        if found := intents.get(intent_id):
            known[line_id] = (found.description, found.return_path)
    return [StatementLine(line, line_words(line), *known.get(line.id, ("", ""))) for line in lines]


def line_words(line: Line) -> str:
    """What a line is, in the reader's language."""
    if line.kind.startswith("stage_") and line.purpose in ("refund", ""):
        return str(_REFUND if line.purpose else _PASSED_ON)
    return str(LINE_WORDS.get(line.kind, line.kind))


def payouts_page(actor: Actor, *, before: UUID | None = None, limit: int = 25) -> list[Payout]:
    """Newest first; `before` is the last one seen."""
    rows = payouts_visible_to(actor)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-id")[:limit])


def payout(payout_id: UUID, actor: Actor) -> Payout:
    found = payouts_visible_to(actor).filter(pk=payout_id).first()
    if found is None:
        raise NotVisible
    return found


def bank_account(account_id: UUID, actor: Actor) -> BankAccount:
    found = bank_accounts_of(actor).filter(pk=account_id).first()
    if found is None:
        raise NotVisible
    return found
