from __future__ import annotations

import io
import os
from decimal import Decimal

import pytest
from PIL import Image

from everfair.base.actor import NOBODY, SYSTEM
from everfair.base.refused import NotVisible, Refused
from everfair.files.actions import keep_attachment, keep_document, keep_picture, share_file
from everfair.files.models import Blob, File
from everfair.files.queries import file_path, file_visible_to, own_pictures, picture_urls
from everfair.files.store import path_of
from everfair.files.values import DOCX, XLSX
from everfair.markets.models import RuleVersion
from tests import make
from tests.files.uploads import huge_png, office, pdf, pdf_with_stream, picture, upload

pytestmark = pytest.mark.django_db

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def keep(content: bytes, name: str, content_type: str = "application/octet-stream", *, as_picture: bool = False) -> File:
    company = make.company()
    act = keep_picture if as_picture else keep_attachment
    return act(upload(content, name, content_type), company.pk, make.actor(company))


def refusal(content: bytes, name: str, content_type: str = "application/octet-stream", *, as_picture: bool = False) -> str:
    with pytest.raises(Refused) as caught:
        keep(content, name, content_type, as_picture=as_picture)
    assert str(caught.value.message)
    assert caught.value.field == "file"
    assert not File.objects.exists()
    return caught.value.code


@pytest.mark.parametrize(("kind", "ending"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("GIF", "gif")])
def test_a_picture_is_kept_as_webp_in_three_widths(kind: str, ending: str) -> None:
    file = keep(picture(kind, (2000, 1000)), f"bolt.{ending}", as_picture=True)

    sizes = []
    for width in (320, 960, 1600):
        with Image.open(path_of(file.blob_id, f"-{width}.webp")) as kept:
            sizes.append((kept.format, kept.size))
    assert sizes == [("WEBP", (320, 160)), ("WEBP", (960, 480)), ("WEBP", (1600, 800))]
    assert (file.blob.width, file.blob.height, file.public, file.kind) == (1600, 800, True, "picture")
    assert file.name == f"bolt.{ending}"


def test_a_small_picture_is_never_blown_up() -> None:
    file = keep(picture("PNG", (100, 50)), "x.png", as_picture=True)

    with Image.open(path_of(file.blob_id, "-1600.webp")) as kept:
        assert kept.size == (100, 50)


def test_of_an_animation_the_first_frame_is_kept() -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])

    file = keep(out.getvalue(), "x.gif", as_picture=True)

    with Image.open(path_of(file.blob_id, "-320.webp")) as kept:
        assert getattr(kept, "n_frames", 1) == 1
        assert kept.convert("RGB").getpixel((5, 5))[0] > 200


def test_where_a_photo_was_taken_is_not_published() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010F] = "SecretCamera"

    file = keep(picture("JPEG", (600, 400), exif=exif), "photo.jpg", as_picture=True)

    raw = path_of(file.blob_id, "-1600.webp").read_bytes()
    with Image.open(io.BytesIO(raw)) as kept:
        assert kept.size == (400, 600)
        assert not kept.getexif()
    assert b"SecretCamera" not in raw


def test_the_same_picture_twice_is_stored_once() -> None:
    first, second = keep(picture(), "a.jpg", as_picture=True), keep(picture(), "b.jpg", as_picture=True)

    assert first.blob_id == second.blob_id
    assert Blob.objects.count() == 1
    assert not [n for n in os.listdir(path_of(first.blob_id).parent) if n.startswith(".part")]


@pytest.mark.parametrize(
    ("content", "name", "content_type", "code"),
    [
        (SVG, "logo.svg", "image/svg+xml", "files.not_a_picture"),
        (SVG, "logo.png", "image/png", "files.not_a_picture"),
        (b"<html><script>1</script>", "x.jpg", "image/jpeg", "files.not_a_picture"),
        (b"", "x.jpg", "image/jpeg", "files.empty"),
        (picture()[:-200], "x.jpg", "image/jpeg", "files.picture_damaged"),
        (picture("PNG"), "x.jpg", "image/jpeg", "files.type_differs"),
        (picture("BMP"), "x.bmp", "image/bmp", "files.not_a_picture"),
        (huge_png(50_000, 50_000), "x.png", "image/png", "files.picture_pixels"),
        (huge_png(10_000, 4_001), "x.png", "image/png", "files.picture_pixels"),
        (huge_png(10_000, 10_000), "x.png", "image/png", "files.picture_pixels"),
    ],
    ids=["svg", "svg as png", "html as jpg", "empty", "truncated", "png as jpg", "bmp", "2500 MP", "40.01 MP", "100 MP"],
)
def test_what_is_no_picture_is_refused(content: bytes, name: str, content_type: str, code: str) -> None:
    assert refusal(content, name, content_type, as_picture=True) == code


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (pdf(), "spec.pdf", "application/pdf"),
        (pdf_with_stream(b"<< /Type /Page >>"), "spec.pdf", "application/pdf"),
        (picture(), "photo.jpg", "image/jpeg"),
        (office(XLSX), "list.xlsx", XLSX),
        (office(DOCX), "terms.docx", DOCX),
        ("Maße: 5 × 3\n".encode(), "notes.txt", "text/plain"),
        ("品名,价格\n螺丝,1\n".encode("gb18030"), "list.csv", "text/csv"),
        ("a,b\n".encode("utf-16"), "list.csv", "text/csv"),
    ],
)
def test_documents_of_trade_are_kept_as_they_came(content: bytes, name: str, media_type: str) -> None:
    file = keep(content, name)

    assert file.blob.media_type == media_type
    assert file_path(file).read_bytes() == content
    assert (file.public, file.kind, file.name) == (False, "attachment", name)


_EXTERNAL = '<Relationship Id="r1" Type="http://x/attachedTemplate" Target="http://evil/x.dotm" TargetMode="External"/>'


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"<html><body>hello</body></html>", "offer.pdf", "files.type_unknown"),
        (SVG, "logo.svg", "files.type_unknown"),
        (b"MZ\x90\0\x03", "setup.exe", "files.type_unknown"),
        (b"", "x.pdf", "files.empty"),
        (pdf(), "x.docx", "files.type_differs"),
        (pdf(b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >> "), "x.pdf", "files.pdf_active"),
        (pdf(b"/OpenAction << /S /J#61vaScript >> "), "x.pdf", "files.pdf_active"),
        (pdf(b"/AA << /S /Launch /F (cmd.exe) >> "), "x.pdf", "files.pdf_active"),
        (pdf(b"/Names << /EmbeddedFiles 3 0 R >> "), "x.pdf", "files.pdf_active"),
        (pdf_with_stream(b"<< /S /JavaScript /JS (1) >>"), "x.pdf", "files.pdf_active"),
        (pdf(b"/Encrypt 4 0 R "), "x.pdf", "files.pdf_encrypted"),
        (pdf()[:40], "x.pdf", "files.pdf_damaged"),
        (pdf() + office() + b"%%EOF", "x.pdf", "files.polyglot"),
        (picture("GIF") + office(), "x.gif", "files.polyglot"),
        (office(XLSX, xl__vbaProject_dot_bin="x"), "x.xlsx", "files.office_macros"),
        (office(XLSX, xl__externalLinks__externalLink1_dot_xml="x"), "x.xlsx", "files.office_external"),
        (office(DOCX, relations=_EXTERNAL), "x.docx", "files.office_external"),
        (office(DOCX, body="<w:instrText>DDEAUTO c:\\cmd.exe</w:instrText>"), "x.docx", "files.office_external"),
        (office(XLSX, bomb="0" * 30_000_000), "x.xlsx", "files.archive_bomb"),
        (office(XLSX, **{"..__..__etc__passwd": "x"}), "x.xlsx", "files.office_damaged"),
        (office(XLSX)[:-30], "x.xlsx", "files.office_damaged"),
        (b"a\0b", "x.txt", "files.type_unknown"),
    ],
)
def test_what_could_hurt_the_other_side_is_refused(content: bytes, name: str, code: str) -> None:
    assert refusal(content, name) == code


def test_a_link_in_a_document_is_not_an_outside_relation() -> None:
    link = '<Relationship Id="r1" Type="http://x/hyperlink" Target="https://maker.example" TargetMode="External"/>'

    assert keep(office(DOCX, relations=link), "x.docx").blob.media_type == DOCX


def test_a_large_file_is_refused_by_its_size() -> None:
    assert refusal(b"a" * (10 * 1024 * 1024 + 1), "x.txt") == "files.too_large"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/cron.d/x", "x.pdf"),
        ("..\\..\\boot.ini", "boot.ini.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie x=1.pdf"),
        ("cert\u202egpj.exe", "certgpj.exe.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("螺" * 150 + ".pdf", "螺" * 65 + ".pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("📄 spec.pdf", "📄 spec.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        ("SPEC.PDF", "SPEC.pdf"),
    ],
)
def test_a_name_is_shown_without_tricks(name: str, shown: str) -> None:
    company = make.company()
    sent = upload(pdf(), "x", "application/pdf")
    sent._name = name  # Django tidies a name that is set; a program may hand over any

    assert keep_attachment(sent, company.pk, make.actor(company)).name == shown


def test_a_file_is_seen_by_its_company_and_those_it_was_shared_with() -> None:
    owner, partner, stranger = make.company(), make.company(), make.company()
    file = keep_attachment(upload(pdf(), "a.pdf"), owner.pk, make.actor(owner, "buyer"))

    share_file(file.pk, partner.pk, by=make.actor(owner))
    share_file(file.pk, partner.pk, by=make.actor(owner))

    for actor in (make.actor(owner, "viewer"), make.actor(partner), make.operator(), SYSTEM):
        assert file_visible_to(actor, file.pk) == file
    for actor in (make.actor(stranger), NOBODY):
        with pytest.raises(NotVisible):
            file_visible_to(actor, file.pk)
    with pytest.raises(NotVisible):
        share_file(file.pk, stranger.pk, by=make.actor(stranger))


def test_nobody_keeps_files_for_another_company() -> None:
    with pytest.raises(Refused) as caught:
        keep_attachment(upload(pdf(), "a.pdf"), make.company().pk, make.actor(make.company()))

    assert caught.value.status == 403
    assert not File.objects.exists()


def test_what_the_platform_wrote_is_seen_by_both_sides() -> None:
    buyer, seller = make.company(), make.company()

    file = keep_document(pdf(), "contract EF-1.pdf", seller.pk, by=SYSTEM, parties=[buyer.pk])

    assert file_visible_to(make.actor(buyer), file.pk).name == "contract EF-1.pdf"
    assert file.kind == "document"


@pytest.mark.parametrize(("rule", "value"), [("files.uploads_per_day", 1), ("files.megabytes_per_day", 1)])
def test_a_day_takes_so_much_of_one_company_and_no_more(rule: str, value: int) -> None:
    company, other = make.company(), make.company()
    RuleVersion.objects.create(name=rule, market="export", value=Decimal(value), set_by="operator", reason="test")
    text = b"a" * 700_000
    keep_attachment(upload(text, "a.txt"), company.pk, make.actor(company))

    with pytest.raises(Refused) as caught:
        keep_attachment(upload(text, "b.txt"), company.pk, make.actor(company))

    assert (caught.value.code, caught.value.status) == ("files.day_full", 429)
    assert File.objects.count() == 1
    keep_attachment(upload(text, "b.txt"), other.pk, make.actor(other))


def test_pictures_of_many_offers_cost_one_query(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    company = make.company()
    by = make.actor(company)
    files = [keep_picture(upload(picture(size=(n, n)), "a.jpg"), company.pk, by) for n in (10, 20)]
    private = keep_picture(upload(picture(size=(30, 30)), "a.jpg"), company.pk, by, public=False)

    with django_assert_num_queries(1):
        found = picture_urls([f.pk for f in [*files, private]])

    assert set(found) == {f.pk for f in files}
    assert found[files[0].pk]["320"] == f"/media/{files[0].blob_id}-320.webp"
    assert (found[files[1].pk]["w"], found[files[1].pk]["h"]) == (20, 20)
    assert own_pictures([files[0].pk, private.pk], company.pk) == {files[0].pk}
    assert own_pictures([files[0].pk], make.company().pk) == set()
