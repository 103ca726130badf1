"""The memory engine's ties of customers and reps."""

from collections import Counter
from collections.abc import Mapping, Sequence

from makegood.messages.ids import CustomerId, RepId
from makegood.ports.ties import MOST_TIES, Load, Tie, TieKey, TieKind
from makegood.store.memory_reading import MemoryReading

_COUNTED = (TieKind.THEIRS, TieKind.WAITING, TieKind.LEAVING, TieKind.HEIR)


class MemoryTies(MemoryReading):
    """Who is whose."""

    def ties(
        self,
        kind: TieKind,
        *,
        rep: RepId | None = None,
        after: TieKey | None = None,
        limit: int = 50,
    ) -> tuple[Tie, ...]:
        found = [one for one in self._ties(kind) if rep is None or one.rep == rep]
        found = [one for one in found if after is None or one.key > after]
        return tuple(sorted(found, key=lambda one: one.key)[: min(limit, MOST_TIES)])

    def _ties(self, *kinds: TieKind) -> list[Tie]:
        return [one for own in self._t.ties.values() for one in own if one.kind in kinds]

    def loads(self, reps: Sequence[RepId] | None = None) -> Mapping[RepId, Load]:
        counts = Counter((one.rep, one.kind) for one in self._ties(*_COUNTED))
        return {
            rep: Load(
                theirs=counts[rep, TieKind.THEIRS],
                waiting=counts[rep, TieKind.WAITING],
                leaving=counts[rep, TieKind.LEAVING],
                heir=counts[rep, TieKind.HEIR],
            )
            for rep in {rep for rep, _ in counts}
            if reps is None or rep in reps
        }

    def tie_counts(self, kind: TieKind, since_ms: int) -> Mapping[RepId, int]:
        return dict(Counter(one.rep for one in self._ties(kind) if one.at_ms >= since_ms))

    def places_in_line(self, customer: CustomerId) -> Mapping[tuple[RepId, str], int]:
        waiting = self._ties(TieKind.WAITING)
        return {
            (own.rep, own.brand): sum(it.rep == own.rep and it.key <= own.key for it in waiting)
            for own in waiting
            if own.customer == customer
        }

    def hold_loads(self, reps: Sequence[RepId]) -> Mapping[RepId, Load]:
        return self.loads(reps) if reps else {}

    def project_ties(self, customers: Sequence[CustomerId], ties: Sequence[Tie]) -> None:
        for customer in customers:
            self._t.ties.pop(customer, None)
        last = {(one.customer, one.kind, one.item): one for one in ties}
        for one in last.values():
            self._t.ties[one.customer] = (*self._t.ties.get(one.customer, ()), one)
