"""Who is who for a payment."""

from everfair.base.roles import OPERATOR, Role
from everfair.companies.roles import BUYING, MONEY_KEEPING

payer = Role("payer", lambda a, s: a.company_id == s.company_id) & (BUYING | MONEY_KEEPING)
# Of a line of trade credit: who grants it, and who owes by it.
granting = Role("seller who grants credit", lambda a, s: a.company_id is not None and a.company_id == s.seller_id) & MONEY_KEEPING
owing = Role("buyer who owes", lambda a, s: a.company_id is not None and a.company_id == s.buyer_id) & MONEY_KEEPING
keeper = Role("account holder", lambda a, s: a.company_id == s.company_id) & MONEY_KEEPING
# Of the operator's own staff: who keeps the books, or runs the market.
cashier = OPERATOR & Role("cashier", lambda a, s: bool(a.staff_roles & {"finance", "operator"}))
# Two people of the company: whoever asked is not the second, and a key is nobody.
other_keeper = keeper & Role(
    "not who asked", lambda a, s: a.kind == "person" and a.person_id is not None and a.person_id != s.requested_by
)
