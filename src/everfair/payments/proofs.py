"""What must hold between payments, payouts and the books."""

from everfair.ledger.proofs import also_prove, before_closing
from everfair.payments.rails import RAILS

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
    "every line of a bank statement stands in the books once, with its amount",
    """
    SELECT count(*), (array_agg('line ' || l.id ORDER BY l.id) FILTER (WHERE l.amount_minor <> coalesce((
        SELECT sum(CASE WHEN a.id = t.source_id THEN t.amount_minor ELSE -t.amount_minor END)
        FROM ledger_entry e JOIN ledger_transfer t ON t.entry_id = e.id
        JOIN ledger_account a ON a.id IN (t.source_id, t.target_id) AND a.address = 'bank:' || l.account || ':cash:' || l.currency
        WHERE e.key = 'line:' || l.id || ':booked'), 0)))[1]
    FROM payments_bankline l
    """,
)
also_prove(
    "every bank statement adds up and begins where the one before it ended",
    """
    SELECT count(*), (array_agg('statement ' || s.id ORDER BY s.id) FILTER (WHERE
        s.opening_minor + coalesce((SELECT sum(l.amount_minor) FROM payments_bankline l WHERE l.statement_id = s.id), 0) <> s.closing_minor
        OR (s.sequence > 1 AND s.opening_minor IS DISTINCT FROM b.closing_minor)))[1]
    FROM payments_bankstatement s LEFT JOIN payments_bankstatement b ON b.account = s.account AND b.sequence = s.sequence - 1
    """,
)
also_prove(
    "every bank account holds in the books what its statements say",
    """
    SELECT count(*), min(x.account) FILTER (WHERE x.said <> x.booked) FROM (
        SELECT s.account,
            (array_agg(s.closing_minor ORDER BY s.sequence DESC))[1] - (array_agg(s.opening_minor ORDER BY s.sequence))[1] AS said,
            coalesce((SELECT sum(CASE WHEN a.id = t.source_id THEN t.amount_minor ELSE -t.amount_minor END)
                      FROM ledger_account a JOIN ledger_transfer t ON a.id IN (t.source_id, t.target_id)
                      WHERE a.address = 'bank:' || s.account || ':cash:' || s.currency), 0) AS booked
        FROM payments_bankstatement s GROUP BY s.account, s.currency
    ) AS x
    """,
)
also_prove(
    "what a bank transfer brought is matched or in suspense, and never twice",
    """
    SELECT count(*), (array_agg('line ' || l.id ORDER BY l.id) FILTER (WHERE l.amount_minor
        <> coalesce((SELECT sum(m.amount_minor) FROM payments_match m WHERE m.line_id = l.id), 0) + coalesce(b.posted_minor, 0)
        OR (l.state = 'settled') <> (coalesce(b.posted_minor, 0) = 0)))[1]
    FROM payments_bankline l LEFT JOIN ledger_account a ON a.address = 'line:' || l.id || ':suspense'
    LEFT JOIN ledger_balance b ON b.account_id = a.id WHERE l.amount_minor > 0
    """,
)
also_prove(
    "what left our bank is explained to the cent, or in suspense",
    """
    SELECT count(*), (array_agg('line ' || l.id ORDER BY l.id) FILTER (WHERE m.minor > -l.amount_minor
        OR (l.state = 'settled' AND l.kind = 'debit' AND m.minor <> -l.amount_minor)))[1]
    FROM payments_bankline l CROSS JOIN LATERAL (
        SELECT coalesce(sum(amount_minor), 0) AS minor FROM payments_match WHERE line_id = l.id) m WHERE l.amount_minor < 0
    """,
)
also_prove(
    "every payout by our bank stands in its clearing until a statement shows it, and never after",
    """
    SELECT count(*), (array_agg('payout ' || p.id ORDER BY p.id) FILTER (WHERE b.minor <> p.amount_minor * (
        (EXISTS (SELECT FROM payments_match m WHERE m.payout_id = p.id AND m.target = 'payout'))::int
        - (EXISTS (SELECT FROM payments_match m WHERE m.payout_id = p.id AND m.target = 'returned'))::int
        - (p.state IN ('paid', 'returned'))::int + (p.state = 'returned')::int)))[1]
    FROM payments_payout p CROSS JOIN LATERAL (
        SELECT coalesce(sum(CASE WHEN t.source_id = a.id THEN t.amount_minor ELSE -t.amount_minor END), 0) AS minor
        FROM ledger_account a JOIN ledger_transfer t ON a.id IN (t.source_id, t.target_id) JOIN ledger_entry e ON e.id = t.entry_id
        WHERE a.address = 'provider:bank:clearing:' || p.currency AND e.key IN ('payout:' || p.id || ':paid', 'payout:' || p.id || ':returned')
    ) direct CROSS JOIN LATERAL (
        SELECT direct.minor + coalesce(sum(CASE WHEN t.source_id = a.id THEN t.amount_minor ELSE -t.amount_minor END), 0) AS minor
        FROM payments_match m JOIN ledger_entry e ON e.key = 'match:' || m.id JOIN ledger_transfer t ON t.entry_id = e.id
        JOIN ledger_account a ON a.id IN (t.source_id, t.target_id) AND a.address = 'provider:bank:clearing:' || p.currency
        WHERE m.payout_id = p.id
    ) b WHERE p.provider = 'bank'
    """,
)
also_prove(
    "every transfer that goes back is owed until a statement shows that it left",
    """
    SELECT count(*), (array_agg('return ' || r.id ORDER BY r.id)
        FILTER (WHERE coalesce(b.posted_minor, 0) <> CASE WHEN r.state = 'done' THEN 0 ELSE r.amount_minor END))[1]
    FROM payments_bankreturn r LEFT JOIN ledger_account a ON a.address = 'return:' || r.id || ':due'
    LEFT JOIN ledger_balance b ON b.account_id = a.id
    """,
)
also_prove(
    "every exchange stands in the books once, as it was quoted",
    """
    SELECT count(*), (array_agg('quote ' || q.id ORDER BY q.id) FILTER (WHERE NOT coalesce(m.fits, false)))[1]
    FROM payments_fxdeal d JOIN payments_fxquote q ON q.id = d.quote_id CROSS JOIN LATERAL (
        SELECT coalesce(sum(t.amount_minor) FILTER (WHERE s.address = w.give AND g.address = 'platform:exposure:' || q.give_currency), 0)
                = q.give_minor - q.spread_minor
            AND coalesce(sum(t.amount_minor) FILTER (WHERE s.address = w.give AND g.address = 'platform:spread:' || q.give_currency), 0)
                = q.spread_minor
            AND coalesce(sum(t.amount_minor) FILTER (WHERE s.address = 'platform:exposure:' || q.get_currency AND g.address = w.get), 0)
                = q.get_minor AS fits
        FROM (SELECT 'company:' || q.company_id || ':wallet:' || q.give_currency AS give,
                CASE WHEN q.intent_id IS NULL THEN 'company:' || q.company_id || ':wallet:' || q.get_currency
                    ELSE 'intent:' || q.intent_id || ':received' END AS get) w,
            ledger_entry e JOIN ledger_transfer t ON t.entry_id = e.id JOIN ledger_account s ON s.id = t.source_id
            JOIN ledger_account g ON g.id = t.target_id
        WHERE e.key = CASE WHEN q.intent_id IS NULL THEN 'fx:' || q.id || ':exchange' ELSE 'intent:' || q.intent_id || ':capture' END
    ) m
    """,
)
also_prove(
    "the currency positions are the sum of all exchanges and covers",
    """
    WITH quoted AS (
        SELECT currency, sum(minor) AS minor FROM payments_fxdeal d JOIN payments_fxquote q ON q.id = d.quote_id CROSS JOIN LATERAL
            (VALUES (q.give_currency, q.give_minor - q.spread_minor), (q.get_currency, -q.get_minor)) v (currency, minor)
        GROUP BY currency
        UNION ALL
        SELECT currency, sum(minor) FROM payments_fxcover c CROSS JOIN LATERAL
            (VALUES (c.sold_currency, -c.sold_minor), (c.bought_currency, c.bought_minor), ('EUR', -c.result_minor)) v (currency, minor)
        WHERE c.state = 'booked' GROUP BY currency),
    moved AS (SELECT currency, sum(minor) AS minor FROM quoted GROUP BY currency),
    booked AS (
        SELECT a.currency, sum(CASE WHEN a.id = t.target_id THEN t.amount_minor ELSE -t.amount_minor END) AS minor
        FROM ledger_account a JOIN ledger_transfer t ON a.id IN (t.source_id, t.target_id)
        WHERE a.address = 'platform:exposure:' || a.currency GROUP BY a.currency)
    SELECT count(*), min(currency) FILTER (WHERE coalesce(q.minor, 0) <> coalesce(b.minor, 0))
    FROM moved q FULL JOIN booked b USING (currency)
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
        OR (e.how IS NULL) <> (p.state NOT IN ('paid', 'returned', 'failed', 'cancelled'))
        OR (e.how = 'posted') IS DISTINCT FROM CASE WHEN e.how IS NULL THEN NULL ELSE p.state IN ('paid', 'returned') END
        OR (p.state = 'returned') <> EXISTS (SELECT FROM ledger_entry r WHERE r.key = 'payout:' || p.id || ':returned')))[1]
    FROM payments_payout p
    LEFT JOIN ledger_hold h ON h.id = p.hold_id LEFT JOIN ledger_holdend e ON e.hold_id = h.id
    """,
)
also_prove(
    "every settled payment leaves nothing in clearing and is booked as it was told",
    """
    SELECT count(*), (array_agg('line ' || l.ref || ' of ' || l.rail ORDER BY l.id)
        FILTER (WHERE (m.clearing, m.settled, m.costs) IS DISTINCT FROM (0, l.net_minor, l.gross_minor - l.net_minor)))[1]
    FROM payments_settledline l CROSS JOIN LATERAL (
        SELECT coalesce(sum(s.debit) FILTER (WHERE s.of = 'clearing'), 0) AS clearing,
            coalesce(sum(s.debit) FILTER (WHERE s.of = 'settled'), 0) AS settled, coalesce(sum(s.debit) FILTER (WHERE s.of = 'costs'), 0) AS costs
        FROM (
            SELECT split_part(a.address, ':', 3) AS of, CASE WHEN a.id = t.source_id THEN t.amount_minor ELSE -t.amount_minor END AS debit
            FROM ledger_transfer t JOIN ledger_account a ON a.id IN (t.source_id, t.target_id)
            WHERE t.entry_id IN (l.entry_id, l.booking_id) AND split_part(a.address, ':', 1) = 'provider' AND split_part(a.address, ':', 2) = l.rail
        ) s
    ) m WHERE l.booking_id IS NOT NULL
    """,
)
also_prove(
    "what providers sent is on its way until our bank shows it",
    """
    SELECT count(*), (array_agg('provider:' || x.rail || ':transit:' || x.currency ORDER BY x.rail, x.currency) FILTER (WHERE x.said <> x.booked))[1]
    FROM (
        SELECT l.rail, l.currency, -sum(l.gross_minor) - coalesce(sum(m.amount_minor), 0) AS said,
            coalesce((SELECT sum(CASE WHEN a.id = t.source_id THEN t.amount_minor ELSE -t.amount_minor END)
                      FROM ledger_account a JOIN ledger_transfer t ON a.id IN (t.source_id, t.target_id)
                      WHERE a.address = 'provider:' || l.rail || ':transit:' || l.currency), 0) AS booked
        FROM payments_settledline l LEFT JOIN payments_match m ON m.settled_line_id = l.id
        WHERE l.kind IN ('withdrawal', 'withdrawal_returned') AND l.booking_id IS NOT NULL AND l.entry_id IS NULL
            AND NOT EXISTS (SELECT FROM payments_railbreak b WHERE b.line_id = l.id AND b.booking_id IS NOT NULL)
        GROUP BY l.rail, l.currency
    ) AS x
    """,
)

# Of the rails that settle by a statement of their own. What breaks may be open for a while, but not when the month is closed.
_CODES = ", ".join(f"'{rail.code}'" for rail in RAILS.values() if rail.method == "card")
_CLEARED = f"""
    ledger_entry e JOIN ledger_transfer t ON t.entry_id = e.id JOIN ledger_account a ON a.id IN (t.source_id, t.target_id)
    WHERE e.booked_on BETWEEN %(first)s AND %(last)s AND a.address LIKE 'provider:%%:clearing:%%' AND split_part(a.address, ':', 2) IN ({_CODES})
"""
before_closing(
    "every payment of the month is settled or explained",
    f"""
    SELECT count(*), (array_agg('entry ' || id ORDER BY id) FILTER (WHERE NOT explained))[1] FROM (
        SELECT DISTINCT e.id, EXISTS (SELECT FROM payments_settledline l WHERE l.entry_id = e.id AND l.booking_id IS NOT NULL)
            OR EXISTS (SELECT FROM payments_railbreak b WHERE b.entry_id = e.id AND b.state IN ('booked', 'dismissed')) AS explained
        FROM {_CLEARED} AND e.kind NOT IN ('rail_settled', 'rail_break_booked', 'rail_written_off')
    ) seen
    """,  # noqa: S608 – our own codes
)
before_closing(
    "no break of a provider's statement is open",
    """
    SELECT count(*), (array_agg('break ' || b.id ORDER BY b.id) FILTER (WHERE b.state = 'open'))[1]
    FROM payments_railbreak b LEFT JOIN payments_settledline l ON l.id = b.line_id LEFT JOIN ledger_entry e ON e.id = b.entry_id
    WHERE coalesce(e.booked_on, (l.settled_at AT TIME ZONE 'UTC')::date, (b.created_at AT TIME ZONE 'UTC')::date) <= %(last)s
    """,
)
before_closing(
    "every day of the month has been read from each provider",
    f"""
    SELECT count(*), (array_agg(r.rail || ' ' || d.day::date ORDER BY d.day, r.rail) FILTER (WHERE NOT EXISTS (
        SELECT FROM payments_statementday s WHERE s.rail = r.rail AND s."on" = d.day::date)))[1]
    FROM (SELECT split_part(a.address, ':', 2) AS rail, min(e.booked_on) AS since FROM {_CLEARED} GROUP BY 1) r
    CROSS JOIN LATERAL generate_series(r.since, %(last)s::date, '1 day') AS d(day)
    """,  # noqa: S608 – our own codes
)

# ── trade credit: beside the money, never out of it ──

also_prove(
    "what is owed on credit is what was drawn, less what came back and was repaid",
    """
    SELECT count(*), (array_agg('credit ' || l.id || ' counts ' || l.drawn_minor || ', its draws say ' || d.owed - p.repaid
            || ', the books say ' || b.owed ORDER BY l.id)
        FILTER (WHERE l.drawn_minor <> d.owed - p.repaid OR l.drawn_minor <> b.owed OR d.due <> p.due))[1]
    FROM payments_creditline l
    CROSS JOIN LATERAL (SELECT coalesce(sum(amount_minor - came_back_minor), 0) AS owed, coalesce(sum(due_minor), 0) AS due
                        FROM payments_creditdraw WHERE line_id = l.id) d
    CROSS JOIN LATERAL (SELECT coalesce(sum(amount_minor) FILTER (WHERE state = 'paid'), 0) AS repaid,
                            coalesce(sum(amount_minor) FILTER (WHERE state <> 'returned'), 0) AS due
                        FROM payments_creditdue WHERE line_id = l.id) p
    CROSS JOIN LATERAL (
        SELECT coalesce((SELECT sum(t.amount_minor) FROM ledger_transfer t WHERE t.source_id = a.id), 0)
             - coalesce((SELECT sum(t.amount_minor) FROM ledger_transfer t WHERE t.target_id = a.id), 0) AS owed
        FROM (SELECT (SELECT id FROM ledger_account WHERE address = 'credit:' || l.id || ':owed') AS id) a
    ) b
    """,
)
also_prove(
    "nobody drew more credit than the limit was",
    """
    WITH limits AS (
        SELECT l.id, l.limit_minor, l.drawn_minor, (SELECT v.limit_minor FROM payments_creditlimit v WHERE v.line_id = l.id ORDER BY n DESC LIMIT 1) AS newest,
            (SELECT max(v.limit_minor) FROM payments_creditlimit v WHERE v.line_id = l.id) AS most
        FROM payments_creditline l)
    SELECT (SELECT count(*) FROM limits) + (SELECT count(*) FROM payments_creditdraw), coalesce(
        (SELECT min('credit ' || id) FROM limits WHERE limit_minor IS DISTINCT FROM newest OR drawn_minor > most),
        (SELECT min('draw ' || d.intent_id) FROM payments_creditdraw d WHERE d.drawn_minor > d.limit_minor OR NOT EXISTS (
            SELECT FROM payments_creditlimit v WHERE v.line_id = d.line_id AND v.limit_minor = d.limit_minor)))
    """,
)
also_prove(
    "what sellers will receive on credit is what their buyers still owe for it",
    """
    SELECT count(*), (array_agg('credit ' || l.id ORDER BY l.id) FILTER (WHERE coalesce(r.posted_minor, 0) <> d.seller OR coalesce(f.posted_minor, 0) <> d.fee))[1]
    FROM payments_creditline l
    CROSS JOIN LATERAL (SELECT coalesce(sum(amount_minor - fee_minor), 0) AS seller, coalesce(sum(fee_minor), 0) AS fee
                        FROM payments_creditdue WHERE line_id = l.id AND state = 'open') d
    LEFT JOIN ledger_account ra ON ra.address = 'credit:' || l.id || ':receivable' LEFT JOIN ledger_balance r ON r.account_id = ra.id
    LEFT JOIN ledger_account fa ON fa.address = 'credit:' || l.id || ':fees' LEFT JOIN ledger_balance f ON f.account_id = fa.id
    """,
)
also_prove(
    "every payout on its way was let go by those who may, to a verified account",
    """
    SELECT count(*), (array_agg('payout ' || p.id ORDER BY p.id) FILTER (WHERE a.company_id <> p.company_id
        OR NOT (a.matched OR (a.looked_by IS NOT NULL AND a.confirmed_by IS NOT NULL AND a.looked_by <> a.confirmed_by))
        OR (p.needs_second AND (p.approved_by IS NULL OR p.approved_by = p.requested_by))
        OR (p.needs_batch AND (b.id IS NULL OR b.state NOT IN ('released', 'filed', 'sent')
            OR b.prepared_by IS NULL OR b.released_by IS NULL OR b.prepared_by = b.released_by))))[1]
    FROM payments_payout p JOIN payments_bankaccount a ON a.id = p.bank_account_id LEFT JOIN payments_batch b ON b.id = p.batch_id
    WHERE p.state IN ('released', 'dispatched', 'sent', 'indeterminate')
    """,
)
also_prove(
    "every file for a bank says what its batch paid",
    """
    SELECT count(*), (array_agg('file ' || f.id ORDER BY f.id) FILTER (WHERE f.sha256 <> encode(sha256(f.body), 'hex')
        OR (f.count, f.total_minor) IS DISTINCT FROM (p.count, p.total)
        OR EXISTS (SELECT FROM payments_filetaking t WHERE t.file_id = f.id AND t.sha256 <> f.sha256)))[1]
    FROM payments_payoutfile f LEFT JOIN LATERAL (
        SELECT count(*) AS count, coalesce(sum(amount_minor), 0) AS total FROM (
            SELECT amount_minor FROM payments_payout
            WHERE batch_id = f.batch_id AND state IN ('dispatched', 'sent', 'paid', 'failed', 'returned')
            UNION ALL SELECT amount_minor FROM payments_bankreturn WHERE batch_id = f.batch_id) inside) p ON true
    """,
)
also_prove(
    "what companies owe in the books is what their debts say",
    """
    SELECT count(*), (array_agg(address ORDER BY address) FILTER (WHERE booked IS DISTINCT FROM said))[1] FROM (
        SELECT coalesce(l.address, d.address) AS address, coalesce(l.booked, 0) AS booked, coalesce(d.said, 0) AS said
        FROM (SELECT a.address, sum(CASE WHEN t.source_id = a.id THEN t.amount_minor ELSE -t.amount_minor END) AS booked
              FROM ledger_account a JOIN ledger_transfer t ON a.id IN (t.source_id, t.target_id)
              WHERE a.address LIKE 'company:%:owed:%' GROUP BY a.address) l
        FULL JOIN (SELECT 'company:' || company_id || ':owed:' || currency AS address, sum(left_minor) AS said
                   FROM payments_debt GROUP BY 1) d ON d.address = l.address) AS compared
    """,
)
also_prove(
    "every chargeback is taken from somebody, and nothing of it is left over",
    """
    SELECT count(*), (array_agg('chargeback ' || c.id ORDER BY c.id) FILTER (WHERE left_over <> 0
        OR taken <> CASE WHEN c.state IN ('open', 'lost', 'retaken') THEN c.amount_minor ELSE 0 END
        OR out <> CASE WHEN c.state IN ('open', 'lost', 'retaken') THEN c.amount_minor ELSE 0 END))[1]
    FROM payments_chargeback c
    CROSS JOIN LATERAL (SELECT coalesce(sum(amount_minor - returned_minor), 0) AS taken FROM payments_chargebacktake WHERE chargeback_id = c.id) k
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(CASE WHEN t.source_id = a.id THEN t.amount_minor ELSE -t.amount_minor END), 0) AS left_over,
            coalesce(sum(CASE WHEN t.source_id = a.id THEN t.amount_minor ELSE -t.amount_minor END) FILTER (WHERE e.kind LIKE 'chargeback%'
                AND e.key ~ ':[0-9]+$' AND e.key !~ ':(taken|back):'), 0) AS out
        FROM ledger_account a JOIN ledger_transfer t ON a.id IN (t.source_id, t.target_id) JOIN ledger_entry e ON e.id = t.entry_id
        WHERE a.address = 'chargeback:' || c.id || ':taken'
    ) b
    """,
)
also_prove(
    "no payment is charged back and returned beyond what was captured",
    """
    SELECT count(*), min(x.rail || ' ' || x.checkout_ref) FILTER (WHERE x.back > x.captured) FROM (
        SELECT c.rail, c.checkout_ref, min(i.amount_minor) AS captured,
            coalesce(sum(c.amount_minor) FILTER (WHERE c.state IN ('open', 'lost', 'retaken')), 0)
                + (SELECT coalesce(sum(r.amount_minor), 0) FROM payments_refund r
                   WHERE r.rail = c.rail AND r.checkout_ref = c.checkout_ref AND r.state IN ('sent', 'indeterminate', 'done')) AS back
        FROM payments_chargeback c JOIN payments_intent i ON i.id = c.intent_id GROUP BY c.rail, c.checkout_ref
    ) x
    """,
)
also_prove(
    "every reserve holds what is kept back and not let go",
    """
    SELECT count(*), (array_agg(address ORDER BY address) FILTER (WHERE booked IS DISTINCT FROM said))[1] FROM (
        SELECT coalesce(l.address, r.address) AS address, coalesce(l.booked, 0) AS booked, coalesce(r.said, 0) AS said
        FROM (SELECT a.address, b.posted_minor AS booked FROM ledger_account a JOIN ledger_balance b ON b.account_id = a.id
              WHERE a.address LIKE 'company:%:reserve:%') l
        FULL JOIN (SELECT 'company:' || company_id || ':reserve:' || currency AS address, sum(left_minor) AS said
                   FROM payments_reserve GROUP BY 1) r ON r.address = l.address) AS compared
    """,
)
