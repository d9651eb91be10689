"""Trade papers as PDF: the sales contract and the proforma invoice.

Nouns: `ContractTerms` and its parts (plain text, already formatted by the caller), labels in three languages, paper templates.
Verb: `render(kind, terms, language, second_language=None) -> bytes`.
Never: reads the database, computes an amount, reads a file or the network on behalf of the text it prints.
"""

from everfair.trade.documents.paper import KINDS, LANGUAGES, render
from everfair.trade.documents.values import Charge, ContractTerms, Line, Party, Signature, Stage

__all__ = ["KINDS", "LANGUAGES", "Charge", "ContractTerms", "Line", "Party", "Signature", "Stage", "render"]
