"""What must hold between orders and the books."""

from everfair.ledger.proofs import also_prove

also_prove(
    "the stages of every order sum to its total",
    """
    WITH sums AS (SELECT order_id, sum(amount_minor) AS amount FROM trade_stage GROUP BY order_id)
    SELECT count(*), (array_agg('order EF-' || o.number ORDER BY o.number) FILTER (WHERE s.amount IS DISTINCT FROM o.total_minor))[1]
    FROM trade_order o LEFT JOIN sums s ON s.order_id = o.id
    """,
)
also_prove(
    "every stage holds in escrow what its state says",
    """
    SELECT count(*), (array_agg('stage ' || s.id || ' is ' || s.state || ' and holds ' || coalesce(e.held_minor, 0) ORDER BY s.id)
        FILTER (WHERE coalesce(e.held_minor, 0) <> CASE WHEN s.state IN ('funded', 'frozen') THEN s.amount_minor ELSE 0 END
                   OR coalesce(e.funded_minor, 0) <> CASE WHEN s.state IN ('funded', 'frozen', 'released', 'refunded')
                                                          THEN s.amount_minor ELSE 0 END))[1]
    FROM trade_stage s
    LEFT JOIN ledger_account a ON a.address = 'stage:' || s.id || ':escrow'
    LEFT JOIN ledger_escrow e ON e.account_id = a.id
    """,
)
