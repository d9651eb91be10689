"""Inviting, writing, revising, replying, publishing, hiding: everything that writes.

Whatever both sides and the clock may do at once is done under the lock of the order's invitation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import CLOCK_ACTOR, SYSTEM, Actor
from everfair.base.clock import EfNow, now
from everfair.base.deadlines import clear_deadline, set_deadline
from everfair.base.events import emit
from everfair.base.ids import new_id
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, find, insert
from everfair.base.states import lock, stepping, write_history
from everfair.base.together import part
from everfair.companies.actions import note_act
from everfair.events.reviews import (
    ReviewHidden,
    ReviewInvited,
    ReviewPublished,
    ReviewReplied,
    ReviewRevised,
    ReviewUnhidden,
    ReviewWritten,
)
from everfair.files.actions import keep_picture, show_pictures
from everfair.files.queries import file_path, files_by_id
from everfair.messaging.actions import read_message
from everfair.reviews.models import Invitation, Reply, Review, Wording
from everfair.reviews.queries.reviews import grade_of, reviews_visible_to
from everfair.reviews.queries.windows import counted_deals, is_reviewable, window_of
from everfair.reviews.roles import buyer, party, seller, side_of
from everfair.reviews.values import ASPECTS, GRADES
from everfair.trade.queries import order as order_of

LONGEST = 2_000
MOST_PICTURES = 5
END = "reviews.end"


def invite_to_review(order_id: UUID) -> Invitation | None:
    """Both sides of a completed order may review each other from now on, until the days of its contract are over.

    Safe to repeat. None for an order that was not completed, for a framework contract (its call-offs are the deals), and when the
    time is over already.
    """
    order = order_of(order_id, SYSTEM, sides=False)
    closes_at = window_of(order)
    if closes_at is None or closes_at <= now():
        return None
    with part():
        month = order.closed_at.astimezone(UTC).date().replace(day=1)  # type: ignore[union-attr]
        is_new = ask(_INVITE, [new_id(), order.pk, order.buyer_id, order.seller_id, order.closed_at, month, closes_at])
        made = find(Invitation, "order_id = %s", [order.pk])[0]
        if is_new:
            set_deadline(END, made.pk, closes_at)
            emit(ReviewInvited(order.pk, order.buyer_id, order.seller_id, closes_at))
    return made


# Two at once: the second waits at the unique key, then finds what the first has written.
_INVITE = """
    INSERT INTO reviews_invitation (id, order_id, buyer_id, seller_id, completed_at, month, closes_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (order_id) DO NOTHING RETURNING 1
"""


def write_review(
    order_id: UUID, grades: Mapping[str, int], text: str = "", file_ids: Sequence[UUID] = (), *, by: Actor
) -> Review:
    """One side's word on a completed trade: a grade for each aspect, words and pictures where there are any.

    Nobody but its writer sees it until the other side has written too, or the time is over: the later of the two publishes both.
    Refuses an order that was not completed, a second review of the same side, and what comes after the time.
    """
    text = _words(text, required=False)
    order = order_of(order_id, by, sides=False)
    if not party.admits(by, order):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    if not is_reviewable(order):
        raise Refused("reviews.not_completed", _("A trade is reviewed once it is completed."))
    side = side_of(order, by)
    clean = _grades(side, grades)
    invite_to_review(order_id)
    with part():
        invitation = _locked(order_id)
        written = {review.side: review for review in Review.objects.filter(order_id=order_id)}
        if side in written:
            raise Refused("reviews.already_written", _("Your company has reviewed this trade already."))
        _in_time(invitation, first=True)
        author, subject = order.buyer_id, order.seller_id
        if side == "seller":
            author, subject = subject, author
        review = Review(
            order=order, side=side, author_id=author, subject_id=subject, month=invitation.month,
            counts=_counts(invitation, author, subject, side, counted_deals(order)), state="written",
        )  # fmt: skip
        insert(review)
        write_history(review, "state", "write", "draft", "written", by=by)
        pictures = _pictures(file_ids, by=by)
        insert(Wording(review=review, n=1, grades=clean, text=text, picture_ids=pictures, by=by.label))
        emit(ReviewWritten(review.pk, order.pk, author, subject, side), by=by)
        if written:
            _publish(invitation, [*written.values(), review], order, by=by)
    return review


def revise_review(
    review_id: UUID,
    grades: Mapping[str, int],
    text: str = "",
    file_ids: Sequence[UUID] = (),
    *,
    keep_pictures: bool = False,
    by: Actor,
) -> Review:
    """The one revision, until the time to review is over. The former version is kept, and shown beside the new one.

    Refuses a second one, one of a hidden review, and what comes after the time.
    """
    text = _words(text, required=False)
    seen = _own(review_id, by)
    with part():
        invitation = _locked(seen.order_id)
        review = lock(reviews_visible_to(by), review_id)
        review.order = order_of(review.order_id, by, sides=False)
        if not party.admits(by, review):
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        clean = _grades(review.side, grades)
        if review.state == "hidden":
            raise Refused("reviews.hidden", _("The operator has hidden this review."))
        if review.version > 1:
            raise Refused("reviews.revised_already", _("A review is revised once, and this one has been."))
        _in_time(invitation, first=False)
        former = Wording.objects.get(review=review, n=1)
        pictures = (list(former.picture_ids) if keep_pictures else []) + _pictures(file_ids, by=by)
        if len(pictures) > MOST_PICTURES:
            raise _too_many()
        insert(Wording(review=review, n=2, grades=clean, text=text, picture_ids=pictures, by=by.label))
        Review.objects.filter(pk=review.pk).update(version=2)
        review.version = 2
        write_history(review, "state", "revise", review.state, review.state, by=by)
        if review.state == "published":
            show_pictures(former.picture_ids, False)
            show_pictures(pictures, True)
            emit(ReviewRevised(*_named(review), grade_of(clean), review.counts, clean, *_order_of(review)), by=by)
    return review


def reply_to_review(review_id: UUID, text: str, *, by: Actor) -> Reply:
    """The reviewed side's one answer, shown below the review. Refuses a second one, and one to what is not shown."""
    text = _words(text)
    with part():
        review = lock(reviews_visible_to(by), review_id)
        order = order_of(review.order_id, by, sides=False)
        if not (seller if review.side == "buyer" else buyer).admits(by, order):
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        if review.state != "published":
            raise Refused("reviews.not_shown", _("This review is not shown."))
        if Reply.objects.filter(review=review).exists():
            raise Refused("reviews.replied_already", _("Your company has answered this review already."))
        made = Reply(review=review, text=text, by=by.label)
        insert(made)
        emit(ReviewReplied(*_named(review)), by=by)
    return made


def publish_reviews(invitation_id: UUID) -> None:
    """The time is over: what was written is shown. Safe to repeat; refuses before the time."""
    with part():
        invitation = find(Invitation, "id = %s FOR UPDATE", [invitation_id])[0]
        if invitation.published_at is not None:
            return
        if now() < invitation.closes_at:
            raise Refused("reviews.too_early", _("The time to review is not over yet."))
        order = order_of(invitation.order_id, CLOCK_ACTOR, sides=False)
        _publish(invitation, find(Review, "order_id = %s", [order.pk]), order, by=CLOCK_ACTOR)


def hide_review(review_id: UUID, reason: str, *, by: Actor) -> Review:
    """The operator takes a review from view: its words, pictures and grades; that there was one, and why it is hidden, stays public."""
    reason = _words(reason, field="reason")
    with part():
        review = _locked_for_staff(review_id, by)
        with stepping(review, "hide", by=by, reason=reason):
            review.hidden_reason = reason
        show_pictures(_shown_wording(review).picture_ids, False)
        note_act("hid a review", review.pk, reason, by)
        emit(ReviewHidden(*_named(review), *_order_of(review)), by=by)
    return review


def unhide_review(review_id: UUID, reason: str, *, by: Actor) -> Review:
    """The operator was wrong, or was shown more: the review is shown again as it was."""
    reason = _words(reason, field="reason")
    with part():
        review = _locked_for_staff(review_id, by)
        with stepping(review, "unhide", by=by, reason=reason):
            review.hidden_reason = ""
        wording = _shown_wording(review)
        show_pictures(wording.picture_ids, True)
        note_act("showed a review again", review.pk, reason, by)
        emit(ReviewUnhidden(*_named(review), grade_of(wording.grades), review.counts, wording.grades, *_order_of(review)), by=by)
    return review


def _locked_for_staff(review_id: UUID, by: Actor) -> Review:
    review = lock(reviews_visible_to(by), review_id)
    review.order = order_of(review.order_id, by, sides=False)
    return review


def _locked(order_id: UUID) -> Invitation:
    found = Invitation.objects.select_for_update().filter(order_id=order_id).first()
    if found is None:
        raise _too_late()
    return found


def _in_time(invitation: Invitation, *, first: bool) -> None:
    """What is shown already because the time ran out is final, whatever moment this transaction began at."""
    if now() > invitation.closes_at or (first and invitation.published_at is not None):
        raise _too_late()
    if invitation.published_at is not None and invitation.published_at >= invitation.closes_at:
        raise _too_late()


def _too_late() -> Refused:
    return Refused("reviews.too_late", _("The time to review this trade is over."))


def _own(review_id: UUID, by: Actor) -> Review:
    """NotVisible for everybody but the company that wrote it."""
    found = Review.objects.filter(pk=review_id, author_id=by.company_id).first() if by.company_id else None
    if found is None:
        raise NotVisible
    return found


def _counts(invitation: Invitation, author: UUID, subject: UUID, side: str, most: int) -> bool:
    """Whether this is among the first graded deals of the pair in the month of its completion; two at once wait for each other."""
    ask("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"reviews:{author}:{subject}:{side}"])
    same = Review.objects.filter(author_id=author, subject_id=subject, side=side, month=invitation.month, counts=True)
    return same.count() < most


def _publish(invitation: Invitation, reviews: Iterable[Review], order: Any, *, by: Actor) -> None:
    """Show what was written on this order, both sides in the same instant."""
    for review in reviews:
        review.order = order
        wording = _shown_wording(review)
        with stepping(review, "publish", by=by):
            review.published_at = EfNow()  # type: ignore[assignment]
        show_pictures(wording.picture_ids, True)
        told = (grade_of(wording.grades), review.counts, wording.grades, *_order_of(review))
        emit(ReviewPublished(*_named(review), *told), by=by)
    ask("UPDATE reviews_invitation SET published_at = ef_now() WHERE id = %s", [invitation.pk])
    clear_deadline(END, invitation.pk)


def _named(review: Review) -> tuple[UUID, UUID, UUID, UUID, str]:
    return review.pk, review.order_id, review.author_id, review.subject_id, review.side


def _order_of(review: Review) -> tuple[int, str]:
    return review.order.number, review.order.market


def _shown_wording(review: Review) -> Wording:
    return Wording.objects.get(review=review, n=review.version)


def _grades(side: str, grades: Mapping[str, int]) -> dict[str, int]:
    """Each aspect of this side once, 1 to 5."""
    if set(grades) != set(ASPECTS[side]):
        raise Refused("reviews.aspects", _("Please grade each aspect."), field="grades", status=422)
    if any(type(grade) is not int or grade not in GRADES for grade in grades.values()):
        raise Refused("reviews.grade", _("A grade is a whole number from 1 to 5."), field="grades", status=422)
    return {aspect: grades[aspect] for aspect in ASPECTS[side]}


def _words(text: str, *, field: str = "text", required: bool = True) -> str:
    """What everybody will read: clean, card numbers masked, not too long."""
    clean = read_message(text, field=field)
    if required and not clean:
        raise Refused("reviews.words_missing", _("Please write something."), field=field, status=422)
    if len(clean) > LONGEST:
        raise Refused("reviews.words_long", _("At most 2,000 characters, please."), field=field, status=422)
    return clean


def _pictures(file_ids: Sequence[UUID], *, by: Actor) -> list[UUID]:
    """Pictures of the writer's company, kept apart from everything else it shows: hiding a review takes nothing else from view.

    An attachment is encoded anew, without what a camera wrote into it.
    """
    wanted = list(dict.fromkeys(file_ids))
    if len(wanted) > MOST_PICTURES:
        raise _too_many()
    found = files_by_id(wanted, by) if wanted else {}
    kept = []
    for pk in wanted:
        file = found.get(pk)
        if file is None or file.owner_id != by.company_id or not file.blob.media_type.startswith("image/"):
            raise Refused("reviews.pictures", _("This is no picture of your company."), field="pictures", status=422)
        if file.kind == "picture":
            if file.public or _is_used(pk):
                raise Refused(
                    "reviews.pictures", _("Please send this picture anew for the review."), field="pictures", status=422
                )
            kept.append(pk)
        else:
            copy = ContentFile(file_path(file).read_bytes(), name=file.name)
            kept.append(keep_picture(copy, file.owner_id, by, public=False).pk)
    return kept


def _is_used(picture_id: UUID) -> bool:
    return Wording.objects.filter(picture_ids__contains=[picture_id]).exists()


def _too_many() -> Refused:
    return Refused("reviews.pictures", _("At most 5 pictures, please."), field="pictures", status=422)


__all__ = [
    "END",
    "LONGEST",
    "MOST_PICTURES",
    "hide_review",
    "invite_to_review",
    "publish_reviews",
    "reply_to_review",
    "revise_review",
    "unhide_review",
    "write_review",
]
