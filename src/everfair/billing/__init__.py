"""What the platform charges companies: fees and the tax on them, and the tax invoices that say so.

Nouns: Issuer, TaxRate, TaxNumber, Charge, Invoice, Series.
Verbs: set_issuer, set_tax_rate, state_tax_number, confirm_tax_number, charge, issue_invoices.
It never decides what is charged: the upper package counts its fee, posts it, and lays the charge down here in the same transaction.
"""
