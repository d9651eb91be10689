"""Random trades from beginning to end: nothing is lost and nobody waits for ever, whatever people do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import override_settings

from everfair.base.refused import Refused
from everfair.companies.models import Company
from everfair.site.cli.table import everfair
from everfair.site.simulate import trades

# What so many trades are sure to have seen, whatever the seed.
VERBS = {
    "order.agreement": {"place", "sign", "cancel", "lapse", "complete"},
    "order.goods": {"ship", "receive"},
    "stage.state": {"call", "pay", "fund", "release", "void"},
}


def play(count: int, seed: int) -> dict[str, Any]:
    figures = trades(count, seed)
    wrong = {name: figures[name] for name in ("faults", "stuck", "breaches", "failed in the background", "money", "unfinished")}
    assert figures["clean"], json.dumps(wrong, indent=1)
    assert figures["unfinished"] == {}
    assert sum(figures["endings"].values()) == figures["trades"]
    for currency, parts in figures["money"].items():
        assert parts["unaccounted"] == 0, currency
        assert parts["captured"] >= 0
        assert parts.get("escrow", 0) == 0, "every order has ended, so nothing is held any more"
    return figures


def test_random_trades_end_and_every_cent_is_found(committed):
    figures = play(60, 1)

    for axis, verbs in VERBS.items():
        assert verbs <= set(figures["verbs"][axis]), axis


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 6))
def test_many_random_trades_do_what_the_tables_know(committed, seed):
    figures = play(2000, seed)

    every = {f"{axis}.{verb}" for axis, verbs in figures["verbs"].items() for verb in verbs}
    for verb in ("order.issue.settle", "claim.state.appeal", "inspection.state.replace", "groupbuy.state.reach", "stage.work.send_back",
                 "order.goods.presume", "amendment.state.sign", "extension.state.grant", "claim.state.take_back"):  # fmt: skip
        assert verb in every, verb
    assert figures["trades"] > 1900


@pytest.mark.django_db
def test_a_live_installation_is_no_playground():
    with override_settings(KIND="live"), pytest.raises(Refused) as refusal:
        trades(1, 1)

    assert refusal.value.code == "site.live"
    assert Company.objects.count() == 0


def test_the_command_says_what_it_does():
    said = CliRunner().invoke(everfair, ["simulate", "trades", "--help"])

    assert said.exit_code == 0
    assert "--seed" in said.output
