"""The tables of what is said in public."""

VOICE = (
    # `slot` and `rank` are its place in the list; `late_ms` stands until somebody looked whether
    # it was too late, `fetch_ms` until its media are kept; both are 0 otherwise.
    """CREATE TABLE public_post (
        post TEXT NOT NULL PRIMARY KEY,
        source TEXT NOT NULL,
        brand TEXT NOT NULL,
        language TEXT NOT NULL,
        handle TEXT NOT NULL,
        reply_to TEXT NOT NULL,
        profile TEXT NOT NULL,
        standing TEXT NOT NULL,
        slot BIGINT NOT NULL,
        rank BIGINT NOT NULL,
        at_ms BIGINT NOT NULL,
        target_ms BIGINT NOT NULL,
        breach_ms BIGINT NOT NULL,
        late_ms BIGINT NOT NULL,
        answered_ms BIGINT NOT NULL,
        fetch_ms BIGINT NOT NULL,
        row_blob BLOB NOT NULL)""",
    "CREATE INDEX public_post_list ON public_post (slot, rank, post) WHERE standing <> 'ours'",
    "CREATE INDEX public_post_late ON public_post (late_ms) WHERE late_ms > 0",
    "CREATE INDEX public_post_fetch ON public_post (fetch_ms) WHERE fetch_ms > 0",
    "CREATE INDEX public_post_due ON public_post (breach_ms)",
    "CREATE INDEX public_post_of ON public_post (profile, at_ms, post) WHERE profile <> ''",
    "CREATE INDEX public_post_by ON public_post (handle, at_ms, post)",
    "CREATE INDEX public_post_reply ON public_post (reply_to) WHERE standing = 'ours'",
    """CREATE TABLE public_handle (
        handle TEXT NOT NULL PRIMARY KEY,
        profile TEXT NOT NULL,
        row_blob BLOB NOT NULL)""",
    "CREATE INDEX public_handle_of ON public_handle (profile)",
    """CREATE TABLE public_code (
        code TEXT NOT NULL PRIMARY KEY,
        profile TEXT NOT NULL,
        row_blob BLOB NOT NULL)""",
    "CREATE INDEX public_code_of ON public_code (profile)",
    """CREATE TABLE heard_to (
        source TEXT NOT NULL PRIMARY KEY,
        row_blob BLOB NOT NULL)""",
)
