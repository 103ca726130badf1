"""How often strangers may ask: counted for an address and for a recipient, in a shared cache."""

from ipaddress import IPv4Address, IPv6Network, ip_address

from django.core.cache import cache
from django.http import HttpRequest
from msgspec import Struct


class Rate(Struct, frozen=True, kw_only=True):
    """At most so many in so many seconds."""

    name: str
    most: int
    seconds: int


PER_ADDRESS = Rate(name="address", most=6, seconds=3600)
PER_RECIPIENT = Rate(name="recipient", most=3, seconds=86_400)
PER_FRIEND = Rate(name="friend", most=20, seconds=3600)


def is_within(rate: Rate, who: str) -> bool:
    """Count one try; False when it was one too many. Never keyed by names or e-mails.

    Each try takes a free place, which comes free again by itself: adding is atomic where counting
    up is not, and Django's `incr` would end every count after the default of five minutes.
    """
    places = [f"makegood:{rate.name}:{who}:{place}" for place in range(rate.most)]
    taken = cache.get_many(places)
    free = (place for place in places if place not in taken)
    return any(cache.add(place, 1, rate.seconds) for place in free)


def address_of(request: HttpRequest) -> str:
    """Give whom to count: an address, or the network of an IPv6 address.

    A single household, or attacker, has all of a /64 and could ask from a new address each time.
    """
    given = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ip_address(given.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address) >> 64 << 64, 64)))
