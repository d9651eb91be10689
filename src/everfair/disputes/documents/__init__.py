"""Papers of a claim as PDF: the case file and the ruling, in the parties' languages.

Noun: `Part` (plain text, already formatted by the caller). Verb: `render(kind, parts, made_at) -> bytes`.
Never: reads the database, computes an amount, or takes what people typed for anything but text.
"""

from everfair.disputes.documents.paper import KINDS, Leaf, Part, render

__all__ = ["KINDS", "Leaf", "Part", "render"]
