"""Pages of payments, mounted under /<language>/."""

from django.urls import path

from everfair.payments import pages

app_name = "payments"
urlpatterns = [
    path("payments/<uuid:payment_id>/", pages.payment, name="payment"),
    path("payments/<uuid:payment_id>/go/", pages.go, name="go"),
    path("payments/<uuid:payment_id>/give-up/", pages.give_up, name="give_up"),
    path("wallet/", pages.wallet, name="wallet"),
    path("wallet/<str:currency>.csv", pages.statement_file, name="statement_file"),
    path("wallet/bank-accounts/", pages.bank_accounts, name="bank_accounts"),
    path("wallet/bank-accounts/<uuid:account_id>/remove/", pages.remove_bank_account, name="remove_bank_account"),
    path("wallet/payouts/", pages.payouts, name="payouts"),
    path("wallet/payouts/new/", pages.new_payout, name="new_payout"),
]
