"""Trades: the list, the file of one, the queue of issues, and the decision in two steps."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from everfair.base.allow import allow
from everfair.base.formats import plain_money
from everfair.base.money import Money
from everfair.base.pages import page
from everfair.base.refused import Refused
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.companies.actions import note_act
from everfair.companies.queries import people_by_id
from everfair.disputes.queries import open_claim_of
from everfair.office import actions, forms, queries
from everfair.office.pages.answering import acted, next_address, whole
from everfair.office.pages.words import SIDES, actor_in_words, asked_of, states_of
from everfair.office.queries.companies import whole_number
from everfair.office.queries.trades import MONEY, STATES, glances
from everfair.office.values import LOOKED_AT_ORDER
from everfair.payments.values import PAID_BY_WORDS
from everfair.trade.queries.timeline import Happening, in_words
from everfair.trade.queries.words import STAGE_NAMES, charge_name

PER_PAGE = 50


@require_safe
@allow(OPERATOR)
def trades(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    typed = {name: request.GET.get(name, "").strip()[:200] for name in ("search", "state", "money", "company")}
    typed["state"] = typed["state"] if typed["state"] in STATES else ""
    typed["money"] = typed["money"] if typed["money"] in MONEY else ""
    company = whole_number(typed["company"])
    nobody = bool(typed["company"]) and company is None
    before = whole(request.GET.get("after", ""))
    found = [] if nobody else queries.orders_list(
        actor, state=typed["state"], money=typed["money"], search=typed["search"], company=company, before=before,
        limit=PER_PAGE + 1,
    )  # fmt: skip
    shown, following = next_address(request, found, PER_PAGE, lambda row: row.number)
    at_a_glance = glances([row.pk for row in shown])
    return page(
        request, "office/trades.html", orders=[(row, states_of(row), at_a_glance[row.pk]) for row in shown], typed=typed, money_states=MONEY,
        following=following,
    )  # fmt: skip


@require_safe
@allow(OPERATOR)
def issues(request: HttpRequest) -> HttpResponse:
    """Who has waited longest comes first."""
    after = whole(request.GET.get("after", ""))
    found = queries.issues_page(request.actor, after=-1 if after is None else after, limit=PER_PAGE + 1)  # type: ignore[attr-defined]
    shown, following = next_address(request, found, PER_PAGE, lambda row: row.place)
    return page(request, "office/issues.html", issues=shown, following=following, in_words=in_words)


@require_safe
@allow(OPERATOR)
def trade(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The file of a trade; while an issue is open, with the calculator (`?percent=`)."""
    actor = request.actor  # type: ignore[attr-defined]
    file = queries.order_file(order_id, actor)
    form = forms.ShareForm(request.GET if "percent" in request.GET else None, initial={"percent": "50"})
    share = form.share() if form.is_bound and form.is_valid() else Decimal("0.5")
    claim = open_claim_of(order_id) if file.order.issue == "open" else None
    note_act(LOOKED_AT_ORDER, file.order.pk, "", actor)
    machine = queries.machinery(order_id, file.parts.stages)
    return page(
        request,
        "office/trade.html",
        status=422 if form.errors else 200,
        file=file,
        order=file.order,
        machine=machine,
        who_did=actor_in_words,
        in_words=in_words,
        account_name=lambda address: _account_name(address, file),
        deadline_states=DEADLINE_STATES,
        intent_states=INTENT_STATES,
        states=states_of(file.order),
        asked=asked_of(file.standing),
        history=_history(file, {row["purpose"]: row["provider"] for row in machine.intents if row["state"] == "captured"}),
        talks=_talks(file),
        stage_names=STAGE_NAMES,
        charge_name=charge_name,
        amount=lambda minor: Money(minor, file.order.currency),
        form=form,
        claim=claim,
        split=queries.split_of(file.order, file.parts.stages, share) if file.order.issue == "open" and claim is None else None,
        percent=f"{(share * 100).normalize():f}",
        stop_badges=forms.STOP_BADGES,
    )


DEADLINE_STATES = {
    "waiting": pgettext_lazy("deadline", "waits"),
    "fired": pgettext_lazy("deadline", "came to pass"),
    "cleared": pgettext_lazy("deadline", "not needed any more"),
    "failed": pgettext_lazy("deadline", "failed"),
}
INTENT_STATES = {
    "created": pgettext_lazy("payment", "being asked for"),
    "open": pgettext_lazy("payment", "open at the provider"),
    "indeterminate": pgettext_lazy("payment", "in doubt"),
    "captured": pgettext_lazy("payment", "captured"),
    "failed": pgettext_lazy("payment", "failed"),
    "expired": pgettext_lazy("payment", "ran out"),
}


def _account_name(address: str, file: queries.OrderFile) -> str:
    """An account of this trade by whose it is; any other by its address."""
    known = {f"company:{file.order.buyer_id}:": SIDES["buyer"], f"company:{file.order.seller_id}:": SIDES["seller"]}
    for beginning, side in known.items():
        if address.startswith(beginning):
            return _("Wallet: %(side)s") % {"side": side}
    for stage in file.parts.stages:
        if address == f"stage:{stage.pk}:escrow":
            return _("Escrow of stage %(n)s") % {"n": stage.n}
    return _("Received payment") if address.startswith("intent:") else address


def _history(file: queries.OrderFile, paid_by: dict[UUID, str]) -> list[dict[str, Any]]:
    """What happened, newest first."""
    return [
        {
            "at": row.at,
            "text": row.text if row.amount is None else f"{row.text} · {plain_money(row.amount)}",
            "kind": row.kind,
            "who": " · ".join(filter(None, [str(_who(row, paid_by)), row.who])),
            "detail": row.detail,
        }
        for row in reversed(file.timeline)
    ]


def _who(row: Happening, paid_by: dict[UUID, str]) -> Any:
    way = paid_by.get(row.paid_for, "") if row.paid_for else ""
    return PAID_BY_WORDS.get(way) or SIDES.get(row.side, "")


def _talks(file: queries.OrderFile) -> list[tuple[str, list[dict[str, Any]]]]:
    """Each talk about the order, as both sides see it."""
    order = file.order
    names = {order.buyer_id: order.buyer.name, order.seller_id: order.seller.name}
    people = people_by_id({said.person_id for _talk, messages_said in file.talks for said in messages_said if said.person_id})
    return [
        (
            talk.title,
            [
                {
                    "who": people[said.person_id].name if said.person_id in people else names.get(said.company_id, ""),
                    "company": names.get(said.company_id, ""),
                    "text": said.text,
                    "at": said.created_at,
                    "mine": said.company_id == order.seller_id,
                }
                for said in messages_said
            ],
        )
        for talk, messages_said in file.talks
    ]


@require_http_methods(["GET", "POST"])
@allow(OPERATOR, proof="fresh")
@once
def decide(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The second step: the exact sums, the reasons, and one button. What it moves cannot be called back."""
    actor = request.actor  # type: ignore[attr-defined]
    file = queries.order_file(order_id, actor)
    if file.order.issue != "open":
        messages.info(request, _("This issue is decided already."))
        return redirect("office:trade", order_id)
    typed = request.POST if request.method == "POST" else request.GET
    share = forms.ShareForm(typed)
    if not share.is_valid():
        raise Refused("office.share", _("Please give a share between 0 and 100 per cent."), field="percent", status=422)
    form = forms.DecideForm(request.POST) if request.method == "POST" else forms.DecideForm(initial=share.cleaned_data)

    def work() -> HttpResponse:
        actions.decide_issue(order_id, share.share(), form.cleaned_data["reason"], by=actor)
        messages.success(request, _("Decided. Both sides are told, with your reasons."))
        return redirect("office:trade", order_id)

    def show() -> HttpResponse:
        return page(
            request, "office/decide.html", status=422 if form.errors else 200, order=file.order, form=form,
            split=queries.split_of(file.order, file.parts.stages, share.share()), stage_names=STAGE_NAMES,
        )  # fmt: skip

    return acted(form, work, show) if request.method == "POST" else show()
