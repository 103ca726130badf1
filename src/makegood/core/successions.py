"""Somebody leaves: the customer is introduced, asked, asked once more, and never moved in silence.

Source: story 5; evidence (38): a three-way introduction, and the customer chooses.
"""

from msgspec.structs import replace

from makegood.core.in_touch import InTouch, Succession
from makegood.core.my_person import Heir, Standing
from makegood.core.routing import NOBODY
from makegood.core.timers import Timer, TimerKind
from makegood.core.turn import Turn
from makegood.messages.commands import SendMessage
from makegood.messages.hello_facts import Introduced, RepStays, SuccessorNamed
from makegood.messages.ids import CaseId, CommandId, RepId


def named(turn: Turn, body: SuccessorNamed) -> None:
    """Put somebody forward and tell the customer; whoever chose anew meanwhile is left alone.

    Another day, or another successor, takes the place of the one before: what was said is so no
    longer, and the customer hears what is.
    """
    mine = turn.state.my_person
    theirs = any(
        one.event == body.choice and one.rep == body.rep and one.standing is Standing.THEIRS
        for one in mine.choices
    )
    found = turn.state.in_touch.successions
    known = next((one for one in found if one.choice == body.choice), None)
    successor = NOBODY if body.successor in mine.denied else body.successor
    if not theirs or (known is not None and _is_so(known, successor, body)):
        return
    if known is not None:
        _call_off(turn, known)
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
        met_ms=known.met_ms if known is not None and known.successor == successor else 0,
    )
    one = _tell(turn, one, 0)
    again_ms = turn.book.people.leaving.ask_again_ms
    if again_ms:
        due_ms = turn.at_ms + again_ms
        turn.set_timer(TimerKind.SUCCESSOR_BY, due_ms, one.event, brand=one.brand)
    _put(turn, (*(it for it in found if it is not known), one))


def _is_so(known: Succession, successor: RepId, body: SuccessorNamed) -> bool:
    """Whether the customer knows it already, or has answered."""
    same = (known.successor, known.leaves_ms) == (successor, body.leaves_ms)
    return same or not known.is_asked


def _call_off(turn: Turn, one: Succession) -> None:
    """Nobody needs to be asked about it any more."""
    turn.clear_timers(one.event, TimerKind.SUCCESSOR_BY)
    turn.withdrawn += one.messages


def _tell(turn: Turn, one: Succession, ordinal: int) -> Succession:
    """Order the message that both sign; once somebody is gone the firm says so, and asks."""
    leaving = turn.book.people.leaving
    both = bool(one.successor) and turn.at_ms < one.leaves_ms
    message = leaving.introduction if both else leaving.gone
    sent = _order(turn, one, message, f"person/leaves/{one.rep}", ordinal)
    return replace(one, messages=(*one.messages, sent)) if sent else one


def _order(
    turn: Turn, one: Succession, message: str, step: str, ordinal: int = 0
) -> CommandId | None:
    """Order a message about them; a book without it says nothing."""
    template = turn.book.messages.get(message)
    if template is None:
        return None
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
    return turn.issue(CaseId(""), step, order, ordinal=ordinal)


def ask_again(turn: Turn, timer: Timer) -> None:
    """Nobody answered: ask once more, and no third time."""
    found = turn.state.in_touch.successions
    for one in found:
        if one.event == timer.subject and one.is_asked:
            after = _tell(turn, one, len(one.messages))
            _put(turn, tuple(after if it is one else it for it in found))


def answered(turn: Turn, brand: str, theirs: RepId) -> None:
    """The customer has somebody else now, or nobody, and that is the answer, whoever it is.

    An open case of the one who leaves goes to the new person at once; a conversation stays with
    whom it is until that one goes.

    Args:
        turn: The turn, after the choice.
        brand: Where the choice counts.
        theirs: Who it is; empty for nobody.
    """
    found = turn.state.in_touch.successions
    for one in found:
        if one.brand == brand and one.is_asked:
            _call_off(turn, one)
            _hand_over(turn, one, theirs)
    kept = tuple(
        replace(one, answered="yes") if one.is_asked and one.brand == brand else one
        for one in found
        if one.brand != brand or (one.successor and one.successor == theirs)
    )
    _put(turn, kept)


def _hand_over(turn: Turn, one: Succession, after: RepId) -> None:
    """Hand an open case over, where the choice counts for its brand."""
    case = turn.state.open_case
    if case is None or case.owner != one.rep or not after:
        return
    if any(it.brand == one.brand for it in turn.state.my_person.chosen(case.brand)):
        turn.put(case.given_to(after, turn.at_ms))


def apart(turn: Turn, rep: RepId) -> None:
    """Whoever is kept apart is not put forward either; somebody refused needs no successor."""
    found = turn.state.in_touch.successions
    if not any(rep in (one.rep, one.successor) for one in found):
        return
    kept = [one for one in found if one.rep != rep]
    for gone in (one for one in found if one.rep == rep):
        _call_off(turn, gone)
    _put(turn, tuple(_without(one, rep) for one in kept))


def _without(one: Succession, rep: RepId) -> Succession:
    if one.successor != rep:
        return one
    return replace(one, successor=NOBODY, reasons=(), meets=False)


def stays(turn: Turn, body: RepStays) -> None:
    """They do not leave after all: nothing needs to be answered, and who was told is told that."""
    found = turn.state.in_touch.successions
    for one in found:
        if one.choice == body.choice and one.is_asked:
            _call_off(turn, one)
            if one.messages:
                _order(turn, one, turn.book.people.leaving.stays, f"person/stays/{one.rep}")
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
    heirs = tuple(
        Heir(one.rep, one.successor, one.leaves_ms, one.brand)
        for one in successions
        if one.is_asked and one.successor
    )
    turn.state = replace(
        turn.state,
        in_touch=replace(before, successions=successions),
        my_person=replace(turn.state.my_person, heirs=heirs),
    )
