"""The life of a case."""

from everfair.base.states import StateTable
from everfair.risk.roles import CLOCK, REVIEWER, SYSTEM_ROLE

# fmt: off
RISK_CASE = StateTable(
    "state",
    # verb      from                    to           who
    ("hold",    "open escalated",       "held",      REVIEWER | SYSTEM_ROLE),  # payouts and listings stop until the deadline
    ("lapse",   "held",                 "escalated", CLOCK),                   # nobody confirmed: what stood still moves again
    ("confirm", "open held escalated",  "confirmed", REVIEWER),
    ("clear",   "open held escalated",  "cleared",   REVIEWER),
)
# fmt: on
UNDECIDED = ("open", "held", "escalated")
