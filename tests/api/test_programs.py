"""A client generated from our own document makes a whole trade."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import subprocess
import sys
import time
import typing
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from tests.stories.conftest import Fair, fair

__all__ = ["fair"]  # a whole installation, as in the stories
PROGRAMS = Path(sys.executable).parent
KEYS = """
from everfair.companies.actions import make_api_key
from everfair.companies.models import Person
from everfair.companies.queries import actor_of_person
from everfair.companies.values import SCOPES
for who in ("santiago", "yongkang"):
    person = Person.objects.get(email=who + "@demo.everfair.example")
    print("KEY", make_api_key("a program", SCOPES, by=actor_of_person(person))[1])
"""


@pytest.fixture(scope="module")
def keys(fair: Fair) -> tuple[str, str]:
    """An API key of a buyer and of a supplier."""
    said = fair.command("manage", "shell", "-c", KEYS)
    found = [line.removeprefix("KEY ") for line in said.stdout.splitlines() if line.startswith("KEY ")]
    assert len(found) == 2, said.stdout + said.stderr
    return found[0], found[1]


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=400, check=False)


class Program:
    """One company's generated client; `call` finds the operation by our own verb."""

    def __init__(self, package: ModuleType, address: str, key: str) -> None:
        self.package = package
        self.client = package.AuthenticatedClient(base_url=address, token=key, raise_on_unexpected_status=True)

    def call(self, tag: str, operation: str, body: dict[str, Any] | None = None, **values: Any) -> dict[str, Any]:
        module = importlib.import_module(f"{self.package.__name__}.api.{tag}.{operation}")
        if body is not None:
            values["body"] = typing.get_type_hints(module.sync_detailed)["body"].from_dict(body)
        if "idempotency_key" in inspect.signature(module.sync_detailed).parameters:
            values["idempotency_key"] = uuid4().hex
        answer = module.sync_detailed(client=self.client, **values)
        assert answer.status_code < 300, (operation, answer.status_code, answer.content)
        return json.loads(answer.content)


@pytest.fixture(scope="module")
def programs(fair: Fair, keys: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Program, Program]]:
    folder = tmp_path_factory.mktemp("client")
    with urllib.request.urlopen(f"{fair.address}/api/v1/openapi.json", timeout=20) as document:
        (folder / "openapi.json").write_bytes(document.read())
    generated = run(
        "openapi-python-client",
        "generate",
        "--path",
        "openapi.json",
        "--meta",
        "none",
        "--output-path",
        "fair_client",
        cwd=folder,
    )
    assert generated.returncode == 0, generated.stdout + generated.stderr
    assert "Unable to parse" not in generated.stdout + generated.stderr
    sys.path.insert(0, str(folder))
    package = importlib.import_module("fair_client")
    made = Program(package, fair.address, keys[0]), Program(package, fair.address, keys[1])
    yield made
    for program in made:
        program.client.get_httpx_client().close()


def pay(buyer: Program, order: str, stage: int) -> None:
    """Open the payment, pay on the provider's page, and wait for its word."""
    payment = buyer.call("orders", "pay_stage", order_id=order, n=stage)["payment"]
    checkout = buyer.call("money", "start_checkout", payment_id=payment)["url"]
    with urllib.request.urlopen(checkout, urlencode({"instrument": "pays"}).encode(), timeout=20):
        pass
    for _ in range(80):
        stages = buyer.call("orders", "get_order", order_id=order)["stages"]
        if stages[stage - 1]["state"] == "funded":
            return
        time.sleep(0.25)
    raise AssertionError(f"stage {stage} was not funded")


def test_a_generated_client_makes_a_whole_trade(fair: Fair, programs: tuple[Program, Program]) -> None:
    buyer, seller = programs
    offer = buyer.call("finding", "search_offers", q="travel mug")["items"][0]

    placed = buyer.call(
        "orders",
        "place_order",
        {"lines": [{"offer": offer["id"], "quantity": "1000"}], "incoterm": "FOB", "named_place": "Ningbo"},
    )
    order = placed["id"]
    seller.call("orders", "sign_order", {"terms_hash": placed["terms_hash"]}, order_id=order)
    pay(buyer, order, 1)
    pay(buyer, order, 2)
    today = datetime.now(UTC).date().isoformat()
    consignment = {
        "mode": "sea",
        "carrier": "Harbour Line",
        "tracking_number": "HBL1",
        "handed_over_on": today,
        "package_count": 9,
    }
    seller.call("orders", "ship_order", consignment, order_id=order)
    done = buyer.call("orders", "receive_order", order_id=order)

    assert (done["agreement"], done["goods"]) == ("completed", "received")
    assert [stage["state"] for stage in done["stages"]] == ["released", "released"]
    assert fair.command("proofs").returncode == 0
