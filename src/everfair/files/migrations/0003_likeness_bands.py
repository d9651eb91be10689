from django.db import migrations

# Near pictures are found by an index (multi-index hashing, Norouzi 2012): the 64 bits in four pieces, each marked with its place. Of two
# likenesses that differ in at most seven bits, one piece differs in at most one.
BANDS = """
CREATE FUNCTION files_bands(bits bigint) RETURNS integer[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ARRAY[(bits & 65535)::int, (bits >> 16 & 65535)::int + 65536, (bits >> 32 & 65535)::int + 131072, (bits >> 48 & 65535)::int + 196608]
$$;
CREATE FUNCTION files_near_bands(bits bigint) RETURNS integer[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_agg(band # turn) FROM unnest(files_bands(bits)) AS band,
        (SELECT 0 AS turn UNION ALL SELECT 1 << n FROM generate_series(0, 15) AS n) AS turns
$$;
CREATE INDEX files_blob_bands ON files_blob USING gin (files_bands(bits)) WHERE bits <> 0;
"""
AWAY = """
DROP INDEX files_blob_bands;
DROP FUNCTION files_near_bands(bigint);
DROP FUNCTION files_bands(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("files", "0002_likeness")]
    operations = [migrations.RunSQL(BANDS, AWAY)]
