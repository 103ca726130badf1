"""Tables of letters beside those of the beginning: what is gone, and what is being written."""

# Keyed digests of what was erased, so that the same mail, come again, is not taken for a new one.
ERASED = (
    """CREATE TABLE letter_erased (
        mark TEXT NOT NULL PRIMARY KEY,
        at_ms BIGINT NOT NULL)""",
)

# One draft for each conversation; what was begun before stands for none until it is written on.
DRAFTS = (
    """CREATE TABLE jotted (
        profile TEXT NOT NULL,
        rep TEXT NOT NULL,
        thread TEXT NOT NULL,
        row_blob BLOB NOT NULL,
        PRIMARY KEY (profile, rep, thread))""",
    "INSERT INTO jotted SELECT profile, rep, '', row_blob FROM jotting",
    "DROP TABLE jotting",
)
