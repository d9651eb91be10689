"""What notices say, and what to look for in people's words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from everfair.base.words import name_codes

SUBSCRIBER_WORDS = name_codes("subscriber", {"messaging": _("Messages")})


def N_(text: str) -> str:
    """Marks a sentence for the translators; it is translated when somebody reads it."""
    return text


# Parameters that are codes: the kind of thing they are (`base.words`). The reader gets their word.
PARAM_KINDS = {
    "returned_for": "return reason",
    "offence": "offence",
    "rung": "rung",
    "points_appeal": "trust.appeal",
    "complaint_outcome": "trust.complaint",
}

# Kind → sentence. Its parameters are names, titles and numbers that people see: never an amount, an address or a secret,
# because a sentence also travels by mail.
NOTICE_WORDS: dict[str, str] = {
    "message.received": N_("%(company)s wrote to you about «%(title)s»."),
    "inquiry.received": N_("%(company)s asks about your offer «%(title)s»."),
    "rfq.matching": N_("A buyer asks for quotes that you can give: «%(title)s»."),
    "rfq.closed": N_("Your request «%(title)s» has closed; quotes received: %(quotes)s."),
    "rfq.cancelled": N_("The buyer has withdrawn the request «%(title)s»."),
    "quote.received": N_("%(company)s has quoted for «%(title)s»."),
    "quote.revised": N_("%(company)s has changed its quote for «%(title)s»."),
    "quote.withdrawn": N_("%(company)s has withdrawn its quote for «%(title)s»."),
    "quote.accepted": N_("%(company)s has accepted your quote for «%(title)s»."),
    "quote.declined": N_("Your quote for «%(title)s» was not chosen."),
    "order.placed": N_("%(company)s sent you the contract %(number)s to sign."),
    "order.called": N_("%(company)s has placed the order %(number)s, which you signed in advance."),
    "framework.end_asked": N_("%(company)s would like to end the framework contract %(number)s."),
    "framework.ended": N_("The framework contract %(number)s has ended."),
    "group.reached": N_("The group buy of the order %(number)s reached its threshold."),
    "order.signed": N_("%(company)s has signed the contract %(number)s."),
    "order.declined": N_("%(company)s has declined the contract %(number)s."),
    "order.cancelled": N_("%(company)s has cancelled the order %(number)s."),
    "order.lapsed": N_("The contract %(number)s was not signed in time and has ended."),
    "order.unpaid": N_("The order %(number)s was not paid in time and has ended."),
    "order.called_off": N_("The order %(number)s was called off; what was paid goes back."),
    "stage.due": N_("A payment for the order %(number)s is due."),
    "payment.failed": N_("A payment for the order %(number)s did not go through; it can be tried again."),
    "stage.funded": N_("A payment for the order %(number)s is held in escrow."),
    "stage.released": N_("A payment for the order %(number)s was released."),
    "stage.refunded": N_("A payment for the order %(number)s was refunded."),
    "order.charged_back": N_(
        "A bank has taken back a card payment of the order %(number)s; what is held for it is frozen until that is decided."
    ),
    "order.charge_evidence": N_(
        "A bank has taken back a card payment of the order %(number)s. Please hand in what speaks for you until %(until)s."
    ),
    "order.charge_undefended": N_("The time to hand in evidence against the chargeback of the order %(number)s is over."),
    "order.charge_won": N_("The chargeback of the order %(number)s was won: the money is where it was."),
    "order.charge_lost": N_("The chargeback of the order %(number)s was lost: the money stays with the buyer."),
    "order.returned": N_("%(company)s has given back money for the order %(number)s."),
    "invoice.issued": N_("The invoice %(number)s for fees of the platform is in your wallet."),
    "order.part_shipped": N_("%(company)s has shipped a part of the order %(number)s."),
    "order.shipped": N_("%(company)s has shipped the order %(number)s."),
    "order.late": N_("The order %(number)s should have been shipped by now."),
    "amendment.proposed": N_("%(company)s proposes new terms for the order %(number)s: please read them."),
    "amendment.signed": N_("%(company)s has signed the new terms of the order %(number)s."),
    "amendment.ended": N_("The proposal of new terms for the order %(number)s is over; the former terms hold."),
    "order.reminder": N_("Please act on the order %(number)s: the time runs out on %(until)s."),
    "order.confirm_by": N_(
        "The goods of the order %(number)s were delivered. Please confirm them, or say what is wrong, by %(until)s: after that"
        " silence counts as acceptance."
    ),
    "order.presumed": N_(
        "Nobody objected to the delivery of the order %(number)s by the announced moment: the supplier is paid."
    ),
    "extension.asked": N_("%(company)s asks for more time for the order %(number)s. No answer by %(until)s is a refusal."),
    "extension.granted": N_("%(company)s has granted more time for the order %(number)s."),
    "extension.refused": N_("%(company)s has refused more time for the order %(number)s."),
    "extension.lapsed": N_("The request for more time for the order %(number)s was not answered: the former time holds."),
    "work.shown": N_("%(company)s shows what was made for the order %(number)s: please look at it."),
    "work.confirmed": N_("%(company)s has confirmed what you showed for the order %(number)s."),
    "work.sent_back": N_("%(company)s wants to see more for the order %(number)s."),
    "order.part_accepted": N_("%(company)s has accepted a part of the goods of %(number)s: it is paid."),
    "order.received": N_("%(company)s has received the order %(number)s."),
    "issue.reported": N_("%(company)s has opened an issue with the order %(number)s."),
    "issue.opened": N_("Nobody acted in time on the order %(number)s: an issue was opened."),
    "issue.withdrawn": N_("The issue with the order %(number)s was withdrawn."),
    "issue.resolved": N_("The issue with the order %(number)s was decided."),
    "inspection.asked": N_("%(company)s asks you to inspect the goods of the order %(number)s."),
    "inspection.accepted": N_("%(company)s will inspect the goods of the order %(number)s."),
    "inspection.declined": N_("%(company)s will not inspect the goods of the order %(number)s."),
    "inspection.ended": N_("The inspection for the order %(number)s will not take place."),
    "inspection.paid": N_("The fee for inspecting the order %(number)s is held for you."),
    "inspection.packed": N_("The goods of the order %(number)s are packed and ready to be inspected."),
    "inspection.passed": N_("The goods of the order %(number)s have passed the inspection."),
    "inspection.failed": N_("The goods of the order %(number)s have failed the inspection."),
    "inspection.waived": N_("%(company)s takes the goods of the order %(number)s although they failed the inspection."),
    "claim.opened": N_("%(company)s has a claim on the order %(number)s: please answer it."),
    "claim.answered": N_("%(company)s has answered your claim on the order %(number)s."),
    "claim.unanswered": N_("Your claim on the order %(number)s was not answered in time."),
    "claim.overdue": N_("The time to answer the claim on the order %(number)s is over; it goes to an arbitrator."),
    "claim.offer": N_("%(company)s offers to settle the claim on the order %(number)s."),
    "claim.agreed": N_("%(company)s has accepted your offer in the claim on the order %(number)s."),
    "claim.goods": N_("%(company)s has sent goods for the claim on the order %(number)s."),
    "claim.settled": N_("The claim on the order %(number)s is settled."),
    "claim.escalated": N_("The claim on the order %(number)s is with an arbitrator."),
    "claim.inspection": N_("%(company)s has ordered an inspection in the claim on the order %(number)s."),
    "claim.inspection_asked": N_(
        "The arbitrator has ordered an inspection in the claim on the order %(number)s. Please pay its fee; if the goods fail, the seller owes it to you."
    ),
    "claim.inspection_ordered": N_("The arbitrator has ordered an inspection in the claim on the order %(number)s."),
    "claim.withdrawn": N_("%(company)s has withdrawn the claim on the order %(number)s."),
    "claim.ruled": N_("There is a ruling on the claim on the order %(number)s; you can appeal until its deadline."),
    "claim.appealed": N_("%(company)s has appealed against the ruling on the order %(number)s."),
    "claim.decided": N_("The claim on the order %(number)s is decided for good."),
    "review.invited": N_("The order %(number)s with %(company)s is completed: please say how it went, by %(until)s."),
    "review.reminder": N_("You can review the order %(number)s with %(company)s until %(until)s."),
    "review.written": N_(
        "%(company)s has reviewed the order %(number)s. It is shown once you have written too, or the time is over."
    ),
    "review.published": N_("%(company)s's review of the order %(number)s is shown now."),
    "review.revised": N_("%(company)s has revised its review of the order %(number)s."),
    "review.replied": N_("%(company)s has answered your review of the order %(number)s."),
    "review.hidden": N_("The operator has hidden a review of the order %(number)s; its page says why."),
    "review.unhidden": N_("The operator shows a review of the order %(number)s again."),
    "order.completed": N_("The order %(number)s is completed."),
    "verification.admitted": N_("It is the turn of %(number)s: two reviewers are drawn for it."),
    "verification.asked": N_("The reviewers of %(number)s have a question: please answer it."),
    "verification.answer_by": N_("The reviewers of %(number)s wait for your answer until %(until)s."),
    "verification.granted": N_("%(number)s is granted: your company carries the level until %(until)s."),
    "verification.refused": N_("%(number)s is refused; its page says why."),
    "verification.lapses": N_("The evidence of %(number)s counts until %(until)s: please have it looked at anew."),
    "verification.lapsed": N_("%(number)s has lapsed: its evidence is too old."),
    "points.given": N_(
        "%(points)s penalty points for «%(offence)s» (%(number)s), which count until %(counts_until)s: %(in_all)s in all. Its page says why; you may appeal until %(until)s."
    ),
    "points.sanction": N_(
        "Your company has %(in_all)s penalty points: «%(rung)s», until %(until)s. The page says why and how to appeal."
    ),
    "points.warned": N_(
        "Your company has %(in_all)s penalty points: «%(rung)s». The page says what comes next and how to appeal."
    ),
    "points.ended": N_("Your company has %(in_all)s penalty points: «%(rung)s», for good. The page says why and how to appeal."),
    "points.over": N_("The sanction «%(rung)s» on your company is over."),
    "points.lifted": N_("The sanction «%(rung)s» on your company was lifted."),
    "points.decided": N_("Your appeal against %(number)s is decided: %(points_appeal)s. The page says why."),
    "complaint.made": N_("%(company)s complains about a deal outside the platform (%(number)s). Please answer by %(until)s."),
    "complaint.answer_by": N_(
        "The complaint %(number)s waits for your answer until %(until)s; then reviewers decide without it."
    ),
    "complaint.answered": N_("%(company)s has answered your complaint %(number)s."),
    "complaint.ended": N_("The complaint %(number)s has ended: %(complaint_outcome)s. Its page says why."),
    "blacklist.listed": N_(
        "Your company is on the blacklist (%(number)s). The page says why; you may appeal once, until %(until)s."
    ),
    "blacklist.upheld": N_(
        "Your appeal against %(number)s was rejected: your company stays on the blacklist. The page says why."
    ),
    "blacklist.removed": N_("Your company is no longer on the blacklist (%(number)s)."),
    "credit.offered": N_("%(company)s offers you trade credit: look at its terms."),
    "credit.agreed": N_("%(company)s has agreed to your trade credit."),
    "credit.changed": N_("The trade credit with %(company)s was changed: look at how it stands."),
    "credit.due": N_("%(company)s was paid out on credit for you: repay it by %(until)s."),
    "credit.reminder": N_("What you owe to %(company)s is to be repaid by %(until)s."),
    "credit.overdue": N_("What you owe to %(company)s was to be repaid by %(until)s and is overdue."),
    "credit.late": N_("%(company)s has not repaid what it owes you since %(until)s."),
    "credit.stopped": N_("Nothing more can be paid on credit of %(company)s until what is overdue is repaid."),
    "credit.repaid": N_("%(company)s has repaid trade credit: it is in your wallet."),
    "account.added": N_(
        "A bank account ending in %(ending)s was added to %(company)s. If nobody of you did that, tell us at once: nothing is paid"
        " to it before %(until)s."
    ),
    "account.removed": N_(
        "The bank account ending in %(ending)s was removed from %(company)s. If nobody of you did that, tell us at once."
    ),
    "account.verified": N_("The bank account ending in %(ending)s is verified."),
    "account.refused": N_("The bank account ending in %(ending)s was not accepted; its page says why."),
    "payout.to_approve": N_("The payout %(number)s needs a second person of your company."),
    "payout.approved": N_("The payout %(number)s is approved."),
    "payout.cancelled": N_("The payout %(number)s was called off; the money is free again."),
    "payout.held": N_("The payout %(number)s was taken out of its batch; its page says why."),
    "payout.returned": N_("The bank returned your payout %(number)s; the money is in your wallet again."),
    "payout.came_back": N_(
        "The bank returned your payout %(number)s (%(returned_for)s); the money is in your wallet again. Its bank account is looked at anew."
    ),
    "debt.owed": N_("Your company owes the platform something: it is taken from what comes into the wallet."),
    "debt.reminder": N_("Your company still owes the platform something. Please settle it by %(until)s."),
    "debt.overdue": N_("What your company owes the platform is overdue."),
    "debt.settled": N_("What your company owed the platform is settled."),
    "payout.sent": N_("Your payout %(number)s is on its way to the bank."),
    "payout.settled": N_("Your payout %(number)s has arrived at the bank."),
    "payout.failed": N_("Your payout %(number)s could not be made."),
    "payment.part": N_("A part of your bank transfer %(number)s has arrived. Please send the rest."),
    "refund.owed": N_("Your payment for «%(title)s» arrived twice: the second one goes back the way it came."),
    "refund.settled": N_("Your second payment for «%(title)s» has gone back the way it came."),
    "refund.failed": N_("Your second payment for «%(title)s» could not go back the way it came: it is in your wallet."),
    "consignment.delivered": N_("The goods under %(number)s have been delivered."),
    "consignment.lost": N_("The carrier has lost the goods under %(number)s."),
    "consignment.returned": N_("The goods under %(number)s were sent back."),
    "consignment.paper": N_("There is a new document for the goods under %(number)s."),
}

# What a person may leave to the pages alone: topic → (its words, kinds of notices). The rest, where money or a deadline is at stake, is
# always mailed.
LETTER_TOPICS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "messages": (
        N_("Messages and inquiries"),
        N_("Somebody wrote to your company or asks about an offer."),
        ("message.received", "inquiry.received"),
    ),
    "requests": (
        N_("Requests and quotes"),
        N_("A request suits your goods; a quote came, changed or was withdrawn."),
        ("rfq.matching", "rfq.closed", "rfq.cancelled", "quote.received", "quote.revised", "quote.withdrawn", "quote.declined"),
    ),
    "orders": (
        N_("Steps of an order"),
        N_("Signed, shipped, received, completed: where nothing is asked of you at once."),
        (
            "order.signed",
            "order.part_shipped",
            "order.shipped",
            "order.part_accepted",
            "order.received",
            "order.completed",
            "stage.funded",
            "stage.released",
            "payout.sent",
            "consignment.paper",
        ),
    ),
    "reviews": (
        N_("Reviews"),
        N_("A trade may be reviewed; somebody reviewed you or answered."),
        ("review.invited", "review.reminder", "review.written", "review.published", "review.revised", "review.replied"),
    ),
}
TOPIC_OF = {kind: topic for topic, (_name, _help, kinds) in LETTER_TOPICS.items() for kind in kinds}

_DIGITS = re.compile(r"\d+(?:[ \u00a0.\-\u2010-\u2015]\d+)*")
_GROUP = re.compile(r"\d+")


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        number = int(char) * (1 + place % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def mask_cards(text: str) -> str:
    """The text with every number that could be of a payment card (13 to 19 digits, Luhn) hidden but for its last four.

    Digits of every script count, and groups parted by one blank, point or dash.
    """
    return _DIGITS.sub(lambda run: _mask_run(run.group()), text)


def _mask_run(run: str) -> str:
    groups = [
        (match.start(), match.end(), "".join(str(unicodedata.digit(c)) for c in match.group())) for match in _GROUP.finditer(run)
    ]
    written, copied_to, first = [], 0, 0
    while first < len(groups):
        digits, masked_to = "", None
        for last in range(first, len(groups)):
            digits += groups[last][2]
            if len(digits) > 19:
                break
            if len(digits) >= 13 and _luhn(digits):
                masked_to, ending = last, digits[-4:]
        if masked_to is None:
            first += 1
            continue
        written += [run[copied_to : groups[first][0]], f"•••• •••• •••• {ending}"]
        copied_to, first = groups[masked_to][1], masked_to + 1
    return "".join(written) + run[copied_to:]


def holds_card(*texts: str) -> bool:
    """Whether something in these texts would be masked: its writer is told why it looks different."""
    return any(mask_cards(text) != text for text in texts)


_EMAIL = re.compile(r"[\w.+-]{1,64}\s?(?:@|\(at\)|\[at\]|＠)\s?[\w-]{1,60}(?:\s?(?:\.|\(dot\)|\[dot\])\s?[a-z]{2,20})+", re.I)
_PHONE = re.compile(
    r"(?:(?<![\d.,])(?:\+|00)[1-9](?:[ ().-]{0,2}\d){7,14}(?!\d))|(?:(?<![\d.,])1[3-9]\d(?:[ -]?\d{4}){2}(?![\d.,]))"
)
_PHONE_WORD = re.compile(
    r"(?:phone|mobile|call me|whats\s?app|tel\b|cell\b|电话|電話|手机|手機|行動)\D{0,12}\d(?:[ ().-]{0,2}\d){6,14}", re.I
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{1,4}){3,8}\b")
_MESSENGER = re.compile(
    r"we\s?-?\s?chat|wei\s?xin|微\s?信|薇\s?信|威\s?信|加\s?v信|\bvx\b|whats\s?app|telegram|\bt\.me/|\bskype\b|\bviber\b|\bline\s?id\b"
    r"|\bqq\s?[:：]?\s?\d{5,}|\bkakao\s?talk\b|\bzalo\b",
    re.I,
)  # fmt: skip


def find_bait(text: str) -> tuple[str, ...]:
    """What in a message leads away from the platform's protection: of `email`, `phone`, `bank_account`, `messenger`.

    The message stays as it is: the reader is warned.
    """
    shown = unicodedata.normalize("NFKC", text)
    found = []
    if _EMAIL.search(shown):
        found.append("email")
    if _PHONE.search(shown) or _PHONE_WORD.search(shown):
        found.append("phone")
    if any(_is_iban(match.group()) for match in _IBAN.finditer(shown.upper())):
        found.append("bank_account")
    if _MESSENGER.search(shown):
        found.append("messenger")
    return tuple(found)


def _is_iban(text: str) -> bool:
    """ISO 13616: the number modulo 97 is 1. A word that follows may stick to the match, so shorter ones are tried too."""
    whole = re.sub(r"[ -]", "", text)
    return any(_mod_97(whole[:length]) == 1 for length in range(15, min(len(whole), 34) + 1))


def _mod_97(iban: str) -> int:
    return int("".join(str(int(char, 36)) for char in iban[4:] + iban[:4])) % 97


def local_link(link: str, language: str, languages: Iterable[str]) -> str:
    """An address of ours in this language: `/rfqs/…` or `/en/rfqs/…` → `/zh-hant/rfqs/…`. ValueError for any other address."""
    if not link.startswith("/") or link.startswith("//") or "\\" in link or not link.isprintable():
        raise ValueError("not an address of ours")
    first, slash, rest = link[1:].partition("/")
    return f"/{language}/{rest}" if slash and first in set(languages) else f"/{language}{link}"
