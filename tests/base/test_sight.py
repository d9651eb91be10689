"""Whose rows a session sees (I22): forced row-level security, as `ef_app` in plain SQL; the word is never carried over to somebody else."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client, RequestFactory

from everfair.base.actor import CARRIER_ACTOR, CLOCK_ACTOR, NOBODY, RAIL_ACTOR, SYSTEM, Actor
from everfair.base.sight import EVERYTHING, NOTHING, OPERATOR, see_as, see_as_process, seeing, sight, sight_of
from everfair.base.sql import ask, tell
from everfair.base.together import all_or_nothing
from everfair.companies.middleware import actor
from everfair.payments.models import BankAccount
from everfair.payments.queries import outgoing
from everfair.site.engine_places import bin_dir
from everfair.trust.actions import note_device
from tests import cluster, make
from tests.trust.listing import made_hit

ACCOUNTS, TRAITS, HITS = "payments_bankaccount", "trust_trait", "trust_hit"
# Table → whether a company sees its own rows; the market's staff and the machine see all of all three.
HELD_BACK = {ACCOUNTS: True, TRAITS: False, HITS: False}
TABLES = pytest.mark.parametrize("table", HELD_BACK)


@pytest.fixture
def two(db: None) -> tuple[UUID, UUID]:
    """Two companies with a row in each of the tables."""
    pair = make.company(), make.company()
    for n, company in enumerate(pair):
        make.bank_account(make.actor(company, "owner", who=make.member(company)), holder=f"Holder {n}")
        ask(
            "INSERT INTO trust_trait (id, company_id, kind, digest) VALUES (uuidv7(), %s, 'phone', %s)",
            [company.pk, f"{n:064x}"],
        )
        made_hit(company, f"Listed {n}")
    return pair[0].pk, pair[1].pk


def companies_in(table: str) -> set[UUID]:
    return {pk for (pk,) in ask(f"SELECT company_id FROM {table}")}


def touched(table: str, company_id: UUID) -> int:
    """How many rows of the company somebody would change who knows its id."""
    return len(ask(f"UPDATE {table} SET company_id = company_id WHERE company_id = %s RETURNING 1", [company_id]))


@TABLES
def test_a_company_sees_no_row_of_another(table: str, two: tuple[UUID, UUID]):
    ours, theirs = two
    with seeing(str(ours)):
        assert companies_in(table) == ({ours} if HELD_BACK[table] else set())
        assert touched(table, theirs) == 0
        assert touched(table, ours) == (1 if HELD_BACK[table] else 0)


@TABLES
def test_who_is_nobody_sees_nothing(table: str, two: tuple[UUID, UUID]):
    with seeing(NOTHING):
        assert companies_in(table) == set()
        assert touched(table, two[0]) == 0


@TABLES
def test_a_session_that_was_told_nothing_sees_nothing(table: str, test_database: cluster.TestDatabase, two: tuple[UUID, UUID]):
    """Not even what it adds itself."""
    with connection.cursor() as cursor:
        cursor.execute("RESET everfair.sees")
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone() == (0,)
    with psycopg.connect(test_database.app_url) as session:
        assert session.execute("SELECT current_setting('everfair.sees', true)").fetchone() == (None,)


@TABLES
@pytest.mark.parametrize("seen", [OPERATOR, EVERYTHING])
def test_the_markets_staff_and_the_machine_see_all(table: str, seen: str, two: tuple[UUID, UUID]):
    with seeing(seen):
        assert companies_in(table) >= set(two)


@TABLES
def test_nobody_adds_or_removes_a_row_of_another(table: str, two: tuple[UUID, UUID]):
    """A row of the other's is refused by the policy, also for somebody who copies one of their own."""
    ours, theirs = two
    [(columns,)] = ask(_COLUMNS, [table])
    copied = f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{table}, %s::jsonb)"
    anew = {"id": str(uuid4())} | ({"state": "added", "matched": False} if table == ACCOUNTS else {})
    [(told,)] = ask(f"SELECT (to_jsonb(t) || %s::jsonb)::text FROM {table} t WHERE company_id = %s", [json.dumps(anew), theirs])

    with seeing(str(ours)), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        ask(copied, [told])
    with seeing(str(ours)), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        ask(f"DELETE FROM {table} WHERE company_id = %s", [theirs])


_COLUMNS = """
    SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""


def test_a_row_cannot_be_handed_to_another(two: tuple[UUID, UUID]):
    ours, theirs = two
    with seeing(str(ours)), pytest.raises(DatabaseError), transaction.atomic():
        ask("UPDATE payments_bankaccount SET company_id = %s WHERE company_id = %s", [theirs, ours])


@TABLES
def test_without_the_policy_the_other_would_be_seen(table: str, committed: None, superuser: psycopg.Connection):
    """What the tests above ask is answered when nothing holds the rows back."""
    ours, theirs = make.company().pk, make.company().pk
    for company_id in (ours, theirs):
        _bare_row(table, company_id)
    question = f"SELECT count(*) FROM {table} WHERE company_id = '{theirs}'"
    superuser.execute(f"SET LOCAL everfair.sees = '{ours}'")
    superuser.execute("SET LOCAL ROLE ef_app")
    assert superuser.execute(question).fetchone() == (0,)
    superuser.execute("RESET ROLE")
    superuser.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    superuser.execute("SET LOCAL ROLE ef_app")
    assert superuser.execute(question).fetchone() == (1,)


def _bare_row(table: str, company_id: UUID) -> None:
    company = make.Company.objects.get(pk=company_id)
    if table == ACCOUNTS:
        make.bank_account(make.actor(company, "owner", who=make.member(company)))
    elif table == TRAITS:
        ask(
            "INSERT INTO trust_trait (id, company_id, kind, digest) VALUES (uuidv7(), %s, 'phone', %s)",
            [company_id, company_id.hex * 2],
        )
    else:
        made_hit(company, company_id.hex)


def test_the_owner_sees_all_by_a_policy_of_its_own_and_who_only_reads_nothing(
    test_database: cluster.TestDatabase, committed: None, superuser: psycopg.Connection
):
    """Migrations and backups lose no row; and without that policy the owner is held back like anybody (FORCE)."""
    company = make.company()
    _bare_row(ACCOUNTS, company.pk)
    count = "SELECT count(*) FROM payments_bankaccount"
    with psycopg.connect(test_database.owner_url) as session:
        assert session.execute(count).fetchone() == (1,)
        session.execute("DROP POLICY owners ON payments_bankaccount")
        assert session.execute(count).fetchone() == (0,)
        session.rollback()
    superuser.execute("RESET everfair.sees")
    superuser.execute("SET LOCAL everfair.sees = ''")
    superuser.execute("SET LOCAL ROLE ef_read")
    assert superuser.execute(count).fetchone() == (0,)


def test_a_backup_holds_what_is_held_back(test_database: cluster.TestDatabase, committed: None):
    """As `bin/everfair backup` asks for it; without the option PostgreSQL's program refuses rather than leave rows out."""
    company = make.company()
    for table in HELD_BACK:
        _bare_row(table, company.pk)
    dump = [str(bin_dir() / "pg_dump"), "--data-only", "--no-owner", *(f"--table={table}" for table in HELD_BACK)]
    where = f"--dbname={test_database.owner_url}"

    whole = subprocess.run([*dump, "--enable-row-security", where], capture_output=True, text=True)
    refused = subprocess.run([*dump, where], capture_output=True, text=True)

    assert whole.returncode == 0, whole.stderr
    assert whole.stdout.count(f"\t{company.pk}\t") == len(HELD_BACK)
    assert "row-level security" in refused.stderr


@pytest.mark.django_db
def test_the_tables_are_those_and_every_guard_that_reads_them_sees_all():
    forced = ask("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND relkind = 'r' ORDER BY 1")
    blind = ask(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosrc ~ %s"
        " AND NOT (prosecdef AND proconfig @> ARRAY['search_path=public, pg_temp'])",
        [rf"\y({'|'.join(HELD_BACK)})\y"],
    )

    assert [name for (name,) in forced] == sorted(HELD_BACK)
    assert blind == []


@pytest.mark.django_db
def test_a_guard_finds_what_the_writer_does_not_see():
    """Who judges a company and has its telephone is linked to it, whoever asks."""
    company, clerk = make.company(), make.staff()
    for of_company, of_person in ((company.pk, None), (None, clerk.person_id)):
        ask(
            "INSERT INTO trust_trait (id, company_id, person_id, kind, digest) VALUES (uuidv7(), %s, %s, 'device', %s)",
            [of_company, of_person, "d" * 64],
        )
    with seeing(NOTHING):
        assert companies_in(TRAITS) == set()
        assert ask("SELECT trust_link_between(%s, %s)", [clerk.person_id, company.pk]) == [("device",)]


# ── the word to the session ──


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        (NOBODY, NOTHING), (SYSTEM, EVERYTHING), (CLOCK_ACTOR, EVERYTHING), (RAIL_ACTOR, EVERYTHING), (CARRIER_ACTOR, EVERYTHING),
        (Actor("operator", uuid4()), OPERATOR), (Actor("sales", uuid4()), NOTHING), (Actor("person", uuid4()), NOTHING),
        (Actor("person", uuid4(), UUID(int=7)), str(UUID(int=7))), (Actor("key", None, UUID(int=7)), str(UUID(int=7))),
    ],
)  # fmt: skip
def test_the_sight_of_each_actor(who: Actor, seen: str):
    assert sight_of(who) == seen


def test_only_known_words_are_told():
    with pytest.raises(ValueError), seeing("everything' OR true"):
        pass
    with pytest.raises(ValueError):
        see_as_process("all")


def told() -> str:
    return str(ask("SELECT coalesce(current_setting('everfair.sees', true), '')")[0][0])


@pytest.mark.django_db
def test_the_session_is_told_what_is_seen_now():
    one = str(uuid4())
    assert told() == EVERYTHING  # the process of a test is a command
    with seeing(one):
        assert told() == one
        with seeing(EVERYTHING):
            assert told() == EVERYTHING
        with connection.cursor() as cursor:  # Django's own way
            cursor.execute("SELECT current_setting('everfair.sees', true)")
            assert cursor.fetchone() == (one,)
    assert told() == EVERYTHING


@pytest.mark.django_db
def test_a_savepoint_that_is_undone_takes_no_sight_along():
    """The server puts the setting back; so does whoever asks next."""
    one = str(uuid4())
    with seeing(one):
        point = transaction.savepoint()
        with seeing(EVERYTHING):
            assert told() == EVERYTHING
            transaction.savepoint_rollback(point)
        assert told() == one


def _undone(seen: str) -> None:
    with seeing(seen), transaction.atomic():
        assert told() == seen
        raise ZeroDivisionError


def test_a_transaction_that_is_undone_takes_no_sight_along(committed: None):
    one, other = str(uuid4()), str(uuid4())
    with seeing(one):
        assert told() == one
    with pytest.raises(ZeroDivisionError):
        _undone(other)
    with seeing(other):
        assert told() == other
    with pytest.raises(ZeroDivisionError):
        _undone(one)
    with seeing(NOTHING):
        assert told() == NOTHING


def test_a_commit_that_the_server_answers_with_a_rollback(committed: None):
    """Somebody caught a refusal of the database and went on: the end of the transaction undoes what was told in it."""
    one = str(uuid4())
    with seeing(one):
        assert told() == one
    connection.set_autocommit(False)
    try:
        with seeing(NOTHING):
            assert told() == NOTHING
            with pytest.raises(DatabaseError):
                ask("SELECT 1 / 0")
            connection.commit()
        with seeing(NOTHING):
            assert told() == NOTHING
    finally:
        connection.rollback()
        connection.set_autocommit(True)


@pytest.mark.django_db
def test_what_waits_to_be_written_goes_with_its_own_sight():
    """A write told under one sight is sent under it, though the next question is another's."""
    note = "INSERT INTO trust_trait (id, company_id, kind, digest) VALUES (uuidv7(), %s, 'phone', %s)"
    company = make.company()
    with all_or_nothing(), seeing(str(company.pk)):
        with seeing(EVERYTHING):
            tell(note, [company.pk, "e" * 64])
        assert companies_in(TRAITS) == set()
    assert company.pk in companies_in(TRAITS)


# ── requests ──


@pytest.fixture
def _as_the_site() -> Iterator[None]:
    see_as_process(NOTHING)
    yield
    see_as_process(EVERYTHING)


@pytest.mark.django_db
@pytest.mark.usefixtures("_as_the_site")
def test_a_request_sees_as_its_actor_and_leaves_nothing_behind():
    seen: list[str] = []

    def view(request: Any) -> Any:
        seen.append(sight())
        seen.append(str(request.actor.kind))
        seen.append(sight())
        return None

    request = RequestFactory().get("/")
    request.user = make.person(is_staff_member=True, staff_roles=["operator"])
    request.session = {"seen": 2**40}  # type: ignore[assignment]
    actor(view)(request)

    assert seen == [NOTHING, "operator", OPERATOR]
    assert sight() == NOTHING


@pytest.mark.django_db
@pytest.mark.usefixtures("_as_the_site")
def test_a_list_that_forgot_its_scope_still_shows_only_its_own(monkeypatch: pytest.MonkeyPatch):
    """The very fault that row-level security is for."""
    with seeing(EVERYTHING):
        pages = []
        for holder in ("Aster GmbH", "Berberitze AG"):
            company = make.company(name=holder)
            person = make.member(company)
            make.bank_account(make.actor(company, "owner", who=person), holder=holder)
            client = Client()
            client.force_login(person, backend="everfair.companies.accounts.Backend")
            pages.append(client)
    monkeypatch.setattr(outgoing, "bank_accounts_visible_to", lambda actor: BankAccount.objects.all())

    for client, own, other in ((pages[0], "Aster GmbH", "Berberitze AG"), (pages[1], "Berberitze AG", "Aster GmbH")):
        shown = client.get("/en/wallet/bank-accounts/").content.decode()
        assert own in shown
        assert other not in shown


@pytest.mark.django_db
@pytest.mark.usefixtures("_as_the_site")
def test_a_browser_is_noted_by_nobodys_request():
    with seeing(EVERYTHING):
        person = make.person()
    with seeing(NOTHING):
        note_device(person.pk, "a browser's name")
        note_device(person.pk, "a browser's name")
        assert companies_in(TRAITS) == set()
    with seeing(EVERYTHING):
        assert ask("SELECT count(*) FROM trust_trait WHERE person_id = %s", [person.pk]) == [(1,)]


def test_see_as_is_for_what_is_open():
    with seeing(NOTHING):
        see_as(SYSTEM)
        assert sight() == EVERYTHING
    assert sight() == EVERYTHING  # the process's own
