"""Trade papers as PDF: sales contract, proforma invoice, commercial invoice, packing list and delivery note.

Nouns: `ContractTerms` and its parts (plain text, already formatted by the caller), labels in three languages, paper templates.
Verb: `render(kind, terms, language, second_language=None) -> bytes`.
Never: reads the database, computes an amount, reads a file or the network on behalf of the text it prints.
"""

from everfair.trade.documents.paper import KINDS, LANGUAGES, WITH_GOODS, render
from everfair.trade.documents.values import Charge, ContractTerms, Line, Packed, Parcel, Party, Shipped, Signature, Stage

__all__ = [
    "KINDS",
    "LANGUAGES",
    "WITH_GOODS",
    "Charge",
    "ContractTerms",
    "Line",
    "Packed",
    "Parcel",
    "Party",
    "Shipped",
    "Signature",
    "Stage",
    "render",
]
