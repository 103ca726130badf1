"""Somebody leaves: the customer is introduced, asked, asked once more, and never moved in silence.

Source: story 5; science, section 1c (38): a three-way introduction, and the customer chooses.
"""

from msgspec.structs import replace

from makegood.core.in_touch import InTouch, Succession
from makegood.core.my_person import Standing
from makegood.core.routing import NOBODY
from makegood.core.timers import Timer, TimerKind
from makegood.core.turn import Turn
from makegood.messages.commands import SendMessage
from makegood.messages.facts import PersonChosen
from makegood.messages.hello_facts import Introduced, RepStays, SuccessorNamed
from makegood.messages.ids import CaseId, CommandId, RepId


def named(turn: Turn, body: SuccessorNamed) -> None:
    """Put somebody forward and tell the customer; whoever chose anew meanwhile is left alone."""
    mine = turn.state.my_person
    theirs = any(
        one.event == body.choice and one.rep == body.rep and one.standing is Standing.THEIRS
        for one in mine.choices
    )
    known = any(one.choice == body.choice for one in turn.state.in_touch.successions)
    if not theirs or known:
        return
    successor = NOBODY if body.successor in mine.denied else body.successor
    one = Succession(
        event=turn.cause,
        profile=turn.origin.profile,
        rep=body.rep,
        successor=successor,
        choice=body.choice,
        at_ms=turn.at_ms,
        leaves_ms=body.leaves_ms,
        brand=body.brand,
        reasons=body.reasons if successor else (),
        meets=body.meets and bool(successor) and turn.at_ms < body.leaves_ms,
    )
    one = _tell(turn, one, 0)
    again_ms = turn.book.people.leaving.ask_again_ms
    if again_ms:
        due_ms = turn.at_ms + again_ms
        turn.set_timer(TimerKind.SUCCESSOR_BY, due_ms, one.event, brand=one.brand)
    _put(turn, (*turn.state.in_touch.successions, one))


def _tell(turn: Turn, one: Succession, ordinal: int) -> Succession:
    """Order the message that both sign; once somebody is gone the firm says so, and asks."""
    leaving = turn.book.people.leaving
    both = bool(one.successor) and turn.at_ms < one.leaves_ms
    message = leaving.introduction if both else leaving.gone
    template = turn.book.messages.get(message)
    if template is None:
        return one
    brands = turn.book.brands
    order = SendMessage(
        message=message,
        brand=one.brand if one.brand in brands else next(iter(brands), ""),
        message_class=template.message_class,
        urgency=template.urgency,
        page="person",
        page_brand=one.brand,
        variables={
            "owner": one.rep,
            "successor": one.successor,
            "leaves_ms": one.leaves_ms,
        },
    )
    sent = turn.issue(CaseId(""), f"person/leaves/{one.rep}", order, ordinal=ordinal)
    return replace(one, messages=(*one.messages, sent))


def ask_again(turn: Turn, timer: Timer) -> None:
    """Nobody answered: ask once more, and no third time."""
    found = turn.state.in_touch.successions
    for one in found:
        if one.event == timer.subject and one.is_asked:
            after = _tell(turn, one, len(one.messages))
            _put(turn, tuple(after if it is one else it for it in found))


def answered(turn: Turn, body: PersonChosen) -> None:
    """The customer chose, and that is the answer, whoever it is.

    An open case and a conversation of the one who leaves go to the new person at once.
    """
    for one in turn.state.in_touch.successions:
        if one.brand == body.brand and one.is_asked:
            turn.clear_timers(one.event, TimerKind.SUCCESSOR_BY)
            turn.withdrawn += one.messages
            _hand_over(turn, one.rep, body.theirs)
    kept = tuple(
        replace(one, answered="yes") if one.is_asked else one
        for one in turn.state.in_touch.successions
        if one.brand != body.brand or (one.successor and one.successor == body.theirs)
    )
    _put(turn, kept)


def _hand_over(turn: Turn, before: RepId, after: RepId) -> None:
    case = turn.state.open_case
    if case is not None and case.owner == before and after:
        turn.put(replace(case, owner=after))


def apart(turn: Turn, rep: RepId) -> None:
    """Whoever is kept apart is not put forward either; somebody refused needs no successor."""
    found = turn.state.in_touch.successions
    if not any(rep in (one.rep, one.successor) for one in found):
        return
    kept = [one for one in found if one.rep != rep]
    for gone in (one for one in found if one.rep == rep):
        turn.clear_timers(gone.event, TimerKind.SUCCESSOR_BY)
        turn.withdrawn += gone.messages
    _put(turn, tuple(_without(one, rep) for one in kept))


def _without(one: Succession, rep: RepId) -> Succession:
    if one.successor != rep:
        return one
    return replace(one, successor=NOBODY, reasons=(), meets=False)


def stays(turn: Turn, body: RepStays) -> None:
    """They do not leave after all: nothing needs to be answered."""
    found = turn.state.in_touch.successions
    gone: list[CommandId] = []
    for one in found:
        if one.choice == body.choice and one.is_asked:
            turn.clear_timers(one.event, TimerKind.SUCCESSOR_BY)
            gone += one.messages
    turn.withdrawn += gone
    _put(turn, tuple(one for one in found if one.choice != body.choice or not one.is_asked))


def introduced(turn: Turn, body: Introduced) -> None:
    """The three have spoken."""
    found = turn.state.in_touch.successions
    _put(
        turn,
        tuple(
            replace(one, met_ms=turn.at_ms)
            if (one.rep, one.successor, one.brand) == (body.rep, body.successor, body.brand)
            else one
            for one in found
        ),
    )


def _put(turn: Turn, successions: tuple[Succession, ...]) -> None:
    """Keep them, and who stands in for the one who left until the customer has said."""
    before: InTouch = turn.state.in_touch
    if successions == before.successions:
        return
    heirs = ((one.rep, one.successor, one.leaves_ms) for one in successions if one.is_asked)
    turn.state = replace(
        turn.state,
        in_touch=replace(before, successions=successions),
        my_person=replace(turn.state.my_person, heirs=tuple(pair for pair in heirs if pair[1])),
    )
