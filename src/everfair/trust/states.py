"""The lives of a verification, a hit, penalty points, a sanction, an appeal, a complaint, the blacklist and a re-entry."""

from everfair.base.states import StateTable
from everfair.trust.roles import (
    ACCUSED,
    APPLICANT,
    CHECKER,
    CLOCK,
    COMPLAINANT,
    JUDGE,
    MAKER,
    REVIEWER,
    SCREENER,
    SECOND,
    SECOND_SCREENER,
    SYSTEM_ROLE,
    UNDRAWN,
)

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
PENALTY = StateTable(
    "state",
    ("refer",   "proposed",                  "waiting",  REVIEWER),          # with what counts already it wants a second person
    ("give",    "proposed",                  "given",    REVIEWER),
    ("confirm", "waiting",                   "given",    SECOND),
    ("drop",    "proposed waiting",          "dropped",  REVIEWER),
    ("strike",  "given",                     "struck",   REVIEWER),          # what an appeal does
)
SANCTION = StateTable(
    "state",
    ("serve",   "standing",                  "served",   CLOCK | SYSTEM_ROLE),
    ("replace", "standing",                  "replaced", SYSTEM_ROLE),
    ("revive",  "replaced",                  "standing", SYSTEM_ROLE),       # the heavier one was lifted while this one still runs
    ("lift",    "standing served replaced",  "lifted",   SYSTEM_ROLE),       # the points that led to it were struck
)
APPEAL = StateTable(
    "state",
    ("uphold",      "open",                  "upheld",   JUDGE),
    ("reduce",      "open",                  "reduced",  JUDGE),
    ("strike_down", "open",                  "struck",   JUDGE),
)
COMPLAINT = StateTable(
    "state",
    ("reply",   "open",                      "reviewing", ACCUSED),
    ("hear",    "open",                      "reviewing", CLOCK),            # the supplier's time to answer is over
    ("propose", "reviewing",                 "proposed",  MAKER),
    ("return",  "proposed",                  "reviewing", CHECKER),
    ("find",    "proposed",                  "founded",   CHECKER),
    ("dismiss", "proposed",                  "unfounded", CHECKER),
    ("settle",  "open reviewing proposed",   "settled",   COMPLAINANT),      # who complained says that it is made good
)
BLACKLIST = StateTable(
    "state",
    ("list",    "proposed",                  "listed",    SECOND),
    ("drop",    "proposed",                  "dropped",   REVIEWER),
    ("appeal",  "listed",                    "appealed",  APPLICANT),
    ("uphold",  "appealed",                  "upheld",    JUDGE),
    ("remove",  "appealed",                  "removed",   JUDGE),
)
REENTRY = StateTable(
    "state",
    ("judge",   "open",                      "proposed",  REVIEWER),
    ("return",  "proposed",                  "open",      SECOND),
    ("clear",   "proposed",                  "cleared",   SECOND),
    ("bar",     "proposed",                  "barred",    SECOND),
)
# fmt: on
OPEN = ("draft", "waiting", "reviewing", "asked", "proposed")
SEATED = ("reviewing", "asked", "proposed")
