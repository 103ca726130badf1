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

ROUTINGS = (
    """CREATE TABLE routing (
        event TEXT NOT NULL,
        subject TEXT NOT NULL,
        customer TEXT NOT NULL,
        at_ms BIGINT NOT NULL,
        rep TEXT NOT NULL,
        brand TEXT NOT NULL,
        kind TEXT NOT NULL,
        level TEXT NOT NULL,
        tenure BIGINT NOT NULL,
        wait BIGINT NOT NULL,
        in_slice BIGINT NOT NULL,
        by_chance BIGINT NOT NULL,
        row_blob BLOB NOT NULL,
        PRIMARY KEY (event, subject))""",
    "CREATE INDEX routing_oldest ON routing (at_ms, event, subject)",
    "CREATE INDEX routing_of ON routing (customer, at_ms)",
)
