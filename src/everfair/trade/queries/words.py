"""A contract's words for its reader: rules, stages, charges, parties, in the active language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from everfair.base.formats import country_name, percent, plain_day, plain_money, quantity
from everfair.base.money import Money
from everfair.markets.plans import PLAN_WORDS, TRIGGER_WORDS
from everfair.reference.queries import incoterm
from everfair.reference.values import name_in
from everfair.trade.queries.fees import fee_words
from everfair.trade.values import ORDER_KIND_WORDS

Words = Any

# fmt: off
STAGE_NAMES: dict[str, Words] = {
    "full": gettext_lazy("Full amount"), "deposit": gettext_lazy("Deposit"), "balance": pgettext_lazy("payment stage", "Balance"),
    "production": pgettext_lazy("payment stage", "Production"), "retention": pgettext_lazy("payment stage", "Retention"),
    "top_up": pgettext_lazy("payment stage", "Difference after new terms"),
}
CHARGE_NAMES: dict[str, Words] = {
    "freight": gettext_lazy("Freight"), "insurance": gettext_lazy("Insurance"), "tooling": gettext_lazy("Tooling"),
    "discount": gettext_lazy("Discount"), "bank_charge": gettext_lazy("Bank charge"), "tax": gettext_lazy("Tax"),
    "sample_credit": gettext_lazy("Sample credited"),
}
AGREEMENT_NAMES: dict[str, Words] = {
    "offered": gettext_lazy("Waiting for signature"), "agreed": gettext_lazy("Signed by both"),
    "declined": gettext_lazy("Declined"), "cancelled": gettext_lazy("Cancelled"), "lapsed": gettext_lazy("Ran out"),
    "called_off": gettext_lazy("Called off"), "completed": gettext_lazy("Settled"),
}
PLACE_NAMES: dict[str, Words] = {
    "place of delivery": gettext_lazy("place of delivery"), "port of shipment": gettext_lazy("port of shipment"),
    "port of destination": gettext_lazy("port of destination"), "place of destination": gettext_lazy("place of destination"),
}
# fmt: on


def charge_name(kind: str, label: str) -> str:
    return f"{CHARGE_NAMES[kind]}: {label}" if label else str(CHARGE_NAMES[kind])


def stage_due(due_on: str, day: date | None = None) -> str:
    """When a stage is to be paid."""
    return _("On %(day)s") % {"day": plain_day(day)} if day else str(TRIGGER_WORDS[due_on])


def days_in_words(text: str) -> str:
    days = Decimal(text)
    return ngettext("%(num)s day", "%(num)s days", int(days) if days == int(days) else 2) % {"num": f"{days.normalize():f}"}


def rules_in_words(
    rules: Mapping[str, str], calendar: Mapping[str, Any] | None = None, currency: str = ""
) -> list[tuple[str, str]]:
    """The numbers that hold for this contract, as (what, how long or how much), in the order they matter.

    `calendar` is the contract's own clause: which of them count business days, and whose.
    """
    counts = calendar["counts"] if calendar else ()

    def counted(name: str) -> str:
        return business_days_in_words(rules[name]) if name in counts else days_in_words(rules[name])

    receive = ", ".join(
        f"{mode} {days_in_words(rules[f'trade.receive_days_{code}'])}"
        for code, mode in (("express", _("express")), ("air", _("air")), ("land", _("road or rail")), ("sea", _("sea")))
    )
    return [
        (_("To sign"), _("%(days)s, then the order closes") % {"days": counted("trade.sign_days")}),
        (_("To pay a stage"), _("%(days)s after it falls due") % {"days": counted("trade.pay_days")}),
        (_("Late shipping"), _late(rules["trade.ship_grace_days"])),
        (_("To confirm the goods"), _receiving(receive, rules.get("trade.receive_after_delivery_days"))),
        *([(_("To confirm what the supplier shows"), counted("trade.confirm_days"))] if "trade.confirm_days" in rules else []),
        *(_more_time(rules, counted("trade.extension_answer_days")) if "trade.extension_answer_days" in rules else []),
        *_withdrawals(rules.get("trade.issue_withdrawals")),
        *_differences(rules),
        (_("To claim after receipt"), days_in_words(rules["trade.claim_days"])),
        *(_claims(rules) if "disputes.answer_days" in rules else []),
        *([(_("To review the other side"), days_in_words(rules["reviews.days"]))] if "reviews.days" in rules else []),
        (_("Platform fee"), fee_words(dict(rules), currency)),
        *(_calendar(calendar) if calendar else []),
    ]


def _differences(rules: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is left of both without a claim; nothing in contracts from before the rules."""
    found = []
    if "trade.quantity_tolerance" in rules:
        words = _(
            "%(measured)s of goods that are measured, %(counted)s of goods that are counted; the difference is paid or given back at the price of the contract"
        )
        shares = {"measured": _share(rules["trade.quantity_tolerance"]), "counted": _share(rules["trade.count_tolerance"])}
        found.append((_("More or less than ordered"), words % shares))
    if "trade.aql_major" in rules:
        limits = {"major": rules["trade.aql_major"], "minor": rules["trade.aql_minor"]}
        found.append(
            (
                _("An inspection passes"),
                _("within AQL %(major)s for major and %(minor)s for minor defects, level II; no critical one") % limits,
            )
        )
    return found


def _share(text: str) -> str:
    share = Decimal(text)
    return percent(share, 0 if share * 100 % 1 == 0 else 1)


def _claims(rules: Mapping[str, str]) -> list[tuple[str, str]]:
    days = {
        name: days_in_words(rules[f"disputes.{name}_days"])
        for name in ("answer", "escalate", "talk", "return", "take_back", "replacement", "appeal")
    }
    days["ruling"] = business_days_in_words(rules["disputes.ruling_days"])
    return [
        (
            _("If there is a claim"),
            _(
                "the supplier answers within %(answer)s. After %(escalate)s either side may call an arbitrator, after %(talk)s one is"
                " called by itself, who rules within %(ruling)s; within %(appeal)s either side may ask for a second one. Goods go back"
                " within %(return)s and are taken back within %(take_back)s; new goods come within %(replacement)s"
            )
            % days,
        )
    ]


def business_days_in_words(text: str) -> str:
    days = int(Decimal(text))
    return ngettext("%(num)s business day", "%(num)s business days", days) % {"num": days}


def _receiving(receive: str, after_delivery: str | None) -> str:
    """Contracts from before the rule say that silence never pays, and it never does."""
    if after_delivery is None:
        return _("%(days)s after shipping; silence never pays") % {"days": receive}
    return _(
        "%(days)s after shipping, and never less than %(after)s after a proven delivery. Then silence counts as acceptance if the"
        " delivery is proven, the reminders were delivered and no question is open; otherwise the operator decides"
    ) % {"days": receive, "after": days_in_words(after_delivery)}


def _more_time(rules: Mapping[str, str], answer: str) -> list[tuple[str, str]]:
    return [
        (
            _("More time"),
            _(
                "to ship: %(shipping)s in all, if the buyer grants it; to confirm the goods: %(once)s once for each side, %(most)s in"
                " all, if the other side grants it. No answer within %(answer)s is a refusal"
            )
            % {
                "shipping": days_in_words(rules["trade.shipping_most_days"]),
                "once": days_in_words(rules["trade.receipt_extension_days"]),
                "most": days_in_words(rules["trade.receipt_extension_most_days"]),
                "answer": answer,
            },
        )
    ]


def _calendar(clause: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (
            _("Business days"),
            _(
                "those that are no day off in %(countries)s, until %(closes)s (%(zones)s; the latest counts). The list of days off"
                " belongs to the contract: SHA-256 %(sha)s…"
            )
            % {
                "countries": ", ".join(country_name(code) for code in clause["countries"]),
                "closes": clause["closes"],
                "zones": ", ".join(clause["zones"]),
                "sha": clause["sha256"][:12],
            },
        )
    ]


def kind_in_words(terms: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What only this kind of contract says, in its reader's words; nothing for an ordinary one."""
    if framework := terms.get("framework"):
        least = Money(framework["least_minor"], terms["currency"])
        return [
            (_("Kind of contract"), str(ORDER_KIND_WORDS["framework"])),
            (_("Valid"), f"{framework['valid_from']} – {framework['valid_until']}"),
            (_("Smallest call-off"), plain_money(least) if least.minor else _("any")),
            (_("Payment of each call-off"), str(PLAN_WORDS[framework["payment_plan"]])),
            (_("Lead time of each call-off"), days_in_words(str(framework["lead_time_days"]))),
            (
                _("Signature of each call-off"),
                _("the seller signs it") if framework["seller_confirms"] else _("the seller has signed by this contract"),
            ),
        ]
    if group := terms.get("group_buy"):
        return [
            (_("Kind of contract"), str(ORDER_KIND_WORDS["group_buy"])),
            (_("Threshold"), quantity(Decimal(group["threshold"]), terms["lines"][0]["unit"])),
            (_("Closes"), group["closes_at"][:16].replace("T", " ") + " UTC"),
        ]
    if terms.get("kind") == "call_off":
        return [(_("Framework contract"), f"{terms['basis']['order']} · {terms['basis']['terms_hash'][:16]}…")]
    if terms.get("kind") == "sample":
        credit = terms["rules"]["trade.sample_credit_days"]
        return [
            (_("Kind of contract"), str(ORDER_KIND_WORDS["sample"])),
            (_("Credited on a bulk order"), _("within %(days)s of acceptance") % {"days": days_in_words(credit)}),
        ]
    return []


def _withdrawals(times: str | None) -> list[tuple[str, str]]:
    """Nothing for a contract from before the rule."""
    if times is None:
        return []
    return [
        (
            _("To withdraw an issue"),
            ngettext("%(num)s time at most", "%(num)s times at most", int(Decimal(times))) % {"num": int(Decimal(times))},
        )
    ]


def _late(grace: str) -> str:
    if Decimal(grace) == 0:
        return _("after the ship-by day the buyer may take the money back")
    return _("%(days)s after the ship-by day the buyer may take the money back") % {"days": days_in_words(grace)}


def rate_in_words(text: str) -> str:
    rate = Decimal(text)
    return percent(rate, max(0, -int((rate * 100).normalize().as_tuple().exponent)))


def incoterm_name(code: str) -> str:
    """«Free On Board» in the reader's language."""
    return name_in(incoterm(code).names, get_language() or "en")


def party_names(party: Mapping[str, Any], language: str) -> tuple[str, ...]:
    """A party's name for a reader of this language first, then its other names."""
    names = party.get("names") or {}
    own = names.get(language) or (
        next((names[c] for c in ("zh-hant", "zh-hans") if names.get(c)), "") if language[:2] == "zh" else ""
    )
    return tuple(dict.fromkeys(text for text in (own, party["name"], *names.values()) if text))
