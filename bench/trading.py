"""The measured trades: an order from price tiers to settlement, and a request for quotation to its award. All through the API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.calls import Caller
from bench.installation import Installation
from bench.world import CATEGORY, Party, World

Lap = Callable[[str], None]


class OrderFlow:
    """placed → signed → both stages paid → shipped → received; what each step is called stands in `lap`.

    With `until="held"` it ends when the first payment is confirmed: held in escrow, and the seller reads so.
    """

    def __init__(self, place: Installation, world: World, lap: Lap = lambda step: None, *, until: str = "settled") -> None:
        self.place, self.world, self.lap, self.until = place, world, lap, until
        self.caller = Caller(place.address)
        self.n = 0

    @property
    def requests(self) -> Counter[str]:
        return self.caller.asked

    def run(self) -> str:
        self.n += 1
        buyer = self.world.buyers[self.n % len(self.world.buyers)]
        seller = self.world.suppliers[self.n % len(self.world.suppliers)]
        call = self.caller.api
        lines = [{"offer": str(offer), "quantity": str(1000 + 100 * n)} for n, offer in enumerate(seller.offers[:3])]
        asked = {"lines": lines, "incoterm": "FOB", "named_place": "Hamburg"}
        order = call(buyer.key, "POST", "/orders", asked, step="place")
        self.lap("place")
        path = f"/orders/{order['id']}"
        read = call(seller.key, "GET", path, step="read")
        self.lap("the seller reads it")
        call(seller.key, "POST", f"{path}/sign", {"terms_hash": read["terms_hash"]}, step="sign")
        self.lap("sign")
        self._pay(order["id"], 1, buyer)
        if self.until == "held":
            read = call(seller.key, "GET", path, step="read")
            if read["stages"][0]["state"] != "funded":
                raise SystemExit(f"The payment is not held: {read}")
            return str(order["id"])
        self._pay(order["id"], 2, buyer)
        shipped = {
            "mode": "sea",
            "carrier": "Evergreen",
            "tracking_number": f"EGLV{self.n:07d}",
            "handed_over_on": datetime.now(UTC).date().isoformat(),
            "package_count": 12,
        }
        call(seller.key, "POST", f"{path}/ship", shipped, step="ship")
        self.lap("ship")
        done = call(buyer.key, "POST", f"{path}/receive", step="receive")
        self.lap("receive")
        if done["goods"] != "received" or [stage["state"] for stage in done["stages"]] != ["released", "released"]:
            raise SystemExit(f"The order did not settle: {done}")
        return str(done["id"])

    def _pay(self, order_id: str, n: int, buyer: Party) -> None:
        call = self.caller.api
        payment = call(buyer.key, "POST", f"/orders/{order_id}/stages/{n}/pay", step="pay")["payment"]
        self.lap("pay")
        call(buyer.key, "POST", f"/payments/{payment}/checkout", step="checkout")
        self.lap("checkout")
        headers, body = self.place.provider.captured(payment)
        status, said = self.caller.raw("POST", "/hooks/payments/sandbox", {"Content-Type": "application/json", **headers}, body)
        if (status, said) != (200, b"applied"):
            raise SystemExit(f"The provider's event was answered {status}: {said.decode()[:400]}")
        self.caller.asked["webhook"] += 1
        self.lap("webhook")
        self.place.wait_until("SELECT state = 'funded' FROM trade_stage WHERE order_id = %s AND n = %s", order_id, n)
        self.lap("reaction: fund")


class RfqFlow:
    """A request of two lines, three quotes, the buyer reads them and awards the cheapest."""

    def __init__(self, place: Installation, world: World, lap: Lap = lambda step: None) -> None:
        self.place, self.world, self.lap = place, world, lap
        self.caller = Caller(place.address)
        self.n = 0

    @property
    def requests(self) -> Counter[str]:
        return self.caller.asked

    def run(self) -> str:
        self.n += 1
        call = self.caller.api
        buyer = self.world.buyers[self.n % len(self.world.buyers)]
        suppliers = [self.world.suppliers[(self.n + step) % len(self.world.suppliers)] for step in range(3)]
        rfq = call(buyer.key, "POST", "/rfqs", self._wanted(), step="post")
        self.lap("post the request")
        quotes = []
        for more, supplier in enumerate(suppliers):
            call(supplier.key, "GET", f"/rfqs/{rfq['id']}", step="read")
            self.lap("a supplier reads it")
            quotes.append(call(supplier.key, "POST", f"/rfqs/{rfq['id']}/quotes", self._offered(more), step="quote"))
            self.lap("quote")
        call(buyer.key, "GET", f"/rfqs/{rfq['id']}/quotes", step="compare")
        self.lap("the buyer reads the quotes")
        order = call(buyer.key, "POST", f"/quotes/{quotes[0]['id']}/award", {}, step="award")
        self.lap("award")
        if order["agreement"] != "offered":
            raise SystemExit(f"The award made no contract: {order}")
        return str(order["id"])

    def _wanted(self) -> dict[str, Any]:
        return {
            "market": "export",
            "title": f"Bolts for frame {self.n}",
            "details": "Please quote with carton sizes.",
            "category": CATEGORY,
            "currency": "USD",
            "incoterm": "FOB",
            "named_place": "Hamburg",
            "destination": "DE",
            "closes_at": (datetime.now(UTC) + timedelta(days=14)).isoformat(),
            "lines": [
                {"description": "Hex bolt M8 x 40", "quantity": "20000", "unit": "H87"},
                {"description": "Hex nut M8", "quantity": "20000", "unit": "H87"},
            ],
        }

    def _offered(self, more: int) -> dict[str, Any]:
        return {
            "lines": [{"n": 1, "unit_price": f"0.4{more}"}, {"n": 2, "unit_price": f"0.1{more}"}],
            "lead_time_days": 20,
            "valid_until": (datetime.now(UTC) + timedelta(days=20)).isoformat(),
        }
