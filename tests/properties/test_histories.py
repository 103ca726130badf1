"""State is a function of the events and of now: whatever the order, the batches, the engine."""

import tempfile
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import event as note
from hypothesis import given, settings
from hypothesis import strategies as st

from makegood.core.fold import advance, step
from makegood.core.state import EMPTY, decode_state, encode_state
from makegood.messages.facts import Unlinked
from makegood.messages.ids import CustomerId
from makegood.ports.store import Store
from makegood.replay.again import replay
from makegood.store.memory import MemoryStore
from makegood.store.sqlite import SqliteStore
from tests.properties.life import Life
from tests.properties.moves import LIBRARY, Firm, Given
from tests.properties.strategies import days

Shown = list[tuple[CustomerId, bytes, bytes, int, int]]


def shown(firm: Firm) -> Shown:
    """All that is kept about every customer."""
    with firm.store.reading() as reading:
        rows = reading.rows(CustomerId(""), 100)
    assert [row.stuck for row in rows] == [""] * len(rows)
    return [(row.customer, row.state, row.gate, row.next_due_ms, row.events) for row in rows]


def is_link(given: Given) -> bool:
    return bool(given.arrival.also) or isinstance(given.arrival.body, Unlinked)


def mixed(life: Life, order: list[int]) -> list[Given]:
    """The arrivals in another order; who is who keeps its own, it means what was linked last."""
    arranged = [life.given[n] for n in order]
    if any(isinstance(one.arrival.body, Unlinked) for one in arranged):
        links = iter([one for one in life.given if is_link(one)])
        arranged = [next(links) if is_link(one) else one for one in arranged]
    return arranged


@given(moves=days, data=st.data())
def test_any_order_repetition_and_batching_ends_in_the_same_state(moves, data):
    life = Life(MemoryStore()).live(moves)
    for kind in life.kinds:
        note(kind)
    order = data.draw(st.permutations(range(len(life.given))), label="order")
    arranged = mixed(life, order)
    again = data.draw(st.lists(st.sampled_from(range(len(arranged) or 1)), max_size=4))
    arranged += [arranged[n] for n in again if n < len(arranged)]
    other = Firm(MemoryStore())
    for _, batch in groupby(arranged, key=lambda one: one.received_ms):
        other.take(list(batch))
    other.until(life.clock.at_ms)
    assert shown(other) == shown(life)


@given(moves=days)
def test_live_is_what_a_replay_of_the_log_gives(moves):
    life = Life(MemoryStore()).live(moves)
    replayed = replay(life.store, LIBRARY)
    assert replayed.differences == []
    assert replayed.stuck == 0
    assert replayed.events == len(life.given)


@settings(max_examples=50)
@given(moves=days)
def test_sqlite_keeps_what_memory_keeps(moves):
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        store: Store = SqliteStore(Path(folder) / "it.sqlite3")
        stack.callback(store.close)
        assert shown(Life(store).live(moves)) == shown(Life(MemoryStore()).live(moves))


@pytest.mark.postgres
def test_postgresql_keeps_what_memory_keeps(postgres_url):
    import random

    from makegood.store.postgres import PostgresStore
    from tests.properties.strategies import random_days

    moves = random_days(random.Random(7), most=200)
    store = PostgresStore(postgres_url)
    try:
        assert shown(Life(store).live(moves)) == shown(Life(MemoryStore()).live(moves))
        assert replay(store, LIBRARY).is_identical
    finally:
        store.close()


@given(moves=days)
def test_linked_customers_are_the_union_of_their_events_and_unlinked_ones_each_their_own(moves):
    life = Life(MemoryStore()).live(moves)
    now_ms = life.clock.at_ms
    with life.store.reading() as reading:
        for row in reading.rows(CustomerId(""), 100):
            profiles = set(reading.profiles_of([row.customer])[row.customer])
            union = [
                given
                for given in life.given
                if life.intake.profile(given.arrival.identifier) in profiles
            ]
            history = reading.history(row.customer)
            assert {(one.source, one.message_id) for one in history} == {
                (one.arrival.source, one.arrival.message_id) for one in union
            }
            state = EMPTY
            for one in sorted(history, key=lambda each: each.order):
                state = step(state, one, LIBRARY).state
            assert row.state in (b"", encode_state(advance(state, now_ms, LIBRARY).state))


@given(moves=days, first=st.integers(0, 40), second=st.integers(0, 40))
def test_time_may_pass_in_any_steps(moves, first, second):
    life = Life(MemoryStore())
    life.live(moves)
    near, far = sorted((first, second))
    for identifier in ("user:ana", "user:ben"):
        state = life.state(identifier)
        now_ms = life.clock.at_ms
        once = advance(state, now_ms + far * 3_600_000, LIBRARY)
        then = advance(state, now_ms + near * 3_600_000, LIBRARY)
        twice = advance(then.state, now_ms + far * 3_600_000, LIBRARY)
        assert encode_state(twice.state) == encode_state(once.state)
        assert then.commands + twice.commands == once.commands
        assert then.withdrawn + twice.withdrawn == once.withdrawn


@given(moves=days)
def test_the_same_event_in_the_same_state_always_brings_the_same_and_changes_neither(moves):
    life = Life(MemoryStore()).live(moves)
    customer = life.customer("user:ana")
    with life.store.reading() as reading:
        history = reading.history(customer) if customer else ()
    state = EMPTY
    for one in history:
        before, event = encode_state(state), one
        once, twice = step(state, one, LIBRARY), step(state, one, LIBRARY)
        assert once == twice
        assert encode_state(state) == before
        assert event == one
        assert len({command.id for command in once.commands}) == len(once.commands)
        assert decode_state(encode_state(once.state)) == once.state
        state = once.state
