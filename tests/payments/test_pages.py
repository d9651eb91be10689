"""Pages of money: a payment, the wallet, bank accounts, payouts; and one payment through the real sandbox."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from everfair.base.actor import SYSTEM
from everfair.base.money import Money
from everfair.base.sheets import harmless
from everfair.companies.models import Company
from everfair.events.payments import PaymentFailed
from everfair.ledger.actions import post_entry
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance, escrows
from everfair.ledger.values import Transfer, clearing, wallet
from everfair.payments.actions import add_bank_account, owe_company, request_payout
from everfair.payments.jobs import send_payouts
from everfair.payments.models import BankAccount, Intent, Payout, ProviderEvent
from everfair.payments.rails import client
from everfair.trade import reactions
from everfair.trade.actions import pay_stage
from tests import make
from tests.companies.signing_in import browser
from tests.payments.running_sandbox import API_KEY, SECRET, RunningSandbox, running_sandbox, wait_until
from tests.payments.test_batches import rich

IBAN = "DE89370400440532013000"
ACCOUNT = {"holder": "Aster GmbH", "account": IBAN, "bic": "", "bank_name": "Commerzbank", "country": "DE", "currency": "USD"}


def as_member(of: Any, *roles: str) -> Client:
    return browser(make.member(of, *roles))


def text_of(answer: Any) -> str:
    main = re.search(r"<main.*</main>", answer.content.decode(), re.S)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)).replace("\xa0", " ")


def send(who: Client, address: str, **typed: Any) -> Any:
    typed.setdefault("_key", f"key-{make.next_number()}")
    return who.post(address, typed)


def paying(trade: make.Trade) -> Intent:
    return Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))


# One payment


@pytest.mark.django_db
def test_a_payment_says_where_the_money_goes_and_leads_on_by_a_link():
    trade = make.trade("agreed")
    intent = paying(trade)

    shown = as_member(trade.order.buyer).get(f"/en/payments/{intent.pk}/")

    assert "USD 126.00" in text_of(shown)
    assert "The money goes into escrow, not to the seller." in text_of(shown)
    assert f'href="/en/payments/{intent.pk}/go/"' in shown.content.decode()
    main = re.search(r"<main.*</main>", shown.content.decode(), re.S)[0]
    assert "<form" not in main


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("open", "Go to the payment page"),
        ("captured", "Held in escrow"),
        ("failed", "The payment failed"),
        ("expired", "The payment ran out"),
        ("indeterminate", "We are asking the provider"),
    ],
)
def test_each_state_of_a_payment_says_what_to_do(state, words):
    trade = make.trade("agreed")
    intent = paying(trade)
    Intent.objects.filter(pk=intent.pk).update(state=state)

    assert words in text_of(as_member(trade.order.buyer).get(f"/en/payments/{intent.pk}/"))


@pytest.mark.django_db
def test_a_payment_is_its_payers_alone():
    """B63."""
    trade = make.trade("agreed")
    intent = paying(trade)

    for of in (trade.order.seller, make.company()):
        for address in (f"/en/payments/{intent.pk}/", f"/en/payments/{intent.pk}/go/"):
            assert as_member(of).get(address).status_code == 404
    assert as_member(trade.order.buyer, "viewer").get(f"/en/payments/{intent.pk}/").status_code == 403
    assert Client().get(f"/en/payments/{intent.pk}/").status_code == 302


@pytest.mark.django_db
def test_a_provider_that_cannot_be_reached_is_said_on_the_page():
    trade = make.trade("agreed")
    intent = paying(trade)
    buying = as_member(trade.order.buyer)

    answer = buying.get(f"/en/payments/{intent.pk}/go/", follow=True)

    assert "Nothing was paid; try again." in answer.content.decode()
    assert Intent.objects.get().state == "created"


# The wallet


@pytest.mark.django_db
def test_the_wallet_shows_what_is_free_and_what_it_was_for():
    trade = make.trade("completed")
    keeping = as_member(trade.order.seller, "finance")

    shown = keeping.get("/en/wallet/")

    assert "USD 411.60" in text_of(shown)
    assert "Paid for goods the buyer accepted" in text_of(shown)
    assert f'href="/en/orders/{trade.order.pk}/"' in shown.content.decode()
    assert keeping.get("/en/wallet/?currency=EUR").status_code == 200


@pytest.mark.django_db
def test_what_is_held_in_escrow_stands_on_both_wallets():
    trade = make.trade("funded")

    buying, selling = as_member(trade.order.buyer).get("/en/wallet/"), as_member(trade.order.seller).get("/en/wallet/")

    assert "USD 420.00" in text_of(buying)
    assert "USD 420.00" in text_of(selling)
    assert "Nothing is held in escrow for you." in text_of(as_member(make.company()).get("/en/wallet/"))


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("buyer", 403), ("seller", 403), ("finance", 200), ("owner", 200)])
def test_only_those_who_keep_the_money_see_it(role, status):
    who = as_member(make.company(), role)

    for address in ("wallet/", "wallet/bank-accounts/", "wallet/payouts/", "wallet/payouts/new/", "wallet/USD.csv"):
        assert who.get(f"/en/{address}").status_code == status


@pytest.mark.django_db
def test_the_statement_goes_on_by_its_cursor_and_comes_as_a_file(monkeypatch):
    company = make.company()
    for n in range(1, 4):
        move = Transfer(clearing("sandbox", "USD"), wallet(company.pk, "USD"), Money(n * 100, "USD"))
        post_entry(f"test:{company.pk}:{n}", [move], kind="payment_returned", by=make.operator(), why={})
    keeping = as_member(company)
    monkeypatch.setattr("everfair.payments.pages.wallet.PER_PAGE", 2)

    first = keeping.get("/en/wallet/")
    following = re.search(r'rel="next" href="([^"]+)"', first.content.decode())[1].replace("&amp;", "&")
    rows = list(csv.reader(io.StringIO(b"".join(keeping.get("/en/wallet/USD.csv")).decode("utf-8-sig"))))

    assert "USD 1.00" in text_of(keeping.get(following))
    assert [(row[3], row[4]) for row in rows[1:]] == [("3.00", "6.00"), ("2.00", "3.00"), ("1.00", "1.00")]
    assert keeping.get("/en/wallet/?after=forged").status_code == 422
    assert keeping.get("/en/wallet/XXX.csv").status_code == 404


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1", "＠x"])
def test_no_word_of_the_file_is_a_formula(text):
    """B49."""
    assert harmless(text) == f"'{text}"
    assert harmless("EF-1001") == "EF-1001"


# Bank accounts and payouts


@pytest.mark.django_db
def test_an_account_is_added_shown_by_its_end_and_removed():
    company = make.company()
    keeping = as_member(company)

    added = send(keeping, "/en/wallet/bank-accounts/", **ACCOUNT)
    shown = keeping.get("/en/wallet/bank-accounts/")
    account = BankAccount.objects.get()
    removed = send(keeping, f"/en/wallet/bank-accounts/{account.pk}/remove/")

    assert (added.status_code, removed.status_code) == (302, 302)
    assert "•••• 3000" in text_of(shown)
    assert IBAN not in shown.content.decode()
    account.refresh_from_db()
    assert account.removed_at is not None


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "value"), [("account", IBAN[:-1] + "1"), ("bic", "NOT"), ("country", "XX"), ("currency", "USDT"), ("currency", "XXX"), ("holder", ""), ("holder", "a\u202eb")])  # fmt: skip
def test_what_is_wrong_with_an_account_stands_beside_the_field(field, value):
    """B28, B41."""
    answer = send(as_member(make.company()), "/en/wallet/bank-accounts/", **ACCOUNT | {field: value})

    assert (answer.status_code, BankAccount.objects.count()) == (422, 0)
    assert "Aster" in answer.content.decode() or field == "holder"


@pytest.mark.django_db
def test_a_payout_is_asked_in_two_steps():
    trade = make.trade("completed")
    account = make.bank_account(trade.seller)
    keeping = as_member(trade.order.seller)

    review = keeping.get("/en/wallet/payouts/new/", {"bank_account": account.pk, "amount": "400.00"})
    assert "USD 11.60" in text_of(review)
    assert Payout.objects.count() == 0
    unconfirmed = send(keeping, "/en/wallet/payouts/new/", bank_account=account.pk, amount="400.00")
    assert (unconfirmed.status_code, Payout.objects.count()) == (200, 0)
    done = [
        send(keeping, "/en/wallet/payouts/new/", bank_account=account.pk, amount="400.00", confirmed="1", _key="one")
        for _n in (1, 2)
    ]

    assert [answer.status_code for answer in done] == [302, 302]
    assert Payout.objects.get().amount == Money(40000, "USD")
    assert "Approved" in text_of(keeping.get("/en/wallet/payouts/"))
    assert "USD 400.00" in text_of(keeping.get("/en/wallet/"))


@pytest.mark.django_db
@pytest.mark.parametrize("amount", ["-1", "0", "0.001", "1e2", "1,00", "１００", "411.61", "Infinity", "1_0", " 1", "9" * 30, ""])
def test_an_amount_is_never_guessed(amount):
    """B21 to B26."""
    trade = make.trade("completed")
    account = make.bank_account(trade.seller)
    keeping = as_member(trade.order.seller)

    read = keeping.get("/en/wallet/payouts/new/", {"bank_account": account.pk, "amount": amount})
    sent = send(keeping, "/en/wallet/payouts/new/", bank_account=account.pk, amount=amount, confirmed="1")

    assert (read.status_code, sent.status_code, Payout.objects.count()) == (422, 422, 0)


@pytest.mark.django_db
def test_another_companys_account_is_no_choice():
    """B63, B67."""
    trade = make.trade("completed")
    foreign = add_bank_account(by=make.actor(make.company()), **ACCOUNT)
    keeping = as_member(trade.order.seller)

    sent = send(keeping, "/en/wallet/payouts/new/", bank_account=foreign.pk, amount="1.00", confirmed="1")

    assert (sent.status_code, Payout.objects.count()) == (422, 0)
    assert send(keeping, f"/en/wallet/bank-accounts/{foreign.pk}/remove/").status_code == 404
    foreign.refresh_from_db()
    assert foreign.removed_at is None


@pytest.mark.django_db
def test_an_account_that_waits_is_no_choice_and_says_why():
    trade = make.trade("completed")
    keeping = as_member(trade.order.seller)
    send(keeping, "/en/wallet/bank-accounts/", **ACCOUNT)
    make.bank_account(trade.seller, wait_hours=72)

    shown = text_of(keeping.get("/en/wallet/bank-accounts/"))
    asking = text_of(keeping.get("/en/wallet/payouts/new/"))

    assert "Being checked" in shown
    assert "Verified; can be paid to later" in shown
    assert "Nothing is paid to a new account for 72 hours." in shown
    assert "No account can be paid to yet" in asking


@pytest.mark.django_db
def test_a_payout_says_whose_turn_it_is_and_the_second_person_approves(django_assert_num_queries):
    owner = rich()
    firm = Company.objects.get(pk=owner.company_id)
    clerk = as_member(firm, "finance")
    payout = request_payout(make.bank_account(owner).pk, Money(1_500_000, "USD"), by=owner)
    page = f"/en/wallet/payouts/{payout.pk}/"
    clerk.get(page)

    with django_assert_num_queries(9):
        shown = text_of(clerk.get(page))
    done = send(clerk, f"{page}approve/")
    after = text_of(clerk.get(page))

    assert "Approve it, or call it off." in shown
    assert done["Location"] == page
    assert "Approved" in after
    assert "It is put into the next batch within seconds." in after
    assert as_member(make.company()).get(page).status_code == 404
    assert send(clerk, f"{page}cancel/").status_code == 302
    assert "Called off; the money is free again" in text_of(clerk.get(page))


@pytest.mark.django_db
def test_the_wallet_says_what_is_owed():
    owner = rich()
    owe_company(
        owner.company_id, Money(6_000_000, "USD"), clearing("sandbox", "USD"), cause="c", reason="Chargeback of EF-7", by=SYSTEM
    )

    shown = text_of(as_member(Company.objects.get(pk=owner.company_id)).get("/en/wallet/"))

    assert "USD 10,000.00 Chargeback of EF-7" in shown
    assert "Taken for what the company owed" in shown


# Through the real sandbox


@pytest.fixture
def sandbox(committed: None, live_server: Any, tmp_path: Path, settings: Any) -> Iterator[RunningSandbox]:
    """The sandbox in its own process, its webhooks sent to a server of ours."""
    hook = f"{live_server.url}/hooks/payments/sandbox"
    with running_sandbox(tmp_path, hook) as running:
        settings.ADDRESS = live_server.url
        settings.PROVIDERS = {
            "sandbox": {
                "EVERFAIR_SANDBOX_URL": running.url,
                "EVERFAIR_SANDBOX_API_KEY": API_KEY,
                "EVERFAIR_SANDBOX_WEBHOOK_SECRET": SECRET,
                "EVERFAIR_SANDBOX_WEBHOOK_URL": hook,
            }
        }
        client.cache_clear()
        yield running
    client.cache_clear()


def test_a_stage_is_paid_on_the_hosted_page_and_the_signed_word_funds_it(sandbox):
    trade = make.trade("agreed")
    buying = as_member(trade.order.buyer)

    page = send(buying, f"/en/orders/{trade.order.pk}/stages/1/pay/")["Location"]
    going, again = (buying.get(f"{page}go/") for _n in range(2))
    assert (going.status_code, going["Location"]) == (303, again["Location"])
    assert urlsplit(going["Location"]).port == urlsplit(sandbox.url).port
    paid = sandbox.pay(going["Location"])
    assert paid.status == 303
    assert f"/en/orders/{trade.order.pk}/?checkout=" in paid.headers["location"]
    wait_until(lambda: Intent.objects.get().state == "captured", 20)
    reactions.money_arrived(make.captured(Intent.objects.get()))

    assert ProviderEvent.objects.get().outcome == "applied"
    assert trade.stage(1).state == "funded"
    assert escrows([trade.stage(1).pk])[trade.stage(1).pk].held_minor == 12600
    assert "Held in escrow" in text_of(buying.get(page))
    assert [proof for proof in prove() if proof.breach] == []


def test_a_refused_payment_says_so_and_can_be_tried_again(sandbox):
    trade = make.trade("agreed")
    buying = as_member(trade.order.buyer)
    page = send(buying, f"/en/orders/{trade.order.pk}/stages/1/pay/")["Location"]

    sandbox.pay(buying.get(f"{page}go/")["Location"], "declined")
    wait_until(lambda: Intent.objects.get().state == "failed", 20)
    failed = Intent.objects.get()
    reactions.payment_failed(PaymentFailed(failed.pk, "stage", failed.purpose, failed.company_id))
    again = send(buying, f"/en/orders/{trade.order.pk}/stages/1/pay/")["Location"]

    assert "The payment failed" in text_of(buying.get(page))
    assert again != page
    assert balance(wallet(trade.order.buyer_id, "USD"), "USD").posted.minor == 0


def test_a_payout_is_sent_and_settled_by_the_banks_word(sandbox):
    trade = make.trade("agreed")
    # The provider pays out what it holds: first it is paid in.
    for n in (1, 2):
        intent = Intent.objects.get(pk=pay_stage(trade.stage(n).pk, by=trade.buyer))
        buying = as_member(trade.order.buyer)
        sandbox.pay(buying.get(f"/en/payments/{intent.pk}/go/")["Location"])
        wait_until(lambda pk=intent.pk: Intent.objects.get(pk=pk).state == "captured", 20)
        reactions.money_arrived(make.captured(Intent.objects.get(pk=intent.pk)))
    make.deliver(trade)
    account = make.bank_account(trade.seller)
    keeping = as_member(trade.order.seller)
    send(keeping, "/en/wallet/payouts/new/", bank_account=account.pk, amount="411.60", confirmed="1")

    send_payouts()
    wait_until(lambda: Payout.objects.get().state in ("paid", "failed"), 20)

    assert Payout.objects.get().state == "paid"
    assert balance(wallet(trade.order.seller_id, "USD"), "USD").posted.minor == 0
    assert [proof for proof in prove() if proof.breach] == []
