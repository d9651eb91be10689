"""Editions of sanction lists: taken whole or not at all, read, and put in force in one moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from everfair.base.actor import SYSTEM, Actor
from everfair.base.clock import EfNow, now
from everfair.base.events import emit
from everfair.base.ids import new_id
from everfair.base.refused import Refused
from everfair.base.roles import SYSTEM_ROLE
from everfair.base.rows import ask, find_one, insert
from everfair.base.together import part
from everfair.companies.actions import note_act
from everfair.events.trust import SanctionListReplaced
from everfair.trust.models import SanctionList
from everfair.trust.roles import LISTKEEPER
from everfair.trust.screening.reading import Edition, Unreadable, read_edition
from everfair.trust.values.screening import SOURCES

# An edition with fewer entries than this share of the one before is rather half a download than half a list.
LEAST_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class TakenList:
    """`is_new` is false where these files were brought before; `left_out` rows were of entries that it does not have."""

    list_id: UUID
    source: str
    edition_on: date
    parties: int
    names: int
    left_out: int
    is_new: bool


def take_list(
    source: str, files: Sequence[tuple[str, bytes]], *, by: Actor, edition_on: date | None = None, allow_gaps: bool = False
) -> TakenList:
    """One edition of a published list, (name, content) of each of its files, plain or gzip. The same files again are harmless.

    It is in force once the worker has read its names. Refused whole, 422: what has not the published form (with file, row and
    column); a day that has not come, or before that of the edition in force; and unless `allow_gaps`, when somebody looked and it is so:
    far fewer entries than before, or names of entries that are not in it.
    """
    if not (SYSTEM_ROLE | LISTKEEPER).admits(by):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    if source not in SOURCES:
        raise Refused("trust.list_source", _("Please choose who publishes the list."), field="source", status=422)
    day = edition_on or now().date()
    if day > now().date():
        raise Refused("trust.list_day", _("This day has not come yet."), field="edition_on", status=422)
    try:
        read = read_edition(SOURCES[source].form, files, allow_gaps=allow_gaps)
    except Unreadable as no:
        raise _unreadable(no) from no
    with part():
        ask("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"trust.list:{source}"])
        again = find_one(SanctionList, "source = %s AND digest = %s AND state <> 'replaced'", [source, read.digest])
        if again is not None:
            return _told(again, is_new=False)
        _fits_the_former(source, day, read, allow_gaps)
        SanctionList.objects.filter(source=source, state="taken").update(state="replaced", replaced_at=EfNow())
        made = SanctionList(
            source=source, edition_on=day, digest=read.digest, files=read.files, party_count=len(read.entries),
            name_count=sum(len(entry.names) for entry in read.entries), imported_by=by.label,
        )  # fmt: skip
        insert(made)
        _write(made.pk, read)
        after = {"source": source, "edition": day.isoformat(), "entries": made.party_count}
        note_act("took a sanction list", made.pk, "", by, after=after)
    return _told(made, is_new=True)


def _told(row: SanctionList, *, is_new: bool) -> TakenList:
    left_out = sum(file["left_out"] for file in row.files)
    return TakenList(row.pk, row.source, row.edition_on, row.party_count, row.name_count, left_out, is_new)


def _unreadable(no: Unreadable) -> Refused:
    where = {"file": no.file, "row": no.row, "column": no.column, "reason": no.reason}
    if no.column:
        text = _("%(file)s, row %(row)s, column %(column)s: %(reason)s.") % where
    elif no.row:
        text = _("%(file)s, row %(row)s: %(reason)s.") % where
    else:
        text = _("%(file)s: %(reason)s.") % where if no.file else f"{no.reason}."
    return Refused("trust.list_unreadable", text, field="files", status=422)


def _fits_the_former(source: str, day: date, read: Edition, allow_gaps: bool) -> None:
    former = find_one(SanctionList, "source = %s AND state = 'current'", [source])
    if former is None:
        return
    if day < former.edition_on:
        text = _("The edition in force is of %(day)s, which is newer.") % {"day": former.edition_on}
        raise Refused("trust.list_older", text, field="edition_on", status=422)
    if len(read.entries) < LEAST_SHARE * former.party_count and not allow_gaps:
        counts = {"new": len(read.entries), "former": former.party_count}
        text = _("It has %(new)s entries, the edition in force %(former)s: is it whole?") % counts
        raise Refused("trust.list_fewer", text, field="allow_gaps", status=422)


def _write(list_id: UUID, read: Edition) -> None:
    ids = [new_id() for _entry in read.entries]
    parties = (
        (pk, list_id, e.number, e.kind, e.programme, e.remarks, e.countries, e.addresses)
        for pk, e in zip(ids, read.entries, strict=True)
    )
    names = chain.from_iterable(
        ((new_id(), list_id, pk, e.kind, name, strength) for name, strength in e.names)
        for pk, e in zip(ids, read.entries, strict=True)
    )
    with connection.cursor() as cursor:
        for columns, rows in (
            ("trust_listedparty (id, edition_id, number, kind, programme, remarks, countries, addresses)", parties),
            ("trust_listedname (id, edition_id, party_id, kind, name, strength)", names),
        ):
            with cursor.copy(f"COPY {columns} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)


def put_in_force(list_id: UUID) -> bool:
    """An edition whose names are read replaces the former one in one moment, and every company is to be screened by it.

    Safe to repeat; says whether it was this call. A grant of a level either saw the former edition and was committed before, or is
    refused until its company is screened by this one (I38).
    """
    with part():
        ask("SELECT trust_lists_stand(true)")
        row = find_one(SanctionList, "id = %s FOR UPDATE", [list_id])
        if row is None or row.state != "taken":
            return False
        SanctionList.objects.filter(source=row.source, state="current").update(state="replaced", replaced_at=EfNow())
        SanctionList.objects.filter(pk=row.pk).update(state="current", in_force_at=EfNow())
        ask(_EVERYBODY)
        emit(SanctionListReplaced(row.pk, row.source, row.party_count), by=SYSTEM)
    return True


_EVERYBODY = """
    INSERT INTO trust_screening (id, company_id, cause, lists, compared, found)
    SELECT uuidv7(), c.id, 'list', '{}', 0, 0 FROM companies_company c ORDER BY c.id
    ON CONFLICT (company_id) WHERE done_at IS NULL DO NOTHING
"""

__all__ = ["TakenList", "put_in_force", "take_list"]
