"""Four small axes instead of one large one: agreement, goods and issue of an order, money of each stage."""

from everfair.base.roles import CLOCK, OPERATOR, RAIL
from everfair.base.states import StateTable
from everfair.trade.roles import buyer, buyers_purse, seller

party = buyer | seller

# fmt: off
AGREEMENT = StateTable(
    "agreement",
    # verb        from              to            who
    ("place",     "draft",          "offered",    buyer),
    ("sign",      "offered",        "agreed",     seller),
    ("decline",   "offered",        "declined",   seller),
    ("cancel",    "offered agreed", "cancelled",  party),              # before any money is held
    ("lapse",     "offered agreed", "lapsed",     CLOCK),              # nobody signed, or nobody paid
    ("call_off",  "agreed",         "called_off", seller | buyer),     # the seller gives up, or is late: all money back
    ("conclude",  "agreed",         "completed",  party | OPERATOR | CLOCK),  # what a claim ended with: both agreed, or a ruling
    ("complete",  "agreed",         "completed",  buyer | OPERATOR | CLOCK),  # settled, however it ended
)
GOODS = StateTable(
    "goods",
    ("ship",      "awaiting",       "shipped",    seller),             # every stage is held in escrow
    ("receive",   "shipped",        "received",   buyer),
)
ISSUE = StateTable(
    "issue",
    ("report",    "none",           "open",       buyer | CLOCK),      # not received, or silence: stages freeze
    ("withdraw",  "open",           "none",       buyer),
    ("resolve",   "open",           "resolved",   OPERATOR),
    ("settle",    "open",           "resolved",   party | OPERATOR | CLOCK),  # comes with a claim's settlement or ruling
)
STAGE = StateTable(
    "state",
    ("call",      "planned",            "due",      party | RAIL),
    ("pay",       "due",                "paying",   buyers_purse),
    ("reopen",    "paying",             "due",      buyers_purse | RAIL | CLOCK),
    ("fund",      "due paying",         "funded",   RAIL),
    ("freeze",    "funded",             "frozen",   buyer | CLOCK),
    ("thaw",      "frozen",             "funded",   buyer | OPERATOR),
    ("release",   "funded",             "released", buyer | CLOCK),    # with evidence: acceptance
    ("award",     "frozen",             "released", OPERATOR),
    ("divide",    "funded frozen",      "released", party | OPERATOR | CLOCK),  # as a claim was settled or ruled
    ("refund",    "funded frozen",      "refunded", party | OPERATOR | CLOCK),
    ("void",      "planned due paying", "void",     party | CLOCK | OPERATOR),
)
WORK = StateTable(
    "work",
    ("present",   "open presented",     "presented", seller),          # pictures of production, a shipping document
    ("confirm",   "presented",          "confirmed", buyer),
    ("send_back", "presented",          "open",      buyer),
)
# fmt: on
