"""The chapter about telephone calls: what is a failure, who calls back, what words suggest."""

from collections.abc import Iterator

from makegood.handbook.source import Source
from makegood.handbook.terms import Chapter, Entry
from makegood.playbooks.book import RuleBook
from makegood.playbooks.calling_terms import CallRules, RunAround
from makegood.projections.asked import within_words
from makegood.projections.hours import hours_words

_LEAD = (
    "A call is judged by all that happened in it. A line that broke is nobody's doing, and "
    "nothing of a call goes into anybody's reputation."
)


def calls_chapter(source: Source) -> tuple[Chapter, ...]:
    """Say what calls fail by and who calls back; no chapter where the book has no such section."""
    where = dict(source.sections()).get("calls")
    if where is None:
        return ()
    rules = source.book.calls
    entry = Entry(
        anchor="calls-fail",
        title="When a call was a bad one",
        where=where,
        sentences=(*_failing(rules), *_calling_back(rules), *_telling(source.book)),
    )
    hints = tuple(
        Entry(
            anchor=f"calls-{one.id}",
            title=f"A transcript may suggest: {one.title}",
            rule=one.id,
            where=where,
            sentences=(
                "The sentence is shown to a person, who says whether it is so. Nothing follows "
                "from it by itself.",
            ),
        )
        for one in rules.hints
    )
    return (
        Chapter(anchor="calls", title="On the telephone", lead=_LEAD, entries=(entry, *hints)),
    )


def _failing(rules: CallRules) -> Iterator[str]:
    if rules.runaround is not None:
        yield f"A customer was sent around who was {_limits(rules.runaround)}."
    if rules.gave_up_as:
        yield (
            "A customer gave up who hung up after waiting "
            f"{within_words(rules.gave_up_ms)} or longer."
        )
    if rules.hung_up_as:
        yield "We do not hang up while something is unsettled; who does has let the customer down."


def _limits(around: RunAround) -> str:
    found = (
        f"handed on {around.transfers} times" if around.transfers else "",
        f"on hold for {within_words(around.held_ms)}" if around.held_ms else "",
        f"asked {around.told_again} times for what they had said" if around.told_again else "",
    )
    return ", or ".join(one for one in found if one)


def _telling(book: RuleBook) -> Iterator[str]:
    """Say when the clock stands still, and what the customer is told meanwhile."""
    terms = book.calls.call_back
    if terms is None:
        return
    if terms.in_duty:
        hours = hours_words(book.duty.spans, "en")
        yield f"The clock runs only while somebody is there: {hours}."
    if terms.tell:
        yield (
            "The customer is told who calls by when, if that person is there by then, and may "
            "name a better time or number, or say that no call is needed."
        )
    if terms.late:
        yield (
            f"Nobody called {within_words(terms.ahead_ms)} before that: the customer is told, "
            "once, that it will be later, and by when, if somebody is there then."
        )


def _calling_back(rules: CallRules) -> Iterator[str]:
    terms = rules.call_back
    if terms is None:
        return
    causes = (
        "on whom one of us hung up" if rules.hung_up_as else "",
        "who flagged whom they spoke with" if rules.flagged_as else "",
    )
    who = " or ".join(one for one in causes if one)
    yield (
        f"A customer {who} is called back by the supervisor of that person within "
        f"{within_words(terms.within_ms)}."
    )
    yield (
        "When that does not happen, or goes wrong as well, it goes one higher, within "
        f"{within_words(terms.higher_ms)} each time; at the top it stays until it was done."
    )
