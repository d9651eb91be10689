"""The post: with a mail server set, letters wait in a folder and the worker hands them over. No request waits for the mail server,
and none of its failures loses a letter.

A waiting letter is one file: a line of JSON (sender, recipients), then the message. Its name begins with the moment it was
written; its modification time is the moment of the next try.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import smtplib
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as Smtp
from django.core.mail.message import sanitize_address

log = logging.getLogger(__name__)
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 15.0, 900.0
GIVE_UP_AFTER_S = 3 * 24 * 3600.0


def waiting() -> Path:
    return Path(settings.DATA) / "mail" / "waiting"


def undelivered() -> Path:
    return Path(settings.DATA) / "mail" / "undelivered"


class Outbox(BaseEmailBackend):
    """What Django calls to send: the letter is on the disk when this returns."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        sent = 0
        folder = waiting()
        for letter in email_messages:
            if not letter.recipients():
                continue
            message = letter.message()
            charset = letter.encoding or settings.DEFAULT_CHARSET
            envelope = {
                "from": sanitize_address(letter.from_email, charset),
                "to": [sanitize_address(to, charset) for to in letter.recipients()],
            }
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            name = f"{time.time_ns() // 1000:016d}-{uuid.uuid4().hex[:8]}"
            making = folder / f".{name}"
            handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as out:
                out.write(json.dumps(envelope).encode() + b"\n" + message.as_bytes())
                out.flush()
                os.fsync(out.fileno())
            making.rename(folder / f"{name}.letter")
            sent += 1
        return sent


def deliver() -> int:
    """Hand over what is due; returns how many letters left. One worker at a time; a server that does not answer ends the round."""
    folder = waiting()
    if not folder.is_dir():
        return 0
    delivered = 0
    with _alone(folder) as ours:
        if not ours:
            return 0
        due = [file for file in sorted(folder.glob("*.letter")) if file.stat().st_mtime <= time.time()]
        if not due:
            return 0
        server = Smtp(fail_silently=False)
        try:
            server.open()
        except (OSError, smtplib.SMTPException) as problem:
            log.warning("the mail server does not take letters", extra={"error": _reason(problem), "waiting": len(due)})
            for file in due:
                _later(file)
            return 0
        try:
            for file in due:
                delivered += _deliver(server, file)
        except smtplib.SMTPServerDisconnected as problem:
            log.warning("the mail server hung up", extra={"error": _reason(problem)})
        finally:
            server.close()
    return delivered


def _deliver(server: Smtp, file: Path) -> int:
    head, _, message = file.read_bytes().partition(b"\n")
    envelope = json.loads(head)
    try:
        assert server.connection is not None
        server.connection.sendmail(envelope["from"], envelope["to"], b"\r\n".join(message.splitlines()) + b"\r\n")
    except smtplib.SMTPServerDisconnected:
        _later(file)
        raise
    except (OSError, smtplib.SMTPException) as problem:
        if _is_final(problem):
            log.error("a letter was refused for good", extra={"letter": file.name, "error": _reason(problem)})
            _put_aside(file)
        else:
            log.warning("a letter was not taken", extra={"letter": file.name, "error": _reason(problem)})
            _later(file)
        return 0
    file.unlink()
    return 1


def _later(file: Path) -> None:
    """The older the letter, the longer until the next try; after three days it is put aside."""
    moment = time.time()
    age_s = moment - int(file.name.partition("-")[0]) / 1e6
    if age_s > GIVE_UP_AFTER_S:
        log.error("a letter was given up after three days", extra={"letter": file.name})
        _put_aside(file)
        return
    due = moment + min(max(age_s, SHORTEST_PAUSE_S), LONGEST_PAUSE_S)
    os.utime(file, (due, due))


def _put_aside(file: Path) -> None:
    undelivered().mkdir(parents=True, exist_ok=True, mode=0o700)
    file.rename(undelivered() / file.name)


def _is_final(problem: Exception) -> bool:
    """5xx for the recipients or the text will be the same tomorrow; for sender or login the operator can mend it."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _said in problem.recipients.values())
    return isinstance(problem, smtplib.SMTPDataError) and problem.smtp_code >= 500


def _reason(problem: Exception) -> str:
    """Without addresses, which logs do not hold: the kind and the code."""
    code = getattr(problem, "smtp_code", None) or getattr(problem, "errno", None)
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        code = next(iter(problem.recipients.values()))[0]
    return f"{type(problem).__name__} {code}" if code else type(problem).__name__


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    with (folder / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
