"""Signed checkpoints: what the newest seal is, said to a place that is not this machine, so that whoever cuts off the end of the chain
(or makes it anew) is found out.

One JSON line each, signed with Ed25519 over the line's other members in canonical form (keys sorted, no blanks). The place is
EVERFAIR_CHECKPOINTS: a folder, in which a file for each month only grows, or an address, to which each line is POSTed and whose GET
answers the newest. Without it the lines lie in the data folder, and everything that shows them says that this is the same machine.
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from everfair.base.exchange import NoAnswer, NotReached, exchange
from everfair.base.rows import ask
from everfair.ledger.sealing import Head, newest_seal

Line = dict[str, Any]


class NotWritten(Exception):
    """The place did not take a checkpoint. One sentence."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where checkpoints go. `off_box` is what the settings promise: a place was named, and it is no folder on the data's own disk."""

    folder: Path
    url: str
    off_box: bool


def place() -> Place:
    own = Path(settings.DATA) / "checkpoints"
    named = settings.CHECKPOINTS
    if named.startswith(("https://", "http://")):
        return Place(own, named, True)
    folder = Path(named) if named else own
    return Place(folder, "", bool(named) and _another_disk(folder))


def _another_disk(folder: Path) -> bool:
    try:
        return folder.stat().st_dev != Path(settings.DATA).stat().st_dev
    except OSError:
        return False


@cache
def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(settings.CHECKPOINT_KEY))


def public_key() -> str:
    """What others check our lines with: 32 bytes, base64. Print it, and keep it away from this machine."""
    return base64.b64encode(_key().public_key().public_bytes_raw()).decode()


def sign(line: Line) -> Line:
    signed = {**line, "key": public_key()}
    return {**signed, "signature": base64.b64encode(_key().sign(_canonical(signed))).decode()}


def is_signed(line: Line) -> bool:
    """By the key it names."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(line["key"], validate=True))
        key.verify(base64.b64decode(line["signature"], validate=True), _canonical(line))
    except (InvalidSignature, KeyError, TypeError, ValueError):
        return False
    return True


def _canonical(line: Line) -> bytes:
    members = {name: value for name, value in line.items() if name != "signature"}
    return json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def write_checkpoint(*, restored: bool = False) -> Line | None:
    """Sign the newest seal and hand the line over; None while nothing has been sealed. NotWritten when the place does not take it: the
    data folder has it all the same. `restored` says that from here the chain may be shorter than it was."""
    newest = newest_seal()
    if newest is None:
        return None
    line = sign(_line(newest, restored))
    where = place()
    _append(where.folder, line)
    if where.url:
        _post(where.url, line)
    return line


def _line(newest: Head, restored: bool) -> Line:
    return {
        "installation": settings.ADDRESS,
        "seq": newest.seq,
        "hash": newest.hash,
        "entry": newest.last_entry,
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
    } | ({"restored": True} if restored else {})


def _append(folder: Path, line: Line) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / f"checkpoints-{line['at'][:7]}.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        with os.fdopen(handle, "ab") as out:
            out.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise NotWritten(f"{folder}: {error.strerror}") from error


def _post(url: str, line: Line) -> None:
    body = json.dumps(line, ensure_ascii=False).encode() + b"\n"
    try:
        answer = exchange("POST", url, {"Content-Type": "application/x-ndjson"}, body)
    except (NotReached, NoAnswer) as error:
        raise NotWritten(f"{url}: {error}") from error
    if not 200 <= answer.status < 300:
        raise NotWritten(f"{url} answered {answer.status}")


def checkpoints(*, keys: frozenset[str] = frozenset()) -> list[Line]:
    """The lines of this and the former month's file that carry our key (or one of `keys`), oldest first, and what the address answers
    as the newest. A last line that was cut off while it was written is left out."""
    where = place()
    wanted = keys | {public_key()}
    found = [line for file in sorted(where.folder.glob("checkpoints-*.jsonl"))[-2:] for line in _read(file.read_bytes())]
    if where.url:
        found += _asked(where.url)
    return [line for line in found if line.get("key") in wanted]


def _read(text: bytes) -> list[Line]:
    lines = []
    for raw in text.splitlines():
        try:
            line = json.loads(raw)
        except ValueError:
            continue
        if isinstance(line, dict) and isinstance(line.get("seq"), int) and isinstance(line.get("hash"), str):
            lines.append(line)
    return lines


def _asked(url: str) -> list[Line]:
    try:
        answer = exchange("GET", url, {"Accept": "application/x-ndjson"})
    except (NotReached, NoAnswer):
        return []
    return _read(answer.body)[-1:] if answer.status == 200 else []


def newest_checkpoint() -> Line | None:
    return next(reversed(checkpoints()), None)


def prove_checkpoints(*, keys: frozenset[str] = frozenset()) -> tuple[int, str | None]:
    """Every seal that a checkpoint names is in the chain, as it names it. After a restore what it took away is forgiven: the newest line
    that says so counts for what lies beyond it."""
    lines = checkpoints(keys=keys)
    if not lines:
        return 0, None
    if not is_signed(lines[-1]):
        return len(lines), f"the checkpoint of {lines[-1].get('at')} is not signed by its key"
    first = missing_seal(_still_valid(lines))
    if first is None:
        return len(lines), None
    if not is_signed(first):
        return len(lines), f"the checkpoint of {first.get('at')} is not signed by its key"
    return len(lines), f"seal {first['seq']} of the checkpoint of {first.get('at')} is not in the chain"


def missing_seal(lines: list[Line]) -> Line | None:
    """The first of these lines whose seal is not in the chain as it says."""
    missing = ask(_MISSING, [[line["seq"] for line in lines], [line["hash"] for line in lines]])
    return lines[missing[0][0] - 1] if missing else None


def _still_valid(lines: list[Line]) -> list[Line]:
    """Without what a later restore has taken away."""
    kept: list[Line] = []
    for line in lines:
        if line.get("restored") is True and is_signed(line):
            kept = [former for former in kept if former["seq"] < line["seq"]]
        kept.append(line)
    return kept


_MISSING = """
    SELECT n FROM unnest(%s::bigint[], %s::text[]) WITH ORDINALITY AS said (seq, hash, n)
    WHERE NOT EXISTS (SELECT FROM ledger_seal s WHERE s.seq = said.seq AND encode(s.hash, 'hex') = said.hash)
    ORDER BY said.seq, n LIMIT 1
"""
