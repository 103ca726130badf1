"""Tables of what is remembered of letters that are gone."""

# Keyed digests of what was erased, so that the same mail, come again, is not taken for a new one.
ERASED = (
    """CREATE TABLE letter_erased (
        mark TEXT NOT NULL PRIMARY KEY,
        at_ms BIGINT NOT NULL)""",
)
