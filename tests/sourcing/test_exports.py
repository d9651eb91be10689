"""A comparison taken away: as a worksheet that reckons, as a paper that reads the same."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from django.test import Client
from openpyxl import load_workbook
from pypdf import PdfReader

from everfair.companies.models import Company
from tests import make
from tests.sourcing.asking import buyer, charge, quote, rfq, supplier

pytestmark = pytest.mark.django_db


def browser_of(actor) -> Client:
    client = Client()
    client.force_login(make.Person.objects.get(pk=actor.person_id))
    return client


def compared():
    by_buyer = buyer()
    asked = rfq(by_buyer)
    for name, discount in (("=Zhou & Söhne", "1"), ("永康五金", "2")):
        by = supplier()
        Company.objects.filter(pk=by.company_id).update(name=name)
        quote(asked, by, charges=(charge("discount", discount),), remarks="boxed")
    return by_buyer, asked


def test_the_worksheet_holds_numbers_and_no_formula():
    by_buyer, asked = compared()

    answer = browser_of(by_buyer).get(f"/en/rfqs/{asked.pk}/compare.xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).active

    rows = {row[0].value: row[1:] for row in sheet.iter_rows()}
    heads = {cell.value: n for n, cell in enumerate(rows[asked.title])}
    assert set(heads) == {"=Zhou & Söhne", "永康五金"}
    assert {cell.data_type for cell in rows[asked.title]} == {"s"}
    totals = [Decimal(str(cell.value)) for cell in rows["Total (USD)"]]
    assert {cell.data_type for cell in rows["Total (USD)"]} == {"n"}
    assert totals[heads["=Zhou & Söhne"]] - totals[heads["永康五金"]] == 1
    assert [cell.value for cell in rows["Lead time (days)"]] == [30, 30]


def test_the_paper_says_the_same_in_the_readers_language():
    by_buyer, asked = compared()

    text = {}
    for language in ("en", "zh-hant"):
        answer = browser_of(by_buyer).get(f"/{language}/rfqs/{asked.pk}/compare.pdf")
        text[language] = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)

    assert "Quotes side by side" in text["en"]
    assert "永康五金" in text["en"]
    assert "Zhou & Söhne" in text["zh-hant"]
    assert "Total" in text["en"]
    assert "Total" not in text["zh-hant"]


def test_nobody_else_gets_it():
    _by_buyer, asked = compared()
    stranger = browser_of(supplier())

    assert [stranger.get(f"/en/rfqs/{asked.pk}/compare.{kind}").status_code for kind in ("xlsx", "pdf")] == [404, 404]
