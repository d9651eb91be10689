"""Everything that other packages ask of the code lists."""

from .calendars import (
    add_business_days,
    business_days_between,
    end_of_business,
    frozen_days_off,
    holiday_name,
    is_business_day,
)
from .categories import categories, category, children, explain_category, guess_category, halls
from .countries import COUNTRIES, country, country_name, registration_kind, registration_kinds
from .currencies import CURRENCIES, currency, currency_name, exponent
from .hs import hs_form
from .incoterms import INCOTERMS, advice, incoterm
from .papers import PAPERS, PAPERS_BY_INCOTERM, papers_for
from .places import find_places, is_locode_form, place, places
from .sampling import (
    AQLS,
    DEFECT_CLASSES,
    INSPECTION_LEVELS,
    INSPECTION_SEVERITIES,
    USUAL_AQL,
    code_letter,
    judged,
    sampling_plan,
)
from .units import UNITS, unit, unit_for_word

__all__ = [
    "AQLS",
    "COUNTRIES",
    "CURRENCIES",
    "DEFECT_CLASSES",
    "INCOTERMS",
    "INSPECTION_LEVELS",
    "INSPECTION_SEVERITIES",
    "PAPERS",
    "PAPERS_BY_INCOTERM",
    "UNITS",
    "USUAL_AQL",
    "add_business_days",
    "advice",
    "business_days_between",
    "categories",
    "category",
    "children",
    "code_letter",
    "country",
    "country_name",
    "currency",
    "currency_name",
    "end_of_business",
    "explain_category",
    "exponent",
    "find_places",
    "frozen_days_off",
    "guess_category",
    "halls",
    "holiday_name",
    "hs_form",
    "incoterm",
    "is_business_day",
    "is_locode_form",
    "judged",
    "papers_for",
    "place",
    "places",
    "registration_kind",
    "registration_kinds",
    "sampling_plan",
    "unit",
    "unit_for_word",
]
