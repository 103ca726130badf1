"""Clock times, spans and short words, for templates."""

from collections.abc import Iterable, Mapping

from django import template

from makegood.playbooks.terms import FailureRule
from makegood.projections import figures

register = template.Library()

_PHASES = {
    "unclear": ("cannot judge", "warn"),
    "opened": ("just opened", "warn"),
    "offered": ("choosing", "warn"),
    "calling": ("call due", "alarm"),
    "helping": ("help on its way", ""),
    "asked": ("asked if good", ""),
    "made_whole": ("made good", "ok"),
    "released": ("released", ""),
    "dismissed": ("no failure", ""),
}


@register.filter
def phase_words(phase: str) -> str:
    return _PHASES.get(str(phase), (str(phase).replace("_", " "), ""))[0]


@register.filter
def phase_mark(phase: str) -> str:
    return _PHASES.get(str(phase), ("", ""))[1]


@register.filter
def span(span_ms: int) -> str:
    return figures.span_words(span_ms)


@register.filter
def example_words(value: object) -> str:
    """Write what an example expects."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {amount}" for name, amount in value.items()) or "nothing"
    if isinstance(value, set | tuple | list):
        return ", ".join(sorted(str(one).replace("_", " ") for one in value)) or "nothing"
    return {True: "yes", False: "no", None: "nothing"}.get(value, str(value))  # type: ignore[call-overload,no-any-return]


@register.filter
def grouped(number: int) -> str:
    """Write a number with its thousands apart."""
    return f"{number:,}"


@register.filter
def named(brands: str | Iterable[str], names: Mapping[str, str]) -> str:
    """Write a brand, or several, by the names of the rule book; one it does not know as it is."""
    several = (brands,) if isinstance(brands, str) else brands
    return ", ".join(names.get(brand, brand) for brand in several)


@register.filter
def minus(left: int, right: int) -> int:
    return left - right


@register.filter
def rule_words(rule: str, failures: tuple[FailureRule, ...]) -> str:
    return next((one.title for one in failures if one.id == rule), rule.replace("_", " "))


@register.simple_tag
def moment(at_ms: int, now_ms: int, zone: str) -> str:
    return figures.moment_words(at_ms, now_ms, zone)


@register.simple_tag
def clock(at_ms: int, zone: str) -> str:
    return figures.clock_words(at_ms, zone)
