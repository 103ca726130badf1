"""A run compares every mark with every hold and repairs what differs, however it came about."""

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from makegood.messages.errors import EffectFailed
from makegood.messages.ids import CustomerId
from makegood.ports.marking import KeyRefused, Lacking, Page
from makegood.runtime.marks_run import Reconciler
from makegood.runtime.marks_turns import LEASE_MS
from makegood.store.sqlite import SqliteStore
from tests.marking import address, firm

NEVER = lambda: False  # noqa: E731


def test_drift_is_repaired_both_ways_and_counted():
    it, vendor = firm(20, range(10))
    vendor.carriers = [address(n) for n in (15, 0, 16, 1, 17, 2, 3, 18)]
    fares = it.by.run(vendor)
    assert set(vendor.carriers) == {address(n) for n in range(10)}
    assert (fares.added, fares.removed, fares.wanted, fares.absent) == (6, 4, 10, 0)
    again = it.by.run(vendor)
    assert (again.added, again.removed, again.wanted) == (0, 0, 10)
    assert it.sync() == again
    assert again.ended_ms == it.clock.now_ms()


def test_a_dry_run_says_what_it_would_do_and_does_nothing():
    it, vendor = firm(20, range(10))
    vendor.carriers = [address(n) for n in (15, 0, 16, 1)]
    before = list(vendor.carriers)
    fares = it.by.run(vendor, dry=True)
    assert (fares.added, fares.removed, fares.wanted) == (8, 2, 10)
    assert vendor.carriers == before
    assert {name for name, _ in vendor.calls} == {"marked", "check"}
    assert (it.sync().added, it.sync().ended_ms) == (0, 0)
    assert it.by.run(vendor).added == 8


def test_an_address_the_vendor_does_not_have_is_unreachable_until_it_comes():
    it, vendor = firm(6, range(6))
    vendor.contacts -= {address(0), address(1)}
    first = it.by.run(vendor)
    assert (first.added, first.absent) == (4, 2)
    assert it.by.run(vendor).absent == 2
    vendor.contacts.add(address(0))
    later = it.by.run(vendor)
    assert (later.added, later.absent) == (1, 1)


def test_a_contact_that_was_deleted_at_the_vendor_is_unreachable():
    it, vendor = firm(3, range(3))
    it.tell()
    vendor.contacts.discard(address(1))
    vendor.carriers.remove(address(1))
    assert it.by.run(vendor).absent == 1


def test_the_mark_of_an_erased_person_goes():
    it, vendor = firm(3, range(3))
    it.tell()
    assert len(vendor.carriers) == 3
    with it.store.writing() as writing:
        profile = it.intake.profile("user:1")
        writing.erase(CustomerId(writing.customers_of([profile])[profile]))
    fares = it.by.run(vendor)
    assert (fares.removed, fares.added) == (1, 0)
    assert set(vendor.carriers) == {address(0), address(2)}
    with it.store.reading() as reading:
        assert reading.marks("plain:hold", [it.intake.profile(f"email:{address(1)}")]) == {}


def test_a_hold_that_opens_or_lifts_during_the_run_is_right_at_its_end():
    it, vendor = firm(12, range(8))
    vendor.carriers = [address(n) for n in range(4)]

    def meanwhile(name: str) -> None:
        if name == "marked":
            vendor.before = lambda _name: None
            it.release("user:7")
            it.let_down("user:9")
            it.tell()

    vendor.before = meanwhile
    it.by.run(vendor)
    it.tell()
    assert set(vendor.carriers) == {address(n) for n in (0, 1, 2, 3, 4, 5, 6, 9)}
    assert it.by.run(vendor).added == 0


def test_a_hold_that_lifts_between_being_noted_and_being_set_is_not_set():
    it, vendor = firm(4, range(4))

    def lift(name: str) -> None:
        if name == "marked":
            it.release("user:3")

    vendor.before = lift
    fares = it.by.run(vendor)
    assert set(vendor.carriers) == {address(n) for n in range(3)}
    assert fares.added == 3


@pytest.mark.parametrize("when", ["mark", "unmark"])
def test_what_changes_while_the_vendor_answers_is_put_right_in_the_same_run(when):
    it, vendor = firm(4, range(3), most=500)
    vendor.carriers = [address(3)]

    def change(name: str) -> None:
        if name == when:
            vendor.before = lambda _name: None
            it.release("user:0") if when == "mark" else it.let_down("user:3")

    vendor.before = change
    it.by.run(vendor)
    held = {1, 2} if when == "mark" else {0, 1, 2, 3}
    assert set(vendor.carriers) == {address(n) for n in held}


def test_a_fault_that_passes_is_waited_out_with_the_pause_the_vendor_asks_for():
    it, vendor = firm(4, range(4))
    vendor.faults = [EffectFailed("429", after_ms=10_000), EffectFailed("503")]
    fares = it.by.run(vendor)
    assert (fares.added, fares.error) == (4, "")
    assert it.slept[0] == 10.0
    assert len(it.slept) == 2


def test_a_vendor_that_stays_away_ends_the_run_and_the_next_one_repairs():
    it, vendor = firm(4, range(4))
    vendor.faults = [EffectFailed("Plain answered 503.")] * 5
    fares = it.by.run(vendor)
    assert (fares.error, fares.ended_ms, fares.runner) == ("Plain answered 503.", 0, "")
    assert vendor.carriers == []
    assert it.by.run(vendor).added == 4
    assert it.sync().error == ""


def test_a_long_pause_is_not_slept_through():
    it, vendor = firm(4, range(4))
    vendor.faults = [EffectFailed("DAILY", after_ms=3_600_000)]
    assert it.by.run(vendor).error == "DAILY"
    assert it.slept == []


def test_a_refused_key_is_written_down_and_not_tried_again_in_the_run():
    it, vendor = firm(4, range(4))
    vendor.faults = [KeyRefused("Plain answered 401.")]
    fares = it.by.run(vendor)
    assert fares.refused_ms == it.clock.now_ms()
    assert fares.error == "Plain answered 401."
    assert len(vendor.calls) == 1
    assert it.by.run(vendor).refused_ms == 0


def test_one_process_at_a_time_and_a_dead_ones_place_is_taken():
    it, vendor = firm(4, range(4))
    other = Reconciler(it.store, it.truth, it.clock, it._sleep)
    seen: list[object] = []

    def meanwhile(name: str) -> None:
        if name == "marked":
            seen.append(other.run(vendor))

    vendor.before = meanwhile
    it.by.run(vendor)
    assert seen == [None]
    vendor.before = _die
    with pytest.raises(SystemExit):
        it.by.run(vendor)
    vendor.before = lambda _name: None
    assert other.run(vendor) is None
    it.clock.advance(LEASE_MS)
    assert other.run(vendor).added == 0


def _die(_name: str) -> None:
    raise SystemExit


def test_who_lost_the_run_writes_nothing_more():
    it, vendor = firm(4, range(4))
    other = Reconciler(it.store, it.truth, it.clock, it._sleep)

    def stall(name: str) -> None:
        if name == "marked":
            vendor.before = lambda _name: None
            it.clock.advance(LEASE_MS)
            assert other.run(vendor).added == 4

    vendor.before = stall
    assert it.by.run(vendor) is None
    assert it.sync().added == 4
    assert it.sync().runner == ""


@pytest.mark.parametrize("dies_at", range(12))
def test_a_run_that_is_killed_anywhere_is_made_good_by_the_next(dies_at):
    it, vendor = firm(8, range(6))
    vendor.carriers = [address(n) for n in (7, 0, 6)]

    def die(_name: str) -> None:
        if len(vendor.calls) >= dies_at:
            raise SystemExit

    vendor.before = die
    try:
        it.by.run(vendor)
    except SystemExit:
        it.clock.advance(LEASE_MS)
    vendor.before = lambda _name: None
    it.by.run(vendor)
    assert set(vendor.carriers) == {address(n) for n in range(6)}


def test_who_is_told_to_stop_stops_and_leaves_the_place_to_others():
    it, vendor = firm(8, range(6))

    def stop(name: str) -> None:
        it.stopping = name == "marked"

    vendor.before = stop
    assert it.by.run(vendor) is None
    assert it.sync().runner == ""


def test_campaigns_that_lack_the_exclusion_are_kept_with_the_run():
    it, vendor = firm(2, range(1))
    vendor.lacking = (
        Lacking(kind="campaign", id="1", name="Spring", status="save", do="Exclude it."),
    )
    assert it.by.run(vendor).checked.lacking == vendor.lacking
    assert it.sync().checked_ms == it.clock.now_ms()


def test_a_key_that_may_mark_and_may_not_look_goes_on_marking():
    it, vendor = firm(2, range(1))

    def refuse(name: str) -> None:
        if name == "check":
            raise KeyRefused("Plain answered 403.")

    vendor.before = refuse
    fares = it.by.run(vendor)
    assert (fares.added, fares.refused_ms, fares.error) == (1, 0, "")
    assert fares.checked.blind == ("Campaigns could not be looked at: Plain answered 403.",)


def test_a_contact_with_two_addresses_stays_marked_while_either_is_held():
    it, vendor = firm(2, range(1))
    it.known("user:1", address(1))
    vendor.carriers = [address(1)]
    vendor.marked = lambda _after, _gone: Page(contacts=((address(1), address(0)),))  # type: ignore[method-assign]
    fares = it.by.run(vendor)
    assert (fares.added, fares.removed) == (0, 0)
    assert vendor.carriers == [address(1)]


@settings(max_examples=60)
@given(
    held=st.sets(st.integers(0, 11)),
    marked=st.lists(st.integers(0, 14), unique=True),
    known=st.sets(st.integers(0, 14), min_size=1),
    page=st.integers(1, 5),
)
def test_whatever_the_two_sides_were_they_agree_afterwards(held, marked, known, page):
    it, vendor = firm(12, range(0), page=page)
    vendor.contacts = {address(n) for n in known | set(marked)}
    vendor.carriers = [address(n) for n in marked]
    for n in held:
        it.let_down(f"user:{n}")
    fares = it.by.run(vendor)
    right = {address(n) for n in held} & vendor.contacts
    assert set(vendor.carriers) == right
    assert fares.added == len(right - {address(n) for n in marked})
    assert fares.removed == len({address(n) for n in marked} - right)
    assert fares.absent == len({address(n) for n in held} - vendor.contacts)


def test_memory_and_calls_stay_small_over_many_holds(tmp_path):
    store = SqliteStore(tmp_path / "many.sqlite3")
    it, vendor = firm(1500, range(1000), store=store, most=500, page=1000)
    it.by.run(vendor)
    vendor.calls.clear()
    tracemalloc.start()
    fares = it.by.run(vendor)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert fares.wanted == 1000
    assert len(vendor.calls) == 2, "one page of marks, one look at the campaigns"
    assert peak < 8_000_000
    store.close()


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_on_postgresql_two_processes_never_run_at_once_and_the_outcome_is_the_same(postgres_url):
    """Also the live sink at work in one while the other compares."""
    from makegood.store.postgres import PostgresStore

    store = PostgresStore(postgres_url, pool_size=4)
    it, vendor = firm(12, range(8), store=store)
    vendor.carriers = [address(n) for n in (9, 0, 10)]
    other = Reconciler(store, it.truth, it.clock, it._sleep)
    seen: list[object] = []

    def meanwhile(name: str) -> None:
        if name == "marked" and not seen:
            seen.append(other.run(vendor))
            it.let_down("user:11")
            it.tell()

    vendor.before = meanwhile
    fares = it.by.run(vendor)
    assert seen == [None]
    assert set(vendor.carriers) == {address(n) for n in (*range(8), 11)}
    assert other.run(vendor).added == 0
    assert fares.removed == 2
    store.close()


@pytest.mark.parametrize("retry", [True, False])
def test_campaigns_that_cannot_be_read_keep_no_comparison_from_its_end(retry):
    it, vendor = firm(3, range(3))

    def fault(name: str) -> None:
        if name == "check":
            vendor.faults = [EffectFailed("The answer cannot be read.", retry=retry)]

    vendor.before = fault
    fares = it.by.run(vendor)
    assert (fares.added, fares.error, fares.ended_ms) == (3, "", it.clock.now_ms())
    assert fares.checked.blind == ("Campaigns could not be looked at: The answer cannot be read.",)
