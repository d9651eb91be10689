"""One statement as any bank may write it, and the one door for its files. Nothing is guessed: what cannot be read is refused."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import date

from everfair.base.money import Money

LARGEST_FILE = 10 * 2**20
LINE_KINDS = ("credit", "debit", "reversed_credit", "reversed_debit")


def N_(text: str) -> str:
    """Marks a sentence for the translators; it is translated when somebody reads it."""
    return text


class Unreadable(Exception):
    """Not a statement we can read. `sentence` says why in English, for the translators; `values` fill it."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence % values if values else sentence)
        self.sentence = sentence
        self.values = values

    @property
    def reason(self) -> str:
        return str(self)


class Fault(Exception):
    """One statement of the file says something that cannot be booked; the others may be sound. `code` names the kind of break, `note`
    what exactly, with its values (`values.NOTE_WORDS`)."""

    def __init__(self, code: str, note: str, **values: str) -> None:
        super().__init__(f"{code}: {note}")
        self.code = code
        self.facts = {"note": note, **values}


@dataclass(frozen=True, slots=True)
class ReadLine:
    """`amount_minor` is above zero when the account received. A reversed credit takes money, a reversed debit brings it back.

    `batch_ref` and `batch_count` are of a batch that the bank booked as one: the id of the order (PmtInfId) and how many payments it
    held. `reason` is why it came back (ISO 20022), `charges_minor` what the bank says it took and counted into the amount.
    """

    kind: str
    amount_minor: int
    booked_on: date
    value_on: date
    bank_ref: str = ""
    their_ref: str = ""
    type_code: str = ""
    name: str = ""
    account: str = ""
    bic: str = ""
    text: str = ""
    batch_ref: str = ""
    batch_count: int | None = None
    reason: str = ""
    charges_minor: int = 0


# What is read beside what makes a line this line: a statement of before these were read is still the same statement.
_BESIDE = ("batch_ref", "batch_count", "reason", "charges_minor")


@dataclass(frozen=True, slots=True)
class ReadStatement:
    """Balances are signed minor units of `currency`. `fault` and `fault_facts` are set when it must not be booked."""

    kind: str
    account: str
    number: str
    currency: str
    opening_on: date | None
    closing_on: date | None
    opening_minor: int
    closing_minor: int
    lines: tuple[ReadLine, ...] = ()
    fault: str = ""
    fault_facts: dict[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """What it says, hashed: the same statement in another file has the same."""
        said = asdict(self) | {"kind": "", "fault": "", "fault_note": ""}
        del said["fault_facts"]
        for line in said["lines"]:
            for name in _BESIDE:
                del line[name]
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()

    @property
    def adds_up(self) -> bool:
        return self.opening_minor + sum(line.amount_minor for line in self.lines) == self.closing_minor


def minor_of(text: str, currency: str) -> int:
    """An amount with a point as whole minor units; Fault when it has more decimals than its currency, or is none."""
    try:
        return Money.of(text, currency).minor
    except ValueError as error:
        raise Fault("amount", "no_amount", text=text[:40], currency=currency) from error


def clean(text: str | None, most: int) -> str:
    """Printable, with single blanks, of at most so many characters."""
    printable = "".join(c if c.isprintable() else " " for c in text or "")
    return " ".join(printable.split())[:most]


def read(body: bytes) -> list[ReadStatement]:
    """The statements of one file in their order: camt.053 (ISO 20022 XML) or MT940. Raises Unreadable for anything else."""
    if len(body) > LARGEST_FILE:
        raise Unreadable(N_("the file is larger than 10 MB"))
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if not start:
        raise Unreadable(N_("the file is empty"))
    if start == b"<" or body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        from everfair.payments.statements.camt import read_camt

        return read_camt(body)
    from everfair.payments.statements.swift import read_mt940

    return read_mt940(body)
