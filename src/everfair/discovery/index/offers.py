"""The door: open the index, then take its writer or a reader."""

from everfair.discovery.index.folder import IndexFolder
from everfair.discovery.index.reader import IndexReader
from everfair.discovery.index.writer import IndexWriter


class OfferIndex(IndexFolder):
    """The offers' index. Any number of processes may open and read it; one at a time may write."""

    def writer(self) -> IndexWriter:
        """The one that changes the index; raises `WriterBusy` while any process has one."""
        return IndexWriter(self)

    def reader(self) -> IndexReader:
        """One per process is enough: threads may share it."""
        return IndexReader(self)
