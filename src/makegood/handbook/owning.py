"""The chapters on everyone's job: who answers for root causes, what employees find."""

from collections.abc import Iterator

from makegood.handbook.conditions import in_row
from makegood.handbook.source import Source
from makegood.handbook.terms import Cell, Chapter, Entry, Grid
from makegood.playbooks.employees import EMPLOYEE
from makegood.projections.asked import within_words

_CAUSES = (
    "Whoever owns a case, or a supervisor, names what is behind it: a rule of this book, a place, "
    "or a partner or process. Whoever answers for that says what becomes of it: changed, will "
    "change by a day, or stays, with the reason. A case after the change asks again."
)
_EMPLOYEES = (
    "Anybody who works here may say that something went wrong for a customer, and take care of "
    "it: then their name stands on it until they hand it over."
)


def job_chapters(source: Source) -> Iterator[Chapter]:
    """Say each where the book has its section."""
    places = dict(source.sections())
    if "owners" in places:
        yield _causes(source, places["owners"])
    if "employees" in places:
        yield _employees(source, places["employees"])


def _causes(source: Source, where: str) -> Chapter:
    terms = source.book.owners
    rest = terms.otherwise or "the supervisors"
    rows = [("rule", name, who) for name, who in terms.rules.items()]
    rows += [("place", name, who) for name, who in terms.places.items()]
    cells = tuple(tuple(Cell(text=one) for one in row) for row in rows)
    grid = Grid(heads=("What", "Which", "Who answers"), rows=cells) if rows else None
    entry = Entry(
        anchor="root-causes-clock",
        title="Who answers, and until when",
        where=where,
        sentences=(
            f"An answer is due within {within_words(terms.answer_ms)} of the first case that is "
            "not answered for; what is late stands first on the supervisors' list.",
            f"For everything that is not named here, {rest} answer"
            f"{'s' if terms.otherwise else ''}.",
        ),
        grid=grid,
    )
    return Chapter(anchor="root-causes", title="Root causes", lead=_CAUSES, entries=(entry,))


def _employees(source: Source, where: str) -> Chapter:
    terms = source.book.employees
    found = [one.replace("_", " ") for one in terms.found_by]
    sees = [one.replace("_", " ") for one in terms.sees]
    limit = source.book.authority_cents.get(EMPLOYEE, 0)
    entry = Entry(
        anchor="employees-find",
        title="What an employee finds and sees",
        where=where,
        sentences=(
            f"A customer is found by {in_row([*found, 'an address or number in full'], 'or')}.",
            f"Shown are the first name{' and ' + in_row(sees) if sees else ''}, and no more.",
            "What they may give stands under authority." if limit else "They give nothing.",
        ),
    )
    return Chapter(anchor="employees", title="Everyone's job", lead=_EMPLOYEES, entries=(entry,))
