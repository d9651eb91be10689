"""How a contract is paid: each plan of the market, walked from signature to settlement."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction

from everfair.base.clock import advance
from everfair.base.deadlines import deadlines_of, fire_due
from everfair.base.ids import new_id
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.companies.actions import lift_stop, place_stop
from everfair.files.actions import keep_attachment
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance
from everfair.ledger.values import wallet
from everfair.markets.plans import PLANS, PaymentPlan, PlannedStage
from everfair.markets.table import MARKETS
from everfair.trade.actions import (
    cancel_order,
    confirm_work,
    draft_order,
    open_issue,
    place_order,
    receive_order,
    resolve_issue,
    send_work_back,
    ship_order,
    show_work,
    sign_order,
)
from everfair.trade.models import Acceptance, Release, Shown, Stage
from everfair.trade.queries import moves_of, stages_of, standing_of
from tests import make
from tests.files.uploads import pdf, picture

pytestmark = pytest.mark.django_db


def paid_by(plan: str, total: str = "1000") -> make.Trade:
    """A contract under this plan, signed by both."""
    seller, buyer = make.company(), make.company()
    goods = make.offer(seller)
    made = make.Trade(None, make.actor(buyer, who=make.member(buyer)), make.actor(seller, who=make.member(seller)))
    terms = draft_order([(goods.pk, make.Decimal(total))], incoterm="FOB", named_place="Ningbo", payment_plan=plan, by=made.buyer)
    made.order = place_order(terms, by=made.buyer)
    sign_order(made.order.pk, made.order.terms_hash, by=made.seller)
    return made


def photo(trade: make.Trade) -> list:
    """A picture that the seller has uploaded."""
    return [keep_attachment(ContentFile(picture(), "line.jpg"), trade.seller.company_id, by=trade.seller).pk]


def document(trade: make.Trade) -> list:
    return [keep_attachment(ContentFile(pdf(), "bill-of-lading.pdf"), trade.seller.company_id, by=trade.seller).pk]


def ship(trade: make.Trade) -> None:
    ship_order(trade.order.pk, make.CONSIGNMENT | {"handed_over_on": make.now().date()}, by=trade.seller)


def states(trade: make.Trade) -> list[str]:
    return [stage.state for stage in stages_of(trade.fresh())]


def code(trade: make.Trade, side: str = "buyer") -> str:
    found = trade.fresh()
    return standing_of(found, stages_of(found), getattr(trade, side)).code


def may(trade: make.Trade, side: str) -> set[str]:
    found = trade.fresh()
    return set(moves_of(found, stages_of(found), getattr(trade, side)))


def in_wallet(trade: make.Trade, side: str) -> int:
    return balance(wallet(getattr(trade, side).company_id, "USD"), "USD").posted.minor


def nothing_is_wrong() -> bool:
    return [proof for proof in prove() if proof.breach] == []


def test_every_plan_of_every_market_exists():
    for market in MARKETS.values():
        assert market.payment_plans
        assert set(market.payment_plans) <= set(PLANS)


@pytest.mark.parametrize(
    "stages",
    [
        (PlannedStage("full", make.Decimal("0.9"), "signature"),),
        (PlannedStage("full", make.Decimal(1), "acceptance"),),
        (PlannedStage("full", make.Decimal(1), "moonrise"),),
        (PlannedStage("deposit", None, "signature", "whim"), PlannedStage("balance", make.Decimal(1), "former_held")),
        (
            PlannedStage("deposit", None, "signature"),
            PlannedStage("balance", make.Decimal("0.5"), "acceptance"),
            PlannedStage("balance", make.Decimal(1), "former_held"),
        ),
    ],
)
def test_a_plan_that_makes_no_sense_does_not_load(stages):
    with pytest.raises(ValueError, match="plan odd"):
        PaymentPlan("odd", stages)


def test_another_market_or_nobodys_plan_is_refused():
    seller, buyer = make.company(), make.company()
    goods = make.offer(seller)

    with pytest.raises(Refused) as refused:
        draft_order(
            [(goods.pk, make.Decimal(1000))], incoterm="FOB", named_place="Ningbo", payment_plan="later", by=make.actor(buyer)
        )

    assert (refused.value.field, refused.value.status) == ("payment_plan", 422)


def test_everything_in_advance():
    trade = paid_by("prepaid")
    assert states(trade) == ["due"]
    make.pay(trade.stage(1), trade.buyer)
    ship(trade)
    receive_order(trade.order.pk, by=trade.buyer)

    assert states(trade) == ["released"]
    assert trade.fresh().agreement == "completed"
    assert in_wallet(trade, "seller") == 42000 - 840
    assert nothing_is_wrong()


def test_the_balance_against_documents_is_paid_after_shipping():
    trade = paid_by("against_documents")
    make.pay(trade.stage(1), trade.buyer)
    assert states(trade) == ["funded", "planned"]
    assert code(trade) == "funded"
    assert "show" not in may(trade, "seller")

    ship(trade)
    assert code(trade, "seller") == "show"
    assert "receive" not in may(trade, "buyer")
    with pytest.raises(Refused, match=r"trade\.not_paid"):
        receive_order(trade.order.pk, by=trade.buyer)

    show_work(trade.order.pk, "shipping_document", document(trade), "Copy, not negotiable", by=trade.seller)
    assert states(trade) == ["funded", "due"]
    assert code(trade) == "documents"
    assert "pay" in may(trade, "buyer")

    make.pay(trade.stage(2), trade.buyer)
    assert code(trade) == "shipped"
    receive_order(trade.order.pk, by=trade.buyer)
    assert states(trade) == ["released", "released"]
    assert in_wallet(trade, "seller") == 42000 - 252 - 588
    assert nothing_is_wrong()


def test_made_to_order_pays_the_deposit_out_when_production_was_seen():
    trade = paid_by("made_to_order")
    order = trade.order
    assert "show" not in may(trade, "seller")  # nothing is held yet
    make.pay(trade.stage(1), trade.buyer)
    assert states(trade) == ["funded", "planned", "planned"]
    assert code(trade, "seller") == "show"
    with pytest.raises(Refused, match=r"trade\.not_funded"):
        ship(trade)

    show_work(order.pk, "production_photo", photo(trade), "", by=trade.seller)
    assert states(trade) == ["funded", "due", "planned"]
    assert may(trade, "buyer") >= {"pay", "confirm", "send_back"}

    send_work_back(order.pk, 1, "Too dark to see anything", by=trade.buyer)
    assert trade.stage(1).work == "open"
    show_work(order.pk, "production_photo", photo(trade), "Brighter", by=trade.seller)
    confirm_work(order.pk, 1, by=trade.buyer)
    assert states(trade) == ["released", "due", "planned"]
    assert in_wallet(trade, "seller") == 12600 - 252
    release = Release.objects.get(stage=trade.stage(1))
    assert release.acceptance.stage_id == trade.stage(1).pk
    assert release.decision is None

    make.pay(trade.stage(2), trade.buyer)
    ship(trade)
    show_work(order.pk, "shipping_document", document(trade), "", by=trade.seller)
    make.pay(trade.stage(3), trade.buyer)
    receive_order(order.pk, by=trade.buyer)
    assert states(trade) == ["released", "released", "released"]
    assert in_wallet(trade, "seller") == 42000 - 252 - 336 - 252
    assert nothing_is_wrong()


def test_a_tenth_is_paid_after_acceptance_and_paid_out_by_itself():
    trade = paid_by("retention")
    make.pay(trade.stage(1), trade.buyer)
    make.pay(trade.stage(2), trade.buyer)
    ship(trade)
    receive_order(trade.order.pk, by=trade.buyer)
    assert states(trade) == ["released", "released", "due"]
    assert (trade.fresh().agreement, trade.order.goods, code(trade)) == ("agreed", "received", "last")

    make.pay(trade.stage(3), trade.buyer)
    assert states(trade)[2] == "funded"
    fire_due()

    assert states(trade) == ["released"] * 3
    assert trade.fresh().agreement == "completed"
    assert Acceptance.objects.filter(order=trade.order).count() == 1
    assert deadlines_of([trade.order.pk]) == {}
    assert nothing_is_wrong()


def test_a_stop_lets_the_last_part_wait_and_then_it_is_paid_out():
    """I17."""
    trade = paid_by("retention")
    make.pay(trade.stage(1), trade.buyer)
    make.pay(trade.stage(2), trade.buyer)
    ship(trade)
    receive_order(trade.order.pk, by=trade.buyer)
    stop = place_stop(trade.seller.company_id, "release", "papers are being looked at", by=make.operator())
    make.pay(trade.stage(3), trade.buyer)
    fire_due()
    assert states(trade)[2] == "funded"

    lift_stop(stop.pk, "they are right", by=make.operator())
    advance(timedelta(days=1, minutes=1))
    fire_due()
    assert states(trade)[2] == "released"
    assert trade.fresh().agreement == "completed"


@pytest.mark.parametrize(
    ("plan", "at", "zero"),
    [("against_documents", 2, "trade.balance"), ("made_to_order", 2, "trade.balance"), ("retention", 3, "trade.balance")],
)
def test_who_does_not_pay_a_later_part_meets_the_operator(plan, at, zero):
    trade = paid_by(plan)
    for n in range(1, at):
        make.pay(trade.stage(n), trade.buyer)
        if plan == "made_to_order":
            show_work(trade.order.pk, "production_photo", photo(trade), "", by=trade.seller)
    if plan != "made_to_order":
        ship(trade)
    if plan == "against_documents":
        show_work(trade.order.pk, "shipping_document", document(trade), "", by=trade.seller)
    if plan == "retention":
        receive_order(trade.order.pk, by=trade.buyer)
    due = deadlines_of([trade.order.pk])[trade.order.pk, zero]

    advance(due - make.now() + timedelta(seconds=1))
    fire_due()

    assert trade.fresh().issue == "open"
    resolve_issue(trade.order.pk, make.Decimal(0), "The buyer is silent.", by=make.operator())
    assert trade.fresh().agreement == "completed"
    assert set(states(trade)) <= {"released", "void"}
    assert nothing_is_wrong()


def test_silence_about_what_was_shown_never_pays():
    """I7."""
    trade = paid_by("made_to_order")
    make.pay(trade.stage(1), trade.buyer)
    show_work(trade.order.pk, "production_photo", photo(trade), "", by=trade.seller)
    due = deadlines_of([trade.order.pk])[trade.order.pk, "trade.confirm"]

    advance(due - make.now() + timedelta(seconds=1))
    fire_due()

    assert trade.fresh().issue == "open"
    assert trade.stage(1).state == "frozen"
    assert in_wallet(trade, "seller") == 0
    with pytest.raises(Refused):
        confirm_work(trade.order.pk, 1, by=trade.buyer)


def test_no_stage_is_paid_out_without_evidence_even_by_the_databases_own_door():
    """I7: the guard stands in the database."""
    trade = make.trade("funded")

    with pytest.raises(DatabaseError, match="paid out on evidence"), transaction.atomic():
        Stage.objects.filter(pk=trade.stage(1).pk).update(state="released")

    other = make.trade("completed")
    foreign = Acceptance.objects.get(order=other.order)
    Release.objects.create(stage=trade.stage(1), acceptance=foreign)
    with pytest.raises(DatabaseError, match="paid out on evidence"), transaction.atomic():
        Stage.objects.filter(pk=trade.stage(1).pk).update(state="released")


def test_evidence_names_exactly_one_reason_and_never_changes():
    trade = make.trade("completed")
    release = Release.objects.get(stage=trade.stage(1))

    with pytest.raises(DatabaseError, match="one_evidence"), transaction.atomic():
        Release.objects.create(stage=make.trade("funded").stage(1))
    with pytest.raises(DatabaseError), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(acceptance=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        Acceptance.objects.filter(pk=release.acceptance_id).delete()


def test_an_ended_stage_stays_ended():
    trade = make.trade("completed")

    with pytest.raises(DatabaseError, match="stays ended"), transaction.atomic():
        Stage.objects.filter(pk=trade.stage(1).pk).update(state="funded")


def test_only_the_seller_shows_and_only_the_buyer_confirms():
    trade = paid_by("made_to_order")
    make.pay(trade.stage(1), trade.buyer)
    files, stranger = photo(trade), make.actor(make.company())

    with pytest.raises(NotVisible):
        show_work(trade.order.pk, "production_photo", files, "", by=stranger)
    with pytest.raises(Refused, match=r"base\.not_your_move"):
        show_work(trade.order.pk, "production_photo", files, "", by=trade.buyer)
    show_work(trade.order.pk, "production_photo", files, "", by=trade.seller)
    with pytest.raises(NotVisible):
        confirm_work(trade.order.pk, 1, by=stranger)
    with pytest.raises(Refused, match=r"base\.not_your_move"):
        confirm_work(trade.order.pk, 1, by=trade.seller)
    with pytest.raises(NotVisible):
        confirm_work(trade.order.pk, 9, by=trade.buyer)
    assert trade.stage(1).state == "funded"


@pytest.mark.parametrize(
    ("kind", "files", "field"),
    [
        ("moon", photo, "kind"),
        ("production_photo", lambda trade: [], "files"),
        ("production_photo", document, "files"),
        ("production_photo", lambda trade: [new_id() for _n in range(11)], "files"),
    ],
)
def test_what_shows_nothing_is_refused_beside_its_field(kind, files, field):
    trade = paid_by("made_to_order")
    make.pay(trade.stage(1), trade.buyer)

    with pytest.raises(Refused) as refused:
        show_work(trade.order.pk, kind, files(trade), "", by=trade.seller)

    assert (refused.value.field, refused.value.status) == (field, 422)
    assert Shown.objects.count() == 0
    assert states(trade) == ["funded", "planned", "planned"]


def test_another_companys_file_is_not_there():
    trade, other = paid_by("made_to_order"), paid_by("made_to_order")
    make.pay(trade.stage(1), trade.buyer)

    with pytest.raises(NotVisible):
        show_work(trade.order.pk, "production_photo", photo(other), "", by=trade.seller)


def test_confirming_twice_is_done_already():
    trade = paid_by("made_to_order")
    make.pay(trade.stage(1), trade.buyer)
    show_work(trade.order.pk, "production_photo", photo(trade), "", by=trade.seller)
    confirm_work(trade.order.pk, 1, by=trade.buyer)

    with pytest.raises((AlreadyDone, Refused)):
        confirm_work(trade.order.pk, 1, by=trade.buyer)
    assert in_wallet(trade, "seller") == 12600 - 252


def test_goods_reported_missing_freeze_what_is_held_and_not_what_was_paid_out():
    trade = paid_by("made_to_order")
    make.pay(trade.stage(1), trade.buyer)
    show_work(trade.order.pk, "production_photo", photo(trade), "", by=trade.seller)
    confirm_work(trade.order.pk, 1, by=trade.buyer)
    make.pay(trade.stage(2), trade.buyer)
    ship(trade)
    open_issue(trade.order.pk, "Nothing came", by=trade.buyer)
    assert states(trade) == ["released", "frozen", "planned"]

    resolve_issue(trade.order.pk, make.Decimal(1), "Nothing came.", by=make.operator())
    assert states(trade) == ["released", "refunded", "void"]
    assert in_wallet(trade, "buyer") == 16800
    assert nothing_is_wrong()


def test_nobody_keeps_a_deposit_by_cancelling():
    trade = paid_by("made_to_order")
    make.pay(trade.stage(1), trade.buyer)
    show_work(trade.order.pk, "production_photo", photo(trade), by=trade.seller)
    confirm_work(trade.order.pk, 1, by=trade.buyer)
    assert states(trade) == ["released", "due", "planned"]

    for side in ("seller", "buyer"):
        assert "cancel" not in may(trade, side)
        with pytest.raises(Refused) as refusal:
            cancel_order(trade.order.pk, "no", by=getattr(trade, side))
        assert refusal.value.code == "trade.money_paid_out"
    assert trade.fresh().agreement == "agreed"


@pytest.mark.parametrize(("plan", "where"), [("made_to_order", "show"), ("inspected", "inspect")])
def test_goods_in_the_making_say_what_comes_after_the_ship_by_day(plan, where):
    trade = paid_by(plan)
    make.pay(trade.stage(1), trade.buyer)
    make.pass_deadline(trade, "trade.ship")
    fire_due()

    order = trade.fresh()
    standing = standing_of(order, stages_of(order), trade.seller)

    assert standing.code == where
    assert standing.until == deadlines_of([order.pk])[order.pk, "trade.late"]
    assert "An issue is opened" in str(standing.at_zero)
