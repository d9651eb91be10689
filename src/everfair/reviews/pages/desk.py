"""The operator's list of what is shown, and the one thing they may do with it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from everfair.base.allow import allow
from everfair.base.jinja import with_query
from everfair.base.pages import page
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.reviews import actions, queries
from everfair.reviews.forms import ReasonForm
from everfair.reviews.pages.faces import faces, published
from everfair.reviews.pages.writing import worked


@require_safe
@allow(OPERATOR)
def desk(request: HttpRequest) -> HttpResponse:
    """Newest first, hidden ones among them."""
    after = request.GET.get("after", "")
    shown, more = published(None, "", after)
    return page(
        request, "reviews/desk.html", faces=faces(shown, request.actor), first=not after,  # type: ignore[attr-defined]
        next_url=with_query(request.get_full_path(), after=more) if more else None,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allow(OPERATOR, proof="fresh")
@once
def judge(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """Hide a review with a reason that everybody reads, or show a hidden one again."""
    actor = request.actor  # type: ignore[attr-defined]
    review = queries.review(review_id, actor)
    if review.published_at is None:
        raise Http404
    hides = review.state == "published"
    [face] = faces([review], actor)
    form = ReasonForm(request.POST or None)

    def work() -> HttpResponse:
        act = actions.hide_review if request.POST.get("verb", "hide" if hides else "unhide") == "hide" else actions.unhide_review
        act(review_id, form.cleaned_data["reason"], by=actor)
        messages.success(request, _("The review is hidden.") if hides else _("The review is shown again."))
        return redirect("reviews:desk")

    def show(status: int) -> HttpResponse:
        return page(request, "reviews/judge.html", status=status, face=face, form=form, hides=hides)

    return worked(form, work, show) if request.method == "POST" else show(200)
