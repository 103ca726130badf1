"""Why this plan: the rule, its line, the facts it saw, and what was missing."""

from msgspec import Struct

from makegood.core.contracts import PREFIX
from makegood.core.owed import Owed
from makegood.core.state import Case, Failure
from makegood.playbooks.book import Library
from makegood.projections.orders import failed_words

_CAUSES = {
    "firm": "our fault",
    "partner": "a partner's fault",
    "customer": "the customer's own doing",
    "nature": "weather or nature",
    "policy": "our own rule",
}


class Reason(Struct, frozen=True, kw_only=True):
    """Why one failure is a failure.

    Attributes:
        rule: Title and where it is written.
        seen: (fact, value) pairs the rule read.
        owed: What is owed and by which rule.
    """

    title: str
    book: str
    line: int
    cause: str
    severity: int
    seen: tuple[tuple[str, str], ...]
    owed: tuple[str, ...]


def reasons_of(case: Case, library: Library) -> tuple[Reason, ...]:
    """Give the reasons of every failure in a case, the latest first."""
    return tuple(_reason(failure, library) for failure in reversed(case.failures))


def cause_words(failure: Failure) -> str:
    """Say whose fault it was; an inferred cause says so."""
    words = _CAUSES.get(failure.cause.value, failure.cause.value)
    return f"{words}, inferred" if failure.inferred else words


def _reason(failure: Failure, library: Library) -> Reason:
    book = library.books.get(failure.book)
    by_hand = failure.by or (not failure.seen and not failure.line)
    return Reason(
        title=failed_words(failure, library),
        book=(book.name if book else failure.book) if not by_hand else "raised by hand",
        line=failure.line,
        cause=cause_words(failure),
        severity=failure.severity,
        seen=tuple((path, _value(value)) for path, value in failure.seen),
        owed=tuple(
            _rule_words(one) + (f", line {one.line}" if one.line else "") for one in failure.owed
        ),
    )


def _rule_words(owed: Owed) -> str:
    if owed.entitlement.startswith(PREFIX):  # its source says all: "Agreement A-77"
        return owed.source
    return f"{owed.entitlement.replace('_', ' ')}: {owed.source or owed.basis or 'rule book'}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "missing" if value is None else str(value)
