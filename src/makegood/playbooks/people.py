"""The section `people`: whether customers choose their own person, and what holds then.

A firm's waits and limits are its own to say; without the section nobody is chosen, and whoever is
free looks after a customer.
Source: story 5; evidence, "A person of one's own".
"""

from collections.abc import Mapping

from makegood.messages.commands import HELD_CLASSES
from makegood.playbooks.conditions import Conditions
from makegood.playbooks.in_touch import read_hello, read_leaving, read_line, read_thanks
from makegood.playbooks.in_touch_terms import OFFERS
from makegood.playbooks.messages import GIVEN, variables_of
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.nodes import Scalar
from makegood.playbooks.people_terms import SHOWN, UNDO_MS, PeopleRules
from makegood.playbooks.reading import NAME, Section
from makegood.playbooks.spans import DAY_MS, span_ms
from makegood.playbooks.terms import MessageTemplate

MOST_CHOICES = 3  # the peer that ranks people ranks three; a longer list is a directory
_LONGEST_WAIT_MS = DAY_MS  # who waits longer than a day for one busy person has been forgotten
_MAY_SAY = GIVEN | {"owner"}
_OF_WHO_LEAVES = _MAY_SAY | {"successor", "leaves_ms", "leaves", "leaves_date"}


def read_people(
    top: Section, messages: Mapping[str, MessageTemplate], conditions: Conditions
) -> PeopleRules:
    """Read the section; a book without it lets nobody be chosen."""
    section = top.section("people", "section about people")
    if section is None:
        return PeopleRules()
    rules = PeopleRules(
        choices=section.whole("choices", default=MOST_CHOICES, most=MOST_CHOICES),
        capacity=section.whole("capacity", most=100_000),
        most_cases=section.whole("most_cases", default=0, most=10_000),
        waits_ms=_waits(section),
        thread_ms=section.span_ms("thread", default=7 * DAY_MS),
        waiting_list=section.whole("waiting_list", default=0, most=100_000),
        shows=_shows(section),
        room=_message(section, "room", messages),
        unsure=_message(section, "unsure", messages),
        offers_by_chosen_rep=section.choice("offers", OFFERS, default=OFFERS[0]) == OFFERS[1],
        hello=read_hello(section, conditions),
        thanks=read_thanks(section),
        leaving=read_leaving(
            section, lambda part, key: _message(part, key, messages, _OF_WHO_LEAVES)
        ),
        line=read_line(section),
        undo_ms=section.span_ms("undo", default=UNDO_MS),
    )
    if section.has("choices") and rules.choices == 0:
        section.error(
            "choices", "Nobody can be chosen.", "Leave `people` out where that is what is meant."
        )
    if rules.waiting_list and not rules.room:
        section.error(
            "waiting_list",
            "Nobody who waits would hear that there is room.",
            "Name the message that says so, with `room:`.",
        )
    section.done()
    return rules


def _waits(section: Section) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in section.named("waits", "channel"):
        value = span_ms(entry.value.written) if isinstance(entry.value, Scalar) else None
        if not NAME.fullmatch(entry.key):
            section.report.error(entry.place, f"`{entry.key}` is not the name of a channel.")
        elif value is None or value > _LONGEST_WAIT_MS:
            section.report.error(
                entry.value.place,
                f"A wait on `{entry.key}` is a span of time of at most a day.",
                "Write for example 2m, or 0s to wait for nobody.",
            )
        else:
            found[entry.key] = value
    return found


def _shows(section: Section) -> frozenset[str]:
    found = section.texts("shows")
    for word, place in found:
        if word not in SHOWN:
            why = f"A customer cannot be shown `{word}` of a person."
            section.report.error(place, why, nearest(word, SHOWN))
    return frozenset(word for word, _ in found)


def _message(
    section: Section,
    key: str,
    messages: Mapping[str, MessageTemplate],
    may_say: frozenset[str] = _MAY_SAY,
) -> str:
    name = section.name(key, default="")
    if not name:
        return ""
    template = messages.get(name)
    if template is None:
        why = f"There is no message `{name}`."
        section.error(key, why, nearest(name, messages) or "Write it in `messages`.")
        return ""
    if template.message_class in HELD_CLASSES:
        section.error(
            key,
            f"`{name}` is {template.message_class}, and a hold would keep it from the customer.",
            "Give the message the class `service`.",
        )
    for unknown in sorted(variables_of(template) - may_say):
        section.error(
            key, f"`{name}` uses ${unknown}, which is not known here.", nearest(unknown, may_say)
        )
    return name
