"""What it costs to count how suppliers stand: `python -m bench.standing`, from the top of the repository. See README.md beside it.

Facts as trades leave them (shipped, accepted, some late, some claims, answers, reviews) of many companies; then what the night does, twice
(the second time most rows read as before), with its statements counted, and what one company's own counting takes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from bench.database import Database  # noqa: E402

COMPANIES = """
    INSERT INTO companies_company (id, name, names, name_skeleton, skeletons, country, registration_kind, registration_number, address, phone,
        website, about, kind, languages, is_seller, is_buyer, verification_note)
    SELECT gen_random_uuid(), 'Company ' || n, '{}', 'company ' || n, '{}', 'DE', 'other', 'B-' || n, '{}', '', '', '{}', 'trader', '{}', true, true, ''
    FROM generate_series(1, %s) n
"""
# Each order leaves two facts or three; the moments lie within the year. The event of a fact is written first, as a guard asks.
FACTS = """
    WITH company AS (SELECT id, row_number() OVER (ORDER BY number) AS n FROM companies_company),
    step AS (
        SELECT c.id AS company, gen_random_uuid() AS reference, o.n, k.kind, k.value,
            ef_now() - make_interval(secs => ((hashint8(o.n) & 2147483647) %% 31000000)) AS at
        FROM generate_series(1, %(orders)s) o (n) JOIN company c ON c.n = 1 + o.n %% %(companies)s
        CROSS JOIN LATERAL (VALUES
            ('shipped', CASE WHEN o.n %% 9 = 0 THEN 3 ELSE 0 END), ('accepted', 0), ('rated_goods', 3 + o.n %% 3), ('disputed', 0),
            (CASE WHEN o.n %% 50 = 0 THEN 'lost' ELSE 'settled' END, 0)
        ) k (kind, value)
        WHERE k.kind IN ('shipped', 'accepted') OR (k.kind = 'rated_goods' AND o.n %% 3 = 0) OR o.n %% 25 = 0
    ), told AS (
        INSERT INTO base_event (name, subject, body, actor, at) SELECT kind, reference, '{}', 'bench', at FROM step RETURNING seq, name, subject, at
    )
    SELECT count(*) FROM told
"""
KEEP = """
    INSERT INTO trust_fact (company_id, side, kind, market, at, reference, value, event_seq)
    SELECT c.id, 'seller', e.name, 'export', e.at, e.subject, CASE WHEN e.name LIKE 'rated%%' THEN 4 ELSE (e.seq %% 9 = 0)::int * 3 END, e.seq
    FROM base_event e JOIN (SELECT id, row_number() OVER (ORDER BY number) AS n FROM companies_company) c
        ON c.n = 1 + (hashtextextended(e.subject::text, 0) & 9007199254740991) %% %s
    WHERE e.actor = 'bench' ON CONFLICT DO NOTHING
"""


def counted(work: Callable[[], Any]) -> tuple[float, float, int, Any]:
    """Seconds, seconds of CPU of this process, statements, and what it returned."""
    from django.db import connection

    statements = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        begun, spent = time.monotonic(), time.process_time()
        found = work()
        return time.monotonic() - begun, time.process_time() - spent, len(statements), found


def main() -> None:
    choice = argparse.ArgumentParser(description=__doc__)
    choice.add_argument("--facts", type=int, default=100_000)
    choice.add_argument("--companies", type=int, default=10_000)
    choice.add_argument("--json", action="store_true")
    asked = choice.parse_args()
    with Database():
        import django

        django.setup()
        from django.db import connection

        from everfair.companies.models import Company
        from everfair.trust.actions import count_standings, refresh_standing
        from everfair.trust.models import Fact, Standing

        with connection.cursor() as cursor:
            cursor.execute(COMPANIES, [asked.companies])
            cursor.execute(FACTS, {"orders": int(asked.facts / 2.413), "companies": asked.companies})
            cursor.execute(KEEP, [asked.companies])
            cursor.execute("ANALYZE trust_fact")
        figures: dict[str, Any] = {"facts": Fact.objects.count(), "companies": Company.objects.count()}
        for night in ("first", "second"):
            seconds, spent, statements, found = counted(lambda: count_standings("export"))
            figures[f"{night} night, s"], figures[f"{night} night, CPU s in Python"] = round(seconds, 2), round(spent, 2)
            figures[f"{night} night, statements"], figures["counted"] = statements, found
        one = Standing.objects.order_by("-id").values_list("company_id", flat=True)[0]
        seconds, _spent, statements, _nothing = counted(lambda: refresh_standing(one, "export"))
        figures["one company, ms"], figures["one company, statements"] = round(seconds * 1000, 1), statements
    if asked.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:28} {value}")


if __name__ == "__main__":
    main()
