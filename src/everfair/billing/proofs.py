"""What must hold between charges, invoices and the books."""

from everfair.ledger.proofs import also_prove

also_prove(
    "every fee in the books has its charge, invoiced or still to be",
    """
    WITH booked AS (
        SELECT a.address, a.currency, sum(CASE WHEN t.target_id = a.id THEN t.amount_minor ELSE -t.amount_minor END) AS amount
        FROM ledger_account a JOIN ledger_transfer t ON a.id IN (t.source_id, t.target_id)
        WHERE a.address LIKE 'platform:fees:%' OR a.address LIKE 'platform:tax:%' GROUP BY 1, 2),
    charged AS (
        SELECT CASE kind WHEN 'commission' THEN 'platform:fees:' ELSE 'platform:fees:' || kind || ':' END || currency AS address,
            sum(net_minor) AS amount FROM billing_charge GROUP BY 1
        UNION ALL SELECT 'platform:tax:' || currency, sum(tax_minor) FROM billing_charge GROUP BY 1)
    SELECT (SELECT count(*) FROM billing_charge), (array_agg(coalesce(b.address, c.address) || ' holds ' || coalesce(b.amount, 0)
            || ', its charges say ' || coalesce(c.amount, 0) ORDER BY coalesce(b.address, c.address))
        FILTER (WHERE coalesce(b.amount, 0) <> coalesce(c.amount, 0)))[1]
    FROM booked b FULL JOIN charged c ON c.address = b.address
    """,
)
also_prove(
    "every number of every series of invoices is there",
    """
    SELECT coalesce(sum(i.there), 0)::bigint, (array_agg('series ' || s.name || ' of ' || s.entity || ' counts ' || s.last || ' and has '
            || coalesce(i.there, 0) || ' up to ' || coalesce(i.most, 0) ORDER BY s.entity, s.name)
        FILTER (WHERE coalesce(i.there, 0) <> s.last OR coalesce(i.most, 0) <> s.last OR coalesce(i.least, 1) <> 1))[1]
    FROM (SELECT entity, series, count(*) AS there, min(n) AS least, max(n) AS most FROM billing_invoice GROUP BY 1, 2) i
    FULL JOIN billing_series s ON s.entity = i.entity AND s.name = i.series
    """,
)
also_prove(
    "every invoice says the sum of its charges",
    """
    SELECT count(*), (array_agg('invoice ' || i.series || '-' || i.n ORDER BY i.series, i.n)
        FILTER (WHERE (i.net_minor, i.tax_minor, i.currency) IS DISTINCT FROM (abs(c.net), abs(c.tax), c.currency) OR c.others > 0))[1]
    FROM billing_invoice i LEFT JOIN (
        SELECT x.invoice_id, sum(c.net_minor) AS net, sum(c.tax_minor) AS tax, min(c.currency) AS currency,
            count(*) FILTER (WHERE c.company_id <> v.company_id OR c.currency <> v.currency OR c.code <> v.code) AS others
        FROM billing_invoicedcharge x JOIN billing_charge c ON c.id = x.charge_id JOIN billing_invoice v ON v.id = x.invoice_id
        GROUP BY 1) c ON c.invoice_id = i.id
    """,
)
also_prove(
    "no charge is taken back beyond its amount",
    """
    SELECT count(*), (array_agg('charge ' || c.id ORDER BY c.id) FILTER (WHERE c.net_minor + b.net < 0 OR c.tax_minor + b.tax < 0))[1]
    FROM billing_charge c
    JOIN (SELECT reverses_id, sum(net_minor) AS net, sum(tax_minor) AS tax FROM billing_charge WHERE reverses_id IS NOT NULL GROUP BY 1) b
        ON b.reverses_id = c.id
    """,
)
