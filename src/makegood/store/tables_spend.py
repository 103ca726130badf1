"""Tables of what is said in public against promises, and of what making good costs."""

SPEND = (
    "ALTER TABLE public_post ADD COLUMN weighed TEXT NOT NULL DEFAULT ''",
    """CREATE INDEX public_post_weigh ON public_post (weighed, post)
        WHERE standing IN ('waiting', 'answered', 'old')""",
    """CREATE TABLE advertised_post (
        promise TEXT NOT NULL,
        post TEXT NOT NULL,
        brand TEXT NOT NULL,
        at_ms BIGINT NOT NULL,
        verdict TEXT NOT NULL,
        because TEXT NOT NULL,
        rep TEXT NOT NULL,
        judged_ms BIGINT NOT NULL,
        PRIMARY KEY (promise, post))""",
    "CREATE INDEX advertised_post_count ON advertised_post (at_ms, promise, brand, verdict)",
    "CREATE INDEX advertised_post_list ON advertised_post (promise, at_ms DESC, post DESC)",
    "CREATE INDEX advertised_post_of ON advertised_post (post)",
    """CREATE TABLE weighed_case (
        post TEXT NOT NULL PRIMARY KEY,
        case_id TEXT NOT NULL,
        rules TEXT NOT NULL)""",
    """CREATE TABLE promise_made (
        made_id TEXT NOT NULL PRIMARY KEY,
        promise TEXT NOT NULL,
        brand TEXT NOT NULL,
        due_ms BIGINT NOT NULL,
        standing TEXT NOT NULL)""",
    "CREATE INDEX promise_made_due ON promise_made (due_ms, promise, brand, standing)",
    # What was written before these columns says nothing in them until it is written again.
    "ALTER TABLE ledger ADD COLUMN brand TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE ledger ADD COLUMN cents BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE ledger ADD COLUMN currency TEXT NOT NULL DEFAULT ''",
    """CREATE INDEX ledger_spent ON ledger (at_ms, brand, account, currency, cents)
        WHERE currency <> ''""",
    "ALTER TABLE cases ADD COLUMN rules TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE cases ADD COLUMN phase TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE cases ADD COLUMN closed_ms BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE cases ADD COLUMN friends BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE cases ADD COLUMN cost_cents BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE cases ADD COLUMN currency TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX cases_opened ON cases (opened_ms, brand, rules)",
    """CREATE INDEX cases_closed ON cases (closed_ms, brand, phase, currency, friends, cost_cents)
        WHERE closed_ms > 0""",
    """CREATE TABLE acquisition (
        month TEXT NOT NULL,
        brand TEXT NOT NULL,
        channel TEXT NOT NULL,
        cents BIGINT NOT NULL,
        currency TEXT NOT NULL,
        customers BIGINT NOT NULL,
        at_ms BIGINT NOT NULL,
        told_by TEXT NOT NULL,
        PRIMARY KEY (month, brand, channel))""",
)
