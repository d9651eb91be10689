"""The one door to the books."""

import pytest

from everfair.base.actor import SYSTEM
from everfair.base.ids import new_id
from everfair.base.refused import Refused
from everfair.ledger.actions import post_entry, post_hold, reserve, void_hold
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance, escrows, statement
from everfair.ledger.values import Transfer, clearing, escrow, wallet
from tests.ledger.books import EARNED, put, usd

pytestmark = [pytest.mark.django_db, pytest.mark.pg15]


def test_a_transfer_moves_money_from_source_to_target():
    address = put(new_id(), 500)

    held = balance(address, "USD")

    assert (held.posted, held.reserved, held.free) == (usd(500), usd(0), usd(500))


def test_the_same_key_posts_once():
    company, other = new_id(), new_id()
    source = put(company, 500)
    transfers = [Transfer(source, wallet(other, "USD"), usd(200))]

    first = post_entry("pay:1", transfers, kind="pay", by=SYSTEM)
    again = post_entry("pay:1", transfers, kind="pay", by=SYSTEM)

    assert first is not None
    assert again is None
    assert balance(source, "USD").posted == usd(300)


def test_the_same_key_for_other_transfers_is_refused():
    source = put(new_id(), 500)
    post_entry("pay:1", [Transfer(source, wallet(new_id(), "USD"), usd(200))], kind="pay", by=SYSTEM)

    with pytest.raises(Refused) as refusal:
        post_entry("pay:1", [Transfer(source, wallet(new_id(), "USD"), usd(201))], kind="pay", by=SYSTEM)

    assert refusal.value.code == "ledger.key_taken"
    assert balance(source, "USD").posted == usd(300)


def test_an_empty_wallet_pays_nothing():
    source = put(new_id(), 100)
    target = wallet(new_id(), "USD")

    with pytest.raises(Refused) as refusal:
        post_entry("pay:2", [Transfer(source, target, usd(101))], kind="pay", by=SYSTEM)

    assert refusal.value.code == "ledger.short"
    assert balance(source, "USD").posted == usd(100)
    assert balance(target, "USD").posted == usd(0)


def test_an_escrow_keeps_its_equation_from_funding_to_release():
    buyer, seller, stage = put(new_id(), 1000), wallet(new_id(), "USD"), new_id()
    post_entry("fund", [Transfer(buyer, escrow(stage), usd(1000), "fund")], kind="fund", by=SYSTEM)
    post_entry(
        "release",
        [Transfer(escrow(stage), seller, usd(980), "release"), Transfer(escrow(stage), EARNED, usd(20), "fee")],
        kind="release",
        by=SYSTEM,
    )

    row = escrows([stage])[stage]

    assert (row.funded_minor, row.held_minor, row.released_minor, row.fees_minor) == (1000, 0, 980, 20)
    assert balance(seller, "USD").posted == usd(980)
    assert [proof.breach for proof in prove()] == [None] * len(prove())


def test_a_hold_keeps_money_from_being_spent_until_it_is_voided():
    source = put(new_id(), 100)
    hold = reserve("hold:1", source, usd(80), by=SYSTEM)

    with pytest.raises(Refused) as refusal:
        post_entry("spend", [Transfer(source, wallet(new_id(), "USD"), usd(21))], kind="pay", by=SYSTEM)
    void_hold(hold, by=SYSTEM)
    void_hold(hold, by=SYSTEM)

    assert refusal.value.code == "ledger.short"
    assert balance(source, "USD").free == usd(100)


def test_a_posted_hold_frees_its_remainder_and_cannot_be_voided():
    source, target = put(new_id(), 100), clearing("sandbox", "USD")
    hold = reserve("hold:2", source, usd(80), by=SYSTEM)

    post_hold(hold, "post:2", [Transfer(source, target, usd(50))], kind="payout", by=SYSTEM)
    post_hold(hold, "post:2", [Transfer(source, target, usd(50))], kind="payout", by=SYSTEM)
    with pytest.raises(Refused) as refusal:
        void_hold(hold, by=SYSTEM)

    assert refusal.value.code == "ledger.hold_ended"
    assert (balance(source, "USD").posted, balance(source, "USD").free) == (usd(50), usd(50))


def test_a_statement_shows_each_line_with_the_balance_after_it():
    source = put(new_id(), 500)
    for n, amount in enumerate((100, 50, 25)):
        post_entry(f"pay:{n}", [Transfer(source, wallet(new_id(), "USD"), usd(amount))], kind="pay", by=SYSTEM)

    newest = statement(source, limit=2)
    older = statement(source, before=newest[-1].id)

    assert [(line.amount.minor, line.balance.minor) for line in newest] == [(-25, 325), (-50, 350)]
    assert [(line.amount.minor, line.balance.minor) for line in older] == [(-100, 400), (500, 500)]


def test_an_entry_without_transfers_is_no_entry():
    with pytest.raises(ValueError, match="at least one"):
        post_entry("empty", [], kind="pay", by=SYSTEM)


def test_a_refused_entry_leaves_nothing_of_its_earlier_transfers():
    source, between, target = put(new_id(), 100), wallet(new_id(), "USD"), wallet(new_id(), "USD")

    with pytest.raises(Refused):
        post_entry("two", [Transfer(source, between, usd(60)), Transfer(source, target, usd(60))], kind="pay", by=SYSTEM)

    assert (balance(source, "USD").posted, balance(between, "USD").posted) == (usd(100), usd(0))
    assert len(statement(source)) == 1


def test_a_hold_is_posted_by_one_entry_only():
    """The same amount under another key would be paid a second time."""
    source, target = put(new_id(), 100), clearing("sandbox", "USD")
    hold = reserve("hold:3", source, usd(40), by=SYSTEM)
    post_hold(hold, "post:3", [Transfer(source, target, usd(40))], kind="payout", by=SYSTEM)

    with pytest.raises(Refused) as refusal:
        post_hold(hold, "post:4", [Transfer(source, target, usd(40))], kind="payout", by=SYSTEM)

    assert refusal.value.code == "ledger.hold_ended"
    assert balance(source, "USD").free == usd(60)


def test_an_entry_that_stands_already_ends_no_other_hold():
    """Else the second hold would count as paid though no money moved for it."""
    source, target = put(new_id(), 100), clearing("sandbox", "USD")
    first, second = (reserve(f"hold:{n}", source, usd(40), by=SYSTEM) for n in (4, 5))
    post_hold(first, "post:5", [Transfer(source, target, usd(40))], kind="payout", by=SYSTEM)

    with pytest.raises(Refused) as refusal:
        post_hold(second, "post:5", [Transfer(source, target, usd(40))], kind="payout", by=SYSTEM)

    assert refusal.value.code == "ledger.key_taken"
    assert (balance(source, "USD").posted, balance(source, "USD").reserved) == (usd(60), usd(40))


def test_a_hold_whose_payment_is_refused_stays_open():
    source, target = put(new_id(), 100), clearing("sandbox", "USD")
    hold = reserve("hold:6", source, usd(40), by=SYSTEM)
    other = put(new_id(), 10)

    with pytest.raises(Refused):
        post_hold(hold, "post:6", [Transfer(source, target, usd(40)), Transfer(other, target, usd(11))], kind="payout", by=SYSTEM)

    assert balance(source, "USD").reserved == usd(40)
    void_hold(hold, by=SYSTEM)
    assert balance(source, "USD").free == usd(100)


@pytest.mark.parametrize("minor", [0, -40])
def test_a_hold_of_nothing_or_less_is_no_hold(minor: int):
    source = put(new_id(), 100)

    with pytest.raises(ValueError, match="above zero"):
        reserve("hold:7", source, usd(minor), by=SYSTEM)


def test_an_account_nobody_used_has_nothing_to_reserve():
    with pytest.raises(Refused) as refusal:
        reserve("hold:8", wallet(new_id(), "USD"), usd(1), by=SYSTEM)

    assert refusal.value.code == "ledger.short"
