"""What every store does with comparable cases: each is kept, and counted once in its cell."""

from makegood.core.likeness import NOTHING, WHOLE_CASE, Comparable, Likeness, added
from makegood.messages.money import Money
from makegood.ports.store import Reading
from makegood.testing.store_log_conformance import Conformance
from makegood.testing.store_samples import comparable, customer, known, profile

USUAL = Likeness(("failure", "loss"), ("silver", "gold"))
BY_SEVERITY = Likeness(("failure", "severity"), ("gold", "silver"))


def cases_in(reading: Reading, like: Comparable, since_day: int = 0) -> tuple[int, int]:
    """How many cases stand in the cells of a topic, and of how many the customer came back."""
    topic = reading.likeness().topic(like)
    total = NOTHING
    for cell in reading.cells(topic, since_day, judged_day=10):
        if cell.remedy == WHOLE_CASE:
            total = added(total, cell.measures)
    return total[0], total[2]


class EveryoneConformance(Conformance):
    """Comparable cases and their cells."""

    def test_a_new_store_counts_nobody_by_the_usual_likeness(self) -> None:
        with self.make_store().reading() as reading:
            assert reading.likeness() == Likeness()
            assert reading.cells(Likeness().topic(comparable()), 0, 0) == ()
            assert not reading.comparables(customer(""), 5)

    def test_cases_of_a_customer_are_replaced_and_counted_once(self) -> None:
        store = self.make_store()
        known(store, "ana", "ben")
        first = comparable("1", price=Money(500), given=(("refund", 500, "USD"),), answer="given")
        with store.writing() as writing:
            writing.put_likeness(USUAL)
            writing.put_comparables({customer("ana"): [comparable("2"), comparable("3")]})
            writing.put_comparables({customer("ana"): [first], customer("ben"): [comparable("4")]})
            writing.put_comparables({customer("ana"): [first]})
        with store.reading() as reading:
            assert reading.comparables(customer(""), 1) == {customer("ana"): (first,)}
            assert list(reading.comparables(customer("ana"), 5)) == [customer("ben")]
            assert cases_in(reading, first) == (2, 0)
            assert cases_in(reading, first, since_day=11) == (0, 0)
            cells = reading.cells(USUAL.topic(first), 10, judged_day=9)
            money = {(cell.remedy, cell.currency): cell.measures[:2] for cell in cells}
            assert money == {("*", ""): (2, 0), ("", "USD"): (1, 500), ("refund", "USD"): (1, 500)}
            assert {cell.judged for cell in cells} == {False}

    def test_another_likeness_counts_the_same_cases_anew(self) -> None:
        store = self.make_store()
        known(store, "ana", "ben")
        light, worse = comparable("1", loss="money"), comparable("2", severity=4, back=True)
        with store.writing() as writing:
            writing.put_likeness(USUAL)
            writing.put_comparables({customer("ana"): [light, worse]})
        with store.writing() as writing:
            writing.put_likeness(BY_SEVERITY)
            writing.put_comparables({customer("ben"): [worse]})
        with store.reading() as reading:
            assert reading.likeness() == BY_SEVERITY
            assert reading.cells(USUAL.topic(light), 0, 10) == ()
            assert cases_in(reading, worse) == (2, 2)
            assert cases_in(reading, light) == (1, 0)

    def test_the_cases_of_a_customer_who_ceased_to_be_count_no_more(self) -> None:
        store = self.make_store()
        known(store, "ana", "ben")
        with store.writing() as writing:
            writing.put_comparables(
                {customer("ana"): [comparable("1")], customer("ben"): [comparable("2")]}
            )
            writing.link(profile("ana"), profile("ben"))
            assert cases_in(writing, comparable()) == (1, 0)
            assert list(writing.comparables(customer(""), 5)) == [customer("ana")]
            writing.unlink(profile("ana"), profile("ben"))
            assert cases_in(writing, comparable()) == (0, 0)
            assert not writing.comparables(customer(""), 5)

    def test_erasing_a_person_leaves_the_counts(self) -> None:
        store = self.make_store()
        known(store, "ana")
        with store.writing() as writing:
            writing.put_comparables({customer("ana"): [comparable("1")]})
            writing.erase(customer("ana"))
        with store.reading() as reading:
            assert cases_in(reading, comparable()) == (1, 0)
