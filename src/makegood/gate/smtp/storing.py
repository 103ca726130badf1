"""The store as the gate uses it: never on the event loop for long, and given up on soon."""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from typing import ParamSpec, TypeVar

from msgspec import Struct

from makegood.ports.parking import ParkedMail, ParkedRow
from makegood.ports.store import Store
from makegood.store.outages import ENGINE_FAULTS

P = ParamSpec("P")
T = TypeVar("T")
PATIENCE_S = 5.0  # a store that is slower than this is away, as far as a waiting client goes
_PAUSE_S = 1.0  # after a fault nobody waits for the store again before this
_LOG = logging.getLogger("makegood.smtp")


class StoreAway(Exception):
    """The store cannot be asked at this moment; nothing was decided and nothing stored."""


class Reads:
    """Reads of the store: at once where it is a file, in threads where it is a server."""

    def __init__(
        self,
        threads: Executor | None,
        ticks: Callable[[], float] = time.monotonic,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Join the parts.

        Args:
            threads: None reads on the event loop: on SQLite that takes less than the hand-over.
            patience_s: How long a read may take before the store counts as away.
        """
        self._threads = threads
        self._ticks = ticks
        self._away_until = 0.0
        self._patience_s = patience_s

    async def run(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read.

        Raises:
            StoreAway: It failed, was too slow, or had done so a moment ago.
        """
        if self._ticks() < self._away_until:
            raise StoreAway
        try:
            if self._threads is None:
                return read(*args, **kwargs)
            loop = asyncio.get_running_loop()
            async with asyncio.timeout(self._patience_s):
                return await loop.run_in_executor(self._threads, lambda: read(*args, **kwargs))
        except ENGINE_FAULTS as fault:  # a TimeoutError is one, too
            self._away_until = self._ticks() + _PAUSE_S
            _LOG.error("the store failed: %s", type(fault).__name__)
            raise StoreAway from fault


class _Lot(Struct, eq=False):
    mail: ParkedMail
    rows: Sequence[ParkedRow]
    done: "asyncio.Future[Mapping[str, int]]"


class Lots:
    """Parks what arrives together in one transaction; one row a commit is bound by the disk."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[_Lot] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._writer = ThreadPoolExecutor(1, "parking")

    async def park(self, mail: ParkedMail, rows: Sequence[ParkedRow]) -> Mapping[str, int]:
        """Keep one message for some recipients; durable when this returns.

        Returns:
            Ids of those that wait because of it alone, with their fences.

        Raises:
            StoreAway: Nothing was stored.
        """
        lot = _Lot(mail, rows, asyncio.get_running_loop().create_future())
        self._waiting.append(lot)
        if self._writing is None:
            self._writing = asyncio.ensure_future(self._write())
        return await lot.done

    async def unpark(self, parked: Mapping[str, int], now_ms: int) -> None:
        """Withdraw recipients of a mail that its sender still has; else they wait, and expire.

        Whoever counts on one of them since then, at this gate or another, keeps it.
        """

        def change() -> None:
            with self._store.writing() as writing:
                writing.unpark(parked, now_ms)

        with suppress(StoreAway):  # already logged
            await self.run(change)

    async def run(self, change: Callable[[], T]) -> T:
        """Run another transaction in the writer's thread.

        Raises:
            StoreAway: Nothing was stored.
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(self._writer, change)
        except ENGINE_FAULTS as fault:
            _LOG.error("the store failed: %s", type(fault).__name__)
            raise StoreAway from fault

    async def _write(self) -> None:
        try:
            while self._waiting:
                group = [self._waiting.popleft() for _ in range(min(100, len(self._waiting)))]
                try:
                    answers = await self.run(lambda group=group: self._parked(group))  # type: ignore[misc]
                except StoreAway as away:
                    _settle(group, away)
                except Exception as fault:  # nobody may wait for ever for what nobody expected
                    _LOG.error("mail could not be parked: %s", type(fault).__name__)
                    _settle(group, StoreAway())
                else:
                    for lot, answer in zip(group, answers, strict=True):
                        if not lot.done.done():
                            lot.done.set_result(answer)
        finally:
            self._writing = None

    def _parked(self, group: Sequence[_Lot]) -> list[Mapping[str, int]]:
        with self._store.writing() as writing:
            mails = [lot.mail for lot in group]
            new = writing.park(mails, [row for lot in group for row in lot.rows])
        times = Counter(row.parked for lot in group for row in lot.rows)
        # The same message twice in one group: neither may withdraw what the other counts on.
        return [
            {
                row.parked: new[row.parked]
                for row in lot.rows
                if row.parked in new and times[row.parked] == 1
            }
            for lot in group
        ]

    async def close(self) -> None:
        """End the writer, when what was begun is done."""
        if self._writing is not None:
            await asyncio.wait([self._writing])
        self._writer.shutdown()


def _settle(group: Sequence[_Lot], away: StoreAway) -> None:
    for lot in group:
        if not lot.done.done():
            lot.done.set_exception(away)
