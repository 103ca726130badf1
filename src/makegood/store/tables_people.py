"""Tables of people and the umbrella: one tuple for each part."""

PLACES = (
    # `place_id`, because a `place` of other tables is a number in a row of them.
    """CREATE TABLE location (
        place_id TEXT NOT NULL PRIMARY KEY,
        brand TEXT NOT NULL,
        row_blob BLOB NOT NULL)""",
    "CREATE INDEX location_brand ON location (brand, place_id)",
    # What is asked of places, and how often something was asked twice.
    """CREATE TABLE redirect (
        row_id TEXT NOT NULL PRIMARY KEY,
        customer TEXT NOT NULL,
        kind TEXT NOT NULL,
        brand TEXT NOT NULL,
        is_open BIGINT NOT NULL,
        at_ms BIGINT NOT NULL,
        row_blob BLOB NOT NULL)""",
    "CREATE INDEX redirect_of_customer ON redirect (customer)",
    "CREATE INDEX redirect_by_time ON redirect (kind, at_ms, row_id)",
    """CREATE TABLE walk (
        walk_id TEXT NOT NULL PRIMARY KEY,
        brand TEXT NOT NULL,
        at_ms BIGINT NOT NULL,
        decided_ms BIGINT NOT NULL,
        row_blob BLOB NOT NULL)""",
    "CREATE INDEX walk_by_time ON walk (at_ms, walk_id)",
)
