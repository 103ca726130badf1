"""The sections `promises` and `disclosures`: what was said, by whom, and what it binds us to."""

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from makegood.messages.facts import Facts
from makegood.playbooks.cel import CelEvaluationError, Expression
from makegood.playbooks.cel.instants import Duration, Timestamp
from makegood.playbooks.conditions import Conditions, Reads
from makegood.playbooks.failures import OTHER, check_event
from makegood.playbooks.reading import NAME, Section, without_repeats
from makegood.playbooks.remedies import read_texts
from makegood.playbooks.rulings import DisclosureRule, PromiseRule
from makegood.playbooks.silence import Promise, read_clock
from makegood.playbooks.terms import SilenceRule
from makegood.playbooks.vocabulary import FACT_TYPES, Shape

REDIRECT = "redirect"  # the clock of a customer who was sent to somebody else has this name
LONGEST_MS = 366 * 86_400_000  # an end further away than that is a mistake of the event
_NANOS = 10**6
_OF_ALL: Shape = {"at_ms": "int", "by": "string"}
_OF_PROMISES: Shape = {**_OF_ALL, "due_ms": "int", "kept": "bool", "broken": "bool"}
_OF_DISCLOSURES: Shape = {**_OF_ALL, "cents": "int", "least_cents": "int", "channel": "string"}
_JSON = (str, int, float, bool, list, dict)


class Disclosure(Struct, frozen=True, kw_only=True, eq=False):
    """Something that is told, ready to be heard.

    Attributes:
        says: What is told, in the customer's words, by language.
        events: Events that tell it.
        about: What it is about.
        amount: What it costs, in cents.
        who: Who told it.
        channel: Where.
    """

    id: str
    says: Mapping[str, str]
    events: tuple[str, ...]
    about: Expression | None
    amount: Expression | None
    who: Expression | None
    channel: Expression | None
    line: int


def shape_of_said(top: Section) -> Shape:
    """Declare what conditions may read as `said.*`, before any of them is read."""
    promises = {
        section.text("id", default=""): {**_OF_PROMISES, **_bound_names(section)}
        for section in top.sections("promises", "promise")
    }
    told = dict.fromkeys(
        (one.text("id", default="") for one in top.sections("disclosures", "disclosure")),
        _OF_DISCLOSURES,
    )
    return {**promises, **told}


def _bound_names(section: Section) -> Shape:
    return {entry.key: "map" for entry in section.named("binds", "name")}


def read_promises(
    top: Section, taken: Iterable[str], conditions: Conditions
) -> tuple[Promise, ...]:
    """Read the promises.

    Args:
        top: The book.
        taken: Ids of failures and silence rules; a promise that breaks is a failure of its own.
        conditions: Compiles what they read.
    """
    sections = top.sections("promises", "promise")
    ids = tuple(section.name("id") for section in sections)
    promises = []
    for section, name in without_repeats(sections, ids):
        if name in set(taken) or name in (OTHER, REDIRECT):
            section.error("id", f"`{name}` is already the name of a failure.", "Rename one.")
        promises.append(_promise(section, name, conditions))
        section.done()
    return tuple(promises)


def _promise(section: Section, name: str, conditions: Conditions) -> Promise:
    made, kept = section.text("on", default=""), section.text("kept_by", default="")
    rule = read_clock(section, name, made, kept, ("on", "kept_by"), conditions)
    heard = tuple(event for event in (made, kept) if event)
    told = Reads(roots=("event",), events=(made,) if made else ())
    if heard and not section.has("about"):
        section.error(
            "about",
            "This promise has no `about`, and its events do not say which promise they mean.",
            "Name the booking, segment or order.",
        )
    for key in ("by", "who", "binds"):
        if section.has(key) and not made and key != "binds":
            section.error(
                key, f"`{key}` reads an event, and none makes this promise.", "Add `on:`."
            )
    section.text("allow_because", default="")
    return Promise(
        rule=rule,
        about=conditions.read(
            section, "about", Reads(roots=("event",), events=heard), gives="", sizes=True
        ),
        says=read_texts(section, "says"),
        binds=_binds(section, conditions, told, told_by_event=bool(made)),
        due=_due(section, conditions, told),
        who=conditions.read(section, "who", told, gives="string", sizes=True),
    )


def _due(section: Section, conditions: Conditions, told: Reads) -> Expression | None:
    """Read until when a promise is to be kept: an instant, or a span from when it was made."""
    made = conditions.read(section, "by", told, gives="", sizes=True)
    known = ("int", "dyn", "google.protobuf.Timestamp", "google.protobuf.Duration")
    if made is not None and made.result_type not in (*known, "timestamp", "duration"):
        section.error(
            "by",
            f"`by` should give an instant or a duration, and gives a {made.result_type}.",
            "Milliseconds since 1970, `timestamp(...)` or `duration(...)`.",
        )
    return made


def _binds(
    section: Section, conditions: Conditions, told: Reads, *, told_by_event: bool
) -> Mapping[str, Expression | str]:
    """Read what a promise binds us to: an expression, or a type when only people promise it."""
    inside = section.section("binds", "list of what it binds us to")
    if inside is None:
        return {}
    found: dict[str, Expression | str] = {}
    for entry in section.named("binds", "name"):
        written = inside.text(entry.key)
        if not NAME.fullmatch(entry.key) or entry.key in _OF_PROMISES:
            section.report.error(
                entry.place, f"`{entry.key}` cannot be the name of what it binds us to."
            )
        elif written in FACT_TYPES and not told_by_event:
            found[entry.key] = written
        else:
            made = conditions.read(inside, entry.key, told, gives="", sizes=True)
            if made is not None:
                found[entry.key] = made
    return found


def read_disclosures(
    top: Section, taken: Iterable[str], conditions: Conditions
) -> tuple[Disclosure, ...]:
    """Read what may be told; `taken` are the ids of promises."""
    sections = top.sections("disclosures", "disclosure")
    ids = tuple(section.name("id") for section in sections)
    found = []
    for section, name in without_repeats(sections, ids):
        if name in set(taken):
            section.error("id", f"`{name}` is already the name of a promise.", "Rename one.")
        found.append(_disclosure(section, name, conditions))
        section.done()
    return tuple(found)


def _disclosure(section: Section, name: str, conditions: Conditions) -> Disclosure:
    events = tuple(dict.fromkeys(event for event, _ in section.texts("on")))
    for event in events:
        check_event(section, "on", event, conditions)
    for key in ("about", "amount") if events else ():
        if not section.has(key):
            section.error(
                key,
                f"This disclosure has no `{key}`, and an event without one tells nothing.",
                f"Add `{key}:`, or leave `on:` out and let people write it down.",
            )
    section.text("allow_because", default="")
    reads = Reads(roots=("event",), events=events)
    return Disclosure(
        id=name,
        says=read_texts(section, "says"),
        events=events,
        about=conditions.read(section, "about", reads, gives="", sizes=True),
        amount=conditions.read(section, "amount", reads, gives="int", sizes=True),
        who=conditions.read(section, "who", reads, gives="string", sizes=True),
        channel=conditions.read(section, "channel", reads, gives="string", sizes=True),
        line=section.place.line,
    )


def make_promises(
    promises: tuple[Promise, ...], parameters: Mapping[str, object], events: Mapping[str, Shape]
) -> Mapping[str, PromiseRule]:
    """Make what the core asks about promises; silence rules are none."""
    return {
        one.rule.id: PromiseRule(
            rule=one.rule,
            says=one.says,
            binds={
                name: _type_of(name, made, one.rule, events) for name, made in one.binds.items()
            },
            read_binds=_binds_reader(one.binds, parameters),
            read_due=_due_reader(one.due, one.rule.within_ms, parameters),
            read_by=_text_reader(one.who, parameters),
        )
        for one in promises
        if one.says
    }


def make_disclosures(
    told: tuple[Disclosure, ...], parameters: Mapping[str, object]
) -> Mapping[str, DisclosureRule]:
    """Make what the core asks about disclosures."""
    return {
        one.id: DisclosureRule(
            id=one.id, says=one.says, read=_disclosure_reader(one, parameters), line=one.line
        )
        for one in told
    }


def _type_of(
    name: str, made: Expression | str, rule: SilenceRule, events: Mapping[str, Shape]
) -> str:
    """Say of what type a person has to give it: as the event declares it, else by its name."""
    if isinstance(made, str):
        return made
    if made.result_type in FACT_TYPES:
        return made.result_type
    if len(made.paths) == 1 and made.text.strip() == ".".join(made.paths[0]):
        declared: Shape | str | None = events.get(rule.after)
        for step in made.paths[0][1:]:
            declared = declared.get(step) if isinstance(declared, Mapping) else None
        if isinstance(declared, str):
            return declared
    return "int" if name == "cents" or name.endswith("_cents") else "string"


def _worked_out(made: Expression | None, event: Facts, parameters: Mapping[str, object]) -> object:
    """Work out a value; what lacks a fact is None."""
    if made is None:
        return None
    try:
        return made.evaluate({"event": event, "params": parameters})
    except CelEvaluationError:
        return None


def _binds_reader(
    binds: Mapping[str, Expression | str], parameters: Mapping[str, object]
) -> Callable[[Facts], Facts]:
    made = {name: one for name, one in binds.items() if isinstance(one, Expression)}

    def read(event: Facts) -> Facts:
        values = {name: _worked_out(one, event, parameters) for name, one in made.items()}
        return {name: value for name, value in values.items() if isinstance(value, _JSON)}

    return read


def _due_reader(
    due: Expression | None, within_ms: int, parameters: Mapping[str, object]
) -> Callable[[Facts, int], int]:
    def read(event: Facts, at_ms: int) -> int:
        """An end that is missing, has passed or is too far away gives the span of the rule."""
        value = _worked_out(due, event, parameters)
        until_ms = value if isinstance(value, int) and not isinstance(value, bool) else 0
        if isinstance(value, Timestamp):
            until_ms = value.nanos // _NANOS
        elif isinstance(value, Duration):
            until_ms = at_ms + value.nanos // _NANOS
        return until_ms if at_ms < until_ms <= at_ms + LONGEST_MS else at_ms + within_ms

    return read


def _text_reader(
    made: Expression | None, parameters: Mapping[str, object]
) -> Callable[[Facts], str]:
    def read(event: Facts) -> str:
        value = _worked_out(made, event, parameters)
        return value if isinstance(value, str) else ""

    return read


def _disclosure_reader(
    one: Disclosure, parameters: Mapping[str, object]
) -> Callable[[Facts], tuple[str, Facts, str]]:
    who, channel = _text_reader(one.who, parameters), _text_reader(one.channel, parameters)

    def read(event: Facts) -> tuple[str, Facts, str]:
        about = _worked_out(one.about, event, parameters)
        cents = _worked_out(one.amount, event, parameters)
        named = isinstance(about, str | int) and not isinstance(about, bool)
        if not named or not isinstance(cents, int) or isinstance(cents, bool) or cents < 0:
            return "", {}, ""
        facts: Facts = {"cents": cents}
        if where := channel(event):
            facts["channel"] = where
        return str(about), facts, who(event)

    return read
