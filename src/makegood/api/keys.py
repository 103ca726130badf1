"""Keys: 256 random bits, shown once; only their SHA-256 is kept."""

import base64
import binascii
import secrets
from collections.abc import Callable
from hashlib import sha256

from makegood.messages.errors import InputError
from makegood.ports.rows import KeyRow
from makegood.ports.store import Store
from makegood.sources.limits import check_id
from makegood.sources.segment import check_source

PREFIX = "mg_"
SCOPES = ("ingest", "gate", "cases", "suppressions", "webhooks")
CACHE_SECONDS = 4.0  # a revoked key stops within 5 s; the rest is for the answer under way
_MOST_CACHED = 1_000


def mint(
    name: str, scopes: tuple[str, ...], now_ms: int, *, strict: bool = False
) -> tuple[str, KeyRow]:
    """Make a new key.

    Args:
        name: Also the source name of the events it sends.
        scopes: Any of `SCOPES`.
        strict: Answer 4xx for a batch with a bad item, and store nothing of it.

    Returns:
        The key in clear, to be shown once, and the row to keep.

    Raises:
        InputError: The name is ours or empty, or a scope is unknown.
    """
    check_source(check_id(name, "name"))
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise InputError(f"A key has one or more scopes of {', '.join(SCOPES)}.")
    text = PREFIX + secrets.token_urlsafe(32)
    row = KeyRow(
        sha256=digest(text), name=name.strip(), scopes=scopes, strict=strict, created_ms=now_ms
    )
    return text, row


def digest(text: str) -> bytes:
    """Give what is kept of a key."""
    return sha256(text.encode()).digest()


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


class KeyRing:
    """Finds keys; remembers a good one for a few seconds."""

    def __init__(self, store: Store, ticks: Callable[[], float]) -> None:
        """Join the parts.

        Args:
            ticks: Seconds that never run backwards, such as `time.monotonic`.
        """
        self._store = store
        self._ticks = ticks
        self._known: dict[bytes, tuple[KeyRow, float]] = {}

    def remembered(self, text: str) -> KeyRow | None:
        """Give a key that was looked up a moment ago, without asking the store."""
        row, until = self._known.get(digest(text), (None, 0.0))
        return row if self._ticks() < until else None

    def find(self, text: str) -> KeyRow | None:
        """Give a valid key, asking the store when it is not remembered."""
        row = self.remembered(text)
        if row is not None:
            return row
        asked_at = self._ticks()
        sha = digest(text)
        with self._store.reading() as reading:
            found = reading.key(sha)
        if found is None or found.revoked_ms:
            self._known.pop(sha, None)
            return None
        if len(self._known) >= _MOST_CACHED:
            self._known.clear()
        self._known[sha] = (found, asked_at + CACHE_SECONDS)
        return found
