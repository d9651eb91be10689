"""What both sides of a completed trade say of each other.

Nouns: Invitation, Review, Wording, Reply.
Verbs: invite_to_review, write_review, revise_review, reply_to_review, publish_reviews, hide_review, unhide_review.
Blind until both have written or the time is over; what was written stays, a revision stands beside its former version.
It reads orders and companies and never changes them; standing learns of it by events.
"""
