"""Every command, its sentence and where it is written; nothing is imported before a command is called."""

from __future__ import annotations

import importlib
import os

import click

# name: (module:click command, sentence)
COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("everfair.site.cli.up:up", "Start everything: database, payment sandbox, worker and web server."),
    "backup": ("everfair.site.cli.backups:backup", "Write the database and the files into a new folder."),
    "restore": ("everfair.site.cli.backups:restore", "Bring a backup back into an empty installation, and prove it."),
    "proofs": ("everfair.site.cli.figures:proofs", "Recompute every balance and escrow and name the first breach."),
    "checkpoint": (
        "everfair.site.cli.figures:checkpoint",
        "Sign the newest seal of the books and hand it over; print the public key.",
    ),
    "rebuild-index": ("everfair.site.cli.figures:rebuild_index", "Build the search index again from the database."),
    "import-offers": ("everfair.site.cli.figures:import_offers", "Read a sheet of offers into one company's catalogue."),
    "import-statement": ("everfair.site.cli.figures:import_statement", "Book a bank's statements (MT940, camt.053) from a file."),
    "import-rates": ("everfair.site.cli.figures:import_rates", "Take exchange rates of the European Central Bank from a file."),
    "import-sanctions": ("everfair.site.cli.figures:import_sanctions", "Take an edition of a sanction list and screen by it."),
    "clock": ("everfair.site.cli.figures:clock", "Show the platform's clock, or move it forward (demo only)."),
    "demo": ("everfair.site.cli.figures:demo", "Load the demo world into an empty installation, or make it larger."),
    "simulate": (
        "everfair.site.cli.simulating:simulate",
        "Play random trades from beginning to end, and prove the books (demo only).",
    ),
    "drill": ("everfair.site.cli.drilling:drill", "Rehearse a bad day on a copy of this installation."),
    "first-operator-link": ("everfair.site.cli.figures:first_operator", "Print a one-time link that makes the first operator."),
    "remove-factors": (
        "everfair.site.cli.figures:remove_factors",
        "Take the second factor from somebody who lost device and codes.",
    ),
    "worker": ("everfair.site.cli.processes:worker", "Do jobs, run reactions and fire deadlines until stopped."),
    "migrate": ("everfair.site.cli.processes:migrate", "Bring the database's tables up to date, as the owner."),
    "manage": ("everfair.site.cli.processes:manage", "Run a Django management command."),
    "database-roles": ("everfair.site.cli.processes:database_roles", "Print the SQL a DBA runs once on a server of your own."),
    "compile-translations": ("everfair.site.cli.processes:compile_translations", "Compile the translations that changed."),
}


class Table(click.Group):
    """Looks a command up by name; the list for `--help` comes from the table, without importing anything."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name][0].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[name][0]} is not a command")
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in COMMANDS.items()])


@click.command(cls=Table, help="Run and look after one Everfair installation.")
@click.option(
    "--data",
    type=click.Path(file_okay=False),
    default=lambda: os.environ.get("EVERFAIR_DATA", "var"),
    help="Folder of the installation (default: $EVERFAIR_DATA or ./var).",
)
@click.pass_context
def everfair(context: click.Context, /, data: str) -> None:
    context.obj = data
