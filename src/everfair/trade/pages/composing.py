"""From a few offers of one supplier to a contract: composed, read whole, then signed. Prices come from the offers alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.refused import NotVisible, Refused
from everfair.base.roles import MEMBER
from everfair.base.writes import once
from everfair.catalog.queries import least_quantity, price_tiers, published_offers, quantity_problem, refuse_withdrawn
from everfair.catalog.values import plain
from everfair.companies.queries import names
from everfair.companies.roles import BUYING
from everfair.markets.queries import market as market_row
from everfair.reference.queries import INCOTERMS, advice
from everfair.reference.values import name_in
from everfair.trade import actions
from everfair.trade.forms import MOST_LINES, DeliveryForm, LineForm, read_seen_total
from everfair.trade.queries.held_rate import rate_in_words
from everfair.trade.queries.words import (
    PLACE_NAMES,
    STAGE_NAMES,
    charge_name,
    incoterm_name,
    kind_in_words,
    party_names,
    rules_in_words,
    stage_due,
)
from everfair.trade.values import Terms

_OTHERS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the composer: the offer, what was typed about it, and its prices."""

    offer: Any
    title: str
    form: LineForm
    tiers: list[dict[str, Any]]
    least: Decimal


@require_http_methods(["GET", "POST"])
@allow(MEMBER)
def compose(request: HttpRequest, market: str) -> HttpResponse:
    """The composer. POST shows the whole contract to be signed (step «preview») or the form again; neither changes anything."""
    market_row(market)
    typed = request.POST if request.method == "POST" else request.GET
    numbers, quantities = typed.getlist("offer"), typed.getlist("quantity")
    rows = composer_rows(market, numbers, quantities, bound=request.method == "POST")
    delivery = DeliveryForm(request.POST) if request.method == "POST" else DeliveryForm()
    if request.method == "POST" and request.POST.get("step") == "preview" and rows:
        return _preview(request, market, rows, delivery)
    if request.method == "POST":
        delivery = DeliveryForm(initial=request.POST.dict())
        rows = composer_rows(market, numbers, quantities, bound=False)
    return _composer(request, market, rows, delivery)


def composer_rows(market: str, numbers: Iterable[str], quantities: Iterable[str], *, bound: bool) -> list[Row]:
    """The rows as typed; an offer nobody may order now is NotVisible, a row without a quantity is taken out once it was sent."""
    asked: dict[int, str] = {}
    padded = [*quantities]
    for n, text in enumerate(list(numbers)[:MOST_LINES]):
        if text.isascii() and text.isdigit() and len(text) < 19:
            asked.setdefault(int(text), padded[n] if n < len(padded) else "")
        elif text:
            raise NotVisible
    found = {
        offer.number: offer
        for offer in published_offers().select_related("company").filter(market=market, number__in=list(asked))
    }
    if set(asked) - set(found):
        refuse_withdrawn(numbers=asked)
        raise NotVisible
    rows = []
    for number, quantity in asked.items():
        offer = found[number]
        if bound and not quantity.strip():
            continue
        least = least_quantity(offer)
        typed = {"offer": number, "quantity": quantity or f"{plain(least):f}"}
        name = f"line{number}_%s"
        form = LineForm(typed, auto_id=name) if bound else LineForm(initial=typed, auto_id=name)
        rows.append(Row(offer, title_of(offer), form, _tiers(offer), least))
    return rows


def title_of(offer: Any) -> str:
    return offer.titles.get(get_language() or "en") or offer.titles.get("en") or next(iter(offer.titles.values()))


def _tiers(offer: Any) -> list[dict[str, Any]]:
    return [{"from_quantity": plain(start), "price": price} for start, price in price_tiers(offer)]


def _composer(request: HttpRequest, market: str, rows: list[Row], delivery: DeliveryForm, *, status: int = 200) -> HttpResponse:
    others: list[Any] = []
    if rows:
        first = rows[0].offer
        same = published_offers().filter(company_id=first.company_id, market=market, currency=first.currency).exclude(tiers=[])
        others = list(same.exclude(pk__in=[row.offer.pk for row in rows]).order_by("-number")[:_OTHERS_SHOWN])
    return page(
        request,
        "trade/compose.html",
        status=status,
        rows=rows,
        others=[(offer.number, title_of(offer)) for offer in others],
        delivery=delivery,
        market=market,
        seller=names(rows[0].offer.company, get_language() or "en")[0] if rows else "",
        advices=incoterm_facts(),
        may_sign=BUYING.admits(request.actor),  # type: ignore[attr-defined]
    )


def incoterm_facts() -> list[tuple[str, str, str]]:
    """(code, name and place, what to mind) of each Incoterm, for the reader who chooses one."""
    language = get_language() or "en"
    return [
        (
            code,
            f"{name_in(term.names, language)} · {PLACE_NAMES[term.named_place]}",
            " ".join(name_in(found.text, language) for found in advice(code, "sea", container=True)),
        )
        for code, term in INCOTERMS.items()
    ]


def _preview(request: HttpRequest, market: str, rows: list[Row], delivery: DeliveryForm) -> HttpResponse:
    """The contract as it would be signed, or the form with what is wrong beside each field."""
    valid = [row.form.is_valid() for row in rows] + [delivery.is_valid()]
    for row in rows:
        if row.form.is_valid() and (problem := quantity_problem(row.offer, row.form.cleaned_data["quantity"])):
            row.form.add_error("quantity", problem)
            valid.append(False)
    if not all(valid):
        return _composer(request, market, rows, delivery, status=422)
    try:
        terms = _draft(request, rows, delivery)
    except Refused as refusal:
        if refusal.status != 422:
            raise
        delivery.add_error(refusal.field if refusal.field in delivery.fields else None, str(refusal.message))
        return _composer(request, market, rows, delivery, status=422)
    return _shown(request, market, rows, delivery, terms)


def _draft(request: HttpRequest, rows: list[Row], delivery: DeliveryForm) -> Terms:
    return actions.draft_order(
        [(row.offer.pk, row.form.cleaned_data["quantity"]) for row in rows],
        by=request.actor,  # type: ignore[attr-defined]
        **delivery.cleaned_data,
    )


def _shown(
    request: HttpRequest, market: str, rows: list[Row], delivery: DeliveryForm, terms: Terms, *, status: int = 200
) -> HttpResponse:
    kept = {name: request.POST.get(name, "") for name in ("incoterm", "named_place", "payment_plan", "pay_in", "remarks")} | {
        "ship_by": terms.ship_by.isoformat(),  # the day that was shown is the day that is signed
        "seen_total": str(terms.total),
        "seen_hash": terms.draft_hash,
    }
    return page(
        request,
        "trade/preview.html",
        status=status,
        market=market,
        lines=[(row.form.cleaned_data["offer"], row.form["quantity"].value()) for row in rows],
        kept=kept,
        terms=terms,
        may_sign=BUYING.admits(request.actor),  # type: ignore[attr-defined]
        **contract_face(terms),
    )


def contract_face(terms: Terms) -> dict[str, Any]:
    """What the pages that show a contract before it is signed need beside its terms."""
    language, document = get_language() or "en", terms.document(0)
    return {
        "buyer_name": party_names(terms.buyer, language)[0],
        "seller_name": party_names(terms.seller, language)[0],
        "rules": rules_in_words(terms.rules, terms.calendar.document if terms.calendar else None, terms.currency),
        "stage_names": STAGE_NAMES,
        "stage_due": stage_due,
        "incoterm_name": incoterm_name,
        "charge_name": charge_name,
        "kind_facts": kind_in_words(document),
        "rate_facts": rate_in_words(document),
        "warnings": [name_in(found.text, language) for found in advice(terms.incoterm, "sea")],
    }


@require_POST
@allow(BUYING)
@once
def place(request: HttpRequest, market: str) -> HttpResponse:
    """Sign and send: the terms are drafted anew and must be the very ones that were shown."""
    market_row(market)
    rows = composer_rows(market, request.POST.getlist("offer"), request.POST.getlist("quantity"), bound=True)
    delivery = DeliveryForm(request.POST)
    if not rows:
        raise Refused("trade.no_lines", _("An order has between 1 and 100 lines."), status=422)
    if not all([*(row.form.is_valid() for row in rows), delivery.is_valid()]):
        return _composer(request, market, rows, delivery, status=422)
    seen_hash = request.POST.get("seen_hash", "")
    if not seen_hash:
        raise Refused("trade.not_seen", _("Please read the contract before you sign it."), status=422)
    try:
        seen_total = read_seen_total(request.POST.get("seen_total", ""))
    except ValidationError as error:
        raise Refused("trade.not_seen", error.message, status=422) from None
    try:
        terms = _draft(request, rows, delivery)
    except Refused as refusal:
        if refusal.status != 422:
            raise
        delivery.add_error(refusal.field if refusal.field in delivery.fields else None, str(refusal.message))
        return _composer(request, market, rows, delivery, status=422)
    try:
        made = actions.place_order(terms, by=request.actor, seen_total=seen_total, seen_hash=seen_hash)  # type: ignore[attr-defined]
    except Refused as refusal:
        if refusal.code not in ("trade.price_changed", "trade.other_terms"):
            raise
        messages.warning(request, str(refusal.message))
        return _shown(request, market, rows, delivery, terms, status=409)
    messages.success(request, _("You have signed. The seller is asked to sign too."))
    return redirect("trade:order", made.pk)
