"""Every place has its run when it is due, and a fault of one ends no other."""

from makegood.ports.marking import KeyRefused, Place, Placed
from makegood.runtime.marks_rounds import Rounds, is_due
from makegood.runtime.marks_turns import LEASE_MS
from tests.marking import Firm, PlainMarker, address, firm

NEVER = lambda: False  # noqa: E731


def test_the_rounds_run_every_place_when_it_is_due_and_not_before():
    places = [Place(vendor="plain", id=it) for it in ("a", "b")]
    vendors = [PlainMarker(place=it, contacts={address(0)}) for it in places]
    it = Firm(*vendors)
    it.known("user:0", address(0))
    it.let_down("user:0")
    placed = [Placed(marker=one, every_ms=600_000) for one in vendors]
    rounds = Rounds(it.store, placed, it.truth, it.clock)
    assert rounds.run_due(NEVER, it._sleep) == 2
    assert [one.carriers for one in vendors] == [[address(0)], [address(0)]]
    it.clock.advance(599_999)
    assert rounds.run_due(NEVER, it._sleep) == 0
    it.clock.advance(1)
    assert rounds.run_due(NEVER, it._sleep) == 2
    assert rounds.run_due(lambda: True, it._sleep) == 0


def test_a_process_that_begins_tries_a_refused_key_at_once():
    it, vendor = firm(2, range(1))
    rounds = Rounds(it.store, [Placed(marker=vendor, every_ms=600_000)], it.truth, it.clock)
    vendor.faults = [KeyRefused("Plain answered 401.")]
    rounds.run_due(NEVER, it._sleep)
    assert rounds.run_due(NEVER, it._sleep) == 0
    assert rounds.run_due(NEVER, it._sleep, afresh=True) == 1
    assert it.sync().refused_ms == 0
    assert rounds.run_due(NEVER, it._sleep, afresh=True) == 0


def test_a_fault_of_one_round_does_not_end_the_rounds(caplog):
    it, vendor = firm(1, range(1))
    rounds = Rounds(it.store, [Placed(marker=vendor, every_ms=1)], it.truth, it.clock)
    vendor.before = lambda _name: vendor.calls.append(("x", 0)) or _fault()
    turns = iter([False, False, False, True, True, True])
    rounds.run_forever(lambda: next(turns, True), lambda _s: it.clock.advance(LEASE_MS))
    assert "comparing marks failed: ZeroDivisionError" in caplog.text


def _fault() -> None:
    raise ZeroDivisionError


def test_a_run_whose_process_died_is_due_when_its_lease_ends():
    from makegood.ports.marks import Sync

    died = Sync(place="x", runner="them", lease_ms=500, started_ms=400)
    assert not is_due(died, 10_000, 499)
    assert is_due(died, 10_000, 500)
    assert not is_due(Sync(place="x", started_ms=400), 10_000, 10_399)
    assert is_due(Sync(place="x", started_ms=400), 10_000, 10_400)
