"""Live updates: a stream of server-sent events that says which cases changed."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec import Struct

from makegood.api.problems import Problem
from makegood.gate.tickets import read_ticket
from makegood.messages.events import Event
from makegood.messages.ids import RepId
from makegood.ports.clock import Clock
from makegood.ports.store import Reading, Store
from makegood.web.entry import Reads
from makegood.web.outages import STORE_FAULTS
from makegood.web.wire import Receive, Scope, Send, Stopped, query, retry_after

_LOG = logging.getLogger("makegood.live")
PATH = "/live"
LOOK_SECONDS = 0.5  # one look for all streams of this process, and none without a stream
STILL_HERE_SECONDS = 15.0  # proxies close a stream that is silent for longer
_TOTALS = ("log", "open_cases", "outbox_failed")
_MOST_EVENTS = 500
LOOK_BACK = 1_000  # positions; a transaction that took one earlier may commit later
MOST_OF_ONE = 50  # streams of one person: more pages than anybody reads
MOST_STREAMS = 1_000  # of this process; each is an open connection of somebody signed in
_MOST_CHANGES = 100  # a page that is this far behind is told to load everything again
_HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
_FORBIDDEN = Problem(
    code="ticket_invalid",
    message="The ticket of this page is not ours or too old.",
    where="query token",
    what_to_do="Load the page again.",
)


_FULL = Problem(
    code="too_many_streams",
    message="Too many pages are open at once.",
    where="server",
    what_to_do="The page works without live updates; load it again later.",
)


class Change(Struct, frozen=True, kw_only=True):
    """Something changed.

    Attributes:
        position: Position of the last event in the log.
        cases: Cases of the customers who had events; empty when only totals changed.
    """

    position: int
    cases: tuple[str, ...]


class Seen(Struct, frozen=True, kw_only=True):
    """What one look found.

    Attributes:
        cases: Each with its brand.
    """

    position: int
    cases: tuple[tuple[str, str], ...]

    def shown_to(self, brands: Sequence[str]) -> Change:
        """Leave out the cases of brands that somebody does not serve; no brands are all."""
        shown = (case for case, brand in self.cases if not brands or brand in ("", *brands))
        return Change(position=self.position, cases=tuple(shown))


class Tail:
    """Finds out what changed since it last looked."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._position = -1
        self._counts: Mapping[str, int] = {}
        self._told: frozenset[int] = frozenset()

    def look(self) -> Seen | None:
        """Give what changed; None for nothing, and at the first look."""
        with self._store.reading() as reading:
            counts = dict(reading.counts(*_TOTALS))
            if self._position < 0:
                self._position = _end(reading, counts["log"])
                self._counts = counts
                self._told = frozenset(place for place, _ in self._lately(reading))
                return None
            entries = list(reading.log(self._position, _MOST_EVENTS))
            if counts["log"] != self._counts["log"]:
                entries += [one for one in self._lately(reading) if one[0] not in self._told]
            if not entries and counts == self._counts:
                return None
            profiles = sorted({event.profile for _, event in entries})
            customers = sorted(set(reading.customers_of(profiles).values()))
            cases = reading.cases_of(customers) if customers else ()
        self._position = max([self._position, *(place for place, _ in entries)])
        self._told = self._told | {place for place, _ in entries}
        self._told = frozenset(place for place in self._told if place > self._position - LOOK_BACK)
        self._counts = counts
        named = tuple((str(row.case), row.brand) for row in cases)
        return Seen(position=self._position, cases=named)

    def _lately(self, reading: Reading) -> Sequence[tuple[int, Event]]:
        """Give the last events up to the position; some may have been committed only now."""
        found = reading.log(max(self._position - LOOK_BACK, 0), LOOK_BACK)
        return [one for one in found if one[0] <= self._position]


def _end(reading: Reading, start: int) -> int:
    """Find the last position of the log; positions may have gaps."""
    position, step = start, 1_024
    while step:
        found = reading.log(position + step - 1, 1)
        if found:
            position = found[0][0]
            step *= 2
        else:
            step //= 2
    return position


class Live:
    """Answers the live path; one look at the store serves every open stream."""

    def __init__(self, store: Store, clock: Clock, key: bytes, reads: Reads) -> None:
        self._store = store
        self._clock = clock
        self._key = key
        self._reads = reads
        self._streams: dict[asyncio.Queue[Change], tuple[RepId, Sequence[str]]] = {}
        self._joining = asyncio.Lock()
        self._looking: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ticket = query(scope).get("token", "")

        def is_good() -> bool:
            return read_ticket(self._key, ticket, self._clock) is not None

        rep = read_ticket(self._key, ticket, self._clock)
        if rep is None:
            raise Stopped(403, _FORBIDDEN)
        if self._is_full(rep):
            raise Stopped(503, _FULL, retry_after(STILL_HERE_SECONDS))
        stream: asyncio.Queue[Change] = asyncio.Queue(_MOST_CHANGES)
        if scope["method"] != "HEAD":
            await self._join(stream, rep)
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body", "body": b""})
            return
        await _write(send, b"retry: 2000\n\n")
        gone = asyncio.create_task(_until_gone(receive))
        try:
            await _pass_on(stream, gone, send, is_good)
        finally:
            gone.cancel()
            self._streams.pop(stream, None)

    def _is_full(self, rep: RepId) -> bool:
        """Nobody can shut the others out by opening page after page."""
        own = sum(one == rep for one, _ in self._streams.values())
        return len(self._streams) >= MOST_STREAMS or own >= MOST_OF_ONE

    async def _join(self, stream: "asyncio.Queue[Change]", rep: RepId) -> None:
        """Let a stream hear of every change from now on that its reader may see."""
        brands = await self._reads.run(self._brands_of, rep)
        async with self._joining:
            if not self._streams:
                tail = Tail(self._store)
                await self._reads.run(tail.look)
                self.close()
                self._looking = asyncio.create_task(self._look(tail))
            self._streams[stream] = (rep, brands)

    def _brands_of(self, rep: RepId) -> Sequence[str]:
        with self._store.reading() as reading:
            return next((row.brands for row in reading.reps() if row.rep == rep), ())

    async def _look(self, tail: Tail) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if not self._streams:
                return
            try:
                seen = await self._reads.run(tail.look)
            except STORE_FAULTS as fault:
                _LOG.error("looking for changes failed: %s", type(fault).__name__)
                continue
            if seen is not None:
                self._tell(seen)

    def _tell(self, seen: Seen) -> None:
        for stream, (_, brands) in self._streams.items():
            if stream.full():
                stream.get_nowait()
            stream.put_nowait(seen.shown_to(brands))

    def close(self) -> None:
        """Stop looking; streams end with their connections."""
        if self._looking is not None:
            self._looking.cancel()


async def _pass_on(
    stream: "asyncio.Queue[Change]",
    gone: "asyncio.Task[None]",
    send: Send,
    is_good: Callable[[], bool],
) -> None:
    """Write changes until the reader has gone or the ticket is too old."""
    while not gone.done() and is_good():
        coming = asyncio.create_task(stream.get())
        await asyncio.wait(
            {gone, coming}, timeout=STILL_HERE_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        if coming.done():
            change = coming.result()
            words = b"event: changed\nid: %d\ndata: %s\n\n"
            await _write(send, words % (change.position, msgspec.json.encode(change)))
        else:
            coming.cancel()
            await _write(send, b": still here\n\n")
    if not gone.done():
        await send({"type": "http.response.body", "body": b""})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, words: bytes) -> None:
    await send({"type": "http.response.body", "body": words, "more_body": True})
