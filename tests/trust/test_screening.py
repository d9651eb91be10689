"""Companies against lists: who is compared when, what is found and how it is explained, and what two people say of it."""

from __future__ import annotations

import os
import subprocess
import sys
from decimal import Decimal

import pytest

from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.companies.actions import edit_profile
from everfair.companies.models import AuditNote, Company, Stop
from everfair.companies.queries import refuse_stopped
from everfair.payments.actions import add_bank_account
from everfair.trust import actions
from everfair.trust.jobs import screen_those_who_wait, screen_what_changed
from everfair.trust.models import Check, Hit, ListedName, Screening
from everfair.trust.queries import hit_desk, unscreened
from tests import make
from tests.trust.listing import PARTIES, heard, hits, in_force, newest, screened, taken
from tests.trust.reviewing import acting, checker_of, filled, fresh, looked_at, maker_of, proposed, reviewer, submitted

pytestmark = pytest.mark.django_db
LISTED = "Red Lantern Shipping Company Limited"


@pytest.fixture(autouse=True)
def two() -> list:
    return [reviewer(name="Mei"), reviewer(name="Otto")]


def firm(name: str = LISTED, **columns) -> Company:
    return make.company(name=name, **columns)


def found(name: str = LISTED, **columns) -> Hit:
    """The one hit of a company of this name."""
    company = firm(name, **columns)
    in_force()
    [hit] = hits(company.pk)
    return hit


def weaker() -> Hit:
    """One that a single person may clear."""
    hit = found("Lantern Shipping")
    assert not hit.needs_two, hit.score
    return hit


def test_while_no_list_is_in_force_nobody_waits_and_levels_are_granted():
    company = firm()

    assert not actions.ask_screening(company.pk, "profile")
    row = proposed(company)
    actions.grant_verification(row.pk, "Agreed.", by=checker_of(row))

    assert (fresh(row).state, Screening.objects.count()) == ("granted", 0)


def test_a_hit_says_which_part_was_taken_for_which():
    hit = found(country="KP")

    assert (hit.role, hit.name, hit.listed_name.name, hit.party.number) == ("company", LISTED, PARTIES[1][0], "2")
    assert (hit.score >= Decimal("0.9"), hit.needs_two, hit.same_country, hit.state) == (True, True, None, "open")
    assert [(part["ours"], part["theirs"], part["how"]) for part in hit.parts] == [
        ("shipping company", "shipping", "alike"), ("ltd", "coltd", "alike"), ("red", "red", "same"), ("lantern", "lantern", "same"),
    ]  # fmt: skip
    row = newest(hit.company_id)
    assert (row.done_at is not None, row.found, row.cause, row.compared >= 1) == (True, 1, "list", True)
    assert row.asked["names"] == [["company", LISTED]]


def test_a_firm_is_not_a_ship_and_a_person_is_not_a_firm():
    ship, person = firm("Ocean Dragon"), firm("Ibrahim Hassan Al-Otaibi")

    in_force()

    assert (hits(ship.pk), hits(person.pk)) == ([], [])


def test_a_weak_alias_counts_only_where_it_is_nearly_the_same():
    same, near = firm("Redlan"), firm("Redlan Foods")

    in_force()

    assert [hit.listed_name.strength for hit in hits(same.pk)] == ["weak"]
    assert hits(near.pk) == []


def test_the_people_of_a_verification_are_compared_by_their_role():
    in_force()
    by = make.actor(firm("Quiet Harbour Foods"), "owner")
    row = filled(by)
    identity = Check.objects.get(verification=row, kind="identity")
    actions.fill_check(
        row.pk, "identity", identity.declared | {"legal_person": "Ibrahim Hasan Alotaibi"}, identity.file_ids, by=by
    )
    actions.submit_verification(row.pk, by=by)

    heard()
    assert newest(by.company_id).cause == "verification"
    screened()

    [hit] = hits(by.company_id)
    assert (hit.role, hit.party.number, hit.party.kind) == ("legal_person", "1", "person")


def test_a_new_name_a_bank_account_and_a_registration_are_screened():
    in_force()
    company = firm("Quiet Harbour Foods")
    by = make.actor(company, "owner", who=make.member(company))

    edit_profile(company.pk, by=by, names={"zh-hans": "红灯笼航运"})
    heard()
    assert (newest(company.pk).cause, newest(company.pk).done_at) == ("profile", None)
    screened()
    add_bank_account(holder="Red Lantern Shipping", by=by, **make.BANK)
    heard()
    assert newest(company.pk).cause == "bank_account"
    screened()

    assert newest(company.pk).asked["names"][1:] == [["holder", "Red Lantern Shipping"], ["trade", "红灯笼航运"]]
    assert "holder" in {hit.role for hit in hits(company.pk)}


def test_the_same_again_keeps_the_word_that_was_said_and_something_new_is_a_new_hit(two):
    hit = weaker()
    actions.clear_hit(hit.pk, "Another street, another trade.", by=acting(two[0]))

    more = ("SOMETHING ELSE", "", "")
    in_force((*PARTIES, more))
    assert [row.state for row in hits(hit.company_id)] == ["cleared"]
    in_force((PARTIES[0], (PARTIES[1][0], "", "Now at another place."), PARTIES[2], more))

    assert [row.state for row in hits(hit.company_id)] == ["cleared", "open"]


def test_what_changed_while_it_was_compared_says_nothing():
    company = firm("Quiet Harbour Foods")
    done = in_force()
    actions.ask_screening(company.pk, "profile")
    row = newest(company.pk)
    facts = {"country": "DE", "address": {}, "names": [["company", "Quiet Harbour Foods"]]}

    Company.objects.filter(pk=company.pk).update(name=LISTED)
    assert not actions.finish_screening(row.pk, facts, [done.list_id], [], 1)
    assert not actions.finish_screening(row.pk, facts | {"names": [["company", LISTED]]}, [], [], 1)

    assert newest(company.pk).done_at is None
    screened()
    assert len(hits(company.pk)) == 1


def test_one_person_clears_what_is_little_alike(two):
    hit = weaker()

    done = actions.clear_hit(hit.pk, "Another street, another trade.", by=acting(two[0]))

    assert (done.state, done.decided_by_id, done.reason) == ("cleared", two[0].pk, "Another street, another trade.")
    assert unscreened(hit.company_id) == ""
    assert AuditNote.objects.filter(act="cleared a hit", subject=hit.company_id).count() == 1


def test_two_people_clear_what_is_very_much_alike(two):
    hit = found()
    first, second = acting(two[0]), acting(two[1])

    with pytest.raises(Refused, match="hit_two_people"):
        actions.clear_hit(hit.pk, "Sure.", by=first)
    actions.propose_hit(hit.pk, "clear", "Another street.", by=first)
    with pytest.raises(Refused, match="not_your_move"):
        actions.clear_hit(hit.pk, "Sure.", by=first)
    with pytest.raises(Refused, match="not_proposed"):
        actions.confirm_hit(hit.pk, "Sure.", by=second)
    actions.clear_hit(hit.pk, "I saw the register.", by=second)

    hit.refresh_from_db()
    assert (hit.state, hit.proposed_by_id, hit.decided_by_id) == ("cleared", two[0].pk, two[1].pk)
    assert Stop.objects.count() == 0


def test_a_confirmed_hit_stops_the_company_by_itself(two):
    hit = found()
    actions.propose_hit(hit.pk, "confirm", "Same number in the register.", by=acting(two[0]))
    assert Stop.objects.count() == 0

    actions.confirm_hit(hit.pk, "Yes.", by=acting(two[1]))

    stops = Stop.objects.filter(company_id=hit.company_id)
    assert sorted(stops.values_list("kind", flat=True)) == ["deposit", "listing", "payout", "release"]
    # The company reads it: no word of a list.
    assert {stop.reason for stop in stops} == {f"H-{hit.number}"}
    for kind in ("deposit", "payout"):
        with pytest.raises(Refused, match=r"companies\.stopped"):
            refuse_stopped([hit.company_id], kind)
    with pytest.raises(AlreadyDone):
        actions.confirm_hit(hit.pk, "Yes.", by=acting(two[1]))
    assert Stop.objects.count() == 4


def test_a_proposal_is_sent_back_and_a_decision_opened_again(two):
    hit = found()
    actions.propose_hit(hit.pk, "confirm", "Same number.", by=acting(two[0]))
    actions.return_hit(hit.pk, "Which number?", by=acting(two[1]))
    assert Hit.objects.get(pk=hit.pk).proposal == ""
    actions.propose_hit(hit.pk, "confirm", "The register's.", by=acting(two[1]))
    actions.confirm_hit(hit.pk, "Yes.", by=acting(two[0]))

    again = actions.reopen_hit(hit.pk, "The register was wrong.", by=acting(two[0]))

    assert (again.state, again.proposed_by_id, again.decided_at) == ("open", None, None)
    assert Stop.objects.filter(lifted_at=None).count() == 4


def test_who_is_linked_to_the_company_says_nothing_of_its_hits(two):
    hit = weaker()
    actions.declare_link(two[0].pk, hit.company_id, "earned", "Commission.", by=acting(two[1]))

    for verb in (
        lambda by: actions.clear_hit(hit.pk, "Fine.", by=by),
        lambda by: actions.propose_hit(hit.pk, "clear", "Fine.", by=by),
    ):
        with pytest.raises(Refused, match=r"trust\.linked"):
            verb(acting(two[0]))
    assert Hit.objects.get(pk=hit.pk).state == "open"


def test_nobody_but_reviewers_sees_a_hit(two):
    hit = weaker()
    owner = make.actor(hit.company, "owner", who=make.member(hit.company))

    for by in (owner, acting(reviewer("finance")), acting(reviewer("arbitrator"))):
        with pytest.raises(NotVisible):
            actions.clear_hit(hit.pk, "Mine.", by=by)
        assert hit_desk(by).open == []
    with pytest.raises(Refused, match="words_missing"):
        actions.clear_hit(hit.pk, " ", by=acting(two[0]))
    with pytest.raises(Refused, match="hit_proposal"):
        actions.propose_hit(hit.pk, "forget", "Why.", by=acting(two[0]))


def test_nothing_is_granted_before_the_screening_is_done_and_its_hits_are_cleared(two):
    in_force()
    row = proposed(firm("Lantern Shipping"))
    checker = checker_of(row)

    def reason() -> str:
        with pytest.raises(Refused) as no:
            actions.grant_verification(row.pk, "Agreed.", by=checker)
        return no.value.code

    assert reason() == "trust.screening_stale"
    heard()
    assert reason() == "trust.screening_waits"
    screened()
    assert reason() == "trust.screening_open"
    found = hits(row.company_id)
    # The name in its papers is the same: no second hit.
    assert [hit.role for hit in found] == ["company"]
    for hit in found:
        actions.clear_hit(hit.pk, "Another street.", by=checker)
    in_force((("SOMETHING ELSE", "", ""),), source="ofac-cons")
    # One that is only being read is not in force yet.
    taken((("SOMETHING MORE", "", ""),), source="ofac-cons")
    actions.grant_verification(row.pk, "Agreed.", by=checker)

    assert fresh(row).state == "granted"


def test_a_confirmed_hit_is_in_the_way_of_a_grant(two):
    in_force()
    row = proposed(firm())
    heard()
    screened()
    hit = next(hit for hit in hits(row.company_id) if hit.role == "company")
    actions.propose_hit(hit.pk, "confirm", "Same.", by=acting(two[0]))
    actions.confirm_hit(hit.pk, "Same.", by=acting(two[1]))

    with pytest.raises(Refused, match="screening_confirmed"):
        actions.grant_verification(row.pk, "Agreed.", by=checker_of(row))


def test_another_name_found_in_the_papers_is_screened_before_the_grant():
    in_force()
    row, _by = submitted(firm("Quiet Harbour Foods"))
    looked_at(row)
    heard()
    screened()
    assert screen_what_changed() == 0
    identity = Check.objects.get(verification=row, kind="identity")

    found = identity.declared | {"legal_person": "Ibrahim Hassan al Otaibi"}
    actions.record_check(row.pk, "identity", "passed", found, "The register says so.", by=maker_of(row))
    actions.propose_verification(row.pk, "grant", "All seen.", by=maker_of(row))
    with pytest.raises(Refused, match="screening_stale"):
        actions.grant_verification(row.pk, "Agreed.", by=checker_of(row))
    assert screen_what_changed() == 1
    screened()

    assert [hit.role for hit in hits(row.company_id)] == ["legal_person"]


@pytest.mark.usefixtures("committed")
def test_the_worker_screens_in_a_process_of_its_own():
    company = firm()
    taken()

    assert screen_those_who_wait() == 1

    assert (ListedName.objects.filter(keys=None).count(), newest(company.pk).found) == (0, 1)
    assert screen_those_who_wait() == 0


def test_the_web_server_never_reads_what_is_known_of_names():
    program = (
        "import django, sys; django.setup(); from django.urls import get_resolver; get_resolver().url_patterns;"
        "import everfair.trust.jobs, everfair.trust.reactions; print('rigour._core' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", program], env=os.environ, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
