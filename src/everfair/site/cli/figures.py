"""Commands whose work is written in the package that owns it; here are only their options and how figures are shown."""

from __future__ import annotations

import dataclasses
import importlib
import json
import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from everfair.site.cli.surroundings import Sentence, django

# command: the function that does it; imported when called
WORK = {
    "proofs": "everfair.ledger.proofs:prove",
    "checkpoint": "everfair.ledger.commands:checkpoint",  # () -> figures; OSError-like NotWritten when the place does not take it
    "rebuild-index": "everfair.discovery.actions:rebuild_index",  # () -> figures
    "import-offers": "everfair.catalog.commands:import_offers",  # (file: Path, *, company, market, mode, say) -> figures
    "import-statement": "everfair.payments.commands:import_statement",  # (file: Path) -> figures
    "import-rates": "everfair.payments.commands:import_rates",  # (file: Path, *, allow_jumps) -> figures
    "import-sanctions": "everfair.trust.commands:import_sanctions",  # (source, files, *, edition_on, allow_gaps) -> figures
    "demo": "everfair.site.demo:load",  # () -> figures or None
    "demo scale": "everfair.site.demo:scale",  # (times, say) -> figures
    "demo sign-ins": "everfair.site.demo:sign_ins",  # () -> str, one line
    "clock": "everfair.base.clock:now",
    "clock advance": "everfair.base.clock:advance",
    "first-operator-link": "everfair.companies.actions:open_operator_invitation",  # () -> link, or None when there is one already
    "remove-factors": "everfair.companies.actions:remove_factors",  # (email, reason, by) -> the person
}
SIGN_INS = "demo-sign-ins.txt"

as_json = click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")


def work(name: str) -> Callable[..., Any]:
    module, _, function = WORK[name].partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found


def show(figures: Any, as_json: bool) -> None:
    """Figures as lines for people, or as one JSON document for programs."""
    if dataclasses.is_dataclass(figures) and not isinstance(figures, type):
        figures = dataclasses.asdict(figures)
    if as_json:
        click.echo(json.dumps(figures, default=str, ensure_ascii=False))
    elif isinstance(figures, dict):
        for name, value in figures.items():
            click.echo(f"{name}: {value}")
    elif figures is not None:
        click.echo(figures)


def prove(as_json: bool) -> bool:
    """Run every proof and show it; whether all hold. Django must be ready."""
    began_s = time.monotonic()
    found = work("proofs")()
    if as_json:
        proofs = [dataclasses.asdict(proof) for proof in found]
        show(
            {"proofs": proofs, "seconds": round(time.monotonic() - began_s, 3), "hold": all(p.breach is None for p in found)},
            True,
        )
    else:
        for proof in found:
            click.echo(
                f"{'holds' if proof.breach is None else 'BROKEN'}  {proof.name} ({proof.rows})"
                + (f": {proof.breach}" if proof.breach else "")
            )
    return all(proof.breach is None for proof in found)


@click.command(help="Recompute every balance and escrow and name the first breach; exit code 1 when one is found.")
@as_json
@click.pass_context
def proofs(context: click.Context, as_json: bool) -> None:
    with django(context.obj):
        holds = prove(as_json)
    context.exit(0 if holds else 1)


@click.command(
    help="Seal the books, sign the newest seal and hand it over to EVERFAIR_CHECKPOINTS; print it with the public key."
)
@as_json
@click.pass_obj
def checkpoint(data: str, as_json: bool) -> None:
    with django(data):
        from everfair.ledger.checkpoints import NotWritten

        try:
            show(work("checkpoint")(), as_json)
        except NotWritten as problem:
            raise Sentence(f"The checkpoint was not taken: {problem}") from problem


@click.command(help="Build the search index again from the database.")
@as_json
@click.pass_obj
def rebuild_index(data: str, as_json: bool) -> None:
    with django(data):
        show(work("rebuild-index")(), as_json)


@click.command(help="Read a sheet of offers into one company's catalogue; exit code 1 when it was refused.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--company", required=True, help="The seller's short number, id or registered name.")
@click.option("--market", default="export", show_default=True, help="The market in which the offers stand.")
@click.option("--mode", type=click.Choice(["all", "good"]), default="good", show_default=True, help="What of the rows.")
@as_json
@click.pass_context
def import_offers(context: click.Context, file: Path, company: str, market: str, mode: str, as_json: bool) -> None:
    from everfair.base.refused import Refused

    with django(context.obj):
        say = None if as_json else click.echo
        try:
            figures = work("import-offers")(file, company=company, market=market, mode=mode, say=say)
        except (Refused, ValueError) as refusal:
            raise Sentence(str(refusal.message) if isinstance(refusal, Refused) else str(refusal)) from refusal
        show(figures, as_json)
    context.exit(0 if figures["taken"] else 1)


@click.command(help="Book a bank's statements (MT940, camt.053) from a file; exit code 1 when one of them was not booked.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
@click.pass_context
def import_statement(context: click.Context, file: Path, as_json: bool) -> None:
    from everfair.base.refused import Refused

    with django(context.obj):
        try:
            figures = work("import-statement")(file)
        except Refused as refusal:
            raise Sentence(str(refusal.message)) from refusal
        show(figures, as_json)
    context.exit(1 if figures["breaks"] else 0)


@click.command(help="Take exchange rates as the European Central Bank publishes them (XML, CSV, zip) from a file.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--allow-jumps", is_flag=True, help="Somebody looked: the rates did move so much.")
@as_json
@click.pass_context
def import_rates(context: click.Context, file: Path, allow_jumps: bool, as_json: bool) -> None:
    from everfair.base.refused import Refused

    with django(context.obj):
        try:
            show(work("import-rates")(file, allow_jumps=allow_jumps), as_json)
        except Refused as refusal:
            raise Sentence(str(refusal.message)) from refusal


@click.command(
    help="Take an edition of a sanction list as it is published (CSV, plain or gzip; all its files at once), put it in force, "
    "and screen every company by it."
)
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, type=click.Choice(["ofac-sdn", "ofac-cons", "bis-dpl"]), help="Who publishes it.")
@click.option("--edition", type=click.DateTime(["%Y-%m-%d"]), help="The day it was published (default: today).")
@click.option(
    "--allow-gaps",
    is_flag=True,
    help="Somebody looked: far fewer entries than before, or names of entries it does not have, are right.",
)
@as_json
@click.pass_context
def import_sanctions(
    context: click.Context, files: tuple[Path, ...], source: str, edition: datetime | None, allow_gaps: bool, as_json: bool
) -> None:
    from everfair.base.refused import Refused

    with django(context.obj):
        try:
            edition_on = edition.date() if edition else None
            show(work("import-sanctions")(source, files, edition_on=edition_on, allow_gaps=allow_gaps), as_json)
        except Refused as refusal:
            raise Sentence(str(refusal.message)) from refusal


@click.command(help="Load the demo world into an empty installation, or make a demonstration's larger.")
@click.option("--sign-ins", is_flag=True, help="Only print who may sign in to the demo world.")
@click.option("--scale", type=click.IntRange(1, 1_000), default=1, show_default=True, help="So many times as large as at first.")
@as_json
@click.pass_obj
def demo(data: str, sign_ins: bool, scale: int, as_json: bool) -> None:
    from everfair.base.refused import Refused

    with django(data):
        from django.conf import settings

        if settings.KIND == "live":
            raise Sentence(
                "This installation is live: a demo world, whose password everybody knows, is made in a folder of its own."
            )
        if not sign_ins:
            figures = work("demo")()
            if scale > 1:
                try:
                    figures = work("demo scale")(scale, None if as_json else click.echo)
                except Refused as refusal:
                    raise Sentence(str(refusal.message)) from refusal
            show(figures, as_json)
        line = str(work("demo sign-ins")())
        (Path(data) / SIGN_INS).write_text(line + "\n")
        if sign_ins:
            show(line, as_json)


@click.command(help="Show the platform's clock, or move it forward (demo only).")
@click.option("--advance", help="How far, such as 3d, 12h or 30m; a live installation refuses.")
@as_json
@click.pass_obj
def clock(data: str, advance: str | None, as_json: bool) -> None:
    by = _length(advance) if advance else None
    with django(data):
        from django.db import Error

        if by is not None:
            try:
                work("clock advance")(by)
            except Error as refusal:
                raise Sentence(f"The clock stays as it is: {str(refusal).splitlines()[0]}") from refusal
        show({"now": work("clock")().isoformat()}, as_json)


def _length(text: str) -> timedelta:
    found = re.fullmatch(r"([1-9]\d{0,3})([dhm])", text)
    if not found:
        raise Sentence(f"{text!r} is no length of time: write a whole number with d, h or m, such as 3d.")
    return timedelta(**{{"d": "days", "h": "hours", "m": "minutes"}[found[2]]: int(found[1])})


@click.command(help="Print a one-time link that makes the first operator.")
@click.pass_obj
def first_operator(data: str) -> None:
    with django(data):
        link = first_operator_link()
    if link is None:
        raise Sentence("There is an operator already: ask them for an invitation.")
    click.echo(link)


def first_operator_link() -> str | None:
    """The link that lets one person become the first operator, or None when there is one. The only call into companies."""
    link = work("first-operator-link")()
    return None if link is None else str(link)


@click.command(help="Take the second factor from somebody who lost device and codes. All their browsers are signed out.")
@click.argument("email")
@click.option("--reason", required=True, help="Stands in the audit trail and in the letter to the person.")
@click.pass_obj
def remove_factors(data: str, email: str, reason: str) -> None:
    with django(data):
        from everfair.base.actor import SYSTEM
        from everfair.base.refused import NotVisible, Refused

        try:
            person = work("remove-factors")(email, reason, by=SYSTEM)
        except NotVisible:
            raise Sentence(f"Nobody here has the address {email}.") from None
        except Refused as refusal:
            raise Sentence(str(refusal.message)) from None
        click.echo(f"{person.email} has no second factor any more. Make sure it is them before they set up a new one.")
