"""What every store does with budgets: nobody takes what is not there; what comes back is."""

from makegood.messages.ids import EventId
from makegood.ports.rows import Reservation
from makegood.testing.store_log_conformance import Conformance

MAY = "2026-05"


def gift(name: str, cents: int, period: str = MAY) -> Reservation:
    """A gift of some cents from the one budget of these tests."""
    return Reservation(event=EventId(name), budget="front", period=period, cents=cents)


class BudgetConformance(Conformance):
    """Taking, giving back, and what it did cost in the end."""

    def test_a_budget_is_taken_to_its_last_cent_and_not_beyond(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            assert writing.taken_from("front", MAY) == 0
            assert writing.reserve(gift("e1", 60), 100) == 60
            assert writing.reserve(gift("e2", 41), 100) is None
            assert writing.reserve(gift("e3", 40), 100) == 100
            assert writing.reserve(gift("e4", 1), 100) is None
        with store.reading() as reading:
            assert reading.taken_from("front", MAY) == 100

    def test_each_period_and_each_budget_is_its_own(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            assert writing.reserve(gift("e1", 100), 100) == 100
            assert writing.reserve(gift("e2", 100, "2026-06"), 100) == 100
        with store.reading() as reading:
            assert reading.taken_from("front", "2026-06") == 100
            assert reading.taken_from("other", MAY) == 0

    def test_an_event_takes_once(self) -> None:
        store = self.make_store()
        for _ in range(2):
            with store.writing() as writing:
                assert writing.reserve(gift("e1", 60), 100) == 60

    def test_what_failed_comes_back_and_what_was_paid_counts_as_it_was(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.reserve(gift("e1", 60), 100)
            writing.reserve(gift("e2", 40), 100)
        with store.writing() as writing:
            writing.settle_reservations({EventId("e1"): 0, EventId("e9"): 5})
            assert writing.reserve(gift("e3", 50), 100) == 90
        with store.writing() as writing:
            writing.settle_reservations({EventId("e1"): 70, EventId("e2"): 30})
        with store.reading() as reading:
            assert reading.taken_from("front", MAY) == 150

    def test_a_transaction_that_fails_takes_nothing(self) -> None:
        store = self.make_store()
        try:
            with store.writing() as writing:
                writing.reserve(gift("e1", 60), 100)
                raise KeyError
        except KeyError:
            pass
        with store.reading() as reading:
            assert reading.taken_from("front", MAY) == 0
