"""The memory engine's count of sends."""

from collections import Counter
from collections.abc import Sequence

from msgspec.structs import replace

from makegood.ports.sends import Sends
from makegood.store.memory_reading import MemoryReading


class MemorySends(MemoryReading):
    """What is counted."""

    def sends(self, since_day: int) -> tuple[Sends, ...]:
        found = self._added(since_day, message_class="", campaign="")
        return tuple(sorted(found, key=lambda it: (it.brand, it.channel, it.way, *_told(it))))

    def told_of(self, since_day: int, limit: int) -> tuple[Sends, ...]:
        found = [it for it in self._added(since_day, message_class="") if it.way == "reported"]
        found.sort(
            key=lambda it: (-it.count, it.source, it.campaign, it.event, it.brand, it.channel)
        )
        return tuple(found[:limit])

    def sends_held(self, since_day: int, until_day: int) -> tuple[Sends, ...]:
        sums: Counter[tuple[int, str, str]] = Counter()
        for one, count in self._t.sends.items():
            if one.way == "held" and since_day <= one.day < until_day:
                sums[one.day, one.brand, one.channel] += count
        return tuple(
            Sends(day=day, brand=brand, channel=channel, way="held", count=count)
            for (day, brand, channel), count in sorted(sums.items())
        )

    def _added(self, since_day: int, **left_out: str) -> list[Sends]:
        sums: Counter[Sends] = Counter()
        days: dict[Sends, int] = {}
        for one, count in self._t.sends.items():
            if one.day >= since_day and one.way != "held":
                kind = replace(one, day=0, **left_out)
                sums[kind] += count
                days[kind] = max(one.day, days.get(kind, 0))
        return [replace(kind, day=days[kind], count=count) for kind, count in sums.items()]

    def add_sends(self, sends: Sequence[Sends]) -> None:
        for one in sends:
            key = replace(one, count=0)
            self._t.sends[key] = self._t.sends.get(key, 0) + one.count


def _told(one: Sends) -> tuple[str, str]:
    return (one.source, one.event)
