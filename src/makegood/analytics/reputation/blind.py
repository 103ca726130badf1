"""Which ratings count, so that nobody can tell from what is published what one customer said.

What is said of somebody changes only when ratings of at least k customers changed at once: new
ones, answers that took the place of others, ratings left out after an appeal. Until then the old
ones count, so two pages on two days never differ by fewer than k customers; one who answers often
is one. People and rules have groups of their own.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from makegood.messages.ids import CustomerId, ProfileId
from makegood.ports.reputation import RatingRow

Meeting: TypeAlias = tuple[str, str, str]
"""(customer, survey, about): a later answer about the same takes an earlier one's place."""
LeftOut: TypeAlias = frozenset[tuple[str, str]]
"""(rep, about) of meetings whose rating an appeal left out."""


class Counted(Struct, frozen=True, kw_only=True):
    """Ratings with what they count for now, and of whom something changed.

    Attributes:
        rows: Every rating.
        changed: Those whose marks differ from before; they are to be kept.
        reps: People of whom ratings of at least k customers changed.
        rules: Rules of which ratings of at least k customers changed.
    """

    rows: tuple[RatingRow, ...]
    changed: tuple[RatingRow, ...]
    reps: frozenset[str]
    rules: frozenset[str]


def counted(
    rows: Sequence[RatingRow],
    customers: Mapping[ProfileId, CustomerId],
    left_out: LeftOut,
    k: int,
) -> Counted:
    """Decide which ratings count.

    Args:
        rows: Every rating, by place in the log, with the marks of before.
        customers: Who is the same customer.
        left_out: Meetings that count for nobody.
        k: How many customers' ratings have to change before anything does.
    """
    meeting = {row.seq: _meeting(row, customers) for row in rows}
    newest = {meeting[row.seq]: row.seq for row in rows}
    wanted = {
        row.seq
        for row in rows
        if newest[meeting[row.seq]] == row.seq and (row.rep, row.about) not in left_out
    }
    who = {row.seq: customers.get(row.profile, row.profile) for row in rows}
    reps = _enough(rows, wanted, who, k, lambda row: (row.rep, row.for_rep))
    rules = _enough(rows, wanted, who, k, lambda row: (row.rule, row.for_rule))
    after = tuple(
        replace(
            row,
            for_rep=row.seq in wanted if row.rep in reps else row.for_rep,
            for_rule=row.seq in wanted if row.rule in rules else row.for_rule,
        )
        for row in rows
    )
    changed = tuple(new for new, old in zip(after, rows, strict=True) if new != old)
    return Counted(rows=after, changed=changed, reps=reps, rules=rules)


def _meeting(row: RatingRow, customers: Mapping[ProfileId, CustomerId]) -> Meeting:
    return (customers.get(row.profile, row.profile), row.survey, row.about)


def _enough(
    rows: Sequence[RatingRow],
    wanted: set[int],
    who: Mapping[int, str],
    k: int,
    mark: Callable[[RatingRow], tuple[str, bool]],
) -> frozenset[str]:
    """Say of whom enough would change: nobody is told of fewer, and no one is left with fewer."""
    pending: dict[str, set[str]] = defaultdict(set)
    then: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        name, counts = mark(row)
        if not name:
            continue
        if row.seq in wanted:
            then[name].add(who[row.seq])
        if counts != (row.seq in wanted):
            pending[name].add(who[row.seq])
    return frozenset(
        name for name, changed in pending.items() if len(changed) >= k and len(then[name]) >= k
    )


def at_least(count: int, k: int) -> int:
    """Round down to whole groups: the number that is shown tells of no single rating."""
    return count - count % k


def reasons_of(
    rows: Iterable[RatingRow], customers: Mapping[ProfileId, CustomerId], k: int
) -> tuple[tuple[str, int], ...]:
    """Say how many customers a thumb down was about what; fewer than k are not said."""
    said: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if not row.up:
            for reason in row.reasons:
                said[reason].add(customers.get(row.profile, row.profile))
    shown = {reason: at_least(len(them), k) for reason, them in said.items()}
    return tuple(sorted(((it, n) for it, n in shown.items() if n), key=lambda it: (-it[1], it[0])))
