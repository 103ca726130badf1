"""The section `entitlements`: what is owed by law, contract or guarantee, dated, with its source.

Owed comes first and goodwill second; the law of the day of the failure applies.
Source: evidence, "Owed by law or custom".
"""

import re
from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from makegood.playbooks.book import FailureFacts
from makegood.playbooks.cel import Expression
from makegood.playbooks.conditions import Conditions, Reads
from makegood.playbooks.failures import OTHER, Detector
from makegood.playbooks.header import read_currency
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.nodes import Scalar
from makegood.playbooks.reading import Section, without_repeats
from makegood.playbooks.silence import Promise
from makegood.playbooks.spans import DAY_MS, day_ms
from makegood.playbooks.vocabulary import Path

OWN_FACTS = frozenset({"kind", "declined", "cause", "price_cents", "day"})
"""What every failure has, besides its details."""
NEVER = "never"
"""Day of a parameter that has not come."""
Values: TypeAlias = tuple[tuple[str, Expression], ...]
"""Named values of a law, each of which may read those before it."""
_NEVER_MS = 2**63
GIVEN = ("detection", "declined")
_WORD = re.compile(r"\w+")
BASES = ("law", "contract", "guarantee")


class Entitlement(Struct, frozen=True, kw_only=True, eq=False):
    """One dated rule about what is owed.

    Attributes:
        failures: Failure kinds it is for, each with the name the rule's own text has for it.
        names: Those names, also of failures that the book does not have.
        from_ms: First moment it applies, UTC.
        to_ms: First moment it no longer applies; 0 for no end.
        from_by: Parameter that says its first day instead; empty for none.
        to_by: Parameter that says the first day without it instead; empty for none.
        declined_only: It is owed when the customer no longer wants the service.
        ratio: Share of the price, or an expression; 0 when it is a sum.
        cents: Fixed sum, or an expression; None when it is a ratio.
        most_cents: The sum is capped there; 0 for no cap.
        currency: Of `cents` and `most_cents`; empty for the book's, and the price's for a cap.
        once: What it makes good, if other rules make good the same; empty for nothing.
        values: What its text works out before.
    """

    id: str
    failures: Mapping[str, str]
    names: tuple[str, ...]
    from_ms: int
    to_ms: int
    from_by: str
    to_by: str
    when: Expression | None
    declined_only: bool
    remedy: str
    ratio: float | Expression
    cents: int | Expression | None
    most_cents: int | Expression
    currency: str
    deadline_ms: int
    basis: str
    source: str
    once: str
    values: Values
    line: int

    def applies(self, failure: FailureFacts) -> bool:
        """Whether its date and its kind of failure fit."""
        return (
            failure.rule in self.failures
            and self.from_ms <= failure.at_ms
            and (self.to_ms == 0 or failure.at_ms < self.to_ms)
            and (failure.declined or not self.declined_only)
        )


class Ground(Struct, frozen=True, kw_only=True, eq=False):
    """What the entitlements of one text may name.

    Attributes:
        kinds: Failure as the text calls it -> the kinds of the book that are meant.
        remedies: Remedy as the text calls it -> the remedy of the book.
        detectors: The failure rules of the book.
        roots: Variables a condition may name.
        facts: What it may read as `failure.*` besides its kinds' details; None for only those.
        bound: Promise -> what it bound us to, which its failure has as details.
        values: Named values of the text.
        defaults: Field -> what an entitlement of the text says there unless it says otherwise.
    """

    kinds: Mapping[str, tuple[str, ...]]
    remedies: Mapping[str, str]
    detectors: tuple[Detector, ...]
    roots: tuple[str, ...] = ("failure", "customer")
    facts: frozenset[str] | None = None
    bound: Mapping[str, frozenset[str]] = {}
    values: Values = ()
    defaults: Mapping[str, str] = {}


def read_entitlements(
    top: Section, ground: Ground, conditions: Conditions
) -> tuple[Entitlement, ...]:
    """Read the entitlement rules of a book or a law."""
    sections = top.sections("entitlements", "entitlement")
    ids = tuple(section.name("id") for section in sections)
    return tuple(
        _Reading(section, ground, conditions).entitlement(name)
        for section, name in without_repeats(sections, ids)
    )


def ground_of_book(
    detectors: tuple[Detector, ...], promises: tuple[Promise, ...], remedies: frozenset[str]
) -> Ground:
    """Give what the book's own entitlements may name: all that it has."""
    kinds = (*(one.rule.id for one in detectors), *(one.rule.id for one in promises), OTHER)
    return Ground(
        kinds={kind: (kind,) for kind in kinds},
        remedies={name: name for name in remedies},
        detectors=detectors,
        bound={
            one.rule.id: frozenset({*one.binds, "promised_by", "promised_about"})
            for one in promises
            if one.says
        },
    )


def dated(rule: Entitlement, parameters: Mapping[str, object]) -> Entitlement:
    """Fill in the days that parameters say; `never` is a day that has not come."""
    changed = rule
    if rule.from_by:
        written = str(parameters[rule.from_by])
        found = day_ms(written)
        changed = replace(changed, from_ms=_NEVER_MS if found is None else found)
    if rule.to_by:
        written = str(parameters[rule.to_by])
        changed = replace(changed, to_ms=day_ms(written) or 0)
    return changed


class _Reading:
    """Reads one entitlement rule."""

    def __init__(self, section: Section, ground: Ground, conditions: Conditions) -> None:
        self.section = section
        self.ground = ground
        self.conditions = conditions
        self.failures = self._failures()
        self.detectors = tuple(one for one in ground.detectors if one.rule.id in self.failures)
        tainted = frozenset(name for one in self.detectors for name in one.tainted)
        details = (one.details for one in self.detectors)
        bound = (names for kind, names in ground.bound.items() if kind in self.failures)
        facts = ground.facts
        if facts is None:
            facts = frozenset[str]().union(*details, *bound)
        self.reads = Reads(
            roots=ground.roots,
            failure=OWN_FACTS | facts,
            values=frozenset(name for name, _ in ground.values) if ground.values else None,
            tainted=tuple(("failure", name) for name in sorted(tainted)),
        )

    def entitlement(self, name: str) -> Entitlement:
        section = self.section
        section.text("allow_because", default="")
        when = self.conditions.read(section, "when", self.reads, gives="bool", sizes=True)
        from_ms, from_by = self._day("from")
        to_ms, to_by = self._end(from_ms)
        made = self._paying(
            Entitlement(
                id=name,
                failures=self.failures,
                names=tuple(name for name, _ in section.texts("for")),
                from_ms=from_ms,
                to_ms=to_ms,
                from_by=from_by,
                to_by=to_by,
                when=when,
                declined_only=section.choice("given", GIVEN) == "declined",
                remedy="",
                ratio=0.0,
                cents=None,
                most_cents=0,
                currency="",
                deadline_ms=section.span_ms("deadline"),
                basis=section.choice("basis", BASES, default=self.ground.defaults.get("basis")),
                source=self._source(),
                once=section.name("once", default=""),
                values=self.ground.values,
                line=section.place.line,
            )
        )
        self._check_cause("when", made.when)
        for part in (made.cents, made.ratio, made.most_cents):
            self._check_cause("pays", part)
        section.done()
        return made

    def _failures(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for name, place in self.section.texts("for", required=True):
            if name not in self.ground.kinds:
                self.section.report.error(
                    place, f"`{name}` is not a failure.", nearest(name, self.ground.kinds)
                )
            found |= dict.fromkeys(self.ground.kinds.get(name, ()), name)
        return found

    def _day(self, key: str) -> tuple[int, str]:
        """Read a day, or the name of the parameter that says it."""
        section = self.section
        written = section.text(key, default="")
        if not written.startswith("params."):
            return section.day_ms(key), ""
        name, parameters = written.removeprefix("params."), self.conditions.vocabulary.parameters
        if name not in parameters:
            section.error(key, f"There is no parameter `{name}`.", nearest(name, parameters))
            return 0, ""
        value = parameters[name]
        if value != NEVER and (not isinstance(value, str) or day_ms(value) is None):
            section.error(
                key,
                f"The parameter `{name}` is {value!r} and not a day.",
                f"Make it a day, as in 2027-01-01, or `{NEVER}`.",
            )
        return 0, name

    def _end(self, from_ms: int) -> tuple[int, str]:
        """Read the last day, or the first day without the rule."""
        section = self.section
        to_ms, before_ms, before_by = section.day_ms("to"), *self._day("before")
        if section.has("to") and section.has("before"):
            section.error("before", "The rule ends by `to` and by `before`.", "Keep one.")
        end_ms = to_ms + DAY_MS if to_ms else before_ms
        if from_ms and end_ms and end_ms <= from_ms:
            key = "to" if to_ms else "before"
            section.error(key, "It ends before it starts.", "`to` is the last day it applies.")
        return end_ms, before_by

    def _check_cause(self, key: str, made: object) -> None:
        """An inferred cause may explain and may grant, never deny what is owed."""
        inferred = [one.rule.id for one in self.detectors if one.inferred]
        reads = self._read_by(made) if inferred and isinstance(made, Expression) else ()
        if ("failure", "cause") in reads:
            self.section.error(
                key,
                f"The cause of {inferred[0]} is inferred, and an inferred cause may never deny "
                "what is owed.",
                "Read a fact that was told instead.",
            )

    def _read_by(self, made: Expression) -> set[Path]:
        """Every fact behind an expression, also those that its values were made of."""
        values = dict(self.ground.values)
        todo = list(made.paths)
        for path in todo:
            if path[0] == "values" and path[1:] and path[1] in values:
                todo += [one for one in values[path[1]].paths if one not in todo]
        return set(todo)

    def _paying(self, made: Entitlement) -> Entitlement:
        pays = self.section.section("pays", "payment", required=True)
        if pays is None:
            return made
        remedy, remedies = pays.text("remedy"), self.ground.remedies
        if remedy and remedy not in remedies:
            pays.error("remedy", f"`{remedy}` is not a remedy.", nearest(remedy, remedies))
        ratio, cents = self._ratio(pays), self._cents(pays, "cents")
        if pays.has("ratio") == pays.has("cents"):
            self.section.error(
                "pays", "What is owed is either `cents` or a `ratio` of the price.", "Keep one."
            )
        most_cents, currency = self._cents(pays, "most_cents"), read_currency(pays, "")
        if currency and not (pays.has("cents") or pays.has("most_cents")):
            pays.error("currency", "A share of the price is in the price's currency.", "Drop it.")
        pays.done()
        return replace(
            made,
            remedy=remedies.get(remedy, remedy),
            ratio=ratio,
            cents=cents,
            most_cents=most_cents or 0,
            currency=currency,
        )

    def _cents(self, pays: Section, key: str) -> int | Expression | None:
        written = pays.scalar(key, "whole cents or an expression", required=False)
        if written is None:
            return None
        if not isinstance(written.value, str):
            return pays.whole(key)
        return self._worked_out(key, written, "int")

    def _ratio(self, pays: Section) -> float | Expression:
        written = pays.scalar("ratio", "a number from 0 to 10, or an expression", required=False)
        if written is None or not isinstance(written.value, str) or _WORD.fullmatch(written.value):
            return pays.ratio("ratio", default=0.0)
        return self._worked_out("ratio", written, "double") or 0.0

    def _worked_out(self, key: str, written: Scalar, gives: str) -> Expression | None:
        return self.conditions.compile(
            self.section, key, written, self.reads, gives=gives, sizes=True
        )

    def _source(self) -> str:
        """Say where it is written, where it holds, up to which limit, and how it is paid."""
        section, defaults = self.section, self.ground.defaults
        where = section.text("jurisdiction", default=defaults.get("jurisdiction", ""))
        source = section.text("source", default=defaults.get("source"))
        further = (section.text("boundary", default=""), section.text("form", default=""))
        said = "; ".join(one for one in further if one)
        return (f"{where}: " if where else "") + source + (f" ({said})" if said else "")
