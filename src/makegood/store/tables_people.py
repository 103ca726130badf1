"""The tables about people: customers, those who look after them, and what ties them."""

TIES = (
    """CREATE TABLE tie (
        customer TEXT NOT NULL,
        kind TEXT NOT NULL,
        item TEXT NOT NULL,
        rep TEXT NOT NULL,
        brand TEXT NOT NULL,
        at_ms BIGINT NOT NULL,
        row_blob BLOB NOT NULL,
        PRIMARY KEY (customer, kind, item))""",
    "CREATE INDEX tie_of ON tie (kind, rep, at_ms, customer, item)",
    "CREATE INDEX tie_oldest ON tie (kind, at_ms, customer, item)",
)
LOTS = (
    """CREATE TABLE lot (
        customer TEXT NOT NULL,
        experiment TEXT NOT NULL,
        treated BIGINT NOT NULL,
        propensity BIGINT NOT NULL,
        at_ms BIGINT NOT NULL,
        back_ms BIGINT NOT NULL,
        PRIMARY KEY (customer, experiment))""",
    "CREATE INDEX lot_of ON lot (experiment, treated, propensity)",
)
