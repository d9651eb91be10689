"""Statements as banks write them: read strictly, booked whole or not at all; what is hostile, cut, altered or repeated is never booked."""

from __future__ import annotations

import tarfile
import time
from pathlib import Path
from typing import Any

import pytest

from everfair.base.actor import SYSTEM
from everfair.base.refused import Refused
from everfair.ledger.models import Entry
from everfair.ledger.proofs import prove
from everfair.payments.actions import import_statement, settle_break
from everfair.payments.models import BankBreak, BankLine, BankStatement, StatementFile
from everfair.payments.statements.read import LARGEST_FILE, Unreadable, read
from tests.data import shared_data
from tests.payments.statements import Bank
from tests.payments.test_transfers import CASHIER, at_bank, awaited, broken, fresh

pytestmark = pytest.mark.django_db
VERSIONS = ("02", "04", "08")


def bring(body: bytes, name: str = "file") -> list[str]:
    return [row.outcome for row in import_statement(name, body, by=SYSTEM).outcomes]


def plain(bank: Bank) -> list[tuple[Any, ...]]:
    [said] = read(bank.mt940())
    return [(line.kind, line.amount_minor, line.name, line.account, line.bank_ref) for line in said.lines]


def full_bank() -> Bank:
    """Every kind of line."""
    return (
        Bank("usd", opening=50_000)
        .credit(12_345, "Invoice RF18539007547034", name="Müller & Söhne GmbH", account="DE44500105175407324931", ref="B1")
        .debit(1_000, "fee", ref="B2", name="Bank", account="DE44500105175407324931")
        .line("RC", 500, "wrong", ref="B3", name="Somebody", account="DE44500105175407324931")
        .line("RD", 100, "back", ref="B4", name="Somebody", account="DE44500105175407324931")
    )


# ── reading ──


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_of_camt_says_the_same_as_mt940(version):
    bank = full_bank()
    [said] = read(bank.camt(version))
    assert [(line.kind, line.amount_minor, line.name, line.account, line.bank_ref) for line in said.lines] == plain(bank)
    assert (said.opening_minor, said.closing_minor, said.currency, said.adds_up) == (50_000, 60_945, "USD", True)
    assert "RF18539007547034" in said.lines[0].text


def test_an_unbooked_entry_is_not_counted():
    body = Bank("usd").credit(500, "later").camt("08", closing=0).replace(b"<Cd>BOOK</Cd>", b"<Cd>PDNG</Cd>")
    [said] = read(body)
    assert (said.lines, said.adds_up) == ((), True)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_batch_becomes_its_payments_when_they_add_up(version):
    [said] = read(batch(version, "60.00", "40.00"))
    assert [(line.amount_minor, line.text) for line in said.lines] == [(6000, "one"), (4000, "two")]
    [wrong] = read(batch(version, "60.00", "39.99"))
    assert (wrong.fault, wrong.lines) == ("batch", ())


def batch(version: str, *amounts: str) -> bytes:
    status = "<Sts><Cd>BOOK</Cd></Sts>" if version == "08" else "<Sts>BOOK</Sts>"
    parts = ""
    for amount, text in zip(amounts, ("one", "two"), strict=True):
        money = f'<Amt Ccy="USD">{amount}</Amt>'
        said = f"<AmtDtls><TxAmt>{money}</TxAmt></AmtDtls>" if version == "02" else f"{money}<CdtDbtInd>CRDT</CdtDbtInd>"
        parts += f"<TxDtls><Refs><EndToEndId>E</EndToEndId></Refs>{said}<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>"
    entry = (
        f'<Ntry><Amt Ccy="USD">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>{status}<BookgDt><Dt>2026-11-02</Dt></BookgDt>'
        f"<AcctSvcrRef>B</AcctSvcrRef><BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd><NtryDtls>{parts}</NtryDtls></Ntry>"
    )
    return Bank("usd").camt(version, closing=10_000, entries=entry)


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("nothing", lambda body: b""),
        ("blanks", lambda body: b"  \n "),
        ("a picture", lambda body: b"\x89PNG\r\n\x1a\n\0\0\0"),
        ("another file", lambda body: b"hello, this is a letter"),
        ("cut off", lambda body: body[: len(body) // 2]),
        ("another message", lambda body: body.replace(b"camt.053.001.08", b"camt.052.001.08")),
        ("an unknown version", lambda body: body.replace(b"camt.053.001.08", b"camt.053.001.07")),
        ("an unknown element", lambda body: body.replace(b"<GrpHdr>", b"<Evil/><GrpHdr>")),
        ("a foreign namespace", lambda body: body.replace(b"<Stmt>", b'<Stmt xmlns="urn:evil">')),
        ("six decimals", lambda body: body.replace(b"5.00<", b"5.000001<")),
        ("an exponent", lambda body: body.replace(b"5.00<", b"5e2<")),
        ("a name of no currency", lambda body: body.replace(b'Ccy="USD"', b'Ccy="usd"')),
        ("too large", lambda body: body + b" " * LARGEST_FILE),
    ],
)
def test_what_is_no_statement_is_refused_in_words(name, spoil):
    body = spoil(Bank("usd").credit(500, "x").camt("08"))
    with pytest.raises(Refused) as refused:
        bring(body)
    assert (refused.value.code, refused.value.field, refused.value.status) == ("payments.statement_unreadable", "file", 422)
    assert len(str(refused.value.message)) > 40
    assert StatementFile.objects.count() == BankStatement.objects.count() == Entry.objects.count() == 0


CANARY = "canary-8f2e"


def hostile(tmp_path: Path) -> dict[str, bytes]:
    secret = tmp_path / "secret.txt"
    secret.write_text(CANARY)
    body = Bank("usd").credit(500, "&x;").camt("08").replace(b"&amp;x;", b"&x;")
    head, rest = body.split(b"?>", 1)
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    deep = b"<a>" * 100_000 + b"</a>" * 100_000
    wide = b"<a " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b"/>"

    def doctype(text: str) -> bytes:
        return head + b"?>" + text.encode() + rest

    return {
        "a file by an entity": doctype(f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}">]>'),
        "a parameter entity": doctype(f'<!DOCTYPE d [<!ENTITY % x SYSTEM "file://{secret}"> %x;]>'),
        "a document type elsewhere": doctype('<!DOCTYPE d SYSTEM "http://127.0.0.1:9/evil.dtd">'),
        "a small document type": doctype("<!doctype html>"),
        "a billion laughs": doctype(f'<!DOCTYPE d [<!ENTITY l0 "ha">{laughs}<!ENTITY x "&l11;">]>'),
        "quadratic blow-up": doctype(f'<!DOCTYPE d [<!ENTITY x "{"a" * 50_000}">]>'),
        "another encoding": doctype(f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}">]>').decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        "a seven-bit encoding": doctype('<!DOCTYPE d [<!ENTITY x "y">]>').decode().replace("UTF-8", "UTF-7").encode("utf-7"),
        "XInclude": body.replace(b"&x;", f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://{secret}" parse="text"/>'.encode()),
        "an entity nobody declared": body,
        "depth": head + b"?>" + deep,
        "attributes": head + b"?>" + wide,
        "two roots": body.replace(b"&x;", b"x") + b"<Document/>",
    }  # fmt: skip


@pytest.mark.parametrize("attack", [
    "a file by an entity", "a parameter entity", "a document type elsewhere", "a small document type", "a billion laughs",
    "quadratic blow-up", "another encoding", "a seven-bit encoding", "XInclude", "an entity nobody declared", "depth", "attributes",
    "two roots",
])  # fmt: skip
def test_hostile_xml_is_refused_at_once(attack, tmp_path):
    """B56, B57, B59: nothing is fetched, nothing expands, and nothing of a file on this machine is seen."""
    body = hostile(tmp_path)[attack]
    began_s = time.perf_counter()
    with pytest.raises(Unreadable) as refused:
        read(body)
    assert time.perf_counter() - began_s < 10
    assert CANARY not in refused.value.reason


def test_a_file_that_is_the_name_of_a_file_is_not_opened(tmp_path):
    """The library takes a string that names a file for that file; ours never gives it one."""
    path = tmp_path / "there.sta"
    path.write_bytes(Bank("usd").credit(500, "x").mt940())
    with pytest.raises(Unreadable):
        read(str(path).encode())


def test_a_line_inside_a_purpose_does_not_become_money():
    bank = Bank("usd").credit(500, "x\n:61:261102C9999999,NTRFNONREF")
    assert bring(bank.mt940().replace(b"?21:61:", b"\n:61:")) == ["sum"]
    assert BankLine.objects.count() == 0


# ── booking ──


@pytest.mark.parametrize("version", VERSIONS)
def test_a_camt_statement_pays_an_order(version):
    _trade, intent = awaited()
    assert bring(Bank("usd").credit(12_600, intent.reference, name="Buyer", ref="B1").camt(version)) == ["booked"]
    assert fresh(intent).state == "captured"
    assert BankStatement.objects.get().kind == f"camt.053.001.{version}"
    assert broken() == []


def test_the_same_file_again_is_known_and_nothing_happens():
    bank = Bank("usd").credit(500, "x")
    assert bring(bank.mt940()) == ["booked"]
    assert bring(bank.mt940(), "renamed") == ["known"]
    assert (BankLine.objects.count(), BankBreak.objects.count(), StatementFile.objects.count(), at_bank()) == (1, 0, 1, 500)


def test_the_same_statement_in_another_file_is_a_break():
    bank = Bank("usd").credit(500, "x")
    bring(bank.mt940())
    assert bring(b"\n" + bank.mt940()) == ["repeated"]
    assert bring(b"\n" + bank.mt940()) == ["repeated"]
    assert (BankLine.objects.count(), BankBreak.objects.count(), at_bank()) == (1, 1, 500)


def test_the_same_day_in_the_other_format_is_a_break():
    bank = Bank("usd").credit(500, "x")
    bring(bank.mt940())
    assert bring(bank.camt("08"))[0] in ("repeated", "gap", "altered")
    assert (BankLine.objects.count(), at_bank()) == (1, 500)


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (lambda b: b.mt940(closing=501), "sum"),
        (lambda b: b.mt940(opening=1, closing=501), "gap"),
        (lambda b: b.mt940(currency="EUR"), "currency"),
        (lambda b: b.mt940(account="DE44500105175407324931"), "account"),
        (lambda b: b.mt940().replace(b":62F:", b":99F:"), "cut"),
        (lambda b: b.mt940().replace(b":60F:C261102USD0,00\n", b""), "cut"),
        (lambda b: b.mt940().replace(b"C5,00NTRF", b"C5,00000NTRF").replace(b"C5,00000", b"C5,00001"), "amount"),
        (lambda b: b.camt("08", closing=501), "sum"),
        (lambda b: b.camt("04", opening=1, closing=501), "gap"),
        (lambda b: b.camt("02", currency="EUR"), "currency"),
        (lambda b: b.camt("08").replace(b">5.00<", b">5.00001<"), "amount"),
        (lambda b: b.camt("08").replace(b"CLBD", b"CLAV"), "cut"),
        (lambda b: batch("08", "60.00", "39.99"), "batch"),
    ],
    ids=["sum", "gap", "currency", "account", "no end", "no beginning", "decimals", "camt sum", "camt gap", "camt currency",
         "camt five decimals", "camt no end", "camt batch"],
)  # fmt: skip
def test_what_does_not_fit_is_a_break_and_never_a_posting(spoil, kind):
    bring(Bank("usd", number=99, day=Bank().day.replace(day=1)).mt940())  # an empty day before it
    before = Entry.objects.count()
    body = spoil(Bank("usd").credit(500, "x"))
    assert bring(body) == [kind]
    assert bring(body) == [kind]
    found = BankBreak.objects.get()
    assert (found.kind, found.settled_at) == (kind, None)
    assert (BankLine.objects.count(), Entry.objects.count()) == (0, before)


def test_altered_and_reordered_statements_are_breaks():
    bank = Bank("usd").credit(500, "x", ref="B1").credit(700, "y", ref="B2")
    bring(bank.mt940())
    altered = Bank("usd").credit(500, "RF18539007547034", ref="B1").credit(700, "y", ref="B2")
    reordered = Bank("usd").credit(700, "y", ref="B2").credit(500, "x", ref="B1")
    assert bring(altered.mt940()) == ["altered"]
    assert bring(reordered.mt940()) == ["altered"]
    later = bank.next().credit(700, "y", ref="B2")
    later.day = bank.day
    later.number = 7
    assert bring(later.mt940()) == ["repeated_line"]
    older = Bank("usd", opening=bank.closing, number=5, day=bank.day.replace(day=1)).credit(1, "z")
    assert bring(older.mt940()) == ["order"]
    assert at_bank() == 1200


def test_what_came_too_early_is_booked_when_the_day_between_has_come():
    first = Bank("usd").credit(500, "x")
    second = first.next().credit(700, "y")
    third = second.next().credit(900, "z")
    assert bring(first.mt940()) == ["booked"]
    assert bring(third.mt940()) == ["gap"]
    assert bring(second.mt940()) == ["booked"]
    assert bring(third.mt940()) == ["booked"]
    assert BankBreak.objects.get().settled_note == "booked"
    assert at_bank() == 2100
    assert broken() == []


def test_a_file_of_several_statements_books_those_that_fit():
    first = Bank("usd").credit(500, "x")
    second = first.next().credit(700, "y")
    assert bring(first.mt940() + second.mt940(closing=1) + second.mt940()) == ["booked", "sum", "booked"]
    assert (BankStatement.objects.count(), at_bank()) == (2, 1200)


def test_a_break_is_settled_with_a_reason_once():
    bring(Bank("usd").credit(500, "x").mt940(closing=501))
    found = BankBreak.objects.get()
    settle_break(found.pk, "The bank sent it anew.", by=CASHIER)
    assert fresh(found).settled_by == CASHIER.label
    with pytest.raises(Refused):
        settle_break(found.pk, "Again.", by=CASHIER)


def test_one_changed_line_of_many_is_exactly_that_break():
    """I6: of a statement with a thousand lines, one altered, dropped or doubled."""
    bank = Bank("usd")
    for n in range(1000):
        bank.credit(1000 + n, f"line {n}", ref=f"B{n}")
    body = bank.mt940()
    row = b"C15,00NTRFNONREF//B500\n"
    assert body.count(row) == 1
    for n, wrong in enumerate((b"C15,01NTRFNONREF//B500\n", b"C0,00NTRFNONREF//B500\n"), 1):
        assert bring(body.replace(row, wrong)) == ["sum"]
        assert BankBreak.objects.count() == n
    assert BankLine.objects.count() == 0
    assert bring(body) == ["booked"]
    assert (BankLine.objects.count(), at_bank()) == (1000, sum(1000 + n for n in range(1000)))


# ── other people's statements ──


def samples() -> dict[str, bytes]:
    with tarfile.open(shared_data("bank-statements") / "mt940.tar.gz") as packed:
        found = {}
        for member in packed.getmembers():
            file = packed.extractfile(member)
            if file is not None and member.name.endswith(".sta"):
                found["/".join(member.name.split("/")[-2:])] = file.read()
        return found


WHOLE = (
    "jejik/generic.sta",
    "jejik/rabobank-iban.sta",
    "jejik/sns.sta",
    "jejik/knab.sta",
    "jejik/postfinance.sta",
    "cmxl/mt940.sta",
)


def test_every_sample_of_a_real_bank_is_read_or_refused_in_words():
    read_in = {}
    for name, body in samples().items():
        try:
            read_in[name] = read(body)
        except Unreadable:
            continue  # single fields, no statements
    assert {name for name in samples() if name.startswith("jejik/")} <= set(read_in)
    assert sum(len(statement.lines) for found in read_in.values() for statement in found) >= 40
    for name in WHOLE:
        assert read_in[name][0].adds_up, name


def test_the_samples_that_add_up_are_booked_and_the_abridged_ones_are_breaks(settings):
    """Several of the samples were shortened by their collectors: their lines do not make their closing balance."""
    accounts, outcomes = [], {}
    found = {name: read(body) for name, body in samples().items() if name in WHOLE or name.startswith("jejik/")}
    for statement in {(s.account, s.currency) for statements in found.values() for s in statements}:
        accounts.append(
            f'{{"code": "s{len(accounts)}", "holder": "H", "account": "{statement[0]}", "bic": "", "bank": "B", "country": "NL", '
            f'"currency": "{statement[1]}"}}'
        )
    settings.BANK_ACCOUNTS = f"[{', '.join(accounts)}]"
    for name in found:
        outcomes[name] = bring(samples()[name], name)
    assert outcomes["jejik/generic.sta"] == ["booked", "booked"]
    assert outcomes["jejik/rabobank-iban.sta"] == ["booked", "booked"]
    assert outcomes["jejik/sns.sta"] == ["booked", "booked"]
    assert outcomes["cmxl/mt940.sta"] == ["booked", "booked", "booked"]
    assert outcomes["jejik/abnamro.sta"] == ["sum", "sum"]
    assert outcomes["jejik/ing.sta"] == ["sum"]
    booked = sum(row == "booked" for rows in outcomes.values() for row in rows)
    assert BankStatement.objects.count() == booked >= 12
    assert [proof.name for proof in prove() if proof.breach] == []
