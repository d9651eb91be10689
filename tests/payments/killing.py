"""Money verbs that can be let die at a named place, each with what it wrote counted from outside.

A scenario makes subjects, does its verb for one of them (the same way every time: it is what a client repeats who got no answer), and
counts its effects. Also a program of its own: `python -m tests.payments.killing SCENARIO SUBJECT` does one verb in a real process,
which dies where EVERFAIR_FAILPOINT says.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

Subject = dict[str, Any]
PAYEE = {
    "holder": "Aster GmbH",
    "account": "DE89370400440532013000",
    "bic": "",
    "bank_name": "Commerzbank",
    "country": "DE",
    "currency": "USD",
}


@dataclass(frozen=True)
class Scenario:
    """`make` returns so many subjects, each with its own client-made "id"; `do` is the verb; `effects` counts, by id, what must be one
    for each subject in the end. `costly` subjects are made once for each death only; `alone`: no other process may be at it."""

    points: tuple[str, ...]
    make: Callable[[int], list[Subject]]
    do: Callable[[Subject], str]
    effects: Callable[[Sequence[Subject]], dict[str, int]]
    costly: bool = False
    alone: bool = False


def _company_with_money(minor: int = 10**9) -> UUID:
    from tests import make
    from tests.ledger.books import put

    company = make.company()
    put(company.pk, minor)
    return company.pk


def _counted(sql: str, ids: Sequence[str]) -> dict[str, int]:
    from everfair.base.sql import ask

    found = {str(key): count for key, count in ask(sql, [list(ids)])}
    return {one: found.get(one, 0) for one in ids}


def _ids(subjects: Sequence[Subject]) -> list[str]:
    return [subject["id"] for subject in subjects]


def _entries(prefix: str, suffix: str = "") -> Callable[[Sequence[Subject]], dict[str, int]]:
    def count(subjects: Sequence[Subject]) -> dict[str, int]:
        sql = "SELECT key, count(*) FROM ledger_entry WHERE key = ANY(%s) GROUP BY key"
        found = _counted(sql, [f"{prefix}{subject['id']}{suffix}" for subject in subjects])
        return {subject["id"]: found[f"{prefix}{subject['id']}{suffix}"] for subject in subjects}

    return count


# ── the books ──


def _make_entries(count: int) -> list[Subject]:
    from everfair.base.ids import new_id

    company = _company_with_money()
    return [{"id": f"kill:{new_id()}", "from": str(company), "to": str(new_id())} for _n in range(count)]


def _post(subject: Subject) -> str:
    from everfair.base.actor import SYSTEM
    from everfair.base.money import Money
    from everfair.ledger.actions import post_entry
    from everfair.ledger.values import Transfer, wallet

    moved = [Transfer(wallet(UUID(subject["from"]), "USD"), wallet(UUID(subject["to"]), "USD"), Money(7, "USD"))]
    post_entry(subject["id"], moved, kind="pay", by=SYSTEM)
    return "posted"


def _post_and_seal(subject: Subject) -> str:
    from everfair.ledger.sealing import seal

    _post(subject)
    seal()
    return "sealed"


def _seals(subjects: Sequence[Subject]) -> dict[str, int]:
    sql = """
        SELECT e.key, count(*) FROM ledger_entry e JOIN ledger_seal s ON e.id = ANY (s.entries) WHERE e.key = ANY(%s) GROUP BY e.key
    """
    from everfair.ledger.sealing import seal

    seal()
    return _counted(sql, _ids(subjects))


# ── payments in ──


def _make_intents(count: int) -> list[Subject]:
    from everfair.base.ids import new_id

    company = _company_with_money()
    return [{"id": str(new_id()), "company": str(company)} for _n in range(count)]


def _open(subject: Subject) -> str:
    from everfair.base.actor import SYSTEM
    from everfair.base.money import Money
    from everfair.payments.actions import open_intent

    made = open_intent(
        company_id=UUID(subject["company"]), purpose_kind="kill", purpose=UUID(subject["id"]), amount=Money(12_600, "USD"),
        description="A thing", return_path="/", market="export", by=SYSTEM,
    )  # fmt: skip
    return str(made.pk)


def _intents(subjects: Sequence[Subject]) -> dict[str, int]:
    return _counted(
        "SELECT purpose::text, count(*) FROM payments_intent WHERE purpose::text = ANY(%s) GROUP BY purpose", _ids(subjects)
    )


def _make_open(count: int) -> list[Subject]:
    """Intents of their own, the intent's id being the subject's."""
    return [{"id": _open(subject), "company": subject["company"]} for subject in _make_intents(count)]


def _intent(subject: Subject) -> Any:
    from everfair.payments.models import Intent

    return Intent.objects.get(pk=subject["id"])


def _check_out(subject: Subject) -> str:
    from everfair.base.actor import Actor
    from everfair.payments.actions import start_checkout

    payer = Actor(kind="person", company_id=UUID(subject["company"]), company_roles=frozenset({"owner"}))
    return start_checkout(UUID(subject["id"]), by=payer)


def _checkouts(subjects: Sequence[Subject]) -> dict[str, int]:
    """At the provider: what it holds for our id; and one try of ours."""
    from everfair.payments.models import Route
    from everfair.payments.rails import client

    found = {}
    for subject in subjects:
        there = client("sandbox").look_up(subject["id"])
        tries = Route.objects.filter(intent_id=subject["id"]).count()
        found[subject["id"]] = max(int(there is not None), tries if there is not None else 0)
    return found


def _hear(subject: Subject) -> str:
    from everfair.payments.actions import take_event
    from tests import make

    intent = _intent(subject)
    return take_event("sandbox", *make.told(intent, event_id=f"evt_{intent.pk.hex}", id=f"chk_{intent.pk.hex[:12]}"))


def _make_due(count: int) -> list[Subject]:
    from everfair.base.deadlines import set_deadline

    subjects = _make_open(count)
    for subject in subjects:
        set_deadline("payments.intent", UUID(subject["id"]), timedelta(0))
    return subjects


def _fire(subject: Subject) -> str:
    from everfair.base import deadlines
    from everfair.base.models import Deadline
    from everfair.base.rows import find

    for due in find(Deadline, "subject = %s AND state = 'waiting' AND reminder = 0", [subject["id"]]):
        deadlines._fire(due)
    return "fired"


def _expired(subjects: Sequence[Subject]) -> dict[str, int]:
    sql = "SELECT subject::text, count(*) FROM base_history WHERE subject::text = ANY(%s) AND verb = 'expire' GROUP BY subject"
    return _counted(sql, _ids(subjects))


# ── money back ──


def _make_refunds(count: int) -> list[Subject]:
    """Each captured at the provider, and owed back."""
    from django.db import transaction

    from everfair.payments.actions import take_event
    from everfair.payments.actions.refunds import owe_back
    from everfair.payments.models import Intent
    from everfair.payments.rails import client
    from tests import make

    made = []
    for subject in _make_open(count):
        url = _check_out(subject)
        pay_at(url)
        intent = _intent(subject)
        take_event("sandbox", *make.told(intent, version=9))
        with transaction.atomic():
            locked = Intent.objects.select_for_update().get(pk=intent.pk)
            refund = owe_back(locked, "sandbox", locked.provider_ref, received=True)
        made.append({"id": str(refund.pk), "intent": str(intent.pk)})
    assert client("sandbox").look_up(made[0]["intent"]).state == "captured"
    return made


def pay_at(url: str) -> None:
    """What a payer does on the hosted page."""
    from everfair.base.exchange import exchange

    address = url.replace("localhost", "127.0.0.1")
    answer = exchange("POST", address, {"Content-Type": "application/x-www-form-urlencoded"}, b"instrument=pays")
    assert answer.status < 400, answer


def _refund(subject: Subject) -> str:
    from everfair.payments.actions.refunds import send_refund

    send_refund(UUID(subject["id"]))
    return "sent"


def _refunds(subjects: Sequence[Subject]) -> dict[str, int]:
    """In our books once, and at the provider no more than was paid."""
    from everfair.payments.rails import client

    booked = _entries("refund:", ":done")(subjects)
    for subject in subjects:
        there = client("sandbox").look_up(subject["intent"])
        assert there.refunded.minor in (0, 12_600)
        assert there.refunded.minor or not booked[subject["id"]]
    return booked


# ── payments out ──


def _make_payouts(count: int) -> list[Subject]:
    return _payouts_in("released", count)


def _make_sent_payouts(count: int) -> list[Subject]:
    return _payouts_in("sent", count)


def _payouts_in(state: str, count: int) -> list[Subject]:
    from everfair.base.actor import Actor
    from everfair.base.money import Money
    from tests import make

    keeper = Actor(kind="person", company_id=_company_with_money(), company_roles=frozenset({"owner"}))
    account = make.bank_account(keeper)
    return [{"id": str(make.payout(keeper, Money(100 + n, "USD"), state=state, account=account).pk)} for n in range(count)]


def _make_askers(count: int) -> list[Subject]:
    """A person signed in, and for each payout a form with its own key and its own amount."""
    from django.test import Client

    from everfair.companies.models import Company
    from tests import make

    company = Company.objects.get(pk=_company_with_money())
    person = make.member(company)
    account = make.bank_account(make.actor(company, who=person))
    browser = Client()
    browser.force_login(person, backend="everfair.companies.accounts.Backend")
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
    return [
        {
            "id": f"key-{account.pk.hex}-{n}",
            "amount": 1000 + n,
            "account": str(account.pk),
            "company": str(company.pk),
            "cookies": cookies,
        }
        for n in range(count)
    ]


def _ask(subject: Subject) -> str:
    from django.test import Client

    browser = Client()
    for name, value in subject["cookies"].items():
        browser.cookies[name] = value
    amount = f"{subject['amount'] // 100}.{subject['amount'] % 100:02}"
    form = {"_key": subject["id"], "bank_account": subject["account"], "amount": amount, "confirmed": "1"}
    answer = browser.post("/en/wallet/payouts/new/", form)
    assert answer.status_code == 302, answer.content[:2000]
    return answer["Location"]


def _asked(subjects: Sequence[Subject]) -> dict[str, int]:
    from everfair.payments.models import Payout

    amounts = list(Payout.objects.filter(company_id=subjects[0]["company"]).values_list("amount_minor", flat=True))
    return {subject["id"]: amounts.count(subject["amount"]) for subject in subjects}


def _send(subject: Subject) -> str:
    from everfair.payments.actions import send_payout

    send_payout(UUID(subject["id"]))
    return "sent"


def _sent(subjects: Sequence[Subject]) -> dict[str, int]:
    """Our word that it was sent, once; then it is at the provider, under our id."""
    from everfair.payments.rails import client

    sql = "SELECT subject::text, count(*) FROM base_history WHERE subject::text = ANY(%s) AND verb = 'send' GROUP BY subject"
    said = _counted(sql, _ids(subjects))
    for subject in subjects:
        there = client("sandbox").look_up_payout(subject["id"])
        assert there is not None or not said[subject["id"]]
    return said


def _end(subject: Subject) -> str:
    from everfair.payments.actions.events import end_payout

    return "/".join(end_payout(UUID(subject["id"]), paid=True))


# ── a trade's escrow ──


def _make_captured(count: int) -> list[Subject]:
    from everfair.payments.actions import take_event
    from everfair.payments.models import Intent
    from everfair.trade.actions import pay_stage
    from tests import make

    made = []
    for _n in range(count):
        trade = make.trade("agreed")
        intent = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
        take_event("sandbox", *make.told(intent))
        made.append({"id": str(trade.stage(1).pk), "intent": str(intent.pk)})
    return made


def _fund(subject: Subject) -> str:
    from everfair.trade.actions import fund_stage

    fund_stage(UUID(subject["id"]), UUID(subject["intent"]))
    return "funded"


def _make_shipped(count: int) -> list[Subject]:
    from tests import make

    made = []
    for _n in range(count):
        trade = make.trade("shipped")
        made.append({"id": str(trade.stage(1).pk), "order": str(trade.order.pk), "buyer": str(trade.order.buyer_id)})
    return made


def _receive(subject: Subject) -> str:
    from everfair.base.actor import Actor
    from everfair.base.refused import AlreadyDone
    from everfair.trade.actions import receive_order

    buyer = Actor(kind="person", company_id=UUID(subject["buyer"]), company_roles=frozenset({"owner"}))
    try:
        receive_order(UUID(subject["order"]), by=buyer)
    except AlreadyDone:
        pass
    return "received"


def _make_issues(count: int) -> list[Subject]:
    from everfair.base.actor import Actor
    from everfair.trade.actions import open_issue

    made = _make_shipped(count)
    for subject in made:
        buyer = Actor(kind="person", company_id=UUID(subject["buyer"]), company_roles=frozenset({"owner"}))
        open_issue(UUID(subject["order"]), "Half of it is scrap.", by=buyer)
    return made


def _award(subject: Subject) -> str:
    from everfair.base.refused import AlreadyDone
    from everfair.trade.actions import resolve_issue
    from tests import make

    try:
        resolve_issue(UUID(subject["order"]), Decimal("0.35"), "Seen.", by=make.operator())
    except AlreadyDone:
        pass
    return "awarded"


SCENARIOS = {
    "post": Scenario(("ledger.before_post", "ledger.after_post"), _make_entries, _post, _entries("")),
    "seal": Scenario(("ledger.after_seal",), _make_entries, _post_and_seal, _seals, alone=True),
    "open": Scenario(("payments.intent_opened",), _make_intents, _open, _intents),
    "check out": Scenario(("payments.route_committed", "payments.checkout_answered"), _make_open, _check_out, _checkouts),
    "hear": Scenario(
        ("payments.event_stored", "payments.event_applied", "payments.event_committed"), _make_open, _hear, _entries("intent:", ":capture")
    ),
    "expire": Scenario(("base.deadline_acted",), _make_due, _fire, _expired),
    "refund": Scenario(("payments.refund_answered",), _make_refunds, _refund, _refunds),
    "ask": Scenario(("payments.payout_reserved", "base.work_done"), _make_askers, _ask, _asked),
    "send": Scenario(("payments.payout_before_provider", "payments.payout_answered"), _make_payouts, _send, _sent),
    "end": Scenario(("ledger.after_hold_posted", "payments.payout_before_end"), _make_sent_payouts, _end, _entries("payout:", ":paid")),
    "fund": Scenario(("trade.stage_funded",), _make_captured, _fund, _entries("stage:", ":fund"), costly=True),
    "release": Scenario(("trade.stage_released",), _make_shipped, _receive, _entries("stage:", ":end"), costly=True),
    "award": Scenario(("trade.stage_awarded",), _make_issues, _award, _entries("stage:", ":end"), costly=True),
}  # fmt: skip


def main(name: str, subject: str) -> None:
    os.environ["EVERFAIR_KIND"] = "test"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everfair.site.settings")
    import django

    django.setup()
    sys.stdout.write(SCENARIOS[name].do(json.loads(subject)) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
