"""Tables of people and the umbrella: one tuple for each part."""

REPUTATIONS = (
    """CREATE TABLE rating (
        seq BIGINT NOT NULL PRIMARY KEY,
        rep TEXT NOT NULL,
        about TEXT NOT NULL,
        row_blob BLOB NOT NULL)""",
    "CREATE INDEX rating_of_rep ON rating (rep, about)",
    # One row for each thing that is published, appealed, answered or seen; `owner` finds a
    # person's.
    """CREATE TABLE reputation (
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        owner TEXT NOT NULL,
        is_open BIGINT NOT NULL,
        row_blob BLOB NOT NULL,
        PRIMARY KEY (kind, subject))""",
    "CREATE INDEX reputation_open ON reputation (kind, is_open, subject)",
    "CREATE INDEX reputation_of_owner ON reputation (kind, owner, subject)",
)
