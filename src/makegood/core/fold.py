"""The one idea: state = f(events, now). `step` applies an event, `advance` lets time pass.

The same two functions run inside the transaction that stores an event, in a replay over years,
and on a cluster, with the same answer. They read no clock: time is in the event, or is given.
Source: DESIGN ideas 1 and 2.
"""

from msgspec import Struct
from msgspec.structs import replace

from makegood.core import calls, cases, ending, failures, offers, outcomes, remedies
from makegood.core.routing import owner_for
from makegood.core.state import Case, Origin, State, Timer, TimerKind
from makegood.core.turn import Turn
from makegood.messages import facts
from makegood.messages.commands import Command
from makegood.messages.events import Event
from makegood.messages.ids import CommandId
from makegood.playbooks.book import Library

FOLD_VERSION = 1
"""Raised when the same events would give another state; upgrading refolds and sends nothing."""


class Step(Struct, frozen=True):
    """What one event, or the passing of time, brings.

    Attributes:
        state: The next state; the same object when nothing changed.
        commands: Orders, in the sequence they were given.
        withdrawn: Orders, of now or before, that are needless if they have not gone out.
    """

    state: State
    commands: tuple[Command, ...] = ()
    withdrawn: tuple[CommandId, ...] = ()


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
    before = advance(state, min(event.time_ms, event.received_ms), library)
    body = event.body
    if isinstance(body, facts.Touchpoint):
        book = library.book(event.stamp.book)
        found = book.find(body.name, body.properties, before.state.facts)
        if not found and body.name not in book.starts and body.name not in book.ends:
            return before
        turn = _turn(before.state, event, library)
        failures.follow_promises(turn, event, body)
        for failure in failures.failures_in(turn, event, found):
            cases.take_failure(turn, failure)
        cases.take_unclear(turn, failures.unclear_in(event, found))
    else:
        turn = _turn(before.state, event, library)
        _apply(turn, event)
    _find_owner(turn)
    _ask_where_helped(turn)
    commands = before.commands + tuple(turn.commands)
    return Step(turn.state, commands, before.withdrawn + tuple(turn.withdrawn))


def _turn(state: State, event: Event, library: Library) -> Turn:
    stamp = event.stamp
    origin = Origin(event.source, event.message_id, event.profile, stamp.book, stamp.imported)
    return Turn(
        state,
        origin,
        library,
        at_ms=event.time_ms,
        known_ms=event.received_ms,
        on_duty=stamp.on_duty,
    )


def _apply(turn: Turn, event: Event) -> None:
    """Apply a fact that is not a touchpoint; facts are never judged again."""
    match event.body:
        case facts.Identified(traits=traits):
            turn.state = replace(turn.state, facts={**turn.state.facts, **traits})
        case facts.FailureRaised() as body:
            cases.take_failure(turn, failures.raised(turn, event, body))
        case facts.Carried() as body:
            outcomes.carried(turn, body)
        case facts.Dropped() as body:
            outcomes.dropped(turn, body)
        case facts.Confirmed() as body:
            body = replace(body, command=outcomes.meant(turn, body.command, body.step))
            for one in turn.state.cases:
                offers.offer_confirmed(turn, one, body)
        case facts.Declined() as body:
            command = outcomes.meant(turn, body.command, body.step)
            for one in turn.state.cases:
                offers.offer_unavailable(turn, one, command)
        case facts.Unsubscribed() as body:
            _unsubscribe(turn, body)
        case facts.Judged() as body:
            _judge(turn, body)
        case facts.Touchpoint() | facts.Unlinked():
            return
        case body:
            case_ = turn.state.case(body.case)
            if case_ is not None:
                _apply_to_case(turn, case_, body)


CaseFact = (
    facts.Chosen
    | facts.Answered
    | facts.Granted
    | facts.Released
    | facts.HandedOver
    | facts.Noted
    | facts.Wrote
    | facts.Called
    | facts.Opened
    | facts.Referred
)


def _apply_to_case(turn: Turn, case: Case, body: CaseFact) -> None:
    match body:
        case facts.Referred():
            _refer(turn, case, body)
        case _ if not case.is_open:
            return
        case facts.Chosen():
            offers.choose(turn, case, body)
        case facts.Answered():
            ending.answered(turn, case, body)
        case facts.Granted():
            remedies.grant(turn, case, body)
        case facts.Released():
            ending.released(turn, case)
        case facts.HandedOver(to=to):
            turn.put(replace(case, owner=to))
        case facts.Called(reached=reached):
            calls.called(turn, case, reached=reached)
        case facts.Opened():
            turn.clear_timers(case.id, TimerKind.OPEN_BY)
            turn.put(replace(case, opened_page_ms=turn.at_ms))
        case facts.Wrote():
            plan = turn.plan_of(case)
            within_ms = plan.call_within_ms if plan else ending.CALL_BACK_MS
            calls.need_call(turn, case, "wrote", within_ms)
        case facts.Noted():
            return


def _judge(turn: Turn, body: facts.Judged) -> None:
    case = turn.state.open_case
    if case is None:
        return
    failure = failures.judged(turn, case, body)
    unclear = tuple(one for one in case.unclear if one.event != body.question)
    case = turn.put(replace(case, unclear=unclear))
    if failure is not None:
        cases.take_failure(turn, failure)
    elif not unclear:
        ending.dismissed(turn, case)


def _unsubscribe(turn: Turn, body: facts.Unsubscribed) -> None:
    pair = (body.brand, body.channel)
    kept = tuple(one for one in turn.state.unsubscribed if one != pair)
    after = kept if body.again else (*kept, pair)
    turn.state = replace(turn.state, unsubscribed=after)


def _refer(turn: Turn, case: Case, body: facts.Referred) -> None:
    """Count each friend once, for a look and for joining."""
    referred, joined = case.referred, case.joined
    if body.visitor not in referred:
        referred = (*referred, body.visitor)
    if body.joined and body.visitor not in joined:
        joined = (*joined, body.visitor)
    turn.put(replace(case, referred=referred, joined=joined))


def _find_owner(turn: Turn) -> None:
    """An open case without an owner takes the first person who is on duty."""
    case = turn.state.open_case
    if case is not None and not case.owner and turn.on_duty:
        turn.put(replace(case, owner=owner_for(case.brand, turn.on_duty)))


def _ask_where_helped(turn: Turn) -> None:
    case = turn.state.open_case
    if case is not None:
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
        _fire(turn, timer)
        _ask_where_helped(turn)
        state = turn.state
        commands += tuple(turn.commands)
        withdrawn += tuple(turn.withdrawn)
    return Step(state, commands, withdrawn)


def _fire(turn: Turn, timer: Timer) -> None:
    if timer.kind is TimerKind.SILENCE:
        rule = next(rule for rule in turn.book.silences if rule.id == timer.subject)
        cases.take_failure(turn, failures.overdue(turn, rule, timer.about, ""))
        return
    case = turn.state.case(timer.subject)
    if case is None:
        return
    plan = turn.plan_of(case)
    within_ms = plan.call_within_ms if plan else ending.CALL_BACK_MS
    match timer.kind:
        case TimerKind.CONFIRM_BY:
            offers.confirm_overdue(turn, case, timer.about)
        case TimerKind.OPEN_BY:
            calls.need_call(turn, case, "not_opened", within_ms)
        case TimerKind.CHOOSE_BY:
            calls.need_call(turn, case, "no_choice", within_ms)
        case TimerKind.CALL_BY:
            calls.call_overdue(turn, case)
        case TimerKind.ASK_AT:
            ending.ask(turn, case)
        case TimerKind.ASK_AGAIN:
            ending.ask(turn, case, again=True)
        case TimerKind.LIFT_AT:
            ending.lift(turn, case)
        case TimerKind.OFFER_AT:
            ending.offer_at_last(turn, case)
        case TimerKind.LONGEST:
            ending.look_closer(turn, case)
