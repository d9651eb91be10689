"""MT940 of SWIFT, by the library `mt-940`: what it drops in silence is counted and refused here."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import mt940

from everfair.base.money import MAX_MINOR, exponent
from everfair.payments.statements.read import N_, Fault, ReadLine, ReadStatement, Unreadable, clean

_KINDS = {"C": ("credit", 1), "D": ("debit", -1), "RC": ("reversed_credit", -1), "RD": ("reversed_debit", 1)}
_OPENING, _CLOSING = (
    ("final_opening_balance", "intermediate_opening_balance"),
    ("final_closing_balance", "intermediate_closing_balance"),
)
_NO_REFERENCE = {"NONREF", "EREF", "KREF", "PREF"}
_NAME = re.compile(r"/NAME/([^/]+)/|NAA?ME?:\s*([^/\n]+)")
_CHARGES = re.compile(r"/CHGS/([A-Z]{3})([0-9]{1,13}(?:[,.][0-9]{1,3})?)")
_MOST_LINES = 100_000


def read_mt940(body: bytes) -> list[ReadStatement]:
    text = _decoded(body).replace("\r\n", "\n").replace("\r", "\n")
    blocks = [block for block in re.split(r"(?m)^(?=:20:)", text) if block.startswith(":20:")]
    if not blocks:
        raise Unreadable(N_("neither camt.053 nor MT940: there is no field :20:"))
    if sum(block.count("\n:61:") for block in blocks) > _MOST_LINES:
        raise Unreadable(N_("the file holds more than 100,000 lines"))
    return [_statement(block, n) for n, block in enumerate(blocks, 1)]


def _decoded(body: bytes) -> str:
    if b"\0" in body:
        raise Unreadable(N_("neither camt.053 nor MT940"))
    try:
        return body.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace")


def _statement(block: str, n: int) -> ReadStatement:
    # An object that reads, never a string: the library takes a string that names a file for that file.
    try:
        [found] = mt940.parse_statements(StringIO(block), options=mt940.Options.all())
    except Exception as error:  # the library raises what its parts raise
        raise Unreadable(
            N_("statement %(n)s of the file is no MT940: %(what)s"), n=n,
            what=str(error).splitlines()[0][:200] if str(error) else type(error).__name__,
        ) from error  # fmt: skip
    said = found.data
    opening, closing = _first(said, _OPENING), _first(said, _CLOSING)
    currency = str(getattr(getattr(opening or closing, "amount", None), "currency", "") or "")
    plain: dict[str, Any] = {
        "kind": "mt940", "account": clean(str(said.get("account_identification") or ""), 40), "currency": currency,
        "number": clean("/".join(str(said[key]) for key in ("statement_number", "sequence_number") if said.get(key)), 40),
    }  # fmt: skip
    if opening is None or closing is None:
        missing = "no_opening" if opening is None else "no_closing"
        return ReadStatement(
            **plain, opening_on=None, closing_on=None, opening_minor=0, closing_minor=0, fault="cut", fault_facts={"note": missing}
        )  # fmt: skip
    days: dict[str, Any] = {"opening_on": _plain_day(opening.date), "closing_on": _plain_day(closing.date)}
    try:
        if closing.amount.currency != currency:
            raise Fault("currency", "closing_currency", currency=currency)
        if len(found.transactions) != len(re.findall(r"(?m)^:61:", block)) and re.search(r"(?m)^:61:", block):
            raise Fault("cut", "lines_unread")
        from_minor, to_minor = _minor(opening.amount.amount, currency), _minor(closing.amount.amount, currency)
        lines = tuple(_line(row.data, currency) for row in found.transactions if row.data.get("status"))
    except Fault as fault:
        return ReadStatement(**plain, **days, opening_minor=0, closing_minor=0, fault=fault.code, fault_facts=fault.facts)
    return ReadStatement(**plain, **days, opening_minor=from_minor, closing_minor=to_minor, lines=lines)


def _first(said: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((said[name] for name in names if said.get(name) is not None), None)


def _plain_day(found: date) -> date:
    return date(found.year, found.month, found.day)


def _minor(amount: Decimal, currency: str) -> int:
    scaled = amount.scaleb(exponent(currency))
    if scaled != scaled.to_integral_value() or abs(scaled) > MAX_MINOR:
        raise Fault("amount", "no_amount", text=str(amount)[:40], currency=currency)
    return int(scaled)


def _line(said: dict[str, Any], currency: str) -> ReadLine:
    mark = str(said["status"]).upper()
    if mark not in _KINDS:
        raise Fault("mark", "mark", text=mark[:40])
    kind, sign = _KINDS[mark]
    value_on = _plain_day(said["date"])
    details = "\n".join(text for key in _TOLD if (text := str(said.get(key) or "")) and text.upper() not in _NO_REFERENCE)
    named = _NAME.search(details)
    name = said.get("applicant_name") or (next(part for part in named.groups() if part) if named else "")
    return ReadLine(
        kind=kind,
        amount_minor=sign * abs(_minor(said["amount"].amount, currency)),
        booked_on=_plain_day(said.get("guessed_entry_date") or said.get("entry_date") or value_on),
        value_on=value_on,
        bank_ref=_reference(said.get("bank_reference")),
        their_ref=_reference(said.get("end_to_end_reference") or said.get("customer_reference")),
        type_code=clean(str(said.get("id") or ""), 20),
        name=clean(name, 140),
        account=clean(str(said.get("applicant_iban") or ""), 40),
        bic=clean(str(said.get("applicant_bin") or ""), 11),
        text=clean(details, 1000),
        charges_minor=_charges(details, currency),
    )


def _charges(details: str, currency: str) -> int:
    """What the bank took and counted into the amount, where it says so: field 61 «/CHGS/USD15,00/»."""
    found = _CHARGES.search(details)
    return _minor(Decimal(found[2].replace(",", ".")), currency) if found and found[1] == currency else 0


_TOLD = ("purpose", "additional_purpose", "transaction_details", "end_to_end_reference", "customer_reference", "extra_details")


def _reference(text: Any) -> str:
    said = clean(str(text or ""), 60)
    return "" if said.upper() in _NO_REFERENCE else said
