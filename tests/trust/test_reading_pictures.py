"""A licence as it is handed in, read from end to end by the process that reads: only where the extra `reading` is installed."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import manimgx_fonts_cjk
import pytest
from django.core.files.base import ContentFile
from PIL import Image, ImageDraw, ImageFont

from everfair.files.actions import keep_attachment
from everfair.trust import actions
from everfair.trust.actions.reading import TooMuch, Unreadable, can_read, read_in_child, read_papers
from everfair.trust.models import Reading
from everfair.trust.queries import checks_of
from tests import make
from tests.trust.reviewing import filled, reviewer
from tests.trust.test_pages import case, holder, text_of

with_extra = pytest.mark.skipif(not can_read(), reason="the extra that reads is not here: requirements/reading.txt")
LINES = (
    "營業執照", "统一社会信用代码    91330200MA2AGXY12T", "名    称    宁波海曙灯具有限公司", "类    型    有限责任公司",
    "法定代表人    王建国", "住    所    浙江省宁波市海曙区中山西路188号", "营业期限    2015年03月18日至2035年03月17日",
)  # fmt: skip


def drawn() -> Image.Image:
    font = ImageFont.truetype(next(Path(manimgx_fonts_cjk.__file__).parent.glob("*.ttc")), 34)
    page = Image.new("RGB", (1240, 900), (252, 250, 244))
    for n, text in enumerate(LINES):
        ImageDraw.Draw(page).text((90, 80 + 100 * n), text, fill=(30, 30, 40), font=font)
    return page


def saved(kind: str) -> bytes:
    out = io.BytesIO()
    drawn().save(out, kind)
    return out.getvalue()


@with_extra
@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "name"), [("PNG", "licence.png"), ("PDF", "licence.pdf")])
def test_a_licence_is_read_from_end_to_end(kind: str, name: str) -> None:
    for person in ("Mei", "Otto"):
        reviewer(name=person)
    by = make.actor(make.company(), "owner")
    row = filled(by)
    licence = next(check for check in checks_of(row.pk) if check.kind == "licence")
    paper = keep_attachment(ContentFile(saved(kind), name=name), by.company_id, by).pk
    declared = {"name": "寧波海曙燈具有限公司", "number": "91330200MA2AGXY13T", "valid_until": "2035-03-17"}
    actions.fill_check(row.pk, "licence", declared, [paper], by=by)
    actions.submit_verification(row.pk, by=by)

    assert read_papers() == 1
    read = Reading.objects.get(check_row_id=licence.pk)
    assert {field: each["text"] for field, each in read.fields.items()} == {
        "number": "91330200MA2AGXY12T", "name": "宁波海曙灯具有限公司", "legal_person": "王建国",
        "address": "浙江省宁波市海曙区中山西路188号", "valid_from": "2015-03-18", "valid_until": "2035-03-17",
    }  # fmt: skip
    assert min(each["confidence"] for each in read.fields.values()) > 0.8
    shown = text_of(holder(row, "maker").get(case(row)))
    assert "91330200MA2AGXY1 2 T" in shown or "91330200MA2AGXY12T Differs" in shown
    assert "宁波海曙灯具有限公司 Agrees" in shown
    assert "2035-03-17 Agrees" in shown


@with_extra
def test_what_is_no_picture_is_unreadable_and_the_bounds_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n and nothing more")
    with pytest.raises(Unreadable):
        read_in_child(str(broken), "image/png")


def confined(code: str) -> subprocess.CompletedProcess[str]:
    program = f"from everfair.trust.reading import __main__ as child\nchild.confine()\n{code}"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


def test_who_reads_strangers_pictures_is_confined(tmp_path: Path) -> None:
    """Memory, writing and speaking to others: each fails in the process, whatever its libraries would like to do."""
    assert "MemoryError" in confined("bytearray(4 * 1024 ** 3)").stderr
    assert "PermissionError" in confined("import socket; socket.create_connection(('127.0.0.1', 9))").stderr
    assert "PermissionError" in confined("import subprocess; subprocess.run(['true'])").stderr
    confined(f"open({str(tmp_path / 'x')!r}, 'w').write('a' * 10)")
    assert (tmp_path / "x").read_bytes() == b""
    assert confined("print('well')").stdout == "well\n"


def test_a_process_that_met_a_bound_is_told_from_one_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = subprocess.CompletedProcess([], -9, "", "")
    monkeypatch.setattr(subprocess, "run", lambda *_arguments, **_named: ended)
    with pytest.raises(TooMuch):
        read_in_child("/nowhere", "image/png")
    ended.returncode, ended.stderr = 1, "ValueError: no picture"
    with pytest.raises(Unreadable):
        read_in_child("/nowhere", "image/png")
    ended.returncode, ended.stdout = 0, json.dumps({"lines": []})
    assert read_in_child("/nowhere", "image/png") == []


def test_the_process_gets_nothing_of_ours_to_give_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVERFAIR_OWNER_URL", "postgres://secret")
    seen: dict[str, str] = {}

    def run(*_arguments: object, **named: dict[str, str]) -> subprocess.CompletedProcess[str]:
        seen.update(named["env"])
        return subprocess.CompletedProcess([], 0, json.dumps({"lines": []}), "")

    monkeypatch.setattr(subprocess, "run", run)
    read_in_child("/nowhere", "image/png")
    assert not [name for name in seen if name.startswith(("EVERFAIR", "DJANGO"))]
