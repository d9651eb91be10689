"""What left our account and came back, and events that fit nothing, over the API: the same acts and refusals as on the pages."""

from __future__ import annotations

from uuid import uuid4

import pytest

from everfair.office.values import RETURN_READMITTED, RETURN_TAKEN_OUT
from everfair.payments.actions import take_event
from everfair.payments.models import BankLine, Intent, ProviderEvent, SettledLine
from tests import make
from tests.office.desk import notes, operator, signed_in
from tests.office.money_api import WHY, finance, read, send
from tests.payments.own_payments import bring, fresh, owed, sent
from tests.payments.statements import Bank
from tests.payments.test_actions import nothing_is_wrong
from tests.payments.test_batches import BIG, rich
from tests.payments.test_withdrawals import receipt
from tests.payments.test_withdrawals import sent as withdrawn

pytestmark = pytest.mark.django_db


def test_a_debit_is_given_to_payouts_and_what_came_back_to_its_payout():
    payouts = sent(rich(name="Aster GmbH"), rich(name="Birke GmbH"))
    bank = Bank("usd").debit(2 * BIG, "SAMMLER")
    bring(bank)
    office, second = finance(), finance()
    at = f"/bank/lines/{BankLine.objects.get(kind='debit').pk}"
    ids = [str(payout.pk) for payout in payouts]

    assert send(office, f"{at}/paid", WHY | {"paid": []}).status_code == 422
    assert send(office, f"{at}/paid", WHY | {"paid": [str(uuid4())]}).json()["code"] == "payments.no_such_payout"
    reviewer = signed_in(make.person(is_staff_member=True, staff_roles=["reviewer"]))
    assert send(reviewer, f"{at}/paid", WHY | {"paid": ids}).status_code == 403
    made = [send(office, f"{at}/paid", WHY | {"paid": ids}, key="once").json() for _n in range(2)]
    assert made[0] == made[1]
    assert (made[0]["verb"], made[0]["state"]) == ("paid", "proposed")
    assert send(second, f"/bank/decisions/{made[0]['id']}/approve").json()["state"] == "done"
    assert [fresh(payout).state for payout in payouts] == ["paid", "paid"]

    bring(bank.next().credit(BIG, "RETOURE"))
    back = f"/bank/lines/{BankLine.objects.get(kind='credit').pk}"
    assert send(office, f"{back}/bounced", WHY | {"payout": ids[0], "why": "AC04AC04"}).status_code == 422
    came = send(office, f"{back}/bounced", WHY | {"payout": ids[0], "why": "AC04"}).json()
    send(second, f"/bank/decisions/{came['id']}/approve")

    assert (fresh(payouts[0]).state, fresh(payouts[0]).failure) == ("returned", "AC04")
    assert nothing_is_wrong()


def test_an_exchange_and_a_withdrawal_that_are_not_there_are_refused():
    bring(Bank("usd").credit(5_000, "VON DRAUSSEN"))
    line = BankLine.objects.get()

    seen = read(finance(), f"/bank/lines/{line.pk}")
    assert (seen["covers"], seen["withdrawals"]) == ([], [])
    for verb in ("cover", "withdrawal"):
        assert send(finance(), f"/bank/lines/{line.pk}/{verb}", WHY | {verb: str(uuid4())}).status_code == 422
        assert send(finance(), f"/bank/lines/{uuid4()}/{verb}", WHY | {verb: str(uuid4())}).status_code == 404


def test_a_receipt_is_given_to_a_providers_withdrawal():
    withdrawn()
    line, desk = receipt("nothing to go by"), finance()
    which = str(SettledLine.objects.get().pk)

    assert read(desk, f"/bank/lines/{line.pk}")["withdrawals"] == [which]
    assert send(desk, f"/bank/lines/{line.pk}/withdrawal", WHY | {"withdrawal": which}).json()["verb"] == "withdrawal"
    assert fresh(line).state == "settled"


def test_a_return_is_taken_out_and_goes_on():
    found = owed()
    at, desk = f"/bank/returns/{found.pk}", signed_in(operator())

    assert send(desk, f"{at}/readmit").status_code == 409
    assert send(desk, f"{at}/take-out", {"reason": " "}).status_code == 422
    assert send(desk, f"{at}/take-out", WHY).json()["state"] == "held"
    assert send(desk, f"{at}/bounce", WHY).status_code == 409
    assert send(desk, f"{at}/readmit").json()["state"] == "requested"
    assert send(desk, f"/bank/returns/{uuid4()}/take-out", WHY).status_code == 404
    acts = [note.act for note in notes() if note.act.startswith("bank return")]
    assert acts == [RETURN_TAKEN_OUT, RETURN_READMITTED]


def test_provider_events_that_fit_nothing_are_listed_and_settled():
    trade = make.trade("deposit")
    intent = Intent.objects.get(purpose=trade.stage(1).pk)
    assert take_event("sandbox", *make.disputed(intent, amount_minor=10**9)) == "mismatch"
    desk = signed_in(operator())
    event = ProviderEvent.objects.get(outcome="mismatch")

    [row] = read(desk, "/provider-events")["items"]
    assert (row["id"], row["provider"], row["kind"], row["outcome"]) == (str(event.pk), "sandbox", "dispute.opened", "mismatch")
    assert send(desk, f"/provider-events/{event.pk}/settle", {"reason": " "}).status_code == 422
    assert send(desk, f"/provider-events/{uuid4()}/settle", WHY).status_code == 404
    assert send(desk, f"/provider-events/{event.pk}/settle", WHY).json()["settled"] == ["looked at"]
    assert read(desk, "/provider-events")["items"] == []
    assert len(read(desk, "/provider-events?settled=true")["items"]) == 1
