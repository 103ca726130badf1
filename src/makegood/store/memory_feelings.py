"""The memory engine's counts over time."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar, cast

from makegood.ports.answers import AnswerCount
from makegood.ports.triage import Tells
from makegood.store.memory_answers import count_of, kind_of
from makegood.store.memory_reading import MemoryReading
from makegood.store.memory_triage import TriageTables

One = TypeVar("One")


class MemoryFeelings(MemoryReading):
    """Looking."""

    def answer_counts_between(
        self,
        edges: Sequence[int],
        *,
        survey: str = "",
        brands: Sequence[str] = (),
        touch: str = "",
    ) -> tuple[tuple[AnswerCount, ...], ...]:
        rows = (
            (one.at_ms, kind_of(one))
            for one in self._t.survey_answers.values()
            if survey in ("", one.survey) and touch in ("", one.touch)
            if not brands or one.brand in brands
        )
        return tuple(
            tuple(count_of(kind, n) for kind, n in sorted(found.items()))
            for found in _counted(edges, rows)
        )

    def opened_between(
        self, edges: Sequence[int], *, brands: Sequence[str] = ()
    ) -> tuple[Mapping[str, int], ...]:
        rows = (
            (one.opened_ms, one.brand)
            for one in self._t.case_rows.values()
            if not brands or one.brand in brands
        )
        return tuple(dict(sorted(found.items())) for found in _counted(edges, rows))

    def read_between(
        self, edges: Sequence[int], *, brands: Sequence[str] = ()
    ) -> tuple[Mapping[tuple[str, Tells], int], ...]:
        rows = (
            (one.at_ms, (one.brand, one.tells))
            for one in cast("TriageTables", self._t).triage.values()
            if one.at_ms and (not brands or one.brand in brands)
        )
        return tuple(dict(sorted(found.items())) for found in _counted(edges, rows))

    def overdue_by_brand(self, now_ms: int, *, brands: Sequence[str] = ()) -> Mapping[str, int]:
        found = Counter(
            one.brand
            for own in self._t.silent.values()
            for one in own
            if one.due_ms <= now_ms and (not brands or one.brand in brands)
        )
        return dict(sorted(found.items()))


def _counted(edges: Sequence[int], rows: Iterable[tuple[int, One]]) -> list[Counter[One]]:
    found: list[Counter[One]] = [Counter() for _ in edges[1:]]
    for at_ms, one in rows:
        place = bisect_right(edges, at_ms) - 1
        if 0 <= place < len(found):
            found[place][one] += 1
    return found
