"""The tables of triage: what is known of letters, and the model in use."""

TRIAGE = (
    """CREATE TABLE triage (
        letter TEXT NOT NULL PRIMARY KEY,
        profile TEXT NOT NULL,
        labelled_ms BIGINT NOT NULL,
        row_blob BLOB NOT NULL)""",
    "CREATE INDEX triage_of_profile ON triage (profile)",
    "CREATE INDEX triage_labels ON triage (labelled_ms, letter) WHERE labelled_ms > 0",
    """CREATE TABLE triage_model (
        name TEXT NOT NULL PRIMARY KEY,
        at_ms BIGINT NOT NULL,
        content BLOB NOT NULL)""",
)
