"""What a database says of itself, asked by a process of its own: the supervisor that waits for it needs no driver."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass

from everfair.site.supervisor import CannotRun

_QUESTION = """
import json, os, psycopg
try:
    with psycopg.connect(os.environ["EVERFAIR_ASKED_URL"], connect_timeout=10) as s:
        there = s.execute("SELECT to_regclass('django_migrations')").fetchone()[0]
        print(json.dumps({
            "version": s.info.server_version,
            "applied": s.execute("SELECT count(*) FROM django_migrations").fetchone()[0] if there else 0,
            "login": s.info.user,
            "may_change_tables": s.execute("SELECT has_schema_privilege('public', 'CREATE')").fetchone()[0],
            "place": s.execute(
                "SELECT pg_postmaster_start_time()::text || ' ' || oid FROM pg_database WHERE datname = current_database()"
            ).fetchone()[0],
        }))
except psycopg.Error as problem:
    print(json.dumps({"problem": " ".join(str(problem).split())[:400]}))
"""


@dataclass(frozen=True, slots=True)
class Said:
    """`applied` counts the migrations it has seen, 0 when empty; `place` is the same for two addresses of one database."""

    version: int
    applied: int
    login: str
    may_change_tables: bool
    place: str


def ask_database(url: str, name: str) -> Said:
    """Refuses when nobody answers, or a server older than PostgreSQL 15. `name` is what the operator calls the address."""
    env = {**os.environ, "EVERFAIR_ASKED_URL": url}  # not an argument: it may hold a password
    asked = subprocess.run([sys.executable, "-c", _QUESTION], env=env, capture_output=True, text=True)  # noqa: S603 - our own text
    said = json.loads(asked.stdout) if asked.stdout else {"problem": (asked.stderr.strip().splitlines() or ["no answer"])[-1]}
    if "problem" in said:
        raise CannotRun(f"The database does not answer ({name}): {said['problem']}")
    found = Said(**said)
    if found.version < 150000:
        raise CannotRun("The database server is older than PostgreSQL 15: use version 15 or later.")
    return found


def check_outside(app_url: str, owner_url: str) -> None:
    """Refuses logins that are exchanged or too strong: what the site's login cannot do, no fault of ours can do either."""
    owner = ask_database(owner_url, "EVERFAIR_OWNER_URL")
    app = ask_database(app_url, "EVERFAIR_DATABASE_URL")
    if app.place != owner.place:
        raise CannotRun("EVERFAIR_DATABASE_URL and EVERFAIR_OWNER_URL name two different databases: name the same one.")
    if app.may_change_tables:
        raise CannotRun(
            f"The login {app.login} of EVERFAIR_DATABASE_URL may change tables, which would undo the guards of the books: "
            "name ef_app (see `everfair database-roles`)."
        )
    if not owner.may_change_tables:
        raise CannotRun(
            f"The login {owner.login} of EVERFAIR_OWNER_URL may not make tables: "
            "name ef_owner, and let a superuser run what `everfair database-roles` prints."
        )
