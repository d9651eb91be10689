"""A claim's papers: the case file as it stands, and the ruling, in the reader's language and the other side's."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from everfair.base.clock import now
from everfair.base.formats import percent, plain_moment, plain_money
from everfair.base.money import Money
from everfair.base.words import word
from everfair.companies.queries import names, people_of
from everfair.disputes.documents import Leaf, Part, render
from everfair.disputes.models import Claim
from everfair.disputes.queries.claims import claim_lines, exhibits_of, file_hash, rulings_of
from everfair.disputes.queries.grounds import ground_text, ground_title
from everfair.disputes.queries.leaves import facts_of, title_of
from everfair.reference.values import LANGUAGES


def paper(claim: Claim, kind: str, language: str) -> bytes | None:
    """The PDF; None for a ruling where there is none yet."""
    exhibits, rulings = exhibits_of(claim), rulings_of(claim)
    if kind == "ruling" and not rulings:
        return None
    spoken = [person.language for side in (claim.buyer_id, claim.seller_id) for person in people_of(side)[:1]]
    languages = list(dict.fromkeys([language, *(one for one in spoken if one in LANGUAGES)]))
    last = rulings[-1].created_at if kind == "ruling" else exhibits[-1].created_at if exhibits else now()
    parts = tuple(_part(claim, kind, one, exhibits, rulings) for one in languages)
    return render(kind, parts, last)


def _part(claim: Claim, kind: str, language: str, exhibits: list[Any], rulings: list[Any]) -> Part:
    with override(language):
        order = claim.order
        facts = [
            (_("Order"), order.reference),
            (_("Buyer"), names(claim.buyer, language)[0]),
            (pgettext("side of an order", "Seller"), names(claim.seller, language)[0]),
            (_("What the buyer wants"), f"{word(claim.remedy, 'claim remedy')}, {plain_money(claim.amount)}"),
            (_("Where it stands"), word(claim.state, "disputes.claim")),
        ]
        if kind == "file":
            facts.append((_("Fingerprint of the terms (SHA-256)"), order.terms_hash))
            leaves = [*_lines(claim), *(_leaf(row, claim) for row in exhibits)]
            title, foot = _("Case file"), _("Fingerprint of the file (SHA-256)") + " " + file_hash(exhibits)
        else:
            leaves = [_ruling(row, language) for row in rulings]
            title, foot = _("Ruling"), _("Fingerprint of the file (SHA-256)") + " " + rulings[-1].file_hash
        return Part(language, title, claim.reference, tuple(facts), tuple(leaves), foot)


def _lines(claim: Claim) -> list[Leaf]:
    pairs = tuple(
        (
            row.line.description,
            f"{word(row.reason, 'claim reason')} · {row.quantity.normalize():f} {row.line.unit} · {plain_money(row.worth)}",
        )
        for row in claim_lines(claim)
    )
    return [Leaf(_("What is claimed"), facts=pairs)]


def _leaf(row: Any, claim: Claim) -> Leaf:
    files = tuple((file["name"], f"SHA-256 {file['sha256']}") for file in row.files)
    return Leaf(
        f"{row.n}. {title_of(row)}",
        f"{plain_moment(row.created_at)} · {word(row.side, 'claim side')}",
        row.text,
        (*facts_of(row, claim), *files),
    )


def _ruling(row: Any, language: str) -> Leaf:
    return Leaf(
        _("Ruling on appeal") if row.instance == 2 else _("Ruling"),
        plain_moment(row.created_at),
        row.reasons,
        (
            (_("Ground"), f"{ground_title(row.ground, language)} ({row.ground.code}, {row.ground.version})"),
            (_("Meaning"), ground_text(row.ground, language)),
            (_("Held"), plain_money(Money(row.held_minor, row.currency))),
            (_("Back to the buyer"), f"{plain_money(Money(row.to_buyer_minor, row.currency))} ({percent(row.buyer_share, 2)})"),
        ),
    )
