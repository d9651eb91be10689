"""The list of orders, and the one page of each: where it stands, whose turn it is, what happens if nobody acts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from markupsafe import Markup

from everfair.base.actor import Actor
from everfair.base.allow import allow
from everfair.base.api import open_cursor, seal_cursor
from everfair.base.clock import now
from everfair.base.deadlines import deadlines_of
from everfair.base.formats import day, money, plain_money, quantity
from everfair.base.jinja import with_query
from everfair.base.money import Money, UnitPrice
from everfair.base.pages import page
from everfair.base.refused import Refused
from everfair.base.roles import MEMBER, OPERATOR
from everfair.base.states import allowed_moves
from everfair.base.writes import once
from everfair.catalog.values import plain
from everfair.companies.queries import names, people_by_id
from everfair.companies.roles import TRADING
from everfair.files.queries import file_links
from everfair.ledger.queries import escrows
from everfair.markets.plans import AFTER_SHIPPING
from everfair.markets.table import DEFAULT_MARKET
from everfair.messaging.actions import open_thread, post_message
from everfair.messaging.queries import messages_of, threads_about
from everfair.payments.queries import chargebacks_of, fx_quotes_of, intents_of, standing_of_quote
from everfair.payments.values import PAID_BY_WORDS, WALLET
from everfair.trade import queries
from everfair.trade.documents import KINDS
from everfair.trade.forms import MessageForm
from everfair.trade.models import Order, Stage
from everfair.trade.pages.buttons import buttons
from everfair.trade.pages.fees import may_return
from everfair.trade.pages.goods import deliveries
from everfair.trade.pages.kinds import kind_face, kind_steps
from everfair.trade.pages.time_left import time_face
from everfair.trade.queries.accepted import accepted_so_far
from everfair.trade.queries.held_rate import rate_in_words
from everfair.trade.queries.inspecting import inspections_of
from everfair.trade.queries.moves import moves_of, used_up
from everfair.trade.queries.papers import paper as paper_of
from everfair.trade.queries.shipments import sent_goods
from everfair.trade.queries.timeline import in_words
from everfair.trade.queries.words import AGREEMENT_NAMES, STAGE_NAMES, charge_name, incoterm_name, rules_in_words, stage_due
from everfair.trade.roles import DEFENDING

PER_PAGE = 25


@require_safe
@allow(MEMBER | OPERATOR)
def orders(request: HttpRequest) -> HttpResponse:
    """All orders of the company, newest first. `side` is buyer or seller, `open=1` leaves out what is over."""
    actor = request.actor  # type: ignore[attr-defined]
    side = request.GET.get("side", "")
    side = side if side in ("buyer", "seller") else ""
    open_only = request.GET.get("open") == "1"
    after = request.GET.get("after", "")
    before = open_cursor(after, int)[0] if after else None
    found = queries.orders_page(actor, side=side, open_only=open_only, before=before, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    more = seal_cursor([shown[-1].number]) if len(found) > PER_PAGE else ""
    return page(
        request,
        "trade/orders.html",
        orders=shown,
        standings=queries.standings(shown, actor),
        names=AGREEMENT_NAMES,
        side=side,
        open_only=open_only,
        first=not after,
        next_url=with_query(request.get_full_path(), after=more) if more else None,
        company_name=company_name,
    )


def company_name(company: Any) -> str:
    return names(company, get_language() or "en")[0]


@require_safe
@allow(MEMBER | OPERATOR)
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    found = queries.order(order_id, request.actor)  # type: ignore[attr-defined]
    return page(request, "trade/order.html", **order_face(request, found))


def _locked(found: Order, intents: dict[UUID, Any], actor: Actor) -> dict[UUID, Any]:
    """Stage → the price by which the buyer pays it, or paid it, from a wallet of another currency: while it holds, and for good once
    it was taken. The buyer's own affair."""
    asked = {
        intent.pk: stage_id
        for stage_id, intent in intents.items()
        if intent.state in ("created", "open") or intent.provider == WALLET
    }
    if actor.company_id != found.buyer_id or not asked:
        return {}
    quotes = fx_quotes_of(asked)
    return {asked[pk]: quote for pk, quote in quotes.items() if standing_of_quote(quote) in ("open", "taken")}


def order_face(request: HttpRequest, found: Order, form: MessageForm | None = None) -> dict[str, Any]:
    """Everything the page of an order shows. The number of queries does not depend on the order's size."""
    actor = request.actor  # type: ignore[attr-defined]
    parts = queries.order_parts(found)
    standing = queries.standing_of(found, parts.stages, actor)
    signers = people_by_id([found.buyer_signed_by, found.seller_signed_by])  # type: ignore[list-item]
    moves = moves_of(found, parts.stages, actor)
    accepted = accepted_so_far(found.pk) if any(stage.parted_minor for stage in parts.stages) else {}
    happenings = queries.timeline(found)
    intents = intents_of([*(stage.pk for stage in parts.stages), *(row.paid_for for row in happenings if row.paid_for)])
    charged = any(intent.charged_back for intent in intents.values())  # type: ignore[attr-defined]
    taken_back = chargebacks_of([stage.pk for stage in parts.stages]) if charged else []
    shown = shown_work(request, found)
    return {
        "order": found,
        "lines": [_contract_line(line, found.currency) for line in parts.lines],
        "charges": [(charge_name(c.kind, c.label), money(Money(c.amount_minor, found.currency))) for c in parts.charges],
        "standing": standing,
        "look": _look(found, standing),
        "moves": buttons(found, parts.stages, moves, actor),
        "used_up": used_up(found, moves, actor),
        "may_return": may_return(found, parts.stages, actor),
        "stages": _stages(parts.stages, intents),
        "locked": _locked(found, intents, actor),
        "steps": _steps(found, parts.stages),
        "shown": shown,
        "proposed": _proposed(found, actor),
        "credit": queries.credit_left(found),
        "chargebacks": taken_back,
        "to_defend": {row.pk for row in taken_back if row.payee_id == actor.company_id and DEFENDING.admits(actor)},
        "inspections": inspections_of(found),
        "sent": sent_goods(found, accepted),
        "accepted": accepted,
        "difference": Money(abs(found.difference_minor), found.currency),
        "deliveries": deliveries(found, parts.lines, shown, actor),
        "happenings": [_line(row, found, intents) for row in happenings],
        "rate_facts": rate_in_words(found.terms),
        "rules": rules_in_words(found.rules, found.terms.get("calendar"), found.currency),
        **kind_face(found, parts.lines),
        "incoterm_name": incoterm_name,
        "buyer_name": company_name(found.buyer),
        "seller_name": company_name(found.seller),
        "signatures": [
            ("buyer", company_name(found.buyer), signers.get(found.buyer_signed_by), found.buyer_signed_at),  # type: ignore[arg-type]
            ("seller", company_name(found.seller), signers.get(found.seller_signed_by), found.seller_signed_at),  # type: ignore[arg-type]
        ],
        "parties": [
            (pgettext("side of an order", "Seller"), _card(found.seller), company_name(found.seller)),
            (_("Buyer"), _card(found.buyer), company_name(found.buyer)),
        ],
        "record": queries.buyer_record(found.buyer) if actor.company_id == found.seller_id else None,
        "closed_reason": in_words(found.closed_reason),
        "issue_reason": in_words(found.issue_reason),
        "waiting_for_provider": _waiting(request, parts.stages, intents),
        "messages_shown": _messages(found, actor),
        "time": time_face(found, actor, {"buyer": company_name(found.buyer), "seller": company_name(found.seller)}),
        "form": form or MessageForm(),
        "may_write": TRADING.admits(actor),
    }


def shown_work(request: HttpRequest, found: Order, kind: str = "") -> list[dict[str, object]]:
    """What the supplier showed, newest first, with links to the files: two queries."""
    rows = [row for row in queries.shown_of(found) if kind in ("", row.kind)]
    if not rows:
        return []
    links = file_links([UUID(file_id) for row in rows for file_id in row.file_ids], request.actor)  # type: ignore[attr-defined]
    return [
        {
            "kind": row.kind,
            "at": row.created_at,
            "note": row.note,
            "files": [links[UUID(file_id)] for file_id in row.file_ids if UUID(file_id) in links],
        }
        for row in reversed(rows)
    ]


_CHANGED = {
    "quantity": gettext_lazy("Quantity"),
    "unit_price": gettext_lazy("Unit price"),
    "total_minor": gettext_lazy("Total"),
    "ship_by": gettext_lazy("Ship by"),
    "incoterm": gettext_lazy("Incoterm 2020"),
    "named_place": gettext_lazy("Named place"),
    "remarks": gettext_lazy("Remarks"),
}


def _proposed(found: Order, actor: Any) -> dict[str, Any] | None:
    """The open proposal of new terms, and what it would change. Nothing for an order that is over: no query then."""
    if found.agreement != "agreed":
        return None
    amendment = next((each for each in queries.amendments_of(found) if each.state == "proposed"), None)
    if amendment is None:
        return None
    may = allowed_moves(amendment, actor)
    until = deadlines_of([amendment.pk]).get((amendment.pk, "trade.amend"))
    return {
        "pk": amendment.pk,
        "company": company_name(found.buyer if amendment.side == "buyer" else found.seller),
        "note": amendment.note,
        "rows": [_changed(row, found.currency) for row in queries.changes_in(amendment, found.terms)],
        "until": until,
        "terms_hash": amendment.terms_hash,
        "may_answer": "sign" in may,
        "may_take_back": "take_back" in may,
    }


def _changed(row: tuple[str, Any, Any, dict[str, Any]], currency: str) -> tuple[str, Any, Any]:
    what, before, after, line = row
    name = f"{line['description']}: {_CHANGED[what]}" if line else str(_CHANGED[what])
    shown: dict[str, Callable[[Any], Any]] = {
        "quantity": lambda value: quantity(Decimal(value), line["unit"]),
        "unit_price": lambda value: money(UnitPrice(Decimal(value), currency, Decimal(line["price_per"]))),
        "total_minor": lambda value: money(Money(value, currency)),
        "ship_by": lambda value: day(date.fromisoformat(value)),
    }
    say = shown.get(what, str)
    return name, say(before), say(after)


def _contract_line(line: Any, currency: str) -> dict[str, Any]:
    own = (line.snapshot.get("titles") or {}).get(get_language() or "en", "")
    return {
        "description": line.description,
        "title": own if own and own[:300] != line.description else "",
        "sku": line.sku,
        "quantity": plain(line.quantity),
        "unit": line.unit,
        "price": UnitPrice(line.unit_price, currency, line.price_per),
        "amount": Money(line.amount_minor, currency),
    }


def _card(company: Any) -> dict[str, Any]:
    """The other side's name is the trade's own; a passport only a supplier shows to everyone."""
    marked = company.verified_until is not None and company.verified_until >= now().date()
    return {
        "href": reverse("companies:supplier", args=[DEFAULT_MARKET, company.number]) if company.is_seller else "#talk",
        "country": company.country,
        "verified_on": company.verified_at if marked else None,
    }


def _look(found: Order, standing: queries.Standing) -> str:
    """Which colour the three answers have."""
    if standing.turn == "nobody":
        return "held" if found.agreement == "completed" else "calm"
    if standing.yours:
        return "wait"
    return "held" if standing.code in ("shipped", "delivered", "funded") else "calm"


def _stages(stages: list[Stage], intents: dict[UUID, Any]) -> list[dict[str, Any]]:
    held = escrows(stage.pk for stage in stages)
    return [
        {
            "name": STAGE_NAMES[stage.name],
            "amount": stage.amount,
            "state": {"planned": "due"}.get(stage.state, stage.state),
            "void": stage.state == "void",
            "share": stage.amount_minor,
            "note": _stage_note(stage, held.get(stage.pk)),
            "payment": intents.get(stage.pk),
        }
        for stage in stages
    ]


def _stage_note(stage: Stage, held: Any) -> str:
    if stage.state == "void":
        return ""
    if held is None:
        return stage_due(stage.due_on, stage.due_day)
    shown = (
        (_("held %(amount)s"), held.held_minor),
        (_("to the seller %(amount)s"), held.released_minor),
        (_("fee %(amount)s"), held.fees_minor),
        (_("back to the buyer %(amount)s"), held.refunded_minor),
    )
    told = [text % {"amount": plain_money(Money(minor, stage.currency))} for text, minor in shown if minor]
    return " · ".join([_("on trade credit"), *told] if stage.draw_id else told)


def _steps(found: Order, stages: list[Stage]) -> list[dict[str, Any]]:
    if found.kind == "framework":
        return kind_steps(found)
    before = [stage for stage in stages if stage.due_on not in AFTER_SHIPPING]
    paid = all(stage.state in ("funded", "frozen", "released", "refunded") for stage in before)
    done = [
        True,
        found.seller_signed_at is not None,
        paid,
        found.goods in ("shipped", "received"),
        found.agreement == "completed",
    ]
    words = [_("Ordered"), _("Signed"), _("Paid into escrow"), _("Shipped"), _("Settled")]
    over = found.agreement in ("declined", "cancelled", "lapsed", "called_off")
    now_at = next((n for n, is_done in enumerate(done) if not is_done), len(done))
    states = ["done" if is_done else "next" for is_done in done]
    if now_at < len(done):
        states[now_at] = "trouble" if over or found.issue == "open" else "now"
    return [{"text": text, "state": state} for text, state in zip(words, states, strict=True)]


def _line(happening: queries.Happening, found: Order, intents: dict[UUID, Any]) -> dict[str, Any]:
    paid = intents.get(happening.paid_for) if happening.paid_for else None
    who = {
        "buyer": company_name(found.buyer),
        "seller": company_name(found.seller),
        "operator": _("The operator"),
        "clock": _("Automatically, on time"),
        "provider": PAID_BY_WORDS.get(paid.provider if paid else "", _("The payment provider")),
        "inspector": _("The inspector"),
    }.get(happening.side, "")
    return {
        "at": happening.at,
        "text": happening.text,
        "kind": happening.kind,
        "who": f"{happening.who}, {who}" if happening.who and who else happening.who or who,
        "detail": _detail(happening),
    }


def _detail(happening: queries.Happening) -> Markup:
    """The money beside the event, then its reason."""
    shown = [money(happening.amount) if happening.amount else "", happening.detail]
    return Markup("<br>").join(part for part in shown if part)


def _waiting(request: HttpRequest, stages: list[Stage], intents: dict[UUID, Any]) -> bool:
    """Somebody came back from the provider's page, and its word is not here yet."""
    if not request.GET.get("checkout"):
        return False
    return any(stage.state == "paying" and stage.pk in intents and intents[stage.pk].state != "failed" for stage in stages)


def _messages(found: Order, actor: Any) -> list[dict[str, Any]]:
    threads = [thread for thread in threads_about(found.pk, actor) if thread.subject_kind == "order"]
    if not threads:
        return []
    written = messages_of(threads[0])
    people = people_by_id({message.person_id for message in written if message.person_id})  # type: ignore[arg-type]
    sides = {found.buyer_id: found.buyer, found.seller_id: found.seller}
    return [
        {
            "who": people[m.person_id].name if m.person_id in people else "",
            "company": company_name(sides[m.company_id]),
            "text": m.text,
            "at": m.created_at,
            "mine": m.company_id == actor.company_id,
            "files": [],
        }
        for m in written
        if m.company_id in sides
    ]


@require_POST
@allow(TRADING)
@once
def post(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Write to the other side."""
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.order(order_id, actor)
    form = MessageForm(request.POST)
    if form.is_valid():
        try:
            thread = open_thread("order", found.pk, found.reference, [found.buyer_id, found.seller_id], by=actor)
            post_message(thread.pk, form.cleaned_data["text"], by=actor)
            return redirect(reverse("trade:order", args=[order_id]) + "#talk")
        except Refused as refusal:
            if refusal.status != 422:
                raise
            form.add_error("text", str(refusal.message))
    return page(request, "trade/order.html", status=422, **order_face(request, found, form))


def uuid_or_404(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


@require_safe
@allow(MEMBER | OPERATOR)
def paper(request: HttpRequest, order_id: UUID, kind: str) -> HttpResponse:
    """A paper of the order as PDF. Those that go with goods are of the newest consignment, or of `?consignment=`."""
    if kind not in KINDS:
        raise Http404
    found = queries.order(order_id, request.actor)  # type: ignore[attr-defined]
    of = request.GET.get("consignment", "")
    made = paper_of(found, kind, get_language() or "en", consignment_id=uuid_or_404(of) if of else None)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{found.reference}-{kind}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer
