"""What may happen to a payment, to a bank account, to a payout and the batch it leaves in, and to a debt."""

from everfair.base.roles import CLOCK, OPERATOR, RAIL, SYSTEM_ROLE
from everfair.base.states import StateTable
from everfair.ledger.roles import BOOKKEEPER
from everfair.payments.roles import cashier, granting, keeper, other_keeper, owing, payer

# fmt: off
INTENT = StateTable(
    "state",
    # verb       from                                         to               who
    ("send",     "created",                                   "open",          payer | SYSTEM_ROLE),
    ("transfer", "created open",                              "awaiting",      payer),  # the payer sends it from a bank
    ("recall",   "awaiting",                                  "created",       payer),  # and chooses another way after all
    ("doubt",    "created open",                              "indeterminate", payer | SYSTEM_ROLE),
    ("charge",   "created open",                              "captured",      payer),  # from the wallet, or on trade credit
    ("capture",  "created open awaiting indeterminate failed expired", "captured", RAIL),
    ("clear",    "indeterminate",                             "created",       SYSTEM_ROLE),  # asked later, it knows nothing of it
    ("fail",     "created open indeterminate",                "failed",        RAIL | payer | SYSTEM_ROLE),
    ("expire",   "created open awaiting",                     "expired",       CLOCK),
)
REFUND = StateTable(
    "state",
    ("send",     "requested indeterminate",                   "sent",          SYSTEM_ROLE),
    ("doubt",    "requested",                                 "indeterminate", SYSTEM_ROLE),
    ("settle",   "requested sent indeterminate",              "done",          RAIL | SYSTEM_ROLE),
    ("fail",     "requested sent indeterminate",              "failed",        RAIL | SYSTEM_ROLE),  # then it is the payer's wallet's
    ("charge_back", "requested",                              "charged_back",  RAIL),  # the payer's bank was quicker
)
ACCOUNT = StateTable(
    "state",
    # verb       from                                         to               who
    ("match",    "added",                                     "verified",      SYSTEM_ROLE),  # the holder is the company, by its name
    ("look",     "added",                                     "looked",        OPERATOR),
    ("confirm",  "looked",                                    "verified",      OPERATOR),     # another than the one who looked
    ("refuse",   "added looked verified",                     "refused",       OPERATOR),
    ("doubt",    "verified",                                  "added",         OPERATOR | RAIL),  # a payout to it came back: it is looked at anew
    ("remove",   "added looked verified refused",             "removed",       keeper),
)
PAYOUT = StateTable(
    "state",
    ("approve",  "requested",                                 "approved",      other_keeper | OPERATOR | SYSTEM_ROLE),
    ("put",      "approved",                                  "batched",       CLOCK),
    ("take_out", "batched released",                          "held",          OPERATOR | SYSTEM_ROLE),
    ("readmit",  "held",                                      "approved",      OPERATOR),
    ("release",  "approved batched",                          "released",      OPERATOR | CLOCK),
    ("cancel",   "requested approved batched held",           "cancelled",     keeper | OPERATOR | SYSTEM_ROLE),
    ("dispatch", "released",                                  "dispatched",    OPERATOR | SYSTEM_ROLE),  # nothing calls it back from here on
    ("step_back", "dispatched",                               "released",      SYSTEM_ROLE),  # its rail did nothing
    ("send",     "dispatched",                                "sent",          OPERATOR | SYSTEM_ROLE),
    ("doubt",    "dispatched",                                "indeterminate", SYSTEM_ROLE),
    ("settle",   "dispatched sent indeterminate",             "paid",          OPERATOR | RAIL),
    ("bounce",   "dispatched sent indeterminate",             "failed",        OPERATOR | RAIL | SYSTEM_ROLE),
    ("give_back", "paid",                                     "returned",      OPERATOR | RAIL),  # the bank returns it after all
)
BATCH = StateTable(
    "state",
    ("prepare",  "open",                                      "prepared",      OPERATOR),
    ("reopen",   "prepared",                                  "open",          OPERATOR),
    ("drop",     "open prepared",                             "dropped",       OPERATOR),  # nothing is left in it
    ("release",  "prepared",                                  "released",      OPERATOR),  # another than the one who prepared it
    ("take_file", "released",                                 "filed",         OPERATOR),
    ("hand_over", "filed",                                    "sent",          OPERATOR),
)
DEBT = StateTable(
    "state",
    ("fall_due", "open",                                      "overdue",       CLOCK),
    ("settle",   "open overdue",                              "settled",       SYSTEM_ROLE),
)
# What a payer's bank took back of a card payment. The money is gone from us while it is open, lost or retaken.
CHARGEBACK = StateTable(
    "state",
    # verb       from                                         to               who
    ("win",      "open",                                      "won",           RAIL),
    ("lose",     "open",                                      "lost",          RAIL),
    ("retake",   "won",                                       "retaken",       RAIL),  # decided otherwise after the fact
    ("reinstate", "lost",                                     "reinstated",    RAIL),
)
RESERVE = StateTable(
    "state",
    ("release",  "held",                                      "released",      CLOCK),
    ("use",      "held",                                      "used",          RAIL),          # chargebacks took all of it
    ("restore",  "used",                                      "held",          RAIL),          # and one of them was won
)
RAIL_BREAK = StateTable(
    "state",
    ("explain",  "open",                                      "explained",     SYSTEM_ROLE),  # what was missing came after all
    ("book",     "open",                                      "booked",        BOOKKEEPER),
    ("dismiss",  "open",                                      "dismissed",     BOOKKEEPER),
)
CREDIT_LINE = StateTable(
    "state",
    ("agree",    "offered",                                   "agreed",        owing),     # to owe, by these terms
    ("pause",    "agreed",                                    "paused",        granting),
    ("resume",   "paused",                                    "agreed",        granting),
    ("close",    "offered agreed paused",                     "closed",        granting | owing),  # what is owed stays owed
)
CREDIT_DUE = StateTable(
    "state",
    ("settle",   "open",                                      "paid",          RAIL),
    ("give_back", "open",                                     "returned",      SYSTEM_ROLE),  # the seller gave all of it back
)
# A line of a bank statement that brought or took money: until somebody is given it, it stands in suspense.
LINE = StateTable(
    "state",
    ("settle",   "open kept",                                 "settled",       SYSTEM_ROLE | cashier),
    ("keep",     "open",                                      "kept",          cashier),  # looked at, and left where it is
    ("reopen",   "kept",                                      "open",          cashier),
)
DECISION = StateTable(
    "state",
    ("approve",  "proposed",                                  "done",          cashier),  # never by who proposed it
    ("withdraw", "proposed",                                  "withdrawn",     cashier),
)
# Currency bought or sold at our bank.
COVER = StateTable(
    "state",
    ("book",     "proposed",                                  "booked",        cashier),  # never by who typed it
    ("withdraw", "proposed",                                  "withdrawn",     cashier),
)
# A transfer that goes back to its sender leaves as payouts by our bank do: in a batch of two operators, by a file.
BANK_RETURN = StateTable(
    "state",
    ("put",      "requested",                                 "batched",       CLOCK),
    ("take_out", "requested batched released",                "held",          OPERATOR | SYSTEM_ROLE | CLOCK),
    ("readmit",  "held",                                      "requested",     OPERATOR | cashier),
    ("release",  "batched",                                   "released",      OPERATOR),
    ("dispatch", "released",                                  "dispatched",    OPERATOR),
    ("send",     "dispatched",                                "sent",          OPERATOR),
    ("bounce",   "dispatched sent",                           "held",          OPERATOR | cashier),  # the bank did not pay it
    ("settle",   "requested held dispatched sent",            "done",          SYSTEM_ROLE | cashier),
)
# fmt: on
LIVE_INTENT = ("created", "open", "awaiting", "indeterminate")
METHODS = ("card", "bank", "wallet", "credit")
# The provider has the money of these; of the others it is ours again.
CHARGED_BACK = ("open", "lost", "retaken")
# Held in the wallet: not gone, and not free.
HELD_PAYOUT = ("requested", "approved", "batched", "held", "released", "dispatched", "sent", "indeterminate")
# In a file for our bank, whether or not the bank has done it.
IN_A_FILE = ("dispatched", "sent", "done")
# Not handed to anybody yet: a debt may be taken from it.
WAITING_PAYOUT = ("requested", "approved", "batched", "held")
