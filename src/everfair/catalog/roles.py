"""Who is who for an offer."""

from uuid import UUID

from everfair.base.actor import Actor
from everfair.base.roles import Role
from everfair.companies.roles import SELLING

supplier = Role("supplier", lambda a, s: a.company_id == s.company_id) & SELLING


def may_sell_for(actor: Actor, company_id: UUID) -> bool:
    """Whether this actor writes this company's offers: its sellers, and commands of the platform's own machine."""
    return actor.kind == "system" or (SELLING.admits(actor) and actor.company_id == company_id)
