"""The section `look_up`: facts that are looked up for an event before it is stored.

A fold must not look anything up, because a table changes and a replay must not: what is looked up
is written on the event, and is a fact from then on.
Source: ideas, "Facts across customers".
"""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from makegood.playbooks.book import LookUp
from makegood.playbooks.conditions import Conditions
from makegood.playbooks.failures import check_event
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.reading import Section
from makegood.playbooks.vocabulary import Shape, Vocabulary, overlaps, unknown_step

AIRPORTS = "airports"
ASKED_BY = ("origin", "destination")
"""What the table of airports is asked for: the IATA codes of both ends."""
TOLD: Shape = {"distance_km": "int", "origin_country": "string", "destination_country": "string"}
"""What the table of airports adds to an event that does not have it."""


def read_look_ups(top: Section, conditions: Conditions) -> Mapping[str, tuple[LookUp, ...]]:
    """Read what is looked up, by event."""
    found: dict[str, tuple[LookUp, ...]] = {}
    for section in top.sections("look_up", "look-up"):
        section.choice("in", (AIRPORTS,))
        events = tuple(name for name, _ in section.texts("on", required=True))
        for name in events:
            check_event(section, "on", name, conditions)
        made = LookUp(table="airports", by=dict(_by(section, events, conditions.vocabulary)))
        section.done()
        for name in dict.fromkeys(events):
            found[name] = (*found.get(name, ()), made)
    return found


def with_looked_up(vocabulary: Vocabulary, top: Section) -> Vocabulary:
    """Declare what a look-up adds, so that conditions may read it."""
    if vocabulary.events is None:
        return vocabulary
    events = dict(vocabulary.events)
    for section in top.sections("look_up", "look-up"):
        for name, _ in section.texts("on"):
            if name in events:
                events[name] = {**TOLD, **events[name]}
    return replace(vocabulary, events=events)


def _by(
    section: Section, events: tuple[str, ...], vocabulary: Vocabulary
) -> Iterator[tuple[str, str]]:
    by = section.section("by", "list of facts", required=True)
    if by is None:
        return
    for key in ASKED_BY:
        written = by.text(key)
        root, _, fact = written.partition(".")
        if written and (root != "event" or not fact.isidentifier()):
            by.error(key, f"`{written}` is no fact of the event.", f"Write `event.{key}`.")
            continue
        if overlaps(("event", fact), vocabulary.sensitive):
            by.error(
                key,
                f"`{key}` looks up by {written}, and what is found may size a remedy: customer "
                "value and public voice may set urgency, never the size of a remedy.",
                "Look up by another fact.",
            )
        yield key, fact
        _check_declared(by, key, fact, events, vocabulary)
    by.done()


def _check_declared(
    by: Section, key: str, fact: str, events: tuple[str, ...], vocabulary: Vocabulary
) -> None:
    for event in events:
        shape = vocabulary.shape_of("event", event)
        wrong = unknown_step(("event", fact), shape) if fact and shape is not None else None
        if wrong is not None:
            known = (f"event.{name}" for name in shape or {})
            by.error(
                key,
                f"`{key}` is event.{fact}, which is not a declared fact of {event}.",
                nearest(f"event.{fact}", known),
            )
