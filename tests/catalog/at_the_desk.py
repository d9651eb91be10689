"""A supplier at the pages of its offers."""

from __future__ import annotations

from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from everfair.companies.models import Company
from tests import make


def signed_in(of: Company, *roles: str) -> Client:
    client = Client()
    client.force_login(make.member(of, *(roles or ("owner",))))
    return client


def typed(**changes: object) -> dict[str, object]:
    """What a supplier sends with the editor."""
    return {
        "_key": uuid4().hex,
        "then": "save",
        "sku": "BOLT-8",
        "category": "hardware/fasteners",
        "unit": "H87",
        "currency": "USD",
        "price_per": "1",
        "titles_en": "Hex bolt",
        "tiers_0": ["100", "1000", "", "", "", ""],
        "tiers_1": ["0.50", "0.42", "", "", "", ""],
        "lead_times_0": ["5000", ""],
        "lead_times_1": ["15", "30"],
        "attributes_0": ["Material", ""],
        "attributes_1": ["steel", ""],
        "origin": "CN",
        "hs_code": "7318.15",
    } | changes


def send(client: Client, text: str, name: str = "prices.csv") -> str:
    answer = client.post("/en/offers/imports/", {"_key": uuid4().hex, "file": SimpleUploadedFile(name, text.encode())})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])
