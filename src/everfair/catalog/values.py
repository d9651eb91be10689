"""Bounds and plain values of offers, and the words of their states."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from everfair.base.words import name_codes

# What stands in the audit trail for good when the operator takes an offer away.
OFFER_REMOVED = "removed an offer"
ACT_WORDS = name_codes("act", {OFFER_REMOVED: _("Removed an offer")})
OFFER_WORDS = name_codes(
    "catalog.offer",
    {"draft": _("Draft"), "published": _("Published"), "withdrawn": pgettext_lazy("offer", "Withdrawn"), "removed": _("Removed")},
)
# No quantity of one line is larger: far above any trade, far below what `times` could overflow (B26).
LARGEST_QUANTITY = Decimal(10**9)
LARGEST_UNIT_PRICE = Decimal(10**9)
TIERS = 10
TIER_ROWS = 6
ATTRIBUTES = 40
LEAD_TIMES = 6
LEAD_TIME_DAYS = 730
PICTURES = 12
# What the editor keeps unsaved, as JSON: every field at its limit in every language, and room to be wrong in.
TYPED_BYTES = 1024 * 1024
LANGUAGES = ("en", "zh-hant", "zh-hans")
TITLE_CHARACTERS = 300
DESCRIPTION_CHARACTERS = 20_000
BRAND_CHARACTERS = 200
SKU_CHARACTERS = 100
VARIANT_GROUP_CHARACTERS = 100
VARIANTS_SHOWN = 24
SOURCE_CATEGORY_CHARACTERS = 300
ATTRIBUTE_NAME_CHARACTERS = 100
ATTRIBUTE_CHARACTERS = 500
BULLETS = 30
BULLET_CHARACTERS = 1_000
# Columns that count goods keep three decimals.
QUANTITY_DECIMALS = 3
# One import is committed in pieces of this many rows, each well under a second: a long transaction holds every cursor up.
BATCH_ROWS = 500
# A file of so many rows is imported while its sender waits; a longer one by the worker.
AT_ONCE_ROWS = 1_000
STAGED_BYTES = 50 * 1024 * 1024


def plain(number: Decimal) -> Decimal:
    """Without idle zeros: 100.000 is 100, 1.500 is 1.5; `normalize` alone would write 1E+2."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()
