"""What a source hands to the intake: an event before it has pseudonyms, order and stamps."""

from collections.abc import Mapping

from msgspec import Struct

from makegood.messages.facts import Body
from makegood.ports.rows import PersonRow, Taken


class Arrival(Struct, frozen=True, gc=False, kw_only=True):
    """One event as it arrived.

    Attributes:
        source: Name of the write key or of our own adapter.
        message_id: Id at the source; never empty (the source derives one from the body).
        identifier: Whom it is about, a normalised typed identifier.
        time_ms: Event time, corrected by the source for the client's clock; not yet capped.
        claimed_ms: The client's own time when it was corrected, else 0.
        body: What happened. For `Identified` the pseudonyms are filled in by the intake.
        lookups: E-mail, phone and loyalty identifiers in clear, normalised (only `Identified`).
        also: Identifiers that are the same customer (only `Identified`): anonymous, previous id.
        person: Personal data for the side table; `profile` is ignored.
        texts: Free texts for the side table, by ref.
        body_digest: 16 bytes over the canonical body without `sentAt` and `receivedAt`.
        imported: History: folds and sends nothing.
        brands: It is taken only when the rule book finds it to be of one of these; empty for any.
    """

    source: str
    message_id: str
    identifier: str
    time_ms: int
    body: Body
    body_digest: bytes
    claimed_ms: int = 0
    lookups: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    person: PersonRow | None = None
    texts: Mapping[str, str] = {}
    imported: bool = False
    brands: tuple[str, ...] = ()


class Acknowledged(Struct, frozen=True, gc=False, kw_only=True):
    """The intake's answer for one arrival, given after the commit.

    Attributes:
        taken: New, duplicate or conflict; or refused, and then nothing of it is stored.
        event: Id of the event in the log; empty for what was refused.
        error: Empty, or what was wrong and what to do.
        opened: A case was opened for its customer in the same commit; from there on the gate
            says no to marketing.
    """

    taken: Taken
    event: str
    error: str = ""
    opened: bool = False
