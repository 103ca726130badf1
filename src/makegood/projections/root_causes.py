"""Root causes in words: what it is, what its cases amount to, and where its answer stands."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from makegood.messages.ids import RepId
from makegood.messages.money import Money
from makegood.playbooks.book import Library
from makegood.playbooks.owners import OwnerTerms
from makegood.ports.places import PlaceReading, PlaceRow
from makegood.ports.pointers import Gathered, RootAnswer
from makegood.ports.rows import RepRow
from makegood.ports.store import Reading
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
        named: Whom the book names, where that is not who answers: they left, or never were here.
        brands: Whose cases it has.
    """

    cause: str
    title: str
    kind: str
    owner: RepId
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
    named: str = ""
    brands: tuple[str, ...] = ()


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


def answerer(terms: OwnerTerms, cause: str, reps: Sequence[RepRow], now_ms: int) -> RepId:
    """Say who answers for a cause: its owner, while they work here, else who answers otherwise.

    Returns:
        A sign-in name; empty for the supervisors together.
    """
    here = {row.rep for row in reps if not row.has_left(now_ms)}
    kind, _, name = cause.partition(":")
    asked = (RepId(terms.owner_of(kind, name)), RepId(terms.otherwise))
    return next((one for one in asked if one in here), RepId(""))


class Asking(Struct, frozen=True, kw_only=True):
    """Who looks at root causes.

    Attributes:
        rep: Sign-in name.
        sees_all: A supervisor of all brands.
        brands: Those of a supervisor of some brands, who sees what has a case of them.
    """

    rep: RepId
    sees_all: bool = False
    brands: tuple[str, ...] = ()

    def may_answer(self, row: CauseRow, otherwise: str) -> bool:
        """Whether a root cause is theirs to see and to answer."""
        if self.sees_all or row.owner == self.rep:
            return True
        if row.late and otherwise == self.rep:
            return True
        return bool(set(self.brands) & set(row.brands))


def rows_of_causes(
    reading: Reading, library: Library, found: Sequence[Gathered], now_ms: int
) -> tuple[CauseRow, ...]:
    """Put root causes together, in a constant number of looks."""
    terms, reps = library.now().owners, reading.reps()
    names = [one.cause for one in found]
    answers, places = reading.root_answers(names), places_in(reading, names)
    return tuple(
        _row(
            one,
            answers.get(one.cause),
            terms,
            now_ms,
            title=cause_words(one.cause, library, places),
            owner=answerer(terms, one.cause, reps, now_ms),
        )
        for one in found
    )


def causes_for(
    reading: Reading, library: Library, who: Asking, page: tuple[str, int], now_ms: int
) -> tuple[tuple[CauseRow, ...], str]:
    """Page through the root causes that somebody answers for.

    Args:
        reading: One look at the store.
        library: Its active book says who answers.
        who: Who looks.
        page: After which cause, and how many are looked at.
        now_ms: The present.

    Returns:
        Theirs, and after which cause the next page begins; "" at the end.
    """
    terms = library.now().owners
    after, limit = page
    sees_many = who.sees_all or who.brands or terms.otherwise == who.rep
    among = None if sees_many else owned_by(terms, who.rep)
    found = reading.gathered(after, limit, among=among)
    rows = rows_of_causes(reading, library, found, now_ms)
    theirs = tuple(row for row in rows if who.may_answer(row, terms.otherwise))
    return theirs, found[-1].cause if len(found) == limit else ""


def owned_by(terms: OwnerTerms, rep: RepId) -> list[str]:
    """Give the root causes for which somebody answers by name."""
    rules = [f"rule:{name}" for name, who in terms.rules.items() if who == rep]
    return rules + [f"place:{name}" for name, who in terms.places.items() if who == rep]


def _row(
    one: Gathered,
    answer: RootAnswer | None,
    terms: OwnerTerms,
    now_ms: int,
    *,
    title: str,
    owner: RepId,
) -> CauseRow:
    says, mark, due_ms = _stands(one, answer, terms.answer_ms, now_ms)
    return CauseRow(
        cause=one.cause,
        title=title,
        kind=_KINDS.get(one.cause.partition(":")[0], "root cause"),
        owner=owner,
        named=terms.owner_of(*one.cause.partition(":")[::2]),
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
        brands=one.brands,
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
