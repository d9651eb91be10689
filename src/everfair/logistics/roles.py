"""Who is who for a consignment. Either side of a trade may ship: goods also go back."""

from everfair.base.roles import Role
from everfair.companies.roles import TRADING

shipper = Role("shipper", lambda a, s: a.company_id == s.shipper_id) & TRADING
# Whoever sends goods to themselves is the shipper: their word proves nothing.
consignee = Role("consignee", lambda a, s: a.company_id == s.consignee_id != s.shipper_id) & TRADING
