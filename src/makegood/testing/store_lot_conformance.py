"""What every store does with lots: replaced as a whole, counted alike, and no arm too soon."""

from msgspec.structs import replace

from makegood.ports.lots import LotCount, LotRow
from makegood.ports.store import Store
from makegood.ports.ties import TieKind
from makegood.testing.store_log_conformance import Conformance
from makegood.testing.store_samples import customer
from makegood.testing.store_tie_conformance import KATHY, TOM, keep, tie

WITHIN_MS = 100


def lot(name: str, *, treated: bool = True, at_ms: int = 1, back_ms: int = 0) -> LotRow:
    """A lot of one customer."""
    return LotRow(
        customer=customer(name),
        experiment="hello",
        treated=treated,
        propensity=0.9,
        at_ms=at_ms,
        back_ms=back_ms,
    )


def draw(store: Store, *lots: LotRow) -> None:
    """Write the lots of some customers."""
    with store.writing() as writing:
        writing.project_lots(sorted({one.customer for one in lots}), lots)


class LotConformance(Conformance):
    """How many drew what, and came back in time."""

    def test_lots_are_counted_by_arm_and_only_whose_time_is_over_is_seen(self) -> None:
        store = self.make_store()
        draw(store, lot("a", back_ms=50), lot("b", back_ms=102), lot("c", at_ms=950))
        draw(store, lot("d", treated=False))
        with store.reading() as reading:
            control, treated = reading.lot_counts(1_000, WITHIN_MS)
        assert control == LotCount(
            experiment="hello", treated=False, propensity=0.9, seen=1, back=0, young=0
        )
        assert (treated.seen, treated.back, treated.young) == (2, 1, 1)

    def test_what_customers_do_and_say_is_counted_apart_and_in_time(self) -> None:
        store = self.make_store()
        draw(
            store,
            replace(lot("a"), good_ms=50, bad_ms=60),
            replace(lot("b"), good_ms=102, back_ms=9),
            replace(lot("c", at_ms=950), bad_ms=960),
        )
        with store.reading() as reading:
            (one,) = reading.lot_counts(1_000, WITHIN_MS)
        assert (one.seen, one.back, one.good, one.bad) == (2, 1, 1, 1)

    def test_the_lots_of_a_customer_are_replaced_as_a_whole(self) -> None:
        store = self.make_store()
        draw(store, lot("a"), lot("b"))
        draw(store, lot("a", treated=False))
        with store.writing() as writing:
            writing.project_lots((customer("b"),), ())
            writing.project_lots((), ())
        with store.reading() as reading:
            (only,) = reading.lot_counts(1_000, WITHIN_MS)
        assert (only.treated, only.seen) == (False, 1)

    def test_ties_are_counted_by_kind_and_since_when(self) -> None:
        store = self.make_store()
        kind = TieKind.GREETED
        keep(store, tie("a", kind=kind), tie("b", kind=kind, at_ms=9), tie("c", TOM, kind, 9))
        keep(store, tie("d", at_ms=9))
        with store.reading() as reading:
            assert dict(reading.tie_counts(kind, 5)) == {KATHY: 1, TOM: 1}
            assert dict(reading.tie_counts(kind, 1)) == {KATHY: 2, TOM: 1}
