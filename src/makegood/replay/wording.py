"""A comparison in words and numbers, the same on the terminal and on the page."""

from collections.abc import Iterator

from makegood.messages.money import Money
from makegood.projections.figures import HOUR_MS, money_words
from makegood.replay.comparing import Comparison, Example, Figure
from makegood.replay.figures import GROUPS, Group

_BY_ID = {group.id: group for group in GROUPS}


def headline(found: Comparison) -> str:
    """Say in one sentence what changes."""
    if not found.events:
        since = f" since {found.since}" if found.since else ""
        return f"There is nothing to judge: the log holds no event{since}."
    over = f"{_count(found.customers, 'customer')} and {_count(found.events, 'event')}"
    time = f"from {found.since} until" if found.since else "until"
    if not found.changed:
        return f"Nothing changes for {over} {time} {found.until}."
    return f"Something changes for {found.changed:,} of {over} {time} {found.until}."


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def group_of(figure: Figure) -> Group:
    """Give the kind of a figure."""
    return _BY_ID[figure.group]


def figure_words(figure: Figure) -> str:
    """Name a figure for people."""
    title = group_of(figure).title
    return f"{title}: {figure.name.replace('_', ' ')}" if figure.name else title


def amount_words(figure: Figure, number: int, *, signed: bool = False) -> str:
    """Write a number of a figure in its unit.

    Args:
        figure: Says the unit.
        number: One of its numbers.
        signed: It is a difference: more gets a plus.
    """
    sign = "+" if signed and number > 0 else ""
    match figure.unit:
        case "milliseconds":
            return f"{sign}{number / HOUR_MS:,.1f}"
        case "cents":
            return sign + money_words(Money(number, figure.currency))
        case _:
            return f"{sign}{number:,}"


def examples_of(found: Comparison) -> Iterator[tuple[Figure, tuple[Example, ...]]]:
    """Give the examples figure by figure; a customer's reason that was given is not said again."""
    told: set[tuple[str, str]] = set()
    for figure in found.figures:
        fresh = tuple(one for one in figure.examples if (one.customer, one.says) not in told)
        told.update((one.customer, one.says) for one in fresh)
        if fresh:
            yield figure, fresh
