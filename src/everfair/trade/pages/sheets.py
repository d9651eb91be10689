"""An order's papers as pages: contract, proforma invoice and packing list, read on the screen and printed by the browser."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.refused import NotVisible
from everfair.base.roles import MEMBER, OPERATOR
from everfair.catalog.values import plain
from everfair.companies.queries import people_by_id
from everfair.logistics.queries import consignment_of
from everfair.logistics.values import MODE_WORDS
from everfair.trade import queries
from everfair.trade.queries.papers import contract_terms

SHEETS = {"contract": _("Sales contract"), "proforma": _("Proforma invoice"), "packing-list": _("Packing list")}


@require_safe
@allow(MEMBER | OPERATOR)
def sheet(request: HttpRequest, order_id: UUID, kind: str) -> HttpResponse:
    """One paper of an order, from the terms that stand in it. A packing list is there once the goods were handed over."""
    if kind not in SHEETS:
        raise NotVisible
    found = queries.order(order_id, request.actor)  # type: ignore[attr-defined]
    consignment = consignment_of(found.pk) if kind == "packing-list" else None
    if kind == "packing-list" and consignment is None:
        raise NotVisible
    people = people_by_id([found.buyer_signed_by, found.seller_signed_by])  # type: ignore[list-item]
    terms = contract_terms(
        found,
        get_language() or "en",
        people.get(found.buyer_signed_by),  # type: ignore[arg-type]
        people.get(found.seller_signed_by),  # type: ignore[arg-type]
    )
    return page(
        request,
        "trade/sheet.html",
        order=found,
        kind=kind,
        title=SHEETS[kind],
        terms=terms,
        sheets=[(name, text) for name, text in SHEETS.items() if name != "packing-list" or found.goods != "awaiting"],
        consignment=consignment,
        packages=_packages(consignment, found.terms["lines"]),
        mode=MODE_WORDS[consignment.mode] if consignment else "",
    )


def _packages(consignment: Any, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What lies in which package: the shipper's own rows, each with the goods as the contract names them."""
    goods = {line["n"]: line for line in lines}
    return [
        {
            "sku": goods[row["line"]]["sku"],
            "description": goods[row["line"]]["description"],
            "quantity": plain(Decimal(row["quantity"])),
            "unit": goods[row["line"]]["unit"],
            "packages": row.get("packages", 0),
            "marks": row.get("marks", ""),
        }
        for row in (consignment.packing_list if consignment else ())
        if row.get("line") in goods
    ]
