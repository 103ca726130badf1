"""What every store does with decisions about who looks after whom: pages, counts, replacing."""

from msgspec.structs import replace

from makegood.core.routed import Routed
from makegood.messages.ids import EventId, RepId
from makegood.ports.routings import Routing, RoutingAsked, RoutingCount
from makegood.ports.store import Store
from makegood.testing.store_log_conformance import Conformance
from makegood.testing.store_samples import customer, known, profile

KATHY, TOM = RepId("kathy"), RepId("tom")


def routing(name: str, event: str, at_ms: int = 1, **more: object) -> Routing:
    """A decision about one customer."""
    routed = Routed(EventId(event), f"k{event}", "case", at_ms, KATHY, KATHY, (KATHY, TOM))
    return Routing(customer=customer(name), routed=replace(routed, **more))


def keep(store: Store, *rows: Routing) -> None:
    """Write decisions, and replace none."""
    with store.writing() as writing:
        writing.project_routings((), rows)


class RoutingConformance(Conformance):
    """Who was asked, and who else could have been."""

    def test_routings_are_paged_the_oldest_first_and_from_an_instant_on(self) -> None:
        store = self.make_store()
        rows = [routing("a", f"e{n}", at_ms=n // 2) for n in range(5)]
        keep(store, *reversed(rows))
        with store.reading() as reading:
            first = reading.routings(limit=2)
            assert list(first) == rows[:2]
            rest = reading.routings(after=first[-1].key, limit=9)
            assert list(rest) == rows[2:]
            assert [one.routed.event for one in reading.routings(2)] == ["e4"]
            assert reading.routings(3) == ()

    def test_a_routing_that_is_told_again_is_replaced(self) -> None:
        store = self.make_store()
        keep(store, routing("a", "e1"), routing("a", "e1", chosen=TOM))
        ended = routing("a", "e1", chosen=TOM, waited_ms=70_000, answered_by=KATHY)
        keep(store, ended)
        with store.reading() as reading:
            assert reading.routings() == (ended,)

    def test_what_is_folded_again_goes_from_an_instant_on(self) -> None:
        store = self.make_store()
        old, gone, other = (
            routing("a", "e1"),
            routing("a", "e2", at_ms=5),
            routing("b", "e3", at_ms=6),
        )
        keep(store, old, gone, other)
        new = routing("a", "e4", at_ms=7)
        with store.writing() as writing:
            writing.project_routings([(customer("a"), 5)], (new,))
            writing.project_routings((), ())
        with store.reading() as reading:
            assert reading.routings() == (old, other, new)

    def test_each_customer_has_an_instant_of_their_own(self) -> None:
        store = self.make_store()
        rows = [routing(name, f"{name}{at}", at_ms=at) for name in "abcd" for at in (1, 5, 9)]
        keep(store, *rows)
        with store.writing() as writing:
            since = [(customer("a"), 9), (customer("b"), 5), (customer("c"), 0)]
            writing.project_routings(since, (routing("b", "b5", at_ms=5),))
        with store.reading() as reading:
            left = [one.routed.event for one in reading.routings()]
        assert left == ["a1", "b1", "d1", "a5", "b5", "d5", "d9"]

    def test_routings_of_some_customers_are_found_between_two_instants(self) -> None:
        store = self.make_store()
        rows = {at: routing("a", f"a{at}", at_ms=at) for at in (1, 5, 7, 9)}
        other = routing("b", "b6", at_ms=6)
        keep(store, *rows.values(), other, routing("c", "c6", at_ms=6))
        with store.reading() as reading:
            both = [customer("b"), customer("a")]
            assert reading.routings_of(both, 5, 7) == (rows[5], other, rows[7])
            assert reading.routings_of([], 0, 9) == ()
            assert reading.routings_of([customer("nobody")], 0, 9) == ()

    def test_routings_that_are_alike_are_counted(self) -> None:
        store = self.make_store()
        keep(
            store,
            routing("a", "e1", slice=500, waited_ms=0, level="gold", tenure_days=400),
            routing("b", "e2", slice=500, by_chance=True, waited_ms=1, level="gold",
                    tenure_days=500),
            routing("c", "e3", chosen=TOM, brand="vans", kind="talk"),
            routing("d", "e4", at_ms=0),
        )  # fmt: skip
        with store.reading() as reading:
            assert reading.routing_counts(1) == (
                RoutingCount(brand="", kind="case", level="gold", tenure=1, wait=0, n=2,
                             open_to_chance=2, by_chance=1),
                RoutingCount(brand="vans", kind="talk", level="", tenure=-1, wait=-1, n=1,
                             open_to_chance=0, by_chance=0),
            )  # fmt: skip
            assert sum(one.n for one in reading.routing_counts(0)) == 4
            assert [one.overdue for one in reading.routing_counts(0, 0)] == [1, 0, 0]
            assert reading.routing_asked(1) == (
                RoutingAsked(rep=KATHY, brand="", n=2, by_chance=1),
                RoutingAsked(rep=TOM, brand="vans", n=1, by_chance=0),
            )
            assert sum(one.overdue for one in reading.routing_counts(0, 1)) == 2

    def test_the_routings_of_a_customer_who_became_another_are_gone(self) -> None:
        store = self.make_store()
        known(store, "a", "b")
        keep(store, routing("a", "e1"), routing("b", "e2"))
        with store.writing() as writing:
            writing.link(profile("a"), profile("b"))
        with store.reading() as reading:
            assert [one.customer for one in reading.routings()] == [customer("a")]
