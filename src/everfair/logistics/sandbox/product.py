"""What makes the carrier sandbox one: its tables, its faults, its API and its pages."""

from everfair.base.sandbox.service import Product, Request, Response, Service
from everfair.logistics.sandbox import pages
from everfair.logistics.sandbox.api import API
from everfair.logistics.sandbox.faults import FAULTS, lie
from everfair.logistics.sandbox.tables import SCHEMA


def answer(service: Service, request: Request) -> Response:
    return API.answer(service, request) if request.path.startswith("/v1/") else pages.answer(service, request)


PRODUCT = Product(schema=SCHEMA, faults=FAULTS, answer=answer, twist=lie)
