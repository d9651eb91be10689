"""New terms for a signed contract: signed by both over the same hash, or the former ones go on holding."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from everfair.base.clock import advance, now
from everfair.base.deadlines import deadlines_of, fire_due
from everfair.base.refused import NotVisible, Refused
from everfair.companies.actions import place_stop
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance
from everfair.ledger.values import wallet
from everfair.trade.actions import (
    Change,
    call_off_order,
    cancel_order,
    open_issue,
    open_silent_case,
    propose_amendment,
    receive_order,
    refuse_amendment,
    resolve_issue,
    ship_order,
    sign_amendment,
    take_back_amendment,
)
from everfair.trade.models import Amendment, Credit, Order, Stage
from everfair.trade.queries import credit_left, moves_of, stages_of, standing_of
from everfair.trade.queries.papers import contract_terms
from everfair.trade.values import terms_hash
from tests import make

pytestmark = pytest.mark.django_db


def lines(quantity: str, price: str = "0.42") -> Change:
    return Change(lines=[(1, Decimal(quantity), Decimal(price))])


def amended(trade: make.Trade, change: Change, *, by: str = "buyer") -> Order:
    """Proposed by one side, signed by the other."""
    first, other = (trade.buyer, trade.seller) if by == "buyer" else (trade.seller, trade.buyer)
    made = propose_amendment(trade.order.pk, change, by=first)
    sign_amendment(made.pk, made.terms_hash, by=other)
    return trade.fresh()


def ship(trade: make.Trade) -> None:
    ship_order(trade.order.pk, make.CONSIGNMENT | {"handed_over_on": now().date()}, by=trade.seller)


def states(trade: make.Trade) -> list[tuple[str, str]]:
    return [(stage.name, stage.state) for stage in stages_of(trade.fresh())]


def in_wallet(trade: make.Trade, side: str) -> int:
    return balance(wallet(getattr(trade, side).company_id, "USD"), "USD").posted.minor


def nothing_is_wrong() -> bool:
    return [proof for proof in prove() if proof.breach] == []


def test_nothing_changes_until_the_other_side_has_signed():
    trade = make.trade("deposit")
    former = trade.order.terms_hash
    made = propose_amendment(trade.order.pk, lines("1200"), "Two hundred more", by=trade.buyer)
    assert (trade.fresh().terms_hash, trade.order.terms_version, trade.order.total_minor) == (former, 1, 42000)

    sign_amendment(made.pk, made.terms_hash, by=trade.seller)

    order = trade.fresh()
    assert (order.terms_version, order.total_minor, order.terms_hash) == (2, 50400, made.terms_hash)
    assert terms_hash(order.terms) == order.terms_hash
    assert order.terms["amendment"] == {"version": 2, "of": former}
    assert order.terms["lines"][0]["quantity"] == "1200"
    assert (order.buyer_signed_by, order.seller_signed_by) == (trade.buyer.person_id, trade.seller.person_id)
    assert deadlines_of([made.pk]) == {}


def test_a_higher_total_is_a_further_payment_before_shipping():
    trade = make.trade("funded")
    amended(trade, lines("1200"))
    assert states(trade) == [("deposit", "funded"), ("balance", "funded"), ("top_up", "due")]
    assert standing_of(trade.order, stages_of(trade.order), trade.buyer).code == "top_up"
    with pytest.raises(Refused, match=r"trade\.not_funded"):
        ship(trade)

    make.pay(trade.stage(3), trade.buyer)
    ship(trade)
    receive_order(trade.order.pk, by=trade.buyer)

    assert in_wallet(trade, "seller") == 50400 - 252 - 588 - 168
    assert nothing_is_wrong()


def test_a_higher_total_before_the_balance_waits_for_it():
    trade = make.trade("deposit")
    amended(trade, lines("1200"))
    assert states(trade) == [("deposit", "funded"), ("balance", "due"), ("top_up", "planned")]
    make.pay(trade.stage(2), trade.buyer)
    assert states(trade)[2] == ("top_up", "due")
    make.pay(trade.stage(3), trade.buyer)
    ship(trade)
    receive_order(trade.order.pk, by=trade.buyer)
    assert trade.fresh().agreement == "completed"
    assert nothing_is_wrong()


def test_a_higher_total_after_shipping_is_due_at_once_and_before_acceptance():
    trade = make.trade("shipped")
    amended(trade, lines("1010"), by="seller")
    assert states(trade)[2] == ("top_up", "due")
    with pytest.raises(Refused, match=r"trade\.not_paid"):
        receive_order(trade.order.pk, by=trade.buyer)
    make.pay(trade.stage(3), trade.buyer)
    receive_order(trade.order.pk, by=trade.buyer)
    assert trade.fresh().agreement == "completed"
    assert nothing_is_wrong()


def test_a_lower_total_goes_back_to_the_buyer_when_the_goods_are_settled():
    trade = make.trade("funded")
    amended(trade, lines("900"))
    assert Credit.objects.get(order=trade.order).amount_minor == 4200
    assert credit_left(trade.order).minor == 4200
    ship(trade)
    receive_order(trade.order.pk, by=trade.buyer)

    assert in_wallet(trade, "buyer") == 4200
    assert in_wallet(trade, "seller") == 12600 - 252 + 25200 - 504
    assert credit_left(trade.order).minor == 0
    assert nothing_is_wrong()


def test_a_credit_larger_than_the_last_part_takes_the_rest_from_the_one_before():
    trade = make.trade("funded")
    amended(trade, lines("100"))
    assert Credit.objects.get().amount_minor == 37800
    ship(trade)
    receive_order(trade.order.pk, by=trade.buyer)

    assert states(trade) == [("deposit", "released"), ("balance", "refunded")]
    assert in_wallet(trade, "buyer") == 37800
    assert in_wallet(trade, "seller") == 4200 - 84
    assert nothing_is_wrong()


@pytest.mark.parametrize(
    ("buyer_share", "buyer", "seller"), [("0", 4200, 37800 - 756), ("1", 42000, 0), ("0.5", 23100, 18900 - 378)]
)
def test_a_ruling_parts_what_the_credit_left(buyer_share, buyer, seller):
    trade = make.trade("funded")
    amended(trade, lines("900"))
    ship(trade)
    open_issue(trade.order.pk, "Half is rust", by=trade.buyer)
    resolve_issue(trade.order.pk, Decimal(buyer_share), "Seen.", by=make.operator())

    assert (in_wallet(trade, "buyer"), in_wallet(trade, "seller")) == (buyer, seller)
    assert nothing_is_wrong()


@pytest.mark.parametrize(
    ("pieces", "buyer_share", "buyer", "seller"),
    [("500", "0", 0, 12600 - 252), ("500", "0.5", 6300, 6300 - 126), ("100", "0", 8400, 4200 - 84), ("100", "1", 12600, 0)],
)
def test_a_lower_total_lets_first_go_what_is_not_paid_yet(pieces, buyer_share, buyer, seller):
    """30 % are held and the rest is not paid: what the buyer saves is above all what need not be paid any more."""
    trade = make.trade("deposit")
    amended(trade, lines(pieces))
    open_silent_case(trade.order.pk, "The balance did not come")
    resolve_issue(trade.order.pk, Decimal(buyer_share), "Seen.", by=make.operator())

    assert (in_wallet(trade, "buyer"), in_wallet(trade, "seller")) == (buyer, seller)
    assert credit_left(trade.fresh()).minor == 0
    assert nothing_is_wrong()


def test_called_off_after_an_amendment_everything_held_goes_back():
    trade = make.trade("funded")
    amended(trade, lines("900"))
    call_off_order(trade.order.pk, "No steel", by=trade.seller)
    assert in_wallet(trade, "buyer") == 42000
    assert nothing_is_wrong()


def test_two_amendments_one_after_the_other():
    trade = make.trade("funded")
    amended(trade, lines("900"))
    amended(trade, lines("950"), by="seller")
    assert (trade.order.terms_version, trade.order.total_minor) == (3, 39900)
    assert states(trade)[2] == ("top_up", "due")
    make.pay(trade.stage(3), trade.buyer)
    ship(trade)
    receive_order(trade.order.pk, by=trade.buyer)
    assert in_wallet(trade, "buyer") == 4200
    assert nothing_is_wrong()


def test_the_day_of_shipping_and_the_papers_follow_the_new_terms():
    trade = make.trade("funded")
    later = trade.order.ship_by + timedelta(days=20)
    amended(trade, Change(ship_by=later, named_place="Shanghai", remarks="Wooden cases"))

    order = trade.fresh()
    assert (order.ship_by, order.named_place, order.remarks) == (later, "Shanghai", "Wooden cases")
    paper = contract_terms(order, "en")
    assert (paper.ship_by, paper.named_place, paper.terms_hash) == (later.isoformat(), "Shanghai", order.terms_hash)
    assert [s.name for s in stages_of(order)] == ["deposit", "balance"]


@pytest.mark.parametrize("end", ["refuse", "take_back", "lapse"])
def test_the_former_terms_go_on_holding(end):
    trade = make.trade("funded")
    made = propose_amendment(trade.order.pk, lines("900"), by=trade.buyer)
    if end == "refuse":
        refuse_amendment(made.pk, "Too late", by=trade.seller)
    elif end == "take_back":
        take_back_amendment(made.pk, by=trade.buyer)
    else:
        advance(deadlines_of([made.pk])[made.pk, "trade.amend"] - now() + timedelta(seconds=1))
        fire_due()

    made.refresh_from_db()
    assert made.state == {"refuse": "refused", "take_back": "taken_back", "lapse": "lapsed"}[end]
    assert (trade.fresh().terms_version, trade.order.total_minor) == (1, 42000)
    assert propose_amendment(trade.order.pk, lines("950"), by=trade.seller).version == 2
    with pytest.raises(Refused):
        sign_amendment(made.pk, made.terms_hash, by=trade.seller)


def test_only_the_other_side_signs_and_only_what_it_saw():
    """B83."""
    trade, stranger = make.trade("funded"), make.actor(make.company())
    made = propose_amendment(trade.order.pk, lines("900"), by=trade.buyer)

    with pytest.raises(Refused, match=r"base\.not_your_move"):
        sign_amendment(made.pk, made.terms_hash, by=trade.buyer)
    with pytest.raises(Refused, match=r"trade\.other_terms"):
        sign_amendment(made.pk, "0" * 64, by=trade.seller)
    with pytest.raises(Refused, match=r"base\.not_your_move"):
        take_back_amendment(made.pk, by=trade.seller)
    with pytest.raises(Refused, match=r"base\.not_your_move"):
        refuse_amendment(made.pk, "no", by=trade.buyer)
    for verb in (
        lambda: sign_amendment(made.pk, made.terms_hash, by=stranger),
        lambda: refuse_amendment(made.pk, "no", by=stranger),
        lambda: take_back_amendment(made.pk, by=stranger),
        lambda: propose_amendment(trade.order.pk, lines("800"), by=stranger),
    ):
        with pytest.raises(NotVisible):
            verb()
    assert trade.fresh().terms_version == 1


@pytest.mark.parametrize(
    "change",
    [
        Change(),
        lines("1000"),
        lines("0"),
        lines("-5"),
        lines("0.5"),
        lines("NaN"),
        lines("1000", "0"),
        lines("1000", "0.0000001"),
        lines("1000", "Infinity"),
        Change(lines=[(9, Decimal(1), Decimal(1))]),
        Change(incoterm="FAX"),
        Change(ship_by=now),
    ],
)
def test_terms_that_make_no_sense_are_refused(change):
    trade = make.trade("funded")
    if callable(change.ship_by):
        change = Change(ship_by=now().date() - timedelta(days=1))

    with pytest.raises(Refused) as refused:
        propose_amendment(trade.order.pk, change, by=trade.buyer)

    assert refused.value.status == 422
    assert not Amendment.objects.exists()


@pytest.mark.parametrize("state", ["offered", "completed"])
def test_only_a_running_order_is_amended(state):
    trade = make.trade(state)
    with pytest.raises(Refused):
        propose_amendment(trade.order.pk, lines("900"), by=trade.buyer)
    assert "amend" not in moves_of(trade.order, stages_of(trade.order), trade.buyer)


def test_one_proposal_at_a_time_and_none_during_an_issue():
    trade = make.trade("shipped")
    made = propose_amendment(trade.order.pk, lines("900"), by=trade.buyer)
    with pytest.raises(Refused, match=r"trade\.amendment_open"):
        propose_amendment(trade.order.pk, lines("800"), by=trade.seller)
    open_issue(trade.order.pk, "Nothing came", by=trade.buyer)
    made.refresh_from_db()
    assert made.state == "lapsed"
    with pytest.raises(Refused, match=r"trade\.issue_open"):
        propose_amendment(trade.order.pk, lines("800"), by=trade.seller)


def test_a_cancelled_order_ends_its_proposal():
    trade = make.trade("agreed")
    made = propose_amendment(trade.order.pk, lines("900"), by=trade.buyer)
    cancel_order(trade.order.pk, "No need", by=trade.buyer)
    made.refresh_from_db()
    assert made.state == "lapsed"
    assert deadlines_of([made.pk]) == {}


def test_a_stop_on_deposits_stops_new_terms():
    """I17."""
    trade = make.trade("funded")
    made = propose_amendment(trade.order.pk, lines("1200"), by=trade.buyer)
    place_stop(trade.seller.company_id, "deposit", "looked at", by=make.operator())
    with pytest.raises(Refused, match=r"companies\.stopped"):
        sign_amendment(made.pk, made.terms_hash, by=trade.seller)


def test_no_credit_is_larger_than_what_has_not_been_paid_out():
    from everfair.trade.actions import confirm_work, show_work
    from tests.trade.test_plans import paid_by, photo

    trade = paid_by("made_to_order")
    make.pay(trade.stage(1), trade.buyer)
    show_work(trade.order.pk, "production_photo", photo(trade), "", by=trade.seller)
    confirm_work(trade.order.pk, 1, by=trade.buyer)
    with pytest.raises(Refused, match=r"trade\.too_low"):
        propose_amendment(trade.order.pk, lines("299"), by=trade.buyer)
    assert propose_amendment(trade.order.pk, lines("300"), by=trade.buyer).total_minor == 12600


def test_the_database_takes_no_terms_that_nobody_signed():
    """I18."""
    trade = make.trade("funded")
    made = propose_amendment(trade.order.pk, lines("900"), by=trade.buyer)

    with pytest.raises(DatabaseError, match="signed terms never change"), transaction.atomic():
        Order.objects.filter(pk=trade.order.pk).update(total_minor=1)
    with pytest.raises(DatabaseError, match="signed terms never change"), transaction.atomic():
        Order.objects.filter(pk=trade.order.pk).update(
            terms=made.document, terms_hash=made.terms_hash, total_minor=made.total_minor, terms_version=2
        )
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Amendment.objects.filter(pk=made.pk).update(total_minor=1)
    assert Stage.objects.filter(order=trade.order).count() == 2
