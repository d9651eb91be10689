"""The life of a verification, and of a hit."""

from everfair.base.states import StateTable
from everfair.trust.roles import APPLICANT, CHECKER, CLOCK, MAKER, SCREENER, SECOND_SCREENER, UNDRAWN

# fmt: off
VERIFICATION = StateTable(
    "state",
    # verb        from                                  to           who
    ("submit",   "draft",                               "waiting",   APPLICANT),
    ("draw",     "waiting reviewing asked proposed",    "reviewing", UNDRAWN),    # two people by lot; again when one of them is linked
    ("ask",      "reviewing",                           "asked",     MAKER),
    ("answer",   "asked",                               "reviewing", APPLICANT),
    ("resume",   "asked",                               "reviewing", CLOCK),      # the time to answer is over
    ("propose",  "reviewing",                           "proposed",  MAKER),      # every check has its result
    ("return",   "proposed",                            "reviewing", CHECKER),    # the second sees it otherwise
    ("grant",    "proposed",                            "granted",   CHECKER),
    ("refuse",   "proposed",                            "refused",   CHECKER),
    ("withdraw", "draft waiting reviewing asked proposed", "withdrawn", APPLICANT),
    ("lapse",    "granted",                             "lapsed",    CLOCK),      # its earliest evidence is too old
    ("replace",  "granted",                             "replaced",  UNDRAWN),    # by a newer one of the same company
)
# What a screening found: the one proposes, another says it; alone one clears only what is little alike.
HIT = StateTable(
    "state",
    # verb        from                                  to           who
    ("propose",  "open",                                "proposed",  SCREENER),
    ("clear",    "open",                                "cleared",   SCREENER),   # refused where two people are asked for
    ("clear",    "proposed",                            "cleared",   SECOND_SCREENER),
    ("confirm",  "proposed",                            "confirmed", SECOND_SCREENER),
    ("return",   "proposed",                            "open",      SCREENER),
    ("reopen",   "cleared confirmed",                   "open",      SCREENER),
)
# fmt: on
OPEN = ("draft", "waiting", "reviewing", "asked", "proposed")
SEATED = ("reviewing", "asked", "proposed")
