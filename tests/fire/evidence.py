"""What is known after a fire, in plain values: what the world was told, and what is stored.

Times are milliseconds of the machine's one clock. Clients note what they were told, receivers what
they took before they said yes; the rest is read from the store.
"""

from dataclasses import dataclass, field

BRAND = "northwind_cars"
SILENT_MS = 15_000
"""After this a question without an answer is a failure; the book in this folder says so."""
HAND_OVER_MS = 25_000
"""A hand-over that has begun may last so long before the receiver has it."""


@dataclass(frozen=True)
class Acked:
    """An event that a client sent until it was told yes.

    Attributes:
        name: `no_car`, `car_late`, `question`, `answer`, `other`.
        user: The identifier it was sent for, without its kind.
        sent_ms: When it was first sent.
        acked_ms: When the yes was read.
        mailbox: The customer whose mailbox it is; another than `user` before a link.
        price: In cents, one of its own for each failure; 0 for none.
    """

    message_id: str
    source: str
    name: str
    user: str
    sent_ms: int
    acked_ms: int
    mailbox: str = ""
    price: int = 0


@dataclass(frozen=True)
class Linked:
    """Two identifiers are one customer's, and a client was told yes."""

    old: str
    new: str
    acked_ms: int


@dataclass(frozen=True)
class Asked:
    """A question to the gate, and its answer."""

    user: str
    by: str
    message_class: str
    asked_ms: int
    answered_ms: int
    allowed: bool
    reason: str


@dataclass(frozen=True)
class Whole:
    """A customer said that it is good again; it takes effect at some time between the two.

    Attributes:
        until_ms: When an answer came; much later where none did, because a line may hold it.
    """

    user: str
    sent_ms: int
    until_ms: int


@dataclass(frozen=True)
class Delivered:
    """What a receiver took, noted before its yes.

    Attributes:
        command: From the Message-ID or the webhook-id.
        line: `mail` or `hooks`.
        kind: The message's id, or the kind of the remedy.
        message_class: Of a mail; empty for a webhook.
        begun_ms: When the receiver first heard of it.
        cents: Of a refund.
    """

    command: str
    line: str
    kind: str
    user: str
    begun_ms: int
    taken_ms: int
    message_class: str = ""
    case: str = ""
    cents: int = 0


@dataclass(frozen=True)
class Mailed:
    """A mail that a campaign tool handed to the SMTP gate until it was told yes.

    Attributes:
        digest: Of its bytes.
    """

    message_id: str
    user: str
    message_class: str
    digest: str
    sent_ms: int
    acked_ms: int


@dataclass(frozen=True)
class Fault:
    """Something that was done to the deployment.

    Attributes:
        what: `kill`, `restart`, `reset`, `cut`, `delay`, `throttle`, `silence`, `refuse`.
        where: The line, process or server.
    """

    what: str
    where: str
    began_ms: int
    ended_ms: int


@dataclass(frozen=True)
class Logged:
    """One event of the log."""

    source: str
    message_id: str
    received_ms: int


@dataclass(frozen=True)
class Order:
    """One command of the outbox."""

    command: str
    cause: str
    step: str
    kind: str
    message_class: str
    status: str
    due_ms: int
    useful_until_ms: int
    next_ms: int
    settled_ms: int
    attempts: int


@dataclass(frozen=True)
class Strange:
    """An answer that no client should ever see: its status, and the beginning of its words."""

    path: str
    status: int
    words: str


@dataclass
class Evidence:
    """Everything; `ended_ms` is when the last look was taken."""

    ended_ms: int = 0
    acked: list[Acked] = field(default_factory=list)
    linked: list[Linked] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    whole: list[Whole] = field(default_factory=list)
    delivered: list[Delivered] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    log: list[Logged] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    overdue: list[str] = field(default_factory=list)
    refold_differs: list[str] = field(default_factory=list)
    strange: list[Strange] = field(default_factory=list)
    unsigned: int = 0
    mailed: list[Mailed] = field(default_factory=list)
    relayed: list[Delivered] = field(default_factory=list)
    parked: set[str] = field(default_factory=set)
    queue_answers: bool = False
    traces: list[str] = field(default_factory=list)
