"""Who is who for a payment."""

from everfair.base.roles import Role
from everfair.companies.roles import BUYING, MONEY_KEEPING

payer = Role("payer", lambda a, s: a.company_id == s.company_id) & (BUYING | MONEY_KEEPING)
keeper = Role("account holder", lambda a, s: a.company_id == s.company_id) & MONEY_KEEPING
