"""The section `budgets`: what some roles may give together in a day, a week or a month."""

from collections.abc import Collection
from typing import Literal, cast

from makegood.playbooks.giving import Budget
from makegood.playbooks.header import Header, check_brand
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.reading import Section, without_repeats

PERIODS = ("day", "week", "month")


def read_budgets(top: Section, header: Header) -> tuple[Budget, ...]:
    """Read the budgets; of one role and brand there is at most one."""
    sections = top.sections("budgets", "budget")
    ids = tuple(section.name("id") for section in sections)
    budgets: list[Budget] = []
    for section, name in without_repeats(sections, ids):
        budget = _budget(section, name, header)
        for other in budgets:
            _check_apart(section, budget, other)
        budgets.append(budget)
    return tuple(budgets)


def _budget(section: Section, name: str, header: Header) -> Budget:
    cents, brand = section.whole("cents"), section.name("brand", default="")
    if section.has("cents") and cents == 0:
        section.error("cents", "A budget of nothing lets nothing be given.", "Write its `cents`.")
    check_brand(section, "brand", brand, header)
    budget = Budget(
        id=name,
        cents=cents,
        per=cast("Literal['day', 'week', 'month']", section.choice("per", PERIODS)),
        roles=_roles(section, header.authority_cents),
        brand=brand,
        line=section.place.line,
    )
    section.done()
    return budget


def _roles(section: Section, known: Collection[str]) -> tuple[str, ...]:
    found = []
    for role, place in section.texts("roles", required=True):
        if role not in known:
            section.report.error(
                place, f"`authority` names no role `{role}`.", nearest(role, known)
            )
        found.append(role)
    return tuple(dict.fromkeys(found))


def _check_apart(section: Section, budget: Budget, other: Budget) -> None:
    shared = sorted(set(budget.roles) & set(other.roles))
    if shared and budget.brand == other.brand:
        section.error(
            "roles",
            f"`{shared[0]}` is paid by the budget `{other.id}` already, in line {other.line}.",
            "Keep it in one of them, or say another `brand`.",
        )
