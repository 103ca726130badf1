"""The tables about people: customers, those who look after them, and what ties them."""

TIES = (
    """CREATE TABLE tie (
        customer TEXT NOT NULL,
        kind TEXT NOT NULL,
        item TEXT NOT NULL,
        rep TEXT NOT NULL,
        brand TEXT NOT NULL,
        at_ms BIGINT NOT NULL,
        row_blob BLOB NOT NULL,
        PRIMARY KEY (customer, kind, item))""",
    "CREATE INDEX tie_of ON tie (kind, rep, at_ms, customer, item)",
    "CREATE INDEX tie_oldest ON tie (kind, at_ms, customer, item)",
)

ACCOUNTS = (
    """CREATE TABLE account (
        account TEXT NOT NULL PRIMARY KEY,
        row_blob BLOB NOT NULL)""",
    # What a search by prefix begins with: the id, and each word of the name.
    """CREATE TABLE account_key (
        word TEXT NOT NULL,
        account TEXT NOT NULL,
        PRIMARY KEY (word, account))""",
    "CREATE INDEX account_key_of_account ON account_key (account)",
    """CREATE TABLE party (
        account TEXT NOT NULL,
        profile TEXT NOT NULL,
        role TEXT NOT NULL,
        from_ms BIGINT NOT NULL,
        row_blob BLOB NOT NULL,
        PRIMARY KEY (account, profile, role, from_ms))""",
    "CREATE INDEX party_of_profile ON party (profile)",
    "CREATE INDEX party_of_role ON party (account, role)",
    """CREATE TABLE agreement (
        agreement TEXT NOT NULL PRIMARY KEY,
        account TEXT NOT NULL,
        brand TEXT NOT NULL,
        elsewhere BIGINT NOT NULL,
        row_blob BLOB NOT NULL)""",
    # Brands at which it is honoured (1), or not (0), by name.
    """CREATE TABLE agreement_at (
        agreement TEXT NOT NULL,
        brand TEXT NOT NULL,
        honoured BIGINT NOT NULL,
        PRIMARY KEY (agreement, brand, honoured))""",
    "CREATE INDEX agreement_of_account ON agreement (account, agreement)",
    "CREATE INDEX agreement_of_brand ON agreement (brand, agreement)",
)

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

ROUTINGS = (
    """CREATE TABLE routing (
        event TEXT NOT NULL,
        subject TEXT NOT NULL,
        customer TEXT NOT NULL,
        at_ms BIGINT NOT NULL,
        rep TEXT NOT NULL,
        brand TEXT NOT NULL,
        kind TEXT NOT NULL,
        level TEXT NOT NULL,
        tenure BIGINT NOT NULL,
        wait BIGINT NOT NULL,
        in_slice BIGINT NOT NULL,
        by_chance BIGINT NOT NULL,
        row_blob BLOB NOT NULL,
        PRIMARY KEY (event, subject))""",
    "CREATE INDEX routing_oldest ON routing (at_ms, event, subject)",
    "CREATE INDEX routing_of ON routing (customer, at_ms)",
)

LOTS = (
    """CREATE TABLE lot (
        customer TEXT NOT NULL,
        experiment TEXT NOT NULL,
        treated BIGINT NOT NULL,
        propensity BIGINT NOT NULL,
        at_ms BIGINT NOT NULL,
        back_ms BIGINT NOT NULL,
        PRIMARY KEY (customer, experiment))""",
    "CREATE INDEX lot_of ON lot (experiment, treated, propensity)",
)

# Whom the evidence of a pair names; nobody's name stands for a pair of before this was kept.
LINK_NAMES = (
    """CREATE TABLE link_named (
        name TEXT NOT NULL,
        pair TEXT NOT NULL,
        PRIMARY KEY (name, pair))""",
    "CREATE INDEX link_named_pair ON link_named (pair)",
    "INSERT INTO link_named SELECT '', pair FROM link_pair WHERE status <> 'apart'",
)

OUTCOMES = (
    "ALTER TABLE lot ADD COLUMN good_ms BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE lot ADD COLUMN bad_ms BIGINT NOT NULL DEFAULT 0",
)

LETTERS = (
    """CREATE TABLE letter (
        letter TEXT NOT NULL PRIMARY KEY,
        profile TEXT NOT NULL,
        mark TEXT NOT NULL,
        at_ms BIGINT NOT NULL,
        row_blob BLOB NOT NULL)""",
    "CREATE INDEX letter_of_profile ON letter (profile, at_ms, letter)",
    "CREATE INDEX letter_by_mark ON letter (mark)",
    """CREATE TABLE jotting (
        profile TEXT NOT NULL,
        rep TEXT NOT NULL,
        row_blob BLOB NOT NULL,
        PRIMARY KEY (profile, rep))""",
    # Erased letters whose files are still to be deleted.
    "CREATE TABLE letter_gone (letter TEXT NOT NULL PRIMARY KEY)",
    """CREATE TABLE mailbox (
        box TEXT NOT NULL PRIMARY KEY,
        row_blob BLOB NOT NULL)""",
)
