"""Letters wait on the disk until the mail server takes them: a real server on loopback, with the answers it may give."""

from __future__ import annotations

import os
import socketserver
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage

from everfair.site import post


class Dialogue(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs; a recipient's name says how it is answered."""

    def handle(self) -> None:
        self.say(220)
        while line := self.rfile.readline().decode().strip():
            word = line.partition(" ")[0].upper()
            if word == "RCPT":
                self.say(550 if "<nobody" in line else 451 if "<later" in line else 250)
            elif word == "DATA":
                self.say(354)
                text = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    text += part
                self.server.taken.append(text.decode())  # type: ignore[attr-defined]
                self.say(250)
            else:
                self.say(221 if word == "QUIT" else 250)

    def say(self, code: int) -> None:
        self.wfile.write(f"{code} so be it\r\n".encode())


@pytest.fixture
def server(settings: Any, tmp_path: Path) -> Iterator[Any]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Dialogue) as listening:
        listening.taken = []  # type: ignore[attr-defined]
        settings.DATA = tmp_path
        settings.EMAIL_BACKEND = "everfair.site.post.Outbox"
        settings.EMAIL_HOST, settings.EMAIL_PORT = listening.server_address
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER, settings.EMAIL_TIMEOUT = "", 5
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


def write(to: str) -> None:
    post.Outbox().send_messages([EmailMessage("Hello", "Good day, 您好", "fair@example.com", [to])])


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.letter"))


def test_a_letter_is_on_the_disk_before_it_is_sent_and_gone_after(server: Any) -> None:
    write("ann@example.com")

    assert [file.stat().st_mode & 0o777 for file in files(post.waiting())] == [0o600]
    assert post.deliver() == 1
    assert files(post.waiting()) == []
    assert "To: ann@example.com" in server.taken[0]


def test_a_silent_server_loses_nothing_and_is_asked_again_later(server: Any, settings: Any) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    write("ann@example.com")

    assert post.deliver() == 0
    [letter] = files(post.waiting())
    assert letter.stat().st_mtime > time.time() + post.SHORTEST_PAUSE_S - 5

    settings.EMAIL_PORT = port
    assert post.deliver() == 0, "its time has not come"
    os.utime(letter, (0, 0))
    assert post.deliver() == 1


def test_one_refused_recipient_keeps_nobody_else_waiting(server: Any) -> None:
    for to in ("nobody@example.com", "later@example.com", "ann@example.com"):
        write(to)

    assert post.deliver() == 1
    assert len(files(post.undelivered())) == 1
    assert len(files(post.waiting())) == 1
    assert b"later@" in files(post.waiting())[0].read_bytes()


def test_after_three_days_a_letter_is_put_aside(server: Any, settings: Any) -> None:
    settings.EMAIL_PORT = 1
    write("ann@example.com")
    [letter] = files(post.waiting())
    old = letter.with_name(f"{int((time.time() - post.GIVE_UP_AFTER_S - 60) * 1e6):016d}-0.letter")
    letter.rename(old)

    post.deliver()

    assert files(post.waiting()) == []
    assert [file.name for file in files(post.undelivered())] == [old.name]
