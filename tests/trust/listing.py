"""Editions of sanction lists in the published forms, small ones of our own, and screening that is done."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from everfair.base.actor import SYSTEM
from everfair.base.clock import now
from everfair.base.events import react, subscribers
from everfair.base.models import Event
from everfair.base.rows import insert
from everfair.companies.models import Company
from everfair.trust.actions import TakenList, take_list
from everfair.trust.models import Hit, ListedName, ListedParty, SanctionList, Screening
from everfair.trust.screening.work import Done, work_off
from tests import make

# (name, kind as OFAC writes it, remarks); the entry's number is its place.
PARTIES: tuple[tuple[str, str, str], ...] = (
    ("AL-OTAIBI, Ibrahim Hassan", "individual", "DOB 1970."),
    ("RED LANTERN SHIPPING CO., LTD.", "", "a.k.a. 'REDLAN'; Linked To: OCEAN DRAGON."),
    ("OCEAN DRAGON", "vessel", "IMO 9000001."),
)


def ofac(parties: Sequence[tuple[str, str, str]] = PARTIES) -> bytes:
    """The file of the entries."""
    return table(
        [[n, name, kind or "-0- ", "SDGT", *["-0- "] * 7, remarks] for n, (name, kind, remarks) in enumerate(parties, 1)]
    )


def table(rows: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode() + b"\x1a"


def taken(
    parties: Sequence[tuple[str, str, str]] = PARTIES,
    source: str = "ofac-sdn",
    also: Sequence[tuple[str, bytes]] = (),
    **said: Any,
) -> TakenList:
    return take_list(source, [("sdn.csv", ofac(parties)), *also], by=SYSTEM, **said)


def in_force(parties: Sequence[tuple[str, str, str]] = PARTIES, source: str = "ofac-sdn", **said: Any) -> TakenList:
    """Taken, read and in force; who waited is screened."""
    done = taken(parties, source, **said)
    work_off()
    return done


def screened() -> Done:
    return work_off()


def newest(company_id: UUID) -> Screening:
    return Screening.objects.filter(company_id=company_id).order_by("-id")[0]


def hits(company_id: UUID) -> list[Hit]:
    return list(Hit.objects.filter(company_id=company_id).order_by("number"))


_last_seq = 0


def heard() -> None:
    """What was said since the last time reaches screening (inside a test's transaction no cursor sees its events)."""
    global _last_seq
    reactions = subscribers()["trust.screening"]
    for event in Event.objects.filter(seq__gt=_last_seq, name__in=reactions).order_by("seq"):
        react(event.seq, reactions[event.name], event.name, event.body)
        _last_seq = event.seq


def made_hit(company: Company, listed: str, *, score: str = "0.75", needs_two: bool = False, **columns: Any) -> Hit:
    """An open hit of the company on an edition that was in force once, without any comparison."""
    former = SanctionList(
        source="ofac-sdn", edition_on=now().date(), digest=f"{_n():064}", files=[], party_count=1, name_count=1, imported_by="system",
    )  # fmt: skip
    insert(former)
    SanctionList.objects.filter(pk=former.pk).update(state="replaced")
    party = ListedParty.objects.create(
        edition=former, number="7", kind="organisation", countries=["IR"], remarks="Linked To: OTHERS."
    )
    name = ListedName.objects.create(edition=former, party=party, kind=party.kind, name=listed, strength="primary", keys=[])
    parts = [{"ours": "red", "theirs": "red", "how": "same"}, {"ours": "shiping", "theirs": "shipping", "how": "alike"},
             {"ours": "", "theirs": "dragon", "how": "theirs"}]  # fmt: skip
    screening = Screening.objects.create(company=company, cause="profile", done_at=now(), asked={"names": []})
    return Hit.objects.create(
        screening=screening, company=company, party=party, listed_name=name, key=f"{_n():064}", role="company", name=company.name,
        score=Decimal(score), parts=parts, needs_two=needs_two, **columns,
    )  # fmt: skip


def _n() -> int:
    return make.next_number()
