"""Payouts on their way out (I15, I16): two people of the company, two of the operator, one file, and what is taken out of it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from lxml import etree

from everfair.base.actor import SYSTEM, Actor
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.base.sql import ask
from everfair.companies.actions import place_stop
from everfair.companies.models import ApiKey, Company
from everfair.companies.queries import actor_of_person
from everfair.ledger.actions import post_entry
from everfair.ledger.values import Transfer, clearing, wallet
from everfair.payments import actions
from everfair.payments.actions import approve_payout, cancel_payout, prepare_batch, release_batch, request_payout, take_file
from everfair.payments.actions.batches import collect_payouts, next_cut_off
from everfair.payments.jobs import send_payouts
from everfair.payments.models import Batch, FileTaking, Payout, PayoutFile
from tests import make
from tests.base.together import together
from tests.payments.test_actions import held, nothing_is_wrong
from tests.payments.test_bank_accounts import constraint

BIG, MIDDLE = 1_500_000, 250_000  # by our bank; by a rail, in a batch


def rich(currency: str = "USD", **columns: Any) -> Actor:
    """The owner of a company whose wallet holds 50,000.00."""
    firm = make.company(**columns)
    owner = make.actor(firm, "owner", who=make.member(firm))
    source = clearing("sandbox", currency)
    post_entry(
        f"gift:{firm.pk}:{currency}",
        [Transfer(source, wallet(firm.pk, currency), Money(5_000_000, currency))],
        kind="payment_returned",
        by=SYSTEM,
    )
    return owner


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def fresh(payout: Payout) -> Payout:
    return Payout.objects.get(pk=payout.pk)


def total(batch_id: Any) -> int:
    return sum(Payout.objects.filter(batch_id=batch_id, state="batched").values_list("amount_minor", flat=True))


def second(of: Actor) -> Actor:
    firm = Company.objects.get(pk=of.company_id)
    return make.actor(firm, "finance", who=make.member(firm, "finance"))


# ── the company's second person ──


@pytest.mark.django_db
def test_a_large_payout_waits_for_a_second_person_of_the_company():
    owner = rich()
    clerk = second(owner)
    payout = request_payout(make.bank_account(owner).pk, usd(BIG), by=owner)

    with pytest.raises(Refused) as alone:
        approve_payout(payout.pk, by=owner)
    with pytest.raises(Refused) as operator:
        approve_payout(payout.pk, by=make.staff())
    approve_payout(payout.pk, by=clerk)

    assert (alone.value.status, operator.value.code) == (403, "payments.company_approves")
    assert (fresh(payout).state, fresh(payout).approved_by) == ("approved", clerk.person_id)
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_where_the_company_has_one_person_the_operator_is_the_second_unless_linked():
    owner = rich()
    payout = request_payout(make.bank_account(owner).pk, usd(BIG), by=owner)
    who_marked = actor_of_person(make.verified(Company.objects.get(pk=owner.company_id), roles=("operator",)).checker)

    with pytest.raises(Refused) as linked:
        approve_payout(payout.pk, by=who_marked)
    approve_payout(payout.pk, by=make.staff())

    assert (linked.value.code, fresh(payout).state) == ("payments.linked", "approved")


@pytest.mark.django_db
def test_whoever_made_the_key_is_not_the_second_after_it():
    owner = rich()
    clerk = second(owner)
    ApiKey.objects.create(
        company_id=owner.company_id,
        name="erp",
        prefix="ef_test_x",
        key_hash="h",
        scopes=["money:write"],
        made_by_id=clerk.person_id,
    )
    key = Actor(kind="key", company_id=owner.company_id, scopes=frozenset({"money:write"}), door="api")
    payout = request_payout(make.bank_account(owner).pk, usd(BIG), by=key)

    with pytest.raises(Refused) as same:
        approve_payout(payout.pk, by=clerk)
    with pytest.raises(Refused) as program:
        approve_payout(payout.pk, by=key)
    approve_payout(payout.pk, by=owner)

    assert (same.value.code, program.value.status, fresh(payout).state) == ("payments.same_person", 403, "approved")


@pytest.mark.django_db
def test_a_stranger_approves_and_cancels_nothing():
    payout = request_payout(make.bank_account(owner := rich()).pk, usd(BIG), by=owner)
    stranger = rich()

    for act in (approve_payout, cancel_payout):
        with pytest.raises(NotVisible):
            act(payout.pk, by=stranger)
    assert fresh(payout).state == "requested"


def test_approved_by_two_at_once_is_approved_once(committed):
    owner = rich()
    clerks = [second(owner), second(owner)]
    payout = request_payout(make.bank_account(owner).pk, usd(BIG), by=owner)

    said = together([lambda c=clerk: approve_payout(payout.pk, by=c) for clerk in clerks])

    assert sorted(type(answer).__name__ for answer in said) == ["AlreadyDone", "Payout"]


def test_approve_and_cancel_at_once_leave_one_of_them(committed):
    owner = rich()
    clerk = second(owner)
    account = make.bank_account(owner)
    for _n in range(4):
        payout = request_payout(account.pk, usd(BIG), by=owner)

        together([lambda p=payout: approve_payout(p.pk, by=clerk), lambda p=payout: cancel_payout(p.pk, by=owner)])

        # Approved first and called off then, or called off first.
        assert fresh(payout).state == "cancelled"
        assert held(owner.company_id) == (5_000_000, 0)
    assert nothing_is_wrong()


# ── the operator's two ──


@pytest.mark.django_db
def test_small_ones_go_by_themselves_and_larger_ones_wait_in_a_batch():
    owner = rich()
    account = make.bank_account(owner)
    small, middle = (request_payout(account.pk, usd(minor), by=owner) for minor in (99_999, MIDDLE))

    collect_payouts()

    assert (fresh(small).state, fresh(small).batch_id) == ("released", None)
    assert fresh(middle).state == "batched"
    batch = Batch.objects.get()
    assert (batch.rail, batch.currency, batch.state) == ("sandbox", "USD", "open")


def test_a_batch_takes_nothing_after_its_cut_off():
    assert next_cut_off(datetime(2026, 11, 23, 13, 59, tzinfo=UTC), 14) == datetime(2026, 11, 23, 14, tzinfo=UTC)
    assert next_cut_off(datetime(2026, 11, 23, 14, 0, tzinfo=UTC), 14) == datetime(2026, 11, 24, 14, tzinfo=UTC)


@pytest.mark.django_db
def test_who_puts_a_batch_forward_does_not_let_it_go():
    payout = make.payout(rich(), usd(MIDDLE), state="batched")
    maker, checker = make.staff(), make.staff()
    prepare_batch(payout.batch_id, by=maker)

    with pytest.raises(Refused) as same:
        release_batch(payout.batch_id, MIDDLE, by=maker)
    with pytest.raises(Refused) as other_total:
        release_batch(payout.batch_id, MIDDLE + 1, by=checker)
    release_batch(payout.batch_id, MIDDLE, by=checker)

    assert (same.value.code, other_total.value.code) == ("payments.same_person", "payments.batch_changed")
    assert fresh(payout).state == "released"
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_who_has_to_do_with_a_company_does_not_let_its_batch_go():
    owner = rich()
    payout = make.payout(owner, usd(MIDDLE), state="batched")
    linked = actor_of_person(make.verified(Company.objects.get(pk=owner.company_id), roles=("operator",)).checker)
    prepare_batch(payout.batch_id, by=make.staff())  # who comes later was not drawn

    with pytest.raises(Refused) as refusal:
        release_batch(payout.batch_id, MIDDLE, by=linked)
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        ask(
            "UPDATE payments_batch SET state = 'released', released_by = %s WHERE id = %s RETURNING 1",
            [linked.person_id, payout.batch_id],
        )

    assert (refusal.value.code, constraint(error.value)) == ("payments.linked", "payments_batch_link")


@pytest.mark.django_db
def test_the_database_lets_nothing_go_past_the_two():
    payout = make.payout(rich(), usd(MIDDLE), state="batched")
    one = make.person().pk

    for sql, values, name in (
        ("UPDATE payments_payout SET state = 'released' WHERE id = %s RETURNING 1", [payout.pk], "payments_payout_path"),
        ("UPDATE payments_payout SET state = 'sent' WHERE id = %s RETURNING 1", [payout.pk], "payments_payout_path"),
        ("UPDATE payments_payout SET amount_minor = 1 WHERE id = %s RETURNING 1", [payout.pk], "payments_payout_stays"),
        ("UPDATE payments_payout SET needs_batch = false WHERE id = %s RETURNING 1", [payout.pk], "payments_payout_stays"),
        ("UPDATE payments_batch SET state = 'released' WHERE id = %s RETURNING 1", [payout.batch_id], "payments_batch_path"),
        ("UPDATE payments_batch SET state = 'prepared' WHERE id = %s RETURNING 1", [payout.batch_id], "payments_batch_path"),
    ):
        with pytest.raises(DatabaseError) as error, transaction.atomic():
            ask(sql, values)
        assert constraint(error.value) == name
    ask("UPDATE payments_batch SET state = 'prepared', prepared_by = %s WHERE id = %s RETURNING 1", [one, payout.batch_id])
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        ask("UPDATE payments_batch SET state = 'released', released_by = %s WHERE id = %s RETURNING 1", [one, payout.batch_id])
    assert constraint(error.value) == "payments_batch_maker_not_checker"


def test_without_its_guard_one_person_would_let_it_go(committed, superuser):
    payout = make.payout(rich(), usd(MIDDLE), state="batched")
    one = make.person().pk
    superuser.execute("ALTER TABLE payments_batch DROP CONSTRAINT payments_batch_maker_not_checker")
    superuser.execute("SET LOCAL ROLE ef_app")
    superuser.execute("UPDATE payments_batch SET state = 'prepared', prepared_by = %s WHERE id = %s", [one, payout.batch_id])
    superuser.execute("UPDATE payments_batch SET state = 'released', released_by = %s WHERE id = %s", [one, payout.batch_id])

    assert superuser.execute("SELECT state FROM payments_batch WHERE id = %s", [payout.batch_id]).fetchone() == ("released",)


def test_let_go_by_two_at_once_goes_once(committed):
    payout = make.payout(rich(), usd(MIDDLE), state="batched")
    prepare_batch(payout.batch_id, by=make.staff())
    checkers = [make.staff(), make.staff()]

    said = together([lambda c=checker: release_batch(payout.batch_id, MIDDLE, by=c) for checker in checkers])

    assert sorted(type(answer).__name__ for answer in said) == ["AlreadyDone", "Batch"]
    assert fresh(payout).state == "released"
    assert nothing_is_wrong()


def test_called_off_while_its_batch_is_put_forward_is_in_it_or_free(committed):
    owner = rich()
    account = make.bank_account(owner)
    for _n in range(4):
        payout = make.payout(owner, usd(MIDDLE), state="batched", account=account)
        other = make.payout(rich(), usd(MIDDLE), state="batched")
        assert payout.batch_id == other.batch_id

        said = together(
            [lambda p=payout: prepare_batch(p.batch_id, by=make.staff()), lambda p=payout: cancel_payout(p.pk, by=owner)]
        )

        assert isinstance(said[0], Batch)
        assert fresh(payout).state == ("cancelled" if isinstance(said[1], Payout) else "batched")
        release_batch(other.batch_id, total(other.batch_id), by=make.staff())
    assert nothing_is_wrong()


# ── exceptions and stops ──


@pytest.mark.django_db
def test_one_is_taken_out_with_a_reason_and_comes_back_through_another_batch():
    one, other = (make.payout(rich(), usd(MIDDLE), state="batched") for _n in range(2))
    prepare_batch(one.batch_id, by=make.staff())
    with pytest.raises(Refused):
        actions.except_payout(one.pk, " ", by=make.staff())
    actions.except_payout(one.pk, "The buyer rang about it", by=make.staff())
    release_batch(other.batch_id, MIDDLE, by=make.staff())

    assert (fresh(one).state, fresh(one).exception, fresh(one).batch_id) == ("held", "The buyer rang about it", None)
    assert fresh(other).state == "released"
    actions.readmit_payout(one.pk, by=make.staff())
    collect_payouts()
    assert fresh(one).state == "batched"
    assert fresh(one).batch_id != other.batch_id
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_a_batch_whose_last_payout_is_taken_out_is_dropped():
    payout = make.payout(rich(), usd(MIDDLE), state="batched")
    actions.except_payout(payout.pk, "odd", by=make.staff())

    assert Batch.objects.get().state == "dropped"
    with pytest.raises(Refused):
        prepare_batch(payout.batch_id, by=make.staff())


@pytest.mark.django_db
def test_a_stop_holds_at_the_request_at_the_release_and_at_the_last_moment():
    owner = rich()
    account = make.bank_account(owner)
    batched = make.payout(owner, usd(MIDDLE), state="batched", account=account)
    other = make.payout(rich(), usd(MIDDLE), state="batched")
    released = make.payout(owner, usd(5_000), state="released", account=account)
    waiting = request_payout(account.pk, usd(6_000), by=owner)
    place_stop(owner.company_id, "payout", "Whose account is it?", by=make.staff())

    with pytest.raises(Refused) as refusal:
        request_payout(account.pk, usd(100), by=owner)
    prepare_batch(batched.batch_id, by=make.staff())
    release_batch(other.batch_id, 2 * MIDDLE, by=make.staff())
    send_payouts()

    assert refusal.value.code == "companies.stopped"
    assert (fresh(batched).state, fresh(batched).exception) == ("held", "stop")
    assert fresh(other).state in ("released", "dispatched")
    assert (fresh(released).state, fresh(waiting).state) == ("released", "approved")
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_a_rail_that_does_not_answer_is_asked_again_later_after_a_new_look():
    payout = make.payout(rich(), usd(5_000), state="released")

    send_payouts()  # nobody listens there
    again = fresh(payout)
    send_payouts()

    assert (again.state, again.tries) == ("released", 1)
    assert again.retry_at is not None
    assert fresh(payout).tries == 1
    assert nothing_is_wrong()


# ── by our bank ──


def by_bank(owner: Actor | None = None, **account: Any) -> Payout:
    owner = owner or rich()
    return make.payout(owner, usd(BIG), state="released", account=make.bank_account(owner, **account) if account else None)


@pytest.mark.django_db
def test_a_file_is_made_once_taken_with_a_record_and_says_what_is_paid():
    payout = by_bank()
    taker = make.staff()

    made = take_file(payout.batch_id, by=taker)
    with pytest.raises(Refused) as again:
        take_file(payout.batch_id, by=taker)
    with pytest.raises(Refused) as silent:
        actions.take_file_again(payout.batch_id, "", by=taker)
    same = actions.take_file_again(payout.batch_id, "The bank's portal lost it", by=taker)

    tree = etree.fromstring(bytes(made.body))
    assert [e.text for e in tree.iterfind(".//{*}EndToEndId")] == [payout.pk.hex]
    assert [e.text for e in tree.iterfind(".//{*}CtrlSum")] == ["15000.00", "15000.00"]
    assert (made.sha256, made.count, made.total_minor) == (hashlib.sha256(bytes(made.body)).hexdigest(), 1, BIG)
    assert (again.value.code, silent.value.field) == ("base.already_done", "reason")
    assert bytes(same.body) == bytes(made.body)
    assert list(FileTaking.objects.order_by("n").values_list("n", "by", "reason")) == [
        (1, taker.person_id, ""), (2, taker.person_id, "The bank's portal lost it"),
    ]  # fmt: skip
    assert fresh(payout).state == "dispatched"
    assert nothing_is_wrong()


def test_the_same_file_taken_twice_at_once_is_made_once(committed):
    payout = by_bank()
    takers = [make.staff(), make.staff()]

    said = together([lambda t=taker: take_file(payout.batch_id, by=t) for taker in takers])

    assert sorted(type(answer).__name__ for answer in said) == ["AlreadyDone", "PayoutFile"]
    assert (PayoutFile.objects.count(), FileTaking.objects.count()) == (1, 1)
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_the_banks_statement_ends_it_and_a_late_return_brings_it_back():
    owner = rich()
    payout = by_bank(owner)
    take_file(payout.batch_id, by=make.staff())
    actions.hand_over_batch(payout.batch_id, by=make.staff())
    on_its_way = fresh(payout).state

    settled = actions.settle_bank_payout(payout.pk, "NTRF-1", by=make.staff())
    repeated = actions.settle_bank_payout(payout.pk, "NTRF-1", by=make.staff())
    left = held(owner.company_id)
    returned = actions.bounce_bank_payout(payout.pk, "AC04 closed account", by=make.staff())
    twice = actions.bounce_bank_payout(payout.pk, "AC04 closed account", by=make.staff())

    assert (on_its_way, settled, repeated[0]) == ("sent", ("applied", ""), "ignored")
    assert left == (5_000_000 - BIG, 0)
    assert (returned[0], twice[0], fresh(payout).state, held(owner.company_id)) == (
        "applied",
        "ignored",
        "returned",
        (5_000_000, 0),
    )
    assert fresh(payout).provider_ref == "NTRF-1"
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_what_the_bank_refuses_is_free_again():
    owner = rich()
    payout = by_bank(owner)
    take_file(payout.batch_id, by=make.staff())

    assert actions.bounce_bank_payout(payout.pk, "AC01", by=make.staff())[0] == "applied"
    assert (fresh(payout).state, fresh(payout).failure, held(owner.company_id)) == ("failed", "AC01", (5_000_000, 0))
    with pytest.raises(NotVisible):
        actions.settle_bank_payout(make.payout(rich(), usd(5_000)).pk, "x", by=make.staff())


@pytest.mark.django_db
def test_a_holder_the_bank_cannot_write_is_taken_out_and_the_rest_goes():
    odd = by_bank(rich(), holder="永康五金有限公司")
    fine = make.payout(rich(), usd(BIG), state="batched")
    assert odd.batch_id != fine.batch_id
    prepare_batch(fine.batch_id, by=make.staff())
    release_batch(fine.batch_id, BIG, by=make.staff())

    with pytest.raises(Refused) as empty:
        take_file(odd.batch_id, by=make.staff())
    made = take_file(fine.batch_id, by=make.staff())

    assert empty.value.code == "payments.batch_empty"
    assert made.count == 1


@pytest.mark.django_db
def test_a_stop_between_release_and_file_keeps_a_payout_out_of_it():
    stopped = rich()
    one = make.payout(stopped, usd(BIG), state="batched")
    other = make.payout(rich(), usd(BIG), state="batched")
    prepare_batch(one.batch_id, by=make.staff())
    release_batch(one.batch_id, 2 * BIG, by=make.staff())
    place_stop(stopped.company_id, "payout", "odd", by=make.staff())

    made = take_file(one.batch_id, by=make.staff())

    assert (made.count, made.total_minor) == (1, BIG)
    assert (fresh(one).state, fresh(one).exception, fresh(other).state) == ("held", "stop", "dispatched")
    assert nothing_is_wrong()


@pytest.mark.django_db
def test_only_an_operator_in_person_has_a_hand_in_batches():
    owner = rich()
    payout = make.payout(owner, usd(MIDDLE), state="batched")

    for act in (
        lambda by: prepare_batch(payout.batch_id, by=by), lambda by: release_batch(payout.batch_id, MIDDLE, by=by),
        lambda by: take_file(payout.batch_id, by=by), lambda by: actions.except_payout(payout.pk, "x", by=by),
    ):  # fmt: skip
        for by in (owner, SYSTEM):
            with pytest.raises(Refused) as refusal:
                act(by)
            assert refusal.value.status == 403
    assert fresh(payout).state == "batched"
