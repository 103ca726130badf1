"""What a customer is told of a call-back: who calls by when, and in time when it will be later.

It is told only when whoever calls is there by then; a time that nobody can keep is not told. That
it will be later is said once, before the time that was told is over, and with the new one, if one
of those who may call is there by that one. To say so is owed; it does not mend what was broken.
Source: story 4; ideas, 9 (we keep our own promises).
"""

from msgspec.structs import replace

from makegood.core.phone import CallBack
from makegood.core.routing import can_promise_call
from makegood.core.state import Case
from makegood.core.timers import Timer, TimerKind
from makegood.core.turn import Turn
from makegood.messages.commands import SendMessage
from makegood.messages.events import NextDuty
from makegood.messages.facts import Facts
from makegood.messages.ids import CommandId, RepId
from makegood.playbooks.calling_terms import CallBackTerms

CLOCKS = (TimerKind.CALL_BACK_BY, TimerKind.CALL_BACK_SOON)


def terms_of(turn: Turn, one: CallBack) -> CallBackTerms | None:
    """Give the clock and the messages by which a call-back is made."""
    return turn.book.for_brand(one.brand).calls.call_back


def time_for(turn: Turn, brand: str, span_ms: int, *, from_ms: int = 0) -> int:
    """Say when a span is over; where the book says so it counts in hours of duty alone.

    Args:
        turn: The turn.
        brand: Whose book says so.
        span_ms: How long.
        from_ms: Since when, where that is later than now.
    """
    book = turn.book.for_brand(brand)
    terms = book.calls.call_back
    begins_ms = max(turn.known_ms, from_ms)
    if terms is None or not terms.in_duty:
        return begins_ms + span_ms
    return book.duty.after(begins_ms, span_ms)


def is_promised(turn: Turn, rep: RepId, brand: str, due_ms: int) -> bool:
    """Whether somebody is there when the time is over: now and till then, or again by then.

    What is with the supervisors together is promised where its clock counts hours in which the
    firm says that it is there.
    """
    if not rep:
        terms = turn.book.for_brand(brand).calls.call_back
        return terms is not None and terms.in_duty
    duties = tuple(one for one in turn.on_duty if one.rep == rep)
    if can_promise_call(due_ms - turn.known_ms, turn.known_ms, brand, duties):
        return True
    return any(
        one.rep == rep and _is_then(one, brand, due_ms) and due_ms <= one.until_ms
        for one in turn.next_duty
    )


def there_until(turn: Turn, reps: tuple[RepId, ...], brand: str, due_ms: int) -> int:
    """Say until when one of some people is known to be there at a time, and after it; else 0."""
    ends = [it.until_ms for it in turn.on_duty if it.rep in reps and it.serves(brand)]
    ends += [
        it.until_ms for it in turn.next_duty if it.rep in reps and _is_then(it, brand, due_ms)
    ]
    return max(ends, default=0)


def _is_then(one: NextDuty, brand: str, due_ms: int) -> bool:
    return one.from_ms < due_ms and (not one.brands or brand in one.brands)


def watched(turn: Turn, one: CallBack) -> CallBack:
    """Set the clocks of a call-back anew: its end, and when it is to be said that it is late."""
    turn.clear_timers(one.id, *CLOCKS)
    turn.set_timer(TimerKind.CALL_BACK_BY, one.due_ms, one.id, "", one.brand)
    terms = terms_of(turn, one)
    if terms is not None and terms.late and one.told_by_ms and not one.late:
        soon_ms = one.due_ms - terms.ahead_ms
        if terms.in_duty:  # not at night: nobody has had a chance to call yet
            soon_ms = turn.book.for_brand(one.brand).duty.after(soon_ms, 1) - 1
        if soon_ms > turn.at_ms:
            turn.set_timer(TimerKind.CALL_BACK_SOON, soon_ms, one.id, "", one.brand)
    return one


def tell(turn: Turn, one: CallBack) -> CallBack:
    """Tell who calls by when, if that is promised; give the call-back, which remembers it."""
    terms = terms_of(turn, one)
    if terms is None or not terms.tell or not one.promised or one.told:
        return one
    waiting = [it for it in turn.state.phone.waiting if it.told and it.id != one.id]
    if any(turn.at_ms < it.told_by_ms <= one.due_ms for it in waiting):
        return one  # to the customer the two are one call, and of that they know
    facts: Facts = {"owner": one.owner, "by_ms": one.due_ms}
    told = _say(turn, one, terms.tell, facts, useful_until_ms=one.due_ms)
    return replace(one, told=told, told_by_ms=one.due_ms) if told else one


def will_be_late(turn: Turn, timer: Timer) -> None:
    """The time is nearly over and nobody has called: say so, and by when somebody will have."""
    one = turn.state.phone.back(timer.subject)
    terms = terms_of(turn, one) if one is not None else None
    if one is None or one.done_ms or one.tried_ms or terms is None:
        return
    by_ms = time_for(turn, one.brand, terms.higher_ms, from_ms=one.due_ms)
    turn.state = replace(turn.state, phone=turn.state.phone.with_back(say_late(turn, one, by_ms)))


def say_late(turn: Turn, one: CallBack, by_ms: int) -> CallBack:
    """Say once that a call comes later than was told; who was told no time hears of no other."""
    terms = terms_of(turn, one)
    if terms is None or not terms.late or one.late or not 0 < one.told_by_ms < by_ms:
        return one
    if not terms.in_duty and by_ms > one.there_ms:
        return one  # nobody is known to be there by then: a second word of ours would break
    facts: Facts = {"owner": one.owner, "by_ms": by_ms, "was_ms": one.told_by_ms}
    late = _say(turn, one, terms.late, facts, useful_until_ms=by_ms)
    turn.withdrawn.append(one.told)  # one that has not gone out would tell a time that is over
    return replace(one, late=late, told_by_ms=by_ms) if late else one


def take_back(turn: Turn, one: CallBack) -> None:
    """Withdraw what has not gone out: the call was made, or nobody wants it."""
    turn.withdrawn += [told for told in (one.told, one.late) if told]


def case_of(turn: Turn, one: CallBack) -> Case | None:
    """Find the case of a call-back, the latest of its matter."""
    cases = (it for it in reversed(turn.state.cases) if it.failure(one.about) is not None)
    return next(cases, turn.state.open_case)


def _say(
    turn: Turn, one: CallBack, message: str, facts: Facts, *, useful_until_ms: int
) -> CommandId:
    """Order a message of the book; nothing where there is no page that it could lead to."""
    book = turn.book.for_brand(one.brand)
    template, case = book.messages.get(message), case_of(turn, one)
    useful_ms = useful_until_ms - turn.known_ms
    if template is None or case is None or turn.origin.imported or useful_ms <= 0:
        return CommandId("")
    order = SendMessage(
        message=message,
        brand=one.brand if one.brand in book.brands else next(iter(book.brands), ""),
        message_class=template.message_class,
        urgency=template.urgency,
        variables=facts,
    )
    step = f"call-back/{one.id}/{message}"
    return turn.issue(case.id, step, order, useful_ms=useful_ms)
