"""Whatever is said of calls in any order: one call-back for a call and person, and no circle."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from makegood.core.fold import advance, step
from makegood.core.phone import CallBack
from makegood.core.state import EMPTY, State, decode_state, encode_state
from makegood.core.timers import TimerKind
from makegood.messages.call_facts import CalledBack
from makegood.messages.events import Event
from makegood.messages.facts import Body, Touchpoint
from makegood.messages.ids import RepId
from makegood.playbooks.book import Library
from makegood.testing.book import DAY_MS, MINUTE_MS, small_book
from makegood.testing.history import NOON_MS, event, folded
from tests.unit.core.test_telephone import RULES

REPS = tuple(RepId(one) for one in ("tom", "sue", "max", "top"))
_BOOK = replace(small_book(), calls=RULES)
LIBRARY = Library(active=_BOOK.hash, books={_BOOK.hash: _BOOK})
calls = st.sampled_from(("C1", "C2"))
reps = st.sampled_from(REPS)
counts = st.integers(0, 4)


def touch(name: str, **properties: object) -> Touchpoint:
    return Touchpoint(name=name, properties=properties)


of_calls: st.SearchStrategy[Body] = st.one_of(
    st.builds(lambda c, n: touch("Call Transferred", call=c, transfers=n), calls, counts),
    st.builds(lambda c, n: touch("Call Held", call=c, held_seconds=300 * n), calls, counts),
    st.builds(lambda c, n: touch("Call Told Again", call=c, times=n), calls, counts),
    st.builds(lambda c, r: touch("Call Answered", call=c, agent=r), calls, reps),
    st.builds(
        lambda c, r, by, solved, out: touch(
            "Call Hung Up", call=c, agent=r, by=by, answered=True, solved=solved, direction=out
        ),
        calls, reps, st.sampled_from(["agent", "customer", "line"]), st.booleans(),
        st.sampled_from(["in", "out"]),
    ),
    st.builds(lambda c, r: touch("Call Flagged", call=c, agent=r), calls, reps),
)  # fmt: skip
rosters = st.lists(reps, max_size=6).map(tuple)  # circles and all
moves = st.lists(
    st.tuples(of_calls, rosters, st.integers(0, 40 * MINUTE_MS)), min_size=1, max_size=12
)


def events_of(given_: list[tuple[Body, tuple[RepId, ...], int]]) -> list[Event]:
    at_ms, found = NOON_MS, []
    for n, (body, above, wait_ms) in enumerate(given_):
        at_ms += wait_ms
        one = event(body, at_ms=at_ms, name=f"e{n}", book=LIBRARY.active)
        found.append(replace(one, stamp=replace(one.stamp, above=above)))
    return found


def history(events: list[Event]) -> list[State]:
    """Every state on the way, and those in which time alone passes afterwards."""
    states, state = [], EMPTY
    for one in events:
        state = step(state, one, LIBRARY).state
        states.append(state)
    for days in (1, 2, 30):
        state = advance(state, events[-1].time_ms + days * DAY_MS, LIBRARY).state
        states.append(state)
    return states


def owners(one: CallBack) -> list[str]:
    """Who had it, the present owner last."""
    had = [it.rep for it in one.passed]
    return list(dict.fromkeys([*had, one.owner]))


@given(moves)
def test_there_is_one_call_back_for_each_call_and_person(given_):
    for state in history(events_of(given_)):
        pairs = [(one.call, one.rep) for one in state.phone.backs]
        assert len(set(pairs)) == len(pairs)
        waiting = {one.id for one in state.phone.waiting}
        timers = {it.subject for it in state.timers if it.kind is TimerKind.CALL_BACK_BY}
        stuck = {one.id for one in state.phone.waiting if one.is_stuck}
        assert timers == waiting - stuck


@given(moves)
def test_it_goes_higher_and_never_round(given_):
    before: dict[str, tuple[str, int]] = {}
    for state in history(events_of(given_)):
        for one in state.phone.backs:
            assert one.rep != one.owner
            assert one.rep not in one.above
            moved = [it.rep for it in one.passed if it.rep != one.owner]
            assert len(set(moved)) == len(moved)
            assert one.owner not in one.above
            was = before.get(one.id)
            if was is not None and was[0] != one.owner:
                assert was[0] in moved
            before[one.id] = (one.owner, len(moved))
    last = history(events_of(given_))[-1]
    assert all(one.done_ms or one.is_stuck for one in last.phone.backs)


@given(moves)
def test_a_line_that_broke_alone_blames_nobody(given_):
    kept = [
        (body, above, wait)
        for body, above, wait in given_
        if body.name != "Call Flagged"
        and not (body.name == "Call Hung Up" and body.properties["by"] == "agent")
    ]
    if kept:
        assert all(not state.phone.backs for state in history(events_of(kept)))


@given(moves, st.randoms(use_true_random=False))
def test_the_state_is_one_in_whatever_order_they_arrive(given_, random):
    events = events_of(given_)
    shuffled = events[:]
    random.shuffle(shuffled)
    one, other = (folded(each, LIBRARY).state for each in (events, shuffled))
    assert encode_state(one) == encode_state(other)
    assert decode_state(encode_state(one)) == one


@given(st.lists(of_calls, min_size=1, max_size=4))
def test_a_call_is_the_same_whichever_of_its_events_has_the_earlier_clock(bodies):
    """Clocks of telephone systems differ by seconds: the counts and the end are the same."""
    seen = set()
    for order in permutations(range(len(bodies))):
        events = [
            event(bodies[n], at_ms=NOON_MS + at, name=f"e{n}", book=LIBRARY.active)
            for at, n in enumerate(order)
        ]
        phone = folded(events, LIBRARY).state.phone
        told = sorted(
            (it.id, it.agents, it.handed_on, it.held_seconds, it.told_more, it.answered,
             it.ended_by, it.outward)
            for it in phone.calls
        )  # fmt: skip
        seen.add(tuple(told))
    assert len(seen) == 1


@given(moves, st.booleans())
def test_what_was_made_is_over(given_, reached):
    state = history(events_of(given_))[len(given_) - 1]
    at_ms = NOON_MS + 40 * DAY_MS
    for n, one in enumerate(state.phone.waiting):
        body = CalledBack(call_back=one.id, reached=reached, by=one.owner)
        told = event(body, at_ms=at_ms + n, name=f"made{n}", book=LIBRARY.active)
        state = step(state, told, LIBRARY).state
        assert bool(state.phone.back(one.id).done_ms) is reached
