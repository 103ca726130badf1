"""Signing in at the SMTP gate: the password is a key with the scope `send`.

A key of some brands only does not open it: whose a mail is, its sender says and not the key.

While the store cannot be asked, a key that was good within the last hour still is: service mail
never stops, and nobody can revoke a key in a store that is away either.
"""

import time
from collections.abc import Callable

from makegood.api.keys import KeyRing, digest
from makegood.gate.smtp.storing import Reads, StoreAway

SEND = "send"
TRUSTED_S = 3600.0
_MOST = 1_000


class KeySenders:
    """Knows who may send by their keys; the user name is free, and the key's name counts."""

    def __init__(
        self, keys: KeyRing, reads: Reads, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._keys = keys
        self._reads = reads
        self._ticks = ticks
        self._good: dict[bytes, tuple[str, float]] = {}

    async def sign_in(self, user: str, password: str) -> str | None:  # noqa: ARG002
        """Check a key; see `Accounts`."""
        sha = digest(password)
        row = self._keys.remembered(password)
        if row is None:
            try:
                row = await self._reads.run(self._keys.find, password)
            except StoreAway:
                name, until = self._good.get(sha, ("", 0.0))
                return name if self._ticks() < until else None
        if row is None or SEND not in row.scopes or row.brands:
            self._good.pop(sha, None)
            return ""
        if len(self._good) >= _MOST:
            self._good.clear()
        self._good[sha] = (row.name, self._ticks() + TRUSTED_S)
        return row.name
