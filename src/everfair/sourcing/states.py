"""What may happen to a request and to a quote."""

from everfair.base.roles import CLOCK, OPERATOR
from everfair.base.states import StateTable
from everfair.sourcing.roles import asker, asker_of_quote, quoter

# fmt: off
RFQ = StateTable(
    "state",
    ("post",     "draft",       "open",      asker),
    ("award",    "open closed", "awarded",   asker),
    ("close",    "open",        "closed",    asker | CLOCK),
    ("cancel",   "draft open closed", "cancelled", asker | OPERATOR),
)
QUOTE = StateTable(
    "state",
    ("send",     "draft",       "sent",      quoter),
    ("revise",   "sent",        "replaced",  quoter),
    ("withdraw", "sent",        "withdrawn", quoter),
    ("accept",   "sent",        "accepted",  asker_of_quote),
    ("decline",  "sent",        "declined",  asker_of_quote),
    # Its request was cancelled by the operator.
    ("lapse",    "sent",        "declined",  OPERATOR),
)
# fmt: on
