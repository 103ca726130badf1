"""What every store does with ties: pages, counts under a lock, places in a waiting list."""

from makegood.messages.ids import EventId, RepId
from makegood.ports.store import Store
from makegood.ports.ties import Load, Tie, TieKind
from makegood.testing.store_log_conformance import Conformance
from makegood.testing.store_samples import customer, known, profile

KATHY, TOM = RepId("kathy"), RepId("tom")


def tie(name: str, rep: RepId = KATHY, kind: TieKind = TieKind.THEIRS, at_ms: int = 1) -> Tie:
    """A tie of one customer and one rep."""
    return Tie(
        customer=customer(name),
        profile=profile(name),
        kind=kind,
        item=f"/{rep}",
        rep=rep,
        at_ms=at_ms,
        choice=EventId("e"),
    )


def keep(store: Store, *ties: Tie) -> None:
    """Write the ties of some customers."""
    with store.writing() as writing:
        writing.project_ties(sorted({one.customer for one in ties}), ties)


class TieConformance(Conformance):
    """Who is whose, who waits, who is apart."""

    def test_ties_are_paged_by_kind_and_rep_the_oldest_first(self) -> None:
        store = self.make_store()
        keep(store, tie("b", at_ms=2), tie("a", at_ms=2), tie("c", at_ms=1), tie("d", TOM))
        keep(store, tie("e", kind=TieKind.WAITING))
        with store.reading() as reading:
            first = reading.ties(TieKind.THEIRS, rep=KATHY, limit=2)
            assert [one.customer for one in first] == [customer("c"), customer("a")]
            rest = reading.ties(TieKind.THEIRS, rep=KATHY, after=first[-1].key, limit=2)
            assert rest == (tie("b", at_ms=2),)
            assert len(reading.ties(TieKind.THEIRS)) == 4
            assert reading.ties(TieKind.TALK) == ()
            assert reading.ties(TieKind.THEIRS, rep=RepId("")) == ()

    def test_the_ties_of_a_customer_are_replaced_as_a_whole(self) -> None:
        store = self.make_store()
        keep(store, tie("a"), tie("a", TOM, TieKind.WAITING), tie("b"))
        keep(store, tie("a", TOM))
        with store.reading() as reading:
            assert dict(reading.loads()) == {KATHY: Load(theirs=1), TOM: Load(theirs=1)}
            assert reading.ties(TieKind.WAITING) == ()
        with store.writing() as writing:
            writing.project_ties((customer("a"),), ())
            writing.project_ties((), ())
        with store.reading() as reading:
            assert dict(reading.loads((TOM,))) == {}
            assert dict(reading.loads(())) == {}

    def test_loads_are_counted_by_rep_and_talks_do_not_count(self) -> None:
        store = self.make_store()
        keep(store, tie("a"), tie("b"), tie("c", kind=TieKind.WAITING), tie("d", TOM))
        keep(store, tie("e", kind=TieKind.TALK), tie("f", kind=TieKind.APART))
        with store.writing() as writing:
            assert dict(writing.hold_loads((KATHY,))) == {KATHY: Load(theirs=2, waiting=1)}
            assert writing.hold_loads(()) == {}
            assert RepId("nobody") not in writing.hold_loads((RepId("nobody"),))

    def test_a_place_in_line_is_counted_by_time_and_for_each_list(self) -> None:
        store = self.make_store()
        keep(
            store, *(tie(name, kind=TieKind.WAITING, at_ms=9 - n) for n, name in enumerate("abc"))
        )
        keep(store, tie("d", kind=TieKind.WAITING, at_ms=20), tie("d", TOM, TieKind.WAITING))
        with store.reading() as reading:
            assert dict(reading.places_in_line(customer("c"))) == {(KATHY, ""): 1}
            assert dict(reading.places_in_line(customer("a"))) == {(KATHY, ""): 3}
            assert dict(reading.places_in_line(customer("d"))) == {(KATHY, ""): 4, (TOM, ""): 1}
            assert dict(reading.places_in_line(customer("nobody"))) == {}

    def test_the_ties_of_a_customer_who_became_another_are_gone(self) -> None:
        store = self.make_store()
        known(store, "a", "b")
        keep(store, tie("a"), tie("b"))
        with store.writing() as writing:
            writing.link(profile("a"), profile("b"))
        with store.reading() as reading:
            assert [one.customer for one in reading.ties(TieKind.THEIRS)] == [customer("a")]
