"""What the carrier sandbox remembers of its own."""

SCHEMA = """
create table shipments (
    id text primary key,
    reference text not null unique,
    tracking_number text not null unique,
    service text not null,
    shipper text not null,
    consignee text not null,
    from_place text not null,
    to_place text not null,
    package_count integer not null check (package_count > 0),
    gross_weight_g integer,
    handed_over_on text not null,
    webhook_url text not null,
    state text not null check (state in ('booked', 'moving', 'over', 'cancelled')),
    created_at real not null
) strict;
create table packages (
    shipment text not null references shipments (id),
    n integer not null,
    kind text not null,
    marks text not null,
    tracking_number text not null unique,
    primary key (shipment, n)
) strict;
create table scans (
    id text primary key,
    shipment text not null references shipments (id),
    n integer not null,
    code text not null,
    place text not null,
    package integer,
    note text not null,
    signed_by text not null,
    document_sha256 text not null,
    occurred_at real not null,
    unique (shipment, n)
) strict;
"""
