"""Tables of what customers wrote and somebody has to look at, and of trainings."""

WORDS = (
    # `rank` is 0 for what is urgent and else 1: the order of the list.
    """CREATE TABLE words_waiting (
        item TEXT NOT NULL PRIMARY KEY,
        profile TEXT NOT NULL,
        channel TEXT NOT NULL,
        brand TEXT NOT NULL,
        rank BIGINT NOT NULL,
        asks BIGINT NOT NULL,
        at_ms BIGINT NOT NULL)""",
    "CREATE INDEX words_waiting_list ON words_waiting (rank, at_ms, item)",
    "CREATE INDEX words_waiting_of ON words_waiting (profile) WHERE profile <> ''",
    "ALTER TABLE triage_model ADD COLUMN back_ms BIGINT NOT NULL DEFAULT 0",
    """CREATE TABLE triage_training (
        at_ms BIGINT NOT NULL PRIMARY KEY,
        row_blob BLOB NOT NULL)""",
    """CREATE TABLE triage_turn (
        name TEXT NOT NULL PRIMARY KEY,
        place BIGINT NOT NULL)""",
)
