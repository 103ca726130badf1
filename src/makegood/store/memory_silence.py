"""The memory engine's rows of what is silent, how long customers waited, and what is usual."""

from collections import defaultdict
from collections.abc import Sequence

from makegood.messages.ids import CustomerId, EventId, RepId
from makegood.ports.silence import MOST_SILENT, QueueNorms, SilenceKey, SilentRow, Waited
from makegood.store.memory_reading import MemoryReading


class MemorySilence(MemoryReading):
    """Lists and samples."""

    def silent(
        self,
        now_ms: int,
        *,
        rep: RepId | None = None,
        brands: Sequence[str] = (),
        after: SilenceKey | None = None,
        limit: int = 50,
    ) -> tuple[SilentRow, ...]:
        rows = sorted(
            (
                one
                for own in self._t.silent.values()
                for one in own
                if one.due_ms <= now_ms and rep in (None, one.rep)
                if not brands or not one.brand or one.brand in brands
            ),
            key=lambda one: one.key,
        )
        return tuple(one for one in rows if after is None or one.key > after)[
            : min(limit, MOST_SILENT)
        ]

    def waited(self, since_ms: int, limit: int) -> tuple[Waited, ...]:
        queues: dict[tuple[str, str, str], list[Waited]] = defaultdict(list)
        for _, one in sorted(self._t.waited.items()):
            if one.at_ms >= since_ms:
                queues[one.rule, one.brand, one.channel].append(one)
        ranked = [(n, queue, one) for queue, own in queues.items() for n, one in enumerate(own)]
        drawn = [it[2] for it in sorted(ranked, key=lambda it: it[:2])[:limit]]
        return tuple(sorted(drawn, key=lambda one: (-one.at_ms, one.event, one.rule)))

    def wait_norms(self, rules: Sequence[str]) -> tuple[QueueNorms, ...]:
        return tuple(one for key, one in sorted(self._t.wait_norms.items()) if key[0] in rules)

    def project_silent(self, customers: Sequence[CustomerId], rows: Sequence[SilentRow]) -> None:
        for customer in customers:
            self._t.silent.pop(customer, None)
        last = {(one.customer, one.item): one for one in rows}
        for one in last.values():
            self._t.silent[one.customer] = (*self._t.silent.get(one.customer, ()), one)

    def put_waited(self, rows: Sequence[Waited]) -> None:
        for one in rows:
            self._t.waited[one.event, one.rule] = one

    def drop_waited(self, waits: Sequence[tuple[EventId, str]]) -> None:
        for key in waits:
            self._t.waited.pop(key, None)

    def forget_waited(self, before_ms: int) -> int:
        old = [key for key, one in self._t.waited.items() if one.at_ms < before_ms]
        for key in old:
            self._t.waited.pop(key)
        return len(old)

    def put_wait_norms(self, rows: Sequence[QueueNorms]) -> None:
        for one in rows:
            self._t.wait_norms[one.rule, one.brand, one.channel] = one
