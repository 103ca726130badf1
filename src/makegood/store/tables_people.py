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
