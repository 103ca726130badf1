"""How fast an address may come to the doors that need no key: pages, sign-in, callbacks.

Each of these requests takes one of few threads. The paths with a key have the key's own pace.
"""

import time
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address

from makegood.api.keys import key_text
from makegood.api.limits import RateLimit
from makegood.api.problems import TOO_MANY_FROM_HERE
from makegood.ports.allowance import Allowance
from makegood.web.wire import Scope, Stopped, header, retry_after

_KEYLESS = ("/v1/callbacks/",)
_KEYED = ("/v1/",)


class Doorstep:
    """Lets an address in at its pace."""

    def __init__(
        self,
        allowance: Allowance,
        ticks: Callable[[], float] = time.monotonic,
        knows: Callable[[str], object] = bool,
    ) -> None:
        """Join the parts.

        Args:
            allowance: Of one address.
            ticks: Seconds that never run backwards.
            knows: Whether the text of a key let somebody in a moment ago.
        """
        self._limit = RateLimit(allowance, ticks)
        self._knows = knows

    def admit(self, scope: Scope) -> None:
        """Let a request on.

        Args:
            scope: With the client that asks, not the proxy that hands it on.

        Raises:
            Stopped: 429, when the address asks too fast.
        """
        if not is_counted(scope, self._knows):
            return
        client = scope.get("client")
        wait_s = self._limit.wait_seconds(network_of(client[0] if client else ""))
        if wait_s:
            raise Stopped(429, TOO_MANY_FROM_HERE, retry_after(wait_s))


def is_counted(scope: Scope, knows: Callable[[str], object]) -> bool:
    """Whether a request is counted for its address.

    What the front answers itself and what comes with a key in use is not; nor are the files of a
    page, which a browser asks for many at once and keeps. A key that nobody knows is counted: who
    tries one after the other has no pace of a key to keep to.
    """
    path: str = scope["path"]
    if path.startswith("/static/"):
        return False
    if path.startswith(_KEYLESS):
        return True
    return not path.startswith(_KEYED) or not knows(key_text(header(scope, b"authorization")))


def network_of(client: str) -> str:
    """Give whom to count: an address, or the /64 that a household or an attacker has whole."""
    try:
        address: IPv4Address | IPv6Address = ip_address(client.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return f"{int(address) >> 64:x}"
