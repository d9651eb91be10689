"""Keys of Stripe: given in the environment or laid beside the other secrets, read strictly, never printed, never in a drill when live."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from everfair.base.refused import Refused
from everfair.site.addresses import AddressError, stripe_settings
from everfair.site.cli.surroundings import Sentence, check_keys, made_secrets
from everfair.site.drill.copying import refuse_live_keys

GIVEN = {
    "EVERFAIR_STRIPE_API_KEY": "sk_test_1234567890", "EVERFAIR_STRIPE_WEBHOOK_SECRET": "whsec_ToldToNobodyButTests",
    "EVERFAIR_STRIPE_ACCOUNT": "acct_1Ours", "EVERFAIR_STRIPE_CURRENCIES": "EUR USD",
}  # fmt: skip
LIVE = GIVEN | {"EVERFAIR_STRIPE_API_KEY": "sk_live_1234567890"}


@pytest.fixture(autouse=True)
def _without(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("EVERFAIR_STRIPE_")]:
        monkeypatch.delenv(name)


def test_without_a_key_there_is_no_stripe() -> None:
    assert stripe_settings({"EVERFAIR_STRIPE_URL": ""}, "live") == {}


@pytest.mark.parametrize("name", list(GIVEN))
def test_half_of_it_is_refused_by_the_name_of_what_is_missing(name: str) -> None:
    with pytest.raises(AddressError, match=name) as refusal:
        stripe_settings({**GIVEN, name: ""}, "live")

    assert not any(value in str(refusal.value) for value in GIVEN.values() if len(value) > 12)


@pytest.mark.parametrize("kind", ["demo", "test"])
def test_a_live_key_is_taken_by_a_live_installation_alone(kind: str) -> None:
    assert stripe_settings(LIVE, "live") == LIVE
    assert stripe_settings(GIVEN, kind) == GIVEN
    with pytest.raises(AddressError, match="moves real money"):
        stripe_settings(LIVE, kind)
    with pytest.raises(Sentence, match="moves real money"):
        check_keys({**LIVE, "EVERFAIR_KIND": kind})


def test_a_key_that_lies_with_the_other_secrets_is_found_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = made_secrets(tmp_path)
    (tmp_path / "secrets" / "stripe_api_key").write_text("sk_test_fromTheFile\n")
    (tmp_path / "secrets" / "stripe_webhook_secret").write_text("whsec_fromTheFile\n")

    found = made_secrets(tmp_path)

    assert "EVERFAIR_STRIPE_API_KEY" not in before
    assert (found["EVERFAIR_STRIPE_API_KEY"], found["EVERFAIR_STRIPE_WEBHOOK_SECRET"]) == (
        "sk_test_fromTheFile",
        "whsec_fromTheFile",
    )
    monkeypatch.setenv("EVERFAIR_STRIPE_API_KEY", "sk_test_fromTheShell")
    assert "EVERFAIR_STRIPE_API_KEY" not in made_secrets(tmp_path)


def test_a_drill_refuses_live_keys_of_the_shell_and_of_the_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secrets").mkdir()
    key = tmp_path / "secrets" / "stripe_api_key"
    key.write_text("sk_test_1234567890\n")
    refuse_live_keys(str(tmp_path))

    key.write_text("rk_live_1234567890\n")
    with pytest.raises(Refused) as kept:
        refuse_live_keys(str(tmp_path))
    key.unlink()
    monkeypatch.setenv("EVERFAIR_STRIPE_API_KEY", "sk_live_1234567890")
    with pytest.raises(Refused) as said:
        refuse_live_keys(str(tmp_path))

    assert (kept.value.code, said.value.code) == ("site.live_keys", "site.live_keys")
    assert str(kept.value.message).startswith("secrets/stripe_api_key is a provider's live key")
    assert str(said.value.message).startswith("EVERFAIR_STRIPE_API_KEY is a provider's live key")
    assert "live_" not in str(kept.value.message) + str(said.value.message)
