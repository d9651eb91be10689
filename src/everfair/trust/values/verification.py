"""Names and frozen values: levels, checks, links, and what each level asks for in each market."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from everfair.base.words import name_codes

# fmt: off
STATE_WORDS = name_codes("trust.verification", {
    "draft": _("Being filled in"), "waiting": _("Waits to be drawn for"), "reviewing": _("Being looked at"), "asked": _("A question waits"),
    "proposed": _("Waits for the second word"), "granted": pgettext_lazy("verification", "Granted"), "refused": pgettext_lazy("verification", "Refused"),
    "withdrawn": pgettext_lazy("verification", "Withdrawn"), "lapsed": pgettext_lazy("verification", "Lapsed"),
    "replaced": _("Replaced by a newer one"),
})
RESULT_WORDS = name_codes("trust result", {
    "open": pgettext_lazy("check", "Not looked at yet"), "passed": pgettext_lazy("check", "Passed"), "failed": pgettext_lazy("check", "Failed"),
})
PROPOSAL_WORDS = name_codes("trust proposal", {"grant": _("Grant the level"), "refuse": _("Refuse the level")})
SEAT_WORDS = name_codes("trust seat", {"maker": _("Looks and proposes"), "checker": _("Decides")})
DEADLINE_WORDS = name_codes("deadline", {"trust.answer": _("Answer the reviewers"), "trust.lapse": _("A level lapses")})
SUBSCRIBER_WORDS = name_codes("subscriber", {"trust.notices": _("Notices of verifications"), "trust.facts": _("Facts that standing is made of"), "trust.admission": _("Frauds that the estimate counts")})
ACT_WORDS = name_codes("act", {
    "recorded a check": _("Recorded a check"),
    "proposed a verification": _("Proposed how to decide a verification"),
    "returned a verification": _("Sent a verification back to who looked first"),
    "granted a verification": _("Granted a verification"),
    "refused a verification": _("Refused a verification"),
    "declared a link": _("Declared a link to a company"),
})
NOTED_WORDS = name_codes("field", {"check": _("Check"), "result": _("Result"), "level": _("Level"), "proposal": _("Proposal"), "person": _("Person"), "link": _("What links them")})
# fmt: on
# What is above being registered, each with everything below it.
LEVELS = ("verified", "assessed", "audited")
LEVEL_WORDS = name_codes(
    "trust level",
    {"registered": _("Registered"), "verified": _("Verified"), "assessed": _("Assessed"), "audited": _("Audited")},
)
LEVEL_PROMISES = {
    "verified": _("The firm is registered, this person may act for it, and the bank account is its own."),
    "assessed": _("Somebody was there: the address and the premises are what the firm says."),
    "audited": _("What it can make was counted on site, and each certificate was confirmed by who issued it."),
}
CHECK_WORDS = name_codes(
    "trust check",
    {
        "identity": _("Registered identity"),
        "licence": _("Licence document"),
        "authority": _("Person authorised to act"),
        "bank_account": _("Bank account"),
        "address": _("Business address"),
        "visit": _("Visit on site"),
        "capacity": _("Capacity"),
        "certificate": _("Certificates"),
    },
)
CHECK_ASKS = {
    "identity": _("An extract of the register, not older than three months."),
    "licence": _("The business licence as it hangs on the wall: a scan or a sharp photograph."),
    "authority": _("A power of attorney, or the page of the register that names the person."),
    "bank_account": _("A letter of the bank or the head of a statement, with the firm's name and the number."),
    "address": _("A lease, a deed or a bill of the last three months for these premises."),
    "visit": _("Photographs of gate, sign, production and store; a reviewer compares them with what was seen on site."),
    "capacity": _("A list of machines and shifts, and an output report of the last quarter."),
    "certificate": _("Every certificate you show, whole; each is confirmed with who issued it."),
}
FIELD_WORDS = name_codes(
    "trust field",
    {
        "name": _("Registered name"),
        "number": _("Registration number"),
        "legal_person": _("Legal representative"),
        "valid_until": _("Valid until"),
        "person": _("Person"),
        "position": _("Position"),
        "holder": _("Account holder"),
        "account": _("Account number"),
        "address": _("Address"),
        "contact": _("Whom to ask for on site"),
        "staff": _("Staff"),
        "output": _("Monthly output"),
        "issuer": _("Issuer"),
        "title": _("What it certifies"),
    },
)
LINK_WORDS = name_codes(
    "trust link",
    {
        "member": _("is or was one of its people"),
        "onboarded": _("brought it to the platform"),
        "earned": _("earns on it"),
        "household": _("lives with one of its people"),
        "phone": _("shares a telephone number with it"),
        "bank_account": _("shares a bank account with it"),
        "declared": _("has something to do with it"),
    },
)
# What a person may declare; the rest is found.
DECLARABLE = ("onboarded", "earned", "household", "bank_account", "declared")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of a checklist: what is looked at, what the company declares of it, and how many documents at least."""

    check: str
    fields: tuple[str, ...]
    documents: int = 1


# Each level's own lines; it asks for those of the levels below it too. By the name that a market's row gives.
CHECKLISTS: dict[str, dict[str, tuple[Requirement, ...]]] = {
    "firms_abroad": {
        "verified": (
            Requirement("identity", ("name", "number", "legal_person")),
            Requirement("licence", ("name", "number", "valid_until")),
            Requirement("authority", ("person", "position")),
            Requirement("bank_account", ("holder", "account")),
        ),
        "assessed": (
            Requirement("address", ("address",)),
            Requirement("visit", ("address", "contact"), documents=3),
        ),
        "audited": (
            Requirement("capacity", ("staff", "output")),
            Requirement("certificate", ("title", "issuer", "number", "valid_until")),
        ),
    }
}
