"""The guide's page of accounts and entries, from the chart and from the posting functions themselves: each is called once with samples."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, get_type_hints
from uuid import UUID

from everfair.base.money import Money
from everfair.base.words import word
from everfair.billing.taxes import UNTAXED
from everfair.billing.values import Fee
from everfair.ledger.chart import CHART, AccountRow, row_of
from everfair.ledger.values import Transfer, clearing, costs, received, suspense
from everfair.payments.values import Price
from everfair.trade.postings import money_ends

PACKAGE = Path(__file__).resolve().parents[1]
_ids = iter(range(1, 10**6))
_USD = Money(10_000, "USD")
# What a parameter of a posting function may be, by its name, else by its type. A new kind of parameter needs a line here.
_BY_NAME: dict[str, Any] = {
    "source": received(UUID(int=0x50)),
    "provider": "sandbox",
    "rail": "sandbox",
    "fee": Money(300, "USD"),
    "cleared": Money(9_000, "USD"),
    "to_buyer": Money(2_000, "USD"),
    "fees": (Fee("commission", Money(200, "USD"), Money(38, "USD"), UNTAXED),),
    "fees_home": (Fee("commission", Money(-200, "USD"), Money(-38, "USD"), UNTAXED),),
    "ends": money_ends(UUID(int=0x70), UUID(int=0x71), "USD"),
    "account": "usd1",
    "target": clearing("sandbox", "USD"),
    "ours": Money(100, "USD"),
    "theirs": Money(50, "USD"),
    "price": Price(_USD, Money(50, "USD"), Money(9_200, "EUR")),
    "transfers": [Transfer(costs("sandbox", "USD"), suspense("USD"), _USD)],
}
Posting = Callable[..., Any]


def posting_modules() -> Iterator[tuple[str, Any]]:
    """(package, its postings)."""
    for path in sorted(PACKAGE.glob("*/postings.py")):
        yield path.parent.name, importlib.import_module(f"everfair.{path.parent.name}.postings")


def posting_functions() -> list[Posting]:
    """Every public function of any package's postings that answers transfers."""
    return [
        function
        for _package, module in posting_modules()
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
        and get_type_hints(function)["return"] in (Transfer, list[Transfer])
    ]


def entry_kinds() -> dict[str, tuple[str, tuple[Posting, ...]]]:
    """Kind of entry → the package that declares it, and the functions that make it. ValueError when two declare the same."""
    found: dict[str, tuple[str, tuple[Posting, ...]]] = {}
    for package, module in posting_modules():
        for kind, functions in module.ENTRIES.items():
            if kind in found:
                raise ValueError(f"entry «{kind}» is declared twice: in {found[kind][0]} and {package}")
            found[kind] = package, functions if isinstance(functions, tuple) else (functions,)
    return found


def sampled(function: Posting) -> list[Transfer]:
    """What it answers for samples; LookupError names a parameter for which there is none."""
    hints = get_type_hints(function)
    given = {name: _sample(name, hints[name], function) for name in inspect.signature(function).parameters}
    answer = function(**given)
    return [answer] if isinstance(answer, Transfer) else list(answer)


def _sample(name: str, kind: Any, function: Posting) -> Any:
    if name in _BY_NAME:
        return _BY_NAME[name]
    if kind is UUID:
        return UUID(int=next(_ids) << 32)
    if kind is Money:
        return _USD
    if kind is Decimal:
        return Decimal("0.01")
    raise LookupError(f"no sample for {name} of {function.__module__}.{function.__name__}: add it to {__name__}")


def addresses_of(function: Posting) -> set[str]:
    return {end for transfer in sampled(function) for end in (transfer.source, transfer.target)}


def sample_address(row: AccountRow) -> str:
    return row.pattern.format(id=UUID(int=0x60), currency="USD", provider="sandbox", fee="payment_service")


def _moves(functions: Sequence[Posting]) -> str:
    """«debits → credits» of every transfer, as patterns."""
    seen = dict.fromkeys(
        f"`{_pattern(transfer.source)}` → `{_pattern(transfer.target)}`"
        for function in functions
        for transfer in sampled(function)
    )
    return "<br>".join(seen)


def _pattern(address: str) -> str:
    return row_of(address).pattern


def accounts_page(note: str, table: Callable[[list[str], list[list[str]]], str]) -> str:
    from django.utils.translation import override

    with override("en"):
        chart = [
            [
                f"`{row.pattern}`", str(row.name), word(row.account_class, "account class"), row.side,
                "with each account" if row.kept else "summed up", str(row.means),
            ]
            for row in CHART
        ]  # fmt: skip
        kinds = [
            [f"`{kind}`", word(kind, "entry"), package, _moves(functions)]
            for kind, (package, functions) in sorted(entry_kinds().items())
        ]
    return "\n\n".join(
        [
            "# Accounts and entries",
            note,
            "Every transfer debits one account and credits another, in one currency; an entry is one business event with its transfers. An "
            "address says what the account is of. «Grows by» is the side on which it normally stands. A balance that is kept with each account "
            "may not fall below what is reserved; the platform's and the providers' accounts are summed up when somebody asks.",
            "## The chart of accounts",
            table(["address", "name", "class", "grows by", "balance", "what it means"], chart),
            "## Kinds of entries",
            "What each kind moves, as debited → credited. Which of the lines appear depends on the amounts: none is written for nothing.",
            table(["kind", "in words", "package", "debits → credits"], kinds),
        ]
    )
