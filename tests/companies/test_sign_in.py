"""Joining, signing in, forgetting the password, changing the address: through the pages, letters read."""

from __future__ import annotations

import html
import re
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client

from everfair.base.refused import Refused
from everfair.companies import actions
from everfair.companies.models import Person
from tests import make
from tests.companies.signing_in import PASSWORD, person

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "zh-hant", "zh-hans")


def link_in(letter: Any) -> str:
    """The one link of a letter, without its host."""
    links = re.findall(r"https?://[^/\s]+(/\S+)", str(letter.body))
    assert len(links) == 1, letter.body
    return str(links[0])


def join(client: Client, email: str, language: str = "en", password: str = PASSWORD) -> Any:
    return client.post(f"/{language}/account/join/", {"name": "Ada", "email": email, "password1": password})


def known(email: str = "ada@fair.example", **columns: Any) -> Person:
    made = person(email, **columns)
    made.set_password(PASSWORD)
    made.save()
    return made


def sign_in(email: str, password: str = PASSWORD, client: Client | None = None) -> Any:
    client = client or Client()
    return client.post("/en/account/sign-in/", {"login": email, "password": password})


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_joins_confirms_the_address_and_is_led_to_a_company(language: str) -> None:
    client = Client()

    sent = join(client, "Ada@Fair.example", language)
    confirming = link_in(mail.outbox[-1])
    asked = client.get(confirming)
    before = EmailAddress.objects.get().verified
    confirmed = client.post(confirming)

    made = Person.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, f"/{language}/account/confirm/")
    assert (asked.status_code, before, EmailAddress.objects.get().verified) == (200, False, True)
    assert (made.email, made.name, made.language) == ("ada@fair.example", "Ada", language)
    assert made.password.startswith("argon2$argon2id$")
    assert confirmed["Location"] == f"/{language}/me/start/"
    assert client.get(f"/{language}/me/start/").status_code == 200


def test_who_was_invited_comes_back_to_the_invitation_after_joining(django_capture_on_commit_callbacks: Any) -> None:
    company = make.company(name="Aster")
    with django_capture_on_commit_callbacks(execute=True):
        actions.invite_person("ada@fair.example", ["buyer"], by=make.actor(company, who=make.member(company)))
    address, client = link_in(mail.outbox[-1]), Client()

    offered = re.search(r'href="(/en/account/join/[^"]+)"', client.get(address).content.decode())
    assert offered
    form = client.get(html.unescape(offered[1])).content.decode()
    assert 'value="ada@fair.example"' in form
    assert f'name="next" value="{address}"' in form
    client.post("/en/account/join/", {"name": "Ada", "email": "ada@fair.example", "password1": PASSWORD, "next": address})
    confirmed = client.post(link_in(mail.outbox[-1]))

    assert confirmed["Location"] == address
    client.post(address, {"_key": "k"})
    assert "Aster" in client.get("/en/company/").content.decode()


def test_nobody_signs_in_before_the_address_is_confirmed() -> None:
    join(Client(), "ada@fair.example")

    answer = sign_in("ada@fair.example")

    assert answer["Location"] == "/en/account/confirm/"
    assert "_auth_user_id" not in answer.client.session


def test_the_right_password_signs_in_and_the_session_is_listed() -> None:
    known()
    client = Client(headers={"User-Agent": "Firefox of Ada"})

    answer = sign_in("ADA@fair.example", client=client)

    assert answer.status_code == 302
    assert "Firefox of Ada" in client.get("/en/account/sessions/").content.decode()


def _shape(answer: Any) -> tuple[int, str, str]:
    """Everything that a stranger sees, without the tokens that differ in every answer."""
    text = re.sub(r'name="(_key|csrfmiddlewaretoken)" value="[^"]*"|"X-CSRFToken": "[^"]*"', "", answer.content.decode())
    return answer.status_code, answer.get("Location", ""), re.sub(r"(known|nobody)@fair\.example", "…", text)


def test_no_answer_tells_whether_an_address_has_an_account() -> None:
    """B72: signing in, joining, asking for a new password."""
    known("known@fair.example")

    for ask in (
        lambda email: sign_in(email, "wrong wrong wrong"),
        lambda email: join(Client(), email),
        lambda email: Client().post("/en/account/password/forgotten/", {"email": email}),
    ):
        assert _shape(ask("known@fair.example")) == _shape(ask("nobody@fair.example"))


def test_joining_takes_as_long_whether_or_not_the_address_has_an_account(real_hashes: None) -> None:
    """Both spend one Argon2 hash, with all the memory it is meant to take; the rest is small against it."""
    known("known@fair.example")
    assert "$m=102400,t=2,p=8$" in Person.objects.get().password
    join(Client(), "warm-up@fair.example")

    def seconds(email: str) -> float:
        began_s = time.perf_counter()
        join(Client(), email)
        return time.perf_counter() - began_s

    taken = sorted(seconds("known@fair.example") for _n in range(5))[2]
    free = sorted(seconds(f"nobody{n}@fair.example") for n in range(5))[2]

    assert 0.25 < taken / free < 4


def test_who_has_an_account_and_joins_again_gets_a_letter_that_says_so() -> None:
    known()

    join(Client(), "ada@fair.example")

    assert mail.outbox[-1].subject == "You have an account already"
    assert link_in(mail.outbox[-1]) == "/en/account/password/forgotten/"
    assert Person.objects.count() == 1


@pytest.mark.parametrize("spelling", ["INFO@strasse.de", "info@straße.de", "Info@STRASSE.DE"])
def test_one_mailbox_joins_once_and_signs_in_by_every_spelling(spelling: str) -> None:
    """B42."""
    known("info@strasse.de")

    join(Client(), spelling)

    assert Person.objects.count() == 1
    assert sign_in(spelling)["Location"].endswith("/me/start/")


@pytest.mark.parametrize(
    "email",
    ["a@apрle.com", "a@xn--80ak6aa92e.com", "İ@fair.example", "a@" + "a." * 3000 + "com", "a b@fair.example", "a@b\r\nBcc:c@d.e"],
)
def test_an_address_in_disguise_or_none_at_all_does_not_join(email: str) -> None:
    began_s = time.perf_counter()

    answer = join(Client(), email)

    assert answer.status_code == 200
    assert 'id="id_email_error"' in answer.content.decode()
    assert not Person.objects.exists()
    assert time.perf_counter() - began_s < 10


@pytest.mark.parametrize("password", ["short", "password123", "1234567890"])
def test_a_weak_password_is_refused(password: str) -> None:
    answer = join(Client(), "ada@fair.example", password=password)

    assert 'id="id_password1_error"' in answer.content.decode()
    assert not Person.objects.exists()


def test_a_hidden_character_in_a_name_is_refused() -> None:
    answer = Client().post("/en/account/join/", {"name": "A\u202eda", "email": "a@fair.example", "password1": PASSWORD})

    assert 'id="id_name_error"' in answer.content.decode()
    assert not Person.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_forgotten_password_is_replaced_by_one_link_that_works_once(language: str) -> None:
    ada = known()
    client = Client()
    client.post(f"/{language}/account/password/forgotten/", {"email": "ada@fair.example"})
    link = link_in(mail.outbox[-1])

    form = client.get(link, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "quite another sentence"})

    ada.refresh_from_db()
    assert ada.check_password("quite another sentence")
    assert len(mail.outbox) == 2  # the second says that the password was changed
    again = Client().get(link, follow=True)
    assert not again.redirect_chain
    assert 'name="password1"' not in again.content.decode()


def test_a_new_password_signs_out_all_other_browsers() -> None:
    """B70, B74."""
    known()
    here, there = Client(), Client()
    sign_in("ada@fair.example", client=here)
    sign_in("ada@fair.example", client=there)

    here.post("/en/account/password/", {"oldpassword": PASSWORD, "password1": "quite another sentence"})

    assert here.get("/en/me/account/").status_code == 200
    assert there.get("/en/me/account/").status_code == 302


def test_a_changed_address_counts_only_when_it_is_confirmed() -> None:
    """B73: the new address is not verified because the old one was, and the old one stays until then."""
    ada = known()
    client = Client()
    sign_in("ada@fair.example", client=client)

    again = client.post("/en/account/email/", {"action_add": "1", "email": "lovelace@fair.example"})["Location"]
    client.post(again, {"password": PASSWORD})
    ada.refresh_from_db()
    waiting = (ada.email, EmailAddress.objects.get(email="lovelace@fair.example").verified)
    client.post(link_in(next(letter for letter in mail.outbox if letter.to == ["lovelace@fair.example"])))

    ada.refresh_from_db()
    assert waiting == ("ada@fair.example", False)
    assert ada.email == "lovelace@fair.example"
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("lovelace@fair.example", True)]


def test_nobody_takes_the_address_of_another() -> None:
    known("other@fair.example")
    ada = known()
    client = Client()
    sign_in("ada@fair.example", client=client)

    again = client.post("/en/account/email/", {"action_add": "1", "email": "other@fair.example"})["Location"]
    answer = client.post(again, {"password": PASSWORD})

    ada.refresh_from_db()
    assert ada.email == "ada@fair.example"
    assert answer.status_code == 302
    assert mail.outbox[-1].to == ["other@fair.example"]
    assert not EmailAddress.objects.filter(email="other@fair.example", user=ada, verified=True).exists()


def test_the_address_changes_only_after_the_password_was_given_again() -> None:
    known()
    client = Client()
    sign_in("ada@fair.example", client=client)

    answer = client.post("/en/account/email/", {"action_add": "1", "email": "lovelace@fair.example"})

    assert answer["Location"].startswith("/en/account/again/")
    assert EmailAddress.objects.count() == 1
    assert client.get(answer["Location"]).status_code == 200


def test_a_session_is_ended_from_another_browser() -> None:
    known()
    here, there = Client(), Client()
    sign_in("ada@fair.example", client=here)
    sign_in("ada@fair.example", client=there)
    other = UserSession.objects.get(session_key=there.session.session_key)

    here.post(f"/en/me/sessions/{other.pk}/end/", {"_key": "k"})

    assert there.get("/en/me/account/").status_code == 302
    assert here.get("/en/me/account/").status_code == 200


def test_nobody_ends_the_session_of_another() -> None:
    known()
    known("eve@fair.example")
    ada, eve = Client(), Client()
    sign_in("ada@fair.example", client=ada)
    sign_in("eve@fair.example", client=eve)
    of_ada = UserSession.objects.get(session_key=ada.session.session_key)

    answer = eve.post(f"/en/me/sessions/{of_ada.pk}/end/", {"_key": "k"})

    assert answer.status_code == 404
    assert ada.get("/en/me/account/").status_code == 200


def test_all_other_sessions_are_ended_at_once() -> None:
    known()
    here, there = Client(), Client()
    sign_in("ada@fair.example", client=here)
    sign_in("ada@fair.example", client=there)

    here.post("/en/account/sessions/")

    assert there.get("/en/me/account/").status_code == 302
    assert UserSession.objects.count() == 1


def test_a_closed_account_is_told_so_only_after_its_password() -> None:
    known(is_active=False)

    right = sign_in("ada@fair.example")
    wrong = sign_in("ada@fair.example", "wrong wrong wrong")

    assert right["Location"] == "/en/account/closed/"
    assert wrong.status_code == 200


def test_letters_lead_to_the_configured_address_whatever_host_was_asked() -> None:
    known()

    Client().post("/en/account/password/forgotten/", {"email": "ada@fair.example"}, headers={"Host": "127.0.0.1"})

    assert "http://localhost:8000/" in str(mail.outbox[-1].body)
    assert "127.0.0.1" not in str(mail.outbox[-1].body)


def test_signing_out_needs_a_post() -> None:
    """B90."""
    known()
    client = Client()
    sign_in("ada@fair.example", client=client)

    client.get("/en/account/sign-out/")
    assert client.get("/en/me/account/").status_code == 200

    client.post("/en/account/sign-out/")
    assert client.get("/en/me/account/").status_code == 302


def test_where_to_go_next_is_never_another_house() -> None:
    known()

    answer = Client().post("/en/account/sign-in/?next=https://evil.example/", {"login": "ada@fair.example", "password": PASSWORD})

    assert answer["Location"].endswith("/me/start/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_guesses_passwords_is_slowed_down_in_our_words(language: str, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/h/ip"}
    client = Client(REMOTE_ADDR=f"192.0.2.{LANGUAGES.index(language) + 1}")

    answers = [client.post(f"/{language}/account/sign-in/", {"login": "ada@fair.example", "password": "x"}) for _n in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "masthead" in answers[-1].content.decode()


def test_guesses_on_one_account_are_counted_whichever_way_it_is_written(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/h/key"}
    known("info@strasse.de")

    for spelling in ("info@strasse.de", "INFO@straße.de"):
        sign_in(spelling, "wrong wrong wrong")
    third = sign_in("Info@Strasse.DE")

    assert "Too many attempts" in third.content.decode()
    assert "_auth_user_id" not in third.client.session


@pytest.mark.django_db
@pytest.mark.parametrize("domain", ["mailinator.com", "x.mailinator.com", "MAILINATOR.COM"])
def test_a_mailbox_for_a_few_minutes_is_refused_beside_its_field(domain: str) -> None:
    answer = Client().post("/en/account/join/", {"name": "Ada", "email": f"ada@{domain}", "password1": PASSWORD})

    assert answer.status_code == 200
    page = answer.content.decode()
    assert "a mailbox for a few minutes" in page
    assert ["aria-invalid" in tag for tag in re.findall(r'<input[^>]*name="(?:name|email)"[^>]*>', page)] == [False, True]
    assert (Person.objects.count(), mail.outbox) == (0, [])


@pytest.mark.django_db
def test_nobody_changes_to_a_mailbox_for_a_few_minutes_and_who_has_one_signs_in() -> None:
    person = make.person(email="ada@mailinator.com")
    person.set_password(PASSWORD)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    client = Client()

    there = client.post("/en/account/sign-in/", {"login": person.email, "password": PASSWORD})
    client.post("/en/account/email/", {"action_add": "", "email": "new@mailinator.com"})

    assert there.status_code == 302
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["ada@mailinator.com"]
    with pytest.raises(Refused) as refused:
        actions.make_person("bea@mailinator.com", "Bea")
    assert (refused.value.field, refused.value.code) == ("email", "companies.email_disposable")
