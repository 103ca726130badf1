"""Tables of the people of the firm and of who its customers are to it."""

LINKS = (
    """CREATE TABLE link_pair (
        pair TEXT NOT NULL PRIMARY KEY,
        status TEXT NOT NULL,
        weight BIGINT NOT NULL,
        left_profile TEXT NOT NULL,
        right_profile TEXT NOT NULL,
        left_brand TEXT NOT NULL,
        right_brand TEXT NOT NULL,
        row_blob BLOB NOT NULL)""",
    "CREATE INDEX link_pair_heaviest ON link_pair (status, weight, pair)",
    "CREATE INDEX link_pair_left ON link_pair (left_profile)",
    "CREATE INDEX link_pair_right ON link_pair (right_profile)",
    "CREATE INDEX link_pair_brands ON link_pair (status, left_brand, right_brand)",
    """CREATE TABLE link_run (
        place BIGINT NOT NULL PRIMARY KEY,
        row_blob BLOB NOT NULL)""",
)
