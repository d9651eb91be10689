"""Editions of sanction lists: read strictly, taken whole or not at all, in force in one moment."""

from __future__ import annotations

import gzip
from datetime import timedelta

import pytest

from everfair.base.clock import now
from everfair.base.models import Event
from everfair.base.refused import Refused
from everfair.companies.models import AuditNote
from everfair.trust.actions import put_in_force, take_list
from everfair.trust.models import ListedName, ListedParty, SanctionList, Screening
from everfair.trust.queries import list_standings, lists_in_force
from everfair.trust.screening.reading import Unreadable, read_edition
from everfair.trust.screening.work import read_names
from tests import make
from tests.trust.listing import PARTIES, in_force, ofac, table, taken
from tests.trust.reviewing import acting, reviewer

pytestmark = pytest.mark.django_db
ALT = table([[1, 10, "aka", "ABU HASSAN", "-0- "], [2, 11, "fka", "LANTERN LINES", "-0- "]])
ADD = table([[1, 5, "-0- ", "Sanaa", "Yemen", "-0- "], [2, 6, "Dock Road 1", "Pyongyang", "Korea, North", "-0- "]])
COMMENTS = table([[3, " More to say."]])
BIS_HEAD = "name,state,country,effective_date,expiration_date,standard_order,last_update,action,fr_citation\n"


def refused(source: str, *files: tuple[str, bytes], **said: object) -> str:
    with pytest.raises(Refused) as no:
        take_list(source, list(files), by=make.staff(), **said)  # type: ignore[arg-type]
    assert no.value.status == 422
    assert (SanctionList.objects.count(), ListedParty.objects.count(), ListedName.objects.count()) == (0, 0, 0)
    return str(no.value.message)


def test_ofac_names_addresses_and_comments_come_together():
    done = taken(also=[("add.csv", ADD), ("alt.csv.gz", gzip.compress(ALT)), ("sdn_comments.csv", COMMENTS)])

    names = list(ListedName.objects.order_by("id").values_list("party__number", "name", "strength", "keys"))
    assert names == [
        ("1", "AL-OTAIBI, Ibrahim Hassan", "primary", None),
        ("1", "ABU HASSAN", "aka", None),
        ("2", "RED LANTERN SHIPPING CO., LTD.", "primary", None),
        ("2", "LANTERN LINES", "former", None),
        ("2", "REDLAN", "weak", None),
        ("3", "OCEAN DRAGON", "primary", None),
    ]
    rows = {p.number: p for p in ListedParty.objects.all()}
    assert (rows["1"].kind, rows["2"].kind, rows["3"].kind) == ("person", "organisation", "vessel")
    assert (rows["1"].countries, rows["2"].countries, rows["2"].addresses) == (
        ["YE"],
        ["KP"],
        ["Dock Road 1, Pyongyang, Korea, North"],
    )
    assert rows["3"].remarks == "IMO 9000001.More to say."
    row = SanctionList.objects.get()
    assert (row.state, row.party_count, row.name_count, done.is_new) == ("taken", 3, 6, True)
    assert [file["rows"] for file in row.files] == [3, 2, 2, 1]
    assert AuditNote.objects.filter(act="took a sanction list", subject=row.pk).count() == 1


def test_denied_persons_of_bis_have_a_head_and_no_numbers():
    body = (
        BIS_HEAD + "WEI LI,,CN,01/02/2020,01/02/2030,Y,2020-01-02,FR NOTICE,82 F.R. 1\nI. ASH,TX,US,06/19/2003,,Y,,,68 F.R. 2\n"
    ).encode()

    take_list("bis-dpl", [("dpl.csv", body)], by=make.staff())

    rows = ListedParty.objects.order_by("id")
    assert [(row.kind, row.countries, len(row.number)) for row in rows] == [("unsaid", ["CN"], 16), ("unsaid", ["US"], 16)]
    assert "68 F.R. 2" in rows[1].remarks


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([("a.csv", table([[1, "NAME", "person", *["x"] * 9]]))], "a.csv, row 1, column 3: there is no kind «person»."),
        ([("a.csv", table([[1, "", "", *["x"] * 9]]))], "a.csv, row 1, column 2: a name is missing."),
        ([("a.csv", table([["one", "N", "", *["x"] * 9]]))], "a.csv, row 1, column 1: «one» is no number of an entry."),
        ([("a.csv", ofac(PARTIES[:1]) [:-1] + ofac(PARTIES[:1]))], "a.csv, row 2, column 1: entry 1 stands twice."),
        ([("a.csv", table([[1, "N", "", *["x"] * 9], [2, "M"]]))], "a.csv, row 2, column 3: a row has 12 columns, this has 2."),
        ([("a.csv", b'1,"OPEN')], "a.csv, row 1: unexpected end of data."),
        ([("a.csv", b"\xff\xfe1,2")], "a.csv, row 1: the file is not UTF-8."),
        ([("a.csv", b"\x1f\x8bnot gzip")], "a.csv: this gzip file is damaged."),
        ([("a.csv", b"")], "a.csv: the file is empty."),
        ([("a.csv", b"a,b,c\n")], "a.csv, row 1: a file of OFAC has 12, 5, 6 or 2 columns, this has 3."),
        ([("alt.csv", ALT)], "alt.csv: the file of the entries is missing (12 columns)."),
        ([("a.csv", ofac()), ("b.csv", ofac())], "b.csv: there is another file of entries already."),
        ([("a.csv", ofac(PARTIES[:1])), ("alt.csv", ALT)], "alt.csv, row 2, column 1: there is no entry 2."),
        ([("a.csv", ofac()), ("alt.csv", table([[1, 1, "pen name", "X Y", ""]]))], "alt.csv, row 1, column 3: there is no kind of name «pen name»."),
        ([], "there is no file."),
    ],
)  # fmt: skip
def test_what_has_not_the_published_form_is_said_with_its_place_and_nothing_is_taken(files, said):
    assert refused("ofac-sdn", *files) == said


def test_a_head_that_is_not_that_of_the_denied_persons():
    assert "the head is not that" in refused("bis-dpl", ("dpl.csv", b"name,state\nA,B\n"))
    assert "are one file" in refused("bis-dpl", ("a.csv", BIS_HEAD.encode()), ("b.csv", BIS_HEAD.encode()))


def test_a_packed_file_that_swells_is_refused(monkeypatch):
    monkeypatch.setattr("everfair.trust.screening.reading.LARGEST_TEXT", 1000)

    with pytest.raises(Unreadable, match="too large"):
        read_edition("ofac", [("bomb.gz", gzip.compress(b"0" * 5000))])


def test_a_source_nobody_knows_and_a_day_to_come():
    assert "who publishes" in refused("moon", ("a.csv", ofac()))
    assert "not come yet" in refused("ofac-sdn", ("a.csv", ofac()), edition_on=now().date() + timedelta(days=1))


def test_only_who_runs_the_market_brings_a_list():
    with pytest.raises(Refused) as no:
        take_list("ofac-sdn", [("a.csv", ofac())], by=acting(reviewer()))
    assert no.value.status == 403


def test_the_same_files_again_are_the_same_edition_in_any_order_and_packed():
    first = taken(also=[("alt.csv", ALT)])

    again = take_list("ofac-sdn", [("x.gz", gzip.compress(ALT)), ("y", ofac())], by=make.staff())

    assert (again.list_id, again.is_new, SanctionList.objects.count()) == (first.list_id, False, 1)


def test_an_edition_replaces_the_former_one_of_its_source_and_the_former_stays_readable():
    old = in_force()
    other = in_force(PARTIES[:2], source="ofac-cons")

    new = in_force((*PARTIES, ("NEW HARBOUR TRADING", "", "")))

    assert {row.pk for row in lists_in_force()} == {other.list_id, new.list_id}
    row = SanctionList.objects.get(pk=old.list_id)
    assert (row.state, row.replaced_at is not None) == ("replaced", True)
    kept = ListedName.objects.filter(edition=row)
    assert next((name.name, name.keys) for name in kept.order_by("id")) == ("AL-OTAIBI, Ibrahim Hassan", [])
    assert ListedName.objects.filter(edition_id=new.list_id, keys__contains=["t:harbour"]).count() == 1
    assert Event.objects.filter(name="SanctionListReplaced").count() == 3


def test_a_new_edition_has_everybody_screened_once():
    firms = [make.company() for _n in range(3)]
    done = taken()
    assert Screening.objects.count() == 0

    read_names(done.list_id)
    assert (put_in_force(done.list_id), put_in_force(done.list_id)) == (True, False)

    waiting = Screening.objects.filter(done_at=None, company__in=firms)
    assert sorted(waiting.values_list("cause", flat=True)) == ["list"] * 3


def test_an_older_or_much_smaller_edition_is_refused_and_the_former_stays():
    today = now().date()
    in_force(edition_on=today - timedelta(days=2))

    with pytest.raises(Refused, match="list_older"):
        taken((*PARTIES, ("MORE", "", "")), edition_on=today - timedelta(days=3))
    with pytest.raises(Refused, match="list_fewer"):
        taken(PARTIES[:1])

    assert SanctionList.objects.filter(state="current").count() == SanctionList.objects.count() == 1
    assert taken(PARTIES[:1], allow_gaps=True).is_new


def test_names_of_entries_that_are_not_there_are_left_out_and_counted_when_somebody_looked():
    done = taken(PARTIES[:1], also=[("alt.csv", ALT)], allow_gaps=True)

    assert (done.parties, done.names, done.left_out) == (1, 2, 1)
    assert [file["left_out"] for file in SanctionList.objects.get().files] == [0, 1]


def test_an_old_edition_is_a_warning():
    in_force(edition_on=now().date() - timedelta(days=31))
    in_force(source="ofac-cons", edition_on=now().date() - timedelta(days=30))

    found = {row.source: row for row in list_standings()}

    assert {name: (row.days, row.is_old) for name, row in found.items()} == {
        "ofac-sdn": (31, True), "ofac-cons": (30, False), "bis-dpl": (None, False),
    }  # fmt: skip
