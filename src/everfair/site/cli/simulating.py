"""Playing trades at random, to see that nothing is lost: never where real money lies."""

from __future__ import annotations

import click

from everfair.site.cli.figures import as_json, show
from everfair.site.cli.surroundings import Sentence, django


@click.group(help="Play whole lives of trades through the real verbs (demo and test installations only).")
def simulate() -> None:
    pass


@simulate.command(
    help="Play this many random trades to their end and show what became of them: endings, verbs, refusals, money to the smallest unit, "
    "trades per second; exit code 1 when anything was lost, stuck or broken."
)
@click.option("--count", type=click.IntRange(1, 1_000_000), default=100, show_default=True, help="How many orders are begun.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed plays the same people with the same tempers.")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    help="How many processes play at once, each its own trades (default: one for each processor, four at most). One alone plays a seed "
    "exactly the same again.",
)
@as_json
@click.pass_context
def trades(context: click.Context, count: int, seed: int, processes: int | None, as_json: bool) -> None:
    with django(context.obj):
        from everfair.base.refused import Refused
        from everfair.site.simulate import trades as play

        try:
            figures = play(count, seed, None if as_json else click.echo, processes=processes)
        except Refused as refusal:
            raise Sentence(str(refusal.message)) from refusal
        show(figures, as_json)
    context.exit(0 if figures["clean"] else 1)
