"""Tables of people and the umbrella: one tuple for each part."""

EVERYONES_JOB = (
    """CREATE TABLE pointer (
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        at_ms BIGINT NOT NULL,
        case_id TEXT NOT NULL,
        customer TEXT NOT NULL,
        named_ms BIGINT NOT NULL,
        brand TEXT NOT NULL,
        severity BIGINT NOT NULL,
        cents BIGINT NOT NULL,
        currency TEXT NOT NULL,
        PRIMARY KEY (kind, key, at_ms, case_id, customer))""",
    "CREATE INDEX pointer_of_customer ON pointer (customer)",
    # What owners of root causes answered last; until when cases are covered stands in `until_ms`.
    """CREATE TABLE root_answer (
        cause TEXT NOT NULL PRIMARY KEY,
        until_ms BIGINT NOT NULL,
        row_blob BLOB NOT NULL)""",
)
