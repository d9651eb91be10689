"""What the platform takes of what a seller is paid, and gives back of what a seller returns: counted once, here, for pages and books."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

from django.utils.translation import gettext as _

from everfair.base.formats import percent, plain_money
from everfair.base.money import Money
from everfair.base.rows import ask
from everfair.base.words import word
from everfair.billing.queries import charges_of, treatment_of
from everfair.billing.values import Fee
from everfair.markets.fees import FeeLine, FeeTerms
from everfair.trade.models import Order, Stage

SCHEDULE = "trade.fees"


def fee_terms(rules: dict[str, str]) -> FeeTerms:
    """The fees a contract was signed under: its schedule, or the one rate of contracts without one."""
    if SCHEDULE in rules:
        return FeeTerms.from_text(rules[SCHEDULE])
    return FeeTerms.of_rate(Decimal(rules["trade.fee_rate"]))


def fees_on(order: Order, moves: Sequence[tuple[Stage, Money]]) -> list[tuple[Fee, ...]]:
    """For each (stage, what of it goes to the seller), in the order in which they are paid: the fees. Counted over everything the
    seller has been paid, so that parts and stages cost together exactly what the whole costs. Three queries at most."""
    if not any(amount for _stage, amount in moves):
        return [() for _move in moves]
    terms, treatment = fee_terms(order.rules), treatment_of(order.seller_id)
    goods, paid = _goods_share(order, terms), kept_of(order).minor if terms.span == "order" else 0
    found = []
    for stage, amount in moves:
        before = paid if terms.span == "order" else stage.parted_minor
        lines = zip(
            terms.lines,
            terms.taken(before, goods, order.currency, treatment.share),
            terms.taken(before + amount.minor, goods, order.currency, treatment.share),
            strict=True,
        )
        found.append(
            tuple(
                Fee(line.kind, Money(net - had_net, order.currency), Money(tax - had_tax, order.currency), treatment)
                for line, (had_net, had_tax), (net, tax) in lines
                if (net, tax) != (had_net, had_tax)
            )
        )
        paid += amount.minor
    return found


def fees_back(order: Order, amount: Money, *, but: Money | None = None) -> list[Fee]:
    """What of the fees is taken back when the seller returns so much of what was paid: the fee is then that of what is kept. Each charge
    gives its part, by largest remainder, at the tax it was charged with (I26). `but` was given back in this moment already, of what
    nobody had paid yet."""
    terms, kept = fee_terms(order.rules), kept_of(order)
    if but is not None:
        kept -= but
    after = kept - amount
    charges = charges_of(order.pk)
    first = [one for one in charges if one.reverses_id is None]
    left = {one.pk: [one.net_minor, one.tax_minor] for one in first}
    for one in charges:
        if one.reverses_id is not None:
            left[one.reverses_id][0] += one.net_minor
            left[one.reverses_id][1] += one.tax_minor

    def counted(net: int, tax: int) -> int:
        """What the contract's number is of: the fee, or the fee with its tax."""
        return net + tax if terms.tax_included else net

    if terms.span == "order":
        share = treatment_of(order.seller_id).share
        nets = terms.taken(after.minor, _goods_share(order, terms), order.currency, share)
        due = {line.kind: counted(net, tax) for line, (net, tax) in zip(terms.lines, nets, strict=True)}
    else:
        whole = (kept + returned_of(order)).minor or 1
        charged = {
            kind: sum(counted(one.net_minor, one.tax_minor) for one in first if one.kind == kind) for kind in _kinds(first)
        }
        due = {kind: round(Fraction(amount * after.minor, whole)) for kind, amount in charged.items()}
    back = {one.pk: [0, 0] for one in first}
    for kind in _kinds(first):
        mine = [one for one in first if one.kind == kind]
        rests = [counted(*left[one.pk]) for one in mine]
        if (most := sum(rests) - due.get(kind, 0)) > 0:
            parts = [part.minor for part in Money(most, order.currency).split(rests)]
            shares = [Fraction(part, rest) if rest else Fraction(0) for part, rest in zip(parts, rests, strict=True)]
            taxes = _rounded([left[one.pk][1] * share for one, share in zip(mine, shares, strict=True)])
            for one, part, taxed in zip(mine, parts, taxes, strict=True):
                back[one.pk] = [part - taxed if terms.tax_included else part, taxed]
    _no_more_than(after.minor, left, back)
    given = [
        Fee(one.kind, Money(-back[one.pk][0], order.currency), Money(-back[one.pk][1], order.currency), one.treatment, one.pk)
        for one in first
    ]
    return [fee for fee in given if fee.gross]


def _no_more_than(kept: int, left: dict[Any, list[int]], back: dict[Any, list[int]]) -> None:
    """Cents of rounding never make the fees on what is kept more than what is kept: they come back too, tax before fee."""
    over = sum(sum(has) - sum(back[pk]) for pk, has in left.items()) - kept
    for part in (1, 0):
        for pk, has in left.items():
            more = max(0, min(over, has[part] - back[pk][part]))
            back[pk][part] += more
            over -= more


def _rounded(exact: Sequence[Fraction]) -> list[int]:
    """Whole numbers that sum to the rounded sum: by largest remainder, ties to the earlier one (I26)."""
    found = [floor(each) for each in exact]
    order = sorted(range(len(exact)), key=lambda n: (found[n] - exact[n], n))
    for n in order[: round(sum(exact, Fraction(0))) - sum(found)]:
        found[n] += 1
    return found


def _kinds(charges: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(one.kind for one in charges))


def kept_of(order: Order) -> Money:
    """What the seller has been paid of this order, fees included, less what was returned: one query."""
    return Money(int(ask(_KEPT, [order.pk, order.pk])[0][0]), order.currency)


_KEPT = """
    SELECT coalesce(sum(e.released_minor + e.fees_minor), 0)
        - (SELECT coalesce(sum(amount_minor), 0) FROM trade_return WHERE order_id = %s)
    FROM trade_stage s JOIN ledger_account a ON a.address = 'stage:' || s.id || ':escrow'
    JOIN ledger_escrow e ON e.account_id = a.id WHERE s.order_id = %s
"""


def returned_of(order: Order) -> Money:
    """What the seller has given back after it was paid."""
    sum_ = ask("SELECT coalesce(sum(amount_minor), 0) FROM trade_return WHERE order_id = %s", [order.pk])[0][0]
    return Money(int(sum_), order.currency)


def _goods_share(order: Order, terms: FeeTerms) -> Fraction:
    """How much of the contract as first signed is goods: charges and discounts count for the rest. A query where it matters."""
    if all(line.base == "released" for line in terms.lines):
        return Fraction(1)
    goods, charges = ask(_GOODS, [order.pk, order.pk])[0]
    whole = int(goods) + int(charges)
    return min(Fraction(int(goods), whole), Fraction(1)) if whole > 0 else Fraction(1)


_GOODS = """
    SELECT (SELECT coalesce(sum(amount_minor), 0) FROM trade_orderline WHERE order_id = %s),
        (SELECT coalesce(sum(amount_minor), 0) FROM trade_ordercharge WHERE order_id = %s)
"""


def fee_words(rules: dict[str, str], currency: str) -> str:
    """The fees of a contract in one sentence: what is taken, of what, between which bounds."""
    terms = fee_terms(rules)
    if not terms.version:
        return _("%(rate)s, paid by the seller; free for the buyer") % {"rate": _rate(terms.lines[0].rate)}
    told = ["; ".join(_line_words(line, currency) for line in terms.lines)]
    told += [str(word(terms.span, "fee span"))] if any(line.floors or line.caps for line in terms.lines) else []
    return ". ".join([*told, _("Tax is added where the law asks for it. Paid by the seller; free for the buyer")])


def _line_words(line: FeeLine, currency: str) -> str:
    said = _("%(fee)s %(rate)s %(base)s") % {
        "fee": word(line.kind, "fee"),
        "rate": _rate(line.rate),
        "base": word(line.base, "fee base"),
    }
    floor, cap = line.floors.get(currency), line.caps.get(currency)
    if floor:
        said += ", " + _("at least %(amount)s") % {"amount": plain_money(Money(floor, currency))}
    if cap is not None:
        said += ", " + _("at most %(amount)s") % {"amount": plain_money(Money(cap, currency))}
    return said


def _rate(rate: Decimal) -> str:
    return percent(rate, max(0, -int((rate * 100).normalize().as_tuple().exponent)))


def fee_rows(rules: dict[str, str], fees: Iterable[Fee], currency: str) -> list[tuple[str, Money]]:
    """What a page shows before money moves: each fee by its name, and the tax on them. They sum to what the seller does not receive."""
    terms = fee_terms(rules)
    sums: dict[str, Money] = {}
    taxes: dict[Decimal, Money] = {}
    for fee in fees:
        sums[fee.kind] = sums.get(fee.kind, Money.zero(currency)) + fee.net
        taxes[fee.treatment.rate] = taxes.get(fee.treatment.rate, Money.zero(currency)) + fee.tax
    if not terms.version:
        [line] = terms.lines
        name = _("Platform fee (%(rate)s)") % {"rate": _rate(line.rate)}
        gross = sums.get(line.kind, Money.zero(currency)) + sum(taxes.values(), Money.zero(currency))
        return [(name, gross)]
    rows = [(str(word(line.kind, "fee")), sums.get(line.kind, Money.zero(currency))) for line in terms.lines]
    rows += [(_("Tax on the fees (%(rate)s)") % {"rate": _rate(rate / 100)}, tax) for rate, tax in sorted(taxes.items()) if tax]
    return rows
