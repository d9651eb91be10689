"""The life of a claim. Every state that waits has a deadline with a stated end (`jobs.py`, `queries/standing.py`)."""

from everfair.base.roles import CLOCK
from everfair.base.states import StateTable
from everfair.disputes.roles import ARBITER, buyer, party, seller

# fmt: off
CLAIM = StateTable(
    "state",
    # verb               from                                        to             who
    ("open",             "draft",                                    "answering",   buyer),
    ("answer",           "answering",                                "talking",     seller),
    ("offer",            "talking",                                  "talking",     party),
    ("accept",           "answering talking",                        "settled",     party),           # money: at once, through the ledger
    ("agree_return",     "answering talking",                        "returning",   party),
    ("agree_replacement", "answering talking",                       "replacing",   party),
    ("hand_over",        "returning",                                "returned",    buyer),           # with a tracking number
    ("take_back",        "returned",                                 "settled",     seller | CLOCK),  # silence after proof counts
    ("miss_return",      "returning",                                "dropped",     CLOCK),           # nothing handed over: for the seller
    ("send_again",       "replacing",                                "replaced",    seller),
    ("take_replacement", "replaced",                                 "settled",     buyer),
    ("escalate",         "answering talking returned replacing replaced", "arbitration", party | CLOCK),
    ("propose",          "arbitration",                              "proposed",    ARBITER),         # above an amount a second person looks
    ("send_back",        "proposed",                                 "arbitration", ARBITER | CLOCK),
    ("rule",             "arbitration",                              "ruled",       ARBITER),
    ("confirm",          "proposed",                                 "ruled",       ARBITER),
    ("rule_finally",     "arbitration",                              "decided",     ARBITER),         # on appeal
    ("confirm_finally",  "proposed",                                 "decided",     ARBITER),
    ("appeal",           "ruled",                                    "arbitration", party),           # once, to somebody else
    ("waive",            "ruled",                                    "ruled",       party),
    ("finish",           "ruled",                                    "decided",     party | CLOCK),   # nobody appealed, or both waived
    ("inspect",          "answering",                                "answering",   party),           # a third company looks at the goods
    ("inspect",          "talking",                                  "talking",     party),
    ("inspect",          "arbitration",                              "arbitration", party | ARBITER),
    ("withdraw",         "answering talking returning replacing replaced arbitration proposed", "withdrawn", buyer),
)
# fmt: on
ENDED = ("settled", "dropped", "decided", "withdrawn")
# While the file can take in a report: an inspection that is open ends when its claim leaves these.
INSPECTED = ("answering", "talking", "arbitration")
WITH_ARBITRATOR = ("arbitration", "proposed")
