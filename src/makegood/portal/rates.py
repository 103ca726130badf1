"""How often strangers may ask: counted for an address and for a recipient, in a shared cache."""

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
    """Count one try; False when it was one too many. Never keyed by names or e-mails."""
    key = f"makegood:{rate.name}:{who}"
    if cache.add(key, 1, rate.seconds):
        return True
    try:
        count: int = cache.incr(key)
    except ValueError:  # it ended between the two questions
        cache.set(key, 1, rate.seconds)
        return True
    return count <= rate.most


def address_of(request: HttpRequest) -> str:
    """Give the address that the connection comes from."""
    return str(request.META.get("REMOTE_ADDR", "")) or "unknown"
