"""The papers that go with goods: which the Incoterm asks of whom, which of them are there, and what ours print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from everfair.base.formats import country_name, number, plain_money, quantity, unit_name
from everfair.base.money import Money, total
from everfair.base.refused import NotVisible
from everfair.base.rows import find
from everfair.catalog.values import plain
from everfair.logistics.queries import consignments_of, packages_of, proof_of
from everfair.logistics.values import CARRIER_WORDS, MODE_WORDS, PACKAGE_KIND_WORDS, SOURCE_WORDS
from everfair.reference.queries import PAPERS, papers_for
from everfair.reference.values import Paper, name_in
from everfair.trade.documents import ContractTerms, Packed, Parcel, Shipped
from everfair.trade.models import Order, OrderLine
from everfair.trade.queries.shipments import goods_of, shipped_lines

# How goods travel in our words → in those of the Incoterms' table.
_MEANS: Mapping[str, Any] = {"express": "courier", "air": "air", "land": "road", "sea": "sea"}
# What Everfair writes itself from the contract and the consignment: code of the document → kind of our paper.
MADE_HERE = {"commercial_invoice": "invoice", "packing_list": "packing-list"}


@dataclass(frozen=True, slots=True)
class OwedPaper:
    """One document of the Incoterm and what became of it.

    `state`: made (Everfair wrote it), given (files are there), proven (the delivery is), missing, or free (neither side owes it).
    """

    code: str
    name: str
    provided_by: str  # seller, buyer or "" (neither owes it)
    before_balance: bool
    article: str
    state: str
    files: Sequence[Mapping[str, Any]] = ()


def owed_papers(
    order: Order,
    mode: str = "",
    *,
    files: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    handed_over: bool = False,
    proven: bool = False,
) -> list[OwedPaper]:
    """The eight documents of this contract's Incoterm, in the reader's language. No query.

    `files` are links to what was uploaded, by code. Source: `reference.queries.papers_for`.
    """
    language = get_language() or "en"
    given = files or {}
    found = []
    for paper in _papers(order, mode):
        state = "free" if paper.provided_by is None else "missing"
        if paper.code in MADE_HERE and handed_over:
            state = "made"
        if given.get(paper.code):
            state = "given"
        elif paper.code == "delivery_document" and proven:
            state = "proven"
        found.append(
            OwedPaper(
                paper.code, name_in(paper.names, language), paper.provided_by or "", paper.before_balance, paper.article, state,
                given.get(paper.code, ()),
            )
        )  # fmt: skip
    return found


def _papers(order: Order, mode: str) -> Iterable[Paper]:
    border = order.terms["seller"]["country"] != order.terms["buyer"]["country"]
    if mode:
        try:
            return papers_for(order.incoterm, _MEANS[mode], across_border=border)
        except ValueError:
            pass  # a rule for ships, signed for goods that fly: who owes what stays, only the name of the transport document does not
    return [paper._replace(names=PAPERS[paper.code]) for paper in papers_for(order.incoterm, "sea", across_border=border)]


# ── what our own papers print ──


class SentGoods(NamedTuple):
    """A consignment as its papers print it. `customs`: what customs ask about each line of the contract. `invoiced`: what its invoice
    asks for, line → (quantity, amount), where the goods do not leave as one, as ordered; `last`: nothing more follows it."""

    shipped: Shipped
    day: date
    customs: tuple[str, ...]
    invoiced: tuple[tuple[int, Decimal, Money], ...] = ()
    last: bool = True


def shipped_goods(order: Order, consignment_id: UUID | None = None) -> SentGoods:
    """The newest consignment of this order, or the one named. NotVisible where there is none. Six queries."""
    rows = consignments_of(order.pk)
    place = next((n for n, row in enumerate(rows) if row.pk == consignment_id), None) if consignment_id else len(rows) - 1
    if place is None or place < 0:
        raise NotVisible
    row, parcels = rows[place], packages_of(rows[place].pk)
    lines = find(OrderLine, "order_id = %s ORDER BY n", [order.pk])
    carried, last = shipped_lines(order), order.goods != "part" and place == len(rows) - 1
    shipped = Shipped(
        number=order.reference if len(rows) == 1 else f"{order.reference}/{place + 1}",
        facts=tuple((name, value) for name, value in _facts(row) if value),
        goods=_packed(order, row.packing_list, carried.get(row.pk)),
        parcels=tuple(_parcel(parcel) for parcel in parcels),
        note=row.note,
        delivered=_delivered(row.pk),
    )
    invoiced = _invoiced(order, [carried.get(each.pk, {}) for each in rows[: place + 1]], last=last) if carried else ()
    return SentGoods(shipped, row.handed_over_on, tuple(_customs(line.snapshot) for line in lines), invoiced, last)


def _invoiced(order: Order, sent: Sequence[Mapping[int, Decimal]], *, last: bool) -> tuple[tuple[int, Decimal, Money], ...]:
    """The last of these consignments: each line's quantity at the contract's price. The last of all asks for what the former did not, so
    that the invoices of an order sum to the last cent."""
    found = []
    for line in goods_of(order):
        carried = sent[-1].get(line.n, Decimal(0))
        former = [each.get(line.n, Decimal(0)) for each in sent[:-1]]
        amount = line.price.times(carried)
        if last:
            asked = sum(line.price.times(each).minor for each in former if each)
            amount = Money(line.price.times(carried + sum(former)).minor - asked, order.currency)
        if carried:
            found.append((line.n, carried, amount))
    return tuple(found)


def _facts(row: Any) -> list[tuple[str, str]]:
    own = row.carrier_code == "manual"
    way = " → ".join(part for part in (row.from_place, row.to_place) if part)
    return [
        (_("Handed over on"), row.handed_over_on.isoformat()),
        (_("How the goods travel"), str(MODE_WORDS[row.mode])),
        (_("Carrier"), row.carrier if own else str(CARRIER_WORDS[row.carrier_code])),
        (_("Tracking number"), row.tracking_number),
        (_("Way"), way),
        (_("Packages"), number(row.package_count)),
        (_("Gross weight"), quantity(plain(row.gross_weight_kg), "KGM") if row.gross_weight_kg is not None else ""),
    ]


def _packed(order: Order, listed: Sequence[Mapping[str, Any]], carried: Mapping[int, Decimal] | None) -> tuple[Packed, ...]:
    """The shipper's own rows; where nothing was listed, what the consignment carries, or the goods of the contract."""
    goods = {line["n"]: line for line in order.terms["lines"]}
    rows = [row for row in listed if row.get("line") in goods] or [
        {"line": n, "quantity": line["quantity"] if carried is None else str(carried[n])}
        for n, line in goods.items()
        if carried is None or n in carried
    ]
    return tuple(
        Packed(
            sku=goods[row["line"]]["sku"],
            description=goods[row["line"]]["description"],
            quantity=number(plain(Decimal(row["quantity"]))),
            unit=unit_name(goods[row["line"]]["unit"]),
            packages=number(row["packages"]) if row.get("packages") else "",
            marks=row.get("marks", ""),
        )
        for row in rows
    )


def _parcel(parcel: Any) -> Parcel:
    sides = (parcel.length_cm, parcel.width_cm, parcel.height_cm)
    return Parcel(
        number=str(parcel.n),
        what=str(PACKAGE_KIND_WORDS[parcel.kind]),
        marks=parcel.marks,
        size=" × ".join(str(side) for side in sides) + " cm" if all(sides) else "",
        weight=quantity(plain(parcel.gross_weight_kg), "KGM") if parcel.gross_weight_kg is not None else "",
    )


def _delivered(consignment_id: UUID) -> tuple[tuple[str, str], ...]:
    proof = proof_of(consignment_id)
    if proof is None:
        return ()
    said = [
        (_("Delivered at"), f"{proof.delivered_at:%Y-%m-%d %H:%M} UTC"),
        (pgettext("trade paper", "Whose word"), str(SOURCE_WORDS[proof.entered_as])),
        (_("Signed by"), proof.signed_by),
        (pgettext("way of goods", "Place"), proof.place),
    ]
    return tuple((name, value) for name, value in said if value)


def _customs(snapshot: Mapping[str, Any]) -> str:
    code, origin = snapshot.get("hs_code", ""), snapshot.get("origin", "")
    said = [f"{_('HS code')} {code}" if code else "", f"{_('Origin')} {country_name(origin)}" if origin else ""]
    return " · ".join(part for part in said if part)


def with_goods(terms: ContractTerms, goods: SentGoods, order: Order) -> ContractTerms:
    """The terms as a paper that goes with goods prints them: dated by the day of handing over. Where they leave in parts each has an
    invoice of its own; the charges stand on the last."""
    lines = tuple(
        replace(line, customs=said) for line, said in zip(terms.lines, (*goods.customs, *[""] * len(terms.lines)), strict=False)
    )
    terms = replace(
        terms,
        order_number=goods.shipped.number,
        created_on=goods.day,
        signed_on=None,
        ship_by="",
        lines=lines,
        shipped=goods.shipped,
    )
    if not goods.invoiced:
        return terms
    asked = {str(n): (number(plain(carried)), plain_money(amount)) for n, carried, amount in goods.invoiced}
    worth = total([amount for _n, _carried, amount in goods.invoiced], order.currency)
    charged = Money(sum(charge["amount_minor"] for charge in order.terms["charges"]) if goods.last else 0, order.currency)
    goods_row = ((_("Goods"), plain_money(worth)),) if goods.last and terms.charges else ()
    return replace(
        terms,
        lines=tuple(
            replace(line, quantity=asked[line.number][0], amount=asked[line.number][1]) for line in lines if line.number in asked
        ),
        charges=terms.charges if goods.last else (),
        totals=(*goods_row, (_("Total"), plain_money(worth + charged))),
    )
