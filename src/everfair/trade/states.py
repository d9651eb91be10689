"""Four small axes instead of one large one: agreement, goods and issue of an order, money of each stage."""

from everfair.base.roles import CLOCK, OPERATOR, RAIL
from everfair.base.states import StateTable
from everfair.companies.roles import SELLING
from everfair.trade.roles import answerer, buyer, buyers_purse, customer, customers_purse, inspector, proposer, reporter, seller

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
    ("call_off",  "agreed",         "called_off", seller | buyer | CLOCK),  # given up, late, or a group buy missed: all back
    ("end",       "agreed",         "completed",  party | CLOCK),      # a framework contract: by both sides, or by its date
    ("conclude",  "agreed",         "completed",  party | OPERATOR | CLOCK),  # what a claim ended with: both agreed, or a ruling
    ("complete",  "agreed",         "completed",  buyer | OPERATOR | CLOCK),  # settled, however it ended
)
GOODS = StateTable(
    "goods",
    ("ship",      "awaiting part",  "shipped",    seller),             # every stage is held in escrow
    ("ship_part", "awaiting part",  "part",       seller),             # the rest follows
    ("receive",   "shipped",        "received",   buyer),
    ("presume",   "shipped",        "received",   CLOCK),              # silence over a proof of delivery (I7)
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
    ("call",      "planned",            "due",      party | buyers_purse | RAIL | CLOCK | reporter),
    ("pay",       "due",                "paying",   buyers_purse),
    ("reopen",    "paying",             "due",      buyers_purse | RAIL | CLOCK),
    ("fund",      "due paying",         "funded",   RAIL),
    ("freeze",    "funded",             "frozen",   buyer | CLOCK | RAIL),  # an issue, or the buyer's bank takes a payment back
    ("thaw",      "frozen",             "funded",   buyer | OPERATOR | RAIL),
    ("release",   "funded",             "released", buyer | CLOCK),    # with evidence: acceptance, or silence over a delivery
    ("award",     "funded frozen",      "released", OPERATOR),         # also what was paid while the issue was open
    ("divide",    "funded frozen",      "released", party | OPERATOR | CLOCK),  # as a claim was settled or ruled
    ("refund",    "funded frozen",      "refunded", party | OPERATOR | CLOCK),
    ("charge_back", "frozen",           "refunded", RAIL),             # all of it is with the buyer, by the buyer's bank
    ("void",      "planned due paying", "void",     party | CLOCK | OPERATOR),
)
AMENDMENT = StateTable(
    "state",
    ("sign",      "proposed",           "signed",    answerer),        # over the hash of the new terms
    ("refuse",    "proposed",           "refused",   answerer),
    ("take_back", "proposed",           "taken_back", proposer),
    ("lapse",     "proposed",           "lapsed",    CLOCK | party | OPERATOR),  # nobody answered, or the order ended
)
WORK = StateTable(
    "work",
    ("present",   "open presented",     "presented", seller),          # pictures of production, a shipping document
    ("confirm",   "presented",          "confirmed", buyer),
    ("send_back", "presented",          "open",      buyer),
)
EXTENSION = StateTable(
    "state",
    ("grant",     "asked",          "granted",    answerer),
    ("refuse",    "asked",          "refused",    answerer),
    ("take_back", "asked",          "withdrawn",  proposer),
    ("expire",    "asked",          "lapsed",     CLOCK),              # no answer is a refusal; so is an end of what it was for
)
INSPECTION = StateTable(
    "state",
    ("accept",    "asked",              "accepted",  inspector),
    ("decline",   "asked accepted",     "declined",  inspector),
    ("cancel",    "asked accepted",     "cancelled", customer),        # whoever booked it; the fee goes back
    ("lapse",     "asked accepted",     "lapsed",    party | CLOCK | OPERATOR),  # nobody acted in time, or the order ended
    ("pass",      "accepted",           "passed",    inspector),       # the report's own count decides which of the two
    ("fail",      "accepted",           "failed",    inspector),
    ("replace",   "failed",             "replaced",  SELLING),         # by whoever's later report stands in its place
    ("waive",     "failed",             "waived",    buyer),
)
INSPECTION_FEE = StateTable(
    "fee",
    ("pay",       "due",                "paying",    customers_purse),
    ("reopen",    "paying",             "due",       customers_purse | RAIL | CLOCK),
    ("fund",      "due paying",         "held",      RAIL),
    ("earn",      "held",               "paid",      inspector),       # with the report, whatever it says
    ("give_back", "held",               "returned",  inspector | customer | party | CLOCK | OPERATOR),
    ("void",      "due paying",         "void",      inspector | customer | party | CLOCK | OPERATOR),
)
PACKING = StateTable(
    "packing",
    ("declare",   "open",               "declared",  seller),
)
GROUP = StateTable(
    "state",
    ("reach",     "open",               "reached",  seller | CLOCK),   # the threshold is held in escrow: every order goes on
    ("miss",      "open",               "missed",   seller | CLOCK),   # below it: everything goes back
)
# fmt: on
