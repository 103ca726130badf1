"""Who asks: the key, its scope and its pace, checked before anything is read."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import ParamSpec, TypeVar

from makegood.api.keys import KeyRing, key_text, opens
from makegood.api.limits import RateLimit, limit_fields, own_allowance
from makegood.api.problems import KEY_MISSING, KEY_UNKNOWN, TOO_MANY, scope_missing
from makegood.ports.rows import KeyRow
from makegood.web.wire import TOLD, Scope, Stopped, header, retry_after

P = ParamSpec("P")
T = TypeVar("T")
_ASK_FOR_KEY = ((b"www-authenticate", b'Bearer realm="Makegood"'),)


class Reads:
    """Short reads of the store: at once where it is a file, in threads where it is a server."""

    def __init__(self, threads: Executor | None) -> None:
        """Join the parts.

        Args:
            threads: None reads on the event loop: on SQLite a read takes less than the hand-over
                to a thread and back.
        """
        self._threads = threads

    async def run(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._threads is None:
            return read(*args, **kwargs)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: read(*args, **kwargs))


class Entry:
    """Lets a request in, or stops it."""

    def __init__(self, keys: KeyRing, limit: RateLimit, reads: Reads) -> None:
        self._keys = keys
        self._limit = limit
        self._reads = reads

    async def admit(self, scope: Scope, needed: str) -> KeyRow:
        """Give the key of a request; the answer will say what is left of its pace.

        Raises:
            Stopped: 401 without a valid key, 403 without the scope, 429 when it asks too fast.
        """
        text = key_text(header(scope, b"authorization"))
        if not text:
            raise Stopped(401, KEY_MISSING, _ASK_FOR_KEY)
        key = self._keys.remembered(text)
        if key is None:
            key = await self._reads.run(self._keys.find, text)
        if key is None:
            raise Stopped(401, KEY_UNKNOWN, _ASK_FOR_KEY)
        if not opens(key, needed):
            raise Stopped(403, scope_missing(needed))
        spent = self._limit.take(key.sha256, own_allowance(key))
        if spent is not None:
            scope[TOLD] = limit_fields(spent)
            if spent.wait_s:
                raise Stopped(429, TOO_MANY, retry_after(spent.wait_s))
        return key
