"""Claims by their verbs: what freezes, what is paid to the cent, what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from everfair.base.refused import NotVisible, Refused
from everfair.disputes import actions
from everfair.disputes.actions import Complaint
from everfair.disputes.models import Claim, Exhibit
from everfair.disputes.queries import exhibits_of, held_now, moves_of, rulings_of
from everfair.disputes.queries.split import split_of
from everfair.disputes.states import CLAIM
from everfair.trade.actions import Change, propose_amendment, receive_order, sign_amendment
from everfair.trade.models import Stage
from tests import make
from tests.disputes.claiming import (
    STATES,
    arbitrator,
    claimed,
    facts,
    judge,
    later,
    nothing_is_wrong,
    refused,
    usd,
)
from tests.disputes.inspecting import order_inspection

pytestmark = pytest.mark.django_db


def stage_states(case):
    return list(Stage.objects.filter(order=case.trade.order).order_by("n").values_list("state", flat=True))


def test_a_claim_freezes_what_is_held_in_the_same_instant():
    case = claimed()

    order = case.trade.fresh()
    assert (case.state, order.issue, stage_states(case)) == ("answering", "open", ["frozen", "frozen"])
    assert (case.claim.held_minor, case.claim.amount_minor) == (42000, 10000)
    with refused("trade.issue_open"):
        receive_order(order.pk, by=case.trade.buyer)
    assert case.wallets() == (0, 0)


def test_the_file_begins_with_the_goods_as_signed_and_the_tracking():
    case = claimed()

    leaves = exhibits_of(case.claim)
    assert [(leaf.n, leaf.kind, leaf.side) for leaf in leaves] == [
        (1, "opening", "buyer"), (2, "snapshot", "clock"), (3, "tracking", "clock"),
    ]  # fmt: skip
    assert leaves[1].body["terms_hash"] == case.trade.order.terms_hash
    assert leaves[2].body["number"] == "EGLV1234567"


def test_what_was_laid_down_can_neither_be_changed_nor_lost():
    case = claimed()

    for statement in ("UPDATE disputes_exhibit SET text = 'other'", "DELETE FROM disputes_exhibit"):
        with pytest.raises(DatabaseError, match=r"permission denied|append"), transaction.atomic():
            connection.cursor().execute(statement)
    assert Exhibit.objects.filter(claim=case.claim).count() == 3


def test_no_more_is_claimed_than_the_goods_are_worth_or_is_held():
    trade = make.trade("shipped")

    with refused("disputes.beyond_worth"):
        claimed("420.01", trade=trade)
    with refused("disputes.amount"):
        claimed("0.00", trade=trade)
    with refused("disputes.quantity"):
        actions.open_claim(trade.order.pk, [Complaint(1, "short", Decimal(1001))], "refund", usd("1.00"), "x", by=trade.buyer)
    with refused("disputes.lines"):
        actions.open_claim(trade.order.pk, [], "refund", usd("1.00"), "x", by=trade.buyer)
    with pytest.raises(NotVisible):
        actions.open_claim(trade.order.pk, [Complaint(2, "short")], "refund", usd("1.00"), "x", by=trade.buyer)
    assert (trade.fresh().issue, Claim.objects.count()) == ("none", 0)


def test_the_supplier_does_not_claim_and_a_stranger_sees_nothing():
    trade = make.trade("shipped")
    stranger = make.company()

    with refused("base.not_your_move"):
        actions.open_claim(trade.order.pk, [Complaint(1, "short")], "refund", usd("1.00"), "x", by=trade.seller)
    case = claimed(trade=trade)
    with pytest.raises(NotVisible):
        actions.answer_claim(case.claim.pk, "mine", by=make.actor(stranger))
    assert case.state == "answering"


def test_before_shipping_there_is_nothing_to_claim_and_one_claim_at_a_time():
    with refused("trade.not_shipped"):
        claimed(trade=make.trade("funded"))
    case = claimed()
    with refused("disputes.one_open"):
        claimed(trade=case.trade)


def test_after_the_payout_a_claim_freezes_nothing_and_moves_nothing():
    judge()
    case = claimed(trade=make.trade("completed"))

    assert (case.claim.held_minor, case.trade.fresh().issue) == (0, "none")
    actions.accept_offer(case.claim.pk, case.offer_of("buyer"), by=case.trade.seller)
    assert (case.state, case.claim.to_buyer_minor, case.wallets()) == ("settled", 10000, (0, 41160))
    assert nothing_is_wrong()


def test_the_time_to_claim_after_receipt_ends():
    trade = make.trade("completed")
    later(30)

    with refused("disputes.too_late"):
        claimed(trade=trade)


def test_accepting_what_the_buyer_wants_parts_the_money_to_the_cent():
    case = claimed("100.01")

    actions.accept_offer(case.claim.pk, case.offer_of("buyer"), by=case.trade.seller)

    # 319.99 to the seller over two stages, each less 2 %.
    assert (case.state, case.trade.fresh().agreement, case.trade.order.issue) == ("settled", "completed", "resolved")
    assert case.wallets() == (10001, 31359)
    assert stage_states(case) == ["released", "released"]
    assert facts(case) == ["ClaimOpened", "ClaimSettled"]
    assert nothing_is_wrong()


def test_a_lower_total_lets_first_go_what_is_not_paid_yet():
    """420.00 USD are held, a further payment of 42.00 is due, and then the total goes down to 378.00: of what is held 42.00 are too much."""
    trade = make.trade("shipped")
    for pieces in ("1100", "900"):
        change = Change(lines=[(1, Decimal(pieces), Decimal("0.42"))])
        made = propose_amendment(trade.order.pk, change, by=trade.buyer)
        sign_amendment(made.pk, made.terms_hash, by=trade.seller)
    case = claimed("378.00", trade=trade)

    assert held_now(case.claim.order) == usd("378.00")
    split = split_of(case.claim.order, usd("78.00"))
    assert split is not None
    assert (split.held, split.to_seller, split.fee) == (usd("378.00"), usd("294.00"), usd("6.00"))
    made = actions.offer_remedy(case.claim.pk, "refund", usd("78.00"), by=trade.seller)
    actions.accept_offer(case.claim.pk, made.pk, by=trade.buyer)

    assert case.wallets() == (4200 + 7800, 29400)
    assert nothing_is_wrong()


def test_a_counter_offer_replaces_ones_own_offer_only():
    case = claimed()
    actions.offer_remedy(case.claim.pk, "refund", usd("20.00"), by=case.trade.seller)
    former = case.offer_of("seller")
    actions.offer_remedy(case.claim.pk, "discount", usd("60.00"), by=case.trade.seller)

    with refused("disputes.other_offer"):
        actions.accept_offer(case.claim.pk, former, by=case.trade.buyer)
    with refused("disputes.other_offer"):
        actions.accept_offer(case.claim.pk, case.offer_of("seller"), by=case.trade.seller)
    actions.accept_offer(case.claim.pk, case.offer_of("seller"), by=case.trade.buyer)

    assert case.state == "settled"
    assert case.wallets() == (6000, 35280)


def test_nobody_offers_more_than_is_held():
    case = claimed()

    for amount in ("420.01", "0.00"):
        with pytest.raises(Refused):
            actions.offer_remedy(case.claim.pk, "refund", usd(amount), by=case.trade.seller)
    assert case.state == "answering"


def test_by_hand_from_the_fourth_day_by_itself_on_the_seventh():
    judge()
    case, silent = claimed(), claimed()

    later(2)
    with refused("disputes.too_early"):
        actions.escalate_claim(case.claim.pk, by=case.trade.buyer)
    later(1)
    actions.escalate_claim(case.claim.pk, by=case.trade.buyer)
    assert (case.state, silent.state) == ("arbitration", "answering")
    assert "ClaimUnanswered" in facts(silent)
    later(4)
    assert silent.state == "arbitration"


def test_withdrawing_thaws_and_the_contract_says_how_often():
    trade = make.trade("shipped")
    for _time in range(2):
        case = claimed(trade=trade)
        actions.withdraw_claim(case.claim.pk, by=trade.buyer)
        assert (case.state, trade.fresh().issue, stage_states(case)) == ("withdrawn", "none", ["funded", "funded"])
    with refused("trade.issue_withdrawn_too_often"):
        claimed(trade=trade)


def test_a_return_pays_when_the_goods_are_back():
    case = STATES["returned"]()

    assert case.wallets() == (0, 0)
    actions.take_back(case.claim.pk, by=case.trade.seller)

    assert (case.state, case.wallets()) == ("settled", (8000, 33320))
    assert nothing_is_wrong()


def test_a_supplier_silent_after_the_proof_of_return_pays_all_the_same():
    case = STATES["returned"]()

    later(15)

    assert (case.state, case.wallets()[0]) == ("settled", 8000)


def test_who_does_not_send_back_in_time_loses_the_claim():
    case = STATES["returning"]()

    later(10)

    assert (case.state, case.wallets()) == ("dropped", (0, 41160))
    assert nothing_is_wrong()


def test_a_replacement_pays_the_supplier_only_on_the_buyers_word():
    case = STATES["replaced"]()

    actions.take_replacement(case.claim.pk, by=case.trade.buyer)

    assert (case.state, case.wallets()) == ("settled", (8000, 33320))


def test_silence_after_a_replacement_leads_to_an_arbitrator_and_pays_nobody():
    case = STATES["replaced"]()

    later(45)

    assert (case.state, case.wallets()) == ("arbitration", (0, 0))


def test_the_database_keeps_stages_while_a_claim_is_open():
    """I8: whatever a program tries."""
    case = claimed()

    with pytest.raises(IntegrityError, match="open claim"), transaction.atomic():
        Stage.objects.filter(order=case.trade.order).update(state="refunded")


def test_a_claim_takes_over_what_silence_has_opened():
    trade = make.trade("shipped")
    later(45)
    assert trade.fresh().issue == "open"

    case = claimed(trade=trade)

    assert (case.state, case.claim.held_minor) == ("answering", 42000)


@pytest.mark.parametrize("state", sorted(STATES))
def test_buttons_say_what_the_table_says(state):
    case = STATES[state]()

    for by in (case.trade.buyer, case.trade.seller):
        claim = case.fresh()
        assert claim.state == state
        table = set(CLAIM.allowed(claim, by))
        assert set(moves_of(claim, by)) - {"evidence"} <= table


def attempts(case):
    claim, trade = case.claim.pk, case.trade
    seen = len(exhibits_of(case.claim))
    staff = case.judge() if case.fresh().arbitrator_id else arbitrator()
    offers = {
        side: case.offer_of(side) if side in ("buyer",) or case.claim.answered_at else case.offer_of("buyer")
        for side in ("buyer", "seller")
    }
    rulings = rulings_of(case.claim)
    return {
        "answer": lambda: actions.answer_claim(claim, "x", by=trade.seller),
        "offer": lambda: actions.offer_remedy(claim, "refund", usd("1.00"), by=trade.seller),
        "accept": lambda: actions.accept_offer(claim, offers["buyer"], by=trade.seller),
        "hand_over": lambda: actions.hand_over_return(claim, "DHL", "1", by=trade.buyer),
        "take_back": lambda: actions.take_back(claim, by=trade.seller),
        "send_again": lambda: actions.send_again(claim, "SF", "1", by=trade.seller),
        "take_replacement": lambda: actions.take_replacement(claim, by=trade.buyer),
        "withdraw": lambda: actions.withdraw_claim(claim, by=trade.buyer),
        "inspect": lambda: order_inspection(case),
        "rule": lambda: actions.rule_claim(claim, "not_proven", usd("1.00"), "x", seen=seen, by=staff),
        "confirm": lambda: actions.check_ruling(claim, rulings[-1].pk if rulings else claim, True, by=arbitrator()),
        "appeal": lambda: actions.appeal_ruling(claim, "x", by=trade.buyer),
        "waive": lambda: actions.waive_appeal(claim, by=trade.buyer),
    }


_ALLOWED = {
    "answering": {"answer", "offer", "accept", "withdraw", "inspect"},
    "talking": {"offer", "accept", "withdraw", "inspect"},
    "returning": {"hand_over", "withdraw"},
    "returned": {"take_back"},
    "replacing": {"send_again", "withdraw"},
    "replaced": {"take_replacement", "withdraw"},
    "arbitration": {"rule", "withdraw", "inspect"},
    "proposed": {"confirm", "withdraw"},
    "ruled": {"appeal", "waive"},
}


@pytest.mark.parametrize("state", sorted(STATES))
def test_every_verb_in_every_state(state):
    """All states × all verbs: what the table does not name is refused, and nothing moves."""
    case = STATES[state]()

    for verb, attempt in attempts(case).items():
        before = (case.state, case.wallets(), len(exhibits_of(case.claim)))
        mark = transaction.savepoint()
        try:
            attempt()
            done = True
        except Refused:
            done = False
        assert done == (verb in _ALLOWED.get(state, set())), (state, verb)
        if not done:
            assert (case.state, case.wallets(), len(exhibits_of(case.claim))) == before
        transaction.savepoint_rollback(mark)
