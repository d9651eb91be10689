"""Traits are noted where they show: of companies and their people, of the staff, of papers and devices."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import SYSTEM, Actor
from everfair.base.ids import new_id
from everfair.base.refused import Refused
from everfair.base.roles import OPERATOR
from everfair.base.sight import EVERYTHING, seeing
from everfair.base.sql import ask, tell
from everfair.companies.actions import note_act
from everfair.files.queries import bits_of, file_path, files_by_id
from everfair.trust.values import OWN_KINDS, digest_of

# Company, person, kind, digest, likeness.
_Row = tuple[UUID | None, UUID | None, str, str, int | None]
_NOTE = """
    INSERT INTO trust_trait (id, company_id, person_id, kind, digest, bits)
    SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::bigint[])
    ON CONFLICT ON CONSTRAINT trust_trait_once DO UPDATE SET last_seen = ef_now()
"""
# What the platform knows of a company and its people: whose it is (None is the company's own), kind, value.
_KNOWN = """
    SELECT NULL::uuid, 'phone', c.phone FROM companies_company c WHERE c.id = %(company)s
    UNION ALL SELECT NULL, 'address', concat_ws(' ', c.address->>'lines', c.address->>'postcode', c.address->>'city')
        FROM companies_company c WHERE c.id = %(company)s AND jsonb_array_length(c.address->'lines') > 0
    UNION ALL SELECT NULL, 'bank', b.account FROM payments_bankaccount b WHERE b.company_id = %(company)s
    UNION ALL SELECT p.id, 'phone', p.phone FROM companies_membership m JOIN companies_person p ON p.id = m.person_id
        WHERE m.company_id = %(company)s
    UNION ALL SELECT NULL, 'email_domain', substring(p.email FROM '[^@]+$') FROM companies_membership m
        JOIN companies_person p ON p.id = m.person_id WHERE m.company_id = %(company)s
    UNION ALL SELECT NULL, 'document', f.blob_id FROM trust_verification v JOIN trust_check k ON k.verification_id = v.id
        JOIN files_file f ON f.id = ANY(k.file_ids) WHERE v.company_id = %(company)s AND v.state <> 'draft'
"""
_PICTURES = """
    SELECT DISTINCT ON (f.blob_id) f.id FROM trust_verification v JOIN trust_check k ON k.verification_id = v.id
    JOIN files_file f ON f.id = ANY(k.file_ids) JOIN files_blob b ON b.sha256 = f.blob_id
    WHERE v.company_id = %s AND v.state <> 'draft' AND b.media_type LIKE 'image/%%'
"""


def note_traits(company_id: UUID) -> None:
    """Everything that is known of a company now; safe to repeat. What it had before stays: a number that was given up still tells."""
    known = ask(_KNOWN, {"company": company_id})
    rows: set[_Row] = {
        (None if person else company_id, person, kind, digest_of(kind, value or ""), None) for person, kind, value in known
    }
    for picture in files_by_id([pk for (pk,) in ask(_PICTURES, [company_id])], SYSTEM).values():
        bits = bits_of(file_path(picture))
        if bits is not None:
            rows.add((company_id, None, "photo", digest_of("photo", f"{bits & (1 << 64) - 1:016x}"), bits))
    _note(rows)


def note_device(person_id: UUID, device: str) -> None:
    """Who signed in in a browser that carries this random name."""
    _note([(None, person_id, "device", digest_of("device", device), None)])


def note_own_trait(kind: str, value: str, *, by: Actor) -> None:
    """One of the staff says which account, address or telephone is theirs: they never review a company that has the same.

    It is kept as a digest, which nobody can read back; nobody takes it away.
    """
    if not OPERATOR.admits(by) or by.person_id is None:
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    if kind not in OWN_KINDS:
        raise Refused("trust.trait_kind", _("Please choose what it is."), field="kind", status=422)
    digest = digest_of(kind, value)
    if not digest:
        raise Refused("trust.trait_short", _("This is too short to tell you from others."), field="value", status=422)
    _note([(None, by.person_id, kind, digest, None)])
    note_act("said what is theirs", by.person_id, "", by, after={"trait": kind})


def _note(rows: Iterable[_Row]) -> None:
    # In one order everywhere, so that two who note the same never wait for each other in a circle.
    kept = sorted((row for row in rows if row[3]), key=lambda row: (str(row[0]), str(row[1]), row[2], row[3]))
    if kept:
        companies, people, kinds, digests, bits = (list(column) for column in zip(*kept, strict=True))
        with seeing(EVERYTHING):  # a company has them and never sees them
            tell(_NOTE, [[new_id() for _row in kept], companies, people, kinds, digests, bits])


__all__ = ["note_device", "note_own_trait", "note_traits"]
