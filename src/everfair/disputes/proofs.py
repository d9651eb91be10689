"""What must hold between claims and the inspections ordered inside them."""

from everfair.ledger.proofs import also_prove

also_prove(
    "an inspection inside a claim is over, and lies in its file, when the claim goes on without it",
    """
    SELECT count(*), (array_agg('inspection ' || i.id || ' of claim CL-' || coalesce(c.number, 0) ORDER BY i.id) FILTER (
        WHERE c.id IS NULL OR c.order_id <> i.order_id OR c.report_by IS NULL OR (c.state NOT IN ('answering', 'talking', 'arbitration')
            AND NOT EXISTS (SELECT FROM disputes_exhibit e WHERE e.claim_id = c.id AND e.kind = 'inspection'
                AND e.verb = CASE WHEN i.state IN ('passed', 'failed') THEN 'report' ELSE 'no_report' END
                AND e.body ->> 'inspection' = i.id::text))))[1]
    FROM trade_inspection i LEFT JOIN disputes_claim c ON c.id = i.claim_id WHERE i.claim_id IS NOT NULL
    """,
)
