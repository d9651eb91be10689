"""What a leaf of the case file says, on the page and on paper alike."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from everfair.base.formats import plain_day, plain_money
from everfair.base.money import Money
from everfair.base.words import word
from everfair.disputes.models import Claim, Exhibit
from everfair.reference.queries import DEFECT_CLASSES
from everfair.trade.queries.inspection_words import defect_name


def title_of(row: Exhibit) -> str:
    return word(row.verb, "claim step") if row.verb and row.kind != "late" else word(row.kind, "claim exhibit")


def _inspected(body: dict[str, Any]) -> list[tuple[str, str]]:
    """Of an inspection: what was ordered, or what was counted on the sample of each lot."""
    language = get_language() or "en"
    pairs = [(_("Inspector"), body["inspector"])]
    if "wanted_on" in body:
        pairs += [(_("Day of the visit"), plain_day(date.fromisoformat(body["wanted_on"]))), (_("Place"), body["place"])]
        fee = plain_money(Money.of(body["fee"], body["currency"]))
        pairs.append((_("Inspection fee"), f"{fee} · {word(body['payer'], 'claim side')}"))
    if "state" in body:
        pairs.append((_("Verdict") if "passed" in body else _("State"), word(body["state"], "trade.inspection")))
    for lot in body.get("lots", ()):
        counts = ", ".join(
            f"{defect_name(name, language)} {lot['defects'][name]}" for name in DEFECT_CLASSES if name in lot["defects"]
        )
        sample = _("Line %(n)s, defects on a sample of %(sample)s") % {"n": lot["line"], "sample": lot["sample_size"]}
        pairs.append((sample, counts))
    return pairs


def facts_of(row: Exhibit, found: Claim) -> list[tuple[str, str]]:
    """What a leaf holds besides words, as pairs for the reader."""
    body = row.body
    pairs: list[tuple[str, str]] = []
    if "remedy" in body:
        pairs.append(
            (_("What is wanted") if row.kind == "opening" else _("What was offered"), word(body["remedy"], "claim remedy"))
        )
        pairs.append((_("Amount"), plain_money(Money.of(body["amount"], body["currency"]))))
    if row.kind == "inspection":
        pairs += _inspected(body)
    if "carrier" in body:
        pairs += [(_("Carrier"), body["carrier"]), (_("Tracking number"), body["number"])]
    if row.kind == "snapshot":
        pairs += [(_("Goods"), body["description"]), (_("What is wrong"), word(body["reason"], "claim reason"))]
        pairs.append((_("Fingerprint of the terms (SHA-256)"), body["terms_hash"][:16] + "…"))
    if "to_buyer_minor" in body:
        pairs.append((_("Back to the buyer"), plain_money(Money(body["to_buyer_minor"], found.currency))))
        pairs.append((_("Fingerprint of the file (SHA-256)"), body["file_hash"][:16] + "…"))
    return pairs
