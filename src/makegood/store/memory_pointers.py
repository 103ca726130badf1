"""The memory engine's pointers and answers about root causes."""

from collections import Counter
from collections.abc import Sequence

from makegood.messages.ids import CustomerId
from makegood.ports.pointers import Gathered, Place, Pointer, PointerKind, RootAnswer
from makegood.store.memory_reading import MemoryReading
from makegood.store.pointing import covered_ms


class MemoryPointerReading(MemoryReading):
    """Where words lead."""

    def pointed(
        self, kind: PointerKind, key: str, *, before: Place | None = None, limit: int = 50
    ) -> tuple[Pointer, ...]:
        found = [one for one in self._pointers() if (one.kind, one.key) == (kind, key)]
        found = sorted(found, key=_place, reverse=True)
        return tuple(one for one in found if before is None or _place(one) < before)[:limit]

    def gathered(
        self, after: str, limit: int, *, among: Sequence[str] | None = None
    ) -> tuple[Gathered, ...]:
        cases: dict[str, list[Pointer]] = {}
        for one in self._pointers():
            wanted = among is None or one.key in among
            if one.kind == "cause" and wanted and one.key > after:
                cases.setdefault(one.key, []).append(one)
        return tuple(self._gather(cause, cases[cause]) for cause in sorted(cases)[:limit])

    def root_answers(self, causes: Sequence[str]) -> dict[str, RootAnswer]:
        known = self._t.root_answers
        return {cause: known[cause] for cause in causes if cause in known}

    def _pointers(self) -> list[Pointer]:
        return [one for rows in self._t.pointers.values() for one in rows]

    def _gather(self, cause: str, rows: list[Pointer]) -> Gathered:
        said = self._t.root_answers.get(cause)
        until_ms = covered_ms(said) if said is not None else 0
        asking = [one for one in rows if one.at_ms > until_ms]
        cost: Counter[str] = Counter()
        for one in rows:
            cost[one.currency] += one.cents
        return Gathered(
            cause=cause,
            cases=len(rows),
            harm=sum(one.severity for one in rows),
            first_ms=min(one.at_ms for one in rows),
            last_ms=max(one.at_ms for one in rows),
            cost=tuple(sorted(cost.items())),
            open=len(asking),
            asked_ms=min((one.named_ms for one in asking), default=0),
            brands=tuple(sorted({one.brand for one in rows})),
        )


class MemoryPointerWriting(MemoryPointerReading):
    """Keeping them right."""

    def put_pointers(self, customers: Sequence[CustomerId], rows: Sequence[Pointer]) -> None:
        for customer in customers:
            self._t.pointers.pop(customer, None)
        for one in rows:
            self._t.pointers[one.customer] = (*self._t.pointers.get(one.customer, ()), one)

    def put_root_answer(self, row: RootAnswer) -> None:
        self._t.root_answers[row.cause] = row


def _place(one: Pointer) -> Place:
    return (one.at_ms, one.case, one.customer)
