"""Root causes in words: what it is, what its cases amount to, and where its answer stands."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from makegood.messages.money import Money
from makegood.playbooks.book import Library
from makegood.playbooks.owners import OwnerTerms
from makegood.ports.places import PlaceReading, PlaceRow
from makegood.ports.pointers import Gathered, RootAnswer
from makegood.projections.figures import money_words
from makegood.projections.orders import failure_words

DAY_MS = 86_400_000


class CauseRow(Struct, frozen=True, kw_only=True):
    """One root cause, for its owner and the supervisors.

    Attributes:
        owner: Sign-in name of who answers; empty for the supervisors together.
        days: Since its first case.
        cost: What its cases have cost so far.
        mark: `warn` waits, `alarm` is late, `ok` is answered.
        due_ms: Until when an answer, or the change, is due; 0 for nothing.
        again: New cases came after the change.
    """

    cause: str
    title: str
    kind: str
    owner: str
    cases: int
    harm: int
    days: int
    cost: str
    says: str
    mark: str
    due_ms: int = 0
    late: bool = False
    again: bool = False
    open: int = 0
    answer: RootAnswer | None = None


_KINDS = {"rule": "rule of the book", "place": "place", "other": "partner or process"}


def cause_words(cause: str, library: Library, places: Mapping[str, PlaceRow] = {}) -> str:
    """Say what a root cause is.

    Args:
        cause: As it was named.
        library: For the titles of rules.
        places: By id, for their names; one that is not among them is called by its id.
    """
    kind, _, what = cause.partition(":")
    if not what:
        return "nothing that is known"
    if kind == "place" and what in places:
        return places[what].name
    if kind != "rule":
        return what
    book = library.now()
    for one in (book, *book.by_brand.values()):
        request = one.requests.get(what)
        if request is not None:
            return request.title.get("en", what)
    return failure_words(what, library)


def places_in(reading: PlaceReading, causes: Sequence[str]) -> Mapping[str, PlaceRow]:
    """Give the places among root causes, by id, in one look; none looks none up."""
    named = [cause.removeprefix("place:") for cause in causes if cause.startswith("place:")]
    return reading.places_by_id(named) if named else {}


def cause_row(
    one: Gathered,
    answer: RootAnswer | None,
    terms: OwnerTerms,
    library: Library,
    now_ms: int,
    places: Mapping[str, PlaceRow] = {},
) -> CauseRow:
    """Put a root cause together.

    Args:
        one: Its cases added up.
        answer: What was answered last.
        terms: Who answers, and how long they have.
        library: For its title.
        now_ms: The present.
        places: For the names of places, by id.
    """
    kind, _, name = one.cause.partition(":")
    says, mark, due_ms = _stands(one, answer, terms.answer_ms, now_ms)
    return CauseRow(
        cause=one.cause,
        title=cause_words(one.cause, library, places),
        kind=_KINDS.get(kind, "root cause"),
        owner=terms.owner_of(kind, name),
        cases=one.cases,
        harm=one.harm,
        days=max(now_ms - one.first_ms, 0) // DAY_MS,
        cost=", ".join(
            money_words(Money(cents, currency)) for currency, cents in one.cost if currency
        ),
        says=says,
        mark=mark,
        due_ms=due_ms,
        late=mark == "alarm",
        again=bool(answer is not None and answer.answer == "changed" and one.open),
        open=one.open,
        answer=answer,
    )


def due_of(one: Gathered, answer: RootAnswer | None, answer_ms: int) -> int:
    """Say until when something is due; 0 for nothing."""
    return _stands(one, answer, answer_ms, 0)[2]


def _stands(
    one: Gathered, answer: RootAnswer | None, answer_ms: int, now_ms: int
) -> tuple[str, str, int]:
    """Say where it stands, how it is marked, and until when something is due."""
    if answer is not None and answer.answer == "stays":
        return "stays, with a reason", "ok", 0
    if answer is not None and answer.answer == "will":
        late = now_ms > answer.since_ms
        return (
            ("not changed in time" if late else "will change"),
            "alarm" if late else "warn",
            (answer.since_ms),
        )
    if not one.open:
        return "changed", "ok", 0
    due_ms = one.asked_ms + answer_ms
    if now_ms > due_ms:
        return "not answered in time", "alarm", due_ms
    return ("came back after the change" if answer else "waits for an answer"), "warn", due_ms
