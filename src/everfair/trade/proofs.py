"""What must hold between orders and the books."""

from everfair.ledger.proofs import also_prove

also_prove(
    "the stages of every order sum to its total and its credits",
    """
    WITH sums AS (SELECT order_id, sum(amount_minor) AS amount FROM trade_stage GROUP BY order_id)
    SELECT count(*), (array_agg('order EF-' || o.number ORDER BY o.number)
        FILTER (WHERE s.amount IS DISTINCT FROM CASE WHEN o.kind = 'framework' THEN NULL ELSE o.total_minor + o.difference_minor + c.credit END))[1]
    FROM trade_order o LEFT JOIN sums s ON s.order_id = o.id
    CROSS JOIN LATERAL (SELECT coalesce(sum(amount_minor), 0) AS credit FROM trade_credit WHERE order_id = o.id) c
    """,
)
also_prove(
    "every credit of a settled order went back to its buyer",
    """
    SELECT count(*), (array_agg('order EF-' || o.number ORDER BY o.number)
        FILTER (WHERE o.agreement = 'completed' AND given.back NOT BETWEEN c.credit - given.void AND c.credit))[1]
    FROM trade_order o
    JOIN LATERAL (SELECT sum(amount_minor) AS credit FROM trade_credit WHERE order_id = o.id HAVING count(*) > 0) c ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(u.amount_minor), 0) AS back, coalesce(sum(s.amount_minor) FILTER (WHERE s.state = 'void'), 0) AS void
        FROM trade_stage s LEFT JOIN trade_credituse u ON u.stage_id = s.id WHERE s.order_id = o.id
    ) given
    """,
)
also_prove(
    "every stage holds in escrow what its state says",
    """
    SELECT count(*), (array_agg('stage ' || s.id || ' is ' || s.state || ' and holds ' || coalesce(e.held_minor, 0) ORDER BY s.id)
        FILTER (WHERE coalesce(e.held_minor, 0) <> CASE WHEN s.state IN ('funded', 'frozen') THEN s.amount_minor - s.parted_minor - s.charged_minor ELSE 0 END
                   OR coalesce(e.funded_minor, 0) <> CASE WHEN s.state IN ('funded', 'frozen', 'released', 'refunded')
                                                          THEN s.amount_minor + s.regained_minor ELSE 0 END))[1]
    FROM trade_stage s
    LEFT JOIN ledger_account a ON a.address = 'stage:' || s.id || ':escrow'
    LEFT JOIN ledger_escrow e ON e.account_id = a.id
    """,
)
also_prove(
    "what was paid out of a stage in parts has its acceptances",
    """
    SELECT count(*), (array_agg('stage ' || s.id ORDER BY s.id) FILTER (WHERE s.parted_minor <> p.paid))[1]
    FROM trade_stage s CROSS JOIN LATERAL (SELECT coalesce(sum(amount_minor), 0) AS paid FROM trade_stagepart WHERE stage_id = s.id) p
    """,
)
also_prove(
    "nobody has accepted more goods than were sent",
    """
    SELECT count(*), (array_agg('order EF-' || o.number || ' line ' || a.n ORDER BY o.number, a.n)
        FILTER (WHERE a.quantity > coalesce(s.quantity, CASE WHEN o.goods IN ('shipped', 'received') THEN l.quantity END, 0)))[1]
    FROM (SELECT order_id, n, sum(quantity) AS quantity FROM trade_acceptedline GROUP BY order_id, n) a
    JOIN trade_order o ON o.id = a.order_id JOIN trade_orderline l ON l.order_id = a.order_id AND l.n = a.n
    LEFT JOIN (SELECT order_id, n, sum(quantity) AS quantity FROM trade_shippedline GROUP BY order_id, n) s
        ON s.order_id = a.order_id AND s.n = a.n
    """,
)
also_prove(
    "every inspection holds in escrow what its fee says",
    """
    SELECT count(*), (array_agg('inspection ' || i.id || ' is ' || i.fee || ' and holds ' || coalesce(e.held_minor, 0) ORDER BY i.id)
        FILTER (WHERE coalesce(e.held_minor, 0) <> CASE WHEN i.fee = 'held' THEN i.fee_minor ELSE 0 END
                   OR coalesce(e.funded_minor, 0) <> CASE WHEN i.fee IN ('held', 'paid', 'returned') THEN i.fee_minor ELSE 0 END))[1]
    FROM trade_inspection i
    LEFT JOIN ledger_account a ON a.address = 'stage:' || i.id || ':escrow'
    LEFT JOIN ledger_escrow e ON e.account_id = a.id
    """,
)
also_prove(
    "every order says how its inspections stand",
    """
    WITH stands AS (
        SELECT order_id, bool_or(state IN ('asked', 'accepted')) AS open, bool_or(state = 'failed') AS failed,
            (array_agg(state ORDER BY n DESC) FILTER (WHERE state IN ('passed', 'waived')))[1] AS last
        FROM trade_inspection WHERE claim_id IS NULL GROUP BY order_id
    )
    SELECT count(*), (array_agg('order EF-' || o.number || ' says ' || o.inspection ORDER BY o.number) FILTER (
        WHERE o.inspection <> CASE WHEN s.open AND s.failed THEN 'again' WHEN s.open THEN 'open' WHEN s.failed THEN 'failed'
                                   ELSE coalesce(s.last, 'none') END))[1]
    FROM trade_order o LEFT JOIN stands s ON s.order_id = o.id
    """,
)
also_prove(
    "call-offs never exceed their framework",
    """
    WITH gone AS (
        SELECT o.basis_id, l.basis_n, sum(l.quantity) AS quantity FROM trade_order o JOIN trade_orderline l ON l.order_id = o.id
        WHERE o.kind = 'call_off' AND o.agreement NOT IN ('declined', 'cancelled', 'lapsed', 'called_off')
        GROUP BY o.basis_id, l.basis_n)
    SELECT count(*), min('framework ' || f.order_id || ' line ' || f.n || ' gave ' || coalesce(g.quantity, 0) || ' of ' || l.quantity)
        FILTER (WHERE coalesce(g.quantity, 0) <> f.called OR f.called > l.quantity OR f.quantity <> l.quantity)
    FROM trade_frameworkline f JOIN trade_orderline l ON l.order_id = f.order_id AND l.n = f.n
    LEFT JOIN gone g ON g.basis_id = f.order_id AND g.basis_n = f.n
    """,
)
also_prove(
    "every sample is credited at most once",
    """
    WITH given AS (
        SELECT sample_id, count(*) FILTER (WHERE returned_at IS NULL) AS times, max(amount_minor) AS most
        FROM trade_samplecredit GROUP BY sample_id),
    charged AS (SELECT order_id, sum(amount_minor) AS amount FROM trade_ordercharge WHERE kind = 'sample_credit' GROUP BY order_id),
    kept AS (SELECT order_id, sum(amount_minor) AS amount FROM trade_samplecredit GROUP BY order_id)
    SELECT (SELECT count(*) FROM given) + (SELECT count(*) FROM charged), coalesce(
        (SELECT min('sample EF-' || o.number || ' is credited ' || g.times || ' times') FROM given g
         JOIN trade_order o ON o.id = g.sample_id WHERE g.times > 1 OR g.most > o.total_minor OR o.kind <> 'sample'),
        (SELECT min('order ' || coalesce(c.order_id, k.order_id) || ' credits another sum than its samples') FROM charged c
         FULL JOIN kept k ON k.order_id = c.order_id WHERE c.amount IS DISTINCT FROM -k.amount))
    """,
)
also_prove(
    "a group buy goes on whole or not at all",
    """
    SELECT count(*), min('order EF-' || o.number || ' of a group buy that is ' || g.state || ' is ' || o.agreement)
        FILTER (WHERE (g.state = 'missed' AND o.agreement IN ('agreed', 'completed')) OR (g.state = 'open' AND o.opened_at IS NOT NULL)
            OR (g.state = 'reached' AND o.opened_at IS NULL AND o.agreement NOT IN ('lapsed', 'cancelled'))
            OR (g.state = 'reached' AND g.counted < g.threshold) OR (g.state = 'missed' AND g.counted >= g.threshold))
    FROM trade_order o JOIN trade_groupbuy g ON g.id = o.group_buy_id
    """,
)
# I6 holds without credit: what escrows hold of it is owed for them, to the unit, and no wallet was ever paid out of it.
also_prove(
    "every stage paid on credit holds what its buyer owes for it and is not due yet",
    """
    SELECT count(*), (array_agg('payment ' || d.intent_id ORDER BY d.intent_id)
        FILTER (WHERE d.amount_minor - d.due_minor - d.came_back_minor <> coalesce(e.held_minor, 0) + coalesce(w.posted_minor, 0)
                   OR (s.id IS NULL) <> (e.account_id IS NULL)))[1]
    FROM payments_creditdraw d LEFT JOIN trade_stage s ON s.draw_id = d.intent_id
    LEFT JOIN ledger_account ea ON ea.address = 'stage:' || s.id || ':escrow' LEFT JOIN ledger_escrow e ON e.account_id = ea.id
    LEFT JOIN ledger_account wa ON wa.address = 'intent:' || d.intent_id || ':received' LEFT JOIN ledger_balance w ON w.account_id = wa.id
    """,
)
also_prove(
    "no wallet is paid out of credit that is not repaid",
    """
    SELECT count(*), min('transfer ' || t.id)
        FILTER (WHERE s.address LIKE 'credit:%' AND g.address ~ '^(company|platform|provider|refund):' AND e.kind <> 'credit_repaid'
                   OR s.address LIKE 'stage:%' AND g.address !~ '^credit:' AND g.address ~ '^(company|platform):' AND st.draw_id IS NOT NULL)
    FROM ledger_transfer t JOIN ledger_account s ON s.id = t.source_id JOIN ledger_account g ON g.id = t.target_id
    JOIN ledger_entry e ON e.id = t.entry_id
    LEFT JOIN trade_stage st ON s.address LIKE 'stage:%' AND s.address = 'stage:' || st.id || ':escrow'
    WHERE s.address ~ '^(credit|stage):'
    """,
)
