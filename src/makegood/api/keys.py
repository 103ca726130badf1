"""Keys as they come with requests: read, looked up, and remembered for a few seconds."""

import base64
import binascii
import time
from collections.abc import Callable
from threading import Lock
from weakref import WeakKeyDictionary

from makegood.ports.clock import Clock
from makegood.ports.rows import KeyRow
from makegood.ports.store import Store
from makegood.runtime.keys import SCOPES as SCOPES
from makegood.runtime.keys import digest as digest
from makegood.runtime.keys import mint as mint
from makegood.runtime.keys import opens as opens

CACHE_SECONDS = 4.0  # a revoked key stops within 5 s; the rest is for the answer under way
_MOST_CACHED = 1_000
_MINUTE_MS = 60_000


def key_text(authorization: str) -> str:
    """Read the key from the header `Authorization`; empty when there is none."""
    scheme, _, rest = authorization.strip().partition(" ")
    match scheme.casefold():
        case "bearer":
            return rest.strip()
        case "basic":
            return _user_name(rest.strip())
    return ""


def _user_name(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[0]
    except (binascii.Error, ValueError):
        return ""


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


class KeyRing:
    """Finds keys; remembers a good one for a few seconds, and when each was last used."""

    def __init__(
        self, store: Store, ticks: Callable[[], float], now_ms: Callable[[], int] = _wall_ms
    ) -> None:
        """Join the parts.

        Args:
            ticks: Seconds that never run backwards, such as `time.monotonic`.
            now_ms: The time, for keys that end.
        """
        self._store = store
        self._ticks = ticks
        self._now_ms = now_ms
        self._known: dict[bytes, tuple[KeyRow, float]] = {}
        self._used: dict[bytes, int] = {}
        self._noting = Lock()

    def remembered(self, text: str) -> KeyRow | None:
        """Give a key that was looked up a moment ago, without asking the store."""
        row, until = self._known.get(digest(text), (None, 0.0))
        return row if self._ticks() < until else None

    def find(self, text: str) -> KeyRow | None:
        """Give a valid key, asking the store when it is not remembered."""
        row = self.remembered(text)
        if row is not None:
            return row
        asked_at, now_ms = self._ticks(), self._now_ms()
        sha = digest(text)
        with self._store.reading() as reading:
            found = reading.key(sha)
        if found is None or not found.is_valid(now_ms):
            self._known.pop(sha, None)
            return None
        if len(self._known) >= _MOST_CACHED:
            self._known.clear()
        self._known[sha] = (found, asked_at + _cached_s(found, now_ms))
        # Only here, once in a few seconds: a key in use is looked up again all the time.
        with self._noting:
            self._used[sha] = now_ms - now_ms % _MINUTE_MS
        return found

    def flush(self) -> int:
        """Write down when keys were used, all in one transaction; give how many.

        A crash before it forgets a minute or so. Nothing is written for a key that has not been
        used since, and never anything for a request.
        """
        with self._noting:
            used, self._used = self._used, {}
        if used:
            with self._store.writing() as writing:
                writing.put_key_uses(used)
        return len(used)


_RINGS: "WeakKeyDictionary[Store, KeyRing]" = WeakKeyDictionary()


def ring_of(store: Store, clock: Clock) -> KeyRing:
    """Give the one ring of this process for a store: its doors share what they remember."""
    known = _RINGS.get(store)
    return known or _RINGS.setdefault(store, KeyRing(store, time.monotonic, clock.now_ms))


def _cached_s(key: KeyRow, now_ms: int) -> float:
    """Remember no key beyond its end."""
    left_s = (key.ends_ms - now_ms) / 1000 if key.ends_ms else CACHE_SECONDS
    return min(CACHE_SECONDS, left_s)
