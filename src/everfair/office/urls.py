"""Pages of the operator's desk, mounted under /<language>/."""

from django.urls import path

from everfair.office.pages import books, companies, events, mapping, overview, rules, staff, trades, trail

app_name = "office"
urlpatterns = [
    path("office/", overview.overview, name="overview"),
    path("office/reactions/", overview.reactions, name="reactions"),
    path("office/reactions/<int:reaction_id>/repeat/", overview.repeat_reaction, name="repeat_reaction"),
    path("office/reactions/<int:reaction_id>/settle/", overview.settle_reaction, name="settle_reaction"),
    path("office/deadlines/", overview.deadlines, name="deadlines"),
    path("office/deadlines/<int:deadline_id>/repeat/", overview.repeat_deadline, name="repeat_deadline"),
    path("office/payouts/", overview.payouts, name="payouts"),
    path("office/companies/", companies.companies, name="companies"),
    path("office/companies/<int:number>/", companies.company, name="company"),
    path("office/companies/<int:number>/verify/", companies.verify, name="verify"),
    path("office/companies/<int:number>/withdraw/", companies.withdraw, name="withdraw"),
    path("office/companies/<int:number>/stop/", companies.stop, name="stop"),
    path("office/companies/<int:number>/stops/<uuid:stop_id>/lift/", companies.lift, name="lift"),
    path("office/companies/<int:number>/name/", companies.clear_name, name="clear_name"),
    path("office/issues/", trades.issues, name="issues"),
    path("office/trades/", trades.trades, name="trades"),
    path("office/trades/<uuid:order_id>/", trades.trade, name="trade"),
    path("office/trades/<uuid:order_id>/decide/", trades.decide, name="decide"),
    path("office/mapping/", mapping.mapping, name="mapping"),
    path("office/mapping/one/", mapping.map_one, name="map_one"),
    path("office/events/", events.events, name="events"),
    path("office/events/<uuid:event_id>/", events.event, name="event"),
    path("office/rules/", rules.rules, name="rules"),
    path("office/rules/<slug:of>/<str:name>/", rules.rule, name="rule"),
    path("office/staff/", staff.staff, name="staff"),
    path("office/staff/<uuid:person_id>/end/", staff.end, name="end_staff"),
    path("office/trail/", trail.trail, name="trail"),
    path("office/books/", books.accounts, name="accounts"),
    path("office/books/account/", books.account, name="account"),
    path("office/books/entries/<int:entry_id>/", books.entry, name="entry"),
    path("office/books/proofs/", books.proofs, name="proofs"),
]
