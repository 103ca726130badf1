"""Tables of what connects a deployment with other tools."""

MAIL_KINDS = (
    """CREATE TABLE mail_kind (
        kind TEXT NOT NULL PRIMARY KEY,
        brand TEXT NOT NULL,
        domain TEXT NOT NULL,
        subject TEXT NOT NULL,
        example TEXT NOT NULL,
        message_class TEXT NOT NULL,
        says TEXT NOT NULL,
        decided TEXT NOT NULL,
        is_open BIGINT NOT NULL,
        n BIGINT NOT NULL,
        recipients BIGINT NOT NULL,
        held BIGINT NOT NULL,
        first_ms BIGINT NOT NULL,
        last_ms BIGINT NOT NULL,
        row_blob BLOB NOT NULL)""",
    "CREATE INDEX mail_kind_seen ON mail_kind (last_ms DESC, kind)",
    "CREATE INDEX mail_kind_waits ON mail_kind (last_ms DESC, kind) WHERE is_open = 1",
    """CREATE TABLE mail_decision (
        place BIGINT NOT NULL PRIMARY KEY,
        kind TEXT NOT NULL,
        row_blob BLOB NOT NULL)""",
    "CREATE INDEX mail_decision_of ON mail_decision (kind, place)",
)

PARKING = (
    # The bytes once for each message; they go with the last recipient who waits.
    """CREATE TABLE parked_mail (
        mail TEXT NOT NULL PRIMARY KEY,
        sender TEXT NOT NULL,
        options TEXT NOT NULL,
        content BLOB NOT NULL,
        port BIGINT NOT NULL,
        login TEXT NOT NULL)""",
    # `next_ms` is when the gate is asked again, or when the lease ends.
    """CREATE TABLE parked (
        parked TEXT NOT NULL PRIMARY KEY,
        mail TEXT NOT NULL,
        recipient TEXT NOT NULL,
        profile TEXT NOT NULL,
        brand TEXT NOT NULL,
        message_class TEXT NOT NULL,
        classed_by TEXT NOT NULL,
        rule TEXT NOT NULL,
        kind TEXT NOT NULL,
        book TEXT NOT NULL,
        reason TEXT NOT NULL,
        since_ms BIGINT NOT NULL,
        expires_ms BIGINT NOT NULL,
        next_ms BIGINT NOT NULL,
        attempts BIGINT NOT NULL,
        fence BIGINT NOT NULL,
        status TEXT NOT NULL,
        settled_ms BIGINT NOT NULL,
        error TEXT NOT NULL)""",
    "CREATE INDEX parked_of_mail ON parked (mail)",
    "CREATE INDEX parked_of_profile ON parked (profile)",
    """CREATE INDEX parked_ready ON parked (next_ms, parked)
        WHERE status IN ('waiting', 'leased')""",
    """CREATE INDEX parked_list ON parked (since_ms, parked)
        WHERE status IN ('waiting', 'leased')""",
    """CREATE INDEX parked_counts ON parked (brand, reason)
        WHERE status IN ('waiting', 'leased')""",
    "CREATE INDEX parked_ended ON parked (settled_ms) WHERE settled_ms > 0",
)

NOTICES = (
    # What changed, in the order of writing; `place` is 0 until it is published, in the order of
    # the commits. Whoever publishes holds the row of meta that has the last place.
    """CREATE TABLE notice (
        seq BIGINT NOT NULL PRIMARY KEY {drawn},
        notice TEXT NOT NULL,
        place BIGINT NOT NULL,
        at_ms BIGINT NOT NULL,
        row_blob BLOB NOT NULL)""",
    "CREATE UNIQUE INDEX notice_once ON notice (notice)",
    "CREATE INDEX notice_new ON notice (seq) WHERE place = 0",
    "CREATE INDEX notice_feed ON notice (place) WHERE place > 0",
    "INSERT INTO meta (name, words) VALUES ('notices', '0')",
    "INSERT INTO meta (name, words) VALUES ('notices_trimmed', '0')",
    """CREATE TABLE telling (
        sink TEXT NOT NULL,
        place BIGINT NOT NULL,
        notice TEXT NOT NULL,
        at_ms BIGINT NOT NULL,
        status TEXT NOT NULL,
        attempts BIGINT NOT NULL,
        next_ms BIGINT NOT NULL,
        fence BIGINT NOT NULL,
        error TEXT NOT NULL,
        settled_ms BIGINT NOT NULL,
        row_blob BLOB NOT NULL,
        PRIMARY KEY (sink, place))""",
    "CREATE INDEX telling_of_notice ON telling (notice, sink)",
    "CREATE INDEX telling_of_sink ON telling (sink, status, place)",
    """CREATE INDEX telling_ready ON telling (sink, next_ms, place)
        WHERE status IN ('waiting', 'leased')""",
    # A sink is leased as a whole: one process tells it, so that one customer's never cross.
    """CREATE TABLE sink (
        sink TEXT NOT NULL PRIMARY KEY,
        fence BIGINT NOT NULL,
        lease_ms BIGINT NOT NULL,
        next_ms BIGINT NOT NULL,
        row_blob BLOB NOT NULL)""",
)

WEBHOOKS = (
    "CREATE TABLE webhook (endpoint TEXT NOT NULL PRIMARY KEY, row_blob BLOB NOT NULL)",
    """CREATE TABLE delivery (
        seq BIGINT NOT NULL PRIMARY KEY {drawn},
        endpoint TEXT NOT NULL,
        notice TEXT NOT NULL,
        at_ms BIGINT NOT NULL,
        row_blob BLOB NOT NULL)""",
    "CREATE INDEX delivery_of_endpoint ON delivery (endpoint, seq)",
    "CREATE INDEX delivery_of_notice ON delivery (endpoint, notice, seq)",
    "CREATE INDEX delivery_old ON delivery (at_ms)",
)

MARKS = (
    # What campaign tools are told of holds; addresses are pseudonyms.
    """CREATE TABLE mark (
        target TEXT NOT NULL,
        address TEXT NOT NULL,
        status TEXT NOT NULL,
        wanted_run BIGINT NOT NULL,
        seen_run BIGINT NOT NULL,
        at_ms BIGINT NOT NULL,
        PRIMARY KEY (target, address)) {clustered}""",
    """CREATE INDEX mark_failed ON mark (target, address)
        WHERE status IN ('absent', 'refused')""",
    "CREATE TABLE sync (target TEXT NOT NULL PRIMARY KEY, row_blob BLOB NOT NULL)",
    """CREATE TABLE sync_lag (
        target TEXT NOT NULL,
        hour BIGINT NOT NULL,
        bucket BIGINT NOT NULL,
        n BIGINT NOT NULL,
        PRIMARY KEY (target, hour, bucket)) {clustered}""",
)

UNFIT = (
    """CREATE TABLE unfit (
        id TEXT NOT NULL PRIMARY KEY,
        source TEXT NOT NULL,
        came_ms BIGINT NOT NULL,
        row_blob BLOB NOT NULL)""",
    "CREATE INDEX unfit_of_source ON unfit (source, came_ms, id)",
)

SCREENING = (
    # A gate row that says nothing has four bytes; screening reads the others alone.
    """CREATE INDEX customer_noted ON customer (customer)
        WHERE length(gate) > 4 OR stuck <> ''""",
)

SENDS = (
    """CREATE TABLE sends (
        day BIGINT NOT NULL,
        brand TEXT NOT NULL,
        channel TEXT NOT NULL,
        way TEXT NOT NULL,
        message_class TEXT NOT NULL,
        source TEXT NOT NULL,
        event_name TEXT NOT NULL,
        campaign TEXT NOT NULL,
        slot BIGINT NOT NULL,
        n BIGINT NOT NULL,
        PRIMARY KEY (day, brand, channel, way, message_class, source, event_name, campaign, slot))
    {clustered}""",
)

EYES = (
    # Privileged acts; nothing changes or deletes a row. `meta` has place and seal of the last.
    """CREATE TABLE act (
        place BIGINT NOT NULL PRIMARY KEY,
        at_ms BIGINT NOT NULL,
        who TEXT NOT NULL,
        what TEXT NOT NULL,
        row_blob BLOB NOT NULL)""",
    "CREATE INDEX act_who ON act (who, place)",
    "CREATE INDEX act_what ON act (what, place)",
    "INSERT INTO meta (name, words) VALUES ('acts', '')",
    # Apart from the key itself: who notes a use must not write an older row over a revocation.
    "CREATE TABLE key_use (sha256 BLOB NOT NULL PRIMARY KEY, used_ms BIGINT NOT NULL)",
    "CREATE TABLE beat (name TEXT NOT NULL PRIMARY KEY, at_ms BIGINT NOT NULL)",
)
