"""Pages of companies, mounted under /<language>/."""

from django.urls import path

from everfair.companies import pages

app_name = "companies"
urlpatterns = [
    path("me/bar/", pages.bar, name="bar"),
    path("me/account/", pages.me, name="me"),
    path("me/proof/", pages.prove, name="prove"),
    path("me/start/", pages.start, name="start"),
    path("me/company/", pages.switch, name="switch"),
    path("me/sessions/<int:session_id>/end/", pages.end_session, name="end_session"),
    path("me/invitations/<uuid:invitation_id>/accept/", pages.accept, name="accept"),
    path("company/", pages.settings, name="settings"),
    path("company/register/", pages.register, name="register"),
    path("company/profile/", pages.profile, name="profile"),
    path("company/people/", pages.people, name="people"),
    path("company/people/<uuid:person_id>/roles/", pages.person_roles, name="person_roles"),
    path("company/people/<uuid:person_id>/end/", pages.end_membership, name="end_membership"),
    path("company/invitations/<uuid:invitation_id>/withdraw/", pages.withdraw_invitation, name="withdraw_invitation"),
    path("company/keys/", pages.keys, name="keys"),
    path("company/keys/<uuid:key_id>/revoke/", pages.revoke_key, name="revoke_key"),
    path("invitations/<str:token>/", pages.invitation, name="invitation"),
    path("staff/<str:token>/", pages.join_staff, name="join_staff"),
    path("<slug:market>/suppliers/", pages.suppliers, name="suppliers"),
    path("<slug:market>/inspectors/", pages.inspectors, name="inspectors"),
    path("<slug:market>/suppliers/<int:number>/", pages.supplier, name="supplier"),
]
