"""The ways to pay, side by side: what each means, and whether it is open to this payer for this payment.

A new way is one row of `WAYS` and one function that says whether it is open. One that leads on to a page names it (`leads_to`); one
that pays at once has its verb in `actions/ways.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.formats import plain_money
from everfair.companies.roles import MONEY_KEEPING
from everfair.ledger.queries import balance
from everfair.ledger.values import wallet
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments.bank import account_for
from everfair.payments.models import Intent
from everfair.payments.queries.credit import is_held_back, open_line
from everfair.payments.queries.fx import other_wallets
from everfair.payments.queries.rails import rails_for
from everfair.payments.rails import configured, plays
from everfair.payments.values import CREDIT, WALLET

CARD, BANK, EXCHANGE = "card", "bank", "exchange"


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a way is open for a payment, and the sentence that goes with it; `link` where something can be done about it."""

    open: bool
    note: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """`leads_to`: the page that goes on with it, by the payment's id; empty where it pays at once."""

    code: str
    title: str | Promise
    meaning: str | Promise
    button: str | Promise
    icon: str
    opening: Callable[[Intent, Actor], Opening | None]
    leads_to: str = ""


def _card(intent: Intent, actor: Actor) -> Opening | None:
    """Where a provider takes this amount and a rail may carry this payment; without any real money where all of them only play."""
    if not configured(CARD):
        return None
    if is_too_large_for_card(intent):
        return Opening(False, gettext("Payments this large do not go by card here."))
    found = rails_for(CARD, intent)
    rails = [rail for rail, bars in found if not bars]
    if not rails:
        return Opening(False, why_no_card([bars for _rail, bars in found]))
    return Opening(True, gettext("Test mode: no real money moves.") if all(plays(rail.code) for rail in rails) else "")


def why_no_card(bars: Iterable[Iterable[str]]) -> str:
    """To a payer whom no rail may carry. What we think of a company is not said: that is between us and the operator."""
    if all({code.partition(":")[0] for code in each} & {"unable", "above", "currency"} for each in bars):
        return gettext("No card provider takes this amount in this currency.")
    return gettext("No card provider takes this payment.")


def is_too_large_for_card(intent: Intent) -> bool:
    """By the rules of today, whatever rail it is; unless they say so, no amount is."""
    most = rules_at(DEFAULT_MARKET)["payments.card_most"]
    return bool(most) and intent.amount.amount > most


def _bank(intent: Intent, actor: Actor) -> Opening | None:
    """Where we keep an account in this currency."""
    return Opening(True) if account_for(intent.currency) else None


def _wallet(intent: Intent, actor: Actor) -> Opening | None:
    """Whoever keeps the company's money decides over it."""
    if not MONEY_KEEPING.admits(actor):
        return None
    free = balance(wallet(intent.company_id, intent.currency), intent.currency).free
    note = gettext("Free in the wallet: %(free)s.") % {"free": plain_money(free)}
    return Opening(free.minor >= intent.amount_minor, note)


def _exchanged(intent: Intent, actor: Actor) -> Opening | None:
    """Where there is money in another currency; its page says the price."""
    if not MONEY_KEEPING.admits(actor) or not (held := other_wallets(intent)):
        return None
    return Opening(
        True, gettext("Free in the wallet: %(free)s.") % {"free": ", ".join(plain_money(row.free) for row in held.values())}
    )


def _credit(intent: Intent, actor: Actor) -> Opening | None:
    """Only where this seller grants some."""
    line = open_line(intent.payee_id, intent.company_id, intent.currency) if intent.payee_id else None
    if line is None:
        return None
    link = f"/{actor.language}/credit/{line.pk}/"
    if line.state == "offered":
        return Opening(False, gettext("The seller offers you credit: agree to its terms first."), link)
    if line.state != "agreed":
        return Opening(False, gettext("The seller has paused it."), link)
    if is_held_back(line.seller_id, line.buyer_id):
        return Opening(False, gettext("Something owed to this seller is overdue: repay it first."), link)
    said = {"free": plain_money(line.free), "days": line.net_days}
    return Opening(
        line.free.minor >= intent.amount_minor,
        gettext("Left of it: %(free)s; each payout is owed for %(days)s days.") % said,
        link,
    )


# fmt: off
WAYS = {
    way.code: way
    for way in (
        Way(CARD, _("Card"), _("The payment page of the provider opens. When it has your payment it tells us, and it goes on by itself."),
            _("Go to the payment page"), "lock-keyhole", _card, leads_to="payments:go"),
        Way(BANK, _("Bank transfer"), _("Your bank transfers it to our escrow account. It takes some business days; the payment waits longer for it."),
            _("Pay by bank transfer"), "landmark", _bank, leads_to="payments:choose_bank"),
        Way(WALLET, _("Wallet"), _("Money of yours that is here already. It moves at once and costs nothing."),
            _("Pay from the wallet"), "wallet", _wallet),
        Way(EXCHANGE, _("Wallet, in another currency"), _("Money of yours that is here in another currency. You see the price first; it is locked to this payment for some minutes."),
            _("Look at the price"), "repeat", _exchanged, leads_to="payments:pay_exchanged"),
        Way(CREDIT, _("Trade credit"), _("The seller lets you owe it. Nothing moves now; you repay it after the seller was paid out for the goods."),
            _("Pay on credit"), "calendar-clock", _credit),
    )
}
# fmt: on
# What is proposed first for a large payment, when it is there and open; else the table's order.
FOR_LARGE = (BANK,)
_WHY_FOR_LARGE = _("Proposed for a payment this large: a transfer costs less than a card, and no bank can take it back later.")


@dataclass(frozen=True, slots=True)
class OpenWay:
    """A way as its payer sees it. `proposed`: the one that we would take; `why`, where there is more to say of it."""

    way: Way
    opening: Opening
    proposed: bool
    why: str = ""


def ways_of(intent: Intent, actor: Actor) -> list[OpenWay]:
    """The ways this payer could pay this by, those that are open first; large payments by bank transfer first."""
    large = intent.amount.amount >= rules_at(DEFAULT_MARKET)["payments.bank_from"]
    first: dict[str, Any] = dict.fromkeys(FOR_LARGE) if large else {}
    found = [(way, opening) for code in {**first, **WAYS} if (way := WAYS.get(code)) and (opening := way.opening(intent, actor))]
    found.sort(key=lambda pair: not pair[1].open)
    return [
        OpenWay(way, opening, opening.open and n == 0, str(_WHY_FOR_LARGE) if large and n == 0 and way.code in FOR_LARGE else "")
        for n, (way, opening) in enumerate(found)
    ]
