"""Before a contract: inquiries on offers, requests for quotation, quotes and their comparison.

Nouns: Inquiry, Rfq, RfqLine, Quote, QuoteLine, Allowance.
Verbs: send_inquiry, post_rfq, close_rfq, cancel_rfq, send_quote, revise_quote, withdraw_quote, decline_quote, accept_quote.
It never makes a contract: trade awards a quote and calls down.
"""
