"""Fees of a contract are those it was signed under; parts, stages and money given back end in the fee of what is kept (I26, I27)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import DatabaseError, transaction
from hypothesis import example, given, settings
from hypothesis import strategies as st

from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask
from everfair.billing.models import Charge
from everfair.ledger.queries import balance
from everfair.ledger.values import fees as fees_account
from everfair.ledger.values import tax, wallet
from everfair.markets.actions import set_rule
from everfair.trade.actions import accept_goods, receive_order, resolve_issue, return_money
from everfair.trade.actions.issues import open_issue
from everfair.trade.models import Order, Return
from everfair.trade.queries.fees import fee_terms, kept_of
from everfair.trade.queries.words import rules_in_words
from tests import make
from tests.base.together import together
from tests.billing.billing import broken, issuer, schedule
from tests.trade.test_shipments import in_wallet, ordered, send

pytestmark = pytest.mark.django_db
COMMISSION, SERVICE = ("commission", "released", "0.03", 500, 5000), ("payment_service", "goods", "0.005", 0, 0)


def held(address: str) -> int:
    """What a platform-wide account holds: it keeps no balance of its own."""
    return int(ask(
        "SELECT coalesce(sum(CASE WHEN t.target_id = a.id THEN t.amount_minor ELSE -t.amount_minor END), 0) FROM ledger_account a"
        " JOIN ledger_transfer t ON a.id IN (t.source_id, t.target_id) WHERE a.address = %s", [address])[0][0])  # fmt: skip


def usd(text: str) -> Money:
    return Money.of(text, "USD")


def charges(trade: make.Trade) -> list[tuple[str, int, int]]:
    rows = Charge.objects.filter(subject=trade.order.pk).order_by("id")
    return [(row.kind, row.net_minor, row.tax_minor) for row in rows]


def nets(trade: make.Trade) -> dict[str, int]:
    found: dict[str, int] = {}
    for kind, net, _tax in charges(trade):
        found[kind] = found.get(kind, 0) + net
    return found


def test_several_fees_leave_escrow_into_their_own_accounts_with_tax():
    issuer()
    schedule(COMMISSION, SERVICE)
    trade = make.trade("completed")  # 420.00 from a German seller: 19 % tax

    assert charges(trade)[:2] == [("commission", 500, 95), ("payment_service", 63, 12)]
    assert nets(trade) == {"commission": 1260, "payment_service": 210}
    assert (held(fees_account("USD")), held(fees_account("USD", "payment_service")), held(tax("USD"))) == (1260, 210, 279)
    assert balance(wallet(trade.order.seller_id, "USD"), "USD").posted == usd("402.51")
    assert broken() == {}


def test_a_contract_keeps_the_version_it_was_signed_under_and_both_read_it_first():
    schedule(COMMISSION)
    trade = make.trade("funded")
    schedule(("commission", "released", "0.1", 0, 0))
    [version] = {row["trade.fees"] for row in [trade.fresh().rules]}

    make.deliver(trade)

    assert (nets(trade), fee_terms(trade.order.rules).version) == ({"commission": 1260}, str(trade.order.fee_schedule_id))
    assert trade.order.terms["rules"]["trade.fees"] == version
    assert dict(rules_in_words(trade.order.rules, None, "USD"))["Platform fee"].replace("\xa0", " ") == (
        "Commission 3% of what is paid out to the seller, at least USD 5.00, at most USD 50.00. Floor and cap count for the whole"
        " order. Tax is added where the law asks for it. Paid by the seller; free for the buyer"
    )
    assert make.trade().order.fee_schedule_id == trade.order.fee_schedule_id + 1


def test_the_database_takes_no_other_version_than_the_rules_say():
    schedule(COMMISSION)
    trade, other = make.trade(), make.trade()

    for change in ({"fee_schedule_id": None}, {"fee_schedule_id": other.order.fee_schedule_id + 1}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Order.objects.filter(pk=trade.order.pk).update(**change)


def test_contracts_without_a_schedule_keep_their_one_number_tax_included():
    issuer()
    trade = make.trade("funded")
    set_rule("trade.fee_rate", "export", Decimal("0.05"), None, "the board", make.operator())
    schedule(COMMISSION)

    make.deliver(trade)

    taken = sum(net + each for _kind, net, each in charges(trade))
    assert (taken, trade.order.fee_schedule_id) == (840, None)
    assert held(fees_account("USD")) + held(tax("USD")) == 840
    assert held(tax("USD")) == 134  # 19 / 119 of each of 2.52 and 5.88
    assert in_wallet(trade.seller) == 41160


def test_parts_pay_together_exactly_what_the_whole_order_pays():
    schedule(("commission", "released", "0.0333", 0, 3000), ("payment_service", "released", "0.0077", 120, 0))
    whole, parts = ordered("1000", plan="retention"), ordered("1000", plan="retention")
    for trade in (whole, parts):
        send(trade)
    receive_order(whole.order.pk, by=whole.buyer)
    for quantity in ("1", "332", "3", "501"):
        accept_goods(parts.order.pk, {1: Decimal(quantity)}, by=parts.buyer)
    receive_order(parts.order.pk, by=parts.buyer)
    for trade in (whole, parts):
        for stage in [stage for stage in (trade.stage(n) for n in (1, 2, 3)) if stage.state in ("due", "planned")]:
            make.pay(stage, trade.buyer)

    assert nets(parts) == nets(whole)
    assert broken() == {}


def test_a_ruling_leaves_the_fee_of_what_the_seller_keeps():
    schedule(COMMISSION)
    trade = make.trade("shipped")
    open_issue(trade.order.pk, "broken", by=trade.buyer)
    resolve_issue(trade.order.pk, Decimal("0.75"), "half of it broke", by=make.operator())

    assert (kept_of(trade.order), nets(trade)) == (usd("105.00"), {"commission": 500})
    assert broken() == {}


# ── money given back ──


def test_money_given_back_takes_the_fee_back_to_that_of_what_is_kept():
    issuer()
    schedule(COMMISSION, SERVICE)
    trade = make.trade("completed")

    return_money(trade.order.pk, usd("320.00"), "one pallet was empty", by=trade.seller)

    assert nets(trade) == {"commission": 500, "payment_service": 50}
    assert (held(tax("USD")), held(fees_account("USD"))) == (105, 500)
    assert (in_wallet(trade.buyer), in_wallet(trade.seller)) == (32000, 10000 - 655)
    assert broken() == {}


def test_everything_given_back_leaves_no_cent_of_fee_or_tax():
    issuer()
    for lines in ((), (COMMISSION, SERVICE)):
        if lines:
            schedule(*lines)
        trade = make.trade("completed")
        before = in_wallet(trade.seller)
        # The fees come home in the same entry, so the wallet need not hold them.
        return_money(trade.order.pk, usd("0.01"), "a cent", by=trade.seller)
        return_money(trade.order.pk, usd("133.33"), "a third", by=trade.seller)
        return_money(trade.order.pk, usd("286.66"), "the rest", by=trade.seller)

        assert (before > 0, in_wallet(trade.seller), in_wallet(trade.buyer)) == (True, 0, 42000)
        assert set(nets(trade).values()) == {0}
        assert sum(each for _kind, _net, each in charges(trade)) == 0
    assert (held(tax("USD")), held(fees_account("USD")), broken()) == (0, 0, {})


@pytest.mark.parametrize(
    ("amount", "reason", "who", "code"),
    [
        ("420.01", "much", "seller", "trade.return_too_much"),
        ("0.00", "nothing", "seller", "trade.return_amount"),
        ("1.00", "  ", "seller", "trade.return_reason"),
        ("1.00", "theft", "buyer", "base.not_your_move"),
    ],
)
def test_what_cannot_be_given_back_is_refused(amount: str, reason: str, who: str, code: str):
    trade = make.trade("completed")

    with pytest.raises(Refused) as refusal:
        return_money(trade.order.pk, usd(amount), reason, by=getattr(trade, who))

    assert (refusal.value.code, Return.objects.count(), len(charges(trade))) == (code, 0, 2)


def test_strangers_and_empty_wallets_give_nothing_back():
    trade = make.trade("completed")
    with pytest.raises(NotVisible):
        return_money(trade.order.pk, usd("1.00"), "x", by=make.actor(make.company()))
    other = make.trade("funded")

    with pytest.raises(Refused) as refusal:
        return_money(other.order.pk, usd("1.00"), "x", by=other.seller)

    assert refusal.value.code == "trade.return_too_much"


# ── any way there ──


@settings(max_examples=12)
@given(
    st.lists(st.one_of(st.integers(1, 400), st.integers(-40000, -1)), min_size=2, max_size=7),
    st.sampled_from(["released", "goods"]),
)
@example([1, -1, -1], "goods")  # after which the rounding of the tax would leave more fees than there is money
def test_any_sequence_of_parts_and_returns_ends_with_the_fee_of_what_is_kept(steps: list[int], base: str):
    with transaction.atomic():
        issuer()
        schedule(("commission", base, "0.0307", 333, 2000), ("payment_service", "released", "0.0051", 0, 0))
        trade = ordered("1000", plan="prepaid")
        send(trade)
        left, terms = 1000, fee_terms(trade.order.rules)
        for step in steps:
            if step > 0 and step < left:
                accept_goods(trade.order.pk, {1: Decimal(step)}, by=trade.buyer)
                left -= step
            elif step < 0 and (most := kept_of(trade.order).minor):
                return_money(trade.order.pk, Money(1 + -step % most, "USD"), "x", by=trade.seller)
            expected = terms.taken(kept_of(trade.order).minor, Fraction(1), "USD", Fraction(19, 100))
            found = nets(trade)
            assert [found.get(line.kind, 0) for line in terms.lines] == [net for net, _tax in expected]
        assert broken() == {}
        transaction.set_rollback(True)


@pytest.mark.usefixtures("committed")
def test_of_two_returns_at_once_the_second_finds_what_the_first_left():
    trade = make.trade("completed")
    both = [lambda: return_money(trade.order.pk, usd("300.00"), "twice", by=trade.seller)] * 2

    answers = together(both)

    assert sorted(type(answer).__name__ for answer in answers) == ["Refused", "Return"]
    assert (kept_of(trade.order), Return.objects.count(), broken()) == (usd("120.00"), 1, {})
