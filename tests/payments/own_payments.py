"""A bank that shows what left and what came back: payouts, returns, and the line for each."""

from __future__ import annotations

from typing import Any

from everfair.base.actor import SYSTEM, Actor
from everfair.base.sql import ask
from everfair.ledger.queries import balance
from everfair.ledger.values import clearing, wallet
from everfair.payments import actions
from everfair.payments.actions import hand_over_batch, import_statement, prepare_batch, release_batch, take_file
from everfair.payments.actions.bank_returns import collect_returns
from everfair.payments.models import BankBreak, BankLine, BankReturn, Payout, PayoutFile
from tests import make
from tests.payments.statements import Bank
from tests.payments.test_batches import BIG, usd
from tests.payments.test_transfers import CASHIER

IBAN = "DE44500105175407324931"


def sums(address: str) -> int:
    """Debits less credits."""
    return int(ask(_SUM, [address])[0][0])


_SUM = """
    SELECT coalesce(sum(CASE WHEN a.id = t.source_id THEN t.amount_minor ELSE -t.amount_minor END), 0)
    FROM ledger_account a JOIN ledger_transfer t ON a.id IN (t.source_id, t.target_id) WHERE a.address = %s
"""


def in_clearing() -> int:
    return sums(clearing("bank", "USD"))


def free(company_id: Any) -> tuple[int, int]:
    found = balance(wallet(company_id, "USD"), "USD")
    return found.posted.minor, found.reserved.minor


def fresh(row: Any) -> Any:
    row.refresh_from_db()
    return row


def sent(*owners: Actor, amounts: tuple[int, ...] = ()) -> list[Payout]:
    """Payouts by our bank that left in one batch and one file; the bank has it."""
    wanted = amounts or (BIG,) * len(owners)
    payouts = [make.payout(owner, usd(minor), state="batched") for owner, minor in zip(owners, wanted, strict=True)]
    batch_id = payouts[0].batch_id
    assert {payout.batch_id for payout in payouts} == {batch_id}
    prepare_batch(batch_id, by=make.staff())
    release_batch(batch_id, sum(wanted), by=make.staff())
    take_file(batch_id, by=make.staff())
    hand_over_batch(batch_id, by=make.staff())
    return [fresh(payout) for payout in payouts]


def order_of(payout: Payout) -> str:
    return f"{PayoutFile.objects.get(batch_id=payout.batch_id).message_id[:32]}-1"


def bring(bank: Bank, how: str = "08") -> Any:
    return import_statement("bank", bank.mt940() if how == "mt940" else bank.camt(how), by=SYSTEM)


def found_breaks() -> list[str]:
    return list(BankBreak.objects.order_by("id").values_list("kind", flat=True))


def owed(amount: int = 70_000, *, by: Actor = CASHIER, account: str = IBAN, name: str = "Nobody GmbH") -> BankReturn:
    """A receipt of nobody that is to go back, put into the batch of our bank."""
    line = BankLine.objects.filter(kind="credit", state="open", amount_minor=amount).first()
    if line is None:
        last = ask(
            "SELECT coalesce((SELECT closing_minor FROM payments_bankstatement WHERE account = 'usd' ORDER BY sequence DESC LIMIT 1), 0)"
        )
        n = ask("SELECT count(*) FROM payments_bankstatement")[0][0] + 1
        bring(Bank("usd", int(last[0][0]), n).credit(amount, "?", name=name, account=account, ref=f"IN{n}"), "mt940")
        line = BankLine.objects.filter(kind="credit", state="open").latest("id")
    actions.return_line(line.pk, (name, account, ""), "Not ours.", by=by)
    return BankReturn.objects.latest("id")


def filed(found: BankReturn) -> PayoutFile:
    collect_returns()
    batch_id = fresh(found).batch_id
    seen = sum(BankReturn.objects.filter(batch_id=batch_id).values_list("amount_minor", flat=True))
    seen += sum(Payout.objects.filter(batch_id=batch_id).values_list("amount_minor", flat=True))
    prepare_batch(batch_id, by=make.staff())
    release_batch(batch_id, seen, by=make.staff())
    made = take_file(batch_id, by=make.staff())
    hand_over_batch(batch_id, by=make.staff())
    return made


def next_bank() -> Bank:
    closing, n = ask(
        "SELECT closing_minor, sequence FROM payments_bankstatement WHERE account = 'usd' ORDER BY sequence DESC LIMIT 1"
    )[0]
    made = Bank("usd", int(closing), int(n) + 1)
    for _day in range(int(n)):
        made.day = made.next().day
    return made
