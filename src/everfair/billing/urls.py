"""Pages of invoices, mounted under /<language>/."""

from django.urls import path

from everfair.billing import pages

app_name = "billing"
urlpatterns = [
    path("wallet/invoices/", pages.invoices, name="invoices"),
    path("wallet/tax-number/", pages.state_tax_number, name="state_tax_number"),
    path("wallet/invoices/<uuid:invoice_id>/", pages.invoice, name="invoice"),
    path("wallet/invoices/<uuid:invoice_id>.xml", pages.invoice_xml, name="invoice_xml"),
    path("wallet/invoices/<uuid:invoice_id>.pdf", pages.invoice_pdf, name="invoice_pdf"),
]
