"""Wishes, books that change and whatever order events arrive in: one state, and no clock lost."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from makegood.core.call_wishes import judge
from makegood.core.decide import Asker
from makegood.core.fold import advance, step
from makegood.core.phone import back_id
from makegood.core.state import EMPTY, decode_state, encode_state
from makegood.core.timers import TimerKind
from makegood.messages.call_facts import CalledBack, CallWished
from makegood.messages.commands import Command, SendMessage
from makegood.messages.events import Event, NextDuty, OnDuty
from makegood.messages.facts import Body, Touchpoint
from makegood.messages.ids import BookHash, RepId
from makegood.playbooks.book import Library
from makegood.testing.book import DAY_MS, HOUR_MS, MINUTE_MS
from makegood.testing.history import NOON_MS, event, folded
from tests.unit.core.test_call_telling import books

REPS = tuple(RepId(one) for one in ("tom", "sue", "max", "top"))
_TELLING = (books(), books(in_duty=True), books(tell="", late="", ahead_ms=0))
BOOKS = tuple(
    replace(one.now(), hash=BookHash(f"{n}" * 16)) for n, one in enumerate(_TELLING, start=1)
)
LIBRARY = Library(active=BOOKS[0].hash, books={one.hash: one for one in BOOKS})
calls = st.sampled_from(("C1", "C2"))
reps = st.sampled_from(REPS)
backs = st.one_of(st.just(back_id("C1", "tom")), st.builds(back_id, calls, reps))
spans = st.sampled_from((0, MINUTE_MS, 30 * MINUTE_MS, 5 * HOUR_MS, 3 * DAY_MS))


def spoiled(name: str, call: str, rep: str) -> Touchpoint:
    facts = {"call": call, "agent": rep, "by": "agent", "answered": True, "solved": False}
    return Touchpoint(name=name, properties=facts)


said: st.SearchStrategy[Body] = st.one_of(
    st.builds(spoiled, st.sampled_from(("Call Hung Up", "Call Flagged")), calls, reps),
    st.builds(spoiled, st.just("Call Hung Up"), calls, reps),
    st.builds(lambda one, ms: CallWished(call_back=one, from_ms=NOON_MS + ms), backs, spans),
    st.builds(lambda one: CallWished(call_back=one, number="n"), backs),
    st.builds(lambda one: CallWished(call_back=one, needless=True), backs),
    st.builds(lambda one, r, by: CalledBack(call_back=one, reached=r, by=by),
              backs, st.booleans(), reps),
)  # fmt: skip
above = st.sampled_from([REPS[1:], REPS[1:2], REPS[2:], ()])
hashes = st.sampled_from([one.hash for one in BOOKS])
waits = st.integers(0, 40 * MINUTE_MS)
first = st.tuples(
    st.just(spoiled("Call Hung Up", "C1", "tom")), st.just(REPS[1:]), waits, hashes, spans,
    st.just(True),
)  # fmt: skip
moves = st.tuples(
    first, st.lists(st.tuples(said, above, waits, hashes, spans, st.booleans()), max_size=10)
).map(lambda both: [both[0], *both[1]])


def events_of(
    given_: list[tuple[Body, tuple[RepId, ...], int, BookHash, int, bool]],
) -> list[Event]:
    at_ms, found = NOON_MS, []
    for n, (body, above, wait_ms, book, there_ms, now) in enumerate(given_):
        at_ms += wait_ms
        one = event(body, at_ms=at_ms, name=f"e{n}", book=book)
        until_ms = at_ms + there_ms
        on = tuple(OnDuty(rep, until_ms) for rep in above) if now else ()
        later = tuple(NextDuty(rep, at_ms + HOUR_MS, until_ms + HOUR_MS) for rep in above)
        stamp = replace(one.stamp, above=above, on_duty=on, next_duty=() if now else later)
        found.append(replace(one, stamp=stamp))
    return found


@given(moves, st.randoms(use_true_random=False))
def test_the_state_is_one_in_whatever_order_they_arrive(given_, random):
    events = events_of(given_)
    shuffled = events[:]
    random.shuffle(shuffled)
    one, other = (folded(each, LIBRARY).state for each in (events, shuffled))
    assert encode_state(one) == encode_state(other)
    assert decode_state(encode_state(one)) == one


@given(moves)
def test_every_time_that_was_told_has_its_clock_and_none_runs_for_what_is_over(given_):
    state, events = EMPTY, events_of(given_)
    for one in events:
        state = step(state, one, LIBRARY).state
        by = {it.subject: it.due_ms for it in state.timers if it.kind is TimerKind.CALL_BACK_BY}
        soon = {it.subject for it in state.timers if it.kind is TimerKind.CALL_BACK_SOON}
        waiting = {it.id: it for it in state.phone.waiting}
        assert by.keys() <= waiting.keys()
        assert soon <= by.keys()
        for back in waiting.values():
            assert back.is_stuck or by[back.id] == back.due_ms
            if back.told_by_ms > state.fired_ms and back.told_by_ms > one.time_ms:
                assert back.id in by
    state = advance(state, events[-1].time_ms + 90 * DAY_MS, LIBRARY).state
    assert [it for it in state.timers if it.kind is TimerKind.CALL_BACK_BY] == []


@given(moves)
def test_no_message_names_a_time_that_is_over_and_late_ones_name_a_later_one(given_):
    state, commands = EMPTY, list[Command]()
    events = events_of(given_)
    for one in events:
        after = step(state, one, LIBRARY)
        state, commands = after.state, [*commands, *after.commands]
    commands += advance(state, events[-1].time_ms + 90 * DAY_MS, LIBRARY).commands
    for command in commands:
        if not isinstance(command.order, SendMessage):
            continue
        facts = command.order.variables
        if command.order.message == "we_call":
            assert facts["by_ms"] > command.due_ms
        if command.order.message == "later":
            assert facts["by_ms"] > max(command.due_ms, facts["was_ms"])


@given(moves, backs, st.integers(-DAY_MS, 40 * DAY_MS))
def test_what_may_be_wished_is_only_of_what_waits(given_, back, ahead_ms):
    events = events_of(given_)
    state, now_ms = folded(events, LIBRARY).state, events[-1].time_ms
    wanted = CallWished(call_back=back, from_ms=max(1, now_ms + ahead_ms))
    decision = judge(state, wanted, Asker(), now_ms)
    waits = any(one.id == back for one in state.phone.waiting)
    assert (decision.body is not None) == (waits and 0 <= ahead_ms <= 30 * DAY_MS)
