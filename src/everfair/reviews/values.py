"""Names of codes: aspects, states, deadlines; no database."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from everfair.base.words import name_codes

SIDES = ("buyer", "seller")
GRADES = (1, 2, 3, 4, 5)
# Who writes → what of the other side is graded.
ASPECTS: dict[str, tuple[str, str, str]] = {
    "buyer": ("goods", "delivery", "service"),
    "seller": ("payment", "fairness", "communication"),
}
# fmt: off
REVIEW_WORDS = name_codes("reviews.review", {
    "draft": _("Draft"), "written": _("Written, not yet shown"), "published": _("Shown to everybody"), "hidden": _("Hidden by the operator"),
})
ASPECT_WORDS = name_codes("review aspect", {
    "goods": _("Goods as agreed"), "delivery": _("Delivery"), "service": _("Service and honesty"),
    "payment": _("Payment"), "fairness": _("Fairness"), "communication": _("Communication"),
})
GRADE_WORDS = name_codes("review grade", {
    "1": pgettext_lazy("grade", "very poor"), "2": pgettext_lazy("grade", "poor"), "3": pgettext_lazy("grade", "fair"),
    "4": pgettext_lazy("grade", "good"), "5": pgettext_lazy("grade", "excellent"),
})
DEADLINE_WORDS = name_codes("deadline", {"reviews.end": _("Review the trade")})
SUBSCRIBER_WORDS = name_codes("subscriber", {"reviews": _("Reviews"), "reviews.notices": _("Notices of reviews")})
ACT_WORDS = name_codes("act", {"hid a review": _("hid a review"), "showed a review again": _("showed a review again")})
# fmt: on
