"""What runs with the owner's rights can be called by nobody who has not a stated reason."""

from __future__ import annotations

import psycopg
import pytest
from django.db import IntegrityError, connection

from tests import cluster, make

pytestmark = pytest.mark.django_db

# Functions with the owner's rights that the running login may call, each with why. PUBLIC may call none.
CALLED_BY_THE_SITE = {
    "ledger_lock(text[])": "locks the accounts of an entry by address, and changes nothing",
    "ledger_seal_next(integer)": "seals what stands in the books and chooses nothing: its caller cannot write a seal by hand",
    "ef_advance(interval)": "moves the clock of a demonstration or a test; refuses on a live installation",
    "trust_link_between(uuid,uuid)": "says of a person and a company only what kind of link there is (decision 0042)",
    "trust_screened_facts(uuid)": "what of a company is compared with the lists; the worker asks",
    "trust_unscreened(uuid)": "says only why nothing can be granted to a company",
}
WITH_OWNERS_RIGHTS = """
    SELECT oid::regprocedure::text, array_agg(who ORDER BY who) FILTER (WHERE may)
    FROM pg_proc, LATERAL (VALUES
        ('public', EXISTS (
            SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0 AND privilege_type = 'EXECUTE'
        )),
        ('ef_app', has_function_privilege('ef_app', oid, 'EXECUTE')),
        ('ef_read', has_function_privilege('ef_read', oid, 'EXECUTE'))
    ) AS callers (who, may)
    WHERE prosecdef AND pronamespace = 'public'::regnamespace
    GROUP BY oid
"""


def callers() -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(WITH_OWNERS_RIGHTS)
        return {name: who or [] for name, who in cursor.fetchall()}


def test_what_runs_with_the_owners_rights_is_called_by_the_site_for_a_stated_reason_only() -> None:
    """A migration that makes a SECURITY DEFINER function takes it from PUBLIC and ef_app (see trade/migrations/0003)."""
    found = callers()

    assert "ledger_move()" in found
    assert "trade_stages_sum()" in found
    assert {name: who for name, who in found.items() if who} == {name: ["ef_app"] for name in CALLED_BY_THE_SITE}


def test_a_function_with_the_owners_rights_is_callable_when_a_migration_forgets_to_close_it(
    test_database: cluster.TestDatabase,
) -> None:
    """So the test above can fail: this is what the default rights of a new function are."""
    with psycopg.connect(test_database.owner_url) as owner:
        owner.execute("CREATE FUNCTION forgotten() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'")
        found = dict(owner.execute(WITH_OWNERS_RIGHTS).fetchall())
        owner.rollback()

    assert found["forgotten()"] == ["ef_app", "ef_read", "public"]


def test_what_runs_with_the_owners_rights_looks_for_names_in_our_schema_first() -> None:
    """Else whoever calls it could put a table of their own before ours."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
            " AND NOT coalesce('search_path=public, pg_temp' = ANY (proconfig), false)"
        )
        assert cursor.fetchall() == []


def test_the_stages_of_an_order_are_still_summed_without_anybodys_right_to_the_function() -> None:
    order = make.trade().order

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO trade_stage SELECT (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid(), 'n', 99))).*"
            " FROM trade_stage s WHERE order_id = %s AND n = 1",
            [order.pk],
        )
        with pytest.raises(IntegrityError, match="the stages sum to the total"):
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
