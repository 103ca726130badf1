"""The section `failures`: what counts as a service failure, by event."""

import re
from collections.abc import Mapping

from msgspec import Struct

from makegood.playbooks.cel import Expression, Scope, compile_expression
from makegood.playbooks.conditions import Conditions, Reads
from makegood.playbooks.header import Header, check_brand
from makegood.playbooks.mistakes import Place, nearest
from makegood.playbooks.reach import Known, never_true
from makegood.playbooks.reading import Section, without_repeats
from makegood.playbooks.terms import Cause, FailureRule, Loss

OTHER = "other"
"""The failure kind of whatever somebody raises by hand and no rule describes."""
_WORD = re.compile(r"[A-Za-z_]+", re.ASCII)
_ROOTS = ("event", "customer")
_DEFAULT_BRAND = compile_expression('has(event.brand) ? event.brand : ""', Scope(names=_ROOTS))


class Detector(Struct, frozen=True, kw_only=True, eq=False):
    """A failure rule, ready to judge.

    Attributes:
        rule: What the rest of the book and the screens see.
        events: Events it hears.
        when: Its condition; None means always.
        about: Text that names the booking, segment or order.
        severity: 1 to 5, or an expression that gives it.
        cause: A cause, or an expression that gives one.
        inferred: The cause is inferred, not told.
        brand: Expression that gives the brand, or the brand.
        price: Cents of what was affected.
        details: Facts for the sentence about the failure.
        tainted: Details that are made of sensitive facts.
        follows: The severity reads a sensitive fact, and no reason allows it to size anything.
        never: Why its condition can never be true; empty when it can.
        when_at: Where its condition stands.
        said_about: What it wants to know was said about, when that is not its own `about`.
    """

    rule: FailureRule
    events: tuple[str, ...]
    when: Expression | None
    about: Expression | None
    severity: int | Expression
    cause: Cause | Expression
    inferred: bool
    brand: str | Expression
    price: Expression | None
    details: Mapping[str, Expression]
    tainted: frozenset[str]
    follows: bool = False
    never: str = ""
    when_at: Place = Place(1, 1)
    said_about: Expression | None = None

    @property
    def recalls(self) -> bool:
        """Whether it reads what was said."""
        parts = (self.when, self.severity, self.cause, self.price, *self.details.values())
        return any(isinstance(part, Expression) and "said" in part.roots for part in parts)


def read_failures(top: Section, header: Header, conditions: Conditions) -> tuple[Detector, ...]:
    """Read every failure rule."""
    sections = top.sections("failures", "failure")
    if not sections:
        top.error("failures", "The book knows no failure.", "Add `failures:`.")
    ids = tuple(section.name("id") for section in sections)
    return tuple(
        _Reading(section, header, conditions).detector(name)
        for section, name in without_repeats(sections, ids)
    )


def check_event(section: Section, key: str, name: str, conditions: Conditions) -> None:
    """Report an event that the book's `facts` do not declare."""
    declared = conditions.vocabulary.events
    if name and declared is not None and name not in declared:
        section.error(key, f"`facts` declares no event `{name}`.", nearest(name, declared))


class _Reading:
    """Reads one failure rule."""

    def __init__(self, section: Section, header: Header, conditions: Conditions) -> None:
        self.section = section
        self.header = header
        self.conditions = conditions
        self.events = self._events()
        self.reads = Reads(roots=(*_ROOTS, "said"), events=self.events)
        self.names = Reads(roots=_ROOTS, events=self.events)

    def detector(self, name: str) -> Detector:
        section = self.section
        if name == OTHER:
            section.error("id", f"`{OTHER}` is kept for failures raised by hand.", "Rename it.")
        because = section.text("allow_because", default="")
        when, cause = self._value("when", "bool"), self._cause()
        severity, details = self._severity(), self._details()
        self._print_allowed(because, {**details, "severity": severity})
        judged = (when, cause, severity)
        rule = FailureRule(
            id=name,
            on=" or ".join(self.events),
            title=section.text("title"),
            loses=Loss(section.choice("loses", tuple(Loss))),
            reads=_dotted(judged),
            source=section.text("source", default=""),
            line=section.place.line,
        )
        made = Detector(
            rule=rule,
            events=self.events,
            when=when,
            about=self._about(),
            said_about=self._named("said_about"),
            severity=severity,
            cause=cause,
            inferred=section.flag("inferred_cause"),
            brand=self._brand(),
            price=self._value("price", "int"),
            details=details,
            tainted=frozenset(
                key for key, one in details.items() if not because and self.conditions.tainted(one)
            ),
            follows=not because
            and isinstance(severity, Expression)
            and self.conditions.tainted(severity),
            never=self._never(when),
            when_at=section.at("when"),
        )
        section.done()
        return made

    def _print_allowed(self, because: str, parts: Mapping[str, object]) -> None:
        """Print why a sensitive fact may be read where it sizes something only further on."""
        for key, one in parts.items():
            if because and isinstance(one, Expression) and self.conditions.tainted(one):
                self.section.report.warn(
                    self.section.at(key if key == "severity" else "details"),
                    f"`{key}` reads {', '.join(_dotted((one,)))}, allowed because: {because}",
                )

    def _never(self, when: Expression | None) -> str:
        """Say why the condition is false whatever event is heard; empty when it may be true."""
        if when is None:
            return ""
        vocabulary = self.conditions.vocabulary
        reasons = []
        for event in self.events:
            shapes = {root: vocabulary.shape_of(root, event) for root in _ROOTS}
            declared = {root: shape for root, shape in shapes.items() if shape is not None}
            known = Known(parameters=vocabulary.parameters, shapes=declared)
            reasons.append(never_true(when, known))
        return reasons[0] if reasons and all(reasons) else ""

    def _events(self) -> tuple[str, ...]:
        found = self.section.texts("on", required=True)
        for name, _ in found:
            check_event(self.section, "on", name, self.conditions)
        return tuple(dict.fromkeys(name for name, _ in found))

    def _value(self, key: str, gives: str) -> Expression | None:
        return self.conditions.read(self.section, key, self.reads, gives=gives, sizes=True)

    def _about(self) -> Expression | None:
        if not self.section.has("about"):
            self.section.error(
                "about",
                "This failure has no `about`.",
                "Name the booking, segment or order; another `about` makes a second failure.",
            )
        return self._named("about")

    def _named(self, key: str) -> Expression | None:
        return self.conditions.read(self.section, key, self.names, gives="", sizes=True)

    def _severity(self) -> int | Expression:
        written = self.section.scalar("severity", "a number from 1 to 5", required=True)
        if written is None:
            return 3
        if isinstance(written.value, str):
            made = self.conditions.read(self.section, "severity", self.reads, gives="int")
            return made if made is not None else 3
        value = self.section.whole("severity", most=5)
        if value == 0:
            self.section.error(
                "severity", "`severity` starts at 1.", "1 is a nuisance, 5 stranded."
            )
        return value or 3

    def _cause(self) -> Cause | Expression:
        written = self.section.text("cause")
        if written in tuple(Cause) or not written:
            return Cause(written or Cause.FIRM)
        if _WORD.fullmatch(written):
            self.section.error(
                "cause", f"`{written}` is not a cause.", nearest(written, tuple(Cause))
            )
            return Cause.FIRM
        return self._value("cause", "string") or Cause.FIRM

    def _brand(self) -> str | Expression:
        written = self.section.scalar("brand", "a brand or a condition", required=False)
        if written is not None and _WORD.fullmatch(written.written):
            check_brand(self.section, "brand", written.written, self.header)
            return written.written
        if written is None:
            return _DEFAULT_BRAND
        made = self.conditions.read(
            self.section, "brand", self.names, gives="string", sizes=True
        )  # a brand may have a book of its own
        return made if made is not None else ""

    def _details(self) -> Mapping[str, Expression]:
        details = self.section.section("details", "list of details")
        if details is None:
            return {}
        found = {}
        for entry in self.section.named("details", "detail"):
            made = self.conditions.read(details, entry.key, self.reads, gives="")
            if made is not None:
                found[entry.key] = made
        return found


def _dotted(parts: tuple[object, ...]) -> tuple[str, ...]:
    paths = (
        ".".join(path) for part in parts if isinstance(part, Expression) for path in part.paths
    )
    return tuple(dict.fromkeys(paths))
