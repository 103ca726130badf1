"""The section `silence`: promises whose keeping is overdue, failures without an event."""

from collections.abc import Mapping

from msgspec import Struct

from makegood.playbooks.cel import Expression
from makegood.playbooks.conditions import Conditions, Reads
from makegood.playbooks.failures import OTHER, check_event
from makegood.playbooks.reading import Section, without_repeats
from makegood.playbooks.terms import Cause, Loss, SilenceRule


class Promise(Struct, frozen=True, kw_only=True, eq=False):
    """A clock of what we owe: a silence rule, or a promise that says more.

    Attributes:
        about: What its events are about.
        says: What is promised, in the customer's words; empty for a silence rule.
        binds: What it binds us to: how an event says it, or its type when only people promise it.
        due: Until when, if the event says so.
        who: Who promised.
    """

    rule: SilenceRule
    about: Expression | None
    says: Mapping[str, str] = {}
    binds: Mapping[str, Expression | str] = {}
    due: Expression | None = None
    who: Expression | None = None


def read_silence(
    top: Section, taken: Mapping[str, int], conditions: Conditions
) -> tuple[Promise, ...]:
    """Read the silence rules.

    Args:
        top: The book.
        taken: Failure ids and their lines; a silence rule needs an id of its own.
        conditions: Compiles `about`.
    """
    sections = top.sections("silence", "silence rule")
    ids = tuple(section.name("id") for section in sections)
    promises = []
    for section, name in without_repeats(sections, ids):
        if name in taken or name == OTHER:
            section.error("id", f"`{name}` is already the name of a failure.", "Rename one.")
        promises.append(_promise(section, name, conditions))
        section.done()
    return tuple(promises)


def about_by_event(promises: tuple[Promise, ...]) -> Mapping[str, Expression | None]:
    """Give for each event of a promise the expression that says what it is about."""
    return {
        event: promise.about
        for promise in promises
        for event in (promise.rule.after, promise.rule.unless)
        if event
    }


def _promise(section: Section, name: str, conditions: Conditions) -> Promise:
    after, unless = section.text("after"), section.text("unless")
    reads = Reads(roots=("event",), events=(after, unless))
    section.text("allow_because", default="")
    return Promise(
        rule=read_clock(section, name, after, unless, ("after", "unless"), conditions),
        about=conditions.read(section, "about", reads, gives="", sizes=True),
    )


def read_clock(
    section: Section,
    name: str,
    after: str,
    unless: str,
    keys: tuple[str, str],
    conditions: Conditions,
) -> SilenceRule:
    """Read what silence rules and promises share: two events, a span, and the failure it is.

    Args:
        section: The rule.
        name: Its id.
        after: Event that makes the promise; empty when only people do.
        unless: Event that keeps it; empty when only people say so.
        keys: The fields of these two.
        conditions: Knows the declared events.
    """
    for key, event in zip(keys, (after, unless), strict=True):
        check_event(section, key, event, conditions)
    if after and after == unless:
        section.error(keys[1], "A promise cannot be kept by the event that makes it.")
    within_ms = section.span_ms("within")
    if section.has("within") and within_ms == 0:
        section.error("within", "`within` is longer than nothing.", "Write for example 4h.")
    severity = section.whole("severity", default=2, most=5)
    if severity == 0:
        section.error("severity", "`severity` starts at 1.", "1 is a nuisance, 5 stranded.")
    return SilenceRule(
        id=name,
        after=after,
        unless=unless,
        within_ms=within_ms,
        title=section.text("title"),
        loses=Loss(section.choice("loses", tuple(Loss), default=Loss.ATTENTION)),
        severity=severity,
        cause=Cause(section.choice("cause", tuple(Cause), default=Cause.FIRM)),
        line=section.place.line,
    )


def check_abouts(top: Section, promises: tuple[Promise, ...]) -> None:
    """Two rules on one event must mean the same promise by it."""
    first: dict[str, str] = {}
    for promise in promises:
        text = promise.about.text if promise.about is not None else ""
        for event in (promise.rule.after, promise.rule.unless):
            if event and first.setdefault(event, text) != text:
                top.error(
                    "promises" if promise.says else "silence",
                    f"Two rules read `about` of {event} in different ways.",
                    "Write the same `about` in both.",
                )
