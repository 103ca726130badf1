"""The parts of `people` about keeping in touch: `hello`, `thanks`, `leaving`, `line`.

How often, how many, for whom and with what share of control is a firm's own to say; the code has
no number for it.
Source: story 5; evidence (38, 40).
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from string import Template
from typing import cast

from makegood.messages.facts import Facts
from makegood.playbooks.cel import CelEvaluationError, Expression
from makegood.playbooks.conditions import Conditions, Reads
from makegood.playbooks.failures import check_event
from makegood.playbooks.in_touch_terms import (
    CAME_BACK,
    LIKENESS,
    OUTCOMES,
    SOURCES,
    HelloTerms,
    LeavingTerms,
    LineTerms,
    Of,
    ThanksTerms,
    Told,
    TrueThing,
)
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.reading import Section, without_repeats
from makegood.playbooks.spans import DAY_MS, day_ms

MOST_YEARS = 60
MOST_MESSAGES = 10_000
_MAY_SAY = frozenset({"about", "day", "ends"})
_DOMAIN_HINT = "Write a domain of yours at which mail comes in, such as reply.example.com."
Message = Callable[[Section, str], str]


def read_hello(people: Section, conditions: Conditions) -> HelloTerms:
    """Read when a rep says hello; without the part nobody does."""
    section = people.section("hello", "part about hellos")
    if section is None:
        return HelloTerms()
    section.choice("only_if", ("consented",), default="consented")
    section.node("true", required=True)
    sections = section.sections("true", "true thing")
    ids = tuple(one.name("id") for one in sections)
    things = tuple(_thing(one, name, conditions) for one, name in without_repeats(sections, ids))
    if section.has("true") and not sections:
        section.error(
            "true",
            "A hello without anything true to say is none, and this book names nothing.",
            "Write what may be said below `true:`.",
        )
    terms = HelloTerms(
        every_ms=section.span_ms("every"),
        most=section.whole("most", most=MOST_MESSAGES),
        within_ms=_within_ms(section),
        control=_control(section),
        outcomes=_outcomes(section),
        things=things,
        by_event=_by_event(things),
    )
    if section.has("every") and not terms.every_ms:
        section.error("every", "`every` is longer than nothing.", "Write for example 30d.")
    section.done()
    return terms


def _within_ms(section: Section) -> int:
    within_ms = section.span_ms("within")
    if section.has("within") and not within_ms:
        section.error("within", "`within` is longer than nothing.", "Write for example 7d.")
    return within_ms


def _by_event(things: tuple[TrueThing, ...]) -> Mapping[str, tuple[TrueThing, ...]]:
    events = dict.fromkeys(event for one in things for event in one.events)
    return {event: tuple(one for one in things if event in one.events) for event in events}


def _thing(section: Section, name: str, conditions: Conditions) -> TrueThing:
    of = cast("Of", section.choice("of", SOURCES, default="event"))
    is_event = of == "event"
    events = tuple(dict.fromkeys(one for one, _ in section.texts("on", required=is_event)))
    for event in events:
        check_event(section, "on", event, conditions)
    told = Reads(roots=("event",), events=events)
    about = conditions.read(section, "about", told, gives="")
    ends = conditions.read(section, "ends", told, gives="")
    before_ms = section.span_ms("before", default=0)
    thing = TrueThing(
        id=name,
        of=of,
        says=_says(section, _MAY_SAY),
        read=_reader(about, ends) if is_event else None,
        events=events,
        after_ms=section.span_ms("after", default=0),
        for_ms=section.span_ms("for", default=0),
        before_ms=before_ms,
        line=section.place.line,
    )
    _check_thing(section, thing, has_end=ends is not None)
    section.done()
    return thing


def _check_thing(section: Section, thing: TrueThing, *, has_end: bool) -> None:
    if thing.of != "event":
        ends = thing.of == "agreement"  # which has an end of its own
        for key in ("on", "about", "ends", *(("after", "for") if ends else ("before",))):
            if section.has(key):
                why = f"What is of a {thing.of} has no `{key}`."
                section.error(key, why, "Take it out, or say `of: event`.")
    if thing.of == "agreement":
        if not thing.before_ms:
            why = f"`{thing.id}` does not say how long before the end of an agreement it is said."
            section.error("before", why, "Write for example `before: 30d`.")
        return
    if section.has("before") != section.has("ends"):
        key = "before" if section.has("before") else "ends"
        section.error(
            key,
            "What ends is said some time before its end; one without the other says nothing.",
            "Write both `ends` and `before`, or neither.",
        )
    if not has_end and not thing.before_ms and thing.for_ms <= thing.after_ms:
        section.error(
            "for",
            f"`{thing.id}` is never true long enough to be said.",
            "Write for how long after it happened it may be said, such as `for: 45d`.",
        )


def _says(section: Section, known: frozenset[str]) -> str:
    says = section.text("says")
    for unknown in sorted(frozenset(Template(says).get_identifiers()) - known):
        section.error(
            "says", f"`says` uses ${unknown}, which is not known here.", nearest(unknown, known)
        )
    return says


def _reader(about: Expression | None, ends: Expression | None) -> Callable[[Facts], Told | None]:
    def read(event: Facts) -> Told | None:
        env: Facts = {"event": event}
        ends_ms = _moment_ms(_value(ends, env))
        if ends is not None and not ends_ms:
            return None  # an end that nobody told is no true thing
        found = _value(about, env)
        named = isinstance(found, str | int) and not isinstance(found, bool)
        return Told(str(found) if named else "", ends_ms)

    return read


def _value(made: Expression | None, env: Facts) -> object:
    if made is None:
        return None
    try:
        return made.exact(env)
    except CelEvaluationError:
        return None


def _moment_ms(value: object) -> int:
    """Read an instant: a day, ISO 8601, or milliseconds; 0 for what is none."""
    if isinstance(value, bool):
        return 0
    if isinstance(value, int):
        return value if 0 < value < 10**15 else 0
    if not isinstance(value, str):
        return 0
    day = day_ms(value)
    if day is not None:
        return day
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return 0
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return max(0, int(found.timestamp() * 1000))


def read_thanks(people: Section) -> ThanksTerms:
    """Read when a rep thanks for the years; without the part nobody does."""
    section = people.section("thanks", "part about thanks")
    if section is None:
        return ThanksTerms()
    years: list[int] = []
    for written, place in section.texts("years", required=True):
        if not written.isdecimal() or not 0 < int(written) <= MOST_YEARS:
            why = f"`{written}` is not a number of years from 1 to {MOST_YEARS}."
            section.report.error(place, why, "Write for example years: [5, 10].")
        else:
            years.append(int(written))
    terms = ThanksTerms(
        years=tuple(sorted(set(years))),
        most=section.whole("most", most=MOST_MESSAGES),
        within_ms=_within_ms(section),
        control=_control(section),
        outcomes=_outcomes(section),
        says=_says(section, frozenset({"years"})),
        line=section.place.line,
    )
    section.done()
    return terms


def read_leaving(people: Section, message: Message) -> LeavingTerms:
    """Read what happens when somebody leaves.

    Args:
        people: The section.
        message: Reads the name of a message that tells the customer.
    """
    section = people.section("leaving", "part about leaving")
    if section is None:
        return LeavingTerms()
    for key in ("introduction", "gone"):
        section.node(key, required=True)  # else customers would not hear of it
    order = tuple(dict.fromkeys(word for word, _ in section.texts("likeness")))
    for word, place in section.texts("likeness"):
        if word not in LIKENESS:
            why = f"`{word}` does not say whether somebody is alike."
            section.report.error(place, why, nearest(word, LIKENESS))
    terms = LeavingTerms(
        introduction=message(section, "introduction"),
        gone=message(section, "gone"),
        stays=message(section, "stays"),
        ask_again_ms=section.span_ms("ask_again", default=0),
        likeness=order or LIKENESS,
        control=_control(section),
        outcomes=_outcomes(section),
    )
    if 0 < terms.ask_again_ms < DAY_MS:
        section.error("ask_again", "A customer is not asked again on the same day.", "Write 7d.")
    section.done()
    return terms


def read_line(people: Section) -> LineTerms:
    """Read where mail to one person comes in; without the part nobody has an address."""
    section = people.section("line", "part about direct lines")
    if section is None:
        return LineTerms()
    domain = section.text("domain").casefold()
    parts = domain.split(".")
    if domain and (len(parts) < 2 or not all(_is_label(one) for one in parts)):
        section.error("domain", f"`{domain}` is not a domain.", _DOMAIN_HINT)
    terms = LineTerms(domain=domain, control=_control(section), outcomes=_outcomes(section))
    section.done()
    return terms


def _is_label(text: str) -> bool:
    return bool(text) and text.replace("-", "a").isalnum() and text.isascii()


def _control(section: Section) -> float:
    """Read the share of customers who are control; a half at most, for most should have it."""
    share = section.ratio("control", default=0.0)
    if share > 0.5:
        section.error(
            "control",
            "More than half of the customers would go without.",
            "Write a share of at most 0.5, or leave it out for none.",
        )
        return 0.0
    return share


def _outcomes(section: Section) -> tuple[str, ...]:
    """Read what is counted to see what it does; without the line, who comes back."""
    written = section.texts("outcomes")
    for word, place in written:
        if word not in OUTCOMES:
            why = f"`{word}` is nothing that is counted."
            section.report.error(place, why, nearest(word, OUTCOMES))
    return tuple(dict.fromkeys(word for word, _ in written)) or (CAME_BACK,)
