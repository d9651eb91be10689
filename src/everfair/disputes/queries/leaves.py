"""What a leaf of the case file says, on the page and on paper alike."""

from __future__ import annotations

from django.utils.translation import gettext as _

from everfair.base.formats import plain_money
from everfair.base.money import Money
from everfair.base.words import word
from everfair.disputes.models import Claim, Exhibit


def title_of(row: Exhibit) -> str:
    return word(row.verb, "claim step") if row.verb and row.kind != "late" else word(row.kind, "claim exhibit")


def facts_of(row: Exhibit, found: Claim) -> list[tuple[str, str]]:
    """What a leaf holds besides words, as pairs for the reader."""
    body = row.body
    pairs: list[tuple[str, str]] = []
    if "remedy" in body:
        pairs.append(
            (_("What is wanted") if row.kind == "opening" else _("What was offered"), word(body["remedy"], "claim remedy"))
        )
        pairs.append((_("Amount"), plain_money(Money.of(body["amount"], body["currency"]))))
    if "carrier" in body:
        pairs += [(_("Carrier"), body["carrier"]), (_("Tracking number"), body["number"])]
    if row.kind == "snapshot":
        pairs += [(_("Goods"), body["description"]), (_("What is wrong"), word(body["reason"], "claim reason"))]
        pairs.append((_("Fingerprint of the terms (SHA-256)"), body["terms_hash"][:16] + "…"))
    if "to_buyer_minor" in body:
        pairs.append((_("Back to the buyer"), plain_money(Money(body["to_buyer_minor"], found.currency))))
        pairs.append((_("Fingerprint of the file (SHA-256)"), body["file_hash"][:16] + "…"))
    return pairs
