"""When the buyer says nothing (I7): a proven delivery pays after reminders that arrived, and nothing else does."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from everfair.base import clock
from everfair.base.deadlines import clear_deadline, deadlines_of, fire_due, reminders_of
from everfair.base.models import Deadline
from everfair.base.rows import insert
from everfair.companies.actions import place_stop
from everfair.companies.models import Person
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance
from everfair.ledger.values import wallet
from everfair.logistics.actions import hand_over, pack, record_proof
from everfair.logistics.actions.receipt import confirm_package_receipt
from everfair.logistics.models import ProofOfDelivery
from everfair.logistics.queries import consignments_of
from everfair.messaging.actions import open_thread, post_message, read_notices
from everfair.messaging.jobs import send_letters
from everfair.messaging.models import Notice
from everfair.messaging.values import TOPIC_OF
from everfair.trade.actions import (
    announce_confirmation,
    ask_extension,
    close_issue,
    open_issue,
    receive_order,
    resolve_issue,
    show_work,
)
from everfair.trade.models import Release, Stage
from everfair.trade.queries import stages_of, standing_of
from everfair.trade.queries.reminding import delivered_reminders, reminded_enough
from everfair.trade.queries.silence import Evidence, NoEvidence, outcome_of_silence
from tests import make
from tests.trade.test_plans import document, paid_by, photo, ship

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def prove_delivery(trade: make.Trade) -> ProofOfDelivery:
    """The operator has seen the carrier's paper: the shipper could not say it."""
    proof = None
    for consignment in consignments_of(trade.order.pk):
        if consignment.state != "delivered":
            proof = record_proof(consignment.pk, delivered_at=clock.now(), note="waybill seen", by=make.operator())
    assert proof is not None
    announce_confirmation(trade.order.pk)
    return proof


def shipped_and_delivered() -> make.Trade:
    trade = make.trade("shipped")
    clock.advance(10 * DAY)
    prove_delivery(trade)
    trade.fresh()
    return trade


def zero(trade: make.Trade) -> Any:
    return deadlines_of([trade.order.pk]).get((trade.order.pk, "trade.receive"))


def pass_time(trade: make.Trade, *, letters: bool = True) -> None:
    """Day by day, as a worker does, until the time to confirm is over."""
    while (until := zero(trade)) is not None:
        clock.advance(min(until - clock.now() + timedelta(seconds=1), 12 * HOUR))
        fire_due()
        if letters:
            while send_letters():
                pass


def in_wallet(actor: Any) -> int:
    return balance(wallet(actor.company_id, "USD"), "USD").posted.minor


def nothing_is_wrong() -> bool:
    return [proof for proof in prove() if proof.breach] == []


def test_a_silent_buyer_with_a_proven_delivery_and_reminders_pays_the_seller():
    trade = shipped_and_delivered()
    proof = ProofOfDelivery.objects.get()

    pass_time(trade)

    order = trade.fresh()
    assert (order.agreement, order.goods, order.issue, order.closed_by) == ("completed", "received", "none", "clock")
    assert [(release.delivery_id, release.acceptance_id) for release in Release.objects.all()] == [(proof.pk, None)] * 2
    assert (in_wallet(trade.seller), in_wallet(trade.buyer)) == (42000 - 252 - 588, 0)
    assert Notice.objects.filter(kind="order.reminder", company_id=order.buyer_id, mailed_at__isnull=False).count() >= 3
    assert nothing_is_wrong()


def test_a_reminder_is_never_switched_off():
    assert {"order.reminder", "order.confirm_by"} & set(TOPIC_OF) == set()


def test_nobody_is_paid_before_the_announced_moment():
    trade = shipped_and_delivered()
    until = trade.order.confirm_by

    clock.advance(until - clock.now() - timedelta(seconds=1))
    fire_due()

    assert zero(trade) == until
    assert Release.objects.count() == 0


def test_without_a_proof_an_operator_looks():
    trade = make.trade("shipped")

    pass_time(trade)

    order = trade.fresh()
    assert (order.issue, order.issue_reason) == ("open", "the buyer said nothing, and no delivery is proven")
    assert Release.objects.count() == 0


def test_without_delivered_reminders_an_operator_looks():
    trade = shipped_and_delivered()

    pass_time(trade, letters=False)

    assert trade.fresh().issue_reason == "the buyer said nothing, but not enough reminders were delivered"
    assert Release.objects.count() == 0


def test_a_reminder_that_was_seen_counts_as_delivered_and_two_are_not_enough():
    trade = shipped_and_delivered()
    [buyer] = {notice.person_id for notice in Notice.objects.filter(company_id=trade.order.buyer_id)} or {trade.buyer.person_id}
    counts = []
    for _reminder in reminders_of(trade.order.pk, "trade.receive"):
        waiting = [each for each in reminders_of(trade.order.pk, "trade.receive") if each.state == "waiting"]
        clock.advance(waiting[0].due_at - clock.now() + timedelta(seconds=1))
        fire_due()
        unseen = delivered_reminders(trade.order)
        read_notices(by=make.actor(trade.order.buyer, who=trade_person(buyer)))
        counts.append((unseen, delivered_reminders(trade.order), reminded_enough(trade.order)))

    assert counts == [(0, 1, False), (1, 2, False), (2, 3, True), (3, 4, True)]


def trade_person(person_id: Any) -> Any:
    return Person.objects.get(pk=person_id)


def test_reminders_of_an_earlier_generation_do_not_count():
    trade = make.trade("shipped")
    clock.advance(40 * DAY)
    fire_due()
    send_letters()
    before = delivered_reminders(trade.order)
    prove_delivery(trade)

    assert (before, delivered_reminders(trade.order)) == (1, 0)


def test_the_delivery_announces_never_less_than_the_days_after_it():
    trade = make.trade("shipped")
    first = zero(trade)
    clock.advance(first - clock.now() - DAY)
    prove_delivery(trade)

    order = trade.fresh()
    assert order.confirm_by == zero(trade)
    assert timedelta(days=7) - timedelta(minutes=1) < order.confirm_by - clock.now() <= timedelta(days=7)
    assert len([each for each in reminders_of(order.pk, "trade.receive") if each.state == "waiting"]) == 4


def test_an_early_delivery_leaves_the_time_of_the_way_of_transport():
    trade = make.trade("shipped")
    first = zero(trade)
    prove_delivery(trade)

    assert trade.fresh().confirm_by == first == zero(trade)


def test_announcing_twice_changes_nothing():
    trade = shipped_and_delivered()
    rows = Deadline.objects.count()

    again = announce_confirmation(trade.order.pk)

    assert (again, Deadline.objects.count()) == (False, rows)


def test_a_delivery_at_the_last_moment_is_announced_before_silence_counts():
    trade = make.trade("shipped")
    [consignment] = consignments_of(trade.order.pk)
    clock.advance(zero(trade) - clock.now() + timedelta(seconds=1))
    record_proof(consignment.pk, delivered_at=clock.now(), note="seen", by=make.operator())

    fire_due()  # the reaction has not run yet

    order = trade.fresh()
    assert (order.issue, order.agreement, order.goods) == ("none", "agreed", "shipped")
    assert order.confirm_by == zero(trade) > clock.now() + 6 * DAY


@pytest.mark.parametrize(
    ("why", "asks"),
    [
        ("the buyer wrote and got no answer", "message"),
        ("a request for more time was not answered", "extension"),
        ("the buyer received a package damaged", "damaged"),
    ],
)
def test_an_open_question_keeps_silence_from_paying(why, asks):
    trade = make.trade("shipped")
    [consignment] = consignments_of(trade.order.pk)
    if asks == "damaged":
        pack(consignment.pk, [{"marks": "1"}, {"marks": "2"}], by=trade.seller)
    clock.advance(10 * DAY)
    prove_delivery(trade)
    if asks == "damaged":
        confirm_package_receipt(consignment.pk, 1, condition="damaged", by=trade.buyer)
    if asks == "message":
        say(trade, trade.buyer)
    if asks == "extension":
        clock.advance(zero(trade) - clock.now() - HOUR)
        while fire_due():
            pass
        ask_extension(trade.order.pk, "receipt", 5, "the lab is slow", by=trade.buyer)

    pass_time(trade)

    assert (trade.fresh().issue, trade.order.issue_reason) == ("open", why)
    assert Release.objects.count() == 0


def say(trade: make.Trade, by: Any) -> None:
    order = trade.order
    thread = open_thread("order", order.pk, order.reference, [order.buyer_id, order.seller_id], by=by)
    post_message(thread.pk, "Please look at the third carton.", by=by)


def test_a_question_that_was_answered_is_not_open():
    trade = shipped_and_delivered()
    say(trade, trade.buyer)
    say(trade, trade.seller)

    pass_time(trade)

    assert trade.fresh().agreement == "completed"


def test_one_consignment_on_its_way_is_no_delivery():
    trade = make.trade("shipped")
    hand_over(
        subject=trade.order.pk, shipper_id=trade.order.seller_id, consignee_id=trade.order.buyer_id, by=trade.seller,
        **make.CONSIGNMENT | {"handed_over_on": clock.now().date(), "tracking_number": "SECOND"},
    )  # fmt: skip
    first = consignments_of(trade.order.pk)[0]
    record_proof(first.pk, delivered_at=clock.now(), note="seen", by=make.operator())

    announced = announce_confirmation(trade.order.pk)

    assert not announced
    assert outcome_of_silence(trade.fresh()) == NoEvidence("the buyer said nothing, and no delivery is proven")


def test_a_stop_on_release_sends_it_to_the_operator():
    trade = shipped_and_delivered()
    place_stop(trade.order.seller_id, "release", "checks", by=make.operator())

    pass_time(trade)

    assert trade.fresh().issue_reason == "the buyer said nothing, and a stop keeps the payment back"
    assert Release.objects.count() == 0


def test_a_contract_from_before_the_rule_never_pays_by_silence():
    trade = make.trade("shipped")
    order = trade.order
    order.rules = {name: value for name, value in order.rules.items() if name != "trade.receive_after_delivery_days"}
    [consignment] = consignments_of(order.pk)
    record_proof(consignment.pk, delivered_at=clock.now(), note="seen", by=make.operator())

    assert outcome_of_silence(order) == NoEvidence("the buyer neither confirmed nor complained in time")


def test_a_withdrawn_issue_announces_what_had_arrived():
    trade = make.trade("shipped")
    open_issue(trade.order.pk, "where is it", by=trade.buyer)
    [consignment] = consignments_of(trade.order.pk)
    record_proof(consignment.pk, delivered_at=clock.now(), note="seen", by=make.operator())
    frozen = announce_confirmation(trade.order.pk)

    close_issue(trade.order.pk, by=trade.buyer)

    assert not frozen
    assert trade.fresh().confirm_by == zero(trade)
    pass_time(trade)
    assert trade.fresh().agreement == "completed"


def test_a_part_due_after_acceptance_falls_due_and_is_paid_out_on_the_same_delivery():
    trade = paid_by("retention")
    make.pay(trade.stage(1), trade.buyer)
    make.pay(trade.stage(2), trade.buyer)
    ship(trade)
    prove_delivery(trade)
    pass_time(trade)
    waiting = trade.fresh().agreement
    make.pay(trade.stage(3), trade.buyer)
    clock.advance(timedelta(seconds=1))
    fire_due()

    assert (waiting, trade.fresh().agreement) == ("agreed", "completed")
    assert Release.objects.filter(delivery__isnull=False).count() == 3
    assert nothing_is_wrong()


def test_at_the_announced_moment_the_evidence_is_the_delivery():
    trade = shipped_and_delivered()
    pass_until_last_day(trade)

    assert outcome_of_silence(trade.fresh()) == Evidence("delivery", ProofOfDelivery.objects.get().pk)


def test_held_money_that_ends_otherwise_is_not_paid_by_silence():
    """The deposit of goods made to order ends when production was confirmed, and nobody has."""
    trade = paid_by("made_to_order")
    make.pay(trade.stage(1), trade.buyer)
    show_work(trade.order.pk, "production_photo", photo(trade), "", by=trade.seller)
    make.pay(trade.stage(2), trade.buyer)
    ship(trade)
    show_work(trade.order.pk, "shipping_document", document(trade), "", by=trade.seller)
    make.pay(trade.stage(3), trade.buyer)
    prove_delivery(trade)
    clear_deadline("trade.confirm", trade.order.pk)  # the buyer's look at the production was asked and not given

    pass_time(trade)

    assert trade.fresh().issue_reason == "the buyer said nothing, and a part of the order waits for something else"
    assert Release.objects.count() == 0


def pass_until_last_day(trade: make.Trade) -> None:
    while zero(trade) - clock.now() > HOUR:
        clock.advance(min(12 * HOUR, zero(trade) - clock.now() - HOUR + timedelta(seconds=1)))
        fire_due()
        send_letters()
    clock.advance(2 * HOUR)


def release_by_hand(stage: Stage, proof: ProofOfDelivery) -> None:
    with transaction.atomic():
        insert(Release(stage=stage, delivery=proof))
        Stage.objects.filter(pk=stage.pk).update(state="released")


def test_the_database_refuses_a_delivery_before_the_announced_moment():
    trade = shipped_and_delivered()
    proof = ProofOfDelivery.objects.get()

    with pytest.raises(DatabaseError, match="paid out on evidence"):
        release_by_hand(trade.stage(1), proof)


def test_the_database_refuses_another_orders_delivery():
    trade, other = make.trade("shipped"), shipped_and_delivered()
    proof = ProofOfDelivery.objects.get()
    clock.advance(other.order.confirm_by - clock.now() + DAY)

    with pytest.raises(DatabaseError, match="paid out on evidence"):
        release_by_hand(trade.stage(1), proof)


def test_a_buyer_who_speaks_in_time_decides():
    trade = shipped_and_delivered()

    receive_order(trade.order.pk, by=trade.buyer)

    assert Release.objects.filter(acceptance__isnull=False).count() == 2
    assert zero(trade) is None


def test_the_page_says_what_silence_will_mean():
    trade = make.trade("shipped")
    before = standing_of(trade.order, stages_of(trade.order), trade.buyer)
    prove_delivery(trade)
    after = standing_of(trade.fresh(), stages_of(trade.order), trade.buyer)

    assert "never pays" in str(before.at_zero)
    assert after.code == "delivered"
    assert "the seller is paid" in str(after.at_zero)
    assert after.until == trade.order.confirm_by


def test_what_is_paid_while_the_operator_looks_can_be_decided_too():
    trade = make.trade("deposit")
    make.pass_deadline(trade, "trade.balance")
    fire_due()
    assert trade.fresh().issue == "open"
    make.pay(trade.stage(2), trade.buyer)

    resolve_issue(trade.order.pk, Decimal("0.25"), "the goods were ready", by=make.operator())

    assert [(stage.n, stage.state) for stage in stages_of(trade.order)] == [(1, "released"), (2, "released")]
    assert in_wallet(trade.buyer) == 10500
    assert [proof for proof in prove() if proof.breach] == []
