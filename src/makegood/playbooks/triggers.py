"""Make all failure rules on one event into one function, and their matches into findings."""

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from makegood.messages.facts import Facts
from makegood.messages.money import Money
from makegood.playbooks.book import Finding, Known, Trigger
from makegood.playbooks.cel import (
    CelEvaluationError,
    Expression,
    Match,
    RuleSource,
    compile_rules,
)
from makegood.playbooks.cel.runtime import truth
from makegood.playbooks.failures import Detector
from makegood.playbooks.header import Header
from makegood.playbooks.terms import Cause

_ROOTS = ("event", "customer", "params")
_FACT_TYPES = (str, int, float, bool, list, dict)
_CAUSES = {cause.value: cause for cause in Cause}


def make_triggers(
    detectors: Sequence[Detector], header: Header, parameters: Mapping[str, object]
) -> Mapping[str, Trigger]:
    """Make one trigger for each event that some rule hears.

    Args:
        detectors: The failure rules of a book without mistakes, in its order.
        header: Brands and currency.
        parameters: Constants, read as `params.*`.
    """
    events = dict.fromkeys(event for one in detectors for event in one.events)
    return {
        event: _trigger([one for one in detectors if event in one.events], header, parameters)
        for event in events
    }


def about_reader(
    expression: Expression | None, parameters: Mapping[str, object]
) -> Callable[[Facts], str]:
    """Make the function that reads what a promise is about; empty when it cannot be read."""

    def about(event: Facts) -> str:
        if expression is None:
            return ""
        env: Facts = {"event": event, "params": parameters}
        return _name(_value(expression, env)) or ""

    return about


def with_fallbacks(one: Detector, parameters: Mapping[str, object]) -> Detector:
    """Work out what the details say when no event tells: a failure raised by hand has none."""
    nothing: Facts = {}
    env: Facts = {"event": nothing, "customer": nothing, "params": parameters}
    return replace(one, rule=replace(one.rule, details=_details(one.details, env)))


def recalling(detectors: Sequence[Detector]) -> frozenset[str]:
    """Name the events with a rule that reads what was said."""
    return frozenset(event for one in detectors if one.recalls for event in one.events)


def _trigger(
    detectors: Sequence[Detector], header: Header, parameters: Mapping[str, object]
) -> Trigger:
    if any(one.recalls for one in detectors):
        return _recalling(detectors, header, parameters)
    sources = [
        RuleSource(id=one.rule.id, when=one.when, fields=(one.about, one.severity, one.cause))
        for one in detectors
    ]
    fused = compile_rules(sources, _ROOTS)
    judges = tuple(_Judge(one, header) for one in detectors)

    def trigger(event: Facts, customer: Facts) -> tuple[Finding, ...]:
        matches = fused(event, customer, parameters)
        if not matches:
            return ()
        env: Facts = {"event": event, "customer": customer, "params": parameters}
        return tuple([judges[match.rule].finding(match, env) for match in matches])

    return trigger


def _recalling(
    detectors: Sequence[Detector], header: Header, parameters: Mapping[str, object]
) -> Trigger:
    """Make the trigger of an event on which a rule reads what was said about its own thing."""
    judges = tuple(_Judge(one, header) for one in detectors)

    def trigger(event: Facts, customer: Facts, said: Known | None = None) -> tuple[Finding, ...]:
        env: Facts = {"event": event, "customer": customer, "params": parameters}
        return tuple(
            found
            for judge in judges
            if (found := judge.judged(env if said is None else _with_said(judge.one, env, said)))
        )

    return trigger


def _with_said(one: Detector, env: Facts, said: Known) -> Facts:
    """Add what was said; of what nobody can tell what it is about, nothing is known."""
    if not one.recalls:
        return env
    about = _value(one.said_about or one.about, env)
    known = said(_name(about) or "")
    return env if known is None else {**env, "said": known}


class _Judge:
    """Makes the findings of one rule; what can be prepared is, because storms are busy."""

    def __init__(self, one: Detector, header: Header) -> None:
        self.one = one
        self.header = header
        self.known_brands = frozenset(header.brands)
        parts = (one.when, one.severity, one.cause)
        paths = [path for part in parts if isinstance(part, Expression) for path in part.paths]
        paths += _said_by((*parts, one.price, *one.details.values()) if one.recalls else ())
        self.reads = tuple(
            (".".join(path), path[0], path[1:]) for path in dict.fromkeys(paths) if path[1:]
        )

    def judged(self, env: Facts) -> Finding | None:
        """Judge by the exact forms; None for no."""
        one = self.one
        try:
            if one.when is not None and not truth(one.when.exact(env)):
                return None
            values = tuple(
                part.exact(env) if isinstance(part, Expression) else part
                for part in (one.about, one.severity, one.cause)
            )
        except CelEvaluationError as error:
            return self.cannot(error.missing or str(error), env)
        return self.finding(Match(rule=0, outcome="yes", values=values), env)

    def finding(self, match: Match, env: Facts) -> Finding:
        if match.outcome == "cannot":
            return self.cannot(match.missing, env)
        about, severity, cause = _name(match.values[0]), match.values[1], _cause(match.values[2])
        if about is None:
            return self.cannot("about: not a name or a number", env)
        if cause is None:
            return self.cannot(f"cause: {match.values[2]!r} is no cause", env)
        if not isinstance(severity, int) or not 1 <= severity <= 5:
            return self.cannot(f"severity: {severity!r} is not 1 to 5", env)
        return Finding(
            rule=self.one.rule.id,
            outcome="yes",
            about=about,
            brand=self.brand(env),
            severity=severity,
            cause=cause,
            inferred=self.one.inferred,
            price=_price(self.one.price, env, self.header.currency),
            details=_details(self.one.details, env),
            seen=self.seen(env),
        )

    def cannot(self, missing: str, env: Facts) -> Finding:
        one = self.one
        about = _name(_value(one.about, env))
        return Finding(
            rule=one.rule.id,
            outcome="cannot",
            about=about or "",
            brand=self.brand(env),
            severity=one.severity if isinstance(one.severity, int) else 0,
            price=_price(one.price, env, self.header.currency),
            details=_details(one.details, env),
            seen=self.seen(env),
            missing=missing,
        )

    def brand(self, env: Facts) -> str:
        """The brand, or the umbrella when the event names none that the book knows."""
        brand = self.one.brand
        value = _value(brand, env) if isinstance(brand, Expression) else brand
        return value if isinstance(value, str) and value in self.known_brands else ""

    def seen(self, env: Facts) -> tuple[tuple[str, object], ...]:
        """The facts that were there to be read; `cel.facts_seen` with the paths prepared."""
        found = []
        for dotted, root, steps in self.reads:
            value = env.get(root)
            for step in steps:
                if not isinstance(value, dict) or step not in value:
                    break
                value = value[step]
            else:
                found.append((dotted, value))
        return tuple(found)


def _said_by(parts: tuple[object, ...]) -> list[tuple[str, ...]]:
    """Give what was said, and who said it: that is a reason too."""
    made = [part for part in parts if isinstance(part, Expression)]
    said = [path for part in made for path in part.paths if path[0] == "said" and path[2:]]
    return [*said, *(("said", path[1], "by") for path in said)]


def _value(expression: Expression | None, env: Facts) -> object:
    if expression is None:
        return None
    try:
        return expression.evaluate(env)
    except CelEvaluationError:
        return None


def _name(value: object) -> str | None:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _cause(value: object) -> Cause | None:
    return _CAUSES.get(value) if isinstance(value, str) else None


def _price(expression: Expression | None, env: Facts, currency: str) -> Money | None:
    """The price, or None when it is not known; what depends on it then cannot be judged."""
    cents = _value(expression, env) if expression is not None else None
    if not isinstance(cents, int) or isinstance(cents, bool) or cents < 0:
        return None
    return Money(cents, currency)


def _details(details: Mapping[str, Expression], env: Facts) -> Facts:
    """The details that are known; one that is missing is left out."""
    if not details:
        return {}
    values = {name: _value(expression, env) for name, expression in details.items()}
    return {name: value for name, value in values.items() if isinstance(value, _FACT_TYPES)}
