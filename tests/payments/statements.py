"""A bank for tests: it writes its statements as MT940 or as camt.053 of three versions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from xml.sax.saxutils import escape

from everfair.payments.bank import account_by_code

_SIGN = {"C": 1, "D": -1, "RC": -1, "RD": 1}


@dataclass
class Bank:
    """One statement of one of our accounts; `next()` is the one of the day after."""

    code: str = "usd"
    opening: int = 0
    number: int = 1
    day: date = date(2026, 11, 2)
    lines: list[dict[str, Any]] = field(default_factory=list)

    def line(self, mark: str, minor: int, text: str, **more: Any) -> Bank:
        self.lines.append(
            {
                "mark": mark,
                "minor": minor,
                "text": text,
                "name": "",
                "account": "",
                "ref": "",
                "code": "NTRF",
                "e2e": "",
                "cust": "NONREF",
                "reason": "",
                "charges": 0,
                "batch": None,
                "more": "",
            }
            | more
        )
        return self

    def credit(self, minor: int, text: str, **more: Any) -> Bank:
        return self.line("C", minor, text, **more)

    def debit(self, minor: int, text: str, **more: Any) -> Bank:
        return self.line("D", minor, text, **more)

    @property
    def closing(self) -> int:
        return self.opening + sum(_SIGN[row["mark"]] * row["minor"] for row in self.lines)

    def next(self) -> Bank:
        return Bank(self.code, self.closing, self.number + 1, self.day + timedelta(days=1))

    @property
    def _account(self) -> Any:
        return account_by_code(self.code)

    def mt940(self, **changes: Any) -> bytes:
        """`closing` and `opening` (minor units), `account`, `currency` falsify what it says."""
        told = {
            "opening": self.opening,
            "closing": self.closing,
            "account": self._account.account,
            "currency": self._account.currency,
        }
        told |= changes
        day = self.day.strftime("%y%m%d")
        rows = [":20:STATEMENT", f":25:{told['account']}", f":28C:{self.number}/1"]
        rows.append(f":60F:{_balance(told['opening'], told['currency'], day)}")
        for row in self.lines:
            reference = f"//{row['ref']}" if row["ref"] else ""
            rows.append(
                f":61:{day}{day[2:]}{row['mark']}{_comma(row['minor'])}{row['code']}{row['cust']}{reference}{row['more'] and chr(10) + row['more']}"
            )
            text = row["text"].replace("\n", "?21")
            rows.append(f":86:166?00TRANSFER?20{text}?31{row['account']}?32{row['name'][:27]}?33{row['name'][27:54]}")
        rows.append(f":62F:{_balance(told['closing'], told['currency'], day)}")
        return ("\n".join(rows) + "\n-\n").encode()

    def camt(self, version: str = "08", **changes: Any) -> bytes:
        """Schema-valid camt.053; `closing`, `opening`, `currency`, `account` falsify it, `entries` replaces its entries."""
        told = {
            "opening": self.opening,
            "closing": self.closing,
            "account": self._account.account,
            "currency": self._account.currency,
        }
        told |= changes
        currency = told["currency"]
        entries = told.get("entries") or "".join(self._entry(row, n, version, currency) for n, row in enumerate(self.lines, 1))
        return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>
<GrpHdr><MsgId>M{self.number}</MsgId><CreDtTm>{self.day}T20:00:00</CreDtTm></GrpHdr>
<Stmt><Id>S{self.number}</Id><ElctrncSeqNb>{self.number}</ElctrncSeqNb><CreDtTm>{self.day}T20:00:00</CreDtTm>
<Acct><Id><IBAN>{told["account"]}</IBAN></Id><Ccy>{currency}</Ccy></Acct>
{_camt_balance("OPBD", told["opening"], currency, self.day)}{_camt_balance("CLBD", told["closing"], currency, self.day)}
{entries}</Stmt></BkToCstmrStmt></Document>""".encode()

    def _entry(self, row: dict[str, Any], n: int, version: str, currency: str) -> str:
        credit, reversal = row["mark"] in ("C", "RD"), row["mark"].startswith("R")
        status = "<Sts><Cd>BOOK</Cd></Sts>" if version == "08" else "<Sts>BOOK</Sts>"
        side = "Dbtr" if credit else "Cdtr"
        name = f"<Nm>{escape(row['name'])}</Nm>" if row["name"] else ""
        party = (f"<{side}><Pty>{name}</Pty></{side}>" if version == "08" else f"<{side}>{name}</{side}>") if name else ""
        account = f"<{side}Acct><Id><IBAN>{row['account']}</IBAN></Id></{side}Acct>" if row["account"] else ""
        reference = f"<AcctSvcrRef>{row['ref']}</AcctSvcrRef>" if row["ref"] else ""
        reason = f"<RtrInf><Rsn><Cd>{row['reason']}</Cd></Rsn></RtrInf>" if row["reason"] else ""
        told = f"<RmtInf><Ustrd>{escape(row['text'])}</Ustrd></RmtInf>" if row["text"] else ""
        charged = f'<Amt Ccy="{currency}">{_point(row["charges"])}</Amt>'
        charges = (
            (f"<Chrgs>{charged}</Chrgs>" if version == "02" else f"<Chrgs><Rcrd>{charged}</Rcrd></Chrgs>")
            if row["charges"]
            else ""
        )
        details = f"""<NtryDtls><TxDtls><Refs><EndToEndId>{row["e2e"] or "NOTPROVIDED"}</EndToEndId></Refs>{_amount_of(version, row["minor"], currency, credit)}
{charges}<RltdPties>{party}{account}</RltdPties>{told}{reason}</TxDtls></NtryDtls>"""
        if row["batch"]:
            order, count = row["batch"]
            known = f"<PmtInfId>{order}</PmtInfId>" if order else ""
            details = f"<NtryDtls><Btch>{known}<NbOfTxs>{count}</NbOfTxs></Btch></NtryDtls>"
        code = "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
        return f"""<Ntry><NtryRef>{n}</NtryRef><Amt Ccy="{currency}">{_point(row["minor"])}</Amt><CdtDbtInd>{"CRDT" if credit else "DBIT"}</CdtDbtInd>
<RvslInd>{"true" if reversal else "false"}</RvslInd>{status}<BookgDt><Dt>{self.day}</Dt></BookgDt><ValDt><Dt>{self.day}</Dt></ValDt>
{reference}{code}{details}</Ntry>"""


def _amount_of(version: str, minor: int, currency: str, credit: bool) -> str:
    amount = f'<Amt Ccy="{currency}">{_point(minor)}</Amt>'
    if version == "02":
        return f"<AmtDtls><TxAmt>{amount}</TxAmt></AmtDtls>"
    return f"{amount}<CdtDbtInd>{'CRDT' if credit else 'DBIT'}</CdtDbtInd>"


def _camt_balance(code: str, minor: int, currency: str, day: date) -> str:
    return f"""<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{_point(abs(minor))}</Amt>
<CdtDbtInd>{"CRDT" if minor >= 0 else "DBIT"}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"""


def _balance(minor: int, currency: str, day: str) -> str:
    return f"{'C' if minor >= 0 else 'D'}{day}{currency}{_comma(abs(minor))}"


def _point(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def _comma(minor: int) -> str:
    return _point(minor).replace(".", ",")
