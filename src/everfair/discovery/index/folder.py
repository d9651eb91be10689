"""The folder of an index: made whole, recognised by its identity, moved aside when it is unfit."""

import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import tantivy

from everfair.discovery.index.documents import CURSOR_NUMBER, SCHEMA_VERSION, analyzers, offer_schema

_IDENTITY = "identity.json"
_SEGMENTS = "segments"
# One lost index is kept for a look at what happened; more would only fill the disk.
_LOST_KEPT = 1


class IndexLost(Exception):
    """The index is gone, damaged or of another version. Open the folder again and fill it from the start."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which index this is. The key signs page cursors, so that every reader of the folder accepts them."""

    schema: int
    id: str
    key: str


class IndexFolder:
    """An index opened in its folder."""

    def __init__(self, folder: Path, identity: Identity, opened: tantivy.Index) -> None:
        self.folder = folder
        self.identity = identity
        self._opened = opened

    @classmethod
    def open(cls, folder: Path | str, *, mend: bool = True) -> Self:
        """Open the index in the folder; make an empty one (its `cursor()` is None) where there is nothing.

        An index of another schema version, or one that cannot be read, is moved aside to `<folder>.lost-…` and reported as
        `IndexLost`: the next `open` makes an empty one. With `mend=False` (readers) nothing is made or moved, only reported.
        """
        folder = Path(folder)
        if not mend:
            return cls._existing(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _mending(folder):
            if not folder.exists():
                _make(folder)
            try:
                return cls._existing(folder)
            except IndexLost as lost:
                aside = _move_aside(folder)
                raise IndexLost(f"{lost}; moved aside to {aside.name}, to be filled from the start") from lost

    @classmethod
    def _existing(cls, folder: Path) -> Self:
        identity = read_identity(folder)
        if identity.schema != SCHEMA_VERSION:
            raise IndexLost(f"the index has schema {identity.schema}, this version reads {SCHEMA_VERSION}")
        if not (folder / _SEGMENTS / "meta.json").is_file():
            # Tantivy would quietly begin an empty index there.
            raise IndexLost("the index has lost its list of segments")
        with damage_is_loss("the index cannot be opened"):
            # Tantivy would open whatever lies there; a schema of the same version must also be the same schema.
            opened = tantivy.Index(offer_schema(), str(folder / _SEGMENTS), reuse=True)
            for name, analyzer in analyzers().items():
                opened.register_tokenizer(name, analyzer)
            opened.config_reader("manual")
            opened.reload()
            searcher = opened.searcher()
            # Touches the term dictionary and the fast fields of every segment: a torn file shows here, not at a visitor.
            searcher.aggregate(tantivy.Query.all_query(), {"last": {"max": {"field": "number"}}})
            searcher.doc_freq("number", CURSOR_NUMBER)
            searcher.doc_freq("title", "a")
        return cls(folder, identity, opened)

    def is_here(self) -> bool:
        """Whether the folder still holds this very index, and not nothing or another one."""
        try:
            return read_identity(self.folder) == self.identity
        except IndexLost:
            return False

    def abandon(self) -> None:
        """Declare this index unusable, as when a search met damage: the writer's `check` then reports it as lost."""
        if self.is_here():
            self.identity_path.unlink(missing_ok=True)

    def take_place_of(self, folder: Path | str) -> Self:
        """Put this index, filled beside it, where the other one is and delete that one; readers there take it up by themselves.

        Returns the index in its new place; this object is of no further use. Close both writers before: their folders move.
        """
        folder = Path(folder)
        old = folder.parent / f"{folder.name}.old"
        with _mending(folder):
            shutil.rmtree(old, ignore_errors=True)
            if folder.exists():
                os.rename(folder, old)
            os.rename(self.folder, folder)
        shutil.rmtree(old, ignore_errors=True)
        return type(self).open(folder, mend=False)

    def cursor(self) -> str | None:
        """The place in the database up to which the last commit reaches; None before the first commit."""
        with damage_is_loss("the index cannot be read"):
            self._opened.reload()
            return cursor_of(self._opened, self._opened.searcher())

    @property
    def tantivy(self) -> tantivy.Index:
        """For this folder's own files only."""
        return self._opened

    @property
    def identity_path(self) -> Path:
        return self.folder / _IDENTITY

    @property
    def meta_path(self) -> Path:
        return self.folder / _SEGMENTS / "meta.json"


def commit_mark(folder: Path) -> tuple[int, ...] | None:
    """Another one after each commit of the index in the folder; None while there is none."""
    try:
        meta = (folder / _SEGMENTS / "meta.json").stat()
    except OSError:
        return None
    return meta.st_ino, meta.st_mtime_ns, meta.st_size


def cursor_of(opened: tantivy.Index, searcher: tantivy.Searcher) -> str | None:
    query = tantivy.Query.term_query(opened.schema, "number", CURSOR_NUMBER)
    for _score, address in searcher.search(query, 1, count=False).hits:
        return searcher.doc(address).get_first("cursor")
    return None


def read_identity(folder: Path) -> Identity:
    try:
        read = json.loads((folder / _IDENTITY).read_text("utf-8"))
        return Identity(int(read["schema"]), str(read["id"]), str(read["key"]))
    except FileNotFoundError:
        raise IndexLost("the index is not there") from None
    except (OSError, ValueError, KeyError, TypeError) as unreadable:
        raise IndexLost("the identity of the index cannot be read") from unreadable


@contextmanager
def damage_is_loss(what: str) -> Iterator[None]:
    """Turn what tantivy says about broken files into `IndexLost`; a panic in Rust is no `Exception` in Python."""
    try:
        yield
    except UnicodeError:
        # A fault of the caller's text, not of the files.
        raise
    except (ValueError, OSError, SystemError) as damage:
        raise IndexLost(f"{what}: {damage}") from damage
    except BaseException as panic:
        if type(panic).__name__ == "PanicException":
            raise IndexLost(f"{what}: its files are damaged") from panic
        raise


@contextmanager
def _mending(folder: Path) -> Iterator[None]:
    """One process at a time makes or moves the folder, so that nobody moves aside what another has just made."""
    with (folder.parent / f"{folder.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(folder: Path) -> None:
    """Appear whole or not at all: built under another name, then renamed."""
    building = folder.parent / f"{folder.name}.new"
    shutil.rmtree(building, ignore_errors=True)
    (building / _SEGMENTS).mkdir(parents=True)
    tantivy.Index(offer_schema(), str(building / _SEGMENTS), reuse=False)
    identity = {"schema": SCHEMA_VERSION, "id": secrets.token_hex(8), "key": secrets.token_hex(16)}
    (building / _IDENTITY).write_text(json.dumps(identity), "utf-8")
    os.rename(building, folder)


def _move_aside(folder: Path) -> Path:
    aside = folder.parent / f"{folder.name}.lost-{time.strftime('%Y%m%dT%H%M%S')}-{secrets.token_hex(2)}"
    os.rename(folder, aside)
    lost = sorted(folder.parent.glob(f"{folder.name}.lost-*"), key=lambda path: path.stat().st_mtime)
    for old in [path for path in lost if path != aside][: max(0, len(lost) - _LOST_KEPT)]:
        shutil.rmtree(old, ignore_errors=True)
    return aside
