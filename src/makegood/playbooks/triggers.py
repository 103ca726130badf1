"""Make all failure rules on one event into one function, and their matches into findings."""

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from makegood.messages.facts import Facts
from makegood.messages.money import Money
from makegood.playbooks.book import Finding, Trigger
from makegood.playbooks.cel import (
    CelEvaluationError,
    Expression,
    Match,
    RuleSource,
    compile_rules,
    facts_seen,
)
from makegood.playbooks.failures import Detector
from makegood.playbooks.header import Header
from makegood.playbooks.terms import Cause

_ROOTS = ("event", "customer", "params")
_PLAIN = (str, int, float, bool)


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
        return _name(_value(expression, {"event": event, "params": parameters})) or ""

    return about


def with_fallbacks(one: Detector, parameters: Mapping[str, object]) -> Detector:
    """Work out what the details say when no event tells: a failure raised by hand has none."""
    nothing: Facts = {}
    env = {"event": nothing, "customer": nothing, "params": parameters}
    return replace(one, rule=replace(one.rule, details=_details(one.details, env)))


def _trigger(
    detectors: Sequence[Detector], header: Header, parameters: Mapping[str, object]
) -> Trigger:
    sources = [
        RuleSource(id=one.rule.id, when=one.when, fields=(one.about, one.severity, one.cause))
        for one in detectors
    ]
    fused = compile_rules(sources, _ROOTS)
    rules = tuple(detectors)

    def trigger(event: Facts, customer: Facts) -> tuple[Finding, ...]:
        matches = fused(event, customer, parameters)
        if not matches:
            return ()
        env = {"event": event, "customer": customer, "params": parameters}
        return tuple(_finding(rules[match.rule], match, env, header) for match in matches)

    return trigger


def _finding(one: Detector, match: Match, env: Mapping[str, object], header: Header) -> Finding:
    if match.outcome == "cannot":
        return _cannot(one, match.missing, env, header)
    about, severity, cause = _name(match.values[0]), match.values[1], _cause(match.values[2])
    if about is None:
        return _cannot(one, "about: not a name or a number", env, header)
    if cause is None:
        return _cannot(one, f"cause: {match.values[2]!r} is no cause", env, header)
    if not isinstance(severity, int) or not 1 <= severity <= 5:
        return _cannot(one, f"severity: {severity!r} is not 1 to 5", env, header)
    return Finding(
        rule=one.rule.id,
        outcome="yes",
        about=about,
        brand=_brand(one, env, header),
        severity=severity,
        cause=cause,
        inferred=one.inferred,
        price=_price(one.price, env, header.currency),
        details=_details(one.details, env),
        seen=_seen(one, env),
    )


def _cannot(one: Detector, missing: str, env: Mapping[str, object], header: Header) -> Finding:
    about = _name(_value(one.about, env)) if one.about is not None else None
    return Finding(
        rule=one.rule.id,
        outcome="cannot",
        about=about or "",
        brand=_brand(one, env, header),
        severity=one.severity if isinstance(one.severity, int) else 3,
        details=_details(one.details, env),
        seen=_seen(one, env),
        missing=missing,
    )


def _value(expression: Expression, env: Mapping[str, object]) -> object:
    try:
        return expression.evaluate(env)
    except CelEvaluationError:
        return None


def _name(value: object) -> str | None:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _cause(value: object) -> Cause | None:
    return Cause(value) if isinstance(value, str) and value in tuple(Cause) else None


def _brand(one: Detector, env: Mapping[str, object], header: Header) -> str:
    """The brand, or the umbrella when the event names none that the book knows."""
    value = _value(one.brand, env) if isinstance(one.brand, Expression) else one.brand
    return value if isinstance(value, str) and value in header.brands else ""


def _price(
    expression: Expression | None, env: Mapping[str, object], currency: str
) -> Money | None:
    """The price, or None when it is not known; what depends on it then cannot be judged."""
    cents = _value(expression, env) if expression is not None else None
    if not isinstance(cents, int) or isinstance(cents, bool) or cents < 0:
        return None
    return Money(cents, currency)


def _details(details: Mapping[str, Expression], env: Mapping[str, object]) -> Facts:
    """The details that are known; one that is missing is left out."""
    values = {name: _value(expression, env) for name, expression in details.items()}
    return {name: value for name, value in values.items() if _is_fact(value)}


def _is_fact(value: object) -> bool:
    return isinstance(value, (*_PLAIN, list, dict))


def _seen(one: Detector, env: Mapping[str, object]) -> tuple[tuple[str, object], ...]:
    parts = (one.when, one.severity, one.cause)
    paths = [path for part in parts if isinstance(part, Expression) for path in part.paths]
    return tuple((path, value) for path, value in facts_seen(paths, env) if "." in path)
