"""Reviews of a trade, of a company for everybody, and a company's own."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from everfair.base.actor import NOBODY
from everfair.base.allow import allow
from everfair.base.api import open_cursor, seal_cursor
from everfair.base.jinja import with_query
from everfair.base.pages import page, public_page
from everfair.base.public import made_of, public
from everfair.base.roles import EVERYONE, MEMBER, OPERATOR
from everfair.companies.queries import company_by_number, names
from everfair.markets.queries import market as market_row
from everfair.reviews import queries
from everfair.reviews.pages.faces import PER_PAGE, company_name, faces, published
from everfair.reviews.roles import buyer, seller, side_of
from everfair.reviews.values import ASPECT_WORDS
from everfair.trade.queries import buyer_by_number
from everfair.trade.queries import order as order_of


@require_safe
@allow(MEMBER)
def reviews(request: HttpRequest) -> HttpResponse:
    """What waits for the company's word, what others said of it, and (`box=written`) what it said itself."""
    actor = request.actor  # type: ignore[attr-defined]
    box = "written" if request.GET.get("box") == "written" else "received"
    after = request.GET.get("after", "")
    before = open_cursor(after, UUID)[0] if after else None
    found = queries.reviews_page(actor, box, before=before, limit=PER_PAGE + 1)
    more = seal_cursor([str(found[PER_PAGE - 1].pk)]) if len(found) > PER_PAGE else ""
    waiting = [
        (row, company_name(row.seller if row.buyer_id == actor.company_id else row.buyer)) for row in queries.waiting(actor)
    ]
    return page(
        request, "reviews/reviews.html", box=box, faces=faces(found[:PER_PAGE], actor), waiting=waiting if not after else [],
        next_url=with_query(request.get_full_path(), after=more) if more else None, first=not after,
    )  # fmt: skip


@require_safe
@allow(MEMBER | OPERATOR)
def trade(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """What both sides of one trade said, as far as the reader may know it."""
    actor = request.actor  # type: ignore[attr-defined]
    order = order_of(order_id, actor)
    closes_at = queries.window_of(order)
    found = queries.reviews_of_order(order_id, actor)
    for review in found:
        review.order = order
    shown = faces(found, actor)
    for face in shown:
        review = face["review"]
        answers = seller if review.side == "buyer" else buyer
        face["may_revise"] = queries.may_revise(review, closes_at, actor)
        face["may_reply"] = review.state == "published" and face["reply"] is None and answers.admits(actor, order)
    return page(
        request, "reviews/trade.html", order=order, faces=shown, closes_at=closes_at, side=side_of(order, actor),
        may_write=queries.may_write(order, actor, found), blind=any(review.state == "written" for review in found),
        other_name=company_name(order.seller if side_of(order, actor) == "buyer" else order.buyer),
    )  # fmt: skip


@require_safe
@allow(EVERYONE)
@public(params=("after",))
def supplier(request: HttpRequest, market: str, number: int) -> HttpResponse:
    """What buyers said of a supplier, newest first."""
    market_row(market)
    company = company_by_number(number, NOBODY)
    made_of(request, f"company:{company.pk}", f"reviews:{company.pk}")
    after = request.GET.get("after", "")
    shown, more = published(company.pk, "buyer", after)
    return public_page(
        request, "reviews/supplier.html", company=company, name=names(company, get_language() or "en")[0], market=market,
        tally=queries.tally(company.pk, "buyer"), aspects=ASPECT_WORDS, faces=faces(shown), first=not after,
        next_url=with_query(request.get_full_path(), after=more) if more else None,
    )  # fmt: skip


@require_safe
@allow(MEMBER | OPERATOR)
def of_buyer(request: HttpRequest, number: int) -> HttpResponse:
    """What suppliers said of a buyer, for those who have business with it; not found for others."""
    actor = request.actor  # type: ignore[attr-defined]
    company = buyer_by_number(number, actor)
    after = request.GET.get("after", "")
    shown, more = published(company.pk, "seller", after)
    return page(
        request, "reviews/buyer.html", company=company, name=names(company, get_language() or "en")[0],
        tally=queries.tally(company.pk, "seller"), aspects=ASPECT_WORDS, faces=faces(shown), first=not after,
        next_url=with_query(request.get_full_path(), after=more) if more else None,
    )  # fmt: skip
