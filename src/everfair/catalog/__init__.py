"""Offers: what suppliers sell, with tiers, pictures and words in several languages; import and export.

Nouns: Offer, price tier, UnsavedOffer, CategoryMapping, ImportRun, KnownColumns.
Verbs: draft_offer, change_offer, publish_offer, withdraw_offer, remove_offer, keep_unsaved, import_offers, map_category.
What people, programs and files say is judged in one place (`reading`, `terms`, `drafts`), so all doors refuse alike.
It never ranks or searches: discovery does.
"""
