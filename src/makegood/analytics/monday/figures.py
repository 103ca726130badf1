"""What one week amounts to beside the week before: a pure function of what was counted.

Counts are of everything that is known, and have no interval. A share or a median stands for more
than these customers, and comes with the interval in which it lies, or with the counts alone where
they are too few.
Source: Wilson 1927 and order statistics, as in the parity report.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from msgspec import Struct

from makegood.analytics.parity.intervals import Interval, median, wilson, z_for
from makegood.ports.reckoned import (
    ClosedCount,
    CustomerCount,
    HeldCount,
    LetDownCount,
    MovedSum,
    OverdueCount,
    RequestCount,
    StandingCount,
)
from makegood.ports.sends import Sends
from makegood.ports.voice import VoiceCount

FEWEST = 5
"""Of fewer neither a share nor a median says anything about others."""
_Z = z_for(0.05)
One = TypeVar("One")
_OUTSIDE = frozenset({"nature", "customer"})


class Pair(Struct, frozen=True, kw_only=True):
    """A count in the week, and in the week before."""

    now: int = 0
    before: int = 0


class Part(Struct, frozen=True, kw_only=True):
    """How many of how many, with the interval of the share; None of too few."""

    part: int = 0
    whole: int = 0
    interval: Interval | None = None


class Middle(Struct, frozen=True, kw_only=True):
    """A median of minutes, with its interval; None of too few."""

    cases: int = 0
    interval: Interval | None = None


class Counts(Struct, frozen=True, kw_only=True):
    """Everything that was read of the store, at one instant.

    Attributes:
        standing: At the end of the week; then at its beginning.
        held: The same.
        overdue: The same.
        posts: Of the week; then of the week before.
        stopped: What the gate stopped, in the same order.
    """

    let_down: Sequence[LetDownCount] = ()
    customers: Sequence[CustomerCount] = ()
    closed: Sequence[ClosedCount] = ()
    standing: tuple[Sequence[StandingCount], Sequence[StandingCount]] = ((), ())
    held: tuple[Sequence[HeldCount], Sequence[HeldCount]] = ((), ())
    moved: Sequence[MovedSum] = ()
    requests: Sequence[RequestCount] = ()
    overdue: tuple[Sequence[OverdueCount], Sequence[OverdueCount]] = ((), ())
    posts: tuple[Sequence[VoiceCount], Sequence[VoiceCount]] = ((), ())
    stopped: tuple[Sequence[Sends], Sequence[Sends]] = ((), ())


class RuleFigure(Struct, frozen=True, kw_only=True):
    """One rule of the book, and what it caused in the week.

    Attributes:
        let_down: Failures whose root cause is this rule.
        refused: Requests it refused.
        exceptions: Those of them to which a person then said yes.
    """

    rule: str
    let_down: int = 0
    refused: int = 0
    exceptions: int = 0

    @property
    def weight(self) -> tuple[int, int, str]:
        """Its place: what caused most first."""
        return (-(self.let_down + self.refused), -self.exceptions, self.rule)


class BrandFigure(Struct, frozen=True, kw_only=True):
    """One brand in the week."""

    brand: str
    failures: int = 0
    customers: int = 0
    held: int = 0
    made_good: int = 0
    waiting: int = 0

    @property
    def weight(self) -> tuple[int, int, str]:
        """Its place: the one with most failures first."""
        return (-self.failures, -self.waiting, self.brand)


class Figures(Struct, frozen=True, kw_only=True):
    """A week, beside the one before.

    Attributes:
        kinds: Failures by their rule, the most frequent first.
        outside: Failures that the firm did not cause.
        again: Failures that hit somebody who was let down already.
        said_good: Of cases that ended, how many the customer called good.
        took: From failure to made good, in minutes; in the week, and before.
        money: (account, currency) and what moved.
        owners: Whose the waiting cases are, who has most first; "" for nobody.
        oldest_ms: When the longest waiting case opened; 0 for none.
        promises: Promises that were overdue.
        waits: Customers who waited longer than they should.
        asked: Requests without an answer in time.
        posts: Posts that had to be answered by now, and those a person answered in time.
        policy: Failures whose cause is a policy of ours.
        reconsidered: Requests refused by a rule at which a person looked again.
        exceptions: Those that were then allowed.
        unsettled: Failures whose root cause nobody has named.
        unclear: Cases that nobody could judge.
    """

    customers: Pair = Pair()
    failures: Pair = Pair()
    kinds: tuple[tuple[str, Pair], ...] = ()
    outside: Pair = Pair()
    again: Pair = Pair()
    held: Pair = Pair()
    stopped: Pair = Pair()
    made_good: Pair = Pair()
    said_good: tuple[Part, Part] = (Part(), Part())
    took: tuple[Middle, Middle] = (Middle(), Middle())
    money: tuple[tuple[str, str, Pair], ...] = ()
    waiting: Pair = Pair()
    owners: tuple[tuple[str, int], ...] = ()
    oldest_ms: int = 0
    promises: Pair = Pair()
    waits: Pair = Pair()
    asked: Pair = Pair()
    posts: Pair = Pair()
    in_time: tuple[Part, Part] = (Part(), Part())
    policy: Pair = Pair()
    refused: Pair = Pair()
    reconsidered: Pair = Pair()
    exceptions: Pair = Pair()
    rules: tuple[RuleFigure, ...] = ()
    unsettled: Pair = Pair()
    unclear: Pair = Pair()
    ownerless: Pair = Pair()
    brands: tuple[BrandFigure, ...] = ()


def figures_of(counts: Counts) -> Figures:
    """Work a week out; the order in which rows come changes nothing."""
    lets, requests = counts.let_down, counts.requests
    closed = [one for one in counts.closed if one.phase != "dismissed"]
    good = [one for one in closed if one.phase == "made_whole"]
    standing, overdue = counts.standing, counts.overdue
    owners: Counter[str] = Counter()
    for one in standing[0]:
        owners[one.owner] += one.cases
    return Figures(
        customers=_whole(counts.customers),
        failures=_failures(lets),
        kinds=_kinds(lets),
        outside=_failures(one for one in lets if _is_outside(one)),
        again=Pair(now=_sum(lets, 1, _again), before=_sum(lets, 0, _again)),
        held=Pair(now=_held(counts.held[0]), before=_held(counts.held[1])),
        stopped=Pair(
            now=sum(one.count for one in counts.stopped[0]),
            before=sum(one.count for one in counts.stopped[1]),
        ),
        made_good=Pair(now=_ended(good, 1), before=_ended(good, 0)),
        said_good=(
            part_of(_ended(good, 1), _ended(closed, 1)),
            part_of(_ended(good, 0), _ended(closed, 0)),
        ),
        took=(_took(good, 1), _took(good, 0)),
        money=_money(counts.moved),
        waiting=_pair(standing, lambda one: one.cases),
        owners=tuple(sorted(owners.items(), key=lambda it: (-it[1], it[0]))),
        oldest_ms=min((one.oldest_ms for one in standing[0]), default=0),
        promises=_overdue(overdue, "promise"),
        waits=_overdue(overdue, "wait"),
        asked=_overdue(overdue, "request"),
        posts=_pair(counts.posts, lambda one: one.posts),
        in_time=(_in_time(counts.posts[0]), _in_time(counts.posts[1])),
        policy=_failures(one for one in lets if _is_policy(one)),
        refused=_asked(one for one in requests if one.by_rule),
        reconsidered=_asked(one for one in requests if one.by_rule and one.again),
        exceptions=_asked(one for one in requests if _is_exception(one)),
        rules=_rules(lets, requests),
        unsettled=_failures(one for one in lets if not one.root_kind and not one.root),
        unclear=_pair(standing, lambda one: one.unclear),
        ownerless=_pair(standing, lambda one: 0 if one.owner else one.cases),
        brands=_brands(counts, good),
    )


def part_of(part: int, whole: int) -> Part:
    """Give a share; of too few its counts alone."""
    interval = wilson(part, whole, _Z) if whole >= FEWEST else None
    return Part(part=part, whole=whole, interval=interval)


def _again(one: LetDownCount) -> int:
    return one.again


def _sum(lets: Iterable[LetDownCount], week: int, of: Callable[[LetDownCount], int]) -> int:
    return sum(of(one) for one in lets if one.week == week)


def _failures(lets: Iterable[LetDownCount]) -> Pair:
    counts: Counter[int] = Counter()
    for one in lets:
        counts[one.week] += one.failures
    return Pair(now=counts[1], before=counts[0])


def _asked(requests: Iterable[RequestCount]) -> Pair:
    counts: Counter[int] = Counter()
    for one in requests:
        counts[one.week] += one.requests
    return Pair(now=counts[1], before=counts[0])


def _kinds(lets: Sequence[LetDownCount]) -> tuple[tuple[str, Pair], ...]:
    names = sorted({one.rule for one in lets})
    pairs = [(name, _failures(one for one in lets if one.rule == name)) for name in names]
    return tuple(sorted(pairs, key=lambda it: (-it[1].now, -it[1].before, it[0])))


def _whole(customers: Iterable[CustomerCount]) -> Pair:
    whole = {one.week: one.customers for one in customers if one.brand is None}
    return Pair(now=whole.get(1, 0), before=whole.get(0, 0))


def _held(counts: Iterable[HeldCount]) -> int:
    return sum(one.customers for one in counts if one.brand is None)


def _ended(closed: Iterable[ClosedCount], week: int) -> int:
    return sum(one.cases for one in closed if one.week == week)


def _took(good: Iterable[ClosedCount], week: int) -> Middle:
    spans = [one.minutes for one in good if one.week == week for _ in range(one.cases)]
    if len(spans) < FEWEST:
        return Middle(cases=len(spans))
    return Middle(cases=len(spans), interval=median(spans, _Z))


def _money(moved: Iterable[MovedSum]) -> tuple[tuple[str, str, Pair], ...]:
    sums: Counter[tuple[str, str, int]] = Counter()
    for one in moved:
        sums[one.account, one.currency, one.week] += one.cents
    kinds = sorted({(account, currency) for account, currency, _ in sums})
    return tuple(
        (
            account,
            currency,
            Pair(now=sums[account, currency, 1], before=sums[account, currency, 0]),
        )
        for account, currency in kinds
    )


def _pair(weeks: tuple[Sequence[One], Sequence[One]], of: Callable[[One], int]) -> Pair:
    return Pair(now=sum(map(of, weeks[0])), before=sum(map(of, weeks[1])))


def _overdue(weeks: tuple[Sequence[OverdueCount], Sequence[OverdueCount]], kind: str) -> Pair:
    return _pair(weeks, lambda one: one.items if one.kind == kind else 0)


def _in_time(posts: Sequence[VoiceCount]) -> Part:
    return part_of(sum(one.not_late for one in posts), sum(one.posts for one in posts))


def _is_outside(one: LetDownCount) -> bool:
    return one.root_kind == "outside" or (not one.root_kind and one.cause in _OUTSIDE)


def _is_policy(one: LetDownCount) -> bool:
    return "policy" in (one.root_kind, one.cause) or one.root.startswith("rule:")


def _is_exception(one: RequestCount) -> bool:
    """Whether a rule said no and a person then yes; a no of a person's own is no rule's."""
    return one.by_rule and one.again and one.how == "allowed"


def _rules(
    lets: Iterable[LetDownCount], requests: Iterable[RequestCount]
) -> tuple[RuleFigure, ...]:
    caused: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    exceptions: Counter[str] = Counter()
    for one in lets:
        if one.week and one.root.startswith("rule:"):
            caused[one.root.removeprefix("rule:")] += one.failures
    for asked in requests:
        if asked.week:
            refused[asked.name] += asked.requests * asked.by_rule
            exceptions[asked.name] += asked.requests * _is_exception(asked)
    found = (
        RuleFigure(
            rule=rule, let_down=caused[rule], refused=refused[rule], exceptions=exceptions[rule]
        )
        for rule in {*caused, *refused, *exceptions}
    )
    worth = (one for one in found if one.let_down or one.refused or one.exceptions)
    return tuple(sorted(worth, key=lambda one: one.weight))


def _brands(counts: Counts, good: Iterable[ClosedCount]) -> tuple[BrandFigure, ...]:
    sums: dict[str, Counter[str]] = {}

    def add(brand: str | None, what: str, count: int) -> None:
        if brand is not None and count:
            sums.setdefault(brand, Counter())[what] += count

    for one in counts.let_down:
        add(one.brand, "failures", one.failures * one.week)
    for hit in counts.customers:
        add(hit.brand, "customers", hit.customers * hit.week)
    for held in counts.held[0]:
        add(held.brand, "held", held.customers)
    for ended in good:
        add(ended.brand, "made_good", ended.cases * ended.week)
    for stood in counts.standing[0]:
        add(stood.brand, "waiting", stood.cases)
    rows = (BrandFigure(brand=brand, **own) for brand, own in sums.items())
    return tuple(sorted(rows, key=lambda one: one.weight))
