"""A hello when there is something true to say, and a thank-you for the years; never more.

Both are tasks for the customer's own person. Nothing is planned while we owe the customer
something: an open case, a hold, a conversation that waits, or somebody who leaves. Where nothing
is true there is no hello.
Source: story 5; evidence (9: perceived greed; 40).
"""

from collections.abc import Iterator

from msgspec.structs import replace

from makegood.core.holds import EVERYWHERE, is_holding
from makegood.core.in_touch import (
    MOST_HELLOS,
    MOST_THINGS,
    Hello,
    InTouch,
    Ready,
    Thing,
)
from makegood.core.my_person import keeper_of, own_choice
from makegood.core.said import SaidKind
from makegood.core.state import State
from makegood.core.timers import Timer, TimerKind
from makegood.core.turn import Turn
from makegood.messages.facts import Touchpoint
from makegood.messages.hello_facts import (
    AgreementEnds,
    HelloAllowed,
    HelloDone,
    HelloDue,
    HelloKind,
    WishNoted,
)
from makegood.messages.ids import EventId
from makegood.playbooks.in_touch_terms import TrueThing
from makegood.playbooks.people_terms import PeopleRules

YEAR_MS = 31_557_600_000  # 365.25 days: an anniversary may be a day off, and no fact is
THANKS: HelloKind = "thanks"
HELLO: HelloKind = "hello"


def hear(turn: Turn, body: Touchpoint) -> None:
    """Remember something true that an event tells."""
    for rule in turn.book.people.hello.by_event.get(body.name, ()):
        told = rule.read(body.properties) if rule.read is not None else None
        if told is not None:
            _remember(turn, _thing(turn, rule, told.about, told.ends_ms))


def _thing(turn: Turn, rule: TrueThing, about: str, ends_ms: int, words: str = "") -> Thing:
    from_ms, until_ms = rule.window(turn.at_ms, ends_ms)
    return Thing(
        id=rule.id,
        event=turn.cause,
        at_ms=turn.at_ms,
        from_ms=from_ms,
        until_ms=until_ms,
        about=about,
        ends_ms=ends_ms,
        words=words,
        asked_for=rule.of == "wish",
    )


def _remember(turn: Turn, thing: Thing) -> None:
    """Keep it; about one thing the later word is the one that is true."""
    if thing.until_ms <= thing.from_ms:
        return
    before = turn.state.in_touch
    rest = [
        one
        for one in before.things
        if (one.id, one.about) != (thing.id, thing.about) or thing.words
    ]
    _put(turn, replace(before, things=(*rest, thing)[-MOST_THINGS:]))


def wished(turn: Turn, body: WishNoted) -> None:
    """Remember a wish, to come back to it."""
    for rule in turn.book.people.hello.things:
        if rule.of == "wish":
            _remember(turn, _thing(turn, rule, turn.cause, 0, body.words))


def agreement_ends(turn: Turn, body: AgreementEnds) -> None:
    """Remember that an agreement ends, or forget it, also where it was to be said already."""
    for rule in _rules(turn).hello.things:
        if rule.of == "agreement":
            _forget(turn, rule.id, body.agreement)
            _remember(turn, _thing(turn, rule, body.agreement, body.ends_ms))


def _forget(turn: Turn, thing: str, about: str) -> None:
    before = turn.state.in_touch
    ready = tuple(it for it in before.ready if (it.thing.id, it.thing.about) != (thing, about))
    kept = tuple(one for one in before.things if (one.id, one.about) != (thing, about))
    if len(ready) < len(before.ready):
        turn.clear_timers(HELLO, TimerKind.HELLO_BY)
    _put(turn, replace(before, things=kept, ready=ready))


def allowed(turn: Turn, body: HelloAllowed) -> None:
    """The customer says whether their person may get in touch; a no ends what was planned."""
    _put(turn, replace(turn.state.in_touch, allowed=body.allowed, allowed_ms=turn.at_ms))


def _drop_unwanted(turn: Turn) -> None:
    """End what waits that the customer does not want, or that is another person's by now."""
    mine, keeper = turn.state.in_touch, keeper_of(turn.state.my_person)
    if not mine.has_tasks:
        return
    hellos = list(mine.hellos)
    for n, one in enumerate(hellos):
        how = "let_be" if _is_unwanted(turn.state, one.kind) else "moved"
        if one.ended == "due" and (how == "let_be" or one.rep != keeper):
            hellos[n] = replace(one, ended=how, done_ms=turn.at_ms)
            turn.clear_timers(one.event, TimerKind.HELLO_BY)
    ready = tuple(it for it in mine.ready if keeper and not _is_unwanted(turn.state, it.kind))
    for gone in (one for one in mine.ready if one not in ready):
        turn.clear_timers(gone.kind, TimerKind.HELLO_BY)
    _put(turn, replace(mine, hellos=tuple(hellos), ready=ready))


def _is_unwanted(state: State, kind: HelloKind) -> bool:
    """Whether the customer's own word is against it; a hello needs a yes, thanks no refusal."""
    mine = state.in_touch
    if kind == HELLO:
        return not mine.allowed
    return mine.said_no or (EVERYWHERE, EVERYWHERE) in state.unsubscribed


def is_quiet(state: State) -> bool:
    """Whether this is no time for a hello or an offer by somebody the customer trusts."""
    holding = any(is_holding(one) for one in state.cases)
    waits = any(one.came_ms for one in state.my_person.threads)
    leaves = any(one.is_asked for one in state.in_touch.successions)
    asked = any(one.is_waiting for one in state.requests)
    return state.open_case is not None or holding or waits or leaves or asked


def plan(turn: Turn) -> None:
    """Set the next moment at which something may be said, or take it back."""
    _drop_unwanted(turn)
    rules, state = _rules(turn), turn.state
    if not rules.hello.every_ms and not rules.thanks.years:
        return
    free = bool(keeper_of(state.my_person)) and not is_quiet(state)
    _set(turn, TimerKind.HELLO_AT, HELLO, _next_hello_ms(turn) if free else 0)
    _set(turn, TimerKind.HELLO_AT, THANKS, _next_thanks_ms(turn) if free else 0)


def _rules(turn: Turn) -> PeopleRules:
    """Give the rules of the brand at which somebody is the customer's person."""
    choice = own_choice(turn.state.my_person)
    return turn.book.for_brand(choice.brand if choice is not None else "").people


def _set(turn: Turn, kind: TimerKind, subject: str, due_ms: int) -> None:
    timers = turn.state.timers
    now = next((one.due_ms for one in timers if (one.kind, one.subject) == (kind, subject)), 0)
    if due_ms and now and max(due_ms, turn.at_ms) == max(now, turn.at_ms):
        return
    if due_ms:
        turn.set_timer(kind, due_ms, subject)
    elif now:
        turn.clear_timers(subject, kind)


def _next_hello_ms(turn: Turn) -> int:
    """When the next hello may be said; 0 for never, as things are."""
    mine, rules = turn.state.in_touch, _rules(turn).hello
    if not rules.every_ms or not mine.allowed or _is_ready(mine, HELLO):
        return 0
    came = (it.at_ms for it in mine.hellos if it.kind == HELLO and it.ended != "moved")
    last_ms = max(came, default=0)
    soonest_ms = max(turn.at_ms, last_ms + rules.every_ms if last_ms else 0)
    moments = (
        max(soonest_ms, one.from_ms)
        for one in _unsaid(turn)
        if max(soonest_ms, one.from_ms) < one.until_ms
    )
    return min(moments, default=0)


def _next_thanks_ms(turn: Turn) -> int:
    """When the next anniversary is; one that passed before anybody could thank is let go."""
    rules, bought_ms = _rules(turn).thanks, turn.state.bought_ms
    mine = turn.state.in_touch
    if not bought_ms or _is_ready(mine, THANKS) or _is_unwanted(turn.state, THANKS):
        return 0
    for years in rules.years:
        at_ms = bought_ms + years * YEAR_MS
        if years > mine.thanked_years and turn.at_ms < at_ms + rules.within_ms:
            return max(at_ms, turn.at_ms)
    return 0


def _is_ready(mine: InTouch, kind: HelloKind) -> bool:
    return any(one.kind == kind for one in mine.ready)


def _unsaid(turn: Turn) -> Iterator[Thing]:
    """Give what is true and was not said, in the order in which the book would say it.

    What a book of another brand told to remember comes after what this one knows.
    """
    mine, rules = turn.state.in_touch, _rules(turn).hello.things
    said = {(it.thing.id, it.thing.event) for it in mine.hellos if it.ended != "moved"}
    known = {rule.id for rule in rules}
    found = list[Thing]()
    for rule in rules:
        told = _kept(turn.state, rule) if rule.of == "promise" else reversed(mine.things)
        found += [one for one in told if one.id == rule.id]
    found += [one for one in reversed(mine.things) if one.id not in known]
    return (one for one in found if (one.id, one.event) not in said)


def _kept(state: State, rule: TrueThing) -> Iterator[Thing]:
    """Give the promises that were kept, the newest first."""
    for one in reversed(state.memory.said):
        if one.kind is SaidKind.PROMISE and one.kept_ms and not one.broken:
            from_ms, until_ms = rule.window(one.kept_ms, 0)
            yield Thing(
                id=rule.id,
                event=one.event,
                at_ms=one.kept_ms,
                from_ms=from_ms,
                until_ms=until_ms,
                about=one.about,
            )


def due(turn: Turn, timer: Timer) -> None:
    """Something may be said now; whether the rep has a hello left this month, others know."""
    free = bool(keeper_of(turn.state.my_person)) and not is_quiet(turn.state)
    kind: HelloKind = "thanks" if timer.subject == THANKS else "hello"
    thing = _thanks(turn) if kind == THANKS else _first(turn)
    if not free or thing is None or _is_unwanted(turn.state, kind):
        return
    ready = Ready(kind=kind, thing=thing, at_ms=turn.at_ms, profile=turn.origin.profile)
    mine = turn.state.in_touch
    _put(turn, replace(mine, ready=(*mine.ready, ready)))
    turn.set_timer(TimerKind.HELLO_BY, thing.until_ms, kind)


def _first(turn: Turn) -> Thing | None:
    true = (one for one in _unsaid(turn) if one.from_ms <= turn.at_ms < one.until_ms)
    return next(true, None)


def _thanks(turn: Turn) -> Thing | None:
    rules, mine, bought_ms = _rules(turn).thanks, turn.state.in_touch, turn.state.bought_ms
    for years in rules.years:
        at_ms = bought_ms + years * YEAR_MS
        if years > mine.thanked_years and at_ms <= turn.at_ms < at_ms + rules.within_ms:
            return Thing(
                id=f"{years}",
                event=EventId(f"{THANKS}/{years}"),
                at_ms=at_ms,
                from_ms=at_ms,
                until_ms=at_ms + rules.within_ms,
                about=f"{years}",
            )
    return None


def made_due(turn: Turn, body: HelloDue) -> None:
    """It is a rep's task now, or a lot keeps it back."""
    mine, people = turn.state.in_touch, _rules(turn)
    ready = next(
        (
            one
            for one in mine.ready
            if (one.kind, one.thing.id, one.thing.event) == (body.kind, body.thing, body.source)
        ),
        None,
    )
    if ready is None:
        return
    within_ms = people.thanks.within_ms if body.kind == THANKS else people.hello.within_ms
    by_ms = turn.at_ms + within_ms
    hello = Hello(
        event=turn.cause,
        profile=turn.origin.profile,
        kind=body.kind,
        rep=body.rep,
        thing=ready.thing,
        at_ms=turn.at_ms,
        by_ms=by_ms,
        ended="due" if body.treated else "kept_back",
        done_ms=0 if body.treated else turn.at_ms,
    )
    years = int(body.thing) if body.kind == THANKS and body.thing.isdecimal() else 0
    after = replace(
        mine,
        ready=tuple(one for one in mine.ready if one is not ready),
        hellos=(*mine.hellos, hello)[-MOST_HELLOS:],
        thanked_years=max(mine.thanked_years, years),
    )
    _put(turn, after)
    turn.clear_timers(body.kind, TimerKind.HELLO_BY)
    if body.treated:
        turn.set_timer(TimerKind.HELLO_BY, by_ms, hello.event)


def too_late(turn: Turn, timer: Timer) -> None:
    """Nobody came to it while it was of use; a hello that is late is none."""
    mine = turn.state.in_touch
    years = [
        int(one.thing.id)
        for one in mine.ready
        if one.kind == timer.subject == THANKS and one.thing.id.isdecimal()
    ]
    after = replace(
        mine,
        ready=tuple(one for one in mine.ready if one.kind != timer.subject),
        thanked_years=max((mine.thanked_years, *years)),
    )
    _put(turn, _ended(after, EventId(timer.subject), "lapsed", turn.at_ms))


def done(turn: Turn, body: HelloDone) -> None:
    """The rep said it, or let it be."""
    turn.clear_timers(body.hello, TimerKind.HELLO_BY)
    how = "said" if body.said else "let_be"
    mine = turn.state.in_touch
    _put(turn, _ended(mine, body.hello, how, turn.at_ms))


def _ended(mine: InTouch, hello: EventId, how: str, at_ms: int) -> InTouch:
    hellos = tuple(
        replace(one, ended=how, done_ms=at_ms)
        if one.event == hello and one.ended == "due"
        else one
        for one in mine.hellos
    )
    return replace(mine, hellos=hellos)


def _put(turn: Turn, mine: InTouch) -> None:
    if mine != turn.state.in_touch:
        turn.state = replace(turn.state, in_touch=mine)
