"""Who is who for an offer."""

from everfair.base.roles import Role
from everfair.companies.roles import SELLING

supplier = Role("supplier", lambda a, s: a.company_id == s.company_id) & SELLING
