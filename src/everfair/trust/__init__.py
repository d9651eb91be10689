"""Who gets in, by two people who have nothing to do with a company; how suppliers stand, by facts that events told; what they did costs them.

Nouns: Verification (of one level in one market), Check, Seat, Link, Trait; SanctionList, Screening, Hit; Fact, Standing; Penalty,
Sanction, Appeal; Complaint; BlacklistEntry, Reentry.
Verbs: submit_verification, draw_reviewers, record_check, propose_verification, grant_verification, declare_link, note_traits; take_list,
ask_screening; count_standings; give_points, appeal_points; make_complaint; confirm_blacklisting, and more beside each (`actions/`).
Reviewers are drawn, never chosen; the database refuses one who is linked to the company, and one who checks their own word. People give
points, the sanction is a function of them (`ladder.py`).
It never looks at what a company earns, and nobody who earns on a company has a verb here.
"""
