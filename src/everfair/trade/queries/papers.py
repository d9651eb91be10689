"""An order's papers as PDF: contract and proforma, made from the terms that were signed and nothing else, and those that go with goods."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date
from decimal import Decimal
from threading import Lock
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override

from everfair.base.formats import number, plain_money, unit_name
from everfair.base.money import Money, UnitPrice
from everfair.companies.queries import people_by_id, people_of
from everfair.companies.values import address_lines, shown_phone
from everfair.reference.values import LANGUAGES
from everfair.trade.documents import WITH_GOODS, Charge, ContractTerms, Line, Party, Signature, Stage, render
from everfair.trade.models import Order
from everfair.trade.queries.goods_papers import shipped_goods, with_goods
from everfair.trade.queries.held_rate import rate_in_words
from everfair.trade.queries.words import (
    STAGE_NAMES,
    charge_name,
    incoterm_name,
    kind_in_words,
    party_names,
    rules_in_words,
    stage_due,
)

# Papers are made again when they fell out of here: the same terms give the same bytes.
KEPT = 64
# Contracts from before payment plans name their stages only.
_FORMER = {"full": "signature", "deposit": "signature", "balance": "former_held"}
_kept: OrderedDict[tuple[Any, ...], bytes] = OrderedDict()
_lock = Lock()


def paper(order: Order, kind: str, language: str, *, consignment_id: UUID | None = None) -> bytes:
    """The PDF in the reader's language, and in the other side's too where that is another one.

    A paper that goes with goods is of the newest consignment, or of the one named; NotVisible where there is none.
    """
    with override(language):
        goods = shipped_goods(order, consignment_id) if kind in WITH_GOODS else None
    people = people_by_id([order.buyer_signed_by, order.seller_signed_by])  # type: ignore[list-item]
    buyer, seller = people.get(order.buyer_signed_by), people.get(order.seller_signed_by)  # type: ignore[arg-type]
    spoken = [_language(buyer, order.buyer_id), _language(seller, order.seller_id)]
    second = next((other for other in spoken if other != language), None)
    key = (order.terms_hash, kind, language, second, order.buyer_signed_at, order.seller_signed_at, goods)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    terms = contract_terms(order, language, buyer, seller)
    if goods is not None:
        terms = with_goods(terms, goods, order)
    made = render(kind, terms, language, second_language=second)
    with _lock:
        _kept[key] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def _language(person: Any, company_id: Any) -> str:
    """What a side reads: its signer's language, before a signature that of the company's first person."""
    person = person or next(iter(people_of(company_id)), None)
    return person.language if person is not None and person.language in LANGUAGES else "en"


def contract_terms(order: Order, language: str, buyer: Any = None, seller: Any = None) -> ContractTerms:
    """The stored terms as a paper prints them, in one language; `buyer` and `seller` are the people who signed."""
    terms = order.terms
    with override(language):
        return ContractTerms(
            order_number=terms["number"],
            created_on=order.created_at.date(),
            signed_on=order.seller_signed_at.date() if order.seller_signed_at else None,
            seller=_party(terms["seller"], language),
            buyer=_party(terms["buyer"], language),
            lines=tuple(_line(line, terms["currency"]) for line in terms["lines"]),
            charges=tuple(
                Charge(charge_name(c["kind"], c["label"]), plain_money(Money(c["amount_minor"], terms["currency"])))
                for c in terms["charges"]
            ),
            totals=_totals(terms),
            incoterm=f"{terms['incoterm']} ({incoterm_name(terms['incoterm'])}), Incoterms® 2020",
            named_place=terms["named_place"],
            ship_by=date.fromisoformat(terms["ship_by"]).isoformat(),
            stages=tuple(
                Stage(
                    str(s["n"]),
                    str(STAGE_NAMES[s["name"]]),
                    f"{Decimal(s['percent']).normalize():f} %",
                    plain_money(Money(s["amount_minor"], terms["currency"])),
                    stage_due(
                        s.get("due_on") or _FORMER[s["name"]], date.fromisoformat(s["due_day"]) if "due_day" in s else None
                    ),
                )
                for s in terms["stages"]
            ),
            payment_instructions=_(
                "Every stage is paid through Everfair into escrow, from the order's page. The seller is paid from escrow when the "
                "buyer has confirmed the goods or the operator has decided."
            ),
            exchange=tuple(rate_in_words(terms)),
            remarks=terms["remarks"],
            rules=(*kind_in_words(terms), *rules_in_words(terms["rules"], terms.get("calendar"), terms["currency"])),
            terms_hash=order.terms_hash,
            signatures=tuple(_signatures(order, buyer, seller, language)),
        )


def _party(party: dict[str, Any], language: str) -> Party:
    phone = shown_phone(party.get("phone") or "")
    return Party(
        names=party_names(party, language),
        registration_number=party["registration_number"],
        address=(*address_lines(party["address"], party["country"]), party["country"]),
        contact=(phone,) if phone else (),
    )


def _line(line: dict[str, Any], currency: str) -> Line:
    price = UnitPrice(Decimal(line["unit_price"]), currency, Decimal(line["price_per"]))
    return Line(
        number=str(line["n"]),
        sku=line["sku"],
        description=line["description"],
        quantity=number(Decimal(line["quantity"])),
        unit=unit_name(line["unit"]),
        unit_price=plain_money(price),
        amount=plain_money(Money(line["amount_minor"], currency)),
    )


def _totals(terms: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    whole = (_("Total"), plain_money(Money(terms["total_minor"], terms["currency"])))
    if not terms["charges"]:
        return (whole,)
    goods = sum(line["amount_minor"] for line in terms["lines"])
    return ((_("Goods"), plain_money(Money(goods, terms["currency"]))), whole)


def _signatures(order: Order, buyer: Any, seller: Any, language: str) -> list[Signature]:
    found = []
    for side, person, at in (("seller", seller, order.seller_signed_at), ("buyer", buyer, order.buyer_signed_at)):
        if at is not None:
            company = party_names(order.terms[side], language)[0]
            who = f"{person.name}, {company}" if person is not None and person.name else company
            found.append(Signature(side, who, at))  # type: ignore[arg-type]
    return found
