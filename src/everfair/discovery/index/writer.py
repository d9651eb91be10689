"""The one process that changes the index."""

import time
from collections.abc import Iterable
from types import TracebackType
from typing import Self

import tantivy

from everfair.discovery.index.documents import CURSOR_NUMBER, OfferDocument, plain, to_tantivy
from everfair.discovery.index.folder import IndexFolder, IndexLost, cursor_of, damage_is_loss

# One thread keeps documents in the order of putting and leaves the other core to the web; 50 MB hold about 40,000 offers.
_HEAP_BYTES = 50_000_000
_THREADS = 1
# So many pieces of about one size tantivy puts together by itself.
_PIECES = 8
_WORTH_JOINING = 3


class WriterBusy(Exception):
    """Another process (or another writer here) changes this index already."""


class IndexWriter:
    """Collects changes and makes them visible together with the place in the database that they reach to.

    Close it, or leave its `with` block, to give up the lock; what was not committed is forgotten.
    """

    def __init__(self, index: IndexFolder) -> None:
        self._index = index
        if not index.is_here():
            raise IndexLost("the index is not there any more")
        try:
            self._writer: tantivy.IndexWriter | None = index.tantivy.writer(_HEAP_BYTES, _THREADS)
        except ValueError as refused:
            if "LockBusy" in str(refused):
                raise WriterBusy("another process writes this index; only one indexer may run") from None
            raise IndexLost(f"the index cannot be written: {refused}") from refused

    def put(self, documents: Iterable[OfferDocument]) -> int:
        """Add each offer, replacing what was known under its number; returns how many. Visible after `commit`."""
        writer, count = self._open_writer(), 0
        for offer in documents:
            document = to_tantivy(offer)
            with damage_is_loss("the index cannot be written"):
                writer.delete_documents_by_term("number", offer.number)
                writer.add_document(document)
            count += 1
        return count

    def remove(self, numbers: Iterable[int]) -> None:
        """Forget the offers; numbers that the index does not know are no error. Visible after `commit`."""
        writer = self._open_writer()
        for number in numbers:
            if number <= CURSOR_NUMBER:
                raise ValueError("an offer's number is positive")
            with damage_is_loss("the index cannot be written"):
                writer.delete_documents_by_term("number", number)

    def commit(self, cursor: str) -> None:
        """Make the changes visible and durable, all or none, together with the cursor.

        Raises `IndexLost` when the folder was deleted or replaced meanwhile: nothing of this index is worth keeping then.
        """
        writer = self._open_writer()
        self.check()
        # The cursor is a document like the offers, so one commit carries both.
        place = tantivy.Document()
        place.add_integer("number", CURSOR_NUMBER)
        place.add_text("cursor", plain(cursor))
        with damage_is_loss("the index cannot be written"):
            writer.delete_documents_by_term("number", CURSOR_NUMBER)
            writer.add_document(place)
            writer.commit()
        self.check()

    def settle(self, cursor: str) -> int:
        """Put small pieces together, so that a search looks through fewer of them; returns how many there are now.

        Every commit leaves a piece, and each piece adds to the cost of every search. Tantivy joins them when eight of one size are
        there: what is missing is made up for by empty ones, which go again at once. Some tenths of a second; call it after much was put.
        """
        before = pieces = self._pieces()
        if before < _WORTH_JOINING:
            return before
        for place in range(1, _PIECES + 1):
            if pieces < before:
                break
            nothing = tantivy.Document()
            nothing.add_integer("number", -place)  # no offer has it
            with damage_is_loss("the index cannot be written"):
                self._open_writer().add_document(nothing)
            self.commit(cursor)
            pieces = self._pieces()
            for _wait in range(10):
                if pieces < _PIECES:
                    break
                time.sleep(0.03)  # they are joined beside
                pieces = self._pieces()
        with damage_is_loss("the index cannot be written"):
            for place in range(1, _PIECES + 1):
                self._open_writer().delete_documents_by_term("number", -place)
        self.commit(cursor)
        return self._pieces()

    def _pieces(self) -> int:
        with damage_is_loss("the index cannot be read"):
            self._index.tantivy.reload()
            return int(self._index.tantivy.searcher().num_segments)

    def cursor(self) -> str | None:
        """The cursor of the last commit; None when nothing was ever committed."""
        with damage_is_loss("the index cannot be read"):
            self._index.tantivy.reload()
            return cursor_of(self._index.tantivy, self._index.tantivy.searcher())

    def check(self) -> None:
        """Raise `IndexLost` when the folder was deleted, replaced or abandoned; cheap enough for every turn of an idle loop."""
        if not self._index.is_here():
            raise IndexLost("the index was taken away while it was being written")

    def close(self) -> None:
        """Give up the lock after merges in progress have ended; safe to repeat."""
        if self._writer is not None:
            writer, self._writer = self._writer, None
            with damage_is_loss("the index cannot be closed"):
                writer.rollback()
                writer.wait_merging_threads()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            self.close()
        except IndexLost:
            # Leaving because of an error already: that one matters.
            if error is None:
                raise

    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            raise RuntimeError("this writer is closed")
        return self._writer
