"""Fold a log and write down how each case went and how each request was answered.

Whom it was about is forgotten here: what leaves has a group, and no name, address or pseudonym.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from math import inf
from typing import Protocol

from msgspec import Struct

from makegood.analytics.parity.compare import AT_LEAST, measures_of
from makegood.analytics.parity.figures import Parity
from makegood.analytics.parity.grouping import GroupOf, group_of, without_small
from makegood.analytics.parity.method import method_of
from makegood.analytics.parity.records import Answered, Served
from makegood.core.fold import advance, step
from makegood.core.holds import iso
from makegood.core.state import EMPTY, Case, Failure, OfferStatus, Phase, State
from makegood.messages import facts
from makegood.messages.errors import InputError
from makegood.messages.events import Event
from makegood.messages.facts import Facts
from makegood.messages.ids import CaseId, CommandId
from makegood.playbooks.book import Library
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.spans import DAY_MS
from makegood.replay.histories import History

_LOG = logging.getLogger("makegood.replay")
_SPEAKS = (facts.Called, facts.Granted, facts.Approved, facts.Chosen, facts.Answered)
_GIVEN = (OfferStatus.CHOSEN, OfferStatus.KEPT)
_READ = ("brand", "tier", "voice", "value", "language", "country")


class Log(Protocol):
    """Something that gives histories.

    Attributes:
        end_ms: When the last event was received.
    """

    end_ms: int

    def histories(self) -> Iterator[History]:
        """Give every customer."""

    def language(self, customer: str) -> str:
        """Give the language a customer reads; empty when nobody told."""


class Terms(Struct, frozen=True, kw_only=True):
    """How parity is looked at.

    Attributes:
        by: What the groups are.
        since_ms: Cases and requests before it are left out; 0 for none.
        since: The same as a day.
        at_least: The floor on each side of a comparison.
        time_ms: Cases younger than this at the end of the log had no time to be answered.
    """

    by: str = "tier"
    since_ms: int = 0
    since: str = ""
    at_least: int = AT_LEAST
    time_ms: int = 7 * DAY_MS


def parity(
    log: Log, library: Library, terms: Terms, progress: Callable[[int], None] = lambda _: None
) -> Parity:
    """Compare how groups of customers were served.

    Args:
        log: Only read.
        library: The books that judge; its active one says how a standing is read.
        terms: What to compare.
        progress: Told how many customers are done.

    Raises:
        InputError: Nobody has the fact that the groups are made of; the nearest is named.
    """
    group = group_of(terms.by, library.book(library.active))
    found = records_of(log, library, terms, group, progress)
    found.check_told()
    served, answered = without_small(found.served, found.answered)
    measures, comparisons = measures_of(served, answered, terms.at_least)
    return Parity(
        by=terms.by,
        since=terms.since,
        until=iso(log.end_ms),
        customers=found.customers,
        cases=len(served),
        too_new=found.too_new,
        imported=found.imported,
        requests=len(answered),
        at_least=terms.at_least,
        comparisons=comparisons,
        failed=found.failed,
        measures=measures,
        method=method_of(terms.by, comparisons, terms.at_least, terms.time_ms),
    )


def records_of(
    log: Log,
    library: Library,
    terms: Terms,
    group: GroupOf,
    progress: Callable[[int], None] = lambda _: None,
) -> "Records":
    """Read how every case went and how every request was answered."""
    found = Records(log, library, terms, group)
    for number, history in enumerate(log.histories(), 1):
        found.take(history)
        progress(number)
    return found


class Records:
    """What was read so far.

    Attributes:
        served: Cases that were looked at.
        answered: Requests.
        customers: Customers read.
        too_new: Cases that had no time to be answered.
        imported: Cases of imported history.
        failed: Customers who could not be judged.
    """

    def __init__(self, log: Log, library: Library, terms: Terms, group: GroupOf) -> None:
        self._log = log
        self._library = library
        self._terms = terms
        self._end_ms = log.end_ms
        self._group = group
        self._names: set[str] = set()
        self.served: list[Served] = []
        self.answered: list[Answered] = []
        self.customers = self.too_new = self.imported = self.failed = 0

    def take(self, history: History) -> None:
        """Read one customer; a fault in it stays with this customer."""
        self.customers += 1
        try:
            served, answered = self._read(history)
        except Exception as fault:
            _LOG.error("customer %s cannot be judged: %s", history.customer, type(fault).__name__)
            self.failed += 1
            return
        self.served += served
        self.answered += answered

    def check_told(self) -> None:
        """Refuse a fact that nobody has, and name the nearest that somebody has."""
        name = self._terms.by.removeprefix("customer.")
        if self._terms.by not in _READ and name not in self._names and self.customers:
            known = (*_READ, *(f"customer.{one}" for one in self._names))
            raise InputError(
                f"--by {self._terms.by}: no customer of this log has such a fact. "
                f"{nearest(self._terms.by, known)}"
            )

    def _read(self, history: History) -> tuple[list[Served], list[Answered]]:
        state, then = EMPTY, list[Facts]()
        # The language often comes beside the facts, with the name and the address.
        beside = (
            {"locale": self._log.language(history.customer)}
            if self._terms.by == "language"
            else {}
        )
        answered: list[Answered] = []
        for event in history.events:
            state = step(state, event, self._library).state
            then += [state.facts] * (len(state.cases) - len(then))
            if isinstance(event.body, facts.Requested) and event.time_ms >= self._terms.since_ms:
                answered.append(self._asked(event.body, beside | state.facts))
        state = advance(state, self._end_ms, self._library).state
        self._names |= state.facts.keys()
        times = _Times(history.events, state)
        then += [state.facts] * (len(state.cases) - len(then))
        served = [
            times.served(
                case, self._group({**beside, **state.facts, **known}, case.brand), self._library
            )
            for case, known in zip(state.cases, then, strict=True)
            if self._is_looked_at(case)
        ]
        return served, answered

    def _asked(self, body: facts.Requested, customer: Facts) -> Answered:
        group = self._group(customer, body.brand)
        return Answered(group=group, request=body.request, answer=body.answer)

    def _is_looked_at(self, case: Case) -> bool:
        if not case.failures or case.phase is Phase.DISMISSED:
            return False
        if case.opened_ms < self._terms.since_ms:
            return False
        if case.origin.imported:
            self.imported += 1
            return False
        if case.opened_ms > self._end_ms - self._terms.time_ms:
            self.too_new += 1
            return False
        return True


class _Times:
    """When something reached the customer of a history."""

    def __init__(self, events: Iterable[Event], state: State) -> None:
        self._carried: dict[CommandId, int] = {}
        self._spoke: dict[CaseId, int] = {}
        for event in events:
            body = event.body
            if isinstance(body, facts.Carried):
                self._carried.setdefault(body.command, event.time_ms)
            elif isinstance(body, _SPEAKS) and _by_a_person(body):
                case = state.case(body.case)
                if case is not None:
                    self._spoke.setdefault(case.id, event.time_ms)

    def served(self, case: Case, group: str, library: Library) -> Served:
        worst = max(case.failures, key=lambda one: one.severity)
        priced = [one.price for one in case.failures if one.price is not None]
        currency = priced[0].currency if priced else ""
        human = self._since(case, [self._spoke.get(case.id, inf)])
        remedy = self._since(case, map(self._when, _remedies(case)))
        words = self._since(case, map(self._when, _words(case, library)))
        owed = [one for failure in case.failures for one in failure.owed if one.amount.cents > 0]
        return Served(
            group=group,
            kind=worst.rule,
            severity=worst.severity,
            answered=min(human, remedy, words) < inf,
            human_ms=human,
            remedy_ms=remedy,
            whole=case.phase is Phase.MADE_WHOLE,
            price_cents=sum(one.cents for one in priced if one.currency == currency),
            goodwill=_goodwill(case, currency, library),
            owed_cents=_owed(case.failures, currency),
            paid=all(one.is_paid for one in owed) if owed else None,
        )

    def _when(self, command: CommandId) -> float:
        return self._carried.get(command, inf)

    def _since(self, case: Case, times: Iterable[float]) -> float:
        return max(min(times, default=inf) - case.opened_ms, 0)


def _by_a_person(
    body: facts.Called | facts.Granted | facts.Approved | facts.Chosen | facts.Answered,
) -> bool:
    """Whether a person of the firm spoke to the customer, or gave them something."""
    return bool(body.by) and (body.reached if isinstance(body, facts.Called) else True)


def _remedies(case: Case) -> Iterator[CommandId]:
    """Give the orders that bring the customer something: owed, given or chosen."""
    for failure in case.failures:
        for owed in failure.owed:
            yield from (payment.command for payment in owed.payments)
    yield from (one.command for one in case.gifts if one.command)
    yield from (one.ordered for one in case.offers if one.ordered)


def _words(case: Case, library: Library) -> Iterator[CommandId]:
    """Give the messages that answer a failure; our own question and a sale do not."""
    plan = library.book(case.origin.book).plans.get(case.plan)
    asks = {plan.made_whole.question} if plan is not None else set()
    if plan is not None and plan.then_offer is not None:
        asks.add(plan.then_offer.message)
    yield from (command for command, message in case.messages if message not in asks)


def _goodwill(case: Case, currency: str, library: Library) -> dict[str, int]:
    """Add up what was given by kind; what nobody carried out was not given.

    What gives back what was paid, or is owed anyway, is no goodwill.
    """
    owed = {
        one.command for failure in case.failures for due in failure.owed for one in due.payments
    }
    given = [(one.remedy, one.paid or one.expected) for one in case.gifts if not one.failed]
    given += [
        (one.offer, one.cost)
        for one in case.offers
        if one.status in _GIVEN and not one.declines and one.ordered not in owed
    ]
    remedies = library.book(case.origin.book).remedies
    found: dict[str, int] = {}
    for remedy, cost in given:
        if cost.cents and cost.currency == currency:
            kind = remedies[remedy].kind if remedy in remedies else remedy
            found[kind] = found.get(kind, 0) + cost.cents
    return found


def _owed(failures: tuple[Failure, ...], currency: str) -> int:
    return sum(
        max(one.amount.cents - one.elsewhere_cents, 0)
        for failure in failures
        for one in failure.owed
        if one.amount.currency == currency
    )
