"""Signing in at the operator's own OpenID Connect provider: a real one, on this machine."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core import mail
from django.test import Client

from everfair.companies.models import Person
from everfair.site.addresses import AddressError, oidc_provider
from tests.companies.provider import CLIENT, SECRET, Provider, running
from tests.companies.signing_in import PASSWORD, person

pytestmark = pytest.mark.django_db
SIGN_IN = "/en/account/sign-in/at/oidc/"
OTHER_KEY = rsa.generate_private_key(65537, 2048)
HALF = {"EVERFAIR_OIDC_ISSUER": "https://login.example", "EVERFAIR_OIDC_CLIENT_ID": CLIENT}


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    with running() as made:
        env = {
            "EVERFAIR_OIDC_ISSUER": made.address,
            "EVERFAIR_OIDC_CLIENT_ID": CLIENT,
            "EVERFAIR_OIDC_CLIENT_SECRET": SECRET,
            "EVERFAIR_OIDC_NAME": "Guild",
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": oidc_provider(env)}}
        yield made


def go(provider: Provider, client: Client, **form: str) -> Any:
    """From our button to the provider, and back with its answer; what the person sees then."""
    step = client.post(SIGN_IN, form)
    assert step.status_code == 200
    there = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', step.content.decode())
    assert there
    back = provider.authorize(html.unescape(there[1]))
    return client.get(back.removeprefix("http://testserver"))


def signed_in(client: Client) -> bool:
    return client.get("/en/me/account/").status_code == 200


def test_without_a_variable_there_is_no_button_and_no_way() -> None:
    page = Client().get("/en/account/sign-in/").content.decode()

    assert "/sign-in/at/" not in page
    assert Client().post(SIGN_IN).status_code == 404
    assert Client().get("/account/oidc/oidc/?code=x&state=y").status_code == 404


def test_a_new_person_comes_in_with_the_address_the_provider_confirmed(provider: Provider) -> None:
    client = Client()
    button = client.get("/en/account/sign-in/").content.decode()

    answer = go(provider, client, next="/en/me/")

    made = Person.objects.get()
    assert "Sign in with Guild" in button
    assert (answer.status_code, answer["Location"]) == (302, "/en/me/")
    assert (made.email, made.name, made.has_usable_password()) == ("ada@fair.example", "Ada", False)
    assert EmailAddress.objects.get().verified
    assert signed_in(client)
    assert provider.refused == []


def test_the_same_person_comes_back(provider: Provider) -> None:
    go(provider, Client())
    provider.person["email"] = "ada@elsewhere.example"

    client = Client()
    go(provider, client)

    assert signed_in(client)
    assert Person.objects.count() == 1


@pytest.mark.parametrize("verified", [True, False, "true", "false", None])
def test_an_address_somebody_has_here_is_no_way_into_their_account(provider: Provider, verified: Any) -> None:
    theirs = person("ada@fair.example", name="Ada")
    provider.person |= {"sub": "thief", "email": "ADA@fair.example", "email_verified": verified}

    client = Client()
    go(provider, client)

    assert not signed_in(client)
    assert SocialAccount.objects.count() == 0
    assert Person.objects.get() == theirs


@pytest.mark.parametrize("verified", [False, "false", "true", None])
def test_an_address_that_the_provider_did_not_confirm_is_confirmed_by_letter(provider: Provider, verified: Any) -> None:
    provider.person["email_verified"] = verified

    client = Client()
    go(provider, client)

    assert not signed_in(client)
    assert not EmailAddress.objects.get().verified
    assert [letter.to for letter in mail.outbox] == [["ada@fair.example"]]


def test_an_answer_about_two_people_is_not_believed(provider: Provider) -> None:
    provider.id_token["sub"] = "somebody else"

    client = Client()
    answer = go(provider, client)

    assert answer["Location"].endswith("/account/sign-in/elsewhere/failed/")
    assert (signed_in(client), Person.objects.count()) == (False, 0)


@pytest.mark.parametrize(
    "lie",
    [
        {"aud": "another shop"},
        {"aud": [CLIENT, "another shop"], "azp": "another shop"},
        {"iss": "https://another.example"},
        {"exp": 1},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"sub": None},
        {"nonce": "of another day"},
        {"nonce": ""},
        {"nonce": None},
        {"nonce": ["a", "list"]},
    ],
    ids=str,
)
def test_a_token_that_is_not_the_answer_to_our_question_is_not_believed(provider: Provider, lie: dict[str, Any]) -> None:
    provider.id_token |= lie

    client = Client()
    go(provider, client)

    assert (signed_in(client), Person.objects.count()) == (False, 0)


@pytest.mark.parametrize(
    "forged",
    [
        {"key": OTHER_KEY},
        {"key": OTHER_KEY, "headers": {"kid": "2"}},
        {"key": OTHER_KEY, "headers": {}},
        {"key": "", "algorithm": "none"},
        {"key": "the published key, used as a secret", "algorithm": "HS256"},
    ],
    ids=["another key", "a key nobody published", "no key named", "unsigned", "signed with a secret"],
)
def test_a_token_that_the_provider_did_not_sign_is_not_believed(provider: Provider, forged: dict[str, Any]) -> None:
    provider.signing |= forged

    client = Client()
    go(provider, client)

    assert (signed_in(client), Person.objects.count()) == (False, 0)


def test_a_key_without_a_name_is_enough_where_there_is_but_one(provider: Provider) -> None:
    provider.signing |= {"headers": {}}

    client = Client()
    go(provider, client)

    assert signed_in(client)


def test_an_answer_to_one_browser_is_no_answer_to_another(provider: Provider) -> None:
    """A stolen code is turned away by PKCE; a token that carries another browser's nonce by the nonce."""
    asked = [html.unescape(re.search(r'content="0;url=([^"]+)"', Client().post(SIGN_IN).content.decode())[1]) for _ in range(2)]  # type: ignore[index]
    nonces = {parse_qs(urlsplit(place).query)["nonce"][0] for place in asked}

    assert len(nonces) == 2
    assert all(len(nonce) >= 43 for nonce in nonces)


def test_an_answer_that_this_browser_did_not_ask_for_signs_nobody_in(provider: Provider) -> None:
    step = Client().post(SIGN_IN).content.decode()
    there = re.search(r'content="0;url=([^"]+)"', step)
    assert there
    back = provider.authorize(html.unescape(there[1])).removeprefix("http://testserver")

    victim = Client()
    victim.get(back)

    assert not signed_in(victim)


def test_who_has_an_account_connects_it_and_is_told(provider: Provider) -> None:
    mine = person("grace@fair.example", name="Grace")
    mine.set_password(PASSWORD)
    mine.save()
    client = Client()
    client.post("/en/account/sign-in/", {"login": mine.email, "password": PASSWORD})
    client.post("/en/account/again/", {"password": PASSWORD})

    step = client.post(f"{SIGN_IN}?process=connect").content.decode()
    there = re.search(r'content="0;url=([^"]+)"', step)
    assert there
    client.get(provider.authorize(html.unescape(there[1])).removeprefix("http://testserver"))
    page = client.get("/en/account/elsewhere/").content.decode()
    other = Client()
    go(provider, other)

    assert SocialAccount.objects.get().user == mine
    assert "Guild" in page
    assert "Another way to sign in was added" in [letter.subject for letter in mail.outbox]
    assert signed_in(other)


def test_who_has_a_second_factor_is_asked_for_it_after_the_provider_too(provider: Provider) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    go(provider, Client())
    TOTP.activate(Person.objects.get(), "JBSWY3DPEHPK3PXP")

    client = Client()
    answer = go(provider, client)

    assert answer["Location"].endswith("/account/security/code/")
    assert not signed_in(client)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_browser_goes_there_and_back_under_our_content_policy(provider: Provider, walk: Any) -> None:
    def story(tab: Any) -> None:
        tab.goto("/zh-hant/account/sign-in/?next=/zh-hant/me/account/")
        tab.locator("form[action*='/sign-in/at/oidc/'] button").click()
        tab.wait_for_url("**/zh-hant/me/account/")

    assert walk(story) == []
    assert Person.objects.get().email == "ada@fair.example"


@pytest.mark.parametrize(
    "env",
    [
        HALF,
        {**HALF, "EVERFAIR_OIDC_CLIENT_SECRET": SECRET, "EVERFAIR_OIDC_ISSUER": "http://login.example"},
        {**HALF, "EVERFAIR_OIDC_CLIENT_SECRET": SECRET, "EVERFAIR_OIDC_ISSUER": "login.example"},
        {**HALF, "EVERFAIR_OIDC_CLIENT_SECRET": SECRET, "EVERFAIR_OIDC_ISSUER": "https://login.example/?x=1"},
    ],
)
def test_half_a_configuration_or_a_secret_in_the_clear_is_refused(env: dict[str, str]) -> None:
    with pytest.raises(AddressError, match="EVERFAIR_OIDC"):
        oidc_provider(env)
