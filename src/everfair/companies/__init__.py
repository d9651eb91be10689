"""Companies and their people: sign-in, roles, invitations, API keys, public profile, stops.

Nouns: Person, Company, Membership, Invitation, ApiKey, Stop, StaffRole.
Verbs: register_company, invite_person, change_roles, make_api_key, place_stop, put_mark.
It never knows what a company sells or buys.
"""
