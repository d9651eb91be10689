"""Offers: what suppliers sell, with tiers, pictures and words in several languages; import and export.

Nouns: Offer, price tier, CategoryMapping, ImportRun.
Verbs: draft_offer, publish_offer, withdraw_offer, import_offers, map_category.
It never ranks or searches: discovery does.
"""
