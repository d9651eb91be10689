"""What must hold between payments, payouts and the books."""

from everfair.ledger.proofs import also_prove

also_prove(
    "every captured payment stands in the books once, with its amount",
    """
    SELECT count(*), (array_agg('payment ' || i.id ORDER BY i.id) FILTER (WHERE (i.state = 'captured')
        IS DISTINCT FROM EXISTS (SELECT FROM ledger_entry e JOIN ledger_transfer t ON t.entry_id = e.id
                                 WHERE e.key = 'intent:' || i.id || ':capture' AND t.amount_minor = i.amount_minor
                                   AND t.currency = i.currency)))[1]
    FROM payments_intent i
    """,
)
also_prove(
    "every refund is owed until it is back or in the wallet",
    """
    SELECT count(*), (array_agg('refund ' || r.id ORDER BY r.id) FILTER (WHERE coalesce(b.posted_minor, 0)
        <> CASE WHEN r.state IN ('requested', 'sent', 'indeterminate') THEN r.amount_minor ELSE 0 END))[1]
    FROM payments_refund r LEFT JOIN ledger_account a ON a.address = 'refund:' || r.id || ':due'
    LEFT JOIN ledger_balance b ON b.account_id = a.id
    """,
)
also_prove(
    "every paid payout left its wallet once, and every open one is held there",
    """
    SELECT count(*), (array_agg('payout ' || p.id ORDER BY p.id) FILTER (WHERE h.id IS NULL
        OR (e.how IS NULL) <> (p.state IN ('requested', 'sent', 'indeterminate'))
        OR (e.how = 'posted') IS DISTINCT FROM CASE WHEN e.how IS NULL THEN NULL ELSE p.state = 'paid' END))[1]
    FROM payments_payout p
    LEFT JOIN ledger_hold h ON h.id = p.hold_id LEFT JOIN ledger_holdend e ON e.hold_id = h.id
    """,
)
