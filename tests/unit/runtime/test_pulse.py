"""A worker says now and then that it is alive; what it did is added up over all of them."""

from makegood.runtime.pulse import BEAT_MS, WORKER, Pulse
from makegood.store.memory import MemoryStore
from makegood.testing.clock import FakeClock


def test_a_beat_is_written_when_it_is_time_and_counts_nothing_twice():
    store, clock = MemoryStore(), FakeClock()
    one, other = Pulse(store, clock), Pulse(store, clock)
    one.beat({"done": 2, "failed": 0})
    other.beat({"done": 1})
    written = store.syncs()
    for _ in range(5):
        one.beat({"done": 10})
    assert store.syncs() == written
    clock.advance(BEAT_MS)
    one.beat({"failed": 3})
    with store.reading() as reading:
        assert reading.beats() == {WORKER: clock.now_ms()}
        assert reading.tallies() == {"worker.done": 53, "worker.failed": 3}


def test_a_clock_that_was_set_back_does_not_silence_a_worker():
    store = MemoryStore()
    times = iter((9_000_000, 1_000_000))

    class SetBack:
        def now_ms(self) -> int:
            return next(times)

    pulse = Pulse(store, SetBack())
    pulse.beat({})
    pulse.beat({})
    with store.reading() as reading:
        assert reading.beats() == {WORKER: 1_000_000}
