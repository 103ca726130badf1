"""A worker says now and then that it is alive; what it did is added up over all of them."""

from makegood.runtime.pulse import BEAT_MS, FORGOTTEN_MS, SMTP, WORKER, Pulse, heard_of
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


def test_each_gate_is_missed_by_its_own_name_unless_it_was_stopped_in_order():
    store, clock = MemoryStore(), FakeClock()
    here, there = (Pulse(store, clock, SMTP, where) for where in ("mx1:25", "mx2:25"))
    here.beat({"passed": 1})
    there.beat({"passed": 2})
    began_ms = clock.now_ms()
    clock.advance(BEAT_MS)
    there.beat({})

    def missed() -> dict[str, int]:
        with store.reading() as reading:
            return dict(heard_of(reading.beats(), SMTP, clock.now_ms()))

    assert missed() == {"mx1:25": began_ms, "mx2:25": clock.now_ms()}
    there.beat({"parked": 4})
    there.end()
    assert missed() == {"mx1:25": began_ms}
    clock.advance(FORGOTTEN_MS)
    assert missed() == {}
    with store.reading() as reading:
        assert reading.tallies() == {"smtp.passed": 3, "smtp.parked": 4}
