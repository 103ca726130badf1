"""The chapter about a customer's own person: who may be chosen, and what if they are busy."""

from makegood.handbook.conditions import in_row
from makegood.handbook.source import Source
from makegood.handbook.terms import Chapter, Entry
from makegood.playbooks.people_terms import OTHERWISE, PeopleRules
from makegood.projections.asked import within_words

_LEAD = (
    "A customer chooses their own person, who stays theirs. Nobody is routed past them, and "
    "whoever is not to meet does not: why is told to a supervisor alone."
)
_SHOWS = {
    "hours": "the hours",
    "languages": "the languages",
    "words": "the person's own words",
    "room": "whether there is room",
    "line": "their place in the waiting list",
    "ratings": "what other customers say, as a range",
}


def people_chapter(source: Source) -> tuple[Chapter, ...]:
    """Say what holds for customers and their people; no chapter where nobody is chosen."""
    where = dict(source.sections()).get("people")
    if where is None:
        return ()
    rules = source.book.people
    entry = Entry(
        anchor="people-chosen",
        title="Who looks after whom",
        where=where,
        sentences=(*_choosing(rules), *_waiting(rules)),
    )
    return (Chapter(anchor="people", title="My person", lead=_LEAD, entries=(entry,)),)


def _choosing(rules: PeopleRules) -> tuple[str, ...]:
    shown = in_row([_SHOWS[one] for one in _SHOWS if one in rules.shows])
    line = (
        f"When somebody is full, up to {rules.waiting_list} customers may wait, the first first."
        if rules.waiting_list
        else "When somebody is full there is no waiting list."
    )
    return (
        f"A customer chooses up to {rules.choices}, in order, and may change that at any time.",
        f"One person looks after at most {rules.capacity} customers, unless the roster says "
        f"another number. {line}",
        *((f"Before choosing a customer sees {shown}.",) if shown else ()),
    )


def _waiting(rules: PeopleRules) -> tuple[str, ...]:
    waits = [
        f"{within_words(ms)} on {name}" for name, ms in sorted(rules.waits_ms.items())
        if ms and name != OTHERWISE
    ]  # fmt: skip
    other = rules.waits_ms.get(OTHERWISE, 0)
    if other:
        waits.append(f"{within_words(other)} on any other channel")
    busy = f"A busy person is waited for: {in_row(waits)}. Then" if waits else "For a busy person"
    most = f" Busy is who owns {rules.most_cases} open cases." if rules.most_cases else ""
    return (
        f"{busy} the named cover takes it, then the next choice, then whoever is free.{most}",
        "For somebody off duty or away the cover takes it at once.",
        f"A conversation stays for {within_words(rules.thread_ms)} with whom it was last held, "
        "unless the customer asks for somebody else.",
    )
