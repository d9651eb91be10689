"""Requests, quotes and questions, mounted under /<language>/."""

from django.urls import path

from everfair.sourcing.pages import exports, inquiries, quotes, rfqs

app_name = "sourcing"
urlpatterns = [
    path("rfqs/", rfqs.my_rfqs, name="my_rfqs"),
    path("rfqs/new/", rfqs.new_rfq, name="new_rfq"),
    path("rfqs/<uuid:rfq_id>/", rfqs.rfq, name="rfq"),
    path("rfqs/<uuid:rfq_id>/close/", rfqs.close_rfq, name="close_rfq"),
    path("rfqs/<uuid:rfq_id>/cancel/", rfqs.cancel_rfq, name="cancel_rfq"),
    path("rfqs/<uuid:rfq_id>/files/<uuid:file_id>/", rfqs.rfq_file, name="rfq_file"),
    path("rfqs/<uuid:rfq_id>/compare/", quotes.compare, name="compare"),
    path("rfqs/<uuid:rfq_id>/compare.xlsx", exports.export_comparison, {"kind": "xlsx"}, name="compare_xlsx"),
    path("rfqs/<uuid:rfq_id>/compare.pdf", exports.export_comparison, {"kind": "pdf"}, name="compare_pdf"),
    path("rfqs/<uuid:rfq_id>/quote/", quotes.send_quote, name="send_quote"),
    path("leads/", rfqs.leads, name="leads"),
    path("quotes/", quotes.my_quotes, name="my_quotes"),
    path("quotes/<uuid:quote_id>/", quotes.quote, name="quote"),
    path("quotes/<uuid:quote_id>/revise/", quotes.revise_quote, name="revise_quote"),
    path("quotes/<uuid:quote_id>/withdraw/", quotes.withdraw_quote, name="withdraw_quote"),
    path("quotes/<uuid:quote_id>/decline/", quotes.decline_quote, name="decline_quote"),
    path("<slug:market>/rfqs/", rfqs.board, name="board"),
    path("<slug:market>/offers/<int:number>/ask/", inquiries.ask, name="ask"),
]
