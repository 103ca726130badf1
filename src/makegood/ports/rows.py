"""The rows a store keeps: plain values that every engine writes and reads alike."""

from enum import StrEnum
from typing import Literal

from msgspec import Struct

from makegood.messages.commands import Command
from makegood.messages.events import Event, OrderKey
from makegood.messages.ids import (
    BookHash,
    CaseId,
    CommandId,
    CustomerId,
    EventId,
    ProfileId,
    RepId,
)

_BOOKING = "about:"
_LONGEST_BOOKING = 80  # an index takes no long texts, and nobody types one


def booking_key(words: str, case: str = "") -> CaseId:
    """Name a case by a booking, in one table with its ids; many cases may share the words.

    Without a case it is the beginning of every such name, for a search by prefix.
    """
    begins = f"{_BOOKING}{words.strip().casefold()[:_LONGEST_BOOKING]}"
    return CaseId(f"{begins}\n{case}" if case else begins)


class Taken(StrEnum):
    """What became of an event that was offered to the log."""

    NEW = "new"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REFUSED = "refused"  # by the intake; the log itself refuses nothing


class Offered(Struct, frozen=True, gc=False, kw_only=True):
    """An event on its way into the log.

    Attributes:
        event: The event.
        body_digest: 16 bytes of the canonical body without `sentAt` and `receivedAt`; tells a
            repeat from a conflict.
    """

    event: Event
    body_digest: bytes


class Receipt(Struct, frozen=True, gc=False, kw_only=True):
    """The log's answer for one event, in the order offered.

    Attributes:
        id: The event's id.
        taken: New, a repeat of the same, or the same id with another body.
    """

    id: EventId
    taken: Taken


class CustomerRow(Struct, frozen=True, gc=False, kw_only=True):
    """All the fold keeps about one customer.

    Attributes:
        state: Encoded core state; empty before the first event.
        last: Order key of the last folded event; None before the first.
        fired_ms: When the last timer fired; an event before it is late.
        gate: Encoded gate row.
        next_due_ms: When the next timer is due; 0 for none.
        stuck: Why the fold could not go on; empty when it could. Closes promotional.
        events: How many events were folded.
        fold: Version of the fold that made the state.
    """

    customer: CustomerId
    state: bytes = b""
    last: OrderKey | None = None
    fired_ms: int = 0
    gate: bytes = b""
    next_due_ms: int = 0
    stuck: str = ""
    events: int = 0
    fold: int = 0


class Snapshot(Struct, frozen=True, gc=False, kw_only=True):
    """A state kept so that a late event need not refold everything.

    Attributes:
        upto: Order key of the last event in it.
        fired_ms: When the last timer in it had fired.
        state: Encoded core state.
        commands: Every command issued so far.
        events: How many events are in it.
    """

    customer: CustomerId
    upto: OrderKey
    fired_ms: int
    state: bytes
    commands: tuple[CommandId, ...]
    events: int


class CaseRow(Struct, frozen=True, gc=False, kw_only=True):
    """One case as queues and lists show it.

    Attributes:
        opener: Profile of the event that opened it.
        phase: Phase of the recovery state machine.
        risk: How near the customer is to being lost; larger is nearer.
        due_ms: When the next thing is due; 0 for nothing.
        waiting_for: What is due, one word: call, ring (a place), approval, choice, judgement,
            release.
        line: One line of facts, free of personal data.
        is_open: Whether it is still worked on.
        held: Whether it holds marketing.
        rules: What failed, each kind once, in the order of their names.
        friends: How many became customers by links of its offers.
        cost_cents: What goodwill for it cost, as far as it is in `currency`.
        currency: Of that; empty where nothing was spent.
        held_until_ms: When it ceased to, or will by itself; 0 while nobody knows.
        root: Its root cause; empty for none.
        root_kind: Of what kind that is; empty while nobody has said.
    """

    case: CaseId
    customer: CustomerId
    opener: ProfileId
    brand: str
    phase: str
    severity: int
    double: bool
    risk: int
    opened_ms: int
    due_ms: int
    waiting_for: str
    owner: RepId
    line: str
    is_open: bool
    held: bool
    closed_ms: int = 0
    rules: tuple[str, ...] = ()
    friends: int = 0
    cost_cents: int = 0
    currency: str = ""
    held_until_ms: int = 0
    root: str = ""
    root_kind: str = ""


class AskedRow(Struct, frozen=True, gc=False, kw_only=True):
    """A request that waits for a person.

    Attributes:
        event: The event that asked.
        profile: Whom it was about.
        request: Its id in the book.
        due_ms: Until when a person has to answer.
        appealed: A no was appealed, so that somebody else answers.
        refused_by: Who said no; empty for the table, or while nobody did.
        late: The answer did not come in time; it is still due.
    """

    event: EventId
    customer: CustomerId
    profile: ProfileId
    request: str
    about: str
    brand: str
    at_ms: int
    due_ms: int
    appealed: bool = False
    refused_by: RepId = RepId("")
    late: bool = False


class LedgerRow(Struct, frozen=True, gc=False, kw_only=True):
    """Money that moved for a case.

    Attributes:
        command: The command that moved it.
        account: `owed` for entitlements, `marketing` for goodwill: recovery is marketing.
        brand: For whose case or request; empty where nobody can say.
    """

    case: CaseId
    customer: CustomerId
    command: CommandId
    account: str
    remedy: str
    cents: int
    currency: str
    at_ms: int
    brand: str = ""


class OutboxStatus(StrEnum):
    """Where a command stands."""

    WAITING = "waiting"
    LEASED = "leased"
    DONE = "done"
    WITHDRAWN = "withdrawn"
    MISSED = "missed"
    HELD = "held"
    FAILED = "failed"


class OutboxRow(Struct, frozen=True, gc=False, kw_only=True):
    """A command with its delivery.

    Attributes:
        attempts: Deliveries begun.
        next_ms: Not tried before this.
        fence: Grows with each lease; an older holder can no longer settle.
        error: What the last try said.
        settled_ms: When it reached its end; 0 before.
    """

    command: Command
    status: OutboxStatus
    attempts: int = 0
    next_ms: int = 0
    fence: int = 0
    error: str = ""
    settled_ms: int = 0


class GateRecord(Struct, frozen=True, gc=False, kw_only=True):
    """What the gate reads about one customer.

    Attributes:
        gate: Encoded gate row.
        next_due_ms: Past this the gate folds to now before it answers; 0 for none.
        stuck: Not empty when the fold cannot judge this customer.
    """

    customer: CustomerId
    gate: bytes
    next_due_ms: int
    stuck: str


class PersonRow(Struct, frozen=True, gc=False, kw_only=True):
    """Personal data of one profile; conditions never read it.

    Attributes:
        identifier: The typed identifier in clear, for example "user:42".
        language: BCP 47 tag, for example "de".
    """

    profile: ProfileId
    identifier: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""


class RepRow(Struct, frozen=True, kw_only=True):
    """A person of the firm.

    Attributes:
        rep: Sign-in name.
        role: Key of the book's authority table.
        brands: Brands served; empty for all.
        hours: Weekly hours as "mon-fri 08:00-18:00; sat 09:00-13:00"; empty is never.
        timezone: IANA name of the hours.
        present: Signed in or switched on by hand; only present reps are on duty.
        languages: Languages spoken, as BCP 47 tags.
        capacity: How many customers may choose them; None leaves it to the rule book.
        most_cases: With so many open cases they are busy; 0 leaves it to the rule book.
        away_from_ms: When their next leave begins; 0 for none.
        away_until_ms: When they are back from it; 0 when nobody knows.
        cover: Who looks after their customers meanwhile, as they asked; empty for nobody.
        busy_until_ms: In a conversation till then.
        left_ms: When they left the firm; 0 while they work here.
        words: What customers who choose read about them, in their own words.
        handover: What the cover should know while they are away.
        line: How many mail addresses of theirs were called off.
        email: Where the firm writes to them; customers never see it.
        supervisor: Who calls back for them, and stands above them; empty for nobody by name.
    """

    rep: RepId
    name: str
    role: str
    brands: tuple[str, ...] = ()
    hours: str = ""
    timezone: str = "UTC"
    present: bool = True
    languages: tuple[str, ...] = ()
    capacity: int | None = None
    most_cases: int = 0
    away_from_ms: int = 0
    away_until_ms: int = 0
    cover: RepId = RepId("")
    busy_until_ms: int = 0
    left_ms: int = 0
    words: str = ""
    handover: str = ""
    line: int = 0
    email: str = ""
    supervisor: RepId = RepId("")

    def is_away(self, at_ms: int) -> bool:
        """Whether they are on leave at an instant; one without an end lasts."""
        began = 0 < self.away_from_ms <= at_ms
        return began and (not self.away_until_ms or at_ms < self.away_until_ms)

    def has_left(self, at_ms: int) -> bool:
        """Whether they work here no more."""
        return 0 < self.left_ms <= at_ms


class Activation(Struct, frozen=True, kw_only=True):
    """A rule book became the active one; a line of a record that only grows.

    Attributes:
        at_ms: When; 0 for a book that was active before the record began.
        kind: `setting` when MAKEGOOD_BOOK names it, or a new deployment begins with it.
        by: Who; empty for a setting.
        because: Why.
        setting: What MAKEGOOD_BOOK said then.
    """

    book: BookHash
    at_ms: int
    kind: Literal["setting", "activated", "rolled_back"]
    by: str = ""
    because: str = ""
    setting: str = ""


class KeyRow(Struct, frozen=True, kw_only=True):
    """A key of the HTTP interface; only its SHA-256 is kept.

    Attributes:
        sha256: Digest of the key.
        name: For write keys also the source name of its events.
        scopes: What it may do, as `api.keys.SCOPES` names it.
        strict: Answer 4xx for a batch with a bad item.
        revoked_ms: 0 while valid.
        ends_ms: Not valid from then on; 0 for no end.
        brands: Only what is of these brands; empty for all.
        per_second: Requests a second in the long run; 0 for the deployment's.
        burst: Requests at once after a pause; 0 for the deployment's.
        rotated_ms: When another key took its place; 0 while it is the newest of its name.
    """

    sha256: bytes
    name: str
    scopes: tuple[str, ...]
    strict: bool = False
    created_ms: int = 0
    revoked_ms: int = 0
    ends_ms: int = 0
    brands: tuple[str, ...] = ()
    per_second: float = 0.0
    burst: float = 0.0
    rotated_ms: int = 0

    def is_valid(self, now_ms: int) -> bool:
        """Whether it opens anything at a moment."""
        return not self.revoked_ms and (not self.ends_ms or now_ms < self.ends_ms)

    def may_see(self, brand: str) -> bool:
        """Whether what is of a brand is open to it; what has no brand is open to every key."""
        return not self.brands or not brand or brand in self.brands

    def may_speak_for(self, brand: str) -> bool:
        """Whether it may write or ask about a brand; one of some brands has to name its own."""
        return not self.brands or brand in self.brands


class Reservation(Struct, frozen=True, kw_only=True):
    """What a gift takes from a budget.

    Attributes:
        event: The fact that gave it.
        period: The day, week or month it counts in.
        cents: What it is expected to cost, and what it did cost once that is known.
    """

    event: EventId
    budget: str
    period: str
    cents: int
