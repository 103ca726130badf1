"""What every store keeps of requests that wait for a person."""

from makegood.testing.store_log_conformance import Conformance
from makegood.testing.store_samples import asked, customer


class AskedConformance(Conformance):
    """Requests that wait for a person."""

    def test_the_most_pressing_comes_first_and_pages_go_on_where_the_last_one_ended(self) -> None:
        store = self.make_store()
        rows = [asked("a", due_ms=30), asked("b", due_ms=10), asked("c", due_ms=10)]
        with store.writing() as writing:
            writing.project_waiting((customer("ana"),), rows)
        with store.reading() as reading:
            first = reading.waiting(limit=2)
            assert [row.event for row in first] == ["eb", "ec"]
            last = first[-1]
            assert reading.waiting(after=(last.due_ms, last.event)) == (rows[0],)
            assert reading.counts("waiting_requests") == {"waiting_requests": 3}

    def test_projecting_replaces_those_of_a_customer_and_takes_over_those_of_another(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.project_waiting((customer("ana"),), (asked("a"), asked("b")))
            writing.project_waiting((customer("ben"),), (asked("c", "ben"),))
        with store.writing() as writing:
            writing.project_waiting((customer("ana"),), ())
        with store.reading() as reading:
            assert [row.event for row in reading.waiting()] == ["ec"]
        with store.writing() as writing:
            writing.project_waiting((customer("ana"), customer("ben")), (asked("c", "ana"),))
        with store.reading() as reading:
            assert [row.customer for row in reading.waiting()] == [customer("ana")]

    def test_a_brand_sees_its_own_and_what_has_none(self) -> None:
        store = self.make_store()
        rows = [asked("a", brand="blue"), asked("b", brand="green"), asked("c", brand="")]
        with store.writing() as writing:
            writing.project_waiting((customer("ana"),), rows)
        with store.reading() as reading:
            assert [row.event for row in reading.waiting(brands=("blue",))] == ["ea", "ec"]
