"""The file a bank is handed: valid against ISO 20022's own schema, the sum right to the cent, and no name guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.metadata import distribution
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from everfair.base.money import Money
from everfair.payments.pain001 import VERSIONS, Payer, Transfer, UnwritableName, control_sum, write_file, written

SCHEMAS = Path(str(distribution("sepaxml").locate_file("sepaxml/schemas")))  # the official ones, as that wheel ships them
AT, DAY = datetime(2026, 11, 23, 8, 30, tzinfo=UTC), date(2026, 11, 24)
PAYER = Payer("Everfair Operations GmbH", "DE02120300000000202051", "BYLADEM1001", "DE")
EURO = Transfer(
    "a" * 32,
    Money(12345, "EUR"),
    "Müller & Söhne GmbH",
    "DE89370400440532013000",
    "COBADEFFXXX",
    "Commerzbank",
    "DE",
    "Köln",
    "Everfair P-1",
)
IN_CHINA = Transfer(
    "b" * 32,
    Money(990000, "USD"),
    "Yongkang Wujin Co., Ltd.",
    "622212345678901",
    "BKCHCNBJ92A",
    "Bank of China",
    "CN",
    "永康",
    "Everfair P-2",
)


def schema(version: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMAS / f"{version}.xsd"))


def read(body: bytes) -> etree._Element:
    return etree.fromstring(body)


def texts(body: bytes, name: str) -> list[str]:
    return [element.text for element in read(body).iterfind(f".//{{*}}{name}")]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "transfers",
    [
        [EURO],
        [IN_CHINA],
        [EURO, replace(EURO, bic="", reference="c" * 32)],
        [EURO, replace(IN_CHINA, amount=Money(5, "EUR"))],
        [replace(IN_CHINA, bic="")],
        [replace(IN_CHINA, amount=Money(500000, "JPY")), replace(IN_CHINA, amount=Money(1, "JPY"))],
    ],
    ids=["sepa", "abroad", "without a BIC", "both kinds", "only the bank's name", "yen"],
)
def test_a_file_is_valid_by_the_standards_own_schema(version, transfers):
    body = write_file("EF" + "0" * 32, PAYER, transfers, at=AT, pay_on=DAY, version=version)

    schema(version).assertValid(read(body))


def test_the_schema_would_have_noticed():
    body = write_file("M" * 36, PAYER, [EURO], at=AT, pay_on=DAY)

    assert not schema(VERSIONS[0]).validate(read(body)), "a message id has 35 characters at most"


def test_sums_and_ids_are_what_was_asked_for():
    body = write_file("EF1", PAYER, [EURO, replace(EURO, amount=Money(1, "EUR"), reference="d" * 32)], at=AT, pay_on=DAY)

    assert texts(body, "MsgId") == ["EF1"]
    assert texts(body, "CtrlSum") == ["123.46", "123.46"]
    assert texts(body, "NbOfTxs") == ["2", "2"]
    assert texts(body, "InstdAmt") == ["123.45", "0.01"]
    assert texts(body, "EndToEndId") == ["a" * 32, "d" * 32]
    assert texts(body, "ReqdExctnDt")[0] is None or texts(body, "Dt") == ["2026-11-24"]


def test_sepa_and_the_rest_of_the_world_stand_apart():
    body = write_file("EF1", PAYER, [EURO, replace(IN_CHINA, amount=Money(5, "EUR"))], at=AT, pay_on=DAY)

    assert texts(body, "ChrgBr") == ["SLEV", "SHAR"]
    assert texts(body, "PmtInfId") == ["EF1-1", "EF1-2"]
    assert texts(body, "Nm")[2:] == ["Muller + Sohne GmbH", PAYER.name, "Yongkang Wujin Co., Ltd."]


def test_one_file_is_one_currency_and_something():
    for wrong in ([EURO, IN_CHINA], []):
        with pytest.raises(ValueError, match="one currency"):
            write_file("EF1", PAYER, wrong, at=AT, pay_on=DAY)


@pytest.mark.parametrize(
    ("typed", "carried"),
    [
        ("Straße & Co", "Strasse + Co"),
        ("Łódź Ñandú Œuvre", "Lodz Nandu OEuvre"),
        ("Fa. „Süd“", "Fa. Sud"),
        ("Ａｓｔｅｒ", "Aster"),
    ],
)
def test_a_name_is_written_in_the_letters_that_banks_carry(typed, carried):
    assert written(typed) == carried


@pytest.mark.parametrize("name", ["永康五金有限公司", "\u0410ster", "", "!!!"])
def test_a_name_that_would_have_to_be_guessed_is_refused(name):
    with pytest.raises(UnwritableName):
        written(name)


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=20), st.sampled_from(["EUR", "JPY", "KWD", "USD"]))
def test_the_control_sum_is_the_sum(amounts, currency):
    from decimal import Decimal

    rows = [replace(IN_CHINA, amount=Money(minor, currency)) for minor in amounts]

    assert Decimal(control_sum(rows)) == sum(row.amount.amount for row in rows)
