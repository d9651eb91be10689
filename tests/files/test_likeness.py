"""What pictures look like is kept with them, found again by an index, and made up for where it lacks."""

from __future__ import annotations

import io
import random
from uuid import UUID

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from PIL import Image, ImageDraw

from everfair.companies.models import Company
from everfair.files import store
from everfair.files.actions import keep_picture, look_at_pictures
from everfair.files.likeness import bits_of
from everfair.files.models import Blob, File
from everfair.files.queries import who_shows_alike
from everfair.risk.queries.facts import neighbourhood, suppliers
from tests import make
from tests.files.uploads import picture

pytestmark = pytest.mark.django_db


def photograph(seed: int, size: tuple[int, int] = (900, 600), quality: int = 90) -> bytes:
    """Big patches of grey: every seed another picture, at any size and quality the same."""
    dice = random.Random(seed)
    image = Image.new("RGB", (900, 600))
    for row in range(8):
        for column in range(9):
            shade = dice.randrange(256)
            ImageDraw.Draw(image).rectangle((column * 100, row * 75, column * 100 + 99, row * 75 + 74), (shade, shade, shade))
    out = io.BytesIO()
    image.resize(size).save(out, "JPEG", quality=quality)
    return out.getvalue()


def kept(content: bytes, owner_id: UUID) -> File:
    return keep_picture(ContentFile(content, name="lamp.jpg"), owner_id, make.actor(Company.objects.get(pk=owner_id), "seller"))


def test_a_picture_is_kept_with_what_it_looks_like_and_a_plain_one_with_nothing():
    owner = make.company().pk
    file = kept(photograph(1), owner)
    assert file.blob.bits == bits_of(store.path_of(file.blob_id, "-320.webp")) != 0
    assert kept(picture(), owner).blob.bits == 0


def test_who_shows_the_same_picture_smaller_and_worse_is_found_and_nobody_else():
    one, copy, other = (make.company().pk for _n in range(3))
    kept(photograph(1), one)
    kept(photograph(1, (500, 333), 60), copy)
    kept(photograph(2), other)
    assert [found for _bits, found in who_shows_alike(one, 6)] == [copy]
    File.objects.filter(owner_id=copy).update(public=False)
    assert who_shows_alike(one, 6) == []


def test_every_likeness_within_seven_bits_shares_a_piece_and_the_index_is_asked():
    dice = random.Random(7)
    with connection.cursor() as cursor:
        for _n in range(50):
            bits, turned = dice.getrandbits(63), sum(1 << bit for bit in dice.sample(range(63), 7))
            cursor.execute("SELECT files_bands(%s) && files_near_bands(%s)", [bits ^ turned, bits])
            assert cursor.fetchone() == (True,)
        cursor.execute(
            "INSERT INTO files_blob (sha256, size, media_type, bits) SELECT md5(n::text), 1, 'image/webp', n * 7919 FROM generate_series(1, 3000) n"
        )
        cursor.execute("ANALYZE files_blob")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT sha256 FROM files_blob WHERE bits <> 0 AND files_bands(bits) && files_near_bands(79190)")
        assert "files_blob_bands" in " ".join(line for (line,) in cursor.fetchall())


def test_pictures_of_before_are_looked_at_once():
    file = kept(photograph(3), make.company().pk)
    known = file.blob.bits
    lost = Blob.objects.create(sha256="0" * 64, size=1, media_type="image/webp")
    Blob.objects.filter(pk=file.blob_id).update(bits=None)
    assert look_at_pictures() == 2
    assert look_at_pictures() == 0
    assert Blob.objects.get(pk=file.blob_id).bits == known
    lost.refresh_from_db()
    assert lost.bits == 0


def test_a_live_offer_has_the_likeness_of_its_first_picture_and_a_copy_is_a_tie():
    one, copy = make.company(is_seller=True), make.company(is_seller=True)
    mine, theirs = kept(photograph(4), one.pk), kept(photograph(4, (450, 300), 70), copy.pk)
    make.offer(one, pictures=[mine.pk, kept(photograph(5), one.pk).pk])
    make.offer(copy, pictures=[theirs.pk])
    make.offer(copy)
    of_one, of_copy = suppliers([one.pk, copy.pk])
    [photo] = [listing.photo for listing in of_one.listings]
    assert photo == mine.blob.bits & (1 << 64) - 1
    copied = [listing.photo for listing in of_copy.listings]
    assert copied[1] == 0
    assert (photo ^ copied[0]).bit_count() <= 6
    shared = [(kind, company) for kind, _digest, company in neighbourhood(one.pk, most=9)]
    assert ("photo", one.pk) in shared
    assert ("photo", copy.pk) in shared
