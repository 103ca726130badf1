"""What a deployment decides about its SMTP gate, and who may speak to it."""

import ipaddress
import ssl
from collections.abc import Iterable
from typing import TypeAlias

from msgspec import Struct

from makegood.effects.smtp import Server
from makegood.messages.errors import InputError

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
LOOPBACK = ("127.0.0.0/8", "::1/128")
_MIB = 1024 * 1024


class Limits(Struct, frozen=True, kw_only=True):
    """How much is taken on, and for how long.

    Attributes:
        connections: Clients at a time; the next one is told to come later.
        upstream: Connections to the mail server, kept open and shared: one for each client, so
            that one who stops in the middle keeps nobody waiting, and some for what was parked.
        recipients: Of one message.
        size_bytes: Of one message; announced as SIZE, or what the mail server takes if less.
        memory_bytes: Of all messages under way together.
        idle_s: A client that says nothing for so long is cut off.
        sign_in_s: Whoever needs a password has to have given it within it, so that strangers do
            not keep all places.
        data_s: A message has to be transferred within it.
        answer_s: Longest wait for one answer of the mail server, and for a free connection to it.
        final_s: Longest wait for its last word, after which the message is its own. Long, as
            RFC 5321 4.5.3.2.6 says: who stops waiting too early sends twice.
        stop_s: How long what is under way may take when the gate ends.
    """

    connections: int = 50  # as many as Postfix takes from one address by default
    upstream: int = 52
    recipients: int = 1000
    size_bytes: int = 32 * _MIB
    memory_bytes: int = 512 * _MIB
    idle_s: float = 300.0
    sign_in_s: float = 60.0
    data_s: float = 600.0
    answer_s: float = 60.0
    final_s: float = 600.0
    stop_s: float = 20.0


class GateOptions(Struct, frozen=True, kw_only=True):
    """One SMTP gate.

    Attributes:
        host: Where it listens.
        port: On which port; 0 lets the system choose.
        upstream: The mail server behind it.
        brand: Whose mail it is where nothing else says so.
        allow: Networks that may send without signing in.
        tls: Certificate and key for STARTTLS; None offers none.
        insecure_auth: Passwords are taken without TLS too.
        name: What it calls itself.
        limits: How much is taken on.
    """

    host: str
    port: int
    upstream: Server
    brand: str = ""
    allow: tuple[Network, ...] = ()
    tls: ssl.SSLContext | None = None
    insecure_auth: bool = False
    name: str = "localhost"
    limits: Limits = Limits()


def listen_on(text: str) -> tuple[str, int]:
    """Read host:port.

    Raises:
        InputError: It is not of that form.
    """
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not (colon and host and port.isascii() and port.isdigit() and int(port) < 65536):
        raise InputError(f"{text!r}: write an address and a port, such as 127.0.0.1:2525.")
    return host, int(port)


def networks(given: Iterable[str], host: str) -> tuple[Network, ...]:
    """Read the networks that need no password.

    Args:
        given: As written; none means this machine where the gate listens on this machine alone,
            else nobody.
        host: Where the gate listens.

    Raises:
        InputError: One is no network, or is everybody: that would be an open relay.
    """
    texts = tuple(given) or (LOOPBACK if is_loopback(host) else ())
    found = []
    for text in texts:
        try:
            network = ipaddress.ip_network(text)
        except ValueError as error:
            raise InputError(f"{text!r} is no network: write 10.1.0.0/16.") from error
        if network.prefixlen == 0:
            raise InputError(f"{text} is everybody, and the gate is no open relay: name your own.")
        found.append(network)
    return tuple(found)


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return plain_address(host).is_loopback
    except ValueError:
        return False


def is_listed(host: str, allowed: Iterable[Network]) -> bool:
    """Whether an address lies in one of the networks."""
    try:
        address = plain_address(host)
    except ValueError:
        return False
    return any(address in network for network in allowed)


def plain_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Read an address; one of IPv4 inside IPv6 is what it stands for.

    Raises:
        ValueError: It is none.
    """
    address = ipaddress.ip_address(host.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
