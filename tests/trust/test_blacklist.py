"""The blacklist: two people list, everybody reads why, and who comes back under another name is caught before a level is granted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction

from everfair.base.actor import Actor
from everfair.base.clock import advance
from everfair.base.ids import new_id
from everfair.base.models import Event
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.companies.models import Company, Person
from everfair.files.actions import keep_attachment
from everfair.trust import actions as trust
from everfair.trust.actions import blacklisting
from everfair.trust.models import BlacklistEntry, BlacklistTrait, Reentry, Verification
from everfair.trust.queries.blacklist import public_blacklist, traits_of
from tests import make
from tests.trust.disciplining import staff, stops
from tests.trust.reviewing import PDF, checker_of, filled, fresh, looked_at, maker_of, submitted

pytestmark = pytest.mark.django_db


def listed(firm: Company, one: Actor, two: Actor) -> BlacklistEntry:
    row = blacklisting.propose_blacklisting(firm.pk, "Took money and sent air.", "P-1001.", by=one)
    return blacklisting.confirm_blacklisting(row.pk, "Agreed.", by=two)


def refused(sql: str, *params: Any) -> str:
    with pytest.raises(IntegrityError) as no, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
    name: str = no.value.__cause__.diag.constraint_name  # type: ignore[union-attr]
    return name


def test_two_people_list_and_everybody_reads_why():
    mei, otto, ana = staff()
    firm = make.company(name="Air Trading")

    row = blacklisting.propose_blacklisting(firm.pk, "Took money and sent air.", "P-1001.", by=mei)
    assert (public_blacklist(), stops(firm)) == ([], [])
    with pytest.raises(Refused):
        blacklisting.confirm_blacklisting(row.pk, "I agree with myself.", by=mei)
    with pytest.raises(AlreadyDone):
        blacklisting.propose_blacklisting(firm.pk, "Again.", "P-1.", by=ana)
    blacklisting.confirm_blacklisting(row.pk, "Agreed.", by=otto)

    assert [(e.company.name, e.public_reason) for e in public_blacklist("air trad")] == [
        ("Air Trading", "Took money and sent air.")
    ]
    assert [e.pk for e in public_blacklist(str(firm.number))] == [row.pk]
    assert (public_blacklist("Honest"), stops(firm)) == ([], ["deposit", "listing"])


def test_what_a_company_is_known_by_is_kept_as_digests_that_say_nothing():
    mei, otto, _ana = staff()
    firm = make.company(phone="+4930111222", registration_number="HRB 77")
    owner = make.member(firm, "owner")

    listed(firm, mei, otto)

    kinds = set(BlacklistTrait.objects.values_list("kind", flat=True))
    assert {"registration", "phone", "email"} <= kinds
    for digest in BlacklistTrait.objects.values_list("digest", flat=True):
        assert len(digest) == 64
        assert owner.email not in digest


def test_an_appeal_takes_it_off_the_list_and_its_stops_with_it():
    mei, otto, ana = staff()
    firm = make.company()
    owner = make.actor(firm, "owner")
    row = listed(firm, mei, otto)
    blacklisting.appeal_blacklisting(row.pk, "It was another firm.", by=owner)

    for part in (mei, otto):
        with pytest.raises(Refused):
            blacklisting.decide_blacklist_appeal(row.pk, "uphold", "I was right.", by=part)
    blacklisting.decide_blacklist_appeal(row.pk, "remove", "It was.", by=ana)

    assert (public_blacklist(), stops(firm), BlacklistEntry.objects.get().state) == ([], [], "removed")
    assert Reentry.objects.count() == len(blacklisting.screen_company(make.company(phone=firm.phone).pk)) == 0


def test_an_appeal_that_is_late_or_somebody_elses_is_refused():
    mei, otto, _ana = staff()
    firm = make.company()
    row = listed(firm, mei, otto)

    with pytest.raises(NotVisible):
        blacklisting.appeal_blacklisting(row.pk, "Not mine.", by=make.actor(make.company(), "owner"))
    with pytest.raises(Refused):
        blacklisting.appeal_blacklisting(row.pk, "I only look.", by=make.actor(firm, "viewer"))
    advance(timedelta(days=15, minutes=1))
    with pytest.raises(Refused) as no:
        blacklisting.appeal_blacklisting(row.pk, "Late.", by=make.actor(firm, "owner"))
    assert no.value.code == "trust.appeal_late"


def again(listed_one: Company) -> Verification:
    """A new firm with the same telephone asks for a level; everything else of it is in order."""
    row, _by = submitted(make.company(phone=listed_one.phone))
    looked_at(row)
    trust.propose_verification(row.pk, "grant", "Fine.", by=maker_of(row))
    return fresh(row)


def test_who_comes_back_is_caught_and_no_level_is_granted_until_two_people_say_that_it_is_somebody_else():
    mei, otto, _ana = staff()
    firm = make.company(phone="+4930111222")
    listed(firm, mei, otto)

    row = again(firm)
    case = Reentry.objects.get()
    assert (case.company_id, case.kinds, case.state) == (row.company_id, ["phone"], "open")
    assert Event.objects.filter(name="ReentryCaught", subject=case.pk).count() == 1
    with pytest.raises(Refused) as no:
        trust.grant_verification(row.pk, "Fine.", by=checker_of(row))
    assert no.value.code == "trust.reentry"
    blacklisting.judge_reentry(case.pk, "clear", "A shared office.", by=mei)
    with pytest.raises(Refused):
        blacklisting.decide_reentry(case.pk, "I agree with myself.", by=mei)
    with pytest.raises(Refused):
        trust.grant_verification(row.pk, "Fine.", by=checker_of(row))
    blacklisting.decide_reentry(case.pk, "The same.", by=otto)
    trust.grant_verification(row.pk, "Fine.", by=checker_of(row))

    assert (fresh(row).state, blacklisting.screen_company(row.company_id)) == ("granted", [])


def test_what_is_barred_stays_out_and_a_case_sent_back_is_judged_anew():
    mei, otto, _ana = staff()
    firm = make.company(phone="+4930111222")
    listed(firm, mei, otto)
    row = again(firm)
    case = Reentry.objects.get()

    blacklisting.judge_reentry(case.pk, "clear", "Another.", by=mei)
    blacklisting.return_reentry(case.pk, "Look at the owner.", by=otto)
    blacklisting.judge_reentry(case.pk, "bar", "His brother.", by=otto)
    blacklisting.decide_reentry(case.pk, "Yes.", by=mei)

    assert Reentry.objects.get().state == "barred"
    with pytest.raises(Refused):
        trust.grant_verification(row.pk, "Fine.", by=checker_of(row))


@pytest.mark.parametrize("what", ["registration", "email", "bank_account", "document"])
def test_each_thing_by_which_a_company_is_known_catches_it(what: str):
    mei, otto, _ana = staff()
    firm = make.company(registration_number="HRB 4711")
    owner = make.actor(firm, "owner", who=make.person())
    make.member(firm, "owner", who=Person.objects.get(pk=owner.person_id))
    old = filled(owner)
    make.bank_account(owner)
    listed(firm, mei, otto)

    new = make.company(country=firm.country)
    by = make.actor(new, "owner")
    row = filled(by)
    if what == "registration":
        trust.fill_check(row.pk, "identity", {"name": "New", "number": "hrb-4711", "legal_person": "Lin"}, [], by=by)
    elif what == "email":
        make.member(new, "viewer", who=Person.objects.get(pk=owner.person_id))
    elif what == "bank_account":
        make.bank_account(by)
    else:
        same = keep_attachment(ContentFile(PDF + f"licence-0.pdf of {firm.pk}".encode(), name="licence.pdf"), new.pk, by)
        trust.fill_check(row.pk, "licence", {"name": "New", "number": "1", "valid_until": "2030-01-01"}, [same.pk], by=by)
    found = {kind for case in blacklisting.screen_company(new.pk) for kind in case.kinds}

    assert what in found
    assert what == "document" or "document" not in found
    assert old.company_id != row.company_id


def test_what_was_cleared_is_asked_again_only_for_something_new():
    mei, otto, _ana = staff()
    firm = make.company(phone="+4930111222", registration_number="HRB 9")
    listed(firm, mei, otto)
    new = make.company(phone="+4930111222", country=firm.country)
    [case] = blacklisting.screen_company(new.pk)
    blacklisting.judge_reentry(case.pk, "clear", "A shared office.", by=mei)
    blacklisting.decide_reentry(case.pk, "The same.", by=otto)

    assert blacklisting.screen_company(new.pk) == []
    person = Person.objects.create_user(f"p{make.next_number()}@fair.example")
    make.member(firm, "viewer", who=person)
    BlacklistTrait.objects.bulk_create(
        BlacklistTrait(entry_id=case.entry_id, kind=kind, digest=digest)
        for kind, digest in traits_of(firm.pk)
        if not BlacklistTrait.objects.filter(entry_id=case.entry_id, kind=kind, digest=digest).exists()
    )
    make.member(new, "viewer", who=person)

    assert [case.kinds for case in blacklisting.screen_company(new.pk)] == [["email", "phone"]]


def test_the_database_grants_nothing_to_who_may_be_back_and_lets_nobody_decide_alone():
    mei, otto, ana = staff()
    firm = make.company(phone="+4930111222")
    entry = listed(firm, mei, otto)
    row = again(firm)
    case = Reentry.objects.get()
    grant = "UPDATE trust_verification SET state = 'granted', decided_at = ef_now(), until = (ef_now() + interval '1 day')::date WHERE id = %s"

    assert refused(grant, row.pk) == "trust_verification_reentry"
    assert (
        refused(
            "UPDATE trust_reentry SET state = 'cleared', finding = 'clear', judged_by_id = %s, decided_by_id = %s WHERE id = %s",
            mei.person_id,
            otto.person_id,
            case.pk,
        )
        == "trust_reentry_second"
    )
    blacklisting.judge_reentry(case.pk, "clear", "Another.", by=mei)
    for who in (mei.person_id, make.person().pk):
        assert (
            refused("UPDATE trust_reentry SET state = 'cleared', decided_by_id = %s WHERE id = %s", who, case.pk)
            == "trust_reentry_second"
        )
    assert (
        refused("UPDATE trust_reentry SET state = 'barred', decided_by_id = %s WHERE id = %s", otto.person_id, case.pk)
        == "trust_reentry_second"
    )
    assert refused("UPDATE trust_blacklistentry SET public_reason = 'else' WHERE id = %s", entry.pk) == "trust_blacklist_stays"
    assert (
        refused("UPDATE trust_blacklistentry SET state = 'removed', judged_by_id = %s WHERE id = %s", ana.person_id, entry.pk)
        == "trust_blacklist_steps"
    )
    blacklisting.appeal_blacklisting(entry.pk, "No.", by=make.actor(firm, "owner"))
    for who in (mei.person_id, otto.person_id, make.person().pk):
        assert (
            refused("UPDATE trust_blacklistentry SET state = 'removed', judged_by_id = %s WHERE id = %s", who, entry.pk)
            == "trust_blacklist_judge"
        )
    for table in ("trust_blacklisttrait", "trust_blacklistentry", "trust_reentry"):
        with pytest.raises(Exception, match=r"permission denied|append"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")


def test_the_database_lists_nobody_by_one_person():
    mei, otto, ana = staff()
    firm = make.company()
    trust.declare_link(ana.person_id, firm.pk, "declared", "A rival's friend.", by=mei)
    begin = """INSERT INTO trust_blacklistentry (id, number, company_id, public_reason, evidence, state, proposed_by_id, stop_ids, appeal, judgement)
        VALUES (%s, 1, %s, 'x', 'x', 'proposed', %s, '{}', '', '')"""
    confirm = "UPDATE trust_blacklistentry SET state = 'listed', listed_at = ef_now(), confirmed_by_id = %s WHERE id = %s"

    assert refused(begin, new_id(), firm.pk, ana.person_id) == "trust_blacklist_begins"
    row = blacklisting.propose_blacklisting(firm.pk, "Took money and sent air.", "P-1001.", by=otto)
    for who in (otto.person_id, ana.person_id, make.person().pk):
        assert refused(confirm, who, row.pk) == "trust_blacklist_second"
