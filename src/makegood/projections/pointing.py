"""What leads to a customer and their cases, from the state: words in full, people, causes."""

from collections.abc import Iterator

from makegood.core.state import Case, Failure, State
from makegood.messages.ids import CustomerId
from makegood.playbooks.book import RuleBook
from makegood.ports.pointers import Pointer
from makegood.projections.cases import BOOKINGS, project

LONGEST_WORD = 80
KEY = "key:"  # what a program raises over HTTP has nobody who looks for it


def word_key(word: str) -> str:
    """Bring a word that somebody types to the form in which it finds."""
    return " ".join(word.casefold().split())[:LONGEST_WORD]


def pointers_of(state: State, customer: CustomerId, book: RuleBook) -> tuple[Pointer, ...]:
    """Give every pointer to one customer."""
    words = dict.fromkeys(_words(state, book))
    found = [Pointer(kind="found", key=word, customer=customer) for word in words if word]
    raised = (one for case in state.cases for one in _raised(case, customer))
    return (*found, *raised, *_caused(state, customer))


def changed_pointers(
    before: State | None, after: State, customer: CustomerId, book: RuleBook
) -> tuple[Pointer, ...] | None:
    """Give every pointer to a customer of whom something changed; None for nothing to write.

    Where a book and a customer have none of it, nothing is ever written. What was not known
    before is written in any case.
    """
    if before is not None and before.cases is after.cases and before.facts is after.facts:
        return None
    now = pointers_of(after, customer, book)
    had = before is None or pointers_of(before, customer, book)
    return now if now or had else None


def _words(state: State, book: RuleBook) -> Iterator[str]:
    """Facts by which the book lets anybody find a customer, and what their open case is about."""
    for name in book.employees.found_by:
        value = state.facts.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool):
            yield word_key(str(value))
    case = state.open_case
    if not book.employees.found_by:
        return
    for failure in case.failures if case is not None else ():
        yield from words_of(failure)


def words_of(failure: Failure) -> tuple[str, ...]:
    """Give the words by which people name what a failure is about."""
    told = (failure.details.get(name) for name in BOOKINGS)
    return tuple(word_key(one) for one in (failure.about, *told) if isinstance(one, str) and one)


def _raised(case: Case, customer: CustomerId) -> Iterator[Pointer]:
    people = ((rep, at_ms) for rep, at_ms in case.raised if not rep.startswith(KEY))
    for rep, at_ms in people:
        yield Pointer(
            kind="raised", key=rep, customer=customer, case=case.id, at_ms=at_ms, brand=case.brand
        )


def _caused(state: State, customer: CustomerId) -> Iterator[Pointer]:
    named = [case for case in state.cases if case.root]
    ledger = project(state, customer).ledger if named else ()
    for case in named:
        moved = [line for line in ledger if line.case == case.id]
        currency = moved[0].currency if moved else ""
        yield Pointer(
            kind="cause",
            key=case.root,
            customer=customer,
            case=case.id,
            at_ms=case.opened_ms,
            named_ms=case.root_ms,
            brand=case.brand,
            severity=case.severity,
            cents=sum(line.cents for line in moved if line.currency == currency),
            currency=currency,
        )
