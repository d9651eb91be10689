"""Who gets in: what a company shows of itself, and two people who look at it and have nothing to do with it.

Nouns: Verification (of one level in one market), Check, Seat, Link, Trait.
Verbs: begin_verification, fill_check, submit_verification, draw_reviewers, record_check, ask_applicant, answer_reviewers,
propose_verification, return_verification, grant_verification, refuse_verification, withdraw_verification, lapse_verification, declare_link, bring_company, note_traits.
Reviewers are drawn, never chosen; the database refuses one who is linked to the company, and one who checks their own word.
It never looks at what a company earns, and nobody who earns on a company has a verb here.
"""
