"""The table of what reps attach to their letters."""

ATTACHED = (
    """CREATE TABLE attached (
        file TEXT NOT NULL PRIMARY KEY,
        profile TEXT NOT NULL,
        said TEXT NOT NULL,
        at_ms BIGINT NOT NULL,
        row_blob BLOB NOT NULL)""",
    "CREATE INDEX attached_of_profile ON attached (profile)",
    "CREATE INDEX attached_unsent ON attached (at_ms, file) WHERE said = ''",
)
