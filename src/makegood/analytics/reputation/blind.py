"""Which ratings count, so that nobody can tell from what is published what one customer said.

What is said of somebody changes only when ratings of at least k customers changed at once: new
ones, answers that took the place of others, ratings left out after an appeal. Until then the old
ones count, so two pages on two days never differ by fewer than k customers; one who answers often
is one, and of one customer only the last few ratings count. People and rules have groups of their
own. For a person a meeting counts once it has settled: by then a rule that became worse is named,
and nobody reads today's page for what yesterday's customer said.
"""

from collections import Counter, defaultdict
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
Mark: TypeAlias = Callable[[RatingRow], tuple[str, bool]]
"""Whom or what a rating is about, and whether it counts there for now."""


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
    *,
    k: int,
    most: int,
    settled_ms: int,
) -> Counted:
    """Decide which ratings count.

    Args:
        rows: Every rating, by place in the log, with the marks of before.
        customers: Who is the same customer.
        left_out: Meetings that an appeal took from the person; the rule keeps what was said of it.
        k: How many customers' ratings have to change before anything does.
        most: How many ratings of one customer count of one person, and of one rule; the last ones.
        settled_ms: Meetings after it count for no person yet; for rules they do.
    """
    who = {row.seq: customers.get(row.profile, row.profile) for row in rows}
    settled = _newest([row for row in rows if row.met_ms <= settled_ms], who)
    theirs = [row for row in settled if (row.rep, row.about) not in left_out]
    of_reps = _last_few(theirs, who, most, _of_rep)
    of_rules = _last_few(_newest(rows, who), who, most, _of_rule)
    reps = _enough(rows, of_reps, who, k, _of_rep)
    rules = _enough(rows, of_rules, who, k, _of_rule)
    after = tuple(
        replace(
            row,
            for_rep=row.seq in of_reps if row.rep in reps else row.for_rep,
            for_rule=row.seq in of_rules if row.rule in rules else row.for_rule,
        )
        for row in rows
    )
    changed = tuple(new for new, old in zip(after, rows, strict=True) if new != old)
    return Counted(rows=after, changed=changed, reps=reps, rules=rules)


def _newest(rows: Sequence[RatingRow], who: Mapping[int, str]) -> list[RatingRow]:
    """Leave out answers whose place a later one took."""
    newest: dict[Meeting, RatingRow] = {}
    for row in rows:
        meeting = (who[row.seq], row.survey, row.about)
        newest.pop(meeting, None)
        newest[meeting] = row
    return list(newest.values())


def _of_rep(row: RatingRow) -> tuple[str, bool]:
    return row.rep, row.for_rep


def _of_rule(row: RatingRow) -> tuple[str, bool]:
    return row.rule, row.for_rule


def _last_few(
    rows: Sequence[RatingRow], who: Mapping[int, str], most: int, mark: Mark
) -> frozenset[int]:
    """Choose the last ratings of each customer about each; who rates a lot is one of many."""
    pairs = [(who[row.seq], mark(row)[0]) for row in rows]
    return frozenset(rows[place].seq for place in last_few(pairs, most))


def last_few(pairs: Sequence[tuple[str, str]], most: int) -> tuple[int, ...]:
    """Say which places hold the last ratings of each (customer, whom or what they rated).

    Args:
        pairs: Oldest first; those about nobody are about the same nobody.
        most: How many of each.
    """
    seen: Counter[tuple[str, str]] = Counter()
    kept = []
    for place in range(len(pairs) - 1, -1, -1):
        seen[pairs[place]] += 1
        if seen[pairs[place]] <= most:
            kept.append(place)
    return tuple(reversed(kept))


def _enough(
    rows: Sequence[RatingRow],
    wanted: frozenset[int],
    who: Mapping[int, str],
    k: int,
    mark: Mark,
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
