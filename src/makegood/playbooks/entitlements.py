"""The section `entitlements`: what is owed by law, contract or guarantee, dated, with its source.

Owed comes first and goodwill second; the law of the day of the failure applies.
Source: science, section 1e.
"""

from collections.abc import Mapping

from msgspec import Struct

from makegood.messages.facts import Facts
from makegood.messages.money import Money, share_of
from makegood.playbooks.book import Entitled, FailureFacts, OwedRules
from makegood.playbooks.cel import CelEvaluationError, Expression, facts_seen
from makegood.playbooks.conditions import Conditions, Reads
from makegood.playbooks.failures import OTHER, Detector
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.reading import Section, without_repeats
from makegood.playbooks.spans import DAY_MS

OWN_FACTS = frozenset({"kind", "declined", "cause", "price_cents"})
"""What every failure has, besides its details."""
_GIVEN = ("detection", "declined")
_BASES = ("law", "contract", "guarantee")


class Entitlement(Struct, frozen=True, kw_only=True, eq=False):
    """One dated rule about what is owed.

    Attributes:
        failures: Failure kinds it is for.
        from_ms: First moment it applies, UTC.
        to_ms: First moment it no longer applies; 0 for no end.
        declined_only: It is owed when the customer no longer wants the service.
        cents: Fixed sum, or an expression; None when it is a ratio.
        most_cents: The sum is capped there; 0 for no cap.
    """

    id: str
    failures: tuple[str, ...]
    from_ms: int
    to_ms: int
    when: Expression | None
    declined_only: bool
    remedy: str
    ratio: float
    cents: int | Expression | None
    most_cents: int
    deadline_ms: int
    basis: str
    source: str
    line: int

    def applies(self, failure: FailureFacts) -> bool:
        """Whether its date and its kind of failure fit."""
        return (
            failure.rule in self.failures
            and self.from_ms <= failure.at_ms
            and (self.to_ms == 0 or failure.at_ms < self.to_ms)
            and (failure.declined or not self.declined_only)
        )


def read_entitlements(
    top: Section, detectors: tuple[Detector, ...], remedies: frozenset[str], conditions: Conditions
) -> tuple[Entitlement, ...]:
    """Read the entitlement rules."""
    sections = top.sections("entitlements", "entitlement")
    ids = tuple(section.name("id") for section in sections)
    return tuple(
        _Reading(section, detectors, remedies, conditions).entitlement(name)
        for section, name in without_repeats(sections, ids)
    )


def make_owed(
    rules: tuple[Entitlement, ...], parameters: Mapping[str, object], currency: str
) -> OwedRules:
    """Make the function that says what is owed for a failure."""

    def owed(failure: FailureFacts, customer: Facts, /) -> tuple[Entitled, ...]:
        found = []
        for rule in rules:
            if rule.applies(failure):
                env = {"failure": _facts(failure), "customer": customer, "params": parameters}
                entitled = _judge(rule, failure, env, currency)
                found += [entitled] if entitled is not None else []
        return tuple(found)

    return owed


def _facts(failure: FailureFacts) -> Facts:
    price = {"price_cents": failure.price.cents} if failure.price is not None else {}
    return {
        **failure.details,
        "kind": failure.rule,
        "declined": failure.declined,
        "cause": failure.cause.value,
        **price,
    }


def _judge(
    rule: Entitlement, failure: FailureFacts, env: Mapping[str, object], currency: str
) -> Entitled | None:
    try:
        if not _holds(rule.when, env):
            return None
        amount = _amount(rule, failure, env, currency)
    except CelEvaluationError as error:
        return _entitled(rule, env, missing=error.missing or str(error))
    if amount is None:
        return _entitled(rule, env, missing="failure.price_cents")
    return _entitled(rule, env, amount=amount)


def _holds(when: Expression | None, env: Mapping[str, object]) -> bool:
    answer = when.evaluate(env) if when is not None else True
    if not isinstance(answer, bool):
        raise CelEvaluationError(f"when: {answer!r} is neither true nor false")
    return answer


def _amount(
    rule: Entitlement, failure: FailureFacts, env: Mapping[str, object], currency: str
) -> Money | None:
    if rule.cents is None:
        if failure.price is None:
            return None
        amount = share_of(failure.price, rule.ratio)
    else:
        cents = rule.cents.evaluate(env) if isinstance(rule.cents, Expression) else rule.cents
        if not isinstance(cents, int) or isinstance(cents, bool) or cents < 0:
            raise CelEvaluationError(f"cents: {cents!r} is not a sum")
        amount = Money(cents, currency)
    return min(amount, Money(rule.most_cents, amount.currency)) if rule.most_cents else amount


def _entitled(
    rule: Entitlement, env: Mapping[str, object], *, amount: Money | None = None, missing: str = ""
) -> Entitled:
    parts = (rule.when, rule.cents)
    paths = [path for part in parts if isinstance(part, Expression) for path in part.paths]
    return Entitled(
        entitlement=rule.id,
        outcome="yes" if amount is not None else "cannot",
        remedy=rule.remedy,
        amount=amount if amount is not None else Money(0),
        deadline_ms=rule.deadline_ms,
        basis=rule.basis,
        source=rule.source,
        line=rule.line,
        seen=tuple((path, value) for path, value in facts_seen(paths, env) if "." in path),
        missing=missing,
    )


class _Reading:
    """Reads one entitlement rule."""

    def __init__(
        self,
        section: Section,
        detectors: tuple[Detector, ...],
        remedies: frozenset[str],
        conditions: Conditions,
    ) -> None:
        self.section = section
        self.remedies = remedies
        self.conditions = conditions
        self.failures = self._failures({one.rule.id for one in detectors} | {OTHER})
        self.detectors = tuple(one for one in detectors if one.rule.id in self.failures)
        tainted = frozenset(name for one in self.detectors for name in one.tainted)
        self.reads = Reads(
            roots=("failure", "customer"),
            failure=OWN_FACTS.union(*(one.details for one in self.detectors)),
            tainted=tuple(("failure", name) for name in sorted(tainted)),
        )

    def entitlement(self, name: str) -> Entitlement:
        section = self.section
        section.text("allow_because", default="")
        when = self.conditions.read(section, "when", self.reads, gives="bool", sizes=True)
        self._check_cause(when)
        remedy, ratio, cents, most_cents = self._pays()
        from_ms, to_ms = section.day_ms("from"), section.day_ms("to")
        if from_ms and to_ms and to_ms < from_ms:
            section.error("to", "It ends before it starts.", "`to` is the last day it applies.")
        made = Entitlement(
            id=name,
            failures=self.failures,
            from_ms=from_ms,
            to_ms=to_ms + DAY_MS if to_ms else 0,
            when=when,
            declined_only=section.choice("given", _GIVEN) == "declined",
            remedy=remedy,
            ratio=ratio,
            cents=cents,
            most_cents=most_cents,
            deadline_ms=section.span_ms("deadline"),
            basis=section.choice("basis", _BASES),
            source=self._source(),
            line=section.place.line,
        )
        section.done()
        return made

    def _failures(self, known: set[str]) -> tuple[str, ...]:
        found = self.section.texts("for", required=True)
        for name, place in found:
            if name not in known:
                self.section.report.error(
                    place, f"`{name}` is not a failure.", nearest(name, known)
                )
        return tuple(name for name, _ in found)

    def _check_cause(self, when: Expression | None) -> None:
        """An inferred cause may explain and may grant, never deny what is owed."""
        reads_cause = when is not None and ("failure", "cause") in when.paths
        inferred = [one.rule.id for one in self.detectors if one.inferred]
        if reads_cause and inferred:
            self.section.error(
                "when",
                f"The cause of {inferred[0]} is inferred, and an inferred cause may never deny "
                "what is owed.",
                "Read a fact that was told instead.",
            )

    def _pays(self) -> tuple[str, float, int | Expression | None, int]:
        pays = self.section.section("pays", "payment", required=True)
        if pays is None:
            return "", 0.0, None, 0
        remedy = pays.text("remedy")
        if remedy and remedy not in self.remedies:
            pays.error("remedy", f"`{remedy}` is not a remedy.", nearest(remedy, self.remedies))
        ratio, cents = pays.ratio("ratio", default=0.0), self._cents(pays)
        if pays.has("ratio") == pays.has("cents"):
            self.section.error(
                "pays", "What is owed is either `cents` or a `ratio` of the price.", "Keep one."
            )
        most_cents = pays.whole("most_cents", default=0)
        pays.done()
        return remedy, ratio, cents, most_cents

    def _cents(self, pays: Section) -> int | Expression | None:
        written = pays.scalar("cents", "whole cents or an expression", required=False)
        if written is None:
            return None
        if not isinstance(written.value, str):
            return pays.whole("cents")
        return self.conditions.compile(
            self.section, "cents", written, self.reads, gives="int", sizes=True
        )

    def _source(self) -> str:
        section = self.section
        where = section.text("jurisdiction", default="")
        source = section.text("source")
        boundary = section.text("boundary", default="")
        return (f"{where}: " if where else "") + source + (f" ({boundary})" if boundary else "")
