"""Countries as publishers of lists write them → ISO codes."""

from __future__ import annotations

from functools import cache

from everfair.reference.queries import COUNTRIES, country_name

# How OFAC writes what CLDR calls otherwise.
_OTHERWISE = {
    "Turkey": "TR", "Korea, North": "KP", "Korea, South": "KR", "Burma": "MM", "Congo, Democratic Republic of the": "CD",
    "Congo, Republic of the": "CG", "Hong Kong": "HK", "Macau": "MO", "Bosnia and Herzegovina": "BA", "Palestinian": "PS",
    "Region: Gaza": "PS", "West Bank": "PS", "Region: West Bank": "PS", "Virgin Islands, British": "VG", "The Gambia": "GM",
    "North Macedonia, The Republic of": "MK", "Czech Republic": "CZ", "Cote d Ivoire": "CI", "Saint Kitts and Nevis": "KN",
    "Saint Vincent and the Grenadines": "VC", "Bahamas, The": "BS", "Man, Isle of": "IM", "Trinidad and Tobago": "TT",
}  # fmt: skip


def country_code(published: str) -> str:
    """Of a country by its published name or code; «» for what is no country of ISO 3166."""
    name = published.strip()
    return name if name in COUNTRIES else _names().get(name.casefold(), "")


@cache
def _names() -> dict[str, str]:
    return {country_name(code, "en").casefold(): code for code in COUNTRIES} | {
        name.casefold(): code for name, code in _OTHERWISE.items()
    }
