"""The section `routing`: who is asked when a customer chose nobody, and what is left to chance.

A small share of those decisions may be left to chance, so that it can be told later what a person
did and what would have happened anyway. The customer's wish always comes first, and neither their
value nor their public voice may say who they get.
Source: evidence 22, 48 and 49.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from makegood.messages.facts import Facts
from makegood.playbooks.cel import CelEvaluationError, Expression
from makegood.playbooks.cel.runtime import truth
from makegood.playbooks.conditions import Conditions, Reads
from makegood.playbooks.failures import Detector
from makegood.playbooks.mistakes import Place, nearest
from makegood.playbooks.reading import Section
from makegood.playbooks.routing_terms import (
    MOST_AMONG,
    ORDER,
    RELAXED,
    USUAL_AMONG,
    RoutingRules,
    never,
    no_language,
)

MOST_SLICE = Decimal("0.2")  # more than a fifth is no small slice, and nobody could plan with it
_WHOLE = 10_000
_UNFAIR = "who a customer gets, and reads {}: value and public voice may set urgency alone."
_SAY_WHY = "Leave it out, or say why in the `allow_because` of `routing`."
_READS = Reads(roots=("customer",))


def read_routing(
    top: Section, detectors: tuple[Detector, ...], conditions: Conditions
) -> RoutingRules:
    """Read the section; a book without it asks the least busy and writes nothing down.

    Args:
        top: The book.
        detectors: Its failures: chance depends on severity, which may depend on who it is.
        conditions: Compiles its two conditions.
    """
    section = top.section("routing", "section about routing")
    if section is None:
        return RoutingRules()
    because = section.text("allow_because", default="")
    parameters = conditions.vocabulary.parameters
    language = _condition(section, "language", conditions, because)
    unless = _condition(section, "unless", conditions, because)
    rules = RoutingRules(
        logged=True,
        slice=_slice(section),
        order=_words(section, "order", ORDER) or ("load",),
        relaxes=_words(section, "relaxes", RELAXED) if section.has("relaxes") else RELAXED,
        among=_among(section),
        chance_below=section.whole("chance_below", default=4, most=6),
        chance_at_double=section.flag("chance_at_double"),
        conversations=section.flag("conversations"),
        language=_text_of(language, parameters) if language is not None else no_language,
        unless=_judge(unless, parameters) if unless is not None else never,
    )
    _check_severity(section, rules, detectors, because)
    _check_language(section, rules)
    section.done()
    return rules


def _slice(section: Section) -> int:
    found = section.scalar("slice", "a share such as 0.05", required=False)
    if found is None:
        return 0
    value = found.value
    share = Decimal(found.written) if _is_number(value) else Decimal(-1)
    counted = share * _WHOLE
    if 0 <= share <= MOST_SLICE and counted == int(counted):
        return int(counted)
    section.error(
        "slice",
        f"`slice` should be a share from 0 to {MOST_SLICE}, not `{found.written}`.",
        "0.05 leaves five of a hundred decisions to chance; four digits are enough.",
    )
    return 0


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def _words(section: Section, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
    found = section.texts(key)
    for word, place in found:
        if word not in known:
            why = f"`{key}` cannot name `{word}`."
            section.report.error(place, why, nearest(word, known))
    words = tuple(word for word, _ in found)
    if len(set(words)) < len(words):
        section.error(key, f"`{key}` names something twice.", "Take one of them out.")
    return words


def _among(section: Section) -> int:
    among = section.whole("among", default=USUAL_AMONG, most=MOST_AMONG)
    if among == 0:
        section.error("among", "Nobody would be eligible.", f"Write 1 to {MOST_AMONG}.")
    return among or USUAL_AMONG


def _condition(
    section: Section, key: str, conditions: Conditions, because: str
) -> Expression | None:
    """Read an expression about the customer that is fair, or says why it is not."""
    gives = "bool" if key == "unless" else "string"
    made = conditions.read(section, key, _READS, gives=gives)
    if made is not None and conditions.tainted(made):
        reads = ", ".join(sorted(".".join(path) for path in made.paths))
        why = f"`{key}` decides {_UNFAIR.format(reads)}"
        if because:
            section.report.warn(section.at(key), f"{why} Allowed because: {because}")
        else:
            section.error(key, why, _SAY_WHY)
    return made


def _check_severity(
    section: Section, rules: RoutingRules, detectors: tuple[Detector, ...], because: str
) -> None:
    """A severity that follows who the customer is may not say whether chance is asked."""
    if not rules.slice or because:
        return
    for rule in (one.rule for one in detectors if one.follows):
        section.report.error(
            Place(rule.line, 1),
            f"The severity of `{rule.id}` follows the customer, and `chance_below` of `routing` "
            "follows severity.",
            "Take the customer out of it, or say why in the `allow_because` of one of them.",
        )


def _check_language(section: Section, rules: RoutingRules) -> None:
    if "language" in rules.order and not section.has("language"):
        section.error(
            "order",
            "Nothing says how a customer's language is known.",
            "Write for example `language: customer.language`.",
        )


def _text_of(expression: Expression, parameters: Mapping[str, object]) -> Callable[[Facts], str]:
    def language(customer: Facts) -> str:
        try:
            found = expression.evaluate({"customer": customer, "params": parameters})
        except CelEvaluationError:  # a fact nobody told
            return ""
        return found.casefold() if isinstance(found, str) else ""

    return language


def _judge(expression: Expression, parameters: Mapping[str, object]) -> Callable[[Facts], bool]:
    def unless(customer: Facts) -> bool:
        try:
            found = truth(expression.evaluate({"customer": customer, "params": parameters}))
        except CelEvaluationError:  # who cannot be judged is spared
            return True
        return found

    return unless
