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


@drill.command(hidden=True, help="The day itself, inside the copy that `paypal` made.")
@click.option("--payments", type=int, required=True)
@click.pass_context
def play(context: click.Context, payments: int) -> None:
    if "EVERFAIR_DRILL" not in os.environ:
        raise Sentence("This is the inside of `everfair drill paypal`: call that.")
    with django(context.obj):
        from everfair.site.drill.paypal import play as play_day

        show(play_day(payments, lambda sentence: click.echo(sentence, err=True)), True)
