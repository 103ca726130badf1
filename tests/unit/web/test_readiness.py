"""What /readyz says of parts that have fallen silent, though the process answers."""

from makegood.engines import open_store
from makegood.ports.store import Store
from makegood.runtime.pulse import LATE_MS
from makegood.testing.clock import FakeClock
from makegood.testing.store_notice_conformance import notice
from makegood.web.metrics import OfStore
from makegood.web.watching import readiness


class Watched:
    """A server process whose worker goes on, as far as anybody can see."""

    is_working = True

    def __init__(self, store: Store, clock: FakeClock) -> None:
        self.store, self.clock = store, clock


def lag_metric(store: Store, clock: FakeClock) -> float:
    families = {family.name: family for family in OfStore(store, clock).collect()}
    value: float = families["makegood_notices_lag_seconds"].samples[0].value
    return value


def test_notices_that_nobody_publishes_are_late():
    store, clock = open_store("memory:"), FakeClock()
    watched = Watched(store, clock)
    with store.writing() as writing:
        writing.put_notices([notice("n1", at_ms=clock.now_ms())])
    clock.advance(LATE_MS)
    assert "notices" not in readiness(watched).late
    clock.advance(1_000)
    found = readiness(watched)
    assert ("notices" in found.late, found.notices_lag_s) == (True, LATE_MS // 1000 + 1)
    assert lag_metric(store, clock) == found.notices_lag_s
    with store.writing() as writing:
        writing.publish(10, {}, clock.now_ms())
    assert (readiness(watched).late, readiness(watched).notices_lag_s) == ((), 0)
    assert lag_metric(store, clock) == 0
