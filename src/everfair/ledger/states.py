"""How a month of the books ends: one person closes it, another confirms, and then nothing is dated into it any more."""

from everfair.base.states import StateTable
from everfair.ledger.roles import BOOKKEEPER, SECOND_BOOKKEEPER

# fmt: off
PERIOD = StateTable(
    "state",
    # verb       from       to         who
    ("close",    "open",    "closing", BOOKKEEPER),
    ("withdraw", "closing", "open",    BOOKKEEPER),
    ("confirm",  "closing", "closed",  SECOND_BOOKKEEPER),
)
# fmt: on
