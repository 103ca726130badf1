"""The tables of the SQL engines, as an ordered list of steps from nothing to today."""

from makegood.messages.errors import MakegoodError
from makegood.store import tables_asking as asking
from makegood.store import tables_letters as letters
from makegood.store import tables_people as people
from makegood.store import tables_pipes as pipes
from makegood.store import tables_silence as silence
from makegood.store import tables_spine as spine
from makegood.store.tables_attached import ATTACHED
from makegood.store.tables_monday import MONDAY
from makegood.store.tables_ranks import RANKS
from makegood.store.tables_read import READ
from makegood.store.tables_spend import SPEND
from makegood.store.tables_triage import TRIAGE
from makegood.store.tables_voice import VOICE
from makegood.store.tables_words import WORDS

STEPS: tuple[tuple[str, ...], ...] = (
    spine.FIRST,
    spine.URGENT_FIRST,
    spine.ACTIVATIONS,
    spine.ASKED,
    spine.EVERYONE,
    spine.BUDGETS,
    spine.DRAFTS,
    pipes.MAIL_KINDS,
    pipes.PARKING,
    pipes.NOTICES,
    pipes.WEBHOOKS,
    pipes.MARKS,
    pipes.UNFIT,
    pipes.SCREENING,
    pipes.SENDS,
    pipes.EYES,
    people.TIES,
    people.ACCOUNTS,
    people.PLACES,
    people.LINKS,
    people.REPUTATIONS,
    people.EVERYONES_JOB,
    people.ROUTINGS,
    people.LOTS,
    people.LINK_NAMES,
    people.OUTCOMES,
    people.LETTERS,
    VOICE,
    silence.SILENCE,
    letters.ERASED,
    letters.DRAFTS,
    asking.ANSWERS,
    TRIAGE,
    SPEND,
    MONDAY,
    RANKS,
    ATTACHED,
    WORDS,
    READ,
)
"""One entry for each version; a released entry is never edited, a change is a new entry."""

META = "CREATE TABLE IF NOT EXISTS meta (name TEXT NOT NULL PRIMARY KEY, words TEXT NOT NULL)"

BLOBS = frozenset(
    {
        "event",
        "digest",
        "gate",
        "last",
        "state",
        "commands",
        "command",
        "row_blob",
        "sha256",
        "content",
    }
)
NUMBERS = frozenset(
    {
        "seq", "fold", "events", "attempts", "fence", "rank", "due_key", "is_open", "held", "slot",
        "amount", "urgency", "place", "day", "n", "cents", "back", "given", "given_back",
        "refused", "refused_back", "taken_cents", "recipients", "port",
        "wanted_run", "seen_run", "hour", "bucket", "elsewhere", "honoured", "weight", "severity",
        "tenure", "wait", "in_slice", "by_chance", "treated", "propensity",
        "gave_up",
        "score", "asked", "replied", "asks",
        "friends", "cost_cents", "customers", "by_rule", "again",
        "prunable", "newest_day", "earlier_day", "told_day",
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
