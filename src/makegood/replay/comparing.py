"""Try a changed rule book on a log: both books judge the same events, and the difference is told.

One pass: each event is decoded once and judged by each book. Nothing is sent, and nothing written.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Protocol

from msgspec import Struct

from makegood.core.holds import iso
from makegood.core.state import State
from makegood.playbooks.book import RuleBook
from makegood.replay.figures import GROUPS, Key, Unit, figures_of
from makegood.replay.histories import History
from makegood.replay.trial import Tried, Unfit, on_trial, tried
from makegood.replay.why import why

_LOG = logging.getLogger("makegood.replay")

MOST = 3  # examples of each kind of change
NOT_SIMULATED = (
    "Budget not simulated: neither book's limits stop what is given here.",
    "Requests keep the answer they were given; the new book's tables are not asked.",
    "What the outside would have answered to an order that only one book gives is not known: such "
    "an offer lapses unconfirmed, and such a payment stays under way.",
    "What the customer would have done after another message is not known; what they did is kept.",
)
_WHY_UNFIT = {
    "no_failure": "the new book has no such failure",
    "no_remedy": "the new book has no such remedy",
    "no_offer": "the new book did not offer it",
    "no_case": "by the new book there was no such case",
    "case_closed": "by the new book the case was closed by then",
    "no_question": "by the new book there was nothing left to judge",
}


class Log(Protocol):
    """Something that gives histories.

    Attributes:
        end_ms: When the last event was received; timers fire until then.
    """

    end_ms: int

    def histories(self) -> Iterator[History]:
        """Give every customer, by id."""

    def who(self, customer: str) -> str:
        """Name a customer, masked."""


class BookName(Struct, frozen=True, kw_only=True):
    """Which book it was."""

    name: str
    hash: str


class Example(Struct, frozen=True, kw_only=True):
    """A customer about whom the books differ.

    Attributes:
        customer: Masked.
        old: The figure for this customer alone, by the old book.
        new: The same by the new one.
        says: Why: the rule, its line, and the facts it saw.
    """

    customer: str
    old: int
    new: int
    says: str


class Figure(Struct, frozen=True, kw_only=True):
    """One number, by each book.

    Attributes:
        group: Kind of figure; see `GROUPS`.
        name: Which one of its group, for example the failure; empty when there is one alone.
        unit: `count`, `milliseconds` or `cents`.
        currency: Of cents; else empty.
        difference: New less old.
        customers: For how many it differs; two changes may level each other out.
        examples: The first of them.
    """

    group: str
    name: str
    unit: Unit
    currency: str
    old: int
    new: int
    difference: int
    customers: int
    examples: tuple[Example, ...] = ()


class NotApplied(Struct, frozen=True, kw_only=True):
    """What people decided by the old book, and the new one has no place for.

    Attributes:
        fact: Kind of decision, for example "Granted".
        what: The failure, remedy or offer it names; empty for a decision about the case.
        why: One half-sentence.
        times: How often.
        customers: The first customers, masked.
    """

    fact: str
    what: str
    why: str
    times: int
    customers: tuple[str, ...]


class Comparison(Struct, frozen=True, kw_only=True):
    """What changes.

    Attributes:
        customers: In the log.
        until: The end of the log, to which timers advance.
        since: From when on was counted; empty for the whole log.
        changed: Customers about whom anything differs.
        opened: Cases that the new book alone opens.
        not_opened: Cases that the old book alone opens.
        failed: Customers whom one of the books could not judge; they are in no figure.
        figures: Every figure that is not 0 by both books.
        not_applied: What people decided and the new book has no place for.
        not_simulated: What the comparison does not know.
    """

    old: BookName
    new: BookName
    events: int
    customers: int
    until: str
    changed: int
    opened: int
    not_opened: int
    failed: int
    figures: tuple[Figure, ...]
    not_applied: tuple[NotApplied, ...]
    not_simulated: tuple[str, ...] = NOT_SIMULATED
    since: str = ""

    def of(self, group: str) -> tuple[Figure, ...]:
        """Give the figures of a group."""
        return tuple(one for one in self.figures if one.group == group)


def compare(
    log: Log,
    old: RuleBook,
    new: RuleBook,
    progress: Callable[[int], None] = lambda _: None,
    since_ms: int = 0,
) -> Comparison:
    """Judge every history of a log by two books.

    Args:
        log: Only read.
        old: The book to compare with.
        new: The book to try.
        progress: Told how many customers are done.
        since_ms: Only customers of whom anything is known since, and cases opened since; what
            happened before is judged too, because it may be what makes a failure the second.
    """
    comparing = _Comparing(log, old, new, since_ms)
    for number, history in enumerate(log.histories(), 1):
        comparing.take(history)
        progress(number)
    return comparing.result()


class _Comparing:
    """What was found so far."""

    def __init__(self, log: Log, old: RuleBook, new: RuleBook, since_ms: int) -> None:
        self._log = log
        self._since_ms = since_ms
        self._old, self._new = old, new
        self._by_old, self._by_new = on_trial(old), on_trial(new)
        self._before: Counter[Key] = Counter()
        self._after: Counter[Key] = Counter()
        self._differing: Counter[Key] = Counter()
        self._examples: dict[Key, list[Example]] = {}
        self._unfit: Counter[tuple[str, str, str]] = Counter()
        self._unfit_first: dict[tuple[str, str, str], list[str]] = {}
        self._counts: Counter[str] = Counter()

    def take(self, history: History) -> None:
        """Judge one customer by both books; a fault in it stays with this customer."""
        end_ms, since_ms = self._log.end_ms, self._since_ms
        counted = sum(event.time_ms >= since_ms for event in history.events)
        if not counted:
            return
        self._counts["customers"] += 1
        self._counts["events"] += counted
        try:
            old = tried(history.events, self._by_old, end_ms, since_ms)
            new = tried(history.events, self._by_new, end_ms, since_ms)
        except Exception as fault:
            _LOG.error("customer %s cannot be judged: %s", history.customer, type(fault).__name__)
            self._counts["failed"] += 1
            return
        before = figures_of(old, end_ms)
        self._before.update(before)
        if old == new:
            self._after.update(before)
            return
        after = figures_of(new, end_ms)
        self._after.update(after)
        self._differ(history.customer, (old, before), (new, after))

    def _differ(
        self, customer: str, old: tuple[Tried, Counter[Key]], new: tuple[Tried, Counter[Key]]
    ) -> None:
        before, after = old[1], new[1]
        differing = [key for key in {**before, **after} if before[key] != after[key]]
        for key in differing:
            self._differing[key] += 1
            examples = self._examples.setdefault(key, [])
            if len(examples) < MOST:
                says = why(key, (old[0].state, self._old), (new[0].state, self._new))
                who = self._log.who(customer)
                examples.append(Example(customer=who, old=before[key], new=after[key], says=says))
        opened, not_opened = _only(new[0].state, old[0].state), _only(old[0].state, new[0].state)
        self._counts["opened"] += opened
        self._counts["not_opened"] += not_opened
        unfit = _newly(old[0].unfit, new[0].unfit)
        for one in unfit:
            self._not_fitting((one.fact, one.what, one.why), customer)
        self._counts["changed"] += bool(differing or opened or not_opened or unfit)

    def _not_fitting(self, what: tuple[str, str, str], customer: str) -> None:
        """Count it; of those whom it is about only the first are remembered."""
        self._unfit[what] += 1
        first = self._unfit_first.setdefault(what, [])
        if len(first) < MOST and customer not in first:
            first.append(customer)

    def result(self) -> Comparison:
        counts = self._counts
        return Comparison(
            old=BookName(name=self._old.name, hash=self._old.hash),
            new=BookName(name=self._new.name, hash=self._new.hash),
            events=counts["events"],
            customers=counts["customers"],
            until=iso(self._log.end_ms),
            changed=counts["changed"],
            opened=counts["opened"],
            not_opened=counts["not_opened"],
            failed=counts["failed"],
            figures=tuple(self._figures()),
            not_applied=tuple(self._not_applied()),
            since=iso(self._since_ms) if self._since_ms else "",
        )

    def _figures(self) -> Iterator[Figure]:
        keys = {**self._before, **self._after}
        for group in GROUPS:
            for key in sorted(key for key in keys if key[0] == group.id):
                old, new = self._before[key], self._after[key]
                if old or new:
                    yield Figure(
                        group=group.id,
                        name=key[1],
                        unit=group.unit,
                        currency=key[2],
                        old=old,
                        new=new,
                        difference=new - old,
                        customers=self._differing[key],
                        examples=tuple(self._examples.get(key, ())),
                    )

    def _not_applied(self) -> Iterator[NotApplied]:
        for (fact, what, reason), times in sorted(self._unfit.items()):
            first = self._unfit_first[fact, what, reason]
            yield NotApplied(
                fact=fact,
                what=what,
                why=_WHY_UNFIT[reason],
                times=times,
                customers=tuple(self._log.who(one) for one in first),
            )


def _only(state: State, other: State) -> int:
    """Count the cases that share no event with a case by the other book."""
    names = {name for case in other.cases for name in case.names}
    return sum(names.isdisjoint(case.names) for case in state.cases)


def _newly(old: list[Unfit], new: list[Unfit]) -> list[Unfit]:
    """What the new book has no place for, and the old one had."""
    before = {one.event for one in old}
    return [one for one in new if one.event not in before]
