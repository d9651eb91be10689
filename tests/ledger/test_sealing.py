"""I3: what is complete is sealed, in one chain, and one changed byte anywhere is named by the first seal that it breaks."""

from __future__ import annotations

import json

import psycopg
import pytest
from django.db import connection

from everfair.base.actor import SYSTEM
from everfair.base.ids import new_id
from everfair.ledger import sealing
from everfair.ledger.actions import post_entry, post_hold, reserve, void_hold
from everfair.ledger.models import Seal
from everfair.ledger.proofs import CHAIN, prove
from everfair.ledger.sealing import newest_seal, seal, unsealed, walk
from everfair.ledger.values import Transfer, clearing, wallet
from tests import cluster
from tests.base.together import together
from tests.ledger.books import post_raw, put, usd
from tests.ledger.test_proofs import tamper

pytestmark = [pytest.mark.pg15, pytest.mark.usefixtures("committed")]
LOOSE = "every row older than the newest seal is sealed"


def broken() -> dict[str, str]:
    return {proof.name: proof.breach for proof in prove() if proof.breach}


def entry_ids() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM ledger_entry ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


@pytest.fixture
def chain(committed: None) -> dict[str, str]:
    """Five seals: the seed, three payments of which the last two are sealed together, a hold, and its end with the payout's entry."""
    source, target = put(new_id(), 1000), wallet(new_id(), "USD")
    seal()
    for keys in (["a"], ["b", "c"]):
        for key in keys:
            post_entry(key, [Transfer(source, target, usd(10))], kind="pay", by=SYSTEM, why={"order": f"E-{key}"})
        seal()
    hold = reserve("h", source, usd(70), by=SYSTEM)
    seal()
    post_hold(hold, "p", [Transfer(source, clearing("sandbox", "USD"), usd(70))], kind="payout", by=SYSTEM)
    seal()
    return {"source": source, "target": target}


def test_what_is_complete_is_sealed_in_a_chain_without_gaps(chain: dict[str, str]):
    seals = list(Seal.objects.order_by("seq"))

    assert [each.seq for each in seals] == [1, 2, 3, 4, 5]
    assert [each.count for each in seals] == [1, 1, 2, 1, 2]
    assert [id for each in seals for id in each.entries] == entry_ids()
    assert [(len(each.holds), len(each.ends)) for each in seals] == [(0, 0)] * 3 + [(1, 0), (0, 1)]
    assert bytes(seals[0].previous) == bytes(32)
    assert [bytes(each.previous) for each in seals[1:]] == [bytes(each.hash) for each in seals[:-1]]
    assert (unsealed(), broken()) == (0, {})


def test_nothing_new_makes_no_seal(chain: dict[str, str]):
    assert (seal(), newest_seal().seq) == (0, 5)


def test_the_chain_is_computed_over_what_the_rows_say_and_not_over_their_form(chain: dict[str, str]):
    """The whole chain at once, seal by seal, and in slices: the same answer."""
    whole = walk()
    halves = [walk(0, patience_s=-1), walk(2)]

    assert (whole.rows, whole.breach, whole.reached, whole.whole) == (7, None, 5, True)
    assert (halves[0].reached, halves[1].rows, halves[1].whole) == (5, 5, True)


# What is changed by a superuser with every guard off, and the first seal that must be named.
BYTES = {
    "an amount": ("UPDATE ledger_transfer SET amount_minor = amount_minor + 1 WHERE entry_id = (SELECT id FROM ledger_entry WHERE key = 'a')", 2),
    "a transfer's purpose": ("UPDATE ledger_transfer SET purpose = 'x' WHERE entry_id = (SELECT id FROM ledger_entry WHERE key = 'c')", 3),
    "one letter of a reason": ("UPDATE ledger_entry SET why = '{\"order\": \"E-B\"}' WHERE key = 'b'", 3),
    "who did it": ("UPDATE ledger_entry SET actor = 'sYstem' WHERE key = 'c'", 3),
    "a microsecond of its moment": ("UPDATE ledger_entry SET posted_at = posted_at + interval '1 microsecond' WHERE key = 'a'", 2),
    "a key": ("UPDATE ledger_entry SET key = 'A' WHERE key = 'a'", 2),
    "a transfer less": ("DELETE FROM ledger_transfer WHERE entry_id = (SELECT id FROM ledger_entry WHERE key = 'b')", 3),
    "an entry less": ("DELETE FROM ledger_entry WHERE key = 'b'", 3),
    "an account's address": ("UPDATE ledger_account SET address = 'company:00000000-0000-0000-0000-000000000000:wallet:USD' WHERE address = '{target}'", 2),
    "a held amount": ("UPDATE ledger_hold SET amount_minor = 71", 4),
    "how a hold ended": ("UPDATE ledger_holdend SET posted_minor = 69", 5),
    "a hold that never ended": ("DELETE FROM ledger_holdend", 5),
    "a seal's moment": ("UPDATE ledger_seal SET sealed_at = sealed_at + interval '1 second' WHERE seq = 3", 3),
    "a seal's hash": ("UPDATE ledger_seal SET hash = set_byte(hash, 7, get_byte(hash, 7) # 1) WHERE seq = 3", 3),
    "a seal's list of rows": ("UPDATE ledger_seal SET entries = entries[1:1], count = 1, last_entry = first_entry WHERE seq = 3", 3),
    "a seal in the middle": ("DELETE FROM ledger_seal WHERE seq = 3", 4),
    "the first seal": ("DELETE FROM ledger_seal WHERE seq = 1", 2),
}  # fmt: skip


@pytest.mark.parametrize("change", BYTES)
def test_one_changed_byte_names_the_first_bad_seal(change: str, chain: dict[str, str], test_database: cluster.TestDatabase):
    statement, seq = BYTES[change]

    tamper(test_database, statement.format(**chain) if "{target}" in statement else statement)

    assert broken()[CHAIN].partition(",")[0] == f"seal {seq}"


def test_the_breach_names_the_entries_of_the_seal(chain: dict[str, str], test_database: cluster.TestDatabase):
    ids = entry_ids()
    tamper(test_database, "UPDATE ledger_entry SET kind = 'pa' WHERE key = 'b'")

    assert broken()[CHAIN] == f"seal 3, entries {ids[2]} to {ids[3]}"


def test_an_entry_slipped_in_behind_the_seals_is_named(chain: dict[str, str], test_database: cluster.TestDatabase):
    """With its own transfers and its balances put right, only the seals tell."""
    tamper(
        test_database,
        "INSERT INTO ledger_entry (id, key, kind, digest, actor, why, tx, booked_on)"
        " VALUES (0, 'false', 'pay', 'x', 'nobody', '{}', '3', current_date)",
        "INSERT INTO ledger_transfer (id, entry_id, source_id, target_id, amount_minor, currency, purpose) SELECT 0, 0, source_id,"
        " target_id, 1, currency, '' FROM ledger_transfer WHERE entry_id = (SELECT id FROM ledger_entry WHERE key = 'a')",
    )

    assert broken()[LOOSE] == "entry 0"
    seal()
    assert broken()[LOOSE] == "entry 0"  # nor does the sealer take it in


def test_rows_cut_off_at_the_end_with_their_seals_leave_a_sound_chain(chain: dict[str, str], test_database: cluster.TestDatabase):
    """Which is why there are checkpoints elsewhere."""
    tamper(test_database, "DELETE FROM ledger_seal WHERE seq = 5")

    assert CHAIN not in broken()


def test_two_sealers_make_one_chain():
    source = put(new_id(), 10_000)

    def post(n: int) -> None:
        for k in range(15):
            post_entry(f"e:{n}:{k}", [Transfer(source, wallet(new_id(), "USD"), usd(1))], kind="pay", by=SYSTEM)

    def seal_often() -> None:
        for _n in range(30):
            seal()

    results = together([*(lambda n=n: post(n) for n in range(3)), seal_often, seal_often, seal_often])
    seal()

    assert results == [None] * 6
    seals = list(Seal.objects.order_by("seq"))
    assert [each.seq for each in seals] == list(range(1, len(seals) + 1))
    assert sorted(id for each in seals for id in each.entries) == entry_ids()
    assert broken() == {}


def test_a_sealer_that_finds_another_at_it_does_nothing(test_database: cluster.TestDatabase):
    put(new_id(), 10)
    with psycopg.connect(test_database.app_url) as other:
        assert other.execute("SELECT ledger_seal_next(100)").fetchone() == (1,)

        assert (seal(), newest_seal()) == (0, None)
        other.commit()

    assert (newest_seal().seq, seal()) == (1, 0)


def test_an_entry_that_commits_late_is_in_a_later_seal(test_database: cluster.TestDatabase):
    """Its id is lower than that of one which is sealed already; ids commit out of order."""
    source, target = put(new_id(), 100), wallet(new_id(), "USD")
    quiet = wallet(new_id(), "USD")
    seal()
    with psycopg.connect(test_database.app_url) as slow:
        post_raw(slow, "slow", Transfer(clearing("sandbox", "USD"), quiet, usd(5)))
        post_entry("fast", [Transfer(source, target, usd(1))], kind="pay", by=SYSTEM)
        while_open = seal()
        slow.commit()
    post_entry("later", [Transfer(source, target, usd(1))], kind="pay", by=SYSTEM)
    afterwards = seal()

    assert (while_open, afterwards) == (0, 3)  # the open transaction hides what came after it, and nothing is lost
    assert Seal.objects.order_by("-seq").first().entries == entry_ids()[1:]
    assert broken() == {}


def test_an_older_id_that_comes_after_a_newer_one_was_sealed_is_sealed_too(test_database: cluster.TestDatabase):
    source, target = put(new_id(), 100), wallet(new_id(), "USD")
    with psycopg.connect(test_database.app_url) as slow:
        low = slow.execute("SELECT nextval(pg_get_serial_sequence('ledger_entry', 'id'))").fetchone()[0]
        slow.commit()  # the number is taken, but no transaction holds it
        post_entry("newer", [Transfer(source, target, usd(1))], kind="pay", by=SYSTEM)
        seal()
        accounts = "SELECT id FROM ledger_account WHERE address = %s"
        slow.execute("INSERT INTO ledger_entry (id, key, kind, digest, actor, why) OVERRIDING SYSTEM VALUE VALUES (%s, 'older', 'pay', 'x', 'system', '{}')", [low])  # fmt: skip
        slow.execute(
            f"INSERT INTO ledger_transfer (entry_id, source_id, target_id, amount_minor, currency, purpose) VALUES (%s, ({accounts}), ({accounts}), 1, 'USD', '')",
            [low, source, target],
        )
        slow.commit()
    seal()

    seals = list(Seal.objects.order_by("seq"))
    assert low < max(seals[0].entries)
    assert seals[-1].entries == [low]
    assert broken() == {}


def test_many_entries_are_sealed_in_pieces(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sealing, "MOST", 4)
    source = put(new_id(), 100)
    for n in range(10):
        post_entry(f"e{n}", [Transfer(source, wallet(new_id(), "USD"), usd(1))], kind="pay", by=SYSTEM)

    assert seal() == 11
    assert [each.count for each in Seal.objects.order_by("seq")] == [4, 4, 3]
    assert broken() == {}


def test_a_restored_installation_goes_on_from_a_seal_of_its_own(chain: dict[str, str], test_database: cluster.TestDatabase):
    """Transaction numbers begin anew in another cluster: here the old ones are far ahead."""
    void_hold(reserve("open", chain["source"], usd(5), by=SYSTEM), by=SYSTEM)
    post_entry("unsealed", [Transfer(chain["source"], chain["target"], usd(1))], kind="pay", by=SYSTEM)
    tamper(
        test_database,
        *(f"UPDATE {table} SET tx = (tx::text::bigint + 1000000)::text::xid8" for table in ("ledger_entry", "ledger_hold", "ledger_holdend")),
        "UPDATE ledger_seal SET until_tx = (until_tx::text::bigint + 1000000)::text::xid8",
    )  # fmt: skip
    with psycopg.connect(test_database.owner_url) as owner:
        owner.execute("SELECT ledger_seal_restored()")
    post_entry("new", [Transfer(chain["source"], chain["target"], usd(1))], kind="pay", by=SYSTEM)
    seal()

    seals = list(Seal.objects.order_by("seq"))
    assert [each.count for each in seals[5:]] == [3, 1]
    assert sorted(id for each in seals for id in each.entries) == entry_ids()
    assert broken() == {}


# ── who may write seals ──


@pytest.fixture
def sealed(superuser: psycopg.Connection) -> psycopg.Connection:
    """A superuser's session with one seal in it, rolled back at the end."""
    superuser.execute("SET LOCAL ROLE ef_owner")
    superuser.execute("SELECT ledger_seal_rows('{}', '{}', '{}', '1'::xid8)")
    superuser.execute("RESET ROLE")
    return superuser


FALSE_SEAL = (
    "INSERT INTO ledger_seal (seq, count, entries, holds, ends, previous, hash, sealed_at, until_tx)"
    " VALUES ({seq}, 0, '{{}}', '{{}}', '{{}}', {previous}, '\\x00', now(), '1')"
)
LAST = "(SELECT hash FROM ledger_seal ORDER BY seq DESC LIMIT 1)"
CHANGES = ("UPDATE ledger_seal SET hash = '\\x00'", "DELETE FROM ledger_seal", "TRUNCATE ledger_seal")


@pytest.mark.parametrize("change", [*CHANGES, FALSE_SEAL.format(seq=2, previous=LAST), "SELECT ledger_seal_rows('{}', '{}', '{}', '1'::xid8)", "SELECT ledger_seal_restored()", "UPDATE ledger_holdend_mark SET id = id", "DELETE FROM ledger_holdend_mark"])  # fmt: skip
def test_the_running_login_writes_no_seal_by_hand_and_changes_none(change: str, sealed: psycopg.Connection):
    sealed.execute("SET LOCAL ROLE ef_app")

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        sealed.execute(change)


@pytest.mark.parametrize("change", CHANGES)
def test_a_seal_stays_even_for_those_who_had_the_right(change: str, sealed: psycopg.Connection):
    sealed.execute("GRANT UPDATE, DELETE, TRUNCATE ON ledger_seal TO ef_app")
    sealed.execute("SET LOCAL ROLE ef_app")

    with pytest.raises(psycopg.errors.RestrictViolation), sealed.transaction():
        sealed.execute(change)

    sealed.execute("RESET ROLE")
    sealed.execute("ALTER TABLE ledger_seal DISABLE TRIGGER append_only")
    sealed.execute("SET LOCAL ROLE ef_app")
    sealed.execute(change)  # the trigger, and nothing else, refused it


@pytest.mark.parametrize(("seq", "previous"), [(3, LAST), (2, "decode(repeat('00', 32), 'hex')")])
def test_a_seal_that_does_not_follow_is_refused_whoever_writes_it(seq: int, previous: str, sealed: psycopg.Connection):
    false = FALSE_SEAL.format(seq=seq, previous=previous)
    with pytest.raises(psycopg.errors.CheckViolation) as refusal, sealed.transaction():
        sealed.execute(false)
    sealed.execute("ALTER TABLE ledger_seal DISABLE TRIGGER follows")
    sealed.execute(false)

    assert refusal.value.diag.constraint_name == "ledger_seal_follows"


def test_a_hold_and_its_end_carry_the_transaction_that_wrote_them(test_database: cluster.TestDatabase):
    """Whatever the statement says: else one could be written behind the seals."""
    source = put(new_id(), 100)
    with psycopg.connect(test_database.app_url) as session:
        account = session.execute("SELECT id FROM ledger_account WHERE address = %s", [source]).fetchone()[0]
        session.execute("INSERT INTO ledger_hold (id, key, account_id, amount_minor, actor, tx) VALUES (gen_random_uuid(), 'h', %s, 5, 'x', '3')", [account])  # fmt: skip
        session.execute("INSERT INTO ledger_holdend (hold_id, how, posted_minor, actor, tx) SELECT id, 'voided', 0, 'x', '3' FROM ledger_hold")  # fmt: skip
        own = session.execute(
            "SELECT h.tx = pg_current_xact_id() AND e.tx = pg_current_xact_id() FROM ledger_hold h JOIN ledger_holdend e ON e.hold_id = h.id"
        ).fetchone()

    assert own == (True,)


def test_the_watch_notes_what_it_saw(chain: dict[str, str]):
    sealing.note_watch("seal", {"rows": 3})
    sealing.note_watch("seal", {"rows": 4})

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, figures FROM ledger_watch")
        [(name, figures)] = cursor.fetchall()
    assert (name, json.loads(figures) if isinstance(figures, str) else figures) == ("seal", {"rows": 4})
