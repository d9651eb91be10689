"""The freeze: the checker places it by itself, two operators lift it, and no payout passes it."""

from __future__ import annotations

import threading
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from everfair.base.actor import CLOCK_ACTOR, NOBODY, SYSTEM, Actor
from everfair.base.events import catalogue
from everfair.base.ids import new_id
from everfair.base.models import Event
from everfair.base.refused import Refused
from everfair.ledger import checking, proofs, sealing
from everfair.ledger.actions import freeze_payouts, lift_freeze, paying_out, post_entry, refuse_frozen
from everfair.ledger.models import Freeze, Thaw
from everfair.ledger.queries import freezes, frozen, state_of_the_books
from everfair.ledger.sealing import seal
from everfair.ledger.values import Transfer, wallet
from tests import cluster, make
from tests.base.together import together
from tests.ledger.books import put, usd
from tests.ledger.test_proofs import tamper

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def _a_new_checker():
    checking.forget()


@pytest.fixture
def books() -> str:
    source = put(new_id(), 1000)
    for n in range(3):
        post_entry(f"e{n}", [Transfer(source, wallet(new_id(), "USD"), usd(1))], kind="pay", by=SYSTEM)
        seal()
    return source


@pytest.fixture
def operators() -> tuple[Actor, Actor]:
    return make.operator(make.person()), make.operator(make.person())


def facts() -> list[str]:
    return [name for name in Event.objects.order_by("seq").values_list("name", flat=True) if "reeze" in name or "rozen" in name]


def test_sound_books_are_checked_and_nothing_is_frozen(books: str):
    assert checking.check() == []

    now = state_of_the_books()
    assert (frozen(), now.standing, now.seen["check"].figures["breach"]) == (None, "ready", None)
    assert now.seen["walk"].figures["rows"] == 4
    assert facts() == []


def test_a_proof_that_counts_by_a_sum_is_noted_like_the_others(books: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(proofs, "_also", dict(proofs._also))
    proofs.also_prove("numbers are there", "SELECT sum(n), NULL::text FROM (VALUES (2::bigint), (3::bigint)) v (n)")
    before = sum(proof.rows for proof in proofs.prove(but={"numbers are there"}))

    assert checking.check() == []
    assert state_of_the_books().seen["check"].figures["rows"] >= before + 5


def test_one_flipped_byte_freezes_payouts_by_itself_and_once(books: str, test_database: cluster.TestDatabase):
    checking.check()
    tamper(test_database, "UPDATE ledger_entry SET actor = 'sYstem' WHERE key = 'e1'")

    breaches = checking.check()
    again = checking.check()

    assert [proof.breach.partition(",")[0] for proof in breaches] == ["seal 2"]
    assert len(again) == 1
    [freeze] = Freeze.objects.all()
    assert (freeze.placed_by, frozen()) == ("clock", freeze.pk)
    assert "seal 2, entries " in freeze.reason
    assert facts() == ["PayoutsFrozen"]
    assert state_of_the_books().standing == "frozen"


def test_the_end_cut_off_between_two_checkpoints_is_missed_by_the_next_check(books: str, test_database: cluster.TestDatabase):
    checking.check()
    tamper(test_database, "DELETE FROM ledger_seal WHERE seq = 3")

    breaches = [checking.check()[-1].breach for _n in range(2)]

    assert breaches == ["seal 3", "seal 3"]


def test_a_long_chain_is_walked_piece_by_piece(books: str, monkeypatch: pytest.MonkeyPatch, test_database: cluster.TestDatabase):
    """Nothing is passed over when one check does not reach the end."""
    monkeypatch.setattr(checking, "PATIENCE_S", -1)
    monkeypatch.setattr(sealing, "SLICE", 1)
    tamper(test_database, "UPDATE ledger_entry SET actor = 'sYstem' WHERE key = 'e2'")

    seen = [[proof.breach for proof in checking.check() if proof.name == checking.CHAIN] for _n in range(3)]

    assert seen[:2] == [[], []]
    assert seen[2][0].startswith("seal 3")


def test_the_checker_writes_nothing_into_the_books(books: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("everfair.ledger.proofs._also", {"a proof that writes": "INSERT INTO ledger_watch (name, at, figures) VALUES ('x', now(), '{}') RETURNING 1, NULL::text"})  # fmt: skip

    with pytest.raises(DatabaseError, match="read-only"):
        checking.check()


def test_two_operators_lift_a_freeze_each_with_a_reason(operators: tuple[Actor, Actor]):
    one, two = operators
    freeze = freeze_payouts("odd", by=one)
    checking.check()

    first = lift_freeze(freeze.pk, "looked at it", by=one)
    between = frozen()
    second = lift_freeze(freeze.pk, "so did I", by=two)

    assert (first, between, second, frozen()) == (False, freeze.pk, True, None)
    [story] = freezes()
    assert [(word.by, word.reason) for word in story.words] == [(one.label, "looked at it"), (two.label, "so did I")]
    assert facts() == ["PayoutsFrozen", "FreezeLiftProposed", "FreezeLifted"]


def test_one_person_never_gives_both_words(operators: tuple[Actor, Actor]):
    freeze = freeze_payouts("odd", by=operators[0])
    checking.check()
    lift_freeze(freeze.pk, "looked at it", by=operators[1])

    with pytest.raises(Refused) as refusal:
        lift_freeze(freeze.pk, "still fine", by=operators[1])

    assert (refusal.value.code, frozen(), Thaw.objects.count()) == ("ledger.same_person", freeze.pk, 1)


def test_the_database_refuses_the_same_person_twice_by_itself(operators: tuple[Actor, Actor], superuser: psycopg.Connection):
    """The guard, and what would happen without it."""
    superuser.execute("SET LOCAL ROLE ef_app")
    superuser.execute("INSERT INTO ledger_freeze (id, reason, placed_by) VALUES (gen_random_uuid(), 'odd', 'clock')")
    word = "INSERT INTO ledger_thaw (id, freeze_id, n, person_id, reason) SELECT gen_random_uuid(), id, {n}, '00000000-0000-0000-0000-00000000000a', 'x' FROM ledger_freeze"
    superuser.execute(word.format(n=1))
    superuser.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(psycopg.errors.UniqueViolation) as refusal, superuser.transaction():
        superuser.execute(word.format(n=2))
    superuser.execute("RESET ROLE")
    superuser.execute("ALTER TABLE ledger_thaw DROP CONSTRAINT ledger_thaw_two_persons")
    superuser.execute("SET LOCAL ROLE ef_app")
    superuser.execute(word.format(n=2))

    assert refusal.value.diag.constraint_name == "ledger_thaw_two_persons"


@pytest.mark.parametrize("table", ["ledger_freeze", "ledger_thaw"])
@pytest.mark.parametrize("change", ["UPDATE {} SET reason = 'x'", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_a_freeze_and_its_words_stay(table: str, change: str, superuser: psycopg.Connection):
    superuser.execute("SET LOCAL ROLE ef_app")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), superuser.transaction():
        superuser.execute(change.format(table))
    superuser.execute("RESET ROLE")
    superuser.execute("GRANT UPDATE, DELETE, TRUNCATE ON ledger_freeze, ledger_thaw TO ef_app")
    superuser.execute("SET LOCAL ROLE ef_app")
    with pytest.raises(psycopg.errors.RestrictViolation), superuser.transaction():
        superuser.execute(change.format(table))
    superuser.execute("RESET ROLE")
    for name in ("ledger_freeze", "ledger_thaw"):
        superuser.execute(f"ALTER TABLE {name} DISABLE TRIGGER append_only")
    superuser.execute("SET LOCAL ROLE ef_app")
    superuser.execute(change.format(table))


def test_two_freezes_never_stand_at_once(operators: tuple[Actor, Actor], superuser: psycopg.Connection):
    one, two = freeze_payouts("odd", by=operators[0]), freeze_payouts("odder", by=CLOCK_ACTOR)
    again = "INSERT INTO ledger_freeze (id, reason, placed_by) VALUES (gen_random_uuid(), 'odd', 'clock')"
    with pytest.raises(psycopg.errors.CheckViolation) as refusal, superuser.transaction():
        superuser.execute(again)
    superuser.execute("ALTER TABLE ledger_freeze DISABLE TRIGGER alone")
    superuser.execute(again)

    assert two is None
    assert one is not None
    assert refusal.value.diag.constraint_name == "ledger_freeze_alone"


def test_the_last_word_waits_for_a_check_that_found_the_books_sound(
    books: str, operators: tuple[Actor, Actor], test_database: cluster.TestDatabase
):
    tamper(test_database, "UPDATE ledger_entry SET actor = 'sYstem' WHERE key = 'e1'")
    checking.check()
    freeze = frozen()
    lift_freeze(freeze, "restored from the backup", by=operators[0])
    codes = []
    for mend in ((), (), ("UPDATE ledger_entry SET actor = 'system' WHERE key = 'e1'",)):
        tamper(test_database, *mend)
        try:
            lift_freeze(freeze, "seen", by=operators[1])
        except Refused as refusal:
            codes.append(refusal.code)
        checking.check()

    assert codes == ["ledger.still_broken"] * 3
    assert lift_freeze(freeze, "seen", by=operators[1]) is True


def test_a_check_from_before_the_freeze_does_not_count(books: str, operators: tuple[Actor, Actor]):
    checking.check()
    freeze = freeze_payouts("odd", by=operators[0])
    lift_freeze(freeze.pk, "fine", by=operators[0])

    with pytest.raises(Refused) as refusal:
        lift_freeze(freeze.pk, "fine", by=operators[1])

    assert refusal.value.code == "ledger.still_broken"


@pytest.mark.parametrize("who", [NOBODY, CLOCK_ACTOR, SYSTEM, Actor(kind="operator"), Actor(kind="person", person_id=new_id(), company_id=new_id())])  # fmt: skip
def test_nobody_but_a_named_operator_lifts(who: Actor, operators: tuple[Actor, Actor]):
    freeze = freeze_payouts("odd", by=operators[0])

    with pytest.raises(Refused) as refusal:
        lift_freeze(freeze.pk, "please", by=who)

    assert (refusal.value.status, Thaw.objects.count()) == (403, 0)


def test_a_freeze_and_each_word_need_a_reason(operators: tuple[Actor, Actor]):
    with pytest.raises(Refused) as nothing:
        freeze_payouts("  ", by=operators[0])
    freeze = freeze_payouts("odd", by=operators[0])
    with pytest.raises(Refused) as empty:
        lift_freeze(freeze.pk, "", by=operators[0])
    with pytest.raises(Refused) as person:
        freeze_payouts("odd", by=Actor(kind="person", person_id=new_id(), company_id=new_id()))

    assert [(refusal.value.code, refusal.value.field) for refusal in (nothing, empty)] == [("ledger.reason", "reason")] * 2
    assert (person.value.status, Thaw.objects.count()) == (403, 0)


def test_a_freeze_that_was_lifted_is_over(operators: tuple[Actor, Actor]):
    freeze = freeze_payouts("odd", by=operators[0])
    checking.check()
    for who in operators:
        lift_freeze(freeze.pk, "fine", by=who)

    with pytest.raises(Refused) as refusal:
        lift_freeze(freeze.pk, "fine", by=operators[0])

    assert refusal.value.code == "ledger.not_frozen"
    assert freeze_payouts("again", by=CLOCK_ACTOR) is not None


def test_two_second_words_at_once_end_it_once(operators: tuple[Actor, Actor]):
    third = make.operator(make.person())
    freeze = freeze_payouts("odd", by=operators[0])
    checking.check()
    lift_freeze(freeze.pk, "fine", by=operators[0])

    results = together(
        [lambda: lift_freeze(freeze.pk, "fine", by=operators[1]), lambda: lift_freeze(freeze.pk, "fine", by=third)]
    )

    assert [result for result in results if result is True] == [True]
    assert [result.code for result in results if isinstance(result, Refused)] == ["ledger.not_frozen"]
    assert facts().count("FreezeLifted") == 1


def test_a_freeze_waits_for_the_call_that_has_begun_and_none_begins_after_it():
    inside, go = threading.Event(), threading.Event()
    order: list[str] = []

    def send() -> None:
        with paying_out():
            inside.set()
            go.wait(timeout=20)
            order.append("sent")
        connection.close()

    def freeze() -> None:
        freeze_payouts("odd", by=CLOCK_ACTOR)
        order.append("frozen")
        connection.close()

    threads = [threading.Thread(target=send), threading.Thread(target=freeze)]
    threads[0].start()
    inside.wait(timeout=20)
    threads[1].start()
    _until_waiting()
    go.set()
    for thread in threads:
        thread.join(timeout=20)

    assert order == ["sent", "frozen"]
    with pytest.raises(Refused) as refusal, paying_out():
        order.append("sent after all")
    assert (refusal.value.code, order) == ("ledger.frozen", ["sent", "frozen"])


def _until_waiting() -> None:
    for _n in range(400):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 3826 AND NOT granted")
            if cursor.fetchone()[0]:
                return
        threading.Event().wait(0.02)
    raise AssertionError("nobody waits")


def test_the_lock_is_let_go_when_the_call_fails():
    with pytest.raises(RuntimeError), paying_out():
        raise RuntimeError

    assert freeze_payouts("odd", by=CLOCK_ACTOR) is not None  # would wait for ever otherwise
    assert catalogue()["PayoutsFrozen"]


def test_many_who_ask_while_it_freezes_are_before_it_or_refused():
    def ask_for_one() -> Any:
        with transaction.atomic():
            refuse_frozen()
            return frozen()

    results = together([ask_for_one, ask_for_one, lambda: freeze_payouts("odd", by=CLOCK_ACTOR), ask_for_one, ask_for_one])

    assert isinstance(results[2], Freeze)
    assert all(result is None or getattr(result, "code", "") == "ledger.frozen" for n, result in enumerate(results) if n != 2)
