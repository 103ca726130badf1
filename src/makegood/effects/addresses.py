"""Where a webhook may go: public addresses only, unless the deployment vouches for it."""

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from makegood.messages.errors import EffectFailed

_COMPATIBLE = IPv6Network("::/96")  # IPv4 addresses of an old kind (RFC 4291, 2.5.5.1)
_NAT64 = IPv6Network("64:ff9b::/96")  # IPv4 addresses behind a translator (RFC 6052)
_UNICAST = IPv6Network("2000::/3")  # all of IPv6 that is given out to the internet (RFC 4291)
Resolver = Callable[[str, int], tuple[str, ...]]
"""(host, port) -> its addresses, the preferred one first; raises OSError when it has none."""


Guard = Callable[[str, str, int], str]
"""(scheme, host, port) -> the address to connect to; raises `EffectFailed` to refuse."""


def public_only(scheme: str, host: str, port: int) -> str:
    """Refuse what is not on the open internet, as the machine's resolver sees it now."""
    return public_address(scheme, host, port, resolve)


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Ask the machine's resolver, IPv4 first."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    ordered = sorted(found, key=lambda entry: entry[0] != socket.AF_INET)
    return tuple(str(entry[4][0]) for entry in ordered)


def public_address(scheme: str, host: str, port: int, resolver: Resolver) -> str:
    """Give the address to connect to.

    A rule book or a setting must not reach the cloud's metadata service, the database or the
    printer: every address of the name has to be public, not only one of them.

    Raises:
        EffectFailed: Not https, or an address is private; another try cannot help.
    """
    if scheme != "https":
        raise EffectFailed("A webhook outside the firm needs https.", retry=False)
    try:
        addresses = resolver(host, port)
    except OSError as error:
        raise EffectFailed(f"{host} has no address: {error}.") from error
    if not addresses:
        raise EffectFailed(f"{host} has no address.")
    if not all(is_public(address) for address in addresses):
        raise EffectFailed(
            f"{host} is a private address; allow it in the settings of this counterpart.",
            retry=False,
        )
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet, also when wrapped in IPv6."""
    parsed = _unwrapped(ip_address(address.partition("%")[0]))
    if isinstance(parsed, IPv6Address) and parsed not in _UNICAST:
        return False  # site-local ones, and wrappings of IPv4 that a router inside may unwrap
    return parsed.is_global and not parsed.is_multicast


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(address.packed[-4:])
    if address in _COMPATIBLE and int(address) > 1:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address
