"""What may happen to an offer."""

from everfair.base.roles import OPERATOR, SYSTEM_ROLE
from everfair.base.states import StateTable
from everfair.catalog.roles import supplier

# fmt: off
OFFER = StateTable(
    "state",
    ("publish",  "draft withdrawn",       "published", supplier | SYSTEM_ROLE),
    ("withdraw", "published",             "withdrawn", supplier),
    ("remove",   "draft published withdrawn", "removed", OPERATOR),
)
# fmt: on
