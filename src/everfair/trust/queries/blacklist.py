"""What is known of the blacklist, and who shares something with it."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac

from everfair.base.actor import Actor
from everfair.base.refused import NotVisible
from everfair.base.rows import ask
from everfair.companies.values import skeleton
from everfair.trust.models import BlacklistEntry, Reentry
from everfair.trust.roles import REVIEWER
from everfair.trust.values.blacklist import IN_FORCE

SHOWN = 200


def entries_visible_to(actor: Actor) -> QuerySet[BlacklistEntry]:
    """For reviewers all; for a company its own once it was listed."""
    if actor.kind in ("system", "clock") or REVIEWER.admits(actor):
        return BlacklistEntry.objects.all()
    if actor.company_id is None or actor.kind not in ("person", "key"):
        return BlacklistEntry.objects.none()
    return BlacklistEntry.objects.filter(company_id=actor.company_id, listed_at__isnull=False)


def entry(entry_id: UUID, actor: Actor) -> BlacklistEntry:
    found = entries_visible_to(actor).select_related("company").filter(pk=entry_id).first()
    if found is None:
        raise NotVisible
    return found


def reentries_visible_to(actor: Actor) -> QuerySet[Reentry]:
    """For reviewers and the clockwork; the company itself is not told what it shares with whom."""
    if actor.kind in ("system", "clock") or REVIEWER.admits(actor):
        return Reentry.objects.all()
    return Reentry.objects.none()


def reentry(reentry_id: UUID, actor: Actor) -> Reentry:
    found = reentries_visible_to(actor).select_related("company", "entry__company").filter(pk=reentry_id).first()
    if found is None:
        raise NotVisible
    return found


def own_entry(actor: Actor) -> BlacklistEntry | None:
    return entries_visible_to(actor).filter(company_id=actor.company_id).order_by("-number").first()


def public_blacklist(words: str = "") -> list[BlacklistEntry]:
    """What everybody reads, newest first, at most 200; `words` are of a name as the eye reads it, or a number."""
    rows = BlacklistEntry.objects.filter(state__in=IN_FORCE).select_related("company")
    wanted = words.strip()[:100]
    if wanted:
        eye = skeleton(wanted)
        by_name = Q(company__name__icontains=wanted) | (Q(company__name_skeleton__contains=eye) if eye else Q())
        rows = rows.filter(
            by_name | Q(company__number=int(wanted)) if wanted.isascii() and wanted.isdigit() and len(wanted) < 18 else by_name
        )
    return list(rows.order_by("-listed_at")[:SHOWN])


def blacklist_desk(actor: Actor) -> tuple[list[BlacklistEntry], list[Reentry]]:
    """All entries, those that wait first; and companies that may have come back. Two queries."""
    entries = entries_visible_to(actor).select_related("company").order_by("-number")[:SHOWN]
    back = reentries_visible_to(actor).filter(state__in=["open", "proposed"]).select_related("company", "entry__company")
    return sorted(entries, key=lambda row: row.state not in ("proposed", "appealed")), list(back.order_by("created_at")[:SHOWN])


def traits_of(company_id: UUID) -> set[tuple[str, str]]:
    """(kind, keyed digest) of everything by which a company is known again: one query."""
    return {(kind, _digest(kind, value)) for kind, value in ask(_TRAITS, {"company": company_id}) if _plain(value)}


def _plain(value: str | None) -> str:
    return "".join(char for char in (value or "").casefold() if char.isalnum() or char in "@+")


def _digest(kind: str, value: str) -> str:
    """HMAC-SHA256 with the installation's secret: without it nobody can try numbers against the table."""
    return salted_hmac(f"everfair.trust.blacklist.{kind}", _plain(value), algorithm="sha256").hexdigest()


_TRAITS = """
    SELECT 'registration', country || registration_number FROM companies_company WHERE id = %(company)s AND registration_number <> ''
    UNION SELECT 'phone', phone FROM companies_company WHERE id = %(company)s
    UNION SELECT 'phone', p.phone FROM companies_membership m JOIN companies_person p ON p.id = m.person_id WHERE m.company_id = %(company)s
    UNION SELECT 'email', p.email FROM companies_membership m JOIN companies_person p ON p.id = m.person_id WHERE m.company_id = %(company)s
    UNION SELECT 'bank_account', b.account FROM payments_bankaccount b WHERE b.company_id = %(company)s
    UNION SELECT 'registration', c.country || (k.declared ->> 'number') FROM trust_check k JOIN trust_verification v ON v.id = k.verification_id
        JOIN companies_company c ON c.id = v.company_id WHERE v.company_id = %(company)s AND k.kind IN ('identity', 'licence')
        AND k.declared ->> 'number' <> ''
    UNION SELECT 'bank_account', k.declared ->> 'account' FROM trust_check k JOIN trust_verification v ON v.id = k.verification_id
        WHERE v.company_id = %(company)s AND k.kind = 'bank_account'
    UNION SELECT 'document', f.blob_id FROM trust_check k JOIN trust_verification v ON v.id = k.verification_id
        JOIN files_file f ON f.id = ANY(k.file_ids) WHERE v.company_id = %(company)s
"""


def shared_with_listed(company_id: UUID) -> dict[UUID, list[str]]:
    """Entry → the kinds of things that this company shares with it, as they are now."""
    traits = traits_of(company_id)
    if not traits:
        return {}
    found: dict[UUID, set[str]] = defaultdict(set)
    for entry_id, kind, digest in ask(_SHARED, [[digest for _kind, digest in traits], company_id, list(IN_FORCE)]):
        if (kind, digest) in traits:
            found[entry_id].add(kind)
    return {entry_id: sorted(kinds) for entry_id, kinds in found.items()}


_SHARED = """
    SELECT t.entry_id, t.kind, t.digest FROM trust_blacklisttrait t JOIN trust_blacklistentry e ON e.id = t.entry_id
    WHERE t.digest = ANY(%s::varchar[]) AND e.company_id <> %s AND e.state = ANY(%s::varchar[])
"""

__all__ = [
    "blacklist_desk",
    "entries_visible_to",
    "entry",
    "own_entry",
    "public_blacklist",
    "reentries_visible_to",
    "reentry",
    "shared_with_listed",
    "traits_of",
]
