"""Signed lines elsewhere: whoever cuts off the end of the books, or makes their chain anew, is found out (I3)."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.test import override_settings

from everfair.base.actor import SYSTEM
from everfair.base.ids import new_id
from everfair.ledger import checkpoints, jobs
from everfair.ledger.actions import post_entry
from everfair.ledger.checkpoints import NotWritten, is_signed, newest_checkpoint, place, public_key, write_checkpoint
from everfair.ledger.commands import checkpoint as checkpoint_command
from everfair.ledger.proofs import CHAIN, prove
from everfair.ledger.queries import state_of_the_books
from everfair.ledger.sealing import newest_seal, seal
from everfair.ledger.values import Transfer, wallet
from tests import cluster
from tests.ledger.books import put, usd
from tests.ledger.test_proofs import tamper

pytestmark = pytest.mark.usefixtures("committed")
STANDS = "every checkpoint stands in the chain"


@pytest.fixture
def elsewhere(tmp_path: Path, settings: Any) -> Path:
    settings.CHECKPOINTS = str(tmp_path)
    return tmp_path


@pytest.fixture
def books(committed: None) -> str:
    source = put(new_id(), 1000)
    for n in range(4):
        post_entry(f"e{n}", [Transfer(source, wallet(new_id(), "USD"), usd(n + 1))], kind="pay", by=SYSTEM)
        seal()
    return source


def broken() -> dict[str, str]:
    return {proof.name: proof.breach for proof in prove() if proof.breach}


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for file in sorted(folder.iterdir()) for line in file.read_text().splitlines()]


def test_a_checkpoint_says_the_newest_seal_and_anybody_can_check_its_signature(books: str, elsewhere: Path):
    written = write_checkpoint()

    [line] = lines(elsewhere)
    newest = newest_seal()
    assert line == written
    assert (line["seq"], line["hash"], line["entry"]) == (newest.seq, newest.hash, newest.last_entry)
    signed = json.dumps({k: v for k, v in line.items() if k != "signature"}, sort_keys=True, separators=(",", ":")).encode()
    Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key())).verify(base64.b64decode(line["signature"]), signed)
    assert not is_signed({**line, "seq": line["seq"] - 1})
    assert not is_signed({k: v for k, v in line.items() if k != "signature"})


def test_nothing_sealed_nothing_said(elsewhere: Path):
    assert (write_checkpoint(), jobs.write_newest_checkpoint(), list(elsewhere.iterdir())) == (None, 0, [])


def test_one_line_for_each_new_seal(books: str, elsewhere: Path):
    first, again = jobs.write_newest_checkpoint(), jobs.write_newest_checkpoint()
    post_entry("more", [Transfer(books, wallet(new_id(), "USD"), usd(1))], kind="pay", by=SYSTEM)
    seal()
    later = jobs.write_newest_checkpoint()

    assert (first, again, later) == (1, 0, 1)
    assert [line["seq"] for line in lines(elsewhere)] == [4, 5]
    assert broken() == {}


CUT = (
    "DELETE FROM ledger_transfer WHERE entry_id IN (SELECT unnest(entries) FROM ledger_seal WHERE seq > 2)",
    "DELETE FROM ledger_entry WHERE id IN (SELECT unnest(entries) FROM ledger_seal WHERE seq > 2)",
    "DELETE FROM ledger_seal WHERE seq > 2",
    "UPDATE ledger_balance b SET posted_minor = coalesce((SELECT sum(amount_minor) FROM ledger_transfer t WHERE t.target_id ="
    " b.account_id), 0) - coalesce((SELECT sum(amount_minor) FROM ledger_transfer t WHERE t.source_id = b.account_id), 0)",
)


def test_the_last_rows_cut_off_with_their_seals_are_missed(books: str, elsewhere: Path, test_database: cluster.TestDatabase):
    """With every balance put right: no other proof could tell."""
    line = write_checkpoint()
    before = broken()

    tamper(test_database, *CUT)

    assert before == {}
    assert broken() == {STANDS: f"seal 4 of the checkpoint of {line['at']} is not in the chain"}


def test_a_chain_made_anew_is_another_chain(books: str, elsewhere: Path, test_database: cluster.TestDatabase):
    """Sealed again after a change: sound in itself, and not what was signed."""
    write_checkpoint()
    tamper(test_database, "DELETE FROM ledger_seal", "UPDATE ledger_entry SET actor = 'somebody' WHERE key = 'e1'")
    seal()

    found = broken()
    assert CHAIN not in found
    assert found[STANDS].startswith("seal ")


def test_an_older_line_convicts_who_signs_a_new_one_over_false_books(
    books: str, elsewhere: Path, test_database: cluster.TestDatabase
):
    """Whoever holds the machine holds the key; what lies elsewhere they do not hold."""
    write_checkpoint()
    tamper(test_database, *CUT)
    post_entry("new", [Transfer(books, wallet(new_id(), "USD"), usd(1))], kind="pay", by=SYSTEM)
    seal()
    write_checkpoint()

    assert broken()[STANDS].startswith("seal 4 ")


def test_an_altered_line_is_named_as_such(books: str, elsewhere: Path):
    line = write_checkpoint()
    [file] = elsewhere.iterdir()
    file.write_text(file.read_text().replace(line["hash"], line["hash"][::-1]))

    assert broken()[STANDS] == f"the checkpoint of {line['at']} is not signed by its key"


def test_lines_of_others_and_one_cut_short_are_passed_over(books: str, elsewhere: Path):
    line = write_checkpoint()
    [file] = elsewhere.iterdir()
    foreign = {**line, "key": "AAAA", "seq": 99}
    file.write_text(file.read_text() + json.dumps(foreign) + "\n" + "not json\n[]\n{}\n" + json.dumps(line)[:40])

    assert [known["seq"] for known in checkpoints.checkpoints()] == [4]
    assert broken() == {}


def test_what_a_restore_took_away_is_forgiven_and_what_stood_before_is_not(
    books: str, elsewhere: Path, test_database: cluster.TestDatabase
):
    write_checkpoint()
    tamper(test_database, *CUT)
    restored = write_checkpoint(restored=True)

    forgiven = broken()
    [file] = elsewhere.iterdir()
    unsigned = {k: v for k, v in restored.items() if k != "restored"}
    file.write_text(file.read_text().replace(json.dumps(restored), json.dumps(unsigned)))

    assert forgiven == {}
    assert STANDS in broken()


def test_without_a_place_elsewhere_everything_says_so(books: str, tmp_path: Path, settings: Any):
    settings.DATA = tmp_path
    own = place()
    settings.CHECKPOINTS = str(tmp_path / "beside")
    beside = place()
    settings.CHECKPOINTS = "https://keeper.example/lines"
    far = place()
    settings.CHECKPOINTS = ""
    jobs.write_newest_checkpoint()

    assert (own.folder, own.off_box, beside.off_box, far.off_box) == (tmp_path / "checkpoints", False, False, True)
    assert state_of_the_books().checkpoints == "on this machine only"


def test_a_place_that_takes_nothing_is_noted(books: str, tmp_path: Path, settings: Any):
    file = tmp_path / "a-file"
    file.write_text("")
    settings.CHECKPOINTS = str(file)

    assert jobs.write_newest_checkpoint() == 0
    books_now = state_of_the_books()
    assert books_now.checkpoints == "not written"
    assert books_now.seen["checkpoint"].figures["problem"].startswith(str(file))
    with pytest.raises(NotWritten):
        write_checkpoint()


class Keeper(BaseHTTPRequestHandler):
    """An address that keeps lines: POST appends, GET answers the newest."""

    kept: list[bytes]
    status = 201

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.status < 300:
            self.kept.append(body)
        self._answer(self.status, b"")

    def do_GET(self) -> None:
        self._answer(200, self.kept[-1] if self.kept else b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[type[Keeper]]:
    kind = type("ThisKeeper", (Keeper,), {"kept": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        with override_settings(DATA=tmp_path, CHECKPOINTS=f"http://127.0.0.1:{server.server_address[1]}/lines"):
            yield kind
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_an_address_gets_each_line_and_convicts_from_afar(books: str, keeper: type[Keeper], test_database: cluster.TestDatabase):
    """Also when the lines on this machine are gone."""
    line = write_checkpoint()
    sound = broken()
    [own] = place().folder.iterdir()
    own.unlink()
    tamper(test_database, *CUT)

    assert [json.loads(kept) for kept in keeper.kept] == [line]
    assert sound == {}
    assert broken()[STANDS].startswith("seal 4 ")


def test_an_address_that_refuses_is_noted_and_the_line_is_kept_here(books: str, keeper: type[Keeper]):
    keeper.status = 503

    assert jobs.write_newest_checkpoint() == 0
    assert state_of_the_books().seen["checkpoint"].figures["problem"].endswith("answered 503")
    assert newest_checkpoint()["seq"] == 4


def test_the_command_seals_signs_and_says_the_public_key(books: str, elsewhere: Path):
    post_entry("more", [Transfer(books, wallet(new_id(), "USD"), usd(1))], kind="pay", by=SYSTEM)

    said = checkpoint_command()

    assert (said["checkpoint"]["seq"], said["public_key"], said["place"]) == (5, public_key(), str(elsewhere))
    assert len(base64.b64decode(said["public_key"])) == 32
