"""What makes the payment sandbox one: its tables, its faults, its payouts that settle by themselves, its API and its pages."""

import sqlite3
from dataclasses import dataclass

from everfair.base.sandbox.courier import Clockwork
from everfair.base.sandbox.events import Announcer
from everfair.base.sandbox.service import Product, Request, Response, Service, Settings
from everfair.payments.sandbox import pages
from everfair.payments.sandbox.api import API
from everfair.payments.sandbox.disputes import lose_overdue_disputes, next_dispute_at
from everfair.payments.sandbox.faults import FAULTS, lie
from everfair.payments.sandbox.payouts import next_payout_at, settle_due_payouts
from everfair.payments.sandbox.tables import SCHEMA


@dataclass(frozen=True)
class PaymentSettings(Settings):
    merchant: str = "Everfair"
    payout_after_s: float = 3
    late_s: int = 30


def answer(service: Service, request: Request) -> Response:
    return API.answer(service, request) if request.path.startswith("/v1/") else pages.answer(service, request)


def next_at(db: sqlite3.Connection) -> float | None:
    return min((due for due in (next_payout_at(db), next_dispute_at(db)) if due is not None), default=None)


def tick(db: sqlite3.Connection, announcer: Announcer, now: float) -> None:
    settle_due_payouts(db, announcer, now)
    lose_overdue_disputes(db, announcer, now)


PRODUCT = Product(schema=SCHEMA, faults=FAULTS, answer=answer, twist=lie, clockwork=Clockwork(next_at, tick))
