"""Several at once, about deals outside and about the blacklist: one word each, one end, one entry, one case."""

from __future__ import annotations

import pytest

from everfair.base.models import Event
from everfair.base.refused import NotVisible, Refused
from everfair.companies.models import Stop
from everfair.trust import actions as trust
from everfair.trust.actions import complaining
from everfair.trust.models import BlacklistEntry, Complaint, Penalty, Reentry
from everfair.trust.queries.discipline import discipline_rules
from tests import make
from tests.base.together import together
from tests.trust.disciplining import staff
from tests.trust.reviewing import paper
from tests.trust.test_complaints import buyer, complaint, fresh, seat, seller

pytestmark = pytest.mark.usefixtures("committed")


def refusals(results):
    assert all(not isinstance(r, Exception) or isinstance(r, Refused | NotVisible) for r in results), results
    return sum(isinstance(r, Exception) for r in results)


def told(name: str, subject) -> int:
    return Event.objects.filter(name=name, subject=subject).count()


def test_the_last_complaint_of_a_day_is_made_once():
    staff()
    allowed = int(discipline_rules()["trust.complaints_per_day"])
    me, others = buyer(), [seller() for _n in range(allowed + 3)]
    for other in others[4:]:
        complaint(me, other)

    proof = paper(me)
    found = together([lambda other=other: complaint(me, other, file_ids=[proof]) for other in others[:4]])

    assert refusals(found) == 3
    assert Complaint.objects.filter(company_id=me.company_id).count() == allowed


def test_an_answer_and_the_end_of_its_time_meet_once():
    for _round in range(5):
        staff()
        them = seller()
        row = complaint(buyer(), them)

        found = together(
            [
                lambda row=row, them=them: complaining.reply_complaint(row.pk, "They are real.", by=them),
                lambda row=row: complaining.hear_complaint(row.pk),
                lambda row=row, them=them: complaining.reply_complaint(row.pk, "They are real.", by=them),
            ]
        )

        assert refusals(found) >= 1
        now = fresh(row)
        assert now.state == "reviewing"
        assert told("ComplaintAnswered", row.pk) == int(bool(now.answer)) <= 1


def test_it_is_decided_or_made_good_and_never_both():
    for _round in range(5):
        staff()
        me, them = buyer(), seller()
        row = complaint(me, them)
        complaining.hear_complaint(row.pk)
        complaining.propose_finding(row.pk, "founded", "I saw the cups.", by=seat(row, "maker"))
        second = seat(row, "checker")

        found = together(
            [
                lambda row=row, second=second: complaining.decide_complaint(row.pk, "So did I.", by=second),
                lambda row=row, me=me: complaining.settle_complaint(row.pk, "Paid back.", by=me),
                lambda row=row, second=second: complaining.decide_complaint(row.pk, "So did I.", by=second),
            ]
        )

        assert refusals(found) == 2
        state = fresh(row).state
        assert told("ComplaintEnded", row.pk) == 1
        assert Penalty.objects.filter(company_id=them.company_id).count() == int(state == "founded"), state


def test_seats_are_drawn_once_for_two_who_never_are_the_same():
    me, them = buyer(), seller()
    row = complaint(me, them)
    assert (fresh(row).maker_id, fresh(row).checker_id) == (None, None)
    staff()

    together([lambda: complaining.draw_for_complaint(row.pk)] * 4)

    now = fresh(row)
    assert None not in (now.maker_id, now.checker_id)
    assert now.maker_id != now.checker_id


def test_a_company_is_proposed_once_listed_once_and_stopped_once():
    for _round in range(4):
        mei, otto, ana = staff()
        firm = make.company()

        found = together(
            [lambda firm=firm, by=by: trust.propose_blacklisting(firm.pk, "It sold fakes.", "C-1", by=by) for by in (mei, otto)]
        )
        assert (refusals(found), BlacklistEntry.objects.filter(company=firm).count()) == (1, 1)
        row = BlacklistEntry.objects.get(company=firm)
        others = [by for by in (mei, otto, ana) if by.person_id != row.proposed_by_id]
        found = together([lambda row=row, by=by: trust.confirm_blacklisting(row.pk, "Agreed.", by=by) for by in others * 2])

        assert (refusals(found), told("CompanyBlacklisted", row.pk)) == (3, 1)
        listed = BlacklistEntry.objects.get(pk=row.pk)
        assert sorted(listed.stop_ids) == sorted(Stop.objects.filter(company=firm, lifted_at=None).values_list("pk", flat=True))


def test_an_entry_is_confirmed_or_dropped():
    for _round in range(4):
        mei, otto, ana = staff()
        firm = make.company()
        row = trust.propose_blacklisting(firm.pk, "It sold fakes.", "C-1", by=mei)

        found = together(
            [
                lambda row=row, otto=otto: trust.confirm_blacklisting(row.pk, "Agreed.", by=otto),
                lambda row=row, ana=ana: trust.drop_blacklisting(row.pk, "Not proven.", by=ana),
            ]
        )

        assert refusals(found) == 1
        listed = BlacklistEntry.objects.get(pk=row.pk).state == "listed"
        assert Stop.objects.filter(company=firm, lifted_at=None).exists() == listed


def test_an_appeal_is_decided_once_and_the_stops_go_with_it():
    mei, otto, ana = staff()
    ben = staff("Ben")[0]
    firm = make.company()
    row = trust.confirm_blacklisting(trust.propose_blacklisting(firm.pk, "It sold fakes.", "C-1", by=mei).pk, "Agreed.", by=otto)
    owner = make.actor(firm, "owner")
    assert refusals(together([lambda: trust.appeal_blacklisting(row.pk, "Not so.", by=owner)] * 3)) == 2

    verdicts = (("remove", ana), ("uphold", ben))
    found = together(
        [lambda verb=verb, by=by: trust.decide_blacklist_appeal(row.pk, verb, "Seen.", by=by) for verb, by in verdicts]
    )

    assert refusals(found) == 1
    removed = BlacklistEntry.objects.get(pk=row.pk).state == "removed"
    assert Stop.objects.filter(company=firm, lifted_at=None).exists() != removed
    assert told("BlacklistAppealDecided", row.pk) == 1


def test_who_comes_back_is_caught_once(monkeypatch):
    mei, otto, _ana = staff()
    firm, again = make.company(), make.company()
    row = trust.confirm_blacklisting(trust.propose_blacklisting(firm.pk, "It sold fakes.", "C-1", by=mei).pk, "Agreed.", by=otto)
    monkeypatch.setattr("everfair.trust.actions.blacklisting.shared_with_listed", lambda company_id: {row.pk: ["phone"]})

    together([lambda: trust.screen_company(again.pk)] * 4)

    assert Reentry.objects.filter(company=again, entry=row).count() == 1
    assert Event.objects.filter(name="ReentryCaught").count() == 1
