"""Pages of payments, mounted under /<language>/."""

from django.urls import path

from everfair.payments.credit import pages as credit
from everfair.payments.fx import pages as exchanging
from everfair.payments.pages import outgoing, paying, wallet

app_name = "payments"
urlpatterns = [
    path("payments/<uuid:payment_id>/", paying.payment, name="payment"),
    path("payments/<uuid:payment_id>/go/", paying.go, name="go"),
    path("payments/<uuid:payment_id>/bank/", paying.choose_bank, name="choose_bank"),
    path("payments/<uuid:payment_id>/card/", paying.choose_card, name="choose_card"),
    path("payments/<uuid:payment_id>/transfer/", paying.transfer, name="transfer"),
    path("payments/<uuid:payment_id>/give-up/", paying.give_up, name="give_up"),
    path("payments/<uuid:payment_id>/pay/<slug:method>/", paying.pay, name="pay"),
    path("credit/", credit.credits, name="credits"),
    path("credit/new/", credit.grant, name="grant_credit"),
    path("credit/<uuid:line_id>/", credit.credit, name="credit"),
    path("credit/<uuid:line_id>/limit/", credit.change_limit, name="change_credit_limit"),
    path("credit/<uuid:line_id>/<slug:verb>/", credit.move_credit, name="move_credit"),
    path("credit/dues/<uuid:due_id>/pay/", credit.pay_due, name="pay_due"),
    path("wallet/", wallet.wallet, name="wallet"),
    path("wallet/<str:currency>.csv", wallet.statement_file, name="statement_file"),
    path("wallet/exchange/", exchanging.exchange, name="exchange"),
    path("wallet/exchange/<uuid:quote_id>/", exchanging.quote, name="fx_quote"),
    path("wallet/exchange/<uuid:quote_id>/take/", exchanging.take, name="take_fx_quote"),
    path("payments/<uuid:payment_id>/exchange/", exchanging.pay, name="pay_exchanged"),
    path("wallet/bank-accounts/", outgoing.bank_accounts, name="bank_accounts"),
    path("wallet/bank-accounts/<uuid:account_id>/remove/", outgoing.remove_bank_account, name="remove_bank_account"),
    path("wallet/payouts/", outgoing.payouts, name="payouts"),
    path("wallet/payouts/new/", outgoing.new_payout, name="new_payout"),
    path("wallet/payouts/<uuid:payout_id>/", outgoing.payout, name="payout"),
    path("wallet/payouts/<uuid:payout_id>/approve/", outgoing.approve_payout, name="approve_payout"),
    path("wallet/payouts/<uuid:payout_id>/cancel/", outgoing.cancel_payout, name="cancel_payout"),
]
