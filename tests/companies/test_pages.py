"""Pages of companies, as their readers meet them."""

from __future__ import annotations

import html
import io
import re
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from everfair.base.refused import Refused
from everfair.companies import actions
from everfair.companies.models import ApiKey, Company, Invitation, Membership
from everfair.companies.queries import actor_of_person
from everfair.files.actions import keep_picture
from everfair.files.queries import picture_urls
from tests import make
from tests.companies.signing_in import browser, person

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "zh-hant", "zh-hans")
REGISTRATION = {
    "country": "CN",
    "name": "Ningbo Bolt Works Co., Ltd.",
    "registration_kind": "cn.uscc",
    "registration_number": "91110000600037341L",
    "name_zh_hans": "宁波螺栓厂",
    "kind": "factory",
    "is_seller": "on",
    "line1": "中山路1号",
    "city": "宁波市",
    "region": "浙江省",
    "postcode": "315000",
    "phone": "0574 8765 4321",
    "website": "bolts.example",
}


def send(client: Client, address: str, **typed: object):  # type: ignore[no-untyped-def]
    return client.post(address, {"_key": f"k{len(str(typed))}{address}"[:200], **typed})


def error_at(answer, field: str) -> str:  # type: ignore[no-untyped-def]
    """What stands beside the field; «» for nothing."""
    found = re.search(rf'id="id_{field}_error">(.*?)</div>', answer.content.decode(), re.S)
    return re.sub(r"<[^>]+>", "", found[1]).strip() if found else ""


def names_of(answer) -> list[str]:  # type: ignore[no-untyped-def]
    return re.findall(r"<h2><a[^>]*>([^<]+)</a></h2>", answer.content.decode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_private_page_opens_in_every_language(language: str) -> None:
    owner = person("owner@fair.example")
    company = make.company(name="Aster")
    make.member(company, "owner", who=owner)
    make.member(make.company(name="Borage"), "viewer", who=owner)
    other = make.member(company, "viewer")
    client = browser(owner)

    pages = (
        "me/bar/",
        "me/account/",
        "me/start/",
        "me/company/",
        "company/",
        "company/register/",
        "company/register/?country=DE",
        "company/profile/",
        "company/people/",
        f"company/people/{other.pk}/roles/",
        "company/keys/",
        "account/email/",
        "account/sessions/",
        "account/sign-out/",
    )
    for page in pages:
        answer = client.get(f"/{language}/{page}")

        assert answer.status_code == 200, page
        assert "private" in answer["Cache-Control"], page
        assert "no-store" in answer["Cache-Control"], page


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_open_page_opens_in_every_language(language: str) -> None:
    company = make.company(name="Aster", address={"lines": ["Kai 1"], "city": "Hamburg", "region": "", "postcode": "20457"})
    client = Client()

    for page in (
        "me/bar/",
        "export/suppliers/",
        "export/suppliers/?country=DE&verified=1",
        f"export/suppliers/{company.number}/",
        "account/sign-in/",
        "account/join/",
        "account/confirm/",
        "account/confirm/nonsense/",
        "account/password/forgotten/",
        "account/password/forgotten/sent/",
        "account/password/forgotten/1-nonsense/",
        "account/password/changed/",
        "account/closed/",
    ):
        assert client.get(f"/{language}/{page}").status_code == 200, page


def test_the_supplier_page_is_the_same_for_everybody() -> None:
    company = make.company(name="Aster")
    owner = make.member(company)

    for_nobody = Client().get(f"/en/export/suppliers/{company.number}/")
    for_owner = browser(owner).get(f"/en/export/suppliers/{company.number}/")

    assert for_nobody.content == for_owner.content
    assert for_nobody["Cache-Control"].startswith("public")
    assert "sessionid" not in for_nobody.cookies


def test_a_company_that_only_buys_has_no_public_page() -> None:
    company = make.company(is_seller=False)

    assert Client().get(f"/en/export/suppliers/{company.number}/").status_code == 404
    assert Client().get("/en/nowhere/suppliers/").status_code == 404
    assert Client().get(f"/en/export/suppliers/{10**30}/").status_code == 404


def test_the_directory_goes_on_from_the_last_company_seen() -> None:
    made = [make.company() for _n in range(26)]

    first = Client().get("/en/export/suppliers/")
    rest = Client().get(re.search(r'rel="next" href="([^"]+)"', first.content.decode())[1])  # type: ignore[index]

    assert names_of(first) == [company.name for company in reversed(made[2:])]
    assert names_of(rest) == [made[1].name, made[0].name]


def test_a_first_company_is_registered_by_choosing_its_country_first() -> None:
    newcomer = person("new@fair.example")
    client = browser(newcomer)

    assert "Country of registration" in client.get("/en/company/register/").content.decode()
    answer = send(client, "/en/company/register/", **REGISTRATION)

    assert answer.url == "/en/company/"
    company = Company.objects.get(registration_number="91110000600037341L")
    assert (company.phone, company.website, company.is_seller, company.is_buyer) == (
        "+8657487654321",
        "https://bolts.example",
        True,
        False,
    )
    assert company.names == {"zh-hans": "宁波螺栓厂"}
    assert Membership.objects.get(company=company).roles == ["owner"]
    assert "315000<br>浙江省宁波市中山路1号" in client.get("/en/company/").content.decode()


ORDER_PAGE = "/en/export/order/?offer=7&quantity=12.5"


def test_who_has_no_company_yet_is_led_to_register_one_and_back() -> None:
    """From «Order now» over the country and a first try with a wrong number to the order's page, as a member."""
    client = browser(person("new@fair.example"))

    led = client.get(ORDER_PAGE)
    start = client.get(led["Location"]).content.decode()
    country = client.get(html.unescape(re.search(r'href="(/en/company/register/[^"]*)"', start)[1])).content.decode()  # type: ignore[index]
    wanted = html.unescape(re.search(r'name="next" value="([^"]*)"', country)[1])  # type: ignore[index]
    form = client.get("/en/company/register/", {"country": "CN", "next": wanted}).content.decode()
    address = html.unescape(re.search(r'method="post" action="(/en/company/register/[^"]*)"', form)[1])  # type: ignore[index]
    wrong = send(client, address, **REGISTRATION | {"registration_number": "91110000600037341X"}).content.decode()
    again = html.unescape(re.search(r'method="post" action="(/en/company/register/[^"]*)"', wrong)[1])  # type: ignore[index]
    done = send(client, again, **REGISTRATION)

    assert led.status_code == 302
    assert led["Location"].startswith("/en/me/start/?next=")
    assert "Only companies can do that." in start
    assert (wanted, done["Location"]) == (ORDER_PAGE, ORDER_PAGE)
    # A member now: the page is looked for, and its offer is not there.
    assert client.get(ORDER_PAGE).status_code == 404


def test_who_joins_a_company_goes_on_where_a_company_was_wanted() -> None:
    owner = person("owner@fair.example")
    company = make.company()
    make.member(company, who=owner)
    invited = actions.invite_person("new@fair.example", ["buyer"], by=actor_of_person(owner))
    client = browser(person("new@fair.example"))

    start = client.get(client.get("/en/orders/")["Location"]).content.decode()
    address = html.unescape(re.search(r'action="(/en/me/invitations/[^"]*)"', start)[1])  # type: ignore[index]
    answer = send(client, address)

    assert str(invited.pk) in address
    assert answer["Location"] == "/en/orders/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "evil"])
def test_only_a_page_of_ours_is_gone_back_to(elsewhere: str) -> None:
    client = browser(person("new@fair.example"))

    start = client.get("/en/me/start/", {"next": elsewhere}).content.decode()
    answer = send(client, f"/en/company/register/?{urlencode({'next': elsewhere})}", **REGISTRATION)

    assert "evil" not in start.partition("<main")[2].partition("</main>")[0]
    assert "Only companies can do that" not in start
    assert answer["Location"] == "/en/company/"


def test_a_form_a_program_and_an_operators_page_stay_closed_to_who_has_no_company() -> None:
    client = browser(person("new@fair.example"))

    form = send(client, "/en/rfqs/new/", title="Bolts")
    office = client.get("/en/office/")
    program = client.get("/api/v1/orders")

    assert (form.status_code, office.status_code, program.status_code) == (403, 403, 403)
    assert program.json()["code"] == "base.company_first"
    assert program["Content-Type"] == "application/problem+json"


def test_a_role_too_small_is_told_so_and_led_nowhere() -> None:
    answer = browser(make.member(make.company(), "viewer")).get("/en/company/keys/")

    assert answer.status_code == 403


def test_a_wrong_check_digit_is_said_beside_the_number_and_what_was_typed_stays() -> None:
    client = browser(person("new@fair.example"))

    answer = send(client, "/en/company/register/", **REGISTRATION | {"registration_number": "91110000600037341X"})

    assert answer.status_code == 422
    assert error_at(answer, "registration_number").startswith("The check digit is wrong")
    assert "宁波螺栓厂" in answer.content.decode()
    assert not Company.objects.exists()


def test_the_same_registration_sent_twice_makes_one_company() -> None:
    client = browser(person("new@fair.example"))

    first = send(client, "/en/company/register/", **REGISTRATION)
    second = send(client, "/en/company/register/", **REGISTRATION)

    assert (first["Location"], second["Location"]) == ("/en/company/", "/en/company/")
    assert Company.objects.count() == 1


def test_a_lookalike_is_told_that_a_person_will_look() -> None:
    make.company(name="Alibaba", name_skeleton="allbaba")
    client = browser(person("new@fair.example"))

    send(client, "/en/company/register/", **REGISTRATION | {"name": "Аlibaba"})

    assert "a person will look at it" in client.get("/en/company/").content.decode()


def test_what_the_trader_typed_never_becomes_markup() -> None:
    nasty = "<script>alert(1)</script>{{7*7}}${jndi:x}%s%n"
    company = make.company(name=nasty, about={"en": nasty}, verification_note=nasty)

    shown = Client().get(f"/en/export/suppliers/{company.number}/").content.decode()

    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}${jndi:x}%s%n" in shown


def test_a_new_key_is_shown_once() -> None:
    owner = make.member(make.company())
    client = browser(owner)

    made = send(client, "/en/company/keys/", name="ERP", scopes=["orders:read"])
    shown = client.get(made.url).content.decode()
    again = client.get(made.url).content.decode()

    raw = re.search(r"ef_test_[\w-]{43}", shown)
    assert raw
    assert actions.authenticate_api_key(raw[0])
    assert raw[0] not in again
    assert ApiKey.objects.get().prefix in again


def test_nothing_that_is_kept_for_repetitions_holds_the_new_key() -> None:
    from everfair.base.models import WriteKey

    client = browser(make.member(make.company()))

    send(client, "/en/company/keys/", name="ERP", scopes=["orders:read"])

    kept = WriteKey.objects.get()
    assert b"ef_test_" not in bytes(kept.body or b"") + kept.location.encode()


@pytest.mark.parametrize("page", ["company/keys/", "company/profile/", "company/people/"])
def test_only_an_owner_changes_the_company(page: str) -> None:
    company = make.company()
    owner, viewer = make.member(company), make.member(company, "viewer", "buyer", "seller", "finance")

    answer = send(browser(viewer), f"/en/{page}", name="x", email="x@fair.example", roles=["viewer"], scopes=["orders:read"])

    assert answer.status_code in (403, 422)
    assert not ApiKey.objects.exists()
    assert not Invitation.objects.exists()
    assert Membership.objects.get(person=owner).roles == ["owner"]


def test_people_of_another_company_are_not_there() -> None:
    stranger = make.member(make.company())
    client = browser(make.member(make.company()))

    for address in (f"/en/company/people/{stranger.pk}/roles/", f"/en/company/people/{stranger.pk}/end/"):
        assert send(client, address, roles=["viewer"]).status_code == 404
    assert Membership.objects.get(person=stranger).ended_at is None


def test_more_than_the_form_asks_for_is_ignored() -> None:
    """B69: roles, marks and states in the body are not the body's to say."""
    company = make.company(name="Aster", country="DE")
    owner = make.member(company)

    send(
        browser(owner),
        "/en/company/profile/",
        name="Aster",
        kind="trader",
        is_buyer="on",
        line1="Kai 1",
        city="Hamburg",
        country="CN",
        registration_number="X",
        verified_at="2030-01-01",
        number="1",
        is_staff_member="1",
    )

    company.refresh_from_db()
    owner.refresh_from_db()
    assert (company.country, company.verified_at, owner.is_staff_member, company.address["city"]) == (
        "DE",
        None,
        False,
        "Hamburg",
    )


def test_somebody_in_two_companies_switches() -> None:
    worker = person("both@fair.example")
    first, second = make.company(name="Aster"), make.company(name="Borage")
    make.member(first, "owner", who=worker)
    make.member(second, "viewer", who=worker)
    client = browser(worker)

    assert "Aster" in client.get("/en/me/bar/").content.decode()
    send(client, "/en/me/company/", company=str(second.pk))

    assert "Borage" in client.get("/en/me/bar/").content.decode()
    assert client.get("/en/company/keys/").status_code == 403


def test_nobody_switches_into_a_strange_company() -> None:
    worker = make.member(make.company())
    strange = make.company()

    for company in (str(strange.pk), "nonsense", ""):
        assert send(browser(worker), "/en/me/company/", company=company).status_code == 404

    worker.refresh_from_db()
    assert worker.current_company_id is None


def test_the_account_page_keeps_name_zone_and_phone() -> None:
    worker = make.member(make.company(country="DE"), "viewer")
    client = browser(worker)

    send(client, "/en/me/account/", name="Ümit 𠮷田", language="zh-hant", timezone="Asia/Taipei", phone="030 901820")

    worker.refresh_from_db()
    assert (worker.name, worker.language, worker.timezone, worker.phone) == ("Ümit 𠮷田", "zh-hant", "Asia/Taipei", "+4930901820")


def test_a_zone_that_does_not_exist_is_refused() -> None:
    client = browser(make.member(make.company()))

    answer = send(client, "/en/me/account/", name="A", language="en", timezone="Moon/Tycho")

    assert answer.status_code == 422
    assert error_at(answer, "timezone")


def test_the_bar_offers_a_stranger_the_door() -> None:
    shown = Client().get("/zh-hant/me/bar/").content.decode()

    assert "/zh-hant/account/sign-in/" in shown


def test_a_longer_directory_asks_no_more_of_the_database(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for _n in range(24):
        make.company()

    with django_assert_max_num_queries(2):
        Client().get("/api/v1/companies?limit=24")


PROFILE = {"name": "Aster", "kind": "trader", "is_buyer": "on", "is_seller": "on", "line1": "Kai 1", "city": "Hamburg"}


def picture() -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (400, 300), "green").save(drawn, "PNG")
    return SimpleUploadedFile("logo.png", drawn.getvalue(), "image/png")


def test_a_logo_is_shown_to_everybody() -> None:
    company = make.company(name="Aster")
    client = browser(make.member(company))

    send(client, "/en/company/profile/", **PROFILE, logo=picture())

    company.refresh_from_db()
    assert company.logo_id
    shown = picture_urls([company.logo_id])[company.logo_id]["320"]
    assert f'src="{shown}"' in Client().get(f"/en/export/suppliers/{company.number}/").content.decode()
    assert f'src="{shown}"' in Client().get("/en/export/suppliers/").content.decode()


def test_what_is_no_picture_is_said_beside_the_logo() -> None:
    company = make.company(name="Aster")

    answer = send(
        browser(make.member(company)),
        "/en/company/profile/",
        **PROFILE,
        logo=SimpleUploadedFile("logo.png", b"<svg/>", "image/png"),
    )

    company.refresh_from_db()
    assert (answer.status_code, company.logo_id) == (422, None)
    assert error_at(answer, "logo")


def test_the_picture_of_another_company_is_no_logo() -> None:
    """B67."""
    stranger, company = make.company(), make.company()
    theirs = keep_picture(picture(), stranger.pk, make.actor(stranger))

    with pytest.raises(Refused) as refused:
        actions.edit_profile(company.pk, by=make.actor(company), logo_id=theirs.pk)

    assert refused.value.code == "companies.logo"
