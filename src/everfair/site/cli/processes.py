"""Commands that are a process of the installation, or hand over to Django."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from everfair.site import engine
from everfair.site.cli.surroundings import SOURCE, Sentence, django, installation


@click.command(help="Do jobs, run reactions and fire deadlines until stopped.")
@click.pass_obj
def worker(data: str) -> None:
    os.environ.setdefault("EVERFAIR_POOL", "12")  # one for each of its loops, and some for what they call
    with django(data):
        from everfair.site import worker as machine

        machine.run()


@click.command(help="Bring the database's tables up to date, as the owner.")
@click.pass_obj
def migrate(data: str) -> None:
    os.environ["EVERFAIR_AS_OWNER"] = "1"
    with installation(data, new=True):
        _manage(["migrate"])


@click.command(
    help="Run a Django management command.", context_settings={"ignore_unknown_options": True, "help_option_names": []}
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def manage(data: str, arguments: tuple[str, ...]) -> None:
    with installation(data):
        _manage(list(arguments))


def _manage(arguments: list[str]) -> None:
    from django.core.management import execute_from_command_line

    execute_from_command_line(["everfair manage", *arguments])


@click.command(help="Print the SQL a DBA runs once on a server of your own.")
def database_roles() -> None:
    click.echo(engine.database_roles_sql(), nl=False)


@click.command(help="Compile the translations that changed.")
def compile_translations() -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in stale_translations():
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parents[1].name)
        target = source.with_suffix(".mo")
        making = target.with_suffix(f".mo.{os.getpid()}")
        try:
            with making.open("wb") as out:
                write_mo(out, catalogue)
            making.replace(target)
        except OSError as problem:
            raise Sentence(
                f"The translations cannot be written into {target.parent} ({problem.strerror}): "
                "let the owner of that folder run `bin/everfair compile-translations` once."
            ) from problem
        sys.stderr.write(f"compiled {source.relative_to(SOURCE)}\n")


def stale_translations() -> list[Path]:
    """The catalogues whose compiled form is missing or older."""
    found = sorted((SOURCE / "everfair" / "locale").glob("*/LC_MESSAGES/*.po"))
    return [po for po in found if not (mo := po.with_suffix(".mo")).exists() or mo.stat().st_mtime < po.stat().st_mtime]
