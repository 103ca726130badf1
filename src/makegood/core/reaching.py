"""A customer chooses their person, gets in touch, and is answered: what each does to the state.

Source: story 5; evidence, "A person of one's own" (a busy person is waited
for, an absent one is covered at once).
"""

from msgspec.structs import replace

from makegood.core import successions, waiting
from makegood.core.my_person import (
    NOBODY,
    Choice,
    MyPerson,
    Need,
    Preference,
    Reason,
    Refusal,
    Standing,
    Thread,
    person_of,
    prefer,
)
from makegood.core.owning import answered, taker_of
from makegood.core.routing import NOBODY as NO_OWNER
from makegood.core.timers import Timer, TimerKind
from makegood.core.turn import Turn
from makegood.messages.commands import SendMessage
from makegood.messages.facts import (
    Contacted,
    GotInTouch,
    PersonChosen,
    PersonRefused,
    RoomGiven,
)
from makegood.messages.ids import CaseId, CommandId, RepId

MOST_THREADS = 30  # a customer with more conversations has the oldest forgotten


def chosen(turn: Turn, body: PersonChosen) -> None:
    """Put a new choice in the place of the one before; one made without knowing it is asked about.

    When two histories become one, both customers had chosen: the later choice holds, and the
    customer says which it is to be.
    """
    mine = turn.state.my_person
    before = tuple(one for one in mine.choices if one.brand == body.brand)
    after = tuple(_choice(turn, body, rep, before) for rep in body.choices)
    others = tuple(one for one in mine.choices if one.brand != body.brand)
    known = not before or before[0].event == body.instead_of
    unsure, asked = _meeting(turn, before, after, body) if not known else ((), CommandId(""))
    if mine.asked and not asked:
        turn.withdrawn.append(mine.asked)
    _put(turn, replace(mine, choices=(*others, *after), unsure=unsure, asked=asked))
    successions.answered(turn, body.brand, body.theirs)


def _choice(turn: Turn, body: PersonChosen, rep: RepId, before: tuple[Choice, ...]) -> Choice:
    standing = Standing.NEXT
    if rep == body.theirs:
        standing = Standing.THEIRS
    elif rep in body.waits:
        standing = Standing.WAITING
    elif rep in body.full:
        standing = Standing.FULL
    kept = (one.since_ms for one in before if one.rep == rep and one.standing is standing)
    return Choice(
        rep=rep,
        standing=standing,
        at_ms=turn.at_ms,
        event=turn.cause,
        brand=body.brand,
        since_ms=next(kept, turn.at_ms),
    )


def _meeting(
    turn: Turn, before: tuple[Choice, ...], after: tuple[Choice, ...], body: PersonChosen
) -> tuple[tuple[RepId, ...], CommandId]:
    """Remember the earlier of two choices, and ask; two that say the same need no question."""
    was = tuple(one.rep for one in before)
    if was == tuple(one.rep for one in after):
        return (), CommandId("")
    return was, _say(turn, turn.book.people.unsure, "person/unsure", body.brand, body.theirs)


def room_given(turn: Turn, body: RoomGiven) -> None:
    """The waiting is over: they are the customer's person, who hears of it once."""
    mine = turn.state.my_person
    waits = (one for one in mine.choices if one.event == body.choice and one.rep == body.rep)
    if all(one.standing is Standing.THEIRS for one in waits):
        return
    after = tuple(
        _moved_up(turn, one, body.rep) if one.event == body.choice else one for one in mine.choices
    )
    _put(turn, replace(mine, choices=after))
    successions.answered(turn, body.brand, body.rep)
    _say(turn, turn.book.people.room, f"person/room/{body.rep}", body.brand, body.rep)


def _moved_up(turn: Turn, one: Choice, rep: RepId) -> Choice:
    if one.rep == rep:
        return replace(one, standing=Standing.THEIRS, since_ms=turn.at_ms)
    if one.standing is Standing.THEIRS:
        return replace(one, standing=Standing.NEXT, since_ms=turn.at_ms)
    return one


def refused(turn: Turn, body: PersonRefused) -> None:
    """Keep two people apart from now on, in whatever is going on as well."""
    mine = turn.state.my_person
    rest = tuple(one for one in mine.refused if (one.rep, one.side) != (body.rep, body.side))
    if body.again:
        _put(turn, replace(mine, refused=rest))
        return
    one = Refusal(
        rep=body.rep, side=body.side, at_ms=turn.at_ms, event=turn.cause, by=body.by, why=body.why
    )
    _put(turn, replace(mine, refused=(*rest, one), choices=_without(turn, body.rep)))
    successions.apart(turn, body.rep)
    for thread in turn.state.my_person.threads:
        if thread.came_ms and body.rep in (thread.taker, thread.then, thread.asked_for):
            _route(turn, thread, Need(at_ms=turn.at_ms, brand=thread.brand, thread=thread.id,
                                      channel=thread.channel))  # fmt: skip
    case = turn.state.open_case
    if case is not None and case.owner == body.rep:
        # the fold then finds another one
        turn.put(replace(case, owner=NO_OWNER, alone_ms=turn.at_ms))


def _without(turn: Turn, rep: RepId) -> tuple[Choice, ...]:
    """Take somebody out of the choices; where that was the person, the next ones wait for room."""
    choices = turn.state.my_person.choices
    lost = {one.event for one in choices if one.rep == rep and one.standing is Standing.THEIRS}
    return tuple(
        replace(one, standing=Standing.WAITING, since_ms=turn.at_ms)
        if one.event in lost and one.standing is Standing.NEXT
        else one
        for one in choices
        if one.rep != rep
    )


def got_in_touch(turn: Turn, body: GotInTouch) -> None:
    """Somebody has to answer: the customer's person, the cover, or whoever is free."""
    name = body.thread or turn.cause
    mine = turn.state.my_person
    known = mine.thread(name)
    thread = known or Thread(id=name, channel=body.channel, profile=turn.origin.profile)
    thread = replace(
        thread,
        channel=body.channel,
        profile=turn.origin.profile,
        brand=body.brand or thread.brand,
        case=body.case or thread.case,
        came_ms=thread.came_ms or turn.at_ms,
        words=body.words,
    )
    need = Need(
        at_ms=turn.at_ms,
        brand=thread.brand,
        channel=body.channel,
        thread=name,
        to=body.to,
        another=body.another,
    )
    _route(turn, thread, need)
    waiting.came(turn, thread)


def _route(turn: Turn, thread: Thread, need: Need) -> None:
    """Say who answers, and till when the customer waits for them alone."""
    found = prefer(turn.state.my_person, turn.duty, need, turn.book.people)
    taker, until_ms = _taker(turn, thread, need, found)
    ends = {one.rep: one.until_ms for one in turn.on_duty}
    after = replace(
        thread,
        asked_for=found.person,
        taker=taker,
        then=found.then,
        until_ms=until_ms,
        reasons=found.reasons,
        ends_ms=ends.get(taker, 0),
        then_ends_ms=ends.get(found.then, 0),
    )
    _put_waiting(turn, after)


def _taker(turn: Turn, thread: Thread, need: Need, found: Preference) -> tuple[RepId, int]:
    """Say who is to answer, and till when it waits for them alone: the wish, else the book."""
    if not found.candidates and _still_takes(turn, thread, need):
        return thread.taker, thread.until_ms
    if not turn.book.routing.logged:
        return found.first, found.wait_until_ms
    about = turn.state.case(thread.case) if thread.case else turn.state.open_case
    taker = taker_of(turn, need, found, about)
    if found.candidates or not taker:
        return taker, found.wait_until_ms
    wait_ms = turn.book.people.wait_ms(need.channel)  # then whoever is free
    return taker, turn.at_ms + wait_ms if wait_ms else 0


def _put_waiting(turn: Turn, thread: Thread) -> None:
    """Keep a conversation that waits, and look again when its wait or a duty is over."""
    ends = [at_ms for at_ms in (thread.until_ms, thread.ends_ms) if at_ms]
    due_ms = min(ends, default=0)
    turn.clear_timers(thread.id, TimerKind.PERSON_BY)
    if due_ms:
        turn.set_timer(TimerKind.PERSON_BY, due_ms, thread.id, brand=thread.brand)
    mine = turn.state.my_person
    _put(turn, replace(mine, threads=_with_thread(mine, thread)))


def _still_takes(turn: Turn, thread: Thread, need: Need) -> bool:
    """Whether whoever was asked already stays asked: a second mail sends nobody away."""
    routing = turn.book.routing
    if not routing.conversations or need.another or thread.taker in turn.state.my_person.denied:
        return False
    return any(one.rep == thread.taker for one in turn.on_duty)


def waited_enough(turn: Turn, timer: Timer) -> None:
    """The person did not come to it, busy or gone home: the cover takes it, or whoever is free."""
    thread = turn.state.my_person.thread(timer.subject)
    if thread is None or not thread.came_ms or not thread.taker:
        return
    there = thread.then_ends_ms > turn.at_ms
    takes = thread.then if there else NOBODY
    why = Reason("waited", takes, of=thread.taker)
    if not thread.until_ms:
        why = Reason("went_home", takes, of=thread.taker)
    after = replace(
        thread,
        taker=takes,
        then=NOBODY,
        until_ms=0,
        reasons=(*thread.reasons, why),
        ends_ms=thread.then_ends_ms if there else 0,
        then_ends_ms=0,
    )
    _put_waiting(turn, after)


def contacted(turn: Turn, body: Contacted) -> None:
    """They spoke: nobody waits any more, and the conversation stays with who spoke."""
    name = body.thread or turn.cause
    mine = turn.state.my_person
    thread = mine.thread(name) or Thread(
        id=name, channel=body.channel, profile=turn.origin.profile
    )
    turn.clear_timers(name, TimerKind.PERSON_BY)
    waiting.answered(turn, name)
    answered(turn, name, body.rep)
    mine = turn.state.my_person
    after = replace(
        thread,
        brand=body.brand or thread.brand,
        case=body.case or thread.case,
        last=body.rep,
        last_ms=turn.at_ms,
        came_ms=0,
        until_ms=0,
        asked_for=NOBODY,
        taker=NOBODY,
        then=NOBODY,
        reasons=(),
        ends_ms=0,
        then_ends_ms=0,
    )
    _put(turn, replace(mine, threads=_with_thread(mine, after)))


def _with_thread(mine: MyPerson, thread: Thread) -> tuple[Thread, ...]:
    """Put a conversation at the end; of very many, the oldest that nobody waits in is let go."""
    rest = [one for one in mine.threads if one.id != thread.id]
    if len(rest) >= MOST_THREADS:
        done = next((one for one in rest if not one.came_ms), rest[0])
        rest.remove(done)
    return (*rest, thread)


def _put(turn: Turn, mine: MyPerson) -> None:
    turn.state = replace(turn.state, my_person=mine)


def _say(turn: Turn, message: str, step: str, brand: str, rep: RepId) -> CommandId:
    """Order a message that belongs to no case; a book without it says nothing."""
    template = turn.book.messages.get(message)
    if template is None:
        return CommandId("")
    speaks = brand if brand in turn.book.brands else next(iter(turn.book.brands), "")
    order = SendMessage(
        message=message,
        brand=speaks,
        message_class=template.message_class,
        urgency=template.urgency,
        page="person",
        page_brand=brand,
        variables={"owner": rep or person_of(turn.state.my_person, brand)},
    )
    return turn.issue(CaseId(""), step, order)
