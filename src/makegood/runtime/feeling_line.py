"""Read how a customer feels: the last part of their history, and what is under its line.

Nothing is kept: it is read from the log and the state each time, so that an erasure leaves nothing
behind. Of a long history only the end is read; what is older comes page by page.
"""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from makegood.core.fold import advance
from makegood.core.state import State, decode_state
from makegood.messages.events import Event, OrderKey
from makegood.messages.ids import CustomerId
from makegood.messages.triage_facts import Triaged
from makegood.playbooks.book import Library
from makegood.ports.rows import CustomerRow
from makegood.ports.store import Reading
from makegood.projections.feeling_evidence import Part, evidence_in
from makegood.projections.feelings import Evidence, FeelingLine, line_of, page_of

MOST_READ = 1_000  # events of one part of a history
MOST_POSTS = 200
Sees = Callable[[Evidence], bool]


class Wanted(Struct, frozen=True, kw_only=True):
    """What somebody wants to see.

    Attributes:
        before: Where the page before ended; None for the first page.
        limit: At most so much evidence.
    """

    customer: CustomerId
    now_ms: int
    before: OrderKey | None = None
    limit: int = 20


class Felt(Struct, frozen=True, kw_only=True):
    """How a customer feels.

    Attributes:
        line: Over the part that was read; None on later pages.
        under: All that is under that line, the latest first.
        evidence: A page of it.
        following: Where the next page begins; None at the end.
        read_from_ms: Nothing older than this was read for the line; 0 when everything was.
        texts: What was written, by reference.
    """

    line: FeelingLine | None
    under: tuple[Evidence, ...]
    evidence: tuple[Evidence, ...]
    following: OrderKey | None
    read_from_ms: int
    texts: Mapping[str, str] = {}


def feelings_of(
    reading: Reading, library: Library, wanted: Wanted, sees: Sees, *, words: bool = False
) -> Felt:
    """Read one page, and for the first one the line.

    Args:
        reading: A look at the store.
        library: Every book that an event was stamped with.
        wanted: Whose, and which page.
        sees: Whether who asks may see something; what they may not is not under their line.
        words: Read what was written as well.
    """
    before = wanted.before
    profiles = reading.profiles_of([wanted.customer]).get(wanted.customer, ())
    events = reading.latest_events(profiles, before, MOST_READ)
    read_to = events[-1].order if len(events) == MOST_READ else None
    part = Part(
        events=events,
        since=read_to,
        before=before,
        posts=reading.posts_of(profiles, MOST_POSTS) if profiles else (),
        misread=_misread(reading, events),
    )
    state = _state(reading, library, wanted)
    found = tuple(one for one in evidence_in(part, state, library) if sees(one))
    shown, following = page_of(found, read_to, wanted.limit)
    refs = [one.words for one in shown if one.words] if words else []
    return Felt(
        line=line_of(found, wanted.now_ms) if before is None else None,
        under=found,
        evidence=shown,
        following=following,
        read_from_ms=read_to[0] if read_to is not None else 0,
        texts=reading.texts(refs) if refs else {},
    )


def _misread(reading: Reading, events: Sequence[Event]) -> frozenset[str]:
    """Name the letters that opened a failure, and tell of none by the word of a person since."""
    bodies = (event.body for event in events)
    opened = [one.letter for one in bodies if isinstance(one, Triaged) and one.verdict == "open"]
    known = reading.triaged(opened) if opened else {}
    return frozenset(row.letter for row in known.values() if row.labelled_ms and not row.tells)


def _state(reading: Reading, library: Library, wanted: Wanted) -> State:
    """Give the state as of now; of who is stuck, as far as the fold came."""
    row = reading.row(wanted.customer) or CustomerRow(customer=wanted.customer)
    state = decode_state(row.state)
    return state if row.stuck else advance(state, wanted.now_ms, library).state
