"""Plain values of payments, and the words of its codes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from everfair.base.money import Money
from everfair.base.words import name_codes

# What pays without a provider: money that is here already, and a debt to the seller.
WALLET, CREDIT = "wallet", "credit"

# fmt: off
PROVIDER_WORDS = name_codes("provider", {
    "sandbox": _("Sandbox (play money)"), "sandbox2": _("Second sandbox (play money)"), "stripe": _("Stripe"), "bank": _("Bank transfer"),
    WALLET: _("Wallet"), CREDIT: _("Trade credit"),
})
# Why a rail was not chosen for a payment (`routing.ranked`); `above` has its amount in a sentence of its own.
RAIL_REASON_WORDS = name_codes("rail reason", {
    "market": _("not for this market"), "currency": _("not for this currency"), "watched": _("not for payments under watch"),
    "unable": _("its provider does not take it"), "closed": _("closed for new payments"), "ended": _("ended"),
    "tried": _("refused it before"), "failing": _("rests: it fails"), "over_ceiling": _("above the ceiling"),
    "probe": _("the next payment tries it"),
})
# Who brought a payment, where it was not a provider with a page of its own.
PAID_BY_WORDS = {"bank": _("By bank transfer"), WALLET: _("From the wallet"), CREDIT: _("On trade credit")}
METHOD_WORDS = name_codes("payment method", {
    "card": _("Card"), "bank": _("Bank transfer"), "wallet": _("Wallet"), "credit": _("Trade credit"),
})
LINE_WORDS = name_codes("payments.line", {
    "open": _("Waits for a decision"), "kept": _("Kept in suspense"), "settled": _("Settled"),
})
DECISION_WORDS = name_codes("payments.decision", {
    "proposed": _("Waits for a second person"), "done": _("Done"), "withdrawn": _("Withdrawn"),
})
COVER_WORDS = name_codes("payments.cover", {
    "proposed": _("Waits for a second person"), "booked": pgettext_lazy("ledger", "Booked"), "withdrawn": _("Withdrawn"),
})
BANK_RETURN_WORDS = name_codes("payments.bank_return", {
    "requested": _("To be sent back"), "batched": _("In a batch"), "held": _("Taken out; an operator looks at it"), "released": _("Let go"),
    "dispatched": _("In the file"), "sent": _("On its way"), "done": _("Sent back"),
})
LINE_KIND_WORDS = name_codes("bank line", {
    "credit": _("Received"), "debit": _("Paid"), "reversed_credit": _("Receipt reversed"), "reversed_debit": _("Payment reversed"),
})
VERB_WORDS = name_codes("line decision", {
    "assign": _("Give to payments"), "return": _("Send back"), "costs": _("Book as charges of the bank"), "sent": _("It is a return that was sent"),
    "cover": _("It is an exchange at our bank"),
    "withdrawal": _("It is a provider's withdrawal to us"),
    "paid": _("It paid payouts of ours"), "bounced": _("It is a payout that came back"),
})
TARGET_WORDS = name_codes("match target", {
    "intent": _("Towards a payment"), "wallet": _("More than was asked for, into the payer's wallet"), "return": _("Back to its sender"),
    "reversal": _("Taken back by the bank"), "costs": _("Charges of the bank"), "sent": _("A return that was sent"),
    "cover": _("An exchange at our bank"),
    "withdrawal": _("Sent by a provider"),
    "payout": _("A payout that left"), "returned": _("A payout that came back"),
})
HOW_WORDS = name_codes("match reason", {
    "reference": _("by its reference"), "chopped": _("by a reference that was cut off, and the amount"),
    "name": _("by amount and payer"), "batch": _("as a whole batch"), "desk": _("by the desk"), "bank": _("by the bank's own word"),
})
REASON_WORDS = name_codes("match evidence", {
    "amount": _("the amount is exact"), "short": _("short by what banks on the way take"), "name": _("the name is alike"),
    "account": _("a known account of this payer"),
})
BREAK_WORDS = name_codes("bank break", {
    "account": _("Not an account of ours"), "currency": _("In another currency than the account"),
    "sum": _("Opening balance and lines do not make the closing balance"), "gap": _("Does not begin where the one before it ended"),
    "order": _("Older than what is booked already"), "repeated": _("Booked already from another file"),
    "altered": _("Says something else than the statement booked under this number"),
    "repeated_line": _("Holds a line that is booked already"), "cut": _("Not whole"), "amount": _("An amount that its currency does not have"),
    "batch": _("A batch whose payments do not add up"), "mark": _("Neither debit nor credit"), "day": _("A line without a day"),
    "reversed": _("The bank took back or gave back a line"),
    "paid_amount": _("Paid for a payout of ours, and not its amount"), "paid_state": _("Paid for a payout that had not left, or had ended"),
    "paid_twice": _("Paid for a payout that had been paid before"), "order_sum": _("Paid for a batch of ours, and not its sum or number"),
    "back_amount": _("A payout came back, and not its amount"), "back_state": _("A payout came back that had not left, or was back before"),
    "return_back": _("A transfer that we had sent back came back"),
})
# What exactly was found, with its values: a break keeps the code and them.
NOTE_WORDS = name_codes("bank break note", {
    "account": _("It is of the account %(account)s."),
    "repeated": _("It is statement %(number)s of %(day)s."), "altered": _("Booked is statement %(number)s of %(day)s."),
    "currency": _("It is in %(said)s, the account in %(currency)s."), "no_closing_day": _("It has no closing day."),
    "sum": _("%(missing)s is missing between them."),
    "order": _("It ends on %(ends)s; booked until %(booked)s."),
    "gap": _("It begins with %(opening)s; the one before ended with %(closing)s."),
    "repeated_line": _("The bank calls it %(key)s."),
    "no_opening": _("It has no booked opening balance."), "no_closing": _("It has no booked closing balance."),
    "other_currency": _("An amount is not in %(currency)s."), "closing_currency": _("The closing balance is not in %(currency)s."),
    "decimals": _("«%(text)s» has more decimals than %(currency)s."), "no_amount": _("«%(text)s» is no amount in %(currency)s."),
    "no_day": _("An entry has no booking day."), "batch_sum": _("The %(count)s payments of a batch do not add up to its amount."),
    "batch_amount": _("A payment of a batch has no amount."), "lines_unread": _("Some of its lines cannot be read."),
    "mark": _("«%(text)s» is neither debit nor credit."),
    "given_back": _("The bank gives back what it had taken."),
    "taken_back": _("It takes back line %(n)s of %(day)s, of which nothing had been used."),
    "taken_used": _("It takes back money that had been used, or that is not known."),
    "paid_amount": _("Sent was %(sent)s (%(what)s); the bank paid %(paid)s."),
    "paid_state": _("%(what)s stands as «%(state)s»."), "paid_twice": _("%(what)s was in a statement before."),
    "order_sum": _("Of the batch %(sent)s in %(count)s payments is on its way; the bank paid %(paid)s (payments: %(told)s)."),
    "back_amount": _("Sent was %(sent)s (%(what)s); %(paid)s came back."),
    "back_state": _("%(what)s stands as «%(state)s»."),
    "return_back": _("It was %(sent)s, to %(name)s. The money waits in suspense: send it to the right account."),
})
# Why a payment came back: the codes of ISO 20022 (external code set «return reason») that banks send.
RETURN_WORDS = name_codes("return reason", {
    "": _("The bank gave no reason"),
    "AC01": _("The account number is wrong"), "AC02": _("The account number is wrong"), "AC03": _("The beneficiary's account number is wrong"),
    "AC04": _("The account is closed"), "AC05": _("The account is closed"), "AC06": _("The account is blocked"), "AC07": _("The beneficiary's account is closed"),
    "AC13": _("The account is of a kind that cannot receive this"), "AC14": _("The account is of a kind that cannot receive this"),
    "AC15": _("The account has moved to another bank"), "AC16": _("The account cannot be used just now"), "AC17": _("The account cannot be used just now"),
    "AG01": _("The account takes no payments of this kind"), "AG02": _("The bank does not carry payments of this kind"),
    "AM02": _("The amount is more than may be paid"), "AM03": _("The account takes no payments in this currency"),
    "AM05": _("The bank takes it for a duplicate"), "AM09": _("The amount is wrong"), "DUPL": _("The bank takes it for a duplicate"),
    "BE01": _("The holder's name is not the account's"), "BE04": _("The holder's address is missing"), "BE05": _("The bank does not know who sent it"),
    "BE06": _("The holder is not known there"), "BE07": _("The sender's address is missing"), "CNOR": _("The holder's bank cannot be reached"), "DNOR": _("The sender's bank cannot be reached"),
    "ED05": _("The bank could not settle it"), "FF05": _("The account takes no payments of this kind"), "FOCR": _("It was called back"), "FR01": _("The bank suspects a fraud"),
    "MD07": _("The holder has died"), "MS02": _("The holder refused it"), "MS03": _("The bank gave no reason"), "NARR": _("See the bank's words"),
    "NOAS": _("The holder did not answer"), "RC01": _("The bank's code (BIC) is wrong"), "RC07": _("The bank's code (BIC) is wrong"),
    "RR01": _("The law asks for something that is missing: the sender's account"), "RR02": _("The law asks for something that is missing: the sender's name or address"),
    "RR03": _("The law asks for something that is missing: the holder's name or address"), "RR04": _("The law forbids it"),
    "SL01": _("The holder's bank has a rule against it"), "SL11": _("The holder takes money only from those on a list"), "SL12": _("The holder takes no money from those on a list"),
    "TM01": _("It came too late in the day"), "UPAY": _("The payment was not owed"),
})
SETTLED_NOTE_WORDS = name_codes("bank break ended", {"booked": _("Booked since, from the same file")})
# Where the software itself decided that a transfer goes back.
RETURN_REASON_WORDS = name_codes("bank return reason", {
    "paid_elsewhere": _("What it was for had been paid in another way already"),
    "paid in another way already": _("What it was for had been paid in another way already"),  # of before the code
})
# Beside the providers: our own bank, by a file that people carry there.
BANK = "bank"
PAYOUT_RAIL_WORDS = name_codes("payout rail", {BANK: _("Our bank, by file")})
INTENT_WORDS = name_codes("payments.intent", {
    "created": _("Prepared"), "open": _("Being paid"), "awaiting": _("Waiting for your transfer"), "indeterminate": _("We are asking the provider"),
    "failed": _("Failed"), "expired": _("Ran out"), "captured": _("Paid"),
})
PAYOUT_WORDS = name_codes("payments.payout", {
    "requested": _("Waits for a second person"), "approved": _("Approved"), "batched": _("In a batch"), "held": _("Taken out; an operator looks at it"),
    "released": _("Let go"), "dispatched": _("Handed over"), "sent": _("On its way"), "indeterminate": _("We are asking the provider"),
    "paid": _("Arrived at the bank"), "failed": _("Could not be made; the money is free again"), "cancelled": _("Called off; the money is free again"),
    "returned": _("Returned by the bank; the money is in the wallet again"),
})
ACCOUNT_WORDS = name_codes("payments.account", {
    "added": _("Being checked"), "looked": _("Being checked; a second operator confirms"), "verified": _("Verified"),
    "refused": _("Not accepted"), "removed": _("Removed"),
})
DOUBT_WORDS = name_codes("payments doubt", {
    "name": _("The holder is not the company by its name"), "mixed": _("Letters of several scripts in one word"),
    "imitates": _("Looks like the company's name, and is spelled with other letters"), "form": _("Another kind of firm"),
    "hidden": _("Characters that are not seen"), "shared": _("The same number is another company's account"),
    "renamed": _("The company has taken another name, and nobody has verified that one"),
    "returned": _("A payout to it came back from the bank"),
})
BATCH_WORDS = name_codes("payments.batch", {
    "open": _("Open"), "prepared": _("Put forward; another operator lets it go"), "dropped": _("Dropped"), "released": _("Let go"),
    "filed": _("File made"), "sent": _("Handed to the bank"),
})
DEBT_WORDS = name_codes("payments.debt", {"open": _("Open"), "overdue": _("Overdue"), "settled": _("Settled")})
# Why a payout is not on its way, where the platform said so itself.
EXCEPTION_WORDS = name_codes("payout exception", {
    "stop": _("A stop on the company's payouts"), "account": _("The bank account is no longer verified"),
    "debt": _("The company owes the platform something"), "letters": _("The bank cannot write the holder's name"),
    "number": _("A file for our bank cannot say where it goes"), "netted": _("Called off to settle what the company owes"), "removed": _("The bank account was removed"),
})
REFUND_WORDS = name_codes("payments.refund", {
    "requested": _("To be returned"), "sent": _("On its way back"), "indeterminate": _("We are asking the provider"),
    "done": _("Returned to the payer"), "failed": _("Could not be returned; it is in the payer's wallet"),
    "charged_back": _("Taken back by the payer's bank"),
})
# What a provider tells us of (`providers/port.py`), what we made of it, and why.
EVENT_WORDS = name_codes("provider event", {
    "checkout.captured": _("Payment received"), "checkout.failed": _("Payment failed"),
    "refund.succeeded": _("Payment returned"), "payout.paid": _("Payout arrived"), "payout.failed": _("Payout failed"),
    "dispute.opened": _("Chargeback"), "dispute.won": _("Chargeback won"), "dispute.lost": _("Chargeback lost"),
    "dispute.reversed": _("Chargeback decided otherwise after the fact"),
})
OUTCOME_WORDS = name_codes("provider event outcome", {
    "new": _("Not looked at yet"), "applied": _("Applied"), "ignored": _("Nothing to do"),
    "mismatch": _("Does not fit its payment"), "unknown": _("Belongs to nothing"), "refused": _("Not believed"),
})
OUTCOME_NOTE_WORDS = name_codes("provider event note", {
    "no such intent": _("There is no such payment"),
    "no such refund": _("There is no such return of a payment"),
    "no such payout": _("There is no such payout"),
    "another account": _("It is of another merchant account"),
    "another amount or currency": _("Amount or currency is another one"),
    "another recipient": _("The recipient is another one"),
    "another checkout": _("It is of another checkout"),
    "amount, currency or recipient of the payout": _("Amount, currency or recipient of the payout is another one"),
    "amount or currency of the refund": _("Amount or currency of the returned payment is another one"),
    "captured elsewhere before: it goes back": _("Another provider had this payment already: it goes back to the payer"),
    "paid by another payment: it goes back": _("Another payment had paid for this already: it goes back to the payer"),
    "another rail carries it": _("Another provider carries this payment"),
    "captured before": _("This payment had been received already"),
    "older than what we know": _("It is older than what we know"),
    "no valid signature": _("Nothing proves that it comes from the provider"),
    "signed too long ago": _("It is truly signed, but more than five minutes away from now"),
    "of another merchant": _("It is truly signed, and of another merchant account"),
    "not to be read": _("It is truly signed, and cannot be read"),
    "more than was captured and not returned": _("More than was captured and is not back with the payer already"),
    "amount, currency or checkout of the chargeback": _("Amount, currency or checkout of the chargeback is another one"),
    "contradicts what was said of the chargeback": _("It contradicts what was said of this chargeback before"),
    "contradicts what the bank said before": _("It contradicts what the bank said of this payout before"),
})
ENTRY_WORDS = name_codes("entry", {
    "payment_from_wallet": _("Payment from the wallet"), "credit_drawn": _("Payment on trade credit"),
    "credit_undone": _("Payment on trade credit undone: what it was for is gone"), "credit_repaid": _("Trade credit repaid"),
    "credit_given_back": _("Owed on trade credit, given back by the seller"),
    "payment_captured": _("Payment received from the provider"),
    "payment_mismatch": _("Payment that fits nothing, into suspense"),
    "payment_returned": _("Payment no longer needed, into the payer's wallet"),
    "payout": _("Payout to a bank account"), "payout_returned": _("Payout that the bank returned"),
    "owed": _("What a company owes us"), "netted": _("What a company owed, taken from its wallet"),
    "bank_received": _("Received at our bank, into suspense"), "bank_paid": _("Paid by our bank, out of suspense"),
    "bank_reversed": _("Taken back by our bank"), "bank_given": _("Bank transfer towards a payment"),
    "bank_charges": _("Charges of banks on the way"), "bank_overpaid": _("More than was asked for, into the payer's wallet"),
    "bank_part_returned": _("Parts of a payment that never became whole, into the payer's wallet"),
    "bank_return_owed": _("Bank transfer owed back to its sender"), "bank_return_sent": _("Bank transfer sent back"),
    "bank_cost": _("Charge of our bank"),
    "bank_payout": _("Payout in our bank's statement"), "bank_payout_returned": _("Payout that came back, in our bank's statement"),
    "refund_owed": _("Payment that came twice, owed back to the payer"), "refund": _("Payment returned to the payer"),
    "refund_kept": _("Payment that could not be returned, into the payer's wallet"),
    "chargeback": _("Chargeback: taken back by the payer's bank"),
    "chargeback_returned": _("Chargeback that was won: the provider gave it back"),
    "chargeback_covered": _("Chargeback, taken from those who had the money"),
    "chargeback_given_back": _("Chargeback that was won, back to whom it was taken from"),
    "chargeback_mismatch": _("Chargeback that fits nothing, out of suspense"),
    "reserve_kept": _("Kept back of a card payment, in reserve"), "reserve_released": _("Reserve let go"),
    "fx_covered": _("Currency position covered at our bank"), "bank_cover": _("Received at our bank from an exchange"),
    "fx_exchanged": _("Currency exchanged"), "fx_paid": _("Payment from a wallet in another currency"),
    "rail_settled": _("Settled by the provider, less its fee"),
    "rail_withdrawn": _("Sent by the provider to our bank"), "bank_withdrawal": _("Received at our bank from a provider"),
    "rail_break_booked": _("Break in a provider's statement, booked by a person"),
    "rail_written_off": _("Never settled by the provider, written off by a person"),
})
RAIL_BREAK_WORDS = name_codes("payments.rail_break", {
    "open": _("To be explained"), "explained": _("Explained by itself"), "booked": _("Booked by a person"), "dismissed": _("Dismissed by a person"),
})
BREAK_KIND_WORDS = name_codes("rail break", {
    "unknown": _("A line of something we know nothing of"), "amount": _("Another amount than we had booked"),
    "sum": _("The line's own sum is wrong"), "twice": _("Told twice"), "changed": _("Told differently than before"),
    "gone": _("Told before, and no more"), "missing": _("Booked by us, and not in the statement"),
})
SETTLED_LINE_WORDS = name_codes("statement line", {
    "checkout": _("Payment"), "refund": _("Returned payment"), "payout": _("Payout"), "chargeback": _("Chargeback"),
    "chargeback_returned": _("Chargeback that was won"), "other": _("Other movement"), "withdrawal": _("Withdrawal to our bank"),
    "withdrawal_returned": _("Withdrawal that our bank did not take"),
})
CHARGEBACK_WORDS = name_codes("payments.chargeback", {
    "open": pgettext_lazy("of a chargeback", "Open"), "won": pgettext_lazy("of a chargeback", "Won"),
    "lost": pgettext_lazy("of a chargeback", "Lost"), "retaken": _("Won, and taken back after all"),
    "reinstated": _("Lost, and given back after all"),
})
CHARGEBACK_SOURCE_WORDS = name_codes("chargeback source", {
    "escrow": _("Escrow of the order"), "refund": _("A payment on its way back to the payer"), "reserve": _("Reserve"),
    "debt": _("Wallet, and what is owed"),
})
CHARGEBACK_REASON_WORDS = name_codes("chargeback reason", {
    "fraudulent": _("The cardholder says it was not them"), "product_not_received": _("Goods not received"),
    "product_unacceptable": _("Goods not as described"), "duplicate": _("Paid twice"),
    "credit_not_processed": _("A refund did not come"), "general": _("No reason said"),
})
ANSWER_WORDS = name_codes("chargeback answer", {"accept": _("Accepted"), "contest": _("Contested")})
RESERVE_WORDS = name_codes("payments.reserve", {
    "held": _("Held back"), "released": _("Let go"), "used": _("Used for chargebacks"),
})
CHECK_WORDS = name_codes("closing check", {
    "every payment of the month is settled or explained": _("Every payment of the month is settled or explained"),
    "no break of a provider's statement is open": _("No break of a provider's statement is open"),
    "every day of the month has been read from each provider": _("Every day of the month has been read from each provider"),
})
PROOF_WORDS = name_codes("proof", {
    "every settled payment leaves nothing in clearing and is booked as it was told":
        _("Every settled payment leaves nothing in clearing and is booked as it was told"),
    "every captured payment stands in the books once, with its amount":
        _("Every captured payment stands in the books once, with its amount"),
    "what is owed on credit is what was drawn, less what came back and was repaid":
        _("What is owed on credit is what was drawn, less what came back and was repaid"),
    "nobody drew more credit than the limit was": _("Nobody drew more credit than the limit was"),
    "what sellers will receive on credit is what their buyers still owe for it":
        _("What sellers will receive on credit is what their buyers still owe for it"),
    "every refund is owed until it is back or in the wallet":
        _("Every refund is owed until it is back or in the wallet"),
    "every line of a bank statement stands in the books once, with its amount":
        _("Every line of a bank statement stands in the books once, with its amount"),
    "every bank statement adds up and begins where the one before it ended":
        _("Every bank statement adds up and begins where the one before it ended"),
    "every bank account holds in the books what its statements say":
        _("Every bank account holds in the books what its statements say"),
    "what a bank transfer brought is matched or in suspense, and never twice":
        _("What a bank transfer brought is matched or in suspense, and never twice"),
    "every paid payout left its wallet once, and every open one is held there":
        _("Every paid payout left its wallet once, and every open one is held there"),
    "every payout on its way was let go by those who may, to a verified account":
        _("Every payout on its way was let go by those who may, to a verified account"),
    "what providers sent is on its way until our bank shows it": _("What providers sent is on its way until our bank shows it"),
    "what left our bank is explained to the cent, or in suspense": _("What left our bank is explained to the cent, or in suspense"),
    "every payout by our bank stands in its clearing until a statement shows it, and never after":
        _("Every payout by our bank stands in its clearing until a statement shows it, and never after"),
    "every transfer that goes back is owed until a statement shows that it left":
        _("Every transfer that goes back is owed until a statement shows that it left"),
    "every exchange stands in the books once, as it was quoted": _("Every exchange stands in the books once, as it was quoted"),
    "the currency positions are the sum of all exchanges and covers": _("The currency positions are the sum of all exchanges, of companies and at our bank"),
    "every file for a bank says what its batch paid": _("Every file for a bank says what its batch paid"),
    "every chargeback is taken from somebody, and nothing of it is left over":
        _("Every chargeback is taken from somebody, and nothing of it is left over"),
    "no payment is charged back and returned beyond what was captured":
        _("No payment is charged back and returned beyond what was captured"),
    "every reserve holds what is kept back and not let go": _("Every reserve holds what is kept back and not let go"),
    "what companies owe in the books is what their debts say": _("What companies owe in the books is what their debts say"),
})
DEADLINE_WORDS = name_codes("deadline", {
    "payments.intent": _("Finish the payment"), "payments.credit_due": _("Repay trade credit"),
    "payments.credit_hold": _("No new trade credit while this is unpaid"), "payments.debt": _("Settle what is owed"),
    "payments.reserve": _("Let go of a reserve"),
})
CREDIT_LINE_WORDS = name_codes("payments.credit_line", {
    "offered": pgettext_lazy("of trade credit", "Offered"), "agreed": _("In force"), "paused": _("Paused"), "closed": pgettext_lazy("of trade credit", "Closed"),
})
CREDIT_DUE_WORDS = name_codes("payments.credit_due", {"open": _("To be repaid"), "paid": _("Repaid"), "returned": _("Given back by the seller")})
# How late a debt is (`queries.credit.AGES`).
AGE_WORDS = name_codes("age of a debt", {
    "current": _("Not due yet"), "30": _("1–30 days late"), "60": _("31–60 days late"), "90": _("61–90 days late"),
    "older": _("Over 90 days late"),
})
SUBSCRIBER_WORDS = name_codes("subscriber", {"payments": _("Payments"), "payments.credit": _("Trade credit")})
RATE_SOURCE_WORDS = name_codes("rate source", {"ecb": _("European Central Bank"), "sandbox": _("Sandbox (play rates)")})
# fmt: on


# One euro is so much of every other currency: what rates are said in, and positions are valued in.
FX_BASE = "EUR"


@dataclass(frozen=True, slots=True)
class Price:
    """`give` leaves the wallet: `spread` of it is the platform's, `exchanged` becomes `get`."""

    give: Money
    spread: Money
    get: Money

    @property
    def exchanged(self) -> Money:
        return self.give - self.spread


@dataclass(frozen=True, slots=True)
class RateTerms:
    """What a contract says of the rate it holds for a buyer who pays in `pay_in`: one euro is `pay_rate` of that and `rate` of
    `currency`, as `source` published on `rated_on`; `spread_bps` of what leaves is the platform's; `until` is the last day (UTC)."""

    pay_in: str
    currency: str
    pay_rate: Decimal
    rate: Decimal
    rated_on: date
    source: str
    spread_bps: int
    until: date

    @property
    def ends_at(self) -> datetime:
        return datetime.combine(self.until + timedelta(days=1), time(), UTC)

    @property
    def shown_rate(self) -> Decimal:
        """How much of the contract's currency one unit of the other is: six digits. Amounts are reckoned from the two exact rates."""
        return shown_rate(self.pay_rate, self.rate)


def shown_rate(give_rate: Decimal, get_rate: Decimal) -> Decimal:
    """How much of the one a unit of the other is, to be shown: six digits."""
    found = get_rate / give_rate
    return found.quantize(Decimal(1).scaleb(max(found.adjusted() - 5, -8)))


def payout_reference(payout_id: UUID) -> str:
    """What people call a payout: the end of its id."""
    return f"P-{payout_id.hex[-8:].upper()}"


def return_reference(return_id: UUID) -> str:
    """The same of a transfer that goes back to its sender."""
    return f"R-{return_id.hex[-8:].upper()}"


# Why a rail may not carry a payment at all, whatever else is known of it; `above` goes on with the amount. `unable`: its provider
# does not take this currency or amount.
BARS = frozenset({"market", "currency", "above", "watched", "unable"})


@dataclass(frozen=True, slots=True)
class Scope:
    """What a rail may carry, by an operator's word. What is not named is no limit: all markets, all currencies, any amount.

    `most`: the largest payment in minor units, of the currencies that have one. `watched`: payments under watch as well.
    """

    markets: frozenset[str] = frozenset()
    currencies: frozenset[str] = frozenset()
    most: Mapping[str, int] = field(default_factory=dict)
    watched: bool = True

    def bars(self, market: str, amount: Money, *, watched: bool) -> tuple[str, ...]:
        """Why it may not carry such a payment, in codes of `BARS`; none when it may."""
        most = self.most.get(amount.currency)
        told = {
            "market": bool(self.markets) and market not in self.markets,
            "currency": bool(self.currencies) and amount.currency not in self.currencies,
            f"above:{most}:{amount.currency}": most is not None and amount.minor > most,
            "watched": watched and not self.watched,
        }
        return tuple(code for code, is_so in told.items() if is_so)
