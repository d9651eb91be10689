"""What may happen to a payment and to a payout."""

from everfair.base.roles import CLOCK, RAIL, SYSTEM_ROLE
from everfair.base.states import StateTable
from everfair.payments.roles import keeper, payer

# fmt: off
INTENT = StateTable(
    "state",
    # verb       from                                         to               who
    ("send",     "created",                                   "open",          payer | SYSTEM_ROLE),
    ("doubt",    "created open",                              "indeterminate", payer | SYSTEM_ROLE),
    ("capture",  "created open indeterminate failed expired", "captured",      RAIL),
    ("clear",    "indeterminate",                             "created",       SYSTEM_ROLE),  # asked later, it knows nothing of it
    ("fail",     "created open indeterminate",                "failed",        RAIL | payer | SYSTEM_ROLE),
    ("expire",   "created open",                              "expired",       CLOCK),
)
REFUND = StateTable(
    "state",
    ("send",     "requested indeterminate",                   "sent",          SYSTEM_ROLE),
    ("doubt",    "requested",                                 "indeterminate", SYSTEM_ROLE),
    ("settle",   "requested sent indeterminate",              "done",          RAIL | SYSTEM_ROLE),
    ("fail",     "requested sent indeterminate",              "failed",        RAIL | SYSTEM_ROLE),  # then it is the payer's wallet's
)
PAYOUT = StateTable(
    "state",
    ("send",     "requested",                                 "sent",          keeper | SYSTEM_ROLE),
    ("doubt",    "requested",                                 "indeterminate", keeper | SYSTEM_ROLE),
    ("settle",   "requested sent indeterminate",              "paid",          RAIL),
    ("bounce",   "requested sent indeterminate",              "failed",        RAIL | SYSTEM_ROLE),
)
# fmt: on
LIVE_INTENT = ("created", "open", "indeterminate")
