"""The search index: a port without Django. Offers go in as documents, numbers come out in order.

Nouns: OfferDocument, OfferIndex, IndexWriter, IndexReader, OfferQuery, SearchPage, Facets.
Verbs: open, put, remove, commit, search, suggest, similar.
It never decides who may see an offer, and never reads a database: whoever owns the offers pushes them here.
"""

from everfair.discovery.index.documents import OfferDocument
from everfair.discovery.index.folder import IndexLost
from everfair.discovery.index.offers import OfferIndex
from everfair.discovery.index.queries import Facets, OfferQuery, SearchPage, price_bands
from everfair.discovery.index.reader import IndexReader
from everfair.discovery.index.writer import IndexWriter, WriterBusy

__all__ = [
    "Facets",
    "IndexLost",
    "IndexReader",
    "IndexWriter",
    "OfferDocument",
    "OfferIndex",
    "OfferQuery",
    "SearchPage",
    "WriterBusy",
    "price_bands",
]
