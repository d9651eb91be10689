"""Writing a review, revising it once, answering one."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.writes import once
from everfair.companies.roles import TRADING
from everfair.files.actions import keep_picture
from everfair.reviews import actions, queries
from everfair.reviews.forms import ReplyForm, ReviewForm
from everfair.reviews.pages.faces import company_name, faces
from everfair.reviews.roles import buyer, seller, side_of
from everfair.trade.queries import order as order_of

METHODS = ["GET", "POST"]
_FIELDS = {"file": "pictures"}


@require_http_methods(METHODS)
@allow(TRADING)
@once
def write(request: HttpRequest, order_id: UUID) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    order = order_of(order_id, actor)
    side = side_of(order, actor)
    form = ReviewForm(request.POST or None, request.FILES or None, side=side)
    other = company_name(order.seller if side == "buyer" else order.buyer)

    def work() -> HttpResponse:
        actions.write_review(order_id, form.grades(), form.cleaned_data["text"], _kept(request, form), by=actor)
        return _done(request, order_id, _("Thank you. Your review is kept."))

    def show(status: int) -> HttpResponse:
        return page(
            request, "reviews/write.html", status=status, order=order, form=form, other=other, side=side,
            closes_at=queries.window_of(order), former=None,
        )  # fmt: skip

    if request.method == "POST":
        return worked(form, work, show)
    if not queries.may_write(order, actor, queries.reviews_of_order(order_id, actor)):
        return _not_now(request, order_id)
    return show(200)


@require_http_methods(METHODS)
@allow(TRADING)
@once
def revise(request: HttpRequest, review_id: UUID) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    review = queries.review(review_id, actor)
    if review.author_id != actor.company_id:
        raise NotVisible
    [said] = queries.said([review])
    before = {f"grade_{aspect}": str(grade) for aspect, grade in said.wording.grades.items()}
    form = ReviewForm(
        request.POST or None, request.FILES or None, side=review.side, has_pictures=bool(said.wording.picture_ids),
        initial=before | {"text": said.wording.text, "keep_pictures": True},
    )  # fmt: skip

    def work() -> HttpResponse:
        keep = form.cleaned_data.get("keep_pictures", False)
        actions.revise_review(
            review_id, form.grades(), form.cleaned_data["text"], _kept(request, form), keep_pictures=keep, by=actor
        )
        return _done(request, review.order_id, _("Your review is revised. The former version stays below it."))

    def show(status: int) -> HttpResponse:
        return page(
            request, "reviews/write.html", status=status, order=review.order, form=form, other=company_name(review.subject),
            side=review.side, closes_at=queries.window_of(review.order), former=said.wording,
        )  # fmt: skip

    if request.method == "POST":
        return worked(form, work, show)
    if not queries.may_revise(review, queries.window_of(review.order), actor):
        return _not_now(request, review.order_id)
    return show(200)


@require_http_methods(METHODS)
@allow(TRADING)
@once
def reply(request: HttpRequest, review_id: UUID) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    review = queries.review(review_id, actor)
    form = ReplyForm(request.POST or None)
    [face] = faces([review], actor)

    def work() -> HttpResponse:
        actions.reply_to_review(review_id, form.cleaned_data["text"], by=actor)
        return _done(request, review.order_id, _("Your answer is shown below the review."))

    def show(status: int) -> HttpResponse:
        return page(request, "reviews/reply.html", status=status, order=review.order, form=form, face=face)

    if request.method == "POST":
        return worked(form, work, show)
    answers = seller if review.side == "buyer" else buyer
    if review.state != "published" or face["reply"] is not None or not answers.admits(actor, review.order):
        return _not_now(request, review.order_id)
    return show(200)


def worked(form: django_forms.Form, work: Callable[[], HttpResponse], show: Callable[[int], HttpResponse]) -> HttpResponse:
    """Do the work; a refusal that belongs to a field is said there, and what was typed stays."""
    if not form.is_valid():
        return show(422)
    try:
        return work()
    except Refused as refusal:
        field = _FIELDS.get(refusal.field or "", refusal.field)
        if isinstance(refusal, AlreadyDone) or field not in form.fields:
            raise
        form.add_error(field, str(refusal.message))
        return show(422)


def _kept(request: HttpRequest, form: django_forms.Form) -> list[UUID]:
    """The photographs, encoded anew without what a camera wrote into them; nobody else sees them yet."""
    actor = request.actor  # type: ignore[attr-defined]
    uploads = form.cleaned_data["pictures"]
    if len(uploads) > actions.MOST_PICTURES:
        raise Refused("reviews.pictures", _("At most 5 pictures, please."), field="pictures", status=422)
    return [keep_picture(upload, actor.company_id, actor, public=False).pk for upload in uploads]


def _done(request: HttpRequest, order_id: UUID, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("reviews:trade", order_id)


def _not_now(request: HttpRequest, order_id: UUID) -> HttpResponse:
    messages.info(request, _("This is not possible in the present state."))
    return redirect("reviews:trade", order_id)
