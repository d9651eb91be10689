"""Payments, payouts and bank accounts an actor may see."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from everfair.base.actor import Actor
from everfair.base.refused import NotVisible
from everfair.payments.models import BankAccount, Intent, Payout, ProviderEvent


def intents_visible_to(actor: Actor) -> QuerySet[Intent]:
    if actor.kind == "operator":
        return Intent.objects.all()
    return Intent.objects.filter(company_id=actor.company_id) if actor.company_id else Intent.objects.none()


def intent(intent_id: UUID, actor: Actor) -> Intent:
    found = intents_visible_to(actor).filter(pk=intent_id).first()
    if found is None:
        raise NotVisible
    return found


def intents_of(purposes: list[UUID]) -> dict[UUID, Intent]:
    """The newest payment for each purpose."""
    rows = Intent.objects.filter(purpose__in=purposes).order_by("purpose", "-id").distinct("purpose")
    return {row.purpose: row for row in rows}


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
