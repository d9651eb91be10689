"""The three logins of a database and what each may do, as SQL for psql.

`ef_owner` owns the tables and migrates, `ef_app` runs the site and owns nothing, `ef_read` only reads.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from everfair.site.engine_places import EngineError, bin_dir

SUPERUSER, OWNER, WRITER, READER, DATABASE = "everfair", "ef_owner", "ef_app", "ef_read", "everfair"


def database_roles_sql(database: str = DATABASE) -> str:
    """The roles and grants a database needs, as text for psql; safe to run again.

    `ef_owner` owns the tables and migrates; `ef_app` runs the site and owns nothing; `ef_read` only reads. Append-only tables
    are narrowed later, by the migrations that make them.
    """
    return roles_sql() + database_sql(database)


def roles_sql() -> str:
    return f"""\
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER}') THEN CREATE ROLE {OWNER} LOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{WRITER}') THEN CREATE ROLE {WRITER} LOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{READER}') THEN CREATE ROLE {READER} LOGIN; END IF;
END $$;
ALTER ROLE {OWNER} NOSUPERUSER NOBYPASSRLS NOCREATEROLE;
ALTER ROLE {WRITER} NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
ALTER ROLE {READER} NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
"""  # noqa: S608


def database_sql(database: str) -> str:
    return f"""\
SELECT 'CREATE DATABASE "{database}" OWNER {OWNER} ENCODING ''UTF8'' TEMPLATE template0'
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \\gexec
\\connect "{database}"
ALTER DATABASE "{database}" OWNER TO {OWNER};
ALTER SCHEMA public OWNER TO {OWNER};
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {WRITER}, {READER};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {WRITER};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {WRITER};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO {WRITER};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT SELECT ON TABLES TO {READER};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT SELECT ON SEQUENCES TO {READER};
"""  # noqa: S608


def run_sql(superuser_url: str, sql: str, *, programs: Path | None = None) -> str:
    """Give psql a text as the superuser and return what it printed; the first error stops it."""
    psql = (programs / "psql") if programs else Path(shutil.which("psql") or bin_dir() / "psql")
    done = subprocess.run(  # noqa: S603
        [psql, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", superuser_url], input=sql, capture_output=True, text=True
    )
    if done.returncode:
        raise EngineError(f"The database refused a statement: {done.stderr.strip()}")
    return done.stdout
