"""The tables of the SQL engines, as an ordered list of steps from nothing to today."""

from makegood.messages.errors import MakegoodError

FIRST = (
    # What happened. `seq` is the order of arrival; the blob is the whole event.
    """CREATE TABLE log (
        seq BIGINT NOT NULL PRIMARY KEY,
        profile TEXT NOT NULL,
        time_ms BIGINT NOT NULL,
        received_ms BIGINT NOT NULL,
        source TEXT NOT NULL,
        message_id TEXT NOT NULL,
        book TEXT NOT NULL,
        fold BIGINT NOT NULL,
        event BLOB NOT NULL)""",
    "CREATE INDEX log_of_profile ON log (profile, time_ms)",
    # Kept for ever, also when the log is trimmed.
    """CREATE TABLE dedupe (
        event_id TEXT NOT NULL PRIMARY KEY,
        digest BLOB NOT NULL,
        seq BIGINT NOT NULL) {clustered}""",
    """CREATE TABLE profile (
        profile TEXT NOT NULL PRIMARY KEY,
        customer TEXT NOT NULL) {clustered}""",
    "CREATE INDEX profile_of_customer ON profile (customer)",
    # Each link stands here twice, once from either side.
    """CREATE TABLE edge (
        profile TEXT NOT NULL,
        other TEXT NOT NULL,
        PRIMARY KEY (profile, other)) {clustered}""",
    """CREATE TABLE lookup (
        lookup TEXT NOT NULL,
        profile TEXT NOT NULL,
        PRIMARY KEY (lookup, profile)) {clustered}""",
    "CREATE INDEX lookup_of_profile ON lookup (profile)",
    # The gate's columns stand in front of the state, so that a question reads no long blob.
    """CREATE TABLE customer (
        customer TEXT NOT NULL PRIMARY KEY,
        gate BLOB NOT NULL,
        next_due_ms BIGINT NOT NULL,
        stuck TEXT NOT NULL,
        last BLOB NOT NULL,
        fired_ms BIGINT NOT NULL,
        events BIGINT NOT NULL,
        fold BIGINT NOT NULL,
        state BLOB NOT NULL)""",
    "CREATE INDEX customer_due ON customer (next_due_ms, customer) WHERE next_due_ms > 0",
    "CREATE INDEX customer_stuck ON customer (customer) WHERE stuck <> ''",
    """CREATE TABLE snapshot (
        customer TEXT NOT NULL,
        time_ms BIGINT NOT NULL,
        received_ms BIGINT NOT NULL,
        source TEXT NOT NULL,
        message_id TEXT NOT NULL,
        fired_ms BIGINT NOT NULL,
        events BIGINT NOT NULL,
        commands BLOB NOT NULL,
        state BLOB NOT NULL,
        PRIMARY KEY (customer, time_ms, received_ms, source, message_id))""",
    # `next_ms` is when a row may be claimed: due, next try, or end of the lease.
    """CREATE TABLE outbox (
        command_id TEXT NOT NULL PRIMARY KEY,
        profile TEXT NOT NULL,
        status TEXT NOT NULL,
        due_ms BIGINT NOT NULL,
        next_ms BIGINT NOT NULL,
        attempts BIGINT NOT NULL,
        fence BIGINT NOT NULL,
        error TEXT NOT NULL,
        settled_ms BIGINT NOT NULL,
        command BLOB NOT NULL)""",
    "CREATE INDEX outbox_of_profile ON outbox (profile)",
    "CREATE INDEX outbox_status ON outbox (status, command_id)",
    """CREATE INDEX outbox_ready ON outbox (next_ms, command_id)
        WHERE status IN ('waiting', 'leased')""",
    # `rank` is minus the risk and `due_key` the largest integer when nothing is due: the queue's
    # order is then plainly ascending, and a page is one range of an index.
    """CREATE TABLE cases (
        case_id TEXT NOT NULL PRIMARY KEY,
        customer TEXT NOT NULL,
        owner TEXT NOT NULL,
        rank BIGINT NOT NULL,
        due_key BIGINT NOT NULL,
        is_open BIGINT NOT NULL,
        held BIGINT NOT NULL,
        opened_ms BIGINT NOT NULL,
        brand TEXT NOT NULL,
        row_blob BLOB NOT NULL)""",
    "CREATE INDEX cases_of_customer ON cases (customer)",
    "CREATE INDEX cases_queue ON cases (rank, due_key, case_id, brand)",
    "CREATE INDEX cases_open ON cases (rank, due_key, case_id, brand) WHERE is_open = 1",
    "CREATE INDEX cases_mine ON cases (owner, rank, due_key, case_id) WHERE is_open = 1",
    "CREATE INDEX cases_held ON cases (customer) WHERE held = 1",
    """CREATE TABLE case_key (
        failure TEXT NOT NULL PRIMARY KEY,
        case_id TEXT NOT NULL,
        customer TEXT NOT NULL) {clustered}""",
    "CREATE INDEX case_key_of_customer ON case_key (customer)",
    """CREATE TABLE ledger (
        command_id TEXT NOT NULL,
        account TEXT NOT NULL,
        case_id TEXT NOT NULL,
        customer TEXT NOT NULL,
        at_ms BIGINT NOT NULL,
        row_blob BLOB NOT NULL,
        PRIMARY KEY (command_id, account))""",
    "CREATE INDEX ledger_of_case ON ledger (case_id)",
    "CREATE INDEX ledger_of_customer ON ledger (customer)",
    """CREATE TABLE person (
        profile TEXT NOT NULL PRIMARY KEY,
        identifier TEXT NOT NULL,
        name TEXT NOT NULL,
        email TEXT NOT NULL,
        phone TEXT NOT NULL,
        language TEXT NOT NULL) {clustered}""",
    """CREATE TABLE person_key (
        word TEXT NOT NULL,
        profile TEXT NOT NULL,
        PRIMARY KEY (word, profile)) {clustered}""",
    "CREATE INDEX person_key_of_profile ON person_key (profile)",
    """CREATE TABLE free_text (
        ref TEXT NOT NULL PRIMARY KEY,
        profile TEXT NOT NULL,
        words TEXT NOT NULL)""",
    "CREATE INDEX free_text_of_profile ON free_text (profile)",
    "CREATE TABLE rep (rep TEXT NOT NULL PRIMARY KEY, row_blob BLOB NOT NULL)",
    """CREATE TABLE api_key (
        sha256 BLOB NOT NULL PRIMARY KEY,
        created_ms BIGINT NOT NULL,
        row_blob BLOB NOT NULL)""",
    "CREATE TABLE book (book TEXT NOT NULL PRIMARY KEY, words TEXT NOT NULL)",
    # Sums that would otherwise need a scan. A slot per connection keeps writers apart.
    """CREATE TABLE tally (
        name TEXT NOT NULL,
        slot BIGINT NOT NULL,
        amount BIGINT NOT NULL,
        PRIMARY KEY (name, slot))""",
)

URGENT_FIRST = (
    # What waited already counts as an ordinary message; a claim reads one range for each rank.
    "ALTER TABLE outbox ADD COLUMN urgency BIGINT NOT NULL DEFAULT 3",
    "DROP INDEX outbox_ready",
    """CREATE INDEX outbox_ready ON outbox (urgency, next_ms, command_id)
        WHERE status IN ('waiting', 'leased')""",
)

ACTIVATIONS = (
    "CREATE TABLE activation (place BIGINT NOT NULL PRIMARY KEY, row_blob BLOB NOT NULL)",
)

EVERYONE = (
    """CREATE TABLE comparable (
        customer TEXT NOT NULL PRIMARY KEY,
        row_blob BLOB NOT NULL)""",
    # A line for each day: a question adds up a year of them and reads no case.
    """CREATE TABLE everyone (
        topic TEXT NOT NULL,
        day BIGINT NOT NULL,
        rest TEXT NOT NULL,
        slot BIGINT NOT NULL,
        n BIGINT NOT NULL,
        cents BIGINT NOT NULL,
        back BIGINT NOT NULL,
        given BIGINT NOT NULL,
        given_back BIGINT NOT NULL,
        refused BIGINT NOT NULL,
        refused_back BIGINT NOT NULL,
        PRIMARY KEY (topic, day, rest, slot)) {clustered}""",
    "INSERT INTO meta (name, words) VALUES ('everyone', '')",
)

ASKED = (
    # Only what waits for a person: answered requests stay in the log and in the state.
    """CREATE TABLE asked (
        event TEXT NOT NULL PRIMARY KEY,
        customer TEXT NOT NULL,
        brand TEXT NOT NULL,
        due_ms BIGINT NOT NULL,
        row_blob BLOB NOT NULL)""",
    "CREATE INDEX asked_due ON asked (due_ms, event)",
    "CREATE INDEX asked_of_customer ON asked (customer)",
)

BUDGETS = (
    """CREATE TABLE budget (
        budget TEXT NOT NULL,
        period TEXT NOT NULL,
        taken_cents BIGINT NOT NULL,
        PRIMARY KEY (budget, period))""",
    """CREATE TABLE reservation (
        event_id TEXT NOT NULL PRIMARY KEY,
        budget TEXT NOT NULL,
        period TEXT NOT NULL,
        cents BIGINT NOT NULL)""",
)

DRAFTS = (
    "CREATE TABLE draft (place BIGINT NOT NULL PRIMARY KEY, row_blob BLOB NOT NULL)",
    "CREATE TABLE trial (place BIGINT NOT NULL PRIMARY KEY, row_blob BLOB NOT NULL)",
    """CREATE TABLE trial_result (
        place BIGINT NOT NULL PRIMARY KEY,
        found TEXT NOT NULL,
        page TEXT NOT NULL)""",
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

UNFIT = (
    """CREATE TABLE unfit (
        id TEXT NOT NULL PRIMARY KEY,
        source TEXT NOT NULL,
        came_ms BIGINT NOT NULL,
        row_blob BLOB NOT NULL)""",
    "CREATE INDEX unfit_of_source ON unfit (source, came_ms, id)",
)

STEPS: tuple[tuple[str, ...], ...] = (
    FIRST, URGENT_FIRST, ACTIVATIONS, ASKED, EVERYONE, BUDGETS, DRAFTS, NOTICES, WEBHOOKS,
    UNFIT,
)  # fmt: skip
"""One entry for each version; a released entry is never edited, a change is a new entry."""

META = "CREATE TABLE IF NOT EXISTS meta (name TEXT NOT NULL PRIMARY KEY, words TEXT NOT NULL)"

BLOBS = frozenset(
    {"event", "digest", "gate", "last", "state", "commands", "command", "row_blob", "sha256"}
)
NUMBERS = frozenset(
    {
        "seq", "fold", "events", "attempts", "fence", "rank", "due_key", "is_open", "held", "slot",
        "amount", "urgency", "place", "day", "n", "cents", "back", "given", "given_back",
        "refused", "refused_back", "taken_cents",
    }
)  # fmt: skip


class NewerDatabase(MakegoodError):
    """The database was made by a newer Makegood; install that version or restore a backup."""


def steps_after(version: int) -> tuple[str, ...]:
    """Give the statements that bring a database of a version up to today's.

    Raises:
        NewerDatabase: This program is older than the database.
    """
    if version > len(STEPS):
        raise NewerDatabase(
            f"The database has version {version} and this Makegood knows {len(STEPS)}; "
            "install the newer Makegood or restore a backup."
        )
    return tuple(statement for step in STEPS[version:] for statement in step)
