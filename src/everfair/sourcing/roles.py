"""Who is who around a request."""

from everfair.base.roles import Role
from everfair.companies.roles import BUYING, SELLING

asker = Role("buyer", lambda a, s: a.company_id == s.buyer_id) & BUYING
quoter = Role("seller", lambda a, s: a.company_id == s.seller_id) & SELLING
asker_of_quote = Role("buyer", lambda a, s: a.company_id == s.rfq.buyer_id) & BUYING
