"""Columns of triage, by which what was written to us is counted over time."""

READ = (
    # What was read before these columns is in no count: when it came is not in its row.
    "ALTER TABLE triage ADD COLUMN at_ms BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE triage ADD COLUMN brand TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE triage ADD COLUMN tells TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX triage_read ON triage (at_ms, brand, tells) WHERE at_ms > 0",
)
