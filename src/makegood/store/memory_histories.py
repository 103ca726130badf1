"""The memory engine's ends of histories."""

from collections.abc import Sequence
from heapq import nlargest

from makegood.messages.events import Event, OrderKey
from makegood.messages.ids import ProfileId
from makegood.store.memory_reading import MemoryReading


class MemoryHistories(MemoryReading):
    """What happened last."""

    def latest_events(
        self, profiles: Sequence[ProfileId], before: OrderKey | None, limit: int
    ) -> tuple[Event, ...]:
        t = self._t
        events = (t.log[seq] for one in dict.fromkeys(profiles) for seq in t.log_of.get(one, ()))
        earlier = (one for one in events if before is None or one.order < before)
        return tuple(nlargest(limit, earlier, key=lambda one: one.order))
