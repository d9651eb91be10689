"""The life of a verification."""

from everfair.base.states import StateTable
from everfair.trust.roles import APPLICANT, CHECKER, CLOCK, MAKER, UNDRAWN

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
# fmt: on
OPEN = ("draft", "waiting", "reviewing", "asked", "proposed")
SEATED = ("reviewing", "asked", "proposed")
