"""Finding: the search index, what is put into it, suggestions, browse and search pages, offers side by side, what was seen last.

Nouns: OfferDocument, OfferQuery, SearchPage, Facets, Comparison.
Verbs: search_offers, similar_offers, suggest, compare, follow_offers, rebuild_index.
It never writes an offer, and keeps nothing of who looked at what.
"""
