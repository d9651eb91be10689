"""What makes the payment sandbox one: its tables, its faults, its payouts that settle by themselves, its API and its pages."""

from dataclasses import dataclass

from everfair.base.sandbox.courier import Clockwork
from everfair.base.sandbox.service import Product, Request, Response, Service, Settings
from everfair.payments.sandbox import pages
from everfair.payments.sandbox.api import API
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


PRODUCT = Product(schema=SCHEMA, faults=FAULTS, answer=answer, twist=lie, clockwork=Clockwork(next_payout_at, settle_due_payouts))
