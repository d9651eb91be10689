"""The markets, side by side. A market appears here when its features exist."""

from everfair.markets.values import Market

# fmt: off
MARKETS = {
    market.code: market
    for market in (
        Market(
            code="export",
            currencies=("USD", "EUR", "GBP", "JPY", "CNY", "HKD", "TWD", "AED", "INR", "KWD"),
            order_flow="contract_in_stages",
            settlement="escrow_at_acceptance",
            pricing="tiers_by_quantity",
            ranking="relevance",
            documents=("contract", "proforma"),
            payment_plans=("deposit_balance", "against_documents", "on_a_day", "prepaid", "made_to_order", "inspected", "retention"),
            checklist="firms_abroad",
            features=frozenset({"rfq", "samples_price", "incoterms"}),
        ),
    )
}
# fmt: on
DEFAULT_MARKET = "export"
