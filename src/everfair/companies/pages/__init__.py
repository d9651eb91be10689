"""Pages of companies and their people, one file per place."""

from .company import end_membership, keys, people, person_roles, profile, revoke_key, settings, withdraw_invitation
from .joining import accept, invitation, join_staff, register, start
from .person import bar, bar_of, end_session, me, switch
from .proving import prove
from .suppliers import inspectors, supplier, suppliers

__all__ = [
    "accept",
    "bar",
    "bar_of",
    "end_membership",
    "end_session",
    "inspectors",
    "invitation",
    "join_staff",
    "keys",
    "me",
    "people",
    "person_roles",
    "profile",
    "prove",
    "register",
    "revoke_key",
    "settings",
    "start",
    "supplier",
    "suppliers",
    "switch",
    "withdraw_invitation",
]
