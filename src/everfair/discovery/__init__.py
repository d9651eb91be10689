"""Finding: the search index, what is put into it, suggestions, browse and search pages.

Nouns: OfferDocument, OfferQuery, SearchPage.
Verbs: search_offers, suggest, follow_offers, rebuild_index.
It never writes an offer.
"""
