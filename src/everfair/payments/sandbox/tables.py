"""What the payment sandbox remembers of its own."""

SCHEMA = """
create table checkouts (
    id text primary key,
    merchant_reference text not null unique,
    amount_minor integer not null check (amount_minor > 0),
    currency text not null,
    recipient text not null,
    description text not null,
    return_url text not null,
    webhook_url text not null,
    language text not null,
    state text not null check (state in ('open', 'captured', 'failed', 'cancelled')),
    failure_code text not null default '',
    refunded_minor integer not null default 0 check (refunded_minor between 0 and amount_minor),
    version integer not null default 1,
    created_at real not null
) strict;
create table refunds (
    id text primary key,
    reference text not null unique,
    checkout text not null references checkouts (id),
    amount_minor integer not null check (amount_minor > 0),
    currency text not null,
    state text not null check (state = 'succeeded'),
    version integer not null default 1,
    created_at real not null
) strict;
create table payouts (
    id text primary key,
    reference text not null unique,
    amount_minor integer not null check (amount_minor > 0),
    currency text not null,
    holder text not null,
    recipient text not null,
    bic text not null,
    webhook_url text not null,
    state text not null check (state in ('pending', 'paid', 'failed')),
    failure_code text not null default '',
    version integer not null default 1,
    settle_at real not null,
    created_at real not null
) strict;
create index payouts_pending on payouts (settle_at) where state = 'pending';
create table if not exists disputes (
    id text primary key,
    checkout text not null references checkouts (id),
    merchant_reference text not null,
    amount_minor integer not null check (amount_minor > 0),
    fee_minor integer not null check (fee_minor >= 0),
    currency text not null,
    reason text not null,
    state text not null check (state in ('open', 'won', 'lost')),
    reversed integer not null default 0,
    answer text not null default '' check (answer in ('', 'accept', 'contest')),
    evidence text not null default '',
    version integer not null default 1,
    evidence_due_at real not null,
    created_at real not null
) strict;
create index if not exists disputes_checkout on disputes (checkout);
create table settlements (
    id integer primary key autoincrement,
    kind text not null,
    ref text not null unique,
    reference text not null,
    currency text not null,
    gross_minor integer not null,
    fee_minor integer not null,
    net_minor integer not null check (net_minor = gross_minor - fee_minor),
    settled_at real not null
) strict;
"""
