"""How goods travel."""

from django.utils.translation import gettext_lazy as _

MODES = ("express", "air", "land", "sea")
MODE_WORDS = {"express": _("Express parcel"), "air": _("Air freight"), "land": _("Road or rail"), "sea": _("Sea freight")}
