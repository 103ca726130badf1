"""The tables of what is silent, of how long customers waited, and of what is usual."""

SILENCE = (
    """CREATE TABLE silence (
        customer TEXT NOT NULL,
        item TEXT NOT NULL,
        rep TEXT NOT NULL,
        brand TEXT NOT NULL,
        due_ms BIGINT NOT NULL,
        row_blob BLOB NOT NULL,
        PRIMARY KEY (customer, item))""",
    "CREATE INDEX silence_longest ON silence (due_ms, customer, item)",
    "CREATE INDEX silence_of_rep ON silence (rep, due_ms, customer, item)",
    """CREATE TABLE waited (
        began TEXT NOT NULL,
        rule TEXT NOT NULL,
        brand TEXT NOT NULL,
        channel TEXT NOT NULL,
        at_ms BIGINT NOT NULL,
        ended_ms BIGINT NOT NULL,
        gave_up BIGINT NOT NULL,
        PRIMARY KEY (began, rule))""",
    "CREATE INDEX waited_newest ON waited (at_ms)",
    """CREATE TABLE wait_norm (
        rule TEXT NOT NULL,
        brand TEXT NOT NULL,
        channel TEXT NOT NULL,
        row_blob BLOB NOT NULL,
        PRIMARY KEY (rule, brand, channel))""",
)
