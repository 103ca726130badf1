"""The section `examples`: given these events, expect this; a book carries its own tests."""

from collections.abc import Mapping

from msgspec import Struct

from makegood.messages.facts import Facts
from makegood.playbooks.book import FailureFacts, OwedRules
from makegood.playbooks.example_mail import CLASSES, GivenMail, read_mail
from makegood.playbooks.example_talk import GivenTalk, is_talk, read_talk
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.nodes import Fields, Items, Node, Scalar, plain
from makegood.playbooks.reading import Section
from makegood.playbooks.terms import Answer, Tier
from makegood.playbooks.vocabulary import Shape, Vocabulary, wrong_type


class GivenEvent(Struct, frozen=True, kw_only=True):
    """One event of an example.

    Attributes:
        name: The event's name.
        properties: Its facts.
        after_ms: How long after the event before it, or after the start.
        talk: What was written, where it is no event of another system; then there is no name.
    """

    name: str
    properties: Facts = {}
    after_ms: int = 0
    talk: GivenTalk | None = None


class Asked(Struct, frozen=True, kw_only=True):
    """A request of an example.

    Attributes:
        request: Its id.
        facts: What it carries.
        about: Booking, segment or order; what was said about it counts.
    """

    request: str
    facts: Facts = {}
    about: str = ""


class Tried(Struct, frozen=True, kw_only=True):
    """A failure that a law's example puts to the rules of that law alone.

    Attributes:
        owed: Those rules.
    """

    failure: FailureFacts
    owed: OwedRules


class Expected(Struct, frozen=True, kw_only=True):
    """What the book should make of an example; None is not looked at.

    Attributes:
        failures: Failure kinds found, in the order of their events.
        cannot: Failure kinds that cannot be judged.
        held: Whether marketing is stopped.
        offers: Tiers offered or given.
        owed: Cents owed by entitlement; one that is not named is not owed.
        unsure: Entitlements that cannot be told for want of a fact.
        double: Whether it is a double deviation.
        answer: What the request is answered.
        row: Row of its table that answers; empty when none does.
        cents: What is given with the answer.
        charges: What the customer pays, in cents.
        within_ms: How long a person has for the answer.
        asked: Surveys that were asked, in the order of asking.
        message_class: What the mail is, or `unknown`.
        brand: Whose mail it is.
    """

    failures: tuple[str, ...] | None = None
    cannot: tuple[str, ...] | None = None
    held: bool | None = None
    offers: tuple[Tier, ...] | None = None
    owed: Mapping[str, int] | None = None
    unsure: tuple[str, ...] | None = None
    double: bool | None = None
    answer: Answer | None = None
    row: str | None = None
    cents: int | None = None
    charges: int | None = None
    within_ms: int | None = None
    asked: tuple[str, ...] | None = None
    message_class: str | None = None
    brand: str | None = None


class Example(Struct, frozen=True, kw_only=True):
    """One example of a book.

    Attributes:
        name: What it shows.
        given: Events, in order.
        asks: What the customer asks for; None for nothing.
        customer: Facts about the customer.
        declines: The customer no longer wants the service.
        on_ms: Day of the first event, UTC; 0 for any day.
        wait_ms: How long to wait after the last event.
        expect: What should come of it.
        line: Line in the book, or in its law.
        file: What the law or the other book is called in errors; empty for the book's own.
        brand: The brand whose own book it is of; empty for the book itself.
        tried: The failure of a law's example, which has no events.
        mail: What another tool sends; None for nothing.
    """

    name: str
    given: tuple[GivenEvent, ...]
    asks: Asked | None
    customer: Facts
    declines: bool
    on_ms: int
    wait_ms: int
    expect: Expected
    line: int
    file: str = ""
    brand: str = ""
    tried: Tried | None = None
    mail: GivenMail | None = None


class Names(Struct, frozen=True, kw_only=True):
    """What examples may name."""

    events: frozenset[str]
    failures: frozenset[str]
    entitlements: frozenset[str]
    requests: Mapping[str, Shape | None]
    vocabulary: Vocabulary
    surveys: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()


def read_examples(top: Section, names: Names) -> tuple[Example, ...]:
    """Read the examples of a book."""
    return tuple(_example(section, names) for section in top.sections("examples", "example"))


def _example(section: Section, names: Names) -> Example:
    file, line = section.report.locate(section.place)
    example = Example(
        name=section.text("name", default=f"example in line {line}"),
        given=_given(section, names),
        asks=_asks(section, names),
        customer=_facts(section, "customer", names.vocabulary.customer_of_requests),
        declines=section.flag("declines"),
        on_ms=section.day_ms("on"),
        wait_ms=section.span_ms("wait", default=0),
        expect=_expect(section, names),
        line=line,
        file="" if file == section.report.file else file,
        mail=read_mail(section),
    )
    section.done()
    return example


def _given(section: Section, names: Names) -> tuple[GivenEvent, ...]:
    needed = not section.has("asks") and not section.has("mail")
    node = section.node("given", required=needed)
    if node is not None and not isinstance(node, Items):
        section.error("given", "`given` should be a list of events.", "Start each with `- `.")
    items = node.items if isinstance(node, Items) else ()
    return tuple(_event(section, item, names) for item in items)


def _event(section: Section, node: Node, names: Names) -> GivenEvent:
    if isinstance(node, Scalar):
        name, event = node.written, None
    elif isinstance(node, Fields) and is_talk(node):
        step = Section(node, "given letter", section.report)
        talk, after_ms = read_talk(step, names.channels, names.brands)
        return GivenEvent(name="", talk=talk, after_ms=after_ms)
    elif isinstance(node, Fields):
        event = Section(node, "given event", section.report)
        name = event.text("event")
    else:
        section.report.error(node.place, "An event is a name, or `event:` and `with:`.")
        return GivenEvent(name="")
    if name and name not in names.events:
        section.report.error(
            node.place, f"No rule hears the event `{name}`.", nearest(name, names.events)
        )
    if event is None:
        return GivenEvent(name=name)
    properties = _facts(event, "with", names.vocabulary.shape_of("event", name))
    made = GivenEvent(name=name, properties=properties, after_ms=event.span_ms("after", default=0))
    event.done()
    return made


def _asks(section: Section, names: Names) -> Asked | None:
    request = section.text("asks", default="")
    if not request:
        return None
    if request not in names.requests:
        section.error("asks", f"`{request}` is not a request.", nearest(request, names.requests))
        return None
    facts = _facts(section, "with", names.requests[request])
    return Asked(request=request, facts=facts, about=section.text("about", default=""))


def _facts(section: Section, key: str, shape: Shape | None) -> Facts:
    found: Facts = {}
    for entry in section.named(key, "fact"):
        found[entry.key] = plain(entry.value)
        if shape is None:
            continue
        if entry.key not in shape:
            section.report.error(
                entry.place, f"`{entry.key}` is not a declared fact.", nearest(entry.key, shape)
            )
            continue
        wanted = wrong_type(found[entry.key], shape[entry.key])
        if wanted:
            section.report.error(entry.value.place, f"`{entry.key}` should be {wanted}.")
    return found


def _expect(section: Section, names: Names) -> Expected:
    expect = section.section("expect", "expectation", required=True)
    if expect is None:
        return Expected()
    tiers = _names(expect, "offers", frozenset(tier.value for tier in Tier), "tier")
    made = Expected(
        failures=_names(expect, "failures", names.failures, "failure"),
        cannot=_names(expect, "cannot", names.failures, "failure"),
        held=expect.flag("held") if expect.has("held") else None,
        offers=tuple(Tier(name) for name in tiers) if tiers is not None else None,
        owed=_owed(expect, names.entitlements),
        unsure=_names(expect, "unsure", names.entitlements, "entitlement"),
        double=expect.flag("double") if expect.has("double") else None,
        answer=Answer(expect.choice("answer", tuple(Answer))) if expect.has("answer") else None,
        row=expect.text("row") if expect.has("row") else None,
        cents=expect.whole("cents") if expect.has("cents") else None,
        charges=expect.whole("charges") if expect.has("charges") else None,
        within_ms=expect.span_ms("within") if expect.has("within") else None,
        asked=_names(expect, "asked", names.surveys, "survey"),
        message_class=expect.choice("class", CLASSES) if expect.has("class") else None,
        brand=expect.text("brand") if expect.has("brand") else None,
    )
    expect.done()
    if made == Expected():
        section.error("expect", "This example expects nothing.", "Add for example `held: true`.")
    return made


def _names(expect: Section, key: str, known: frozenset[str], what: str) -> tuple[str, ...] | None:
    if not expect.has(key):
        return None
    found = expect.texts(key)
    for name, place in found:
        if name not in known:
            expect.report.error(place, f"`{name}` is not a {what}.", nearest(name, known))
    return tuple(name for name, _ in found if name in known)


def _owed(expect: Section, known: frozenset[str]) -> Mapping[str, int] | None:
    if not expect.has("owed"):
        return None
    entries = expect.named("owed", "entitlement")
    if not entries:
        return {}
    owed = expect.section("owed", "list of sums in cents")
    for entry in entries:
        if entry.key not in known:
            expect.report.error(
                entry.place, f"`{entry.key}` is not an entitlement.", nearest(entry.key, known)
            )
    return {entry.key: owed.whole(entry.key) for entry in entries} if owed is not None else {}
