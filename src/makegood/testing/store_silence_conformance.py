"""What every store does with silence: listed from when it is due, learned from without names."""

from msgspec.structs import replace

from makegood.messages.ids import EventId, RepId
from makegood.messages.waits import WaitNorm
from makegood.ports.silence import QueueNorms, SilentRow, Waited
from makegood.ports.store import Store
from makegood.testing.store_log_conformance import Conformance
from makegood.testing.store_samples import customer, profile

KATHY = RepId("kathy")


def silent(name: str, due_ms: int, rep: RepId = KATHY, item: str = "w") -> SilentRow:
    """Something a customer waits for."""
    return SilentRow(
        customer=customer(name),
        profile=profile(name),
        kind="wait",
        item=item,
        name="letter_waits",
        since_ms=1,
        due_ms=due_ms,
        rep=rep,
        norm=WaitNorm(rule="letter_waits", waits=120, long_ms=7),
    )


def keep(store: Store, *rows: SilentRow) -> None:
    """Write what some customers wait for."""
    with store.writing() as writing:
        writing.project_silent(sorted({one.customer for one in rows}), rows)


def waited(name: str, at_ms: int, ended_ms: int = 0, *, gave_up: bool = False) -> Waited:
    """A wait of somebody."""
    return Waited(
        event=EventId(name),
        rule="letter_waits",
        brand="cars",
        channel="mail",
        at_ms=at_ms,
        ended_ms=ended_ms,
        gave_up=gave_up,
    )


class SilenceConformance(Conformance):
    """What is overdue, who waited how long, and what is usual."""

    def test_what_is_overdue_is_listed_page_by_page_and_what_is_due_later_is_not(self) -> None:
        store = self.make_store()
        keep(store, silent("a", 30), silent("b", 10), silent("c", 20, RepId("")), silent("d", 99))
        with store.reading() as reading:
            first = reading.silent(50, limit=2)
            rest = reading.silent(50, after=first[-1].key, limit=2)
            own = reading.silent(50, rep=KATHY)
            at_the_limit = reading.silent(99)
        assert first == (silent("b", 10), silent("c", 20, RepId("")))
        assert rest == (silent("a", 30),)
        assert [one.due_ms for one in own] == [10, 30]
        assert len(at_the_limit) == 4

    def test_only_what_is_of_some_brands_and_of_none_fills_a_page(self) -> None:
        store = self.make_store()
        rows = [
            replace(silent(f"c{n}", 10 + n), brand=f"b{n % 3}" if n % 4 else "") for n in range(12)
        ]
        keep(store, *rows)
        with store.reading() as reading:
            found = reading.silent(50, brands=("b1",), limit=3)
            rest = reading.silent(50, brands=("b1",), after=found[-1].key, limit=9)
            everything = reading.silent(50)
        assert [*found, *rest] == [one for one in rows if one.brand in ("b1", "")]
        assert list(everything) == rows

    def test_what_a_customer_waits_for_is_replaced_as_a_whole(self) -> None:
        store = self.make_store()
        keep(store, silent("a", 10), silent("a", 11, item="x"), silent("b", 12))
        with store.writing() as writing:
            writing.project_silent((customer("a"),), (silent("a", 13, item="y"),))
            writing.project_silent((customer("b"),), ())
            writing.project_silent((), ())
        with store.reading() as reading:
            assert reading.silent(50) == (silent("a", 13, item="y"),)

    def test_a_wait_is_kept_once_and_the_newest_come_first(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_waited((waited("1", 10), waited("2", 20), waited("3", 30)))
            writing.put_waited((waited("1", 10, 15, gave_up=True),))
            writing.put_waited(())
        with store.reading() as reading:
            assert reading.waited(20, 9) == (waited("3", 30), waited("2", 20))
            assert len(reading.waited(0, 1)) == 1
            assert reading.waited(0, 9)[-1] == waited("1", 10, 15, gave_up=True)

    def test_a_busy_queue_crowds_out_no_quiet_one_and_no_day_another(self) -> None:
        store = self.make_store()
        busy = [waited(f"{n * 7919 % 100:02}", n) for n in range(100)]  # as hashes come: mixed
        quiet = [replace(waited(f"q{n}", n), brand="small") for n in range(5)]
        with store.writing() as writing:
            writing.put_waited((*busy, *quiet))
        with store.reading() as reading:
            found = reading.waited(0, 25)
            assert reading.waited(0, 25) == found
        assert [one for one in found if one.brand == "small"] == quiet[::-1]
        days = [one.at_ms // 25 for one in found if one.brand == "cars"]
        assert len(days) == 20
        assert set(days) == {0, 1, 2, 3}

    def test_waits_that_never_began_or_are_old_are_forgotten(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_waited((waited("1", 10), waited("2", 20), waited("3", 30)))
            writing.drop_waited(((EventId("3"), "letter_waits"),))
            writing.drop_waited(((EventId("2"), "another"),))
            writing.drop_waited(())
            assert writing.forget_waited(20) == 1
        with store.reading() as reading:
            assert reading.waited(0, 9) == (waited("2", 20),)

    def test_norms_are_found_by_their_rule(self) -> None:
        store = self.make_store()
        norm = WaitNorm(rule="r", waits=120, long_ms=7, low_ms=6, high_ms=9, told_ms=12)
        one = QueueNorms(rule="r", brand="", channel="mail", at_ms=1, whole=norm, hours={9: norm})
        later = QueueNorms(rule="r", brand="", channel="mail", at_ms=2, whole=norm)
        other = QueueNorms(rule="s", brand="", channel="mail", at_ms=1, whole=norm)
        with store.writing() as writing:
            writing.put_wait_norms((one, other))
        with store.reading() as reading:
            assert reading.wait_norms(("r",)) == (one,)
            assert reading.wait_norms(()) == ()
        with store.writing() as writing:
            writing.put_wait_norms((later,))
        with store.reading() as reading:
            assert reading.wait_norms(("s", "r")) == (later, other)
