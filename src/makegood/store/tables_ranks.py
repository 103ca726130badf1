"""The tables of what a search shows, and what the retention of public posts asks for."""

RANKS = (
    # What was there before has 0 and 1 here, and is looked at once by the round that prunes.
    "ALTER TABLE public_post ADD COLUMN heard_ms BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE public_post ADD COLUMN prunable BIGINT NOT NULL DEFAULT 1",
    "CREATE INDEX public_post_prune ON public_post (brand, heard_ms, post) WHERE prunable > 0",
    """CREATE TABLE watched_search (
        search TEXT NOT NULL PRIMARY KEY,
        query TEXT NOT NULL,
        brand TEXT NOT NULL,
        newest_day BIGINT NOT NULL,
        earlier_day BIGINT NOT NULL,
        told_day BIGINT NOT NULL,
        row_blob BLOB NOT NULL)""",
    "CREATE INDEX watched_search_list ON watched_search (query, search)",
    """CREATE INDEX watched_search_told ON watched_search (search)
        WHERE told_day < newest_day""",
    """CREATE TABLE search_placing (
        search TEXT NOT NULL,
        day BIGINT NOT NULL,
        url TEXT NOT NULL,
        place BIGINT NOT NULL,
        row_blob BLOB NOT NULL,
        PRIMARY KEY (search, day, url))""",
    "CREATE INDEX search_placing_day ON search_placing (day)",
)
