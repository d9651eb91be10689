"""Code lists and tables of trade, in memory: units, currencies, countries, Incoterms and their papers, categories, places,
languages, HS form, acceptance sampling, business days.

Nouns: Unit, Currency, Country, RegistrationKind, Incoterm, Paper, Category, Place, Language, Names, SamplingPlan, Limit, Verdict.
Verbs: none that write. `queries` looks codes up, checks their form, guesses a category, plans a sample, counts business days.
Never: a database, a network, a request. Every name is data in three languages, so that it can also be printed in a
document made far from any request. Data files lie in `data/` and are read on first use.
"""
