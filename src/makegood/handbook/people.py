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
_LIKE = {
    "choices": "whom the customer named",
    "languages": "languages",
    "brands": "brands",
    "hours": "hours in common",
    "room": "room",
}
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
        sentences=(*_choosing(rules), *_waiting(rules), *_answering(rules)),
    )
    touch = Entry(
        anchor="people-in-touch",
        title="Hellos, thanks, and when somebody leaves",
        where=where,
        sentences=(*_offers(rules), *_hellos(rules), *_leaving(rules)),
    )
    entries = (entry, touch) if touch.sentences else (entry,)
    return (Chapter(anchor="people", title="My person", lead=_LEAD, entries=entries),)


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


def _offers(rules: PeopleRules) -> tuple[str, ...]:
    if not rules.offers_by_chosen_rep:
        return ()
    return ("Whoever chose a person hears offers from that person alone.",)


def _hellos(rules: PeopleRules) -> tuple[str, ...]:
    hello, thanks = rules.hello, rules.thanks
    said: list[str] = []
    if hello.every_ms:
        true = " ".join(one.says for one in hello.things)
        said.append(
            f"A customer who allowed it hears from their person at most every "
            f"{within_words(hello.every_ms)}, only when something is true, and never while "
            f"something is open; {hello.most} a month for one person. What may be said: {true}"
        )
    if thanks.years:
        years = in_row([str(one) for one in thanks.years])
        said.append(f"After {years} years they are thanked, without an offer. {thanks.says}")
    return tuple(said)


def _leaving(rules: PeopleRules) -> tuple[str, ...]:
    leaving = rules.leaving
    if not leaving.introduction:
        return ()
    order = in_row([_LIKE[one] for one in leaving.likeness])
    again = (
        f" Who says nothing is asked once more after {within_words(leaving.ask_again_ms)}."
        if leaving.ask_again_ms
        else ""
    )
    stays = " Who was told hears when they stay after all." if leaving.stays else ""
    return (
        f"When somebody leaves, who is most alike is put forward to each customer, by {order}. "
        f"The customer says who it is to be, and is moved by nobody else.{again}{stays}",
    )


def _answering(rules: PeopleRules) -> tuple[str, ...]:
    """Say how long an answer to a letter can be undone."""
    if not rules.undo_ms:
        return ("An answer to a letter goes out at once, and cannot be taken back.",)
    seconds = rules.undo_ms // 1000
    return (
        f"An answer to a letter waits {seconds} seconds before it goes out; until then whoever "
        "wrote it can take it back.",
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
