"""A file for a bank that tells it whom to pay: ISO 20022 pain.001.001.09, or the older .03. Pure: values in, bytes out.

What euro payments within SEPA want (EPC 132-08: service level SEPA, charges shared) and what other payments want (the bank's BIC,
numbers that are no IBAN, where the payee lives: unstructured addresses are refused from November 2026 on) differ, so the file has one
block of payments for each. `sepaxml` writes the first kind only. Names in scripts that banks do not carry are refused, not guessed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

from everfair.base.money import Money, exponent

VERSIONS = ("pain.001.001.09", "pain.001.001.03")
# Countries whose accounts SEPA reaches (EPC 409-09, 2025): the EEA, the UK, Switzerland and others.
_SEPA = "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE SI SK SM VA"
SEPA = frozenset(_SEPA.split())
# What every bank carries (ISO 20022 implementation guidelines: the Latin set).
_ALLOWED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")
_SPELLED = {"ß": "ss", "Æ": "AE", "æ": "ae", "Ø": "O", "ø": "o", "Œ": "OE", "œ": "oe", "Ł": "L", "ł": "l", "Đ": "D", "đ": "d",
            "Þ": "Th", "þ": "th", "ı": "i", "&": "+", "’": "'", "–": "-", "（": "(", "）": ")"}  # fmt: skip


class UnwritableName(ValueError):
    """A name with letters that banks do not carry."""


@dataclass(frozen=True, slots=True)
class Payer:
    """Our own account that is debited."""

    name: str
    account: str
    bic: str
    country: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment. `reference` (35 characters at most) comes back in the bank's statement; `account` is an IBAN or a national number."""

    reference: str
    amount: Money
    name: str
    account: str
    bic: str
    bank_name: str
    country: str
    town: str
    text: str

    @property
    def is_iban(self) -> bool:
        return self.account[:2].isalpha()

    @property
    def is_sepa(self) -> bool:
        return within_sepa(self.amount.currency, self.account)


def within_sepa(currency: str, account: str) -> bool:
    return currency == "EUR" and account[:2].isalpha() and account[:2] in SEPA


def parted(within: Sequence[bool]) -> list[list[int]]:
    """The blocks of a file, each by the places of its payments: those within SEPA first, then the others; no block is empty."""
    blocks = [[n for n, sepa in enumerate(within) if sepa], [n for n, sepa in enumerate(within) if not sepa]]
    return [block for block in blocks if block]


def write_file(
    message_id: str, payer: Payer, transfers: Sequence[Transfer], *, at: datetime, pay_on: date, version: str = VERSIONS[0]
) -> bytes:
    """The file's bytes, the same for the same values. ValueError for none, several currencies or an unknown version; UnwritableName."""
    if version not in VERSIONS:
        raise ValueError(f"no such version: {version}")
    if len({transfer.amount.currency for transfer in transfers}) != 1:
        raise ValueError("a file pays in one currency")
    namespace = f"urn:iso:std:iso:20022:tech:xsd:{version}"
    ET.register_namespace("", namespace)
    root = ET.Element(f"{{{namespace}}}Document")
    write = _Writer(namespace, modern=version.endswith(".09"))
    initiation = write.under(root, "CstmrCdtTrfInitn")
    head = write.under(initiation, "GrpHdr")
    write.text(head, "MsgId", message_id)
    write.text(head, "CreDtTm", at.strftime("%Y-%m-%dT%H:%M:%S"))
    write.text(head, "NbOfTxs", str(len(transfers)))
    write.text(head, "CtrlSum", control_sum(transfers))
    write.text(write.under(head, "InitgPty"), "Nm", written(payer.name)[:70])
    for n, block in enumerate(parted([transfer.is_sepa for transfer in transfers]), start=1):
        write.block(initiation, f"{message_id[:32]}-{n}", payer, [transfers[place] for place in block], pay_on)
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def control_sum(transfers: Sequence[Transfer]) -> str:
    currency = transfers[0].amount.currency
    return _major(Money(sum(transfer.amount.minor for transfer in transfers), currency))


def _major(amount: Money) -> str:
    places = exponent(amount.currency)
    return f"{Decimal(amount.minor).scaleb(-places):.{places}f}"


def written(text: str) -> str:
    """The text in the letters that banks carry: accents go, «ß» is «ss». UnwritableName where a letter would have to be guessed."""
    spelled = "".join(_SPELLED.get(char, char) for char in unicodedata.normalize("NFC", text))
    bare = "".join(c for c in unicodedata.normalize("NFKD", spelled) if unicodedata.category(c) != "Mn")
    bare = "".join(_SPELLED.get(char, char) for char in bare)
    kept = "".join(char if char in _ALLOWED else "" if not char.isalnum() else "\0" for char in bare)
    if "\0" in kept or not kept.strip():
        raise UnwritableName(text)
    return " ".join(kept.split())


def written_or_nothing(text: str) -> str:
    """For what helps and is not needed: a town, a bank's name."""
    try:
        return written(text)
    except UnwritableName:
        return ""


class _Writer:
    def __init__(self, namespace: str, *, modern: bool) -> None:
        self.namespace, self.modern = namespace, modern

    def under(self, parent: ET.Element, *names: str) -> ET.Element:
        """The innermost of these elements, one inside the other."""
        for name in names:
            parent = ET.SubElement(parent, f"{{{self.namespace}}}{name}")
        return parent

    def text(self, parent: ET.Element, name: str, text: str) -> ET.Element:
        made = self.under(parent, name)
        made.text = text
        return made

    def block(self, parent: ET.Element, block_id: str, payer: Payer, transfers: Sequence[Transfer], pay_on: date) -> None:
        of = self.under(parent, "PmtInf")
        self.text(of, "PmtInfId", block_id)
        self.text(of, "PmtMtd", "TRF")
        self.text(of, "NbOfTxs", str(len(transfers)))
        self.text(of, "CtrlSum", control_sum(transfers))
        if transfers[0].is_sepa:
            self.text(self.under(of, "PmtTpInf", "SvcLvl"), "Cd", "SEPA")
        day = self.under(of, "ReqdExctnDt", "Dt") if self.modern else self.under(of, "ReqdExctnDt")
        day.text = pay_on.isoformat()
        debtor = self.under(of, "Dbtr")
        self.text(debtor, "Nm", written(payer.name)[:70])
        self.text(self.under(debtor, "PstlAdr"), "Ctry", payer.country)
        self.account(of, "DbtrAcct", payer.account, transfers[0].amount.currency)
        self.agent(of, "DbtrAgt", payer.bic, "", payer.country, transfers[0].is_sepa)
        self.text(of, "ChrgBr", "SLEV" if transfers[0].is_sepa else "SHAR")
        for transfer in transfers:
            self.transfer(of, transfer)

    def transfer(self, parent: ET.Element, transfer: Transfer) -> None:
        of = self.under(parent, "CdtTrfTxInf")
        ids = self.under(of, "PmtId")
        self.text(ids, "InstrId", transfer.reference)
        self.text(ids, "EndToEndId", transfer.reference)
        amount = self.text(self.under(of, "Amt"), "InstdAmt", _major(transfer.amount))
        amount.set("Ccy", transfer.amount.currency)
        if transfer.bic or not transfer.is_sepa:
            self.agent(of, "CdtrAgt", transfer.bic, transfer.bank_name, transfer.country, transfer.is_sepa)
        creditor = self.under(of, "Cdtr")
        self.text(creditor, "Nm", written(transfer.name)[:70])
        address = self.under(creditor, "PstlAdr")
        if town := written_or_nothing(transfer.town)[:35]:
            self.text(address, "TwnNm", town)
        self.text(address, "Ctry", transfer.country)
        self.account(of, "CdtrAcct", transfer.account, "")
        self.text(self.under(of, "RmtInf"), "Ustrd", written(transfer.text)[:140])

    def account(self, parent: ET.Element, name: str, number: str, currency: str) -> None:
        of = self.under(parent, name)
        if number[:2].isalpha():
            self.text(self.under(of, "Id"), "IBAN", number)
        else:
            self.text(self.under(of, "Id", "Othr"), "Id", number)
        if currency:
            self.text(of, "Ccy", currency)

    def agent(self, parent: ET.Element, name: str, bic: str, bank: str, country: str, sepa: bool) -> None:
        of = self.under(parent, name, "FinInstnId")
        if bic:
            self.text(of, "BICFI" if self.modern else "BIC", bic)
        elif sepa:
            self.text(self.under(of, "Othr"), "Id", "NOTPROVIDED")
        else:
            self.text(of, "Nm", written_or_nothing(bank)[:70] or "NOTPROVIDED")
            self.text(self.under(of, "PstlAdr"), "Ctry", country)
