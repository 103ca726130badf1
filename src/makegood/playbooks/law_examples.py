"""The examples of a law: a failure with its facts, and what is owed for it by that law alone."""

from collections.abc import Collection, Mapping

from msgspec.structs import replace

from makegood.messages.facts import Facts
from makegood.messages.money import Money
from makegood.playbooks.book import FailureFacts
from makegood.playbooks.entitlements import Entitlement
from makegood.playbooks.examples import Example, Expected, Tried
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.nodes import plain
from makegood.playbooks.owing import make_owed
from makegood.playbooks.reading import Section
from makegood.playbooks.spans import day_ms
from makegood.playbooks.terms import Cause

_ANY_DAY = "2026-01-01"  # a day on which today's law applies


def read_law_examples(
    section: Section,
    rules: tuple[Entitlement, ...],
    failures: Collection[str],
    parameters: Mapping[str, object],
) -> tuple[Example, ...]:
    """Read the examples of a law, to be tried with its own names and parameters.

    Args:
        section: The law.
        rules: Its rules.
        failures: What it calls the failures it is for.
        parameters: Its own, which an example may set otherwise.
    """
    own = tuple(replace(rule, failures={name: name for name in rule.names}) for rule in rules)
    known = frozenset(rule.id for rule in rules)
    return tuple(
        _example(one, own, failures, known, parameters)
        for one in section.sections("examples", "example of a law")
    )


def _example(
    section: Section,
    rules: tuple[Entitlement, ...],
    failures: Collection[str],
    known: frozenset[str],
    parameters: Mapping[str, object],
) -> Example:
    kind = section.choice("failure", failures)
    on_ms = section.day_ms("on") or day_ms(_ANY_DAY) or 0
    price = section.whole("price_cents", default=0)
    other = _plain(section, "parameters")
    for name in other.keys() - parameters.keys():
        section.error("parameters", f"There is no parameter `{name}`.", nearest(name, parameters))
    file, line = section.report.locate(section.place)
    failure = FailureFacts(
        rule=kind,
        at_ms=on_ms,
        declined=section.flag("declines"),
        price=Money(price) if section.has("price_cents") else None,
        cause=Cause.FIRM,
        details=_plain(section, "with"),
    )
    example = Example(
        name=f"{file}: {section.text('name')}",
        given=(),
        asks=None,
        customer={},
        declines=failure.declined,
        on_ms=on_ms,
        wait_ms=0,
        expect=_expect(section, known),
        line=line,
        file=file,
        tried=Tried(failure=failure, owed=make_owed(rules, {**parameters, **other}, "USD")),
    )
    section.done()
    return example


def _plain(section: Section, key: str) -> Facts:
    return {entry.key: plain(entry.value) for entry in section.named(key, "fact")}


def _expect(section: Section, known: frozenset[str]) -> Expected:
    expect = section.section("expect", "expectation of a law", required=True)
    if expect is None:
        return Expected()
    owed = expect.section("owed", "list of sums in cents", required=True)
    entries = expect.named("owed", "entitlement")
    unsure = expect.texts("unsure")
    expect.done()
    for name, place in (*((one.key, one.place) for one in entries), *unsure):
        if name not in known:
            section.report.error(place, f"`{name}` is not an entitlement.", nearest(name, known))
    return Expected(
        owed={one.key: owed.whole(one.key) for one in entries} if owed is not None else {},
        unsure=tuple(name for name, _ in unsure),
    )
