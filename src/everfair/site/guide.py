"""The pages of the guide that the code itself says: `python -m everfair.site.guide write` writes them, `check` names the stale ones.

Settings, events, states, rules and commands each have one page in docs/guide/. A test runs the check, so none of them can lie.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints

import click

PACKAGE = Path(__file__).resolve().parents[1]
FOLDER = PACKAGE.parents[1] / "docs" / "guide"
NOTE = "<!-- Written by `python -m everfair.site.guide write`; change the code it speaks of, not this page. -->"
_NAME = re.compile(r"EVERFAIR_[A-Z][A-Z0-9_]*[A-Z0-9](?![A-Z0-9_])")

# name: (what it is for, what holds without it)
OPERATORS: dict[str, tuple[str, str]] = {
    "EVERFAIR_ADDRESS": (
        "The address people type. With `https://` cookies become secure and HSTS is sent.",
        "`http://localhost:PORT`",
    ),
    "EVERFAIR_BANK_ACCOUNTS": (
        'Your own bank accounts, one for each currency, as a JSON list: `[{"code": "eur", "holder": …, "account": …, "bic": …, '
        '"bank": …, "country": "DE", "currency": "EUR"}]`. Payers are told to send money there, and statements of no other account '
        "are booked. `also` lists other ways in which the bank writes the number; a `code` is for ever.",
        "no bank transfers; play accounts where the kind is `demo`",
    ),
    "EVERFAIR_BEHIND_PROXY": (
        "`1` when a reverse proxy ends HTTPS and sets `X-Forwarded-Proto` and `X-Forwarded-For`; without a proxy anybody could forge "
        "them.",
        "off",
    ),
    "EVERFAIR_CHECKPOINTS": (
        "Where signed checkpoints of the books go, so that nobody cuts off their end unseen: a folder on another machine's disk, or an "
        "`https://` address to which each is POSTed as one line of JSON and whose GET answers the newest.",
        "`checkpoints/` of the data folder, with a warning: that is the same machine",
    ),
    "EVERFAIR_CHECKPOINT_KEY": (
        "Signs the checkpoints: 32 bytes in base64. `bin/everfair checkpoint` prints the public key.",
        "made once, kept in `secrets/`",
    ),
    "EVERFAIR_DATA": (
        "Folder of the installation: database, files, index, letters, secrets, logs. `--data` says the same.",
        "`var`",
    ),
    "EVERFAIR_DATABASE_URL": (
        "Your own PostgreSQL (15 or later), login `ef_app`. Together with EVERFAIR_OWNER_URL.",
        "the embedded database",
    ),
    "EVERFAIR_FX_ADDRESS": (
        "Where exchange rates are fetched once they are published: the ECB's daily XML, its CSV, or your own copy of it over `https://`. "
        "`sandbox` publishes play rates, and is refused where the kind is `live`.",
        "rates are imported by hand; `sandbox` where the kind is `demo`",
    ),
    "EVERFAIR_OWNER_URL": (
        "The same database for the login `ef_owner`, which migrates, backs up and restores.",
        "the embedded database",
    ),
    "EVERFAIR_KIND": ("`live`, `demo` or `test`. A live clock cannot be moved.", "`demo`; `live` with `--empty`"),
    "EVERFAIR_LOG": ("Least level that is logged: DEBUG, INFO, WARNING or ERROR.", "`INFO`"),
    "EVERFAIR_MAIL_FROM": ("Sender of letters.", "`Everfair <fair@localhost>`"),
    "EVERFAIR_SMTP_URL": (
        "Mail server: `smtp://user:password@host:587` speaks STARTTLS, `smtps://` TLS from the start (port 465), `smtp+plain://` no "
        "encryption (port 25, for a server on the same machine).",
        "letters lie as files in `mail/` of the data folder",
    ),
    "EVERFAIR_OIDC_ISSUER": (
        "Your OpenID Connect provider as it names itself, such as `https://login.example/realms/fair`. With client id and secret the "
        "sign-in page has a button for it.",
        "no button",
    ),
    "EVERFAIR_OIDC_CLIENT_ID": ("What the provider calls this installation.", "no button"),
    "EVERFAIR_OIDC_CLIENT_SECRET": ("The secret that goes with it.", "no button"),
    "EVERFAIR_OIDC_NAME": ("What the button calls the provider.", "its host"),
    "EVERFAIR_POOL": ("Most database connections of one process.", "`6`; `12` for the worker"),
    "EVERFAIR_PAYOUT_ACCOUNTS": (
        "Our own bank accounts that payout files (pain.001) debit, as JSON by currency: `name`, `account`, `bic`, `country`. Each has to be one of"
        " `EVERFAIR_BANK_ACCOUNTS` in the same currency; else nothing starts.",
        "none: payouts leave by the card-like rails; in a demonstration two made-up ones",
    ),
    "EVERFAIR_PYTHON": ("The Python that `bin/up` makes its environment from.", "`python3`"),
    "EVERFAIR_SECRET_KEY": (
        "Signs sessions and links, and seals the secrets of second factors.",
        "made once, kept in `secrets/`",
    ),
    "EVERFAIR_SECRET_KEY_OLD": ("Former keys, comma-separated, that still count while you change the key.", "none"),
    "EVERFAIR_SANDBOX_ADDRESS": (
        "The address under which buyers reach the sandbox that `bin/up` starts, when a proxy stands before it.",
        "`http://localhost:` and its port",
    ),
    "EVERFAIR_SANDBOX_URL": ("A payment sandbox that runs elsewhere; ours is not started then.", "ours, on the next port"),
    "EVERFAIR_SANDBOX_ACCOUNT": (
        "Our merchant account at the sandbox; events of another one are not believed.",
        "`acct_everfair`",
    ),
    "EVERFAIR_SANDBOX_API_KEY": ("What we show the sandbox.", "made once, kept in `secrets/`"),
    "EVERFAIR_SANDBOX_WEBHOOK_SECRET": (
        "Signs the sandbox's events; two, newest first, while you change it.",
        "made once, kept in `secrets/`",
    ),
    "EVERFAIR_SANDBOX_WEBHOOK_URL": (
        "Where the sandbox sends its events.",
        "`/hooks/payments/sandbox`: on this machine for our own, else of EVERFAIR_ADDRESS",
    ),
    "EVERFAIR_SANDBOX_CONSOLE_TOKEN": (
        "Opens the sandbox's console: `/console?token=…`.",
        "made once, kept in `secrets/`",
    ),
    "EVERFAIR_SANDBOX2_ADDRESS": (
        "The address under which buyers reach the second payment sandbox that `bin/up` starts, when a proxy stands before it.",
        "`http://localhost:` and its port",
    ),
    "EVERFAIR_SANDBOX2_URL": (
        "A second payment sandbox that runs elsewhere; ours is not started then.",
        "ours, on the third port after the site's",
    ),
    "EVERFAIR_SANDBOX2_ACCOUNT": (
        "Our merchant account at the second sandbox; events of another one are not believed.",
        "`acct_everfair`",
    ),
    "EVERFAIR_SANDBOX2_API_KEY": ("What we show the second sandbox.", "made once, kept in `secrets/`"),
    "EVERFAIR_SANDBOX2_WEBHOOK_SECRET": (
        "Signs the second sandbox's events; two, newest first, while you change it.",
        "made once, kept in `secrets/`",
    ),
    "EVERFAIR_SANDBOX2_WEBHOOK_URL": (
        "Where the second sandbox sends its events.",
        "`/hooks/payments/sandbox2`: on this machine for our own, else of EVERFAIR_ADDRESS",
    ),
    "EVERFAIR_SANDBOX2_CONSOLE_TOKEN": (
        "Opens the second sandbox's console: `/console?token=…`.",
        "made once, kept in `secrets/`",
    ),
    "EVERFAIR_STRIPE_API_KEY": (
        "Secret or restricted key of your account at Stripe. A test key (`sk_test_…`) moves no real money and says so on every page; a live "
        "one is taken only where the kind is `live`.",
        "`stripe_api_key` in `secrets/` of the data folder, else no Stripe",
    ),
    "EVERFAIR_STRIPE_WEBHOOK_SECRET": (
        "Signing secret of the webhook endpoint `/hooks/payments/stripe`; two, newest first, while you change it.",
        "`stripe_webhook_secret` in `secrets/`",
    ),
    "EVERFAIR_STRIPE_ACCOUNT": ("The account the key belongs to, `acct_…`; events of another one are not believed.", "no Stripe"),
    "EVERFAIR_STRIPE_CURRENCIES": (
        "Currencies in which that account keeps a balance, such as `EUR USD`. Others are not offered: Stripe would convert them, and its "
        "statement would not fit the books.",
        "no Stripe",
    ),
    "EVERFAIR_STRIPE_DESTINATIONS": (
        "Sellers who have a connected account there: pairs such as `DE89…=acct_…`. Payouts to these bank accounts go by Stripe.",
        "payouts go by another way",
    ),
    "EVERFAIR_STRIPE_URL": ("Another address than Stripe's own, for tests.", "`https://api.stripe.com`"),
    "EVERFAIR_CARRIER_SANDBOX_ADDRESS": (
        "The address under which people reach the carrier sandbox that `bin/up` starts, when a proxy stands before it.",
        "`http://localhost:` and its port",
    ),
    "EVERFAIR_CARRIER_SANDBOX_URL": (
        "A carrier sandbox that runs elsewhere; ours is not started then.",
        "ours, on the port after the next",
    ),
    "EVERFAIR_CARRIER_SANDBOX_ACCOUNT": (
        "Our account at the carrier sandbox; events of another one are not believed.",
        "`acct_everfair`",
    ),
    "EVERFAIR_CARRIER_SANDBOX_API_KEY": ("What we show the carrier sandbox.", "made once, kept in `secrets/`"),
    "EVERFAIR_CARRIER_SANDBOX_WEBHOOK_SECRET": (
        "Signs the carrier sandbox's events; two, newest first, while you change it.",
        "made once, kept in `secrets/`",
    ),
    "EVERFAIR_CARRIER_SANDBOX_WEBHOOK_URL": (
        "Where the carrier sandbox sends its events.",
        "`/hooks/carriers/sandbox`: on this machine for our own, else of EVERFAIR_ADDRESS",
    ),
    "EVERFAIR_CARRIER_SANDBOX_CONSOLE_TOKEN": (
        "Opens the carrier sandbox's console: `/console?token=…`.",
        "made once, kept in `secrets/`",
    ),
}
# What the processes tell each other, and what only tests use: nothing to set by hand.
OURS: dict[str, str] = {
    "EVERFAIR_FAILPOINT": "Where a process of a test installation dies, so that what a crash leaves can be looked at (`base/failpoints.py`).",
    "EVERFAIR_ASKED_URL": "the database that `bin/up` asks whether it answers, and as whom",
    "EVERFAIR_AS_OWNER": "`1` in a process that migrates: it works as `ef_owner`",
    "EVERFAIR_DRILL": "the folder of a drill, for the process that plays it",
    "EVERFAIR_PORT": "the web server's port, from `--port`",
    "EVERFAIR_RUN": "marks the children of one start, so that the next start can end what a killed one left",
    "EVERFAIR_CHROMIUM": "tests: the browser that `bin/test` found",
    "EVERFAIR_TEST_CLUSTER": "tests: folder of their database server",
    "EVERFAIR_TEST_PROCESSES": "tests: how many run at once",
    "EVERFAIR_TEST_PROGRAMS": "tests: PostgreSQL programs to use instead of the embedded ones",
}


def variables_used() -> set[str]:
    """Every EVERFAIR_… name in the package and in bin/; this file only speaks about them."""
    sources = [path for path in PACKAGE.rglob("*.py") if path != Path(__file__).resolve()]
    sources += [path for path in (PACKAGE.parents[1] / "bin").iterdir() if path.is_file()]
    return {name for path in sources for name in _NAME.findall(path.read_text())}


def settings_page() -> str:
    rows = [["`" + name + "`", does, without] for name, (does, without) in sorted(OPERATORS.items())]
    ours = [["`" + name + "`", does] for name, does in sorted(OURS.items())]
    return "\n\n".join(
        [
            "# Settings",
            NOTE,
            "Everything is set by environment variables before `bin/up`. What `bin/up` needs it makes itself; an installation "
            "without any of these works. Kind, address, port and sandbox are kept in `installation.json` of the data folder, so that "
            "`bin/everfair` finds them later.",
            _table(["variable", "what it is for", "without it"], rows),
            "## Not to be set by hand",
            _table(["variable", "who uses it, and for what"], ours),
        ]
    )


def emitters() -> dict[str, set[str]]:
    """Event → the packages that emit it, as their code says."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text()
        if "emit(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "emit" and node.args:
                fact = node.args[0]
                if isinstance(fact, ast.Call) and isinstance(fact.func, ast.Name):
                    found[fact.func.id].add(path.relative_to(PACKAGE).parts[0])
    return found


def events_page() -> str:
    from everfair.base.events import catalogue, subscribers

    listeners: dict[str, set[str]] = defaultdict(set)
    for subscriber, by_event in subscribers().items():
        for name, reactions in by_event.items():
            if reactions:
                listeners[name].add(subscriber)
    saying = emitters()
    by_file: dict[str, list[list[str]]] = defaultdict(list)
    for name, kind in catalogue().items():
        hints = get_type_hints(kind)
        fields = ", ".join(f"{field.name}: {_type(hints[field.name])}" for field in dataclasses.fields(kind))
        heard = ", ".join(sorted(listeners[name])) or "—"
        by_file[kind.__module__.rpartition(".")[2]].append([f"`{name}`", fields, ", ".join(sorted(saying[name])) or "—", heard])
    parts = [
        "# Events",
        NOTE,
        "Every fact is one row of `base_event`, written in the transaction of its cause. Each subscriber has its own cursor, hears every "
        "fact at least once and in one order, and never holds up another. The first field is what the fact is about.",
    ]
    for file in sorted(by_file):
        doc = (importlib.import_module(f"everfair.events.{file}").__doc__ or "").strip().splitlines()[0]
        parts += [f"## {file}", doc, _table(["event", "fields", "said by", "heard by"], sorted(by_file[file]))]
    return "\n\n".join(parts)


def _type(kind: Any) -> str:
    return getattr(kind, "__name__", "") if isinstance(kind, type) else str(kind).replace("typing.", "")


def state_tables() -> Iterator[tuple[str, str, Any]]:
    """(package, name, table) of every StateTable."""
    from everfair.base.states import StateTable

    for path in sorted(PACKAGE.glob("*/states.py")):
        package = path.parent.name
        if package == "base":
            continue
        module = importlib.import_module(f"everfair.{package}.states")
        for name, table in vars(module).items():
            if isinstance(table, StateTable):
                yield package, name, table


def states_page() -> str:
    parts = [
        "# States",
        NOTE,
        "What may happen, from which state to which, and who may do it. Buttons, the API's allowed moves and the database's checks come "
        "from these tables. *Rail* is a verified event of a payment provider, *carrier* one of a carrier, *clock* a deadline that is due.",
    ]
    for package, name, table in state_tables():
        rows = [
            [f"`{move.verb}`", ", ".join(move.sources), move.target, move.who.name.replace("|", "or")] for move in table.moves
        ]
        parts += [
            f"## {package}: {name.lower()}",
            f"```mermaid\n{table.diagram()}\n```",
            _table(["verb", "from", "to", "who"], rows),
        ]
    return "\n\n".join(parts)


def rules_page() -> str:
    from everfair.markets.rules import RULES
    from everfair.markets.table import MARKETS

    rows = [
        [f"`{rule.name}`", f"{rule.default} {rule.unit}", f"{rule.least} to {rule.most}", rule.source] for rule in RULES.values()
    ]
    return "\n\n".join(
        [
            "# Rules",
            NOTE,
            f"The numbers that hold in a market ({', '.join(MARKETS)}) until an operator sets others on the page *Rules*. A change holds "
            "from its day on; a contract keeps the numbers it was signed under.",
            _table(["rule", "default", "may be", "where it comes from"], rows),
        ]
    )


def commands_page() -> str:
    from everfair.site.cli.table import COMMANDS, everfair

    parts = [
        "# Commands",
        NOTE,
        "`bin/up` starts everything; it is `bin/everfair up`. All commands take `--data FOLDER` before their name (`bin/everfair --data "
        "/srv/fair proofs`); `up` takes it behind its name too. A refusal is one sentence and exit code 2.",
        _table(
            ["command", "what it does"], [[f"[`{name}`](#{name})", sentence] for name, (_where, sentence) in COMMANDS.items()]
        ),
    ]
    context = click.Context(everfair, info_name="bin/everfair")
    for name in COMMANDS:
        command = everfair.get_command(context, name)
        if command is None:
            raise LookupError(name)
        parts += _command(name, command, context, "##")
        if isinstance(command, click.Group):
            for verb, below in command.commands.items():
                parts += _command(f"{name} {verb}", below, context, "###")
    return "\n\n".join(parts)


def _command(name: str, command: click.Command, context: click.Context, mark: str) -> Iterator[str]:
    inner = click.Context(command, info_name=name, parent=context)
    yield f"{mark} {name}"
    yield command.get_short_help_str(300)
    yield "    bin/everfair " + " ".join([name, *command.collect_usage_pieces(inner)])
    options = [
        record
        for option in command.get_params(inner)
        if (record := option.get_help_record(inner)) and record[1] and "--help" not in record[0]
    ]
    if options:
        yield _table(["option", "meaning"], [[f"`{written}`", means] for written, means in options])


def accounts_page() -> str:
    from everfair.site import guide_accounts

    return guide_accounts.accounts_page(NOTE, _table)


PAGES = {
    "accounts.md": accounts_page,
    "settings.md": settings_page,
    "events.md": events_page,
    "states.md": states_page,
    "rules.md": rules_page,
    "commands.md": commands_page,
}


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in lines)


def stale() -> list[str]:
    """The generated pages that are missing or say something else than the code. Django must be ready."""
    return [
        name
        for name, page in PAGES.items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_text(encoding="utf-8") != page() + "\n"
    ]


@click.command(help=__doc__)
@click.argument("what", type=click.Choice(["write", "check"]))
def main(what: str) -> None:
    os.environ.setdefault("EVERFAIR_KIND", "test")  # the code is read; nothing runs
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everfair.site.settings")
    import django

    django.setup()
    lacking = stale()
    if what == "write":
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name in lacking:
            (FOLDER / name).write_text(PAGES[name]() + "\n", encoding="utf-8")
            click.echo(f"wrote docs/guide/{name}")
    elif lacking:
        click.echo(f"stale: {', '.join(lacking)}; write them by `python -m everfair.site.guide write`", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
