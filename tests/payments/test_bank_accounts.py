"""Where money goes to (I15): believed by its name or by two operators, never before it has stood three days, and never in silence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, transaction

from everfair.base import clock
from everfair.base.refused import NotVisible, Refused
from everfair.base.sql import ask
from everfair.companies.actions import edit_profile
from everfair.companies.models import Company, Membership, Person
from everfair.messaging.jobs import send_letters
from everfair.messaging.models import Notice
from everfair.payments import actions
from everfair.payments.actions import add_bank_account, remove_bank_account, request_payout
from everfair.payments.models import BankAccount, Payout
from tests import make
from tests.base.together import together
from tests.payments.test_actions import held, nothing_is_wrong, usd

ACCOUNT = make.BANK | {"holder": "Aster GmbH"}


def aster() -> Any:
    firm = make.company(name="Aster GmbH")
    return make.actor(firm, "owner", who=make.member(firm))


def constraint(error: BaseException) -> str:
    return str(getattr(getattr(error.__cause__, "diag", None), "constraint_name", ""))


@pytest.mark.django_db
def test_the_companys_own_name_is_believed_and_still_waits_three_days():
    account = add_bank_account(by=aster(), **ACCOUNT)

    assert (account.state, account.name_score, account.doubts, account.matched) == ("verified", 100, [], True)
    assert account.usable_at - account.changed_at == timedelta(hours=72)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("holder", "doubts"), [("Jonas Brandt", ["name"]), ("\u0410ster GmbH", ["name", "mixed", "imitates"]), ("Aster AG", ["form"])]
)
def test_another_name_waits_for_two_operators(holder, doubts):
    account = add_bank_account(by=aster(), **ACCOUNT | {"holder": holder})
    first, second = make.staff(), make.staff()

    actions.look_at_bank_account(account.pk, "Letter of the bank of 3 May, called back.", by=first)
    with pytest.raises(Refused) as same:
        actions.confirm_bank_account(account.pk, by=first)
    done = actions.confirm_bank_account(account.pk, by=second)

    assert account.doubts == doubts
    assert same.value.code == "payments.same_person"
    assert (done.state, done.looked_by, done.confirmed_by) == ("verified", first.person_id, second.person_id)


@pytest.mark.django_db
def test_the_number_of_another_company_is_looked_at():
    add_bank_account(by=make.actor(make.company(name="Other GmbH")), **ACCOUNT | {"holder": "Other GmbH"})

    assert (add_bank_account(by=aster(), **ACCOUNT).doubts) == ["shared"]


@pytest.mark.django_db
def test_a_company_that_takes_the_holders_name_is_not_believed_before_somebody_verified_it():
    owner = aster()
    edit_profile(owner.company_id, name="Jonas Brandt", by=owner)
    renamed = add_bank_account(by=owner, **ACCOUNT | {"holder": "Jonas Brandt"})
    make.verified(Company.objects.get(pk=owner.company_id))
    marked = add_bank_account(by=owner, **ACCOUNT | {"holder": "Jonas Brandt"})

    assert (renamed.state, renamed.doubts) == ("added", ["renamed"])
    assert (marked.state, marked.doubts) == ("verified", [])


@pytest.mark.django_db
def test_a_company_does_not_verify_its_own_account():
    owner = aster()
    account = add_bank_account(by=owner, **ACCOUNT | {"holder": "Jonas Brandt"})

    for act in (
        lambda: actions.look_at_bank_account(account.pk, "Trust me", by=owner),
        lambda: actions.confirm_bank_account(account.pk, by=owner),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.status == 403
    with pytest.raises(Refused) as empty:
        actions.look_at_bank_account(account.pk, "  ", by=make.staff())
    assert empty.value.field == "evidence"


# ── the wait, by the database's clock ──


@pytest.mark.django_db
def test_a_new_account_is_paid_to_after_three_days_and_not_a_minute_before():
    """The clock jumps by four days: that counts, because it is the database's."""
    trade = make.trade("completed")
    account = make.bank_account(trade.seller, wait_hours=72)

    with pytest.raises(Refused) as early:
        request_payout(account.pk, usd(100), by=trade.seller)
    clock.advance(timedelta(hours=71, minutes=59))
    with pytest.raises(Refused) as still:
        request_payout(account.pk, usd(100), by=trade.seller)
    clock.advance(timedelta(days=4) - timedelta(hours=71, minutes=59))
    payout = request_payout(account.pk, usd(100), by=trade.seller)

    assert (early.value.code, still.value.code) == ("payments.account_new", "payments.account_new")
    assert payout.state == "approved"


@pytest.mark.django_db
def test_a_machine_whose_clock_is_four_days_ahead_gains_nothing(monkeypatch):
    trade = make.trade("completed")
    account = make.bank_account(trade.seller, wait_hours=72)
    ahead = clock.now() + timedelta(days=4)
    monkeypatch.setattr("everfair.payments.actions.payouts.now", lambda: ahead)

    with pytest.raises(DatabaseError) as error, transaction.atomic():
        request_payout(account.pk, usd(100), by=trade.seller)

    assert (constraint(error.value), Payout.objects.count()) == ("payments_payout_destination", 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "account = 'GB82WEST12345698765432'",
        "holder = 'Thief'",
        "changed_at = ef_now() - interval '9 days'",
        "wait_hours = 0",
        "company_id = gen_random_uuid()",
    ],
)
def test_nobody_changes_what_an_account_says(change):
    account = make.bank_account(aster(), wait_hours=72)

    with pytest.raises(DatabaseError) as error, transaction.atomic():
        ask(f"UPDATE payments_bankaccount SET {change} WHERE id = %s RETURNING 1", [account.pk])

    assert constraint(error.value) == "payments_bankaccount_stays"


@pytest.mark.django_db
def test_an_account_is_not_born_verified_and_its_wait_begins_now():
    firm = make.company()
    columns = {"company_id": firm.pk, "holder": firm.name} | make.BANK
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        BankAccount.objects.create(state="verified", matched=True, **columns)
    made = BankAccount.objects.create(changed_at=clock.now() - timedelta(days=30), **columns)
    made.refresh_from_db()

    assert constraint(error.value) == "payments_bankaccount_begins"
    assert clock.now() - made.changed_at < timedelta(minutes=1)


@pytest.mark.django_db
def test_one_operator_alone_verifies_nothing_in_the_database_either():
    account = add_bank_account(by=aster(), **ACCOUNT | {"holder": "Jonas Brandt"})
    who = make.person().pk

    for change in (
        f"state = 'verified', looked_by = '{who}'",
        f"state = 'verified', looked_by = '{who}', confirmed_by = '{who}'",
    ):
        with pytest.raises(DatabaseError) as error, transaction.atomic():
            ask(f"UPDATE payments_bankaccount SET {change} WHERE id = %s RETURNING 1", [account.pk])
        assert constraint(error.value) in ("payments_bankaccount_verified", "payments_bankaccount_two_people")


def test_a_live_installation_waits_three_days_whatever_is_said(committed, superuser):
    owner = aster()
    superuser.execute("UPDATE base_installation SET kind = 'live'")
    superuser.execute("SET LOCAL ROLE ef_app")
    made = superuser.execute(
        "INSERT INTO payments_bankaccount (id, company_id, holder, account, bic, bank_name, country, currency, state, wait_hours)"
        " VALUES (gen_random_uuid(), %s, 'x', '12345678', '', 'x', 'DE', 'USD', 'added', 0) RETURNING wait_hours",
        [owner.company_id],
    ).fetchone()
    with pytest.raises(Exception, match="not moved"):
        superuser.execute("SELECT ef_advance(interval '4 days')")

    assert made == (72,)


def test_the_guards_are_what_keeps_a_payout_from_a_new_account(committed, superuser):
    """Taken away, the row that they stop can be written: they are what stops it."""
    trade = make.trade("completed")
    account = make.bank_account(trade.seller, wait_hours=72)
    insert = (
        "INSERT INTO payments_payout (id, company_id, bank_account_id, amount_minor, currency, provider, provider_ref, hold_id, state, failure)"
        " VALUES (gen_random_uuid(), %s, %s, 100, 'USD', 'sandbox', '', gen_random_uuid(), 'requested', '')"
    )
    values = [account.company_id, account.pk]
    with pytest.raises(Exception, match="stood long enough"), superuser.transaction():
        superuser.execute(insert, values)
    superuser.execute("DROP TRIGGER destination_at_first ON payments_payout")
    superuser.execute("SET LOCAL ROLE ef_app")
    superuser.execute(insert, values)

    assert superuser.execute("SELECT count(*) FROM payments_payout WHERE bank_account_id = %s", [account.pk]).fetchone() == (1,)


# ── who is told ──


def letters() -> list[tuple[str, str]]:
    mail.outbox.clear()
    while send_letters():
        pass
    return sorted((letter.to[0], letter.subject) for letter in mail.outbox)


@pytest.mark.django_db
def test_everybody_who_keeps_the_money_is_written_to_at_the_address_they_had():
    """A stolen session changes the address first and the account second: the letter goes to the old address as well."""
    firm = make.company(name="Aster GmbH")
    thief_has = make.member(firm, "owner", who=make.person(email="owner@aster.example"))
    make.member(firm, "finance", who=make.person(email="clerk@aster.example"))
    make.member(firm, "buyer", who=make.person(email="buyer@aster.example"))
    Person.objects.filter(pk=thief_has.pk).update(email="thief@evil.example")

    add_bank_account(by=make.actor(firm, "owner", who=thief_has), **ACCOUNT)

    assert [to for to, _subject in letters()] == ["clerk@aster.example", "owner@aster.example", "thief@evil.example"]


@pytest.mark.django_db
def test_who_was_put_out_a_moment_ago_is_told_and_reading_on_the_pages_keeps_no_letter_back():
    firm = make.company(name="Aster GmbH")
    owner = make.member(firm, "owner", who=make.person(email="owner@aster.example"))
    out = make.member(firm, "finance", who=make.person(email="out@aster.example"))
    Membership.objects.filter(person=out).update(ended_at=clock.now())

    add_bank_account(by=make.actor(firm, "owner", who=owner), **ACCOUNT)
    Notice.objects.update(read_at=clock.now())

    assert [to for to, _subject in letters()] == ["out@aster.example", "owner@aster.example"]


@pytest.mark.django_db
def test_removing_is_told_too_and_a_letter_says_only_the_ending():
    owner = aster()
    account = add_bank_account(by=owner, **ACCOUNT)
    letters()
    remove_bank_account(account.pk, by=owner)
    told = letters()

    assert len(told) == 1
    assert "3000" in told[0][1]
    assert "DE8937" not in mail.outbox[0].body


@pytest.mark.django_db
def test_who_left_long_ago_is_left_in_peace():
    firm = make.company(name="Aster GmbH")
    owner = make.member(firm, "owner", who=make.person(email="owner@aster.example"))
    out = make.member(firm, "finance")
    Membership.objects.filter(person=out).update(ended_at=clock.now())
    clock.advance(timedelta(hours=73))

    add_bank_account(by=make.actor(firm, "owner", who=owner), **ACCOUNT)

    assert [to for to, _subject in letters()] == ["owner@aster.example"]


# ── removal and the payouts on their way ──


@pytest.mark.django_db
def test_removing_an_account_frees_what_had_not_left():
    trade = make.trade("completed")
    account = make.bank_account(trade.seller)
    payout = request_payout(account.pk, usd(5000), by=trade.seller)

    remove_bank_account(account.pk, by=trade.seller)

    payout.refresh_from_db()
    assert (payout.state, payout.exception, held(trade.order.seller_id)) == ("cancelled", "removed", (41160, 0))
    with pytest.raises(NotVisible):
        request_payout(account.pk, usd(1), by=trade.seller)
    assert nothing_is_wrong()


def test_an_account_removed_as_its_payout_leaves_does_one_or_the_other(committed):
    """B86: never a payout handed over to an account that was gone before."""
    from everfair.base.actor import SYSTEM
    from everfair.payments.actions.payouts import dispatch_payout

    for _n in range(4):
        trade = make.trade("completed")
        payout = make.payout(trade.seller, usd(5000), state="released")

        said = together(
            [
                lambda p=payout, t=trade: remove_bank_account(p.bank_account_id, by=t.seller),
                lambda p=payout: dispatch_payout(p.pk, by=SYSTEM),
            ]
        )

        payout.refresh_from_db()
        assert said[0] is None
        assert (said[1], payout.state) in (("", "dispatched"), ("account", "held"))
    assert nothing_is_wrong()
