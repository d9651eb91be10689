from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from everfair.companies.models import Company
from everfair.files.actions import keep_attachment, keep_picture, share_file
from tests import make
from tests.files.uploads import pdf, picture, upload

pytestmark = pytest.mark.django_db


def signed_in(of: Company) -> Client:
    client = Client()
    client.force_login(make.member(of, "viewer"))
    return client


def test_an_attachment_is_a_download_for_its_parties_and_not_there_for_others() -> None:
    owner, partner = make.company(), make.company()
    file = keep_attachment(upload(pdf(), "合同 v1.pdf"), owner.pk, make.actor(owner))
    share_file(file.pk, partner.pk)
    place = f"/en/files/{file.pk}/"

    for company in (owner, partner):
        answer = signed_in(company).get(place)
        assert b"".join(answer.streaming_content) == pdf()  # type: ignore[attr-defined]
        assert answer["Content-Disposition"].startswith("attachment;")
        assert "%E5%90%88%E5%90%8C" in answer["Content-Disposition"]
        assert answer["Content-Security-Policy"] == "sandbox"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "private, no-store"
    assert signed_in(make.company()).get(place).status_code == 404
    assert Client().get(place).status_code == 404
    assert signed_in(owner).get(f"/en/files/{uuid4()}/").status_code == 404


def test_only_public_pictures_have_an_address_for_everybody() -> None:
    owner = make.company()
    by = make.actor(owner)
    public = keep_picture(upload(picture(), "a.jpg"), owner.pk, by)
    private = keep_picture(upload(picture(size=(50, 50)), "b.jpg"), owner.pk, by, public=False)

    answer = Client().get(f"/media/{public.blob_id}-320.webp")

    assert b"".join(answer.streaming_content)[8:12] == b"WEBP"  # type: ignore[attr-defined]
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert not answer.cookies
    for other in (f"{private.blob_id}-320", f"{public.blob_id}-321", f"{'0' * 64}-320", public.blob_id):
        assert Client().get(f"/media/{other}.webp").status_code == 404


def test_an_attachment_never_has_a_public_address() -> None:
    owner = make.company()
    file = keep_attachment(upload(picture(), "a.jpg"), owner.pk, make.actor(owner))

    assert Client().get(f"/media/{file.blob_id}-960.webp").status_code == 404
