"""The running SMTP gate: its server, what it shares, and the loop that looks at parked mail."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import msgspec
from msgspec import Struct

from makegood.gate.service import Gate
from makegood.gate.smtp.classing import Ruling
from makegood.gate.smtp.conversation import Conversation, House, Load
from makegood.gate.smtp.handover import HandOver
from makegood.gate.smtp.judging import Judge
from makegood.gate.smtp.options import GateOptions
from makegood.gate.smtp.releasing import PACE_S, Releasing
from makegood.gate.smtp.signing_in import Accounts, Nobody
from makegood.gate.smtp.storing import Lots, Reads, StoreAway
from makegood.gate.smtp.tally import Tally
from makegood.gate.smtp.upstream import Upstream
from makegood.messages.ids import ProfileId
from makegood.ports.clock import Clock
from makegood.ports.store import Store

_TEND_S: Final = 2.0
_THREADS: Final = 16
_BUSY: Final = b"421 4.7.0 Too many connections; come back later.\r\n"
_LOG = logging.getLogger("makegood.smtp")


class Parts(Struct, frozen=True, eq=False):
    """What a gate is made of.

    Attributes:
        store: Where parked mail is kept.
        gate: May we send? Its rule books come from memory.
        profile_of: Makes the pseudonym of a typed identifier.
        ruling: How mail is judged.
        tend: Brings what is kept in memory up to date, and writes down what was counted; in a
            thread, every two seconds.
        end: Says that the gate was stopped in order; in a thread, at the very end.
        tally: What became of every recipient.
        is_server: The store is a server, so that reads wait in threads.
        accounts: Who may sign in.
    """

    store: Store
    gate: Gate
    clock: Clock
    profile_of: Callable[[str], ProfileId]
    ruling: Ruling
    tend: Callable[[], None] = lambda: None
    end: Callable[[], None] = lambda: None
    tally: Tally = msgspec.field(default_factory=Tally)
    is_server: bool = False
    accounts: Callable[[Reads], Accounts] = lambda _: Nobody()


class SmtpGate:
    """One gate on one port; begun and ended on one event loop.

    Attributes:
        tally: What became of every recipient.
        port: Where it listens.
    """

    def __init__(self, parts: Parts, options: GateOptions) -> None:
        self.tally = parts.tally
        self.port = options.port
        self._parts = parts
        self._options = options
        self._threads = ThreadPoolExecutor(_THREADS, "smtp") if parts.is_server else None
        self._reads = Reads(self._threads)
        self._lots = Lots(parts.store)
        self._upstream = Upstream(options.upstream, options.limits, name=options.name)
        judge = Judge(parts.gate, parts.profile_of)
        ruling, reads, lots, tally = parts.ruling, self._reads, self._lots, self.tally
        self._hand_over = HandOver(ruling, judge, reads, lots, tally, parts.clock)
        self._releasing = Releasing(ruling, judge, reads, lots, self._upstream, tally)
        self._load = Load()
        self._server: asyncio.Server | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._ending = asyncio.Event()

    async def start(self, *, releases: bool = True) -> None:
        """Listen.

        Args:
            releases: Look at parked mail too; else `release` is called by hand.

        Raises:
            OSError: The port is taken, or not ours.
        """
        # It writes addresses into its log at every level below this.
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)
        options = self._options
        accounts = self._parts.accounts(self._reads)
        house = House(options, self._upstream, self._hand_over, accounts, self._load)

        def conversation() -> asyncio.Protocol:
            if len(self._load.clients) >= options.limits.connections:
                return _Full()
            return Conversation(house)

        loop = asyncio.get_running_loop()
        server = await loop.create_server(conversation, options.host, options.port, backlog=512)
        self._server = server
        self.port = server.sockets[0].getsockname()[1]
        house.port = self.port
        self._tasks = [asyncio.ensure_future(self._tend())]
        if releases:
            self._tasks.append(asyncio.ensure_future(self._release_for_ever()))

    async def release(self) -> int:
        """Look at what is due among the parked, once; say how many were."""
        self._load.at_work += 1
        try:
            return await self._releasing.run_once(self._parts.store, self._parts.clock)
        finally:
            self._load.at_work -= 1

    async def _release_for_ever(self) -> None:
        while not self._ending.is_set():
            looked_at = 0
            try:
                looked_at = await self.release()
            except StoreAway:
                pass  # already logged; what is leased comes back
            except Exception as fault:
                _LOG.error("the look at parked mail failed: %s", type(fault).__name__)
            if not looked_at:
                await self._pause(PACE_S)

    async def _tend(self) -> None:
        while not self._ending.is_set():
            await self._beside(self._parts.tend)
            await self._pause(_TEND_S)

    @staticmethod
    async def _beside(work: Callable[[], None]) -> None:
        try:
            await asyncio.to_thread(work)
        except Exception as fault:
            _LOG.error("what is known could not be renewed: %s", type(fault).__name__)

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._ending.wait()
        except TimeoutError:
            return

    async def stop(self) -> None:
        """Let what is under way end, then close everything."""
        self._ending.set()
        self._releasing.is_ending = True
        if self._server is not None:
            self._server.close()
        await self._quiet()
        for client in tuple(self._load.clients):
            client.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._beside(self._parts.tend)
        await self._hand_over.close()
        await self._lots.close()
        await self._upstream.close()
        await self._beside(self._parts.end)
        if self._threads is not None:
            self._threads.shutdown(wait=False)

    async def _quiet(self) -> None:
        """Wait until no message is being handed over, for as long as the limits say."""
        try:
            async with asyncio.timeout(self._options.limits.stop_s):
                while self._load.at_work:
                    await asyncio.sleep(0.05)
        except TimeoutError:
            _LOG.warning("%d mails were still under way at the end", self._load.at_work)


class _Full(asyncio.Protocol):
    """Sends a client away when the house is full."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            transport.write(_BUSY)
        transport.close()
