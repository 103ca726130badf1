"""The memory engine's decisions about who looks after whom."""

from collections import Counter
from collections.abc import Sequence
from typing import TypeAlias

from makegood.messages.ids import CustomerId, RepId
from makegood.ports.routings import (
    MOST_ROUTINGS,
    Routing,
    RoutingAsked,
    RoutingCount,
    RoutingKey,
    tenure_band,
    wait_band,
)
from makegood.store.memory_reading import MemoryReading

_Key: TypeAlias = tuple[str, str, str, int, int]


class MemoryRoutings(MemoryReading):
    """What was decided."""

    def _routings(self, since_ms: int) -> list[Routing]:
        every = (one for own in self._t.routings.values() for one in own)
        return sorted(
            (one for one in every if one.routed.at_ms >= since_ms), key=lambda it: it.key
        )

    def routings(
        self, since_ms: int = 0, *, after: RoutingKey | None = None, limit: int = 200
    ) -> tuple[Routing, ...]:
        found = [one for one in self._routings(since_ms) if after is None or one.key > after]
        return tuple(found[: min(limit, MOST_ROUTINGS)])

    def routings_of(
        self, customers: Sequence[CustomerId], since_ms: int, until_ms: int
    ) -> tuple[Routing, ...]:
        found = (one for id_ in set(customers) for one in self._t.routings.get(id_, ()))
        wanted = [one for one in found if since_ms <= one.routed.at_ms <= until_ms]
        return tuple(sorted(wanted, key=lambda one: one.key))

    def routing_counts(self, since_ms: int, overdue_ms: int = 0) -> tuple[RoutingCount, ...]:
        n, open_to_chance, by_chance = Counter[_Key](), Counter[_Key](), Counter[_Key]()
        overdue = Counter[_Key]()
        for it in (one.routed for one in self._routings(since_ms)):
            bands = (tenure_band(it.tenure_days), wait_band(it.waited_ms))
            key = (it.brand, it.kind, it.level, *bands)
            n[key] += 1
            open_to_chance[key] += it.slice > 0
            by_chance[key] += it.by_chance
            overdue[key] += it.waited_ms < 0 and it.at_ms <= overdue_ms
        return tuple(
            RoutingCount(
                brand=key[0],
                kind=key[1],
                level=key[2],
                tenure=key[3],
                wait=key[4],
                n=n[key],
                open_to_chance=open_to_chance[key],
                by_chance=by_chance[key],
                overdue=overdue[key],
            )
            for key in sorted(n)
        )

    def routing_asked(self, since_ms: int) -> tuple[RoutingAsked, ...]:
        n, by_chance = Counter[tuple[RepId, str]](), Counter[tuple[RepId, str]]()
        for it in (one.routed for one in self._routings(since_ms)):
            n[it.chosen, it.brand] += 1
            by_chance[it.chosen, it.brand] += it.by_chance
        return tuple(
            RoutingAsked(rep=key[0], brand=key[1], n=n[key], by_chance=by_chance[key])
            for key in sorted(n)
        )

    def project_routings(
        self, since: Sequence[tuple[CustomerId, int]], routings: Sequence[Routing]
    ) -> None:
        for customer, since_ms in since:
            own = self._t.routings.pop(customer, ())
            kept = tuple(one for one in own if one.routed.at_ms < since_ms)
            if kept:
                self._t.routings[customer] = kept
        last = {(one.routed.event, one.routed.subject): one for one in routings}
        for one in last.values():
            own = self._t.routings.get(one.customer, ())
            others = tuple(it for it in own if it.key != one.key)
            self._t.routings[one.customer] = (*others, one)
