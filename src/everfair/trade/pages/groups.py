"""Group buys: what runs, for everybody; joining, for buyers; publishing and closing, for suppliers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page, public_page
from everfair.base.public import LIST_FRESH_S, made_of, public
from everfair.base.refused import NotVisible, Refused
from everfair.base.roles import EVERYONE, MEMBER
from everfair.base.writes import once
from everfair.catalog.queries import published_offers
from everfair.catalog.values import plain
from everfair.companies.roles import BUYING, SELLING
from everfair.markets.queries import market as market_row
from everfair.trade import actions, queries
from everfair.trade.kind_forms import GroupForm, JoinForm
from everfair.trade.models import GroupBuy, Order
from everfair.trade.pages.composing import title_of
from everfair.trade.pages.moves import done_or_errors
from everfair.trade.pages.reading import company_name
from everfair.trade.pages.signing import once_signed, read_and_sign
from everfair.trade.values import GROUP_WORDS, Terms

_OFFERS_SHOWN = 300


def face_of(group: GroupBuy, progress: queries.Progress) -> dict[str, Any]:
    """A group buy as it is shown: only counts of who takes part."""
    held = progress.held if group.counted is None else group.counted
    return {
        "group": group,
        "held": plain(held),
        "threshold": plain(group.threshold),
        "least": plain(group.least),
        "most": plain(group.most) if group.most is not None else None,
        "buyers": progress.buyers,
        "share": min(held / group.threshold, 1),
        "steps": min(20, int(held * 20 / group.threshold)),
        "state": GROUP_WORDS[group.state],
    }


def faces(groups: list[GroupBuy]) -> list[dict[str, Any]]:
    progress = queries.progress_of([group.pk for group in groups]) if groups else {}
    return [face_of(group, progress[group.pk]) | {"title": title_of(group.offer)} for group in groups]


@require_safe
@allow(EVERYONE)
@public("group_buys", params=("hall",), fresh_s=LIST_FRESH_S)
def running(request: HttpRequest, market: str) -> HttpResponse:
    """What runs in this market, the next to close first; `hall` narrows it."""
    market_row(market)
    groups = queries.running_group_buys(market, hall=request.GET.get("hall", "")[:60])
    made_of(request, *(f"offer:{group.offer_id}" for group in groups), *(f"company:{group.seller_id}" for group in groups))
    return public_page(
        request, "trade/group_buys.html", market=market, groups=faces(groups), company_name=company_name, own=False
    )


@require_safe
@allow(EVERYONE)
@public("group_buys", fresh_s=LIST_FRESH_S)
def group_buy(request: HttpRequest, market: str, group_id: UUID) -> HttpResponse:
    """One group buy and how far it is."""
    found = queries.group_buy(group_id)
    if found.market != market:
        raise Http404
    made_of(request, f"offer:{found.offer_id}", f"company:{found.seller_id}")
    [face] = faces([found])
    return public_page(
        request, "trade/group_buy.html", market=market, face=face, group=found, company_name=company_name(found.seller)
    )


@require_http_methods(["GET", "POST"])
@allow(BUYING)
@once_signed
def join(request: HttpRequest, group_id: UUID) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.group_buy(group_id)
    usual = {"quantity": plain(found.least), "remarks": ""}
    form = JoinForm(request.POST or None, initial=usual)

    def draft(typed: dict[str, Any]) -> Terms:
        return actions.draft_join(group_id, typed["quantity"], by=actor, remarks=typed["remarks"])

    def sign(_terms: Terms, typed: dict[str, Any], seen: str) -> Order:
        return actions.join_group_buy(group_id, typed["quantity"], by=actor, remarks=typed["remarks"], seen_hash=seen)

    try:
        return read_and_sign(
            request,
            form,
            draft,
            sign,
            title=_("Join the group buy"),
            lede=_("The seller has signed already. You pay into escrow; below the threshold everything comes back."),
            submit=_("Sign and join"),
            done=_("You have joined. Please pay into escrow: only what is held counts."),
            typed=usual,
        )
    except Refused as refusal:
        if request.method != "GET" or refusal.code not in ("trade.group_closed", "trade.group_full", "trade.own_offer"):
            raise
        messages.info(request, str(refusal.message))
        return redirect("trade:group_buy", found.market, group_id)


@require_safe
@allow(MEMBER)
def own_group_buys(request: HttpRequest) -> HttpResponse:
    """The company's own, newest first."""
    actor = request.actor  # type: ignore[attr-defined]
    shown = faces(queries.own_group_buys(actor))
    return page(request, "trade/group_buys.html", groups=shown, own=True, may_publish=SELLING.admits(actor))


@require_http_methods(["GET", "POST"])
@allow(SELLING)
@once
def new_group_buy(request: HttpRequest) -> HttpResponse:
    """Publishing signs: whoever joins holds the seller to it."""
    actor = request.actor  # type: ignore[attr-defined]
    offers = list(published_offers().filter(company_id=actor.company_id).order_by("-number")[:_OFFERS_SHOWN])
    choices = [(str(offer.number), f"№{offer.number} · {title_of(offer)}") for offer in offers]
    form = GroupForm(request.POST or None, offers=choices, initial={"offer": request.GET.get("offer", ""), "lead_time_days": 30})

    def work() -> HttpResponse:
        typed = dict(form.cleaned_data)
        number = typed.pop("offer")
        offer = next(offer for offer in offers if str(offer.number) == number)
        draft = actions.GroupDraft(**typed | {"lead_time_days": int(typed["lead_time_days"])})
        made = actions.publish_group_buy(offer.pk, draft, by=actor)
        messages.success(request, _("The group buy is open."))
        return redirect("trade:group_buy", made.market, made.pk)

    def show(status: int) -> HttpResponse:
        return page(request, "trade/group_buy_form.html", status=status, form=form, offers=offers)

    return done_or_errors(form, work, show) if request.method == "POST" else show(200)


@require_http_methods(["GET", "POST"])
@allow(SELLING)
@once
def close_group_buy(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Early, by its supplier: what happens is shown before it happens."""
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.group_buy(group_id)
    if found.seller_id != actor.company_id:
        raise NotVisible
    if request.method == "POST":
        closed = actions.close_group_buy(group_id, by=actor)
        messages.success(request, str(GROUP_WORDS[closed.state]))
        return redirect("trade:own_group_buys")
    [face] = faces([found])
    return page(request, "trade/group_buy_close.html", face=face, group=found)
