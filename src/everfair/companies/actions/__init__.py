"""Everything that writes companies, people and what binds them."""

from .assortments import note_assortment
from .factors import remove_factors
from .keys import authenticate_api_key, make_api_key, revoke_api_key
from .notes import end_staff, forget_former_contacts, note_act
from .office import (
    lift_stop,
    mark_inspector,
    open_operator_invitation,
    place_stop,
    put_mark,
    unmark_inspector,
    withdraw_verification,
)
from .people import (
    accept_invitation,
    accept_operator_invitation,
    accept_own_invitation,
    change_roles,
    edit_person,
    end_membership,
    end_session,
    invite_person,
    keep_looks,
    make_person,
    switch_company,
    withdraw_invitation,
)
from .profile import edit_profile, register_company

__all__ = [
    "accept_invitation",
    "accept_operator_invitation",
    "accept_own_invitation",
    "authenticate_api_key",
    "change_roles",
    "edit_person",
    "edit_profile",
    "end_membership",
    "end_session",
    "end_staff",
    "forget_former_contacts",
    "invite_person",
    "keep_looks",
    "lift_stop",
    "make_api_key",
    "make_person",
    "mark_inspector",
    "note_act",
    "note_assortment",
    "open_operator_invitation",
    "place_stop",
    "put_mark",
    "register_company",
    "remove_factors",
    "revoke_api_key",
    "switch_company",
    "unmark_inspector",
    "withdraw_invitation",
    "withdraw_verification",
]
