"""The one idea: state = f(events, now). `step` applies an event, `advance` lets time pass.

The same two functions run inside the transaction that stores an event, in a replay over years,
and on a cluster, with the same answer. They read no clock: time is in the event, or is given.
Source: ideas, 1 and 2.
"""

from msgspec import Struct
from msgspec.structs import replace

from makegood.core import (
    cases,
    drawn,
    ending,
    failures,
    hellos,
    lapses,
    promises,
    surveys,
    telephone,
    waiting,
)
from makegood.core.agreements import Here, place_of, that_hold, with_agreed
from makegood.core.applying import apply_fact
from makegood.core.everyone import came_back, remember
from makegood.core.firing import fire
from makegood.core.my_person import Duty
from makegood.core.owning import owner_of
from makegood.core.routing import brand_of
from makegood.core.state import State
from makegood.core.timers import Origin
from makegood.core.turn import Turn
from makegood.messages import facts
from makegood.messages.call_facts import CALL_EVENTS
from makegood.messages.commands import Command
from makegood.messages.events import Event
from makegood.messages.ids import CommandId
from makegood.playbooks.book import Finding, Library, RuleBook

FOLD_VERSION = 1
"""Raised when the same events would give another state; upgrading refolds and sends nothing."""


class Step(Struct, frozen=True, gc=False):
    """What one event, or the passing of time, brings.

    Attributes:
        state: The next state; the same object when nothing changed.
        commands: Orders, in the sequence they were given.
        withdrawn: Orders, of now or before, that are needless if they have not gone out.
        brands: Which brands the event was judged to have let the customer down.
    """

    state: State
    commands: tuple[Command, ...] = ()
    withdrawn: tuple[CommandId, ...] = ()
    brands: tuple[str, ...] = ()


def step(state: State, event: Event, library: Library) -> Step:
    """Apply one event.

    Timers that are due by then fire first, but never past the time at which our server received
    the event: a client's clock moves no timer.

    Args:
        state: The state after all events before this one.
        event: The next event in fold order.
        library: Every rule book the customer's events were stamped with.

    Returns:
        The next state and the commands. A touchpoint no rule knows changes nothing.

    Raises:
        KeyError: The event is stamped with a book that is not in the library.
    """
    before = Step(state)
    brands: tuple[str, ...] = ()
    if state.timers and state.timers[0].due_ms <= event.time_ms:
        before = advance(state, min(event.time_ms, event.received_ms), library)
    body = event.body
    if isinstance(body, facts.Touchpoint):
        book = library.books[event.stamp.book]
        before = replace(before, state=_noticed(before.state, body, book, event.time_ms))
        book, found = _found(before.state, event, body, book)
        says, told = book.says(body.name), body.name in book.people.hello.by_event
        spoken = book.calls.heard and body.name in CALL_EVENTS
        if not found and not says and not told and not spoken:
            return before
        brands = tuple(sorted({finding.brand for finding in found}))
        turn = _turn(before.state, event, library, book)
        if says:
            promises.hear(turn, event, body)
            surveys.hear(turn, body)
            lapses.hear(turn, event, body)
            waiting.hear(turn, event, body)
        if told:
            hellos.hear(turn, body)
        sure = failures.failures_in(turn, event, found)
        for failure in sure:
            cases.take_failure(turn, failure)
        if len(sure) < len(found):
            cases.take_unclear(turn, failures.unclear_in(turn, event, found))
        if spoken:
            telephone.hear(turn, event, body, {one.rule: one.about or turn.cause for one in found})
    else:
        book = library.books[event.stamp.book].for_brand(brand_of(before.state, body))
        turn = _turn(before.state, event, library, book)
        apply_fact(turn, event)
    _look_after(turn)
    remember(before.state, turn)
    commands = before.commands + tuple(turn.commands)
    return Step(turn.state, commands, before.withdrawn + tuple(turn.withdrawn), brands)


def _found(
    state: State, event: Event, body: facts.Touchpoint, book: RuleBook
) -> tuple[RuleBook, tuple[Finding, ...]]:
    """Let the book judge what happened, that of a brand where there is one."""
    customer = _customer_in(state, event, body, book)
    if book.by_brand:
        book, found = _by_its_brand(book, body, state, customer)
    else:
        found = book.find(body.name, body.properties, customer, state.memory.facts)
    return book, telephone.news(state, body, found) if book.calls.heard else found


def _noticed(state: State, body: facts.Touchpoint, book: RuleBook, at_ms: int) -> State:
    """Notice that the customer came back, or bought something for the first time."""
    if body.name in book.everyone.came_back_by:
        if state.precedents:
            state = came_back(state, at_ms)
        if state.in_touch.lots:
            state = drawn.came_back(state, at_ms)
    if body.name in book.purchases and not state.bought_ms:
        state = replace(state, bought_ms=at_ms)
    return state


def _by_its_brand(
    book: RuleBook, body: facts.Touchpoint, state: State, customer: facts.Facts
) -> tuple[RuleBook, tuple[Finding, ...]]:
    """Let the book of a brand judge what happened to that brand.

    The event says which brand it was; where it does not, the rule of the umbrella's book does.
    """
    said = brand_of(state, body)
    own = book.for_brand(said)
    known = state.memory.facts
    found = own.find(body.name, body.properties, customer, known)
    brands = {finding.brand for finding in found} if not said else set()
    if len(brands) == 1 and (theirs := book.for_brand(brands.pop())) is not book:
        return theirs, theirs.find(body.name, body.properties, customer, known)
    return own, found


def _turn(state: State, event: Event, library: Library, book: RuleBook) -> Turn:
    stamp = event.stamp
    judge = stamp.book if book is library.books[stamp.book] else book.hash
    origin = Origin(event.source, event.message_id, event.profile, judge, stamp.imported)
    turn = Turn(
        state,
        origin,
        library,
        at_ms=event.time_ms,
        known_ms=event.received_ms,
        duty=Duty(stamp.on_duty, stamp.absent),
    )
    turn.agreements = stamp.agreements
    turn.parties = stamp.parties
    turn.keeps = stamp.keeps
    turn.norms = stamp.norms
    turn.above = stamp.above
    turn.next_duty = stamp.next_duty
    turn.place = place_of(event.body)
    return turn


def _customer_in(
    state: State, event: Event, body: facts.Touchpoint, book: RuleBook
) -> facts.Facts:
    """Give the customer's facts, with what their accounts agreed where the book reads that."""
    if not book.reads_agreed:
        return state.facts
    brand = brand_of(state, body)
    here = Here(brand=brand, place=place_of(body), at_ms=event.time_ms)
    return with_agreed(state.facts, that_hold(event.stamp.agreements, here))


def _look_after(turn: Turn) -> None:
    """An open case without an owner takes the first on duty; one that was helped is asked."""
    if turn.state.my_person.choices or turn.state.in_touch.has_tasks:
        hellos.plan(turn)
    case = turn.state.open_case
    if case is None:
        return
    if turn.state.surveys:
        surveys.take_back(turn, case)
    if not case.owner and turn.on_duty:
        worst = max((case.severity, *(one.severity for one in case.unclear)))
        owner = owner_of(turn, case.brand, worst, double=case.double, case=case)
        alone_ms = 0 if owner else case.alone_ms
        case = turn.put(replace(case, owner=owner, alone_ms=alone_ms))
    ending.maybe_ask(turn, case)


def advance(state: State, now_ms: int, library: Library) -> Step:
    """Let time pass: fire every timer that is due, each at its own time and by its own book.

    Args:
        state: The state.
        now_ms: Until when; a timer at exactly this instant fires.
        library: The books that set the timers.

    Returns:
        The next state and the commands; the same state object when nothing was due.
    """
    commands: tuple[Command, ...] = ()
    withdrawn: tuple[CommandId, ...] = ()
    while state.timers and state.timers[0].due_ms <= now_ms:
        timer = state.timers[0]
        turn = Turn(
            replace(state, timers=state.timers[1:], fired_ms=max(state.fired_ms, timer.due_ms)),
            timer.origin,
            library,
            at_ms=timer.due_ms,
            known_ms=timer.due_ms,
        )
        fire(turn, timer)
        _look_after(turn)
        remember(state, turn)
        state = turn.state
        commands += tuple(turn.commands)
        withdrawn += tuple(turn.withdrawn)
    return Step(state, commands, withdrawn)
