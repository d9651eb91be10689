"""What two firms, or a firm and one of the staff, turn out to share: found by the database, shown without the value."""

from __future__ import annotations

import io
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest
from django.test import Client
from PIL import Image, ImageDraw, ImageFilter

from everfair.base.refused import Refused
from everfair.companies.models import AuditNote, Company, Person
from everfair.files.actions import keep_attachment
from everfair.payments.actions import add_bank_account
from everfair.trust import actions
from everfair.trust.devices import COOKIE, signed_in
from everfair.trust.models import Trait, Verification
from everfair.trust.queries import candidates, checks_of, link_between, shared_traits
from everfair.trust.values import digest_of
from tests import make
from tests.trust.reviewing import acting, filled, reviewer, submitted

pytestmark = pytest.mark.django_db


def seen(company: Company) -> list[tuple[str, int]]:
    """What it shares, with whom."""
    return [(one.kind, one.company.number) for one in shared_traits(company.pk)]


def gate(size: tuple[int, int], colour: str = "firebrick", *, softly: bool = False) -> bytes:
    """A photograph of a gate, in some size."""
    picture = Image.new("RGB", (400, 300), "lightblue")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((40, 120, 180, 300), fill=colour)
    draw.rectangle((220, 60, 300, 300), fill="darkgreen")
    draw.ellipse((310, 20, 380, 90), fill="yellow")
    kept = io.BytesIO()
    picture = picture.filter(ImageFilter.GaussianBlur(2)) if softly else picture
    picture.resize(size).save(kept, "JPEG", quality=60)
    return kept.getvalue()


def storehouse() -> bytes:
    picture = Image.linear_gradient("L").resize((400, 300))
    ImageDraw.Draw(picture).polygon([(0, 200), (200, 20), (400, 200)], fill=200)
    kept = io.BytesIO()
    picture.convert("RGB").save(kept, "JPEG")
    return kept.getvalue()


def handed_in(papers: list[bytes], ending: str = "jpg") -> Company:
    """A company that handed in these papers, one for each check; where they end, papers of its own."""
    firm = make.company()
    by = make.actor(firm, "owner")
    row = filled(by)
    for n, check in enumerate(checks_of(row.pk)):
        paper = (papers[n], f"{n}.{ending}") if n < len(papers) else (f"{firm.pk} {n}".encode(), f"{n}.txt")
        file = keep_attachment(ContentFile(paper[0], name=paper[1]), firm.pk, by).pk
        actions.fill_check(row.pk, check.kind, check.declared, [file], by=by)
    actions.submit_verification(row.pk, by=by)
    return firm


def test_values_meet_however_they_are_written_and_cannot_be_read_back() -> None:
    assert digest_of("bank", "DE89 3704 0044 0532 0130 00") == digest_of("bank", "de89370400440532013000")
    assert digest_of("address", "Messeplatz 1, 20357 Hamburg") == digest_of("address", "20357 HAMBURG\nmesseplatz 1")
    assert digest_of("phone", "+49 30 901820") == digest_of("phone", "+4930901820")
    assert digest_of("phone", "4930901820") != digest_of("bank", "4930901820"), "each purpose has a key of its own"
    assert "901820" not in digest_of("phone", "+4930901820")
    assert digest_of("bank", " - ") == ""


def test_the_same_account_telephone_and_address_are_seen_and_nothing_more() -> None:
    one = make.company(
        phone="+4930901820", address={"lines": ["Messeplatz 1"], "city": "Hamburg", "region": "", "postcode": "20357"}
    )
    two = make.company(
        phone="+4930901820", address={"lines": ["MESSEPLATZ 1"], "city": "Hamburg", "region": "", "postcode": "20357"}
    )
    far = make.company(phone="+4930901821")
    for firm in (one, two):
        add_bank_account(holder=firm.name, by=make.actor(firm, "owner", who=make.member(firm)), **make.BANK)
    for firm in (one, two, far):
        actions.note_traits(firm.pk)

    assert seen(one) == [("address", two.number), ("bank", two.number), ("email_domain", two.number), ("phone", two.number)]
    assert seen(far) == []
    assert not Trait.objects.filter(digest__contains="370400440532").exists()


def test_a_mail_service_that_many_use_says_nothing() -> None:
    firms = [make.company() for _n in range(7)]
    for firm in firms:
        make.member(firm)
        actions.note_traits(firm.pk)

    assert [seen(firm) for firm in firms] == [[]] * 7


def test_the_same_paper_is_seen_when_it_is_handed_in_twice() -> None:
    paper = b"Extract of the register of 3 May, number 4711."
    one, two = handed_in([paper], "txt"), handed_in([paper], "txt")
    other = handed_in([b"Extract of another firm."], "txt")

    assert (seen(one), seen(two), seen(other)) == ([("document", two.number)], [("document", one.number)], [])


def test_a_picture_saved_anew_is_seen_and_another_is_not() -> None:
    one = handed_in([gate((400, 300))])
    smaller = handed_in([gate((200, 150), softly=True)])
    other = handed_in([storehouse()])

    assert (seen(one), seen(smaller), seen(other)) == ([("photo", smaller.number)], [("photo", one.number)], [])


@pytest.mark.parametrize("kind", ["phone", "bank", "address"])
def test_who_shares_something_with_a_company_is_never_drawn_for_it(kind: str) -> None:
    mine = {"phone": "+49 30 901820", "bank": make.BANK["account"], "address": "Hamburg 20357, Messeplatz 1"}[kind]
    firm = make.company(
        phone="+4930901820", address={"lines": ["Messeplatz 1"], "city": "Hamburg", "region": "", "postcode": "20357"}
    )
    add_bank_account(holder=firm.name, by=make.actor(firm, "owner", who=make.member(firm)), **make.BANK)
    mei, otto, ada = (reviewer() for _n in range(3))
    actions.note_own_trait(kind, mine, by=acting(mei))

    row, _by = submitted(firm)

    assert candidates(firm.pk).linked == {mei.pk: {"bank": "bank_account"}.get(kind, kind)}
    assert {row.maker_id, row.checker_id} == {otto.pk, ada.pk}
    with pytest.raises(IntegrityError, match="linked"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO trust_seat (id, verification_id, role, person_id, among) VALUES (gen_random_uuid(), %s, 'maker', %s, 1)",
            [row.pk, mei.pk],
        )


def sign_in(person: Person, cookie: str = "") -> str:
    """The name of the browser after it."""
    request = HttpRequest()
    if cookie:
        request.COOKIES[COOKIE] = cookie
    signed_in(request, person)
    return request.device  # type: ignore[attr-defined,no-any-return]


def test_who_signed_in_on_the_device_of_an_owner_is_linked() -> None:
    firm, mei, otto = make.company(), reviewer(), reviewer()
    device = sign_in(make.member(firm))

    assert sign_in(mei, device) == device
    assert sign_in(otto, "made up; not one of ours") != device
    assert link_between([mei.pk, otto.pk], firm.pk) == {mei.pk: "device"}


def test_a_sign_in_names_the_browser_once() -> None:
    client, mei = Client(), reviewer()
    mei.set_password("a long password of hers")
    mei.save()
    EmailAddress.objects.create(user=mei, email=mei.email, verified=True, primary=True)
    typed = {"login": mei.email, "password": "a long password of hers"}

    first = client.post("/en/account/sign-in/", typed)

    cookie = client.cookies[COOKIE]
    assert first.status_code == 302
    assert (len(cookie.value), cookie["httponly"], cookie["samesite"]) == (43, True, "Lax")
    assert Trait.objects.get(person=mei, kind="device").digest == digest_of("device", cookie.value)


def test_a_demonstration_names_no_browser(settings: Any) -> None:
    settings.KIND = "demo"
    request = HttpRequest()

    signed_in(request, reviewer())

    assert (hasattr(request, "device"), Trait.objects.exists()) == (False, False)


def test_only_the_staff_says_what_is_theirs_and_only_what_can_be_told_apart() -> None:
    mei = reviewer()

    with pytest.raises(Refused) as stranger:
        actions.note_own_trait("bank", "DE89370400440532013000", by=make.actor(make.company()))
    with pytest.raises(Refused) as short:
        actions.note_own_trait("bank", "12", by=acting(mei))
    with pytest.raises(Refused) as kind:
        actions.note_own_trait("device", "xxxxxxxx", by=acting(mei))

    assert (stranger.value.status, short.value.field, kind.value.field) == (403, "value", "kind")
    assert not Trait.objects.exists()
    actions.note_own_trait("bank", "DE89370400440532013000", by=acting(mei))
    actions.note_own_trait("bank", "DE89 3704 0044 0532 0130 00", by=acting(mei))
    assert Trait.objects.filter(person=mei).count() == 1
    assert "DE89" not in str(list(AuditNote.objects.values_list("after", "reason")))


def test_a_trait_stays_what_it_is() -> None:
    firm = make.company(phone="+4930901820")
    actions.note_traits(firm.pk)

    with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
        Trait.objects.filter(company=firm).update(digest="0" * 64)
    with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM trust_trait")


def test_the_case_shows_who_else_has_the_same() -> None:
    other = handed_in([b"Extract of the register of 3 May."], "txt")
    reviewer(), reviewer()
    firm = handed_in([b"Extract of the register of 3 May."], "txt")
    row = Verification.objects.get(company=firm)
    client = Client()
    client.force_login(row.maker)  # type: ignore[arg-type]
    html = client.get(f"/en/office/verifications/{row.pk}/").content.decode()

    assert "Seen with another company too" in html
    assert f"/en/office/companies/{other.number}/" in html
