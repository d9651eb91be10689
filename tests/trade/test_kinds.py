"""Samples, framework contracts and group buys, alone: what each does, and what each refuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from everfair.base import clock
from everfair.base.clock import now
from everfair.base.deadlines import fire_due
from everfair.base.models import Deadline
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance
from everfair.ledger.values import wallet
from everfair.sourcing.models import Quote
from everfair.trade.actions import (
    Frame,
    award_framework,
    award_quote,
    call_off_goods,
    call_off_order,
    cancel_order,
    close_group_buy,
    decline_order,
    draft_framework,
    draft_join,
    draft_order,
    end_framework,
    join_group_buy,
    keep_framework,
    place_order,
    ship_order,
    sign_order,
)
from everfair.trade.models import FrameworkLine, Order, OrderCharge, SampleCredit, Stage
from everfair.trade.queries import moves_of, progress_of, standing_of
from tests import make
from tests.trade import kinds, quoting

pytestmark = pytest.mark.django_db


def breaches() -> list[Any]:
    return [proof for proof in prove() if proof.breach]


def in_wallet(company_id: Any) -> int:
    return balance(wallet(company_id, "USD"), "USD").posted.minor


def let_pass(days: float) -> None:
    """So many days go by, and the clock looks."""
    clock.advance(timedelta(days=days))
    fire_due()


def refusal(call: Any) -> str:
    with pytest.raises(Refused) as caught, transaction.atomic():
        call()
    return caught.value.code


@pytest.fixture
def pair() -> tuple[Any, Any, Any]:
    buyer, seller = kinds.owner(), kinds.owner()
    return buyer, seller, kinds.goods(seller)


# ── kinds ──


def test_an_order_says_its_kind_by_its_plan(pair):
    buyer, _seller, offer = pair

    made = [
        place_order(
            draft_order([(offer.pk, Decimal(1000))], incoterm="FOB", named_place="Ningbo", payment_plan=plan, by=buyer), by=buyer
        )
        for plan in ("deposit_balance", "made_to_order")
    ]

    assert [order.kind for order in made] == ["spot", "made_to_order"]
    assert [order.terms["kind"] for order in made] == ["spot", "made_to_order"]


def test_what_kind_an_order_is_never_changes(pair):
    buyer, _seller, offer = pair
    order = kinds.sample(buyer, offer)

    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(kind="spot")


# ── samples ──


def test_a_sample_costs_its_own_price_in_advance_and_has_short_times(pair):
    buyer, _seller, offer = pair

    order = kinds.sample(buyer, offer, 2)

    stages = list(Stage.objects.filter(order=order).values_list("name", "amount_minor"))
    assert (order.kind, order.total_minor, stages) == ("sample", 1000, [("full", 1000)])
    assert (order.rules["trade.sign_days"], order.rules["trade.pay_days"]) == ("3", "3")
    assert order.ship_by == (now() + timedelta(days=10)).date()
    assert breaches() == []


def test_a_free_sample_costs_the_nominal_price(pair):
    buyer, seller, _offer = pair
    free = make.offer(make.Company.objects.get(pk=seller.company_id), sample_price_minor=0)

    assert kinds.sample(buyer, free).total_minor == 100


def test_where_there_are_no_samples_none_can_be_ordered(pair):
    buyer, seller, offer = pair
    none = make.offer(make.Company.objects.get(pk=seller.company_id))

    assert refusal(lambda: kinds.sample(buyer, none)) == "trade.no_sample"
    assert refusal(lambda: kinds.sample(seller, offer)) == "trade.own_offer"
    assert refusal(lambda: kinds.sample(buyer, offer, 0)) == "trade.quantity"


def test_three_samples_of_one_offer_are_the_most_and_a_declined_one_does_not_count(pair):
    buyer, seller, offer = pair
    first = kinds.sample(buyer, offer, 2)

    assert refusal(lambda: kinds.sample(buyer, offer, 2)) == "trade.samples_used_up"
    decline_order(first.pk, "none left", by=seller)
    assert kinds.sample(buyer, offer, 3).total_minor == 1500


def test_a_completed_sample_is_credited_on_the_bulk_order_once(pair):
    buyer, seller, offer = pair
    sample = kinds.completed_sample(buyer, seller, offer)
    terms = draft_order([(offer.pk, Decimal(1000))], incoterm="FOB", named_place="Ningbo", by=buyer)

    bulk = place_order(terms, by=buyer)
    again = draft_order([(offer.pk, Decimal(1000))], incoterm="FOB", named_place="Ningbo", by=buyer)

    charge = OrderCharge.objects.get(order=bulk)
    assert (charge.kind, charge.label, charge.amount_minor) == ("sample_credit", sample.reference, -500)
    assert (bulk.basis_id, bulk.total_minor) == (sample.pk, 41500)
    assert again.charges == ()
    assert breaches() == []


def test_a_sample_credited_on_an_order_that_came_to_nothing_can_be_credited_again(pair):
    buyer, seller, offer = pair
    kinds.completed_sample(buyer, seller, offer)
    draft = lambda: draft_order([(offer.pk, Decimal(1000))], incoterm="FOB", named_place="Ningbo", by=buyer)  # noqa: E731
    first = place_order(draft(), by=buyer)

    cancel_order(first.pk, "no", by=buyer)
    second = place_order(draft(), by=buyer)

    assert second.total_minor == 41500
    assert list(SampleCredit.objects.order_by("pk").values_list("order_id", flat=True)) == [first.pk, second.pk]
    assert breaches() == []


def test_only_an_accepted_sample_of_this_pair_and_offer_is_credited_and_only_in_time(pair):
    buyer, seller, offer = pair
    other = kinds.goods(seller)
    draft = lambda who, what: draft_order([(what.pk, Decimal(1000))], incoterm="FOB", named_place="X", by=who).charges  # noqa: E731
    kinds.sample(buyer, offer)

    assert draft(buyer, offer) == ()  # not accepted yet
    sample = kinds.completed_sample(buyer, seller, offer)
    assert [charge.sample_id for charge in draft(buyer, offer)] == [sample.pk]
    assert draft(buyer, other) == ()
    assert draft(kinds.owner(), offer) == ()
    Order.objects.filter(pk=sample.pk).update(closed_at=now() - timedelta(days=181))
    assert draft(buyer, offer) == ()


def test_a_sample_is_credited_on_an_awarded_quote_too():
    quote, buyer, seller = quoting.quote()
    offer = kinds.goods(seller)
    kinds.completed_sample(buyer, seller, offer)
    from everfair.sourcing.models import QuoteLine

    QuoteLine.objects.filter(quote=quote).update(offer_id=offer.pk)

    order = award_quote(quote.pk, by=buyer)

    assert order.total_minor == 42500 - 500
    assert breaches() == []


def test_the_proofs_see_a_sample_that_is_credited_twice(pair, superuser):
    buyer, seller, offer = pair
    sample = kinds.completed_sample(buyer, seller, offer)
    bulk = place_order(draft_order([(offer.pk, Decimal(1000))], incoterm="FOB", named_place="Ningbo", by=buyer), by=buyer)

    with pytest.raises(IntegrityError), transaction.atomic():
        SampleCredit.objects.create(sample=sample, order=bulk, amount_minor=500)
    with pytest.raises(IntegrityError), transaction.atomic():
        SampleCredit.objects.update(amount_minor=1)
    SampleCredit.objects.create(sample=sample, order=bulk, amount_minor=500, returned_at=now())  # a sum that nobody charged
    assert [proof.name for proof in breaches()] == ["every sample is credited at most once"]


# ── framework contracts ──


def test_a_framework_has_no_stages_and_its_total_is_a_ceiling(pair):
    buyer, seller, offer = pair

    order = kinds.framework(buyer, seller, offer)

    assert (order.kind, order.agreement, order.total_minor) == ("framework", "agreed", 42000)
    assert not Stage.objects.filter(order=order).exists()
    assert breaches() == []
    with pytest.raises(IntegrityError), transaction.atomic():
        Stage.objects.create(order=order, n=1, name="full", percent=100, amount_minor=42000, currency="USD")


def test_a_call_off_is_an_order_at_the_agreed_price_that_the_seller_signs(pair):
    buyer, seller, offer = pair
    frame = kinds.framework(buyer, seller, offer)
    offer.__class__.objects.filter(pk=offer.pk).update(tiers=[["100", "0.90"]])

    order = call_off_goods(frame.pk, [(1, Decimal(300))], by=buyer)

    assert (order.kind, order.basis_id, order.agreement) == ("call_off", frame.pk, "offered")
    assert order.total_minor == 12600  # 300 at 0.42, whatever the offer says by now
    assert FrameworkLine.objects.get().called == 300
    sign_order(order.pk, order.terms_hash, by=seller)
    make.pay(Stage.objects.select_related("order").get(order=order, n=1), buyer)
    assert breaches() == []


def test_where_the_framework_says_so_its_signature_holds_for_every_call_off(pair):
    buyer, seller, offer = pair
    frame = kinds.framework(buyer, seller, offer, seller_confirms=False)

    order = call_off_goods(frame.pk, [(1, Decimal(300))], by=buyer)

    assert (order.agreement, order.seller_signed_by) == ("agreed", frame.seller_signed_by)
    assert Stage.objects.get(order=order, n=1).state == "due"


@pytest.mark.parametrize("way", ["decline", "cancel", "call_off"])
def test_a_call_off_that_comes_to_nothing_gives_its_quantity_back(pair, way):
    buyer, seller, offer = pair
    frame = kinds.framework(buyer, seller, offer)
    order = call_off_goods(frame.pk, [(1, Decimal(900))], by=buyer)
    assert refusal(lambda: call_off_goods(frame.pk, [(1, Decimal(200))], by=buyer)) == "trade.used_up"

    if way == "decline":
        decline_order(order.pk, "no steel", by=seller)
    elif way == "cancel":
        cancel_order(order.pk, "no need", by=buyer)
    else:
        sign_order(order.pk, order.terms_hash, by=seller)
        make.pay(Stage.objects.select_related("order").get(order=order, n=1), buyer)
        call_off_order(order.pk, "no steel", by=seller)

    assert FrameworkLine.objects.get().called == 0
    assert breaches() == []


def test_what_a_framework_refuses(pair):
    buyer, seller, offer = pair
    frame = kinds.framework(buyer, seller, offer, least=Decimal("50.00"))
    unsigned = kinds.framework(buyer, seller, kinds.goods(seller), signed=False)

    assert refusal(lambda: call_off_goods(frame.pk, [(1, Decimal(100))], by=buyer)) == "trade.least"
    assert refusal(lambda: call_off_goods(frame.pk, [(2, Decimal(100))], by=buyer)) == "trade.no_lines"
    assert refusal(lambda: call_off_goods(frame.pk, [(1, Decimal("200.5"))], by=buyer)) == "trade.quantity"
    assert refusal(lambda: call_off_goods(frame.pk, [(1, Decimal(200))], by=seller)) == "base.not_your_move"
    assert refusal(lambda: call_off_goods(unsigned.pk, [(1, Decimal(200))], by=buyer)) == "trade.framework_over"
    assert refusal(lambda: cancel_order(frame.pk, "no", by=buyer)) == "trade.framework_runs"
    assert refusal(lambda: call_off_order(frame.pk, "no", by=seller)) == "trade.framework_runs"
    sent = make.CONSIGNMENT | {"handed_over_on": now().date()}
    assert refusal(lambda: ship_order(frame.pk, sent, by=seller)) == "trade.no_goods"
    with pytest.raises(NotVisible):
        call_off_goods(frame.pk, [(1, Decimal(200))], by=kinds.owner())


@pytest.mark.parametrize(("days", "field"), [(0, "valid_until"), (800, "valid_until")])
def test_a_framework_has_a_sensible_end(pair, days, field):
    buyer, _seller, offer = pair
    frame = Frame((now() + timedelta(days=days)).date())

    with pytest.raises(Refused) as caught:
        draft_framework([(offer.pk, Decimal(1000))], frame, incoterm="FOB", named_place="Ningbo", by=buyer)

    assert caught.value.field == field


def test_a_framework_ends_when_both_agree_and_goes_on_when_one_keeps_it(pair):
    buyer, seller, offer = pair
    frame = kinds.framework(buyer, seller, offer)
    running = call_off_goods(frame.pk, [(1, Decimal(300))], by=buyer)

    end_framework(frame.pk, by=seller)
    end_framework(frame.pk, by=seller)  # asking twice is not agreeing
    keep_framework(frame.pk, by=buyer)
    end_framework(frame.pk, by=buyer)
    assert Order.objects.get(pk=frame.pk).agreement == "agreed"
    end_framework(frame.pk, by=seller)

    frame.refresh_from_db()
    running.refresh_from_db()
    assert (frame.agreement, frame.closed_by, running.agreement) == ("completed", "both", "offered")
    assert refusal(lambda: call_off_goods(frame.pk, [(1, Decimal(100))], by=buyer)) == "trade.framework_over"


def test_a_framework_ends_by_its_date(pair):
    buyer, seller, offer = pair
    frame = kinds.framework(buyer, seller, offer)

    let_pass(181)

    frame.refresh_from_db()
    assert (frame.agreement, frame.closed_by) == ("completed", "clock")


def test_a_quote_is_awarded_as_a_framework_when_its_prices_hold_everything():
    with_freight, buyer, _seller = quoting.quote()
    plain, second, _other = quoting.quote(charges=())
    frame = Frame((now() + timedelta(days=90)).date(), seller_confirms=False)

    assert refusal(lambda: award_framework(with_freight.pk, frame, by=buyer)) == "trade.framework_charges"
    order = award_framework(plain.pk, frame, by=second)

    assert (order.kind, order.quote_id, order.total_minor) == ("framework", plain.pk, 40000)
    assert Quote.objects.get(pk=plain.pk).state == "accepted"


def test_the_moves_of_a_framework_are_its_own(pair):
    buyer, seller, offer = pair
    frame = kinds.framework(buyer, seller, offer)

    assert moves_of(frame, [], buyer) == ["call", "end"]
    assert moves_of(frame, [], seller) == ["end"]
    end_framework(frame.pk, by=seller)
    assert moves_of(frame, [], buyer) == ["call", "end", "keep"]
    assert moves_of(frame, [], seller) == ["keep"]
    assert standing_of(frame, [], buyer).code == "framework"


def test_the_database_refuses_to_give_more_than_a_framework_holds(pair):
    buyer, seller, offer = pair
    kinds.framework(buyer, seller, offer)

    with pytest.raises(IntegrityError), transaction.atomic():
        FrameworkLine.objects.update(called=1001)
    with pytest.raises(IntegrityError), transaction.atomic():
        FrameworkLine.objects.update(quantity=2000)
    FrameworkLine.objects.update(called=10)  # nobody called that
    assert [proof.name for proof in breaches()] == ["call-offs never exceed their framework"]


# ── group buys ──


def test_whoever_joins_owes_the_whole_sum_and_the_supplier_has_signed_already(pair):
    buyer, seller, offer = pair
    group = kinds.group(seller, offer)

    order, _buyer = kinds.joined(group, "600", paid=False, buyer=buyer)

    stage = Stage.objects.get(order=order)
    assert (order.kind, order.agreement, order.seller_signed_by) == ("group_buy", "agreed", seller.person_id)
    assert (stage.state, stage.amount_minor) == ("due", 24000)
    assert stage.due_at <= group.closes_at
    assert order.ship_by == (group.closes_at + timedelta(days=20)).date()


def test_only_what_is_held_counts(pair):
    _buyer, seller, offer = pair
    group = kinds.group(seller, offer)
    kinds.joined(group, "600")
    kinds.joined(group, "500", paid=False)

    progress = progress_of([group.pk])[group.pk]

    assert (progress.held, progress.buyers, progress.ordered) == (600, 1, 1100)


def test_below_the_threshold_everything_goes_back(pair):
    _buyer, seller, offer = pair
    group = kinds.group(seller, offer)
    paid, first = kinds.joined(group, "600")
    unpaid, _second = kinds.joined(group, "500", paid=False)

    let_pass(13)
    group.refresh_from_db()
    assert group.state == "open"
    let_pass(1.01)

    group.refresh_from_db()
    assert (group.state, group.counted) == ("missed", 600)
    assert [Order.objects.get(pk=each.pk).agreement for each in (paid, unpaid)] == ["called_off", "lapsed"]
    assert in_wallet(first.company_id) == 24000
    assert breaches() == []


def test_at_the_threshold_every_paid_order_goes_on_and_unpaid_ones_lapse(pair):
    _buyer, seller, offer = pair
    group = kinds.group(seller, offer)
    orders = [kinds.joined(group, "500")[0] for _n in range(2)]
    unpaid, _by = kinds.joined(group, "500", paid=False)
    sent = make.CONSIGNMENT | {"handed_over_on": now().date()}
    assert refusal(lambda: ship_order(orders[0].pk, sent, by=seller)) == "trade.group_open"
    assert refusal(lambda: call_off_order(orders[0].pk, "no", by=seller)) == "trade.group_open"

    close_group_buy(group.pk, by=seller)

    group.refresh_from_db()
    unpaid.refresh_from_db()
    assert (group.state, group.counted, unpaid.agreement) == ("reached", 1000, "lapsed")
    ship_order(orders[0].pk, sent, by=seller)
    assert Deadline.objects.filter(subject=orders[1].pk, kind="trade.ship", state="waiting").exists()
    assert breaches() == []
    with pytest.raises(AlreadyDone):
        close_group_buy(group.pk, by=seller)


def test_what_a_group_buy_refuses(pair):
    buyer, seller, offer = pair
    group = kinds.group(seller, offer, most=Decimal(1200))

    assert refusal(lambda: draft_join(group.pk, Decimal(99), by=buyer)) == "trade.quantity"
    assert refusal(lambda: draft_join(group.pk, Decimal(1201), by=buyer)) == "trade.group_full"
    assert refusal(lambda: draft_join(group.pk, Decimal(500), by=seller)) == "trade.own_offer"
    with pytest.raises(NotVisible):
        close_group_buy(group.pk, by=buyer)
    assert refusal(lambda: kinds.group(seller, offer)) == "trade.group_runs"
    with pytest.raises(NotVisible):
        kinds.group(buyer, offer)
    close_group_buy(group.pk, by=seller)
    assert refusal(lambda: join_group_buy(group.pk, Decimal(500), by=buyer)) == "trade.group_closed"
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE trade_groupbuy SET state = 'open'")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"threshold": Decimal("10.5")}, "threshold"),
        ({"least": Decimal(1001)}, "least"),
        ({"most": Decimal(999)}, "most"),
        ({"unit_price": Decimal(0)}, "unit_price"),
        ({"closes_at": datetime(2020, 1, 1, tzinfo=UTC)}, "closes_at"),
        ({"closes_at": datetime(2099, 1, 1, tzinfo=UTC)}, "closes_at"),
        ({"incoterm": "XXX"}, "incoterm"),
        ({"named_place": " "}, "named_place"),
    ],
)
def test_an_unclear_group_buy_is_refused_beside_its_field(pair, changes, field):
    _buyer, seller, offer = pair

    with pytest.raises(Refused) as caught:
        kinds.group(seller, offer, **changes)

    assert (caught.value.field, caught.value.status) == (field, 422)
