"""The goods on the page of an order: where they are, package by package, and which documents of the Incoterm are still missing."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from everfair.base.actor import Actor
from everfair.base.formats import quantity
from everfair.catalog.values import plain
from everfair.companies.queries import names
from everfair.logistics.queries import consignments_of, faces
from everfair.trade.models import Order
from everfair.trade.queries.goods_papers import MADE_HERE, OwedPaper, owed_papers


def deliveries(order: Order, lines: Sequence[Any], shown: Sequence[dict[str, Any]], actor: Actor) -> list[dict[str, Any]]:
    """Every consignment of the order with its papers: eight queries, however many there are; one where there is none.

    `shown` is what the supplier showed for a stage: a copy of the shipping document shown there is not asked for again.
    """
    documents = [link for row in shown if row["kind"] == "shipping_document" for link in row["files"]]
    return [_delivery(face, order, lines, documents) for face in faces(consignments_of(order.pk), actor)]


def _delivery(face: Any, order: Order, lines: Sequence[Any], documents: list[dict[str, Any]]) -> dict[str, Any]:
    files = dict(face.papers)
    files["transport_document"] = [*documents, *files.get("transport_document", [])]
    papers = owed_papers(order, face.consignment.mode, files=files, handed_over=True, proven=face.proof is not None)
    return {
        "face": face,
        "packing": _packing(face.consignment, lines),
        "papers": papers,
        "missing": _missing(papers, order),
        "made_here": MADE_HERE,
    }


def _missing(papers: Sequence[OwedPaper], order: Order) -> str:
    """Which documents are not there yet, and from whom."""
    language = get_language() or "en"
    said = []
    for side, company in (("seller", order.seller), ("buyer", order.buyer)):
        wanted = [paper.name for paper in papers if paper.state == "missing" and paper.provided_by == side]
        if wanted:
            said.append(
                _("%(papers)s (from %(company)s)") % {"papers": ", ".join(wanted), "company": names(company, language)[0]}
            )
    return "; ".join(said)


def _packing(consignment: Any, lines: Sequence[Any]) -> list[dict[str, Any]]:
    goods = {line.n: line for line in lines}
    return [
        {
            "text": f"{goods[row['line']].description} · {quantity(plain(Decimal(row['quantity'])), goods[row['line']].unit)}",
            "packages": row.get("packages", 0),
            "marks": row.get("marks", ""),
        }
        for row in consignment.packing_list
        if row.get("line") in goods
    ]
