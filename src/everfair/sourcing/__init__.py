"""Before a contract: inquiries on offers, requests for quotation, quotes and their comparison.

Nouns: Inquiry, Rfq, RfqLine, Quote, QuoteLine.
Verbs: send_inquiry, post_rfq, send_quote, revise_quote, accept_quote.
It never makes a contract: trade awards a quote and calls down.
"""
