"""Code lists of trade, in memory: units, currencies, countries, Incoterms, categories, places, languages, HS form.

Nouns: Unit, Currency, Country, RegistrationKind, Incoterm, Category, Place, Language, Names.
Verbs: none that write. `queries` looks codes up, checks their form and guesses a category for a foreign one.
Never: a database, a network, a request. Every name is data in three languages, so that it can also be printed in a
document made far from any request. Data files lie in `data/` and are read on first use.
"""
