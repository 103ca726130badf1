"""What a question about everyone compares with: a case, a request, or a kind of either."""

from collections.abc import Iterable, Mapping

from makegood.core.everyone import comparables
from makegood.core.likeness import Comparable
from makegood.core.state import Case, State
from makegood.messages.errors import InputError
from makegood.messages.ids import EventId
from makegood.playbooks.book import Library, RuleBook
from makegood.playbooks.mistakes import nearest


def like_of_case(state: State, case: Case, library: Library) -> Comparable | None:
    """Give what a case is compared by: its latest failure; None when no rule could judge it."""
    if not case.failures:
        return None
    failure = case.failures[-1]
    return next(
        (
            row
            for row in comparables(state, library)
            if row.event == failure.event and row.kind == "failure" and row.what == failure.rule
        ),
        None,
    )


def like_of_request(state: State, event: EventId, library: Library) -> Comparable | None:
    """Give what a request is compared by; None for one of long ago."""
    return likes_of_requests(state, library).get(event)


def likes_of_requests(state: State, library: Library) -> Mapping[EventId, Comparable]:
    """Give what every request of a customer is compared by; without those of long ago."""
    return {row.event: row for row in comparables(state, library) if row.kind == "request"}


def like_of_kind(
    book: RuleBook,
    *,
    failure: str = "",
    request: str = "",
    brand: str = "",
    severity: int = 0,
    standing: str = "",
) -> Comparable:
    """Give what a kind of failure or request is compared by, without a case.

    Args:
        book: The active book.
        failure: Id of a failure; or else `request` is one.
        request: Id of a request.
        brand: Needed where the book compares brands.
        severity: Needed where the book compares severities.
        standing: A level of the book, for this one or a higher; empty for everybody.

    Raises:
        InputError: The book knows no such name.
    """
    terms = book.everyone
    if bool(failure) == bool(request):
        raise InputError("Name a failure or a request, one of them.")
    own = book.for_brand(brand)
    check_known("failure", failure, own.failures)
    check_known("request", request, own.requests)
    check_known("brand", brand, book.brands)
    check_known("level", standing, terms.standing)
    if failure and "severity" in terms.same and not severity:
        raise InputError("The rule book compares severities: say which, 1 to 5.")
    return Comparable(
        event=EventId(""),
        kind="failure" if failure else "request",
        what=failure or request,
        loss=own.failures[failure].loses.value if failure else "",
        brand=brand,
        severity=severity,
        standing=standing,
        at_ms=0,
        price=None,
        given=(),
        answer="not_given" if failure else "waiting",
        back=False,
    )


def checked_remedy(book: RuleBook, remedy: str, cents: int | None) -> tuple[str, ...]:
    """Give the remedy that a question names; none when it names none.

    Raises:
        InputError: The book does not have it, or there is an amount without a remedy.
    """
    check_known("remedy", remedy, book.remedies)
    if cents is not None and not remedy:
        raise InputError("Say which remedy costs that much.")
    return (remedy,) if remedy else ()


def check_known(what: str, name: str, names: Iterable[str]) -> None:
    """Refuse a name that the rule book does not have; an empty one asks for nothing."""
    if name and name not in names:
        raise InputError(f"The rule book has no {what} `{name}`. {nearest(name, names)}")
