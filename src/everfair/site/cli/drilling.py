"""Rehearsing bad days: on a copy, never with live keys."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import click

from everfair.site.cli.figures import as_json, show
from everfair.site.cli.surroundings import Sentence, django


@click.group(help="Rehearse a bad day on a copy of this installation, which stays as it is.")
def drill() -> None:
    pass


@drill.command(
    help="The provider that carries most payments announces its end and dies in the middle of the day: what is lost, what is paid "
    "twice, how soon new payments succeed, what lies on the dead rail and how it comes home; exit code 1 when anything is lost, "
    "paid twice or left open. The score is kept; the page of the payment rails shows it."
)
@click.option("--payments", type=click.IntRange(30, 5000), default=180, show_default=True, help="How many are paid that day.")
@as_json
@click.pass_context
def paypal(context: click.Context, payments: int, as_json: bool) -> None:
    from everfair.base.refused import Refused
    from everfair.site.drill.copying import copied

    try:
        with copied(context.obj, lambda sentence: click.echo(sentence, err=True)) as env:
            command = [sys.executable, "-m", "everfair.site.cli", "--data", env["EVERFAIR_DATA"], "drill", "play"]
            done = subprocess.run([*command, "--payments", str(payments)], env=env, stdout=subprocess.PIPE, text=True)  # noqa: S603
    except Refused as refusal:
        raise Sentence(str(refusal.message)) from refusal
    if not done.stdout.strip():
        raise Sentence("The drill broke off; its last words stand above.")
    figures = json.loads(done.stdout)
    with django(context.obj):
        from everfair.payments.actions import keep_drill

        keep_drill(figures["drill"], figures["score"], figures)
    show(figures, as_json)
    context.exit(0 if figures["clean"] else 1)


@drill.command(
    help="The frauds of 2009 and 2010 in an invented world, run three ways: without protection, with escrow only, with everything; who is "
    "stopped before whom, what buyers lose, which honest suppliers are held, which salespeople are named. Touches nothing of this "
    "installation; exit code 1 when a target is missed."
)
@click.option("--seed", type=int, required=True, help="The same seed gives the same world.")
@click.option(
    "--suppliers",
    type=click.IntRange(500, 200_000),
    default=20_000,
    show_default=True,
    help="How many there are after two years.",
)
@click.option("--picture", type=click.Path(dir_okay=False), help="Where to write precision and recall as an SVG.")
@as_json
@click.pass_context
def blacklist(context: click.Context, seed: int, suppliers: int, picture: str | None, as_json: bool) -> None:
    from pathlib import Path

    from everfair.risk.scoring import World
    from everfair.site.drill.blacklist import report
    from everfair.site.drill.blacklist.constants import HOT
    from everfair.site.drill.blacklist.play import play

    figures = play(seed, suppliers, lambda: World((), set(), frozenset(HOT)), lambda sentence: click.echo(sentence, err=True))
    points = figures.pop("curve")
    if picture:
        Path(picture).write_text(report.picture(points), encoding="utf-8")
    if as_json:
        show(figures, True)
    else:
        click.echo(report.written(figures))
    context.exit(0 if figures["met"] else 1)


@drill.command(hidden=True, help="The day itself, inside the copy that `paypal` made.")
@click.option("--payments", type=int, required=True)
@click.pass_context
def play(context: click.Context, payments: int) -> None:
    if "EVERFAIR_DRILL" not in os.environ:
        raise Sentence("This is the inside of `everfair drill paypal`: call that.")
    with django(context.obj):
        from everfair.site.drill.paypal import play as play_day

        show(play_day(payments, lambda sentence: click.echo(sentence, err=True)), True)
