"""How goods travel."""

from django.utils.translation import gettext_lazy as _

from everfair.base.words import name_codes

MODES = ("express", "air", "land", "sea")
MODE_WORDS = name_codes(
    "mode", {"express": _("Express parcel"), "air": _("Air freight"), "land": _("Road or rail"), "sea": _("Sea freight")}
)
