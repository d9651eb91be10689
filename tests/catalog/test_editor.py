"""The editor as browsers use it: with its script, which asks beside the form, and without."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from everfair.catalog.models import Offer, UnsavedOffer
from everfair.files.models import File
from tests import make
from tests.catalog.at_the_desk import signed_in, typed
from tests.files.uploads import picture

pytestmark = pytest.mark.django_db


def hidden(page: str, name: str) -> str:
    return re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)[1]  # type: ignore[index]


def opened(client: Client, path: str) -> dict[str, object]:
    """The hidden fields of the editor as a browser sends them."""
    page = client.get(path).content.decode()
    return {name: hidden(page, name) for name in ("window", "version", "seen")}


def sent(client: Client, path: str, **fields: object) -> dict[str, object]:
    answer = client.post(path, typed(**fields))
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()  # type: ignore[no-any-return]


def upload(content: bytes | None = None, name: str = "bolt.jpg", kind: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture() if content is None else content, kind)


def kept_picture(client: Client) -> str:
    answer = client.post("/en/offers/pictures/", {"_key": uuid4().hex, "new_pictures": upload()})
    assert answer.status_code == 200
    return hidden(answer.content.decode(), "picture")


def test_typing_is_kept_beside_a_published_offer_and_comes_back_on_another_device() -> None:
    seller = make.company()
    offer = make.offer(seller, titles={"en": "Old words"})
    person = make.member(seller)
    one, other = Client(), Client()
    one.force_login(person)
    other.force_login(person)
    path = f"/en/offers/{offer.pk}/"

    answer = sent(one, path + "keep/", **opened(one, path), titles_en="New words", moq="1,5")

    assert answer["version"] == 1
    assert answer["errors"] == {"id_moq": ["Please write digits with a point for decimals, like 1234.56."]}
    page = other.get(path).content.decode()
    assert 'value="New words"' in page
    assert 'value="1,5"' in page
    assert "Unsaved changes from" in page
    assert "Please write digits with a point for decimals, like 1234.56." in page
    assert Offer.objects.get().titles == {"en": "Old words"}
    assert "Old words" in Client().get(f"/en/export/offers/{offer.number}/").content.decode()
    assert "New words" not in signed_in(seller).get(path).content.decode()  # a colleague sees what is saved


def test_a_new_offer_waits_where_it_was_begun_until_it_is_saved() -> None:
    client = signed_in(make.company())
    form = opened(client, "/en/offers/new/")
    sent(client, "/en/offers/new/keep/", **form, sku="WAITS-1", category="", titles_en="")
    assert "A new offer waits unsaved" in client.get("/en/offers/").content.decode()

    again = opened(client, "/en/offers/new/")
    assert 'value="WAITS-1"' in client.get("/en/offers/new/").content.decode()
    answer = client.post("/en/offers/new/", typed(**again, sku="WAITS-1"))

    assert answer.status_code == 302
    assert Offer.objects.get().sku == "WAITS-1"
    assert 'value="WAITS-1"' not in client.get("/en/offers/new/").content.decode()
    assert "A new offer waits unsaved" not in client.get("/en/offers/").content.decode()


def test_what_is_merely_not_finished_is_not_wrong_while_typing_but_after_a_refused_save() -> None:
    client = signed_in(make.company())
    unfinished: dict[str, object] = {"sku": "", "category": "", "titles_en": "", "tiers_0": ["100", ""], "tiers_1": ["", ""]}

    calm = sent(client, "/en/offers/new/keep/", window="w", **unfinished)
    strict = sent(client, "/en/offers/new/keep/", window="w", strict="1", **unfinished)

    assert (calm["errors"], calm["cells"]) == ({}, [])
    assert set(strict["errors"]) == {"id_sku", "id_category", "id_titles_en"}  # type: ignore[call-overload]
    assert strict["cells"] == [["id_tiers", 0, 1, "A price tier needs both a quantity and a price."]]


def test_what_is_wrong_with_a_tier_stands_in_its_cell() -> None:
    client = signed_in(make.company())
    wrong: dict[str, object] = {"tiers_0": ["100", "", "50", "500"], "tiers_1": ["1", "", "0.9", "2"]}

    answer = sent(client, "/en/offers/new/keep/", window="w", **wrong)
    page = client.post("/en/offers/new/", typed(**wrong)).content.decode()

    order, rising = "The quantities of the price tiers must rise (at 50).", "A larger quantity must not cost more each (at 500)."
    assert answer["cells"] == [["id_tiers", 1, 0, order], ["id_tiers", 2, 1, rising]]
    for cell, message in (("1_0", order), ("2_1", rising)):
        assert f'aria-describedby="id_tiers_{cell}_error"><div id="id_tiers_{cell}_error">' in page
        assert page.count(message) == 1


def test_a_second_window_is_told_and_may_insist() -> None:
    client = signed_in(make.company())
    sent(client, "/en/offers/new/keep/", window="one", version="0", sku="ONE")

    refused = client.post("/en/offers/new/keep/", typed(window="two", version="0", sku="TWO"))
    assert refused.status_code == 409
    assert refused.json() == {
        "message": "Not kept: this offer is being edited in another window or on another device.", "elsewhere": True,
    }  # fmt: skip
    assert UnsavedOffer.objects.get().typed["sku"] == ["ONE"]

    sent(client, "/en/offers/new/keep/", window="two", version="0", sku="TWO", force="1")
    assert UnsavedOffer.objects.get().typed["sku"] == ["TWO"]


def test_a_colleagues_newer_save_is_shown_before_it_is_replaced() -> None:
    seller = make.company()
    offer = make.offer(seller, titles={"en": "Old"}, sku="BOLT-8")
    path = f"/en/offers/{offer.pk}/"
    anna, ben = signed_in(seller), signed_in(seller)
    began = opened(anna, path)
    ben.post(path, typed(**opened(ben, path), titles_en="Ben's words"))

    warned = sent(anna, path + "keep/", **began, titles_en="Anna's words")
    answer = anna.post(path, typed(**began, titles_en="Anna's words"))

    page = answer.content.decode()
    assert warned["warning"] == "Somebody else has saved this offer meanwhile. When you save, you see what is different."
    assert answer.status_code == 409
    assert "Somebody else saved this offer while you were writing." in page
    assert "<dt>Title (English)</dt><dd>Saved now: Ben&#39;s words</dd>" in page
    assert page.count("<dt>") == 1
    assert "Anna&#x27;s words" in page
    assert Offer.objects.get().titles == {"en": "Ben's words"}

    shown = {name: hidden(page, name) for name in ("window", "version", "seen")}
    assert anna.post(path, typed(**shown, titles_en="Anna's words")).status_code == 302
    assert Offer.objects.get().titles == {"en": "Anna's words"}
    assert "Unsaved changes" not in anna.get(path).content.decode()


def test_discarded_text_is_brought_back() -> None:
    client = signed_in(make.company())
    sent(client, "/en/offers/new/keep/", window="one", sku="ONE")

    client.post("/en/offers/new/discard/", {"_key": uuid4().hex})
    page = client.get("/en/offers/new/").content.decode()
    assert 'value="ONE"' not in page
    assert "Bring it back" in page
    client.post("/en/offers/new/discard/", {"_key": uuid4().hex, "back": "1"})

    assert 'value="ONE"' in client.get("/en/offers/new/").content.decode()


def test_more_rows_without_javascript_keep_what_was_typed() -> None:
    client = signed_in(make.company())
    before = client.get("/en/offers/new/").content.decode().count('name="tiers_0"')

    answer = client.post("/en/offers/new/", typed(then="more:tiers", window="w", version="0", moq="nonsense"))

    assert (answer.status_code, answer["Location"]) == (302, "/en/offers/new/?more=tiers#id_tiers")
    page = client.get(answer["Location"]).content.decode()
    assert page.count('name="tiers_0"') == 10 > before == 6  # an offer has at most ten
    assert 'value="nonsense"' in page
    assert not Offer.objects.exists()


def test_a_dropped_picture_is_shown_with_a_field_for_each_language() -> None:
    client = signed_in(make.company())

    answer = client.post("/en/offers/pictures/", {"_key": uuid4().hex, "new_pictures": upload()})

    piece = answer.content.decode()
    file = File.objects.get()
    assert f'<input type="hidden" name="picture" value="{file.pk}">' in piece
    assert f"/media/{file.blob_id}-320.webp" in piece
    for language in ("en", "zh_hant", "zh_hans"):
        assert f'name="alt_{language}_{file.pk}"' in piece
    assert not Offer.objects.exists()


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (upload(b"<svg/>", "logo.svg", "image/svg+xml"), "This is not a JPEG, PNG, WebP or GIF picture."),
        (upload(b"", "empty.jpg"), "The file is empty."),
        (None, "Please choose a picture."),
    ],
)
def test_a_file_that_is_no_picture_is_refused_in_its_place(file: SimpleUploadedFile | None, message: str) -> None:
    client = signed_in(make.company())

    answer = client.post("/en/offers/pictures/", {"_key": uuid4().hex} | ({"new_pictures": file} if file else {}))

    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert file is None or file.name in answer.content.decode()
    assert not File.objects.exists()


def test_pictures_keep_their_order_and_their_words_in_every_language() -> None:
    seller = make.company()
    client = signed_in(seller)
    first, second = kept_picture(client), kept_picture(client)
    words = {f"alt_en_{second}": "A bolt", f"alt_zh_hant_{second}": "螺栓"}

    client.post("/en/offers/new/", typed(picture=[second, first], **words))

    offer = Offer.objects.get()
    assert offer.pictures == [UUID(second), UUID(first)]
    assert offer.picture_alts == {second: {"en": "A bolt", "zh-hant": "螺栓"}}
    page = client.get(f"/en/offers/{offer.pk}/").content.decode()
    assert page.index(f'value="{second}"') < page.index(f'value="{first}"')
    assert 'value="螺栓" lang="zh-hant"' in page


@pytest.mark.parametrize(("then", "order"), [("later:0", "102"), ("earlier:2", "021"), ("drop:1", "02"), ("earlier:0", "012")])
def test_pictures_are_moved_without_javascript_and_nothing_is_saved_by_it(then: str, order: str) -> None:
    client = signed_in(make.company())
    ids = [kept_picture(client) for _ in range(3)]
    verb, _colon, place = then.partition(":")

    answer = client.post("/en/offers/new/", typed(then=f"{verb}:{ids[int(place)]}", picture=ids, window="w", version="0"))

    page = client.get(answer["Location"]).content.decode()
    assert re.findall(r'name="picture" value="([^"]+)"', page) == [ids[int(n)] for n in order]
    assert not Offer.objects.exists()


def test_a_picture_sent_with_the_plain_form_survives_a_button_that_saves_nothing() -> None:
    client = signed_in(make.company())

    answer = client.post("/en/offers/new/", typed(then="more:attributes", window="w", version="0", new_pictures=upload()))

    page = client.get(answer["Location"]).content.decode()
    assert re.findall(r'name="picture" value="([^"]+)"', page) == [str(File.objects.get().pk)]


def test_another_companys_picture_is_not_taken() -> None:
    theirs = kept_picture(signed_in(make.company()))

    answer = signed_in(make.company()).post("/en/offers/new/", typed(picture=[theirs, "nonsense"]))

    assert answer.status_code == 422
    assert "This picture is not one of yours." in answer.content.decode()


def test_a_nul_in_what_is_typed_does_no_harm() -> None:
    client = signed_in(make.company())

    sent(client, "/en/offers/new/keep/", window="w", titles_en="a\0b")

    assert UnsavedOffer.objects.get().typed["titles_en"] == ["ab"]


def test_the_editor_and_its_keeping_ask_the_database_little(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    seller = make.company()
    client = signed_in(seller)
    ids = [kept_picture(client) for _ in range(3)]
    offer = make.offer(seller, pictures=[UUID(pk) for pk in ids])
    path = f"/en/offers/{offer.pk}/"
    form = opened(client, path)
    sent(client, path + "keep/", **form, picture=ids)

    with django_assert_num_queries(EDITOR_QUERIES):
        client.get(path)
    with django_assert_num_queries(KEEP_QUERIES):
        sent(client, path + "keep/", **form, picture=ids)


EDITOR_QUERIES, KEEP_QUERIES = 9, 14
