"""The section `everyone`: whom a request or a remedy is compared with.

Source: story 1, "if we do it for you we must do it for everyone".
"""

from makegood.playbooks.conditions import Conditions
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.reading import Section
from makegood.playbooks.spans import DAY_MS
from makegood.playbooks.standing import StandingRules
from makegood.playbooks.terms import EveryoneTerms

KEYS = ("failure", "loss", "brand", "severity")
_LONGEST_DAYS = 3660  # ten years; a question adds up one line a day


def read_everyone(
    top: Section, conditions: Conditions, standing: StandingRules | None
) -> EveryoneTerms:
    """Read the section; a book without it compares by failure and loss, over 365 days.

    Args:
        top: The book.
        conditions: What it declares.
        standing: Who a customer is; its tier is the level that is compared.
    """
    tier = standing.tier if standing is not None else None
    section = top.section("everyone", "comparison")
    usual = EveryoneTerms(tier=tier)
    if section is None:
        return usual
    terms = EveryoneTerms(
        same=_same(section) or usual.same,
        tier=tier,
        came_back_by=_came_back_by(section, conditions),
        within_days=_days(section, "within", usual.within_days),
        judge_after_days=_days(section, "judge_after", usual.judge_after_days),
        too_few=section.whole("too_few", default=usual.too_few, most=10**6),
    )
    if terms.judge_after_days >= terms.within_days:
        section.error("judge_after", "`judge_after` is as long as `within`: nobody is left.")
    section.done()
    return terms


def _same(section: Section) -> tuple[str, ...]:
    found = section.texts("same")
    for word, place in found:
        if word not in KEYS:
            why = f"Cases cannot be compared by `{word}`."
            section.report.error(place, why, nearest(word, KEYS))
    words = {word for word, _ in found}
    if found and not words & {"failure", "loss"}:
        section.error("same", "Cases need a failure or a loss in common.", "Add `failure`.")
    return tuple(key for key in KEYS if key in words)


def _came_back_by(section: Section, conditions: Conditions) -> frozenset[str]:
    declared = conditions.vocabulary.events
    found = section.texts("came_back_by")
    for name, place in found:
        if declared is not None and name not in declared:
            why = f"`facts` declares no event `{name}`."
            section.report.error(place, why, nearest(name, declared))
    return frozenset(name for name, _ in found)


def _days(section: Section, key: str, usual: int) -> int:
    span_ms = section.span_ms(key, default=usual * DAY_MS)
    days, rest = divmod(span_ms, DAY_MS)
    if rest or not 0 < days <= _LONGEST_DAYS:
        section.error(
            key, f"`{key}` is whole days, 1 to {_LONGEST_DAYS}.", "Write for example 365d."
        )
        return usual
    return days
